//! What the relay adds to an interaction: the same interactions reach a client that is connected to a
//! gateway directly, and one behind the relay, in turns. Prints a table.
//!
//! A gateway of our own sends `COUNT` interactions as fast as they are read. Counted is the CPU time
//! of the whole process (both sides of every socket are in it), so the difference is all of the relay:
//! one more WebSocket hop, reading the frame, and trying whether serenity can read it.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench measures and prints"
)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use axum::extract::ws::{Message as Frame, WebSocketUpgrade};
use axum::response::IntoResponse;
use axum::routing::{any, get};
use futures_util::{SinkExt, StreamExt};
use kronikas::clock::SystemClock;
use kronikas::discord::{Contact, GatewayStatus, Ledger, Relay, RelayHandle, Rest, client, tls};
use secrecy::SecretString;
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

const COUNT: u64 = 20_000;
const TURNS: usize = 7;

/// A command with an option, as Discord sends it in a server: about 1.6 kB.
fn interaction(idx: u64) -> String {
    let user = json!({ "id": "42", "username": "anna", "discriminator": "0", "global_name": "Anna", "avatar": null,
        "public_flags": 0, "clan": null, "primary_guild": null, "collectibles": null, "avatar_decoration_data": null });
    let data = json!({
        "id": (1_000 + idx).to_string(), "application_id": "2", "type": 2, "token": "t".repeat(220), "version": 1,
        "guild_id": "5", "channel_id": "7", "locale": "hu", "guild_locale": "hu", "entitlements": [], "context": 0,
        "authorizing_integration_owners": { "0": "5" }, "attachment_size_limit": 10_485_760, "entitlement_sku_ids": [],
        "app_permissions": "2251799813685247", "guild": { "id": "5", "locale": "hu", "features": [] },
        "channel": { "id": "7", "type": 0, "name": "history", "permissions": "2251799813685247", "guild_id": "5",
            "flags": 0, "last_message_id": null, "nsfw": false, "parent_id": null, "position": 1,
            "rate_limit_per_user": 0, "topic": null },
        "member": { "user": user, "nick": null, "roles": ["8", "9"], "joined_at": "2026-09-01T07:00:00.000000+00:00",
            "premium_since": null, "deaf": false, "mute": false, "flags": 0, "pending": false, "avatar": null,
            "banner": null, "communication_disabled_until": null, "unusual_dm_activity_until": null,
            "permissions": "2251799813685247" },
        "data": { "id": "3", "name": "who", "type": 1, "options": [{ "name": "query", "type": 3, "value": "kruschev" }] },
    });
    json!({ "op": 0, "s": idx + 2, "t": "INTERACTION_CREATE", "d": data }).to_string()
}

/// Says HELLO and READY, then everything it has to say.
async fn talk(upgrade: WebSocketUpgrade) -> impl IntoResponse {
    upgrade.on_upgrade(|mut socket| async move {
        let hello = json!({ "op": 10, "d": { "heartbeat_interval": 3_600_000 } });
        socket.send(Frame::Text(hello.to_string().into())).await.expect("HELLO is sent");
        while let Some(Ok(Frame::Text(text))) = socket.recv().await {
            if text.contains("\"op\":2") {
                break;
            }
            let _ = socket.send(Frame::Text(r#"{"op":11}"#.into())).await;
        }
        let ready = json!({ "op": 0, "s": 1, "t": "READY", "d": { "session_id": "s", "resume_gateway_url": "", "guilds": [],
            "user": { "id": "1", "username": "kronikas" }, "application": { "id": "2", "flags": 0 } } });
        socket.send(Frame::Text(ready.to_string().into())).await.expect("READY is sent");
        // The client answers once it is counting.
        let _ = tokio::time::timeout(Duration::from_millis(200), socket.recv()).await;
        for idx in 0..COUNT {
            if socket.send(Frame::Text(interaction(idx).into())).await.is_err() {
                return;
            }
        }
        while socket.recv().await.is_some() {}
    })
}

struct Forgetful;

#[async_trait]
impl Ledger for Forgetful {
    async fn read(&self) -> Option<String> {
        None
    }

    async fn write(&self, _: &str) -> bool {
        true
    }
}

async fn gateway() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let info = json!({ "url": format!("ws://{address}"), "shards": 1,
        "session_start_limit": { "total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1 } });
    let app = axum::Router::new().route("/api/v10/gateway/bot", get(|| async move { info.to_string() })).route("/", any(talk));
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

async fn relay(gateway: SocketAddr) -> RelayHandle {
    let token = SecretString::from("the-token");
    let client = client(Duration::from_secs(5)).expect("a client");
    let rest = Rest::new(client, &format!("http://{gateway}"), token.clone(), Arc::new(SystemClock));
    let contact = Contact::new(Arc::new(rest));
    let (notices, _) = mpsc::unbounded_channel();
    let relay = Relay {
        token,
        intents: 1,
        contact: contact.clone(),
        tls: tls().expect("TLS"),
        proxies: Default::default(),
        ledger: Arc::new(Forgetful),
        clock: Arc::new(SystemClock),
        status: Arc::new(GatewayStatus::default()),
        notices,
    };
    let info = contact.gateway().await.expect("an answer");
    relay.start(&info).await.expect("a port")
}

async fn connect(address: &str) -> WebSocketStream<TcpStream> {
    let place = address.trim_start_matches("ws://").split('/').next().expect("a place").to_owned();
    let stream = TcpStream::connect(place).await.expect("a connection");
    stream.set_nodelay(true).expect("a socket");
    let (mut socket, _) = client_async(address, stream).await.expect("a gateway");
    let identify = json!({ "op": 2, "d": { "token": "the-token", "shard": [0, 1] } });
    socket.send(Message::text(identify.to_string())).await.expect("it is sent");
    socket
}

/// Reads all interactions; how long that took by the wall, and by the CPU.
async fn read(mut socket: WebSocketStream<TcpStream>) -> (Duration, Duration) {
    let mut began = None;
    let mut heard = 0;
    while heard < COUNT {
        let Some(Ok(message)) = socket.next().await else { panic!("it ended after {heard}") };
        if matches!(&message, Message::Text(text) if text.contains("INTERACTION_CREATE")) {
            began.get_or_insert_with(|| (Instant::now(), cpu()));
            heard += 1;
        }
    }
    let (wall, before) = began.expect("something was heard");
    (wall.elapsed(), cpu() - before)
}

/// The CPU time of this process so far (proc_pid_stat(5): fields 14 and 15, in hundredths of a second).
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let after = stat.rsplit(')').next().expect("fields");
    let ticks: u64 = after.split_whitespace().skip(11).take(2).map(|field| field.parse::<u64>().expect("a number")).sum();
    Duration::from_millis(10 * ticks)
}

/// Resident memory in kB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmRSS")).expect("a line");
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("a number")
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e6 / COUNT as f64
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let gateway = gateway().await;
    let address = format!("ws://{gateway}/");
    // Once each before anything is counted: what is allocated then stays.
    read(connect(&address).await).await;
    let without = resident();
    let first = relay(gateway).await;
    read(connect(first.address()).await).await;
    let with = resident();
    first.stop().await;
    let (mut direct, mut relayed) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        direct.push(read(connect(&address).await).await);
        let running = relay(gateway).await;
        relayed.push(read(connect(running.address()).await).await);
        running.stop().await;
    }
    let of =
        |times: &[(Duration, Duration)], which: fn(&(Duration, Duration)) -> Duration| median(times.iter().map(which).collect());
    let wall = |time: &(Duration, Duration)| time.0;
    let cpu = |time: &(Duration, Duration)| time.1;
    println!("{COUNT} interactions of {} bytes, median of {TURNS} turns", interaction(0).len());
    println!("            CPU µs each  wall µs each");
    println!("direct      {:11.1}  {:12.1}", of(&direct, cpu), of(&direct, wall));
    println!("relayed     {:11.1}  {:12.1}", of(&relayed, cpu), of(&relayed, wall));
    println!("difference  {:11.1}  {:12.1}", of(&relayed, cpu) - of(&direct, cpu), of(&relayed, wall) - of(&direct, wall));
    println!("memory: {} kB with a relay that passed {COUNT}, {without} kB before", with);
}
