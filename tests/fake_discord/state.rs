//! What the fake knows.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;
use std::time::Instant;

use axum::extract::ws::Message as Frame;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc};

use super::clock::{Clock, snowflake};
use super::faults::Faults;
use super::guilds::{Channel, Guild, Kind, Person, Room, permission};
use super::messages::Message;
use super::rates::Rates;
use super::registry::Registry;
use super::sessions::Sessions;
use super::{BOT, PATIENCE};

/// The intent that brings word of guilds and channels.
pub const GUILDS: u64 = 1;

/// The fake's state, and word of its changes.
pub struct Shared {
    state: Mutex<State>,
    changed: Notify,
    pub faults: Faults,
    pub address: SocketAddr,
}

/// An interaction that was sent to the bot.
pub struct Interaction {
    /// As it was sent.
    pub event: Value,
    pub token: String,
    /// 2 command, 3 component, 4 completion, 5 modal.
    pub kind: u64,
    pub what: String,
    pub room: u64,
    pub user: String,
    /// The message that was pressed.
    pub pressed: Option<u64>,
    /// By the real clock, since the bot must answer in real time.
    pub sent: Instant,
    /// By the fake's clock, which tokens age by.
    pub sent_at: Timestamp,
    /// The first answer: its type and body.
    pub answer: Option<(u64, Value)>,
    /// Its original answer: a message, perhaps still a promise, or the one that was pressed.
    pub message: Option<u64>,
    /// What the asker sees as the answer in the end.
    pub shown: Option<u64>,
    /// Whose installation it rests on, as `authorizing_integration_owners` says.
    pub owners: Value,
    pub follow_ups: Vec<u64>,
    pub deferred: bool,
    /// A completion that a faster one overtook, or a repeated delivery.
    pub may_be_silent: bool,
}

/// A modal that somebody was shown.
pub struct Shown {
    /// Its place among the messages.
    pub idx: u64,
    pub room: u64,
    pub asked: String,
    pub data: Value,
}

/// A change to an event.
pub type Mangle = Box<dyn FnOnce(&mut Value) + Send>;

/// A gateway session.
pub struct Session {
    send: mpsc::UnboundedSender<Frame>,
    intents: u64,
}

impl Session {
    pub fn new(send: mpsc::UnboundedSender<Frame>, intents: u64) -> Session {
        Session { send, intents }
    }

    /// Sends a frame; whether the session still stands.
    pub fn send(&self, frame: &Value) -> bool {
        self.send.send(Frame::Text(frame.to_string().into())).is_ok()
    }
}

#[derive(Default)]
pub struct State {
    next_id: u64,
    next_role: u64,
    count: u64,
    pub clock: Clock,
    pub guilds: BTreeMap<u64, Guild>,
    pub channels: BTreeMap<u64, Channel>,
    pub people: BTreeMap<u64, Person>,
    pub messages: Vec<Message>,
    pub modals: Vec<Shown>,
    pub interactions: BTreeMap<u64, Interaction>,
    /// The commands of all scopes.
    pub commands: Vec<Value>,
    pub registry: Registry,
    /// Who has installed the application for themselves.
    pub installed: BTreeSet<u64>,
    /// Direct messages of several people, without the bot.
    pub groups: BTreeSet<u64>,
    pub registrations: u64,
    /// How many seconds a nonce is remembered; Discord says "a few minutes".
    pub nonce_window: Option<i64>,
    pub rates: Rates,
    pub requests: BTreeMap<String, u64>,
    pub refusals: Vec<String>,
    pub expected: BTreeSet<u64>,
    pub expected_seen: Vec<String>,
    pub unknown: Vec<String>,
    pub wire: Vec<String>,
    /// Where `GET /gateway` points if not at the fake itself.
    pub gateway: Option<String>,
    pub sockets: Vec<Session>,
    pub sessions: Sessions,
    /// What is done to the next event of a name before it is sent.
    pub mangle: Option<(&'static str, Mangle)>,
    pub intents: u64,
    pub sequence: u64,
    pub ready: u64,
    pub connections: u64,
    pub identifies: u64,
    pub resumes: u64,
}

impl State {
    /// An id for what was there before the test began: the same in every run.
    pub fn new_id(&mut self) -> u64 {
        self.next_id += 1;
        // Ids are snowflakes: large, growing. These are of October 2024.
        1_300_000_000_000_000_000 + self.next_id
    }

    pub fn new_role(&mut self) -> u64 {
        self.next_role += 1;
        1_299_000_000_000_000_000 + self.next_role
    }

    /// A number for each thing that happens, in order.
    pub fn count(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    /// An id of this moment by the fake's clock, and the thing's number in order.
    pub fn new_snowflake(&mut self) -> (u64, u64) {
        let idx = self.count();
        (snowflake(self.now(), idx), idx)
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn new_guild(&mut self, name: &str, id: u64) -> u64 {
        let guild = Guild {
            id,
            name: name.to_owned(),
            everyone: permission::EVERYONE,
            bot_role: self.new_role(),
            bot_permissions: permission::BOT,
            teacher_role: self.new_role(),
            more_roles: Vec::new(),
            holders: Vec::new(),
            has_bot: true,
            bot_timed_out: None,
            most_threads: 1000,
        };
        self.guilds.insert(id, guild);
        id
    }

    pub fn new_channel(&mut self, id: u64, guild: Option<u64>, name: &str, kind: Kind) -> Room {
        let channel =
            Channel { id, guild, name: name.to_owned(), kind, overwrites: Vec::new(), last_message: None, deleted: false };
        let room = channel.room();
        self.channels.insert(id, channel);
        room
    }

    pub fn new_room(&mut self, name: &str, guild: bool) -> Room {
        let id = self.new_id();
        if guild {
            let guild = self.new_id();
            self.new_guild(&format!("Guild of {name}"), guild);
            let room = self.new_channel(id, Some(guild), name, Kind::Text);
            self.announce(guild);
            room
        } else {
            let with = self.people.values().find(|person| person.name == name).map(|person| person.id);
            self.new_channel(id, None, name, Kind::Direct { with })
        }
    }

    pub fn new_person(&mut self, name: &str, more: u64) -> u64 {
        let id = self.new_id();
        self.people.insert(id, Person { id, name: name.to_owned(), permissions: more, closed: false, apart: false });
        for channel in self.channels.values_mut() {
            if channel.kind == (Kind::Direct { with: None }) && channel.name == name {
                channel.kind = Kind::Direct { with: Some(id) };
            }
        }
        id
    }

    /// The bot's permissions in a channel.
    pub fn bot_may(&self, channel: u64) -> u64 {
        self.channels.get(&channel).map_or(0, |channel| self.permissions(BOT, channel))
    }

    /// Sends a dispatch to every session.
    pub fn dispatch(&mut self, event: &str, data: &Value) {
        self.dispatch_to(0, event, data);
    }

    /// Sends a dispatch to every session that asked for that intent.
    pub fn dispatch_to(&mut self, intent: u64, event: &str, data: &Value) {
        self.sequence += 1;
        let mut data = data.clone();
        if let Some(mangle) = self.mangle.take_if(|(which, _)| *which == event) {
            (mangle.1)(&mut data);
        }
        let frame = json!({ "op": 0, "s": self.sequence, "t": event, "d": data });
        self.sessions.tell(self.sequence, intent, &frame);
        self.sockets.retain(|session| session.intents & intent != intent || session.send(&frame));
    }

    /// Says that the bot has joined, or that a guild is there again.
    pub fn announce(&mut self, guild: u64) {
        let created = self.guilds[&guild].created(self);
        self.dispatch_to(GUILDS, "GUILD_CREATE", &created);
    }

    /// Says that a channel changed.
    pub fn channel_event(&mut self, event: &str, channel: u64) {
        let data = self.channels[&channel].json(self);
        self.dispatch_to(GUILDS, event, &data);
    }

    /// Writes down what Discord lets pass and we must not do.
    pub fn complain(&mut self, why: &str) {
        self.refusals.push(format!("let pass, but wrong: {why}"));
    }

    /// Writes a refusal down, as a complaint unless it was expected.
    pub fn note_refusal(&mut self, code: u64, why: &str) {
        let list = if self.expected.contains(&code) { &mut self.expected_seen } else { &mut self.refusals };
        list.push(format!("{code} {why}"));
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
        self.wait_for(what, PATIENCE, wanted).await;
    }

    /// The same, with another patience.
    pub async fn wait_for(&self, what: &str, patience: Duration, wanted: impl Fn(&State) -> bool) {
        let deadline = tokio::time::Instant::now() + patience;
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            // Enrolled before the look, so that no change falls between the two.
            changed.as_mut().enable();
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
