//! A whole relay between a gateway and a client that does not read.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use axum::extract::State;
use axum::extract::ws::{Message as Frame, WebSocketUpgrade};
use axum::response::IntoResponse;
use axum::routing::{any, get};
use futures_util::{SinkExt, StreamExt};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;

use crate::clock::SystemClock;
use crate::discord::contact::Contact;
use crate::discord::relay::{GatewayStatus, Ledger, Relay};
use crate::discord::rest::Rest;

const EVENTS: u64 = 3_000;
const SIZE: usize = 20_000;

/// A gateway that sends many events.
#[derive(Default)]
struct Talker {
    sent: AtomicU64,
    heartbeats: AtomicU64,
}

fn interaction(idx: u64) -> String {
    let data = json!({
        "id": (1_000 + idx).to_string(), "application_id": "2", "type": 2, "token": "t", "version": 1, "channel_id": "7",
        "user": { "id": "42", "username": "anna", "discriminator": "0" }, "locale": "hu", "entitlements": [],
        "authorizing_integration_owners": {}, "attachment_size_limit": 1, "context": 1,
        "data": { "id": "3", "name": "who", "type": 1 }, "padding": "x".repeat(SIZE),
    });
    json!({ "op": 0, "s": idx + 2, "t": "INTERACTION_CREATE", "d": data }).to_string()
}

async fn talk(upgrade: WebSocketUpgrade, State(talker): State<Arc<Talker>>) -> impl IntoResponse {
    upgrade.on_upgrade(|mut socket| async move {
        let hello = json!({ "op": 10, "d": { "heartbeat_interval": 2_000 } });
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
        let (mut send, mut receive) = socket.split();
        let counted = talker.clone();
        let (acknowledge, mut acknowledged) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Some(Ok(Frame::Text(text))) = receive.next().await {
                if text.contains("\"op\":1") {
                    counted.heartbeats.fetch_add(1, Ordering::SeqCst);
                    let _ = acknowledge.send(());
                }
            }
        });
        for idx in 0..EVENTS {
            if send.send(Frame::Text(interaction(idx).into())).await.is_err() {
                return;
            }
            talker.sent.fetch_add(1, Ordering::SeqCst);
            while acknowledged.try_recv().is_ok() {
                let _ = send.send(Frame::Text(r#"{"op":11}"#.into())).await;
            }
        }
        while acknowledged.recv().await.is_some() {
            let _ = send.send(Frame::Text(r#"{"op":11}"#.into())).await;
        }
    })
}

struct Forgetful;

#[async_trait]
impl Ledger for Forgetful {
    async fn read(&self) -> Option<String> {
        None
    }

    async fn write(&self, _: &str) -> bool {
        false
    }
}

async fn gateway() -> (SocketAddr, Arc<Talker>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let talker = Arc::new(Talker::default());
    let info = json!({ "url": format!("ws://{address}"), "shards": 1,
        "session_start_limit": { "total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1 } });
    let app = axum::Router::new()
        .route("/api/v10/gateway/bot", get(|| async move { info.to_string() }))
        .route("/", any(talk))
        .with_state(talker.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (address, talker)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_library_that_does_not_read_makes_discord_wait_and_loses_nothing() {
    let (address, talker) = gateway().await;
    let token = SecretString::from("the-token");
    let client = crate::discord::client(Duration::from_secs(5)).expect("a client");
    let rest = Rest::new(client, &format!("http://{address}"), token.clone(), Arc::new(SystemClock));
    let contact = Contact::new(Arc::new(rest));
    let (notices, _heard) = mpsc::unbounded_channel();
    let status = Arc::new(GatewayStatus::default());
    let relay = Relay {
        token,
        intents: 1,
        contact: contact.clone(),
        tls: crate::discord::network::tls().expect("TLS"),
        proxies: crate::settings::Proxies::default(),
        ledger: Arc::new(Forgetful),
        clock: Arc::new(SystemClock),
        status: status.clone(),
        notices,
    };
    let info = contact.gateway().await.expect("an answer");
    let running = relay.start(&info).await.expect("a port");

    // Nobody reads for longer than three heartbeats. Discord still gets our heartbeats, and has to wait.
    let waits = async {
        loop {
            let before = talker.sent.load(Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(1_200)).await;
            if before > 0 && talker.sent.load(Ordering::SeqCst) == before && talker.heartbeats.load(Ordering::SeqCst) >= 3 {
                return before;
            }
        }
    };
    let sent = tokio::time::timeout(Duration::from_secs(30), waits).await.expect("it waits");
    assert!(sent < EVENTS / 2, "{sent} events of {SIZE} bytes were taken");

    let place = running.address().trim_start_matches("ws://").split('/').next().expect("a place").to_owned();
    let stream = TcpStream::connect(place).await.expect("a connection");
    let (mut library, _) = client_async(running.address(), stream).await.expect("a gateway");
    let identify = json!({ "op": 2, "d": { "token": "the-token", "shard": [0, 1] } });
    library.send(Message::text(identify.to_string())).await.expect("it is sent");
    let mut next = 0;
    while next < EVENTS {
        let Some(Ok(Message::Text(text))) = library.next().await else { panic!("it ended after {next}") };
        let frame: Value = serde_json::from_str(&text).expect("JSON");
        if frame["t"] == "INTERACTION_CREATE" {
            assert_eq!(frame["d"]["id"], (1_000 + next).to_string());
            assert_eq!(frame["s"], next + 2, "the numbers have no gaps");
            next += 1;
        }
    }
    assert!(status.is_connected());
    assert_eq!(status.identifies(), 1, "it was the same connection all the time");
    running.stop().await;
}
