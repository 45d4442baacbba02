//! What the fake knows.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, MutexGuard};
use std::time::Instant;

use axum::extract::ws::Message as Frame;
use serde_json::Value;
use tokio::sync::{Notify, mpsc};

use super::PATIENCE;
use super::actors::Room;

/// The fake's state, and word of its changes.
pub struct Shared {
    state: Mutex<State>,
    changed: Notify,
    pub faults: Faults,
    pub address: SocketAddr,
}

/// Things that can be made to go wrong, any time.
#[derive(Default)]
pub struct Faults {
    /// Close with 4000 after every RESUME.
    pub close_after_resume: AtomicBool,
    /// Ask to reconnect (op 7) as soon as a session stands.
    pub reconnect_loop: AtomicBool,
    /// Call every session invalid (op 9).
    pub invalid_sessions: AtomicBool,
    /// Answer `GET /gateway` with 500.
    pub no_gateway: AtomicBool,
    /// Accept REST requests and stay silent.
    pub silent: AtomicBool,
    /// Never acknowledge a heartbeat nor a close.
    pub mute_gateway: AtomicBool,
}

/// An interaction that was sent to the bot.
pub struct Interaction {
    pub token: String,
    pub what: String,
    pub room: u64,
    pub user: String,
    /// The message that was pressed.
    pub pressed: Option<u64>,
    pub sent: Instant,
    /// The first answer: its type and body.
    pub answer: Option<(u64, Value)>,
    /// The message it led to, once there is one with content.
    pub message: Option<u64>,
    pub deferred: bool,
    /// A completion that a faster one overtook, or a repeated delivery.
    pub may_be_silent: bool,
}

/// A message in a room.
#[derive(Clone)]
pub struct Message {
    pub id: u64,
    pub room: u64,
    pub body: Value,
    pub ephemeral_to: Option<String>,
    pub asked: String,
}

#[derive(Default)]
pub struct State {
    next_id: u64,
    pub rooms: BTreeMap<u64, Room>,
    pub messages: Vec<Message>,
    pub interactions: BTreeMap<u64, Interaction>,
    pub commands: Vec<Value>,
    pub registrations: u64,
    pub refusals: Vec<String>,
    pub unknown: Vec<String>,
    pub wire: Vec<String>,
    pub sockets: Vec<mpsc::UnboundedSender<Frame>>,
    pub sequence: u64,
    pub ready: u64,
    pub connections: u64,
    pub identifies: u64,
    pub resumes: u64,
}

impl State {
    pub fn new_id(&mut self) -> u64 {
        self.next_id += 1;
        // Ids are snowflakes: large, growing.
        1_300_000_000_000_000_000 + self.next_id
    }

    pub fn new_room(&mut self, name: &str, guild: bool) -> Room {
        let room = Room { id: self.new_id(), guild: guild.then(|| self.new_id()), name: name.to_owned() };
        self.rooms.insert(room.id, room.clone());
        room
    }

    /// Sends a dispatch to every session.
    pub fn dispatch(&mut self, event: &str, data: &Value) {
        self.sequence += 1;
        let frame = serde_json::json!({ "op": 0, "s": self.sequence, "t": event, "d": data }).to_string();
        self.sockets.retain(|socket| socket.send(Frame::Text(frame.clone().into())).is_ok());
    }
}

impl Shared {
    pub fn new(address: SocketAddr) -> Shared {
        Shared { state: Mutex::default(), changed: Notify::new(), faults: Faults::default(), address }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Tells everybody who waits that something changed.
    pub fn touch(&self) {
        self.changed.notify_waiters();
    }

    /// Waits until the state is as wanted.
    pub async fn wait(&self, what: &str, wanted: impl Fn(&State) -> bool) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let changed = self.changed.notified();
            if wanted(&self.state()) {
                return;
            }
            if tokio::time::timeout_at(deadline, changed).await.is_err() {
                let refusals = self.state().refusals.join("\n");
                panic!("waited in vain for {what}; refused so far: {refusals}");
            }
        }
    }
}
