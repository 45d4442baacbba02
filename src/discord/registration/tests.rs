use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use super::*;
use crate::clock::{Clock, SimulatedClock};
use crate::discord::rest::Rest;

/// How Discord responds: to the first requests, and to requests for a server's own commands.
#[derive(Default)]
struct Wire {
    /// The requests, and when each came.
    seen: Vec<(Timestamp, String)>,
    first: Vec<(u16, &'static str)>,
    of_servers: (u16, &'static str),
}

type Shared = Arc<(Mutex<Wire>, Arc<SimulatedClock>)>;

async fn answer(State(shared): State<Shared>, request: Request) -> Response {
    let path = request.uri().path().trim_start_matches("/api/v10");
    let mut wire = shared.0.lock();
    wire.seen.push((shared.1.now(), format!("{} {path}", request.method())));
    let (status, body) = match path {
        _ if !wire.first.is_empty() => wire.first.remove(0),
        path if path.contains("/guilds/") => wire.of_servers,
        "/applications/@me" => (200, "{}"),
        _ => (200, "[]"),
    };
    (StatusCode::from_u16(status).expect("a status"), body).into_response()
}

/// Registers with these responses in simulated time. Returns the requests, and how long it took.
async fn registered(first: &[(u16, &'static str)], of_servers: (u16, &'static str), guilds: &[u64]) -> (Shared, Registration) {
    let clock = Arc::new(SimulatedClock::new("2026-11-27T12:00:00Z".parse().expect("an instant")));
    let wire = Wire { first: first.to_vec(), of_servers, ..Wire::default() };
    let shared: Shared = Arc::new((Mutex::new(wire), clock.clone()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let app = Router::new().fallback(answer).with_state(shared.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let api = Api::new(Arc::new(Rest::new(client, &url, SecretString::from("t"), clock.clone())));
    let registration = Registration::new(None);
    let mut kept = Box::pin(registration.keep(&api, 5, guilds));
    loop {
        tokio::select! {
            () = &mut kept => break,
            () = tokio::time::sleep(Duration::from_millis(5)) => clock.advance(SignedDuration::from_millis(500)),
        }
    }
    drop(kept);
    (shared, registration)
}

fn seen(shared: &Shared) -> Vec<(Timestamp, String)> {
    shared.0.lock().seen.clone()
}

#[tokio::test]
async fn a_refusal_that_is_not_discords_is_waited_out_and_nothing_is_asked_before() {
    const BLOCKED: (u16, &str) = (403, "<html>1020</html>");
    const LIMITED: (u16, &str) = (429, "{\"message\":\"…\",\"retry_after\":40,\"global\":false}");
    for (answer, waits) in [(BLOCKED, [15, 30]), (LIMITED, [40, 40]), ((429, "<html>1015</html>"), [60, 120])] {
        let (shared, _) = registered(&[answer, answer], (200, "[]"), &[]).await;
        let seen = seen(&shared);
        let names: Vec<&str> = seen.iter().map(|(_, what)| what.as_str()).collect();
        let (me, list, put) = ("GET /applications/@me", "GET /applications/5/commands", "PUT /applications/5/commands");
        assert_eq!(names, [me, me, me, list, put], "{answer:?}");
        for (two, wait) in seen.windows(2).zip(waits) {
            let waited = two[0].0.duration_until(two[1].0).as_secs();
            assert!((wait..=wait + 5).contains(&waited), "{answer:?}: {waited} s");
        }
    }
}

#[tokio::test]
async fn few_servers_that_refuse_a_look_are_enough() {
    let guilds: Vec<u64> = (100..400).collect();
    let refused = (403, "{\"message\":\"Missing Access\",\"code\":50001}");
    let (shared, registration) = registered(&[], refused, &guilds).await;
    let looks = || seen(&shared).iter().filter(|(_, what)| what.contains("/guilds/")).count();
    assert_eq!(looks(), MOST_REFUSED as usize);
    // Nor at the next READY.
    let clock: Arc<dyn Clock> = shared.1.clone();
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let api = Api::new(Arc::new(Rest::new(client, "http://127.0.0.1:1", SecretString::from("t"), clock)));
    registration.keep(&api, 5, &guilds).await;
    assert_eq!(looks(), MOST_REFUSED as usize);
}

#[tokio::test]
async fn every_server_that_shows_its_list_is_looked_into_once() {
    let guilds: Vec<u64> = (100..130).collect();
    let (shared, _) = registered(&[], (200, "[]"), &guilds).await;
    let mut looks: Vec<String> =
        seen(&shared).into_iter().map(|(_, what)| what).filter(|what| what.contains("/guilds/")).collect();
    assert_eq!(looks.len(), 30);
    looks.dedup();
    assert_eq!(looks.len(), 30);
}
