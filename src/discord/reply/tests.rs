use std::sync::Arc;

use parking_lot::Mutex;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use secrecy::SecretString;

use super::*;
use crate::card::{Audience, Card, Outcome, Refusal};
use crate::clock::SystemClock;
use crate::discord::outbound::said;
use crate::discord::rest::Rest;

/// The requests, and the responses (status and body) to the next ones; then success.
#[derive(Default)]
struct Wire {
    seen: Vec<String>,
    answers: Vec<(u16, &'static str)>,
}

type Shared = Arc<Mutex<Wire>>;

async fn answer(State(wire): State<Shared>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.expect("a body");
    let json: Value = serde_json::from_slice(&body).unwrap_or_default();
    let flags = json["flags"].as_u64().or_else(|| json["data"]["flags"].as_u64()).unwrap_or_default();
    let alone = if flags == EPHEMERAL { " alone" } else { "" };
    let route = parts.uri.path().trim_start_matches("/api/v10");
    let what = match (parts.method.as_str(), route) {
        ("POST", "/interactions/1/tok/callback") => format!("type {}", json["type"]),
        ("PATCH", "/webhooks/5/tok/messages/@original") => "edit".to_owned(),
        ("DELETE", "/webhooks/5/tok/messages/@original") => "delete".to_owned(),
        ("POST", "/webhooks/5/tok") => "further".to_owned(),
        other => format!("{other:?}"),
    };
    let mut wire = wire.lock();
    wire.seen.push(format!("{what}{alone}"));
    let (status, body) = if wire.answers.is_empty() { (200, "{}") } else { wire.answers.remove(0) };
    (StatusCode::from_u16(status).expect("a status"), body).into_response()
}

/// Sends the result of `work` to a Discord that responds as given. Returns the requests and the outcome.
async fn sent(
    answers: &[(u16, &'static str)],
    manner: ResponseMode,
    takes: Duration,
    work: impl FnOnce() -> OutgoingResponse + Send + 'static,
) -> (Vec<String>, Result<(), Failed>) {
    // Slow work has used up most of its time already, because Discord's three seconds are real time.
    let spent = if takes == AT_ONCE { AT_ONCE } else { PROMISE.saturating_sub(Duration::from_millis(100)) };
    let arrived = Instant::now().checked_sub(spent).expect("the machine runs");
    sent_at(arrived, answers, manner, takes, work).await
}

/// The same for an interaction that arrived earlier.
async fn sent_at(
    arrived: Instant,
    answers: &[(u16, &'static str)],
    manner: ResponseMode,
    takes: Duration,
    work: impl FnOnce() -> OutgoingResponse + Send + 'static,
) -> (Vec<String>, Result<(), Failed>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let wire = Shared::default();
    wire.lock().answers = answers.to_vec();
    let app = Router::new().fallback(answer).with_state(wire.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let rest = Rest::new(client, &url, SecretString::from("t"), Arc::new(SystemClock));
    let api = Api::new(Arc::new(rest));
    let reply = Responder { api: &api, application: 5, id: 1, token: "tok", arrived };
    let work = tokio::task::spawn_blocking(move || {
        std::thread::sleep(takes);
        work()
    });
    let outcome = reply.send(work, manner, said(&Err(Refusal::new("sorry").into()), 1)).await;
    let seen = wire.lock().seen.clone();
    (seen, outcome)
}

fn card(audience: Audience) -> OutgoingResponse {
    said(&Ok(Card::new(Outcome::Found, "a card").seen_by(audience)), 1)
}

fn refusal() -> OutgoingResponse {
    said(&Err(Refusal::new("no").into()), 1)
}

const LATE: Duration = Duration::from_millis(250);
const AT_ONCE: Duration = Duration::ZERO;
const ALL: ResponseMode = ResponseMode::New { alone: false };
const ONE: ResponseMode = ResponseMode::New { alone: true };
const IN_PUBLIC: ResponseMode = ResponseMode::InPlace { alone: false };
const IN_PRIVATE: ResponseMode = ResponseMode::InPlace { alone: true };

#[tokio::test(flavor = "multi_thread")]
async fn whom_an_answer_is_for_does_not_depend_on_how_long_it_takes() {
    let everyone: fn() -> OutgoingResponse = || card(Audience::Everyone);
    let asker: fn() -> OutgoingResponse = || card(Audience::Asker);
    let idx: fn() -> OutgoingResponse = refusal;
    for (manner, work, at_once, late) in [
        (ALL, everyone, &["type 4"][..], &["type 5", "edit"][..]),
        (ALL, asker, &["type 4 alone"], &["type 5", "delete", "further alone"]),
        (ALL, idx, &["type 4 alone"], &["type 5", "delete", "further alone"]),
        (ONE, everyone, &["type 4 alone"], &["type 5 alone", "edit"]),
        (ONE, asker, &["type 4 alone"], &["type 5 alone", "edit"]),
        (ONE, idx, &["type 4 alone"], &["type 5 alone", "edit"]),
        (IN_PUBLIC, everyone, &["type 7"], &["type 6", "edit"]),
        (IN_PUBLIC, asker, &["type 4 alone"], &["type 6", "further alone"]),
        (IN_PUBLIC, idx, &["type 4 alone"], &["type 6", "further alone"]),
        (IN_PRIVATE, everyone, &["type 7"], &["type 6", "edit"]),
        (IN_PRIVATE, asker, &["type 7"], &["type 6", "edit"]),
        (IN_PRIVATE, idx, &["type 4 alone"], &["type 6", "further alone"]),
    ] {
        for (takes, expected) in [(AT_ONCE, at_once), (LATE, late)] {
            let (seen, outcome) = sent(&[], manner, takes, work).await;
            assert!(outcome.is_ok(), "{manner:?} {expected:?}: {outcome:?}");
            assert_eq!(seen, expected, "{manner:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_is_apologised_for_to_the_asker_alone() {
    for (manner, takes, expected) in [
        (ALL, AT_ONCE, &["type 4 alone"][..]),
        (ALL, LATE, &["type 5", "delete", "further alone"]),
        (IN_PUBLIC, LATE, &["type 6", "further alone"]),
    ] {
        let (seen, outcome) = sent(&[], manner, takes, || panic!("it quotes “what was typed”")).await;
        let failed = outcome.expect_err("it panicked");
        assert!(!crate::discord::redact::error(&failed).contains("typed"), "{failed:?}");
        assert_eq!(seen, expected);
    }
}

const GONE: (u16, &str) = (404, "{\"code\":10008,\"message\":\"Unknown Message\"}");
const DONE_BEFORE: (u16, &str) = (400, "{\"code\":40060,\"message\":\"already acknowledged\"}");
const TOO_LATE: (u16, &str) = (404, "{\"code\":10062,\"message\":\"Unknown interaction\"}");
const DEAD_TOKEN: (u16, &str) = (401, "{\"code\":50027,\"message\":\"Invalid Webhook Token\"}");
const BROKEN: (u16, &str) = (502, "<html>bad gateway</html>");
const SHORT_WAIT: (u16, &str) = (429, "{\"retry_after\":0.2,\"global\":false}");
const LONG_WAIT: (u16, &str) = (429, "{\"retry_after\":60,\"global\":true}");
const BLOCKED: (u16, &str) = (403, "<html>1020</html>");

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_known_to_have_arrived_is_sent_again_and_what_is_refused_is_not() {
    for (answers, manner, takes, expected, is_ok) in [
        (&[BROKEN][..], ALL, AT_ONCE, &["type 4", "type 4"][..], true),
        (&[BLOCKED], ALL, AT_ONCE, &["type 4", "type 4"], true),
        // The first had arrived.
        (&[BROKEN, DONE_BEFORE], ALL, AT_ONCE, &["type 4", "type 4"], true),
        (&[BROKEN, BROKEN], ALL, AT_ONCE, &["type 4", "type 4"], false),
        // Another process answered first.
        (&[DONE_BEFORE], ALL, AT_ONCE, &["type 4"], false),
        (&[DONE_BEFORE], ALL, LATE, &["type 5"], false),
        (&[TOO_LATE], ALL, AT_ONCE, &["type 4"], false),
        (&[TOO_LATE], ALL, LATE, &["type 5"], false),
        (&[(204, ""), BROKEN, BLOCKED], ALL, LATE, &["type 5", "edit", "edit", "edit"], true),
        (&[(204, ""), DEAD_TOKEN], ALL, LATE, &["type 5", "edit"], false),
        (&[(204, ""), (200, "<html>welcome</html>")], ALL, LATE, &["type 5", "edit", "edit"], true),
        // A deferred response that perhaps did not arrive is still filled.
        (&[BROKEN, BROKEN], ALL, LATE, &["type 5", "type 5", "edit"], true),
        // A short wait fits into the three seconds; a longer one does not.
        (&[SHORT_WAIT], ALL, AT_ONCE, &["type 4", "type 4"], true),
        (&[LONG_WAIT], ALL, AT_ONCE, &["type 4"], false),
        (&[(204, ""), SHORT_WAIT], ALL, LATE, &["type 5", "edit", "edit"], true),
        // The pressed message or the deferred response was deleted.
        (&[GONE], IN_PUBLIC, AT_ONCE, &["type 7", "type 4 alone"], true),
        (&[GONE], IN_PUBLIC, LATE, &["type 6", "type 5 alone", "edit"], true),
        (&[(204, ""), GONE], IN_PUBLIC, LATE, &["type 6", "edit", "further alone"], true),
        (&[(204, ""), GONE], ALL, LATE, &["type 5", "edit", "further alone"], true),
    ] {
        let (seen, outcome) = sent(answers, manner, takes, || card(Audience::Everyone)).await;
        assert_eq!(seen, expected, "{answers:?} {manner:?}");
        assert_eq!(outcome.is_ok(), is_ok, "{answers:?} {manner:?}: {outcome:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_promise_to_all_stands_nothing_for_one_is_sent() {
    let answers = [(204, ""), BROKEN, BROKEN, GONE];
    let (seen, outcome) = sent(&answers, ALL, LATE, refusal).await;
    assert!(outcome.is_ok());
    assert_eq!(seen, ["type 5", "delete", "delete", "delete", "further alone"]);
    let refused = (403, "{\"code\":50001,\"message\":\"Missing Access\"}");
    let (seen, outcome) = sent(&[(204, ""), refused], ALL, LATE, refusal).await;
    assert!(outcome.is_err());
    assert_eq!(seen, ["type 5", "delete"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promise_is_given_up_when_its_token_is_dead() {
    let answers = [(204, ""), LONG_WAIT, BROKEN];
    // Fourteen and a half minutes ago, as if Discord had been down since: a minute's wait is too long.
    let early = TOKEN_LIFE.checked_sub(Duration::from_secs(30)).expect("longer than that");
    let Some(arrived) = Instant::now().checked_sub(early) else { return };
    let (seen, outcome) = sent_at(arrived, &answers, ONE, LATE, || card(Audience::Everyone)).await;
    assert!(matches!(outcome, Err(Failed::Discord(ApiError::Wait(_)))), "{outcome:?}");
    assert_eq!(seen, ["type 5 alone", "edit"]);
}

#[tokio::test]
async fn an_edit_names_everything_it_replaces_and_files_are_numbered() {
    let message = card(Audience::Everyone).message;
    assert_eq!(message["content"], "");
    assert_eq!((&message["attachments"], &message["components"]), (&json!([]), &json!([])));
    assert!(message.get("flags").is_none());
    let mut two = Card::new(Outcome::Found, "files");
    for name in ["a.txt", "b.txt"] {
        two.files.push(crate::card::CardFile { name: name.to_owned(), bytes: vec![1] });
    }
    let two = said(&Ok(two), 1);
    assert_eq!(two.message["attachments"][1]["id"], 1);
    assert_eq!((two.message["attachments"][1]["filename"].as_str(), two.files.len()), (Some("b.txt"), 2));
}
