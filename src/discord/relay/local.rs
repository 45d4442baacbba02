//! serenity's side of the relay: a gateway on loopback, at an address that nobody can guess.
//!
//! serenity connects here and sees one long session: HELLO, READY, acknowledged heartbeats, and its
//! events. It learns nothing about the connection to Discord, so it has no reason to reconnect; when it
//! does, Discord does not notice.

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, OwnedMutexGuard, watch};
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::StatusCode;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};
use tracing::{debug, warn};

use super::frames::Frame;
use super::queue::{Dispatch, Outlet};

/// How long the handshake of a new connection may take.
const HANDSHAKE: Duration = Duration::from_secs(5);
/// The heartbeat interval for serenity, in milliseconds.
const INTERVAL_MS: u32 = 41_250;
/// How many sent events are kept for a client that lost its connection.
const KEPT_EVENTS: usize = 64;
const KEPT_BYTES: usize = 256 << 10;

/// The loopback server for serenity.
pub(super) struct Local {
    listener: TcpListener,
    shared: Arc<LibraryState>,
    address: String,
}

struct LibraryState {
    path: String,
    token: SecretString,
    feeds: Vec<Arc<Mutex<Feed>>>,
    /// A counter per shard: a new connection of a shard increments it, and the older one ends.
    turns: Vec<watch::Sender<u64>>,
}

/// The events of one shard.
struct Feed {
    outlet: Outlet,
    /// The latest READY.
    ready: Option<String>,
    sequence: u64,
    sent: VecDeque<(u64, String)>,
    sent_bytes: usize,
}

impl Local {
    /// Listens on loopback for a client with one shard per outlet.
    ///
    /// # Errors
    /// If there is no free port, or no random number for the address.
    pub(super) async fn bind(token: SecretString, outlets: Vec<Outlet>) -> std::io::Result<Local> {
        let mut random = [0_u8; 16];
        getrandom::fill(&mut random).map_err(|error| std::io::Error::other(error.to_string()))?;
        let path = random.iter().fold("/".to_owned(), |path, byte| format!("{path}{byte:02x}"));
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
        let address = format!("ws://{}{path}", listener.local_addr()?);
        let turns = outlets.iter().map(|_| watch::Sender::new(0)).collect();
        let feeds = outlets.into_iter().map(|outlet| Arc::new(Mutex::new(Feed::new(outlet)))).collect();
        Ok(Local { listener, shared: Arc::new(LibraryState { path, token, feeds, turns }), address })
    }

    /// The address for serenity. It is a secret of this process.
    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// Serves until it is dropped.
    pub(super) async fn run(self) {
        let mut connections = JoinSet::new();
        loop {
            while connections.try_join_next().is_some() {}
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    connections.spawn(serve(stream, self.shared.clone()));
                }
                Err(error) => {
                    warn!(%error, "could not accept serenity's loopback connection; trying again");
                    tokio::time::sleep(HANDSHAKE).await;
                }
            }
        }
    }
}

impl Feed {
    fn new(outlet: Outlet) -> Feed {
        Feed { outlet, ready: None, sequence: 0, sent: VecDeque::new(), sent_bytes: 0 }
    }

    /// Makes the next frame of an event, and keeps a copy for a while.
    fn frame(&mut self, event: &str, data: &str) -> String {
        self.sequence += 1;
        let frame = format!(r#"{{"op":0,"s":{},"t":"{event}","d":{data}}}"#, self.sequence);
        self.sent_bytes += frame.len();
        self.sent.push_back((self.sequence, frame.clone()));
        while self.sent.len() > KEPT_EVENTS || (self.sent_bytes > KEPT_BYTES && self.sent.len() > 1) {
            if let Some((_, old)) = self.sent.pop_front() {
                self.sent_bytes -= old.len();
            }
        }
        frame
    }

    fn take(&mut self, dispatch: &Dispatch) -> String {
        if dispatch.event == "READY" {
            self.ready = Some(dispatch.data.clone());
        }
        self.frame(dispatch.event, &dispatch.data)
    }
}

#[derive(Deserialize)]
struct Identify<'a> {
    token: &'a str,
    shard: (usize, usize),
}

#[derive(Deserialize)]
struct Resume<'a> {
    token: &'a str,
    seq: u64,
}

/// A connection that has identified its shard.
struct ShardConnection {
    feed: OwnedMutexGuard<Feed>,
    turn: watch::Receiver<u64>,
}

#[allow(clippy::result_large_err, reason = "the WebSocket library wants its own response")]
async fn accept(stream: TcpStream, path: &str) -> Option<WebSocketStream<TcpStream>> {
    // Small frames must not wait for each other.
    stream.set_nodelay(true).ok()?;
    let check = |request: &Request, response: Response| {
        if request.uri().path() == path {
            return Ok(response);
        }
        let mut refused = ErrorResponse::new(None);
        *refused.status_mut() = StatusCode::NOT_FOUND;
        Err(refused)
    };
    tokio::time::timeout(HANDSHAKE, accept_hdr_async(stream, check)).await.ok()?.ok()
}

async fn serve(stream: TcpStream, shared: Arc<LibraryState>) {
    let Some(mut socket) = accept(stream, &shared.path).await else {
        debug!("refused a connection to the loopback gateway at a wrong path");
        return;
    };
    let hello = format!(r#"{{"op":10,"s":null,"t":null,"d":{{"heartbeat_interval":{INTERVAL_MS}}}}}"#);
    if socket.send(Message::text(hello)).await.is_err() {
        return;
    }
    let mut joined = None;
    while once(&mut socket, &shared, &mut joined).await.is_some() {}
}

/// Handles the next event; `None` when the connection is over.
async fn once(
    socket: &mut WebSocketStream<TcpStream>,
    shared: &LibraryState,
    joined: &mut Option<ShardConnection>,
) -> Option<()> {
    let Some(place) = joined else {
        let message = tokio::time::timeout(HANDSHAKE, socket.next()).await.ok()??.ok()?;
        return heard(socket, shared, joined, &message).await;
    };
    tokio::select! {
        message = socket.next() => {
            let message = message?.ok()?;
            heard(socket, shared, joined, &message).await
        }
        dispatch = place.feed.outlet.recv() => {
            let frame = place.feed.take(&dispatch?);
            socket.send(Message::text(frame)).await.ok()
        }
        // Another connection of this shard has replaced this one.
        _ = place.turn.changed() => None,
    }
}

async fn heard(
    socket: &mut WebSocketStream<TcpStream>,
    shared: &LibraryState,
    joined: &mut Option<ShardConnection>,
    message: &Message,
) -> Option<()> {
    let text = match message {
        Message::Text(text) => text.as_str(),
        Message::Close(_) => {
            // The close response is already queued, and must only be flushed.
            let _ = socket.flush().await;
            return None;
        }
        _ => return Some(()),
    };
    let frame = Frame::read(text)?;
    match frame.op {
        1 => socket.send(Message::text(r#"{"op":11,"s":null,"t":null,"d":null}"#)).await.ok(),
        2 => {
            let identify: Identify = serde_json::from_str(frame.data()).ok()?;
            let shard = shared.known(identify.token, identify.shard)?;
            let place = join(shared, joined, shard).await?;
            match place.feed.ready.clone() {
                Some(ready) => {
                    let frame = place.feed.frame("READY", &ready);
                    socket.send(Message::text(frame)).await.ok()
                }
                None => Some(()),
            }
        }
        6 => {
            let resume: Resume = serde_json::from_str(frame.data()).ok()?;
            // A RESUME does not name its shard. With one shard that does not matter; with several, a new
            // session costs nothing here.
            let [_] = shared.feeds.as_slice() else {
                return socket.send(Message::text(r#"{"op":9,"s":null,"t":null,"d":false}"#)).await.ok();
            };
            shared.known(resume.token, (0, 1))?;
            let place = join(shared, joined, 0).await?;
            let missed: Vec<String> =
                place.feed.sent.iter().filter(|(sequence, _)| *sequence > resume.seq).map(|(_, frame)| frame.clone()).collect();
            for frame in missed {
                socket.send(Message::text(frame)).await.ok()?;
            }
            let resumed = place.feed.frame("RESUMED", r#"{"_trace":[]}"#);
            socket.send(Message::text(resumed)).await.ok()
        }
        _ => Some(()),
    }
}

async fn join<'a>(
    shared: &LibraryState,
    joined: &'a mut Option<ShardConnection>,
    shard: usize,
) -> Option<&'a mut ShardConnection> {
    // Sending READY twice must not wait for itself.
    *joined = None;
    let turns = shared.turns.get(shard)?;
    turns.send_modify(|turn| *turn += 1);
    let turn = turns.subscribe();
    let feed = shared.feeds.get(shard)?.clone().lock_owned().await;
    Some(joined.insert(ShardConnection { feed, turn }))
}

impl LibraryState {
    /// The shard's index, if the token is ours and the shard exists.
    fn known(&self, token: &str, (shard, shards): (usize, usize)) -> Option<usize> {
        let ours = token.trim_start_matches("Bot ") == self.token.expose_secret();
        (ours && shards == self.feeds.len() && shard < shards).then_some(shard)
    }
}

/// The close frame for a connection that must not be resumed.
pub(super) fn goodbye(code: u16) -> Message {
    Message::Close(Some(CloseFrame { code: code.into(), reason: "".into() }))
}

#[cfg(test)]
#[path = "local_tests.rs"]
mod tests;
