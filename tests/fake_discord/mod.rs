//! A fake Discord on one loopback port: REST v10 and the gateway.
//!
//! It is a state that can be set up and inspected, not a list of canned answers: guilds, channels,
//! permissions, users, messages, registered commands, interactions with their tokens, rate limits
//! and a clock. Users are actors, and a channel's transcript is what people in it would see. It
//! refuses what Discord refuses (and remembers that it did), judges bodies by Discord's own OpenAPI
//! document, and takes every endpoint nobody expected for a failure. [`FakeDiscord::finish`] ends a
//! test by asking whether anything was refused, unknown or left unanswered.

#![allow(dead_code, unused_imports, reason = "it knows more of Discord than the tests ask for today")]

mod actors;
mod channels;
mod clock;
mod edge;
mod faults;
mod gateway;
mod guilds;
mod interactions;
mod judge;
mod limits;
mod messages;
mod posting;
mod rates;
mod registry;
mod rest;
mod said;
mod scene;
mod server;
mod sessions;
mod state;
mod targets;
mod transcript;
mod typed;
mod upload;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

pub use actors::{Actor, Pending};
pub use clock::{Clock, snowflake};
pub use edge::Edge;
pub use faults::{Fault, Faults, Held, Hold, Moment, Scope, Which};
pub use guilds::{Kind, Room, permission};
pub use messages::File;
pub use said::{Modal, Posted, Said};
pub use sessions::Sessions;
pub use state::{Shared, State};
pub use targets::Target;

/// The bot's token the fake knows, made to be found in whatever leaks it.
pub const TOKEN: &str = "CANARY.bot-token.never-log-me";
/// The application's id, by which answers and commands are addressed.
pub const APPLICATION: u64 = 424_242_424_242;
/// The bot's id as a user. For most applications it is the same number; for older ones it is not.
pub const BOT: u64 = 434_343_434_343;
/// How long a test waits for something that should happen at once.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A running fake Discord; it ends with the test.
pub struct FakeDiscord {
    shared: Arc<Shared>,
    server: Option<server::Server>,
}

impl FakeDiscord {
    /// Starts one on a free loopback port.
    pub async fn start() -> FakeDiscord {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a loopback port");
        let shared = Arc::new(Shared::new(listener.local_addr().expect("an address")));
        let server = Some(server::Server::start(listener, shared.clone()));
        FakeDiscord { shared, server }
    }

    /// What goes into `DISCORD_API_URL`.
    pub fn rest_url(&self) -> String {
        format!("http://{}", self.shared.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.shared.address
    }

    /// Points `GET /gateway` at another address, such as that of a proxy.
    pub fn gateway_at(&self, address: SocketAddr) {
        self.shared.state().gateway = Some(format!("ws://{address}"));
    }

    /// Stops listening and closes every REST connection: connections are refused. Gateway sessions
    /// stay; [`FakeDiscord::drop_sockets`] ends those.
    pub async fn refuse_connections(&mut self) {
        if let Some(server) = self.server.take() {
            server.stop().await;
        }
    }

    /// Listens again, on the same port.
    pub async fn accept_connections(&mut self) {
        if self.server.is_none() {
            let listener = tokio::net::TcpListener::bind(self.shared.address).await.expect("the port is still free");
            self.server = Some(server::Server::start(listener, self.shared.clone()));
        }
    }

    /// The switches for things going wrong.
    pub fn faults(&self) -> &Faults {
        &self.shared.faults
    }

    /// Plans a fault for the next requests of a kind (`usize::MAX` for all until
    /// [`Faults::clear`]).
    pub fn next(&self, which: Which, times: usize, fault: Fault) {
        self.shared.faults.plan(which, times, fault);
    }

    /// From now on each answer is late by so many milliseconds of real time, as over an ocean.
    pub fn set_distance(&self, millis: std::ops::Range<u64>) {
        self.shared.faults.set_distance(millis);
    }

    /// From now on every request of a kind waits at that moment until the test lets it pass.
    pub fn hold(&self, which: Which, moment: Moment) -> Hold {
        self.shared.faults.hold(which, moment)
    }

    /// [`FakeDiscord::hold`] for new messages.
    pub fn on_post(&self, moment: Moment) -> Hold {
        self.hold(Which::Posts, moment)
    }

    /// The fake's own time.
    pub fn now(&self) -> Timestamp {
        self.shared.state().now()
    }

    /// Stands still at an instant until set again or advanced.
    pub fn set_clock(&self, at: Timestamp) {
        self.shared.state().clock = Clock::Standing(at);
    }

    /// Runs on from an instant.
    pub fn run_clock_from(&self, at: Timestamp) {
        self.shared.state().clock = Clock::running_from(at);
    }

    /// Jumps; back if negative. Does not change whether the clock runs.
    pub fn advance(&self, by: SignedDuration) {
        self.shared.state().clock.advance(by);
    }

    /// For how many seconds of the fake's time a nonce is remembered (180 unless set).
    pub fn set_nonce_window(&self, seconds: i64) {
        self.shared.state().nonce_window = Some(seconds);
    }

    /// Switches rate limits on or off. They go by the fake's clock: one that stands still opens no
    /// new window.
    pub fn limit_rates(&self, on: bool) {
        self.shared.state().rates.on = on;
    }

    /// How many requests were answered with 429.
    pub fn rate_limited(&self) -> u64 {
        self.shared.state().rates.limited
    }

    /// How many answers Discord would count as invalid: 401, 403, and 429 but for shared limits.
    pub fn invalid_requests(&self) -> u64 {
        self.shared.state().rates.invalid
    }

    /// How many requests came before the time that a 429 had named.
    pub fn too_early(&self) -> u64 {
        self.shared.state().rates.too_early.len() as u64
    }

    /// Those, taken out of the account: a test of the fake itself wants them.
    pub fn take_too_early(&self) -> Vec<String> {
        std::mem::take(&mut self.shared.state().rates.too_early)
    }

    /// Waits until a bot is connected and its commands are registered.
    pub async fn ready(&self) {
        self.wait("a bot to connect and register", |state| state.ready > 0 && !state.commands.is_empty()).await;
    }

    /// Waits until the state is as wanted.
    pub async fn wait(&self, what: &str, wanted: impl Fn(&State) -> bool) {
        self.shared.wait(what, wanted).await;
    }

    /// Waits until the state is as wanted, for what takes longer than [`PATIENCE`].
    pub async fn wait_for(&self, what: &str, patience: Duration, wanted: impl Fn(&State) -> bool) {
        self.shared.wait_for(what, patience, wanted).await;
    }

    /// Waits until a room has that many posts that were not deleted.
    pub async fn posts_to_be(&self, room: &Room, count: usize) -> Vec<Posted> {
        let here = |state: &State| {
            state.messages.iter().filter(|message| message.room == room.id && message.is_own_post() && !message.deleted).count()
        };
        self.wait(&format!("{count} posts in {}", room.name), |state| here(state) >= count).await;
        self.posts(room)
    }

    /// How often the gateway was dialled, identified with, and resumed.
    pub fn connections(&self) -> (u64, u64, u64) {
        let state = self.shared.state();
        (state.connections, state.identifies, state.resumes)
    }

    /// The commands the bot registered.
    pub fn commands(&self) -> Vec<Value> {
        self.shared.state().commands.clone()
    }

    /// How often commands were written.
    pub fn registrations(&self) -> u64 {
        self.shared.state().registrations
    }

    /// Points `GET /gateway` at an address such as `wss://gateway.example`.
    pub fn gateway_url(&self, url: &str) {
        self.shared.state().gateway = Some(url.to_owned());
    }

    /// Sets how the gateway deals with sessions.
    pub fn sessions(&self, set: impl FnOnce(&mut Sessions)) {
        set(&mut self.shared.state().sessions);
    }

    /// Frames that broke a rule of the gateway, and sessions at the wrong address.
    pub fn gateway_complaints(&self) -> (Vec<String>, u64) {
        let state = self.shared.state();
        (state.sessions.complaints.clone(), state.sessions.misplaced)
    }

    /// Changes the next event of a name before it is sent.
    pub fn mangle_next(&self, event: &'static str, change: impl FnOnce(&mut Value) + Send + 'static) {
        self.shared.state().mangle = Some((event, Box::new(change)));
    }

    /// Sends an event to every session as it is, readable or not.
    pub fn tell(&self, event: &str, data: &Value) {
        self.shared.state().dispatch(event, data);
    }

    /// Closes every gateway connection without a word.
    pub fn drop_sockets(&self) {
        self.shared.state().sockets.clear();
    }

    /// What people in a room see, as text.
    pub fn transcript(&self, room: &Room) -> String {
        transcript::render(&self.shared.state(), room.id)
    }

    /// The bot's posts in a room, oldest first, deleted ones too; no answers to interactions.
    pub fn posts(&self, room: &Room) -> Vec<Posted> {
        let state = self.shared.state();
        let here = state.messages.iter().filter(|message| message.room == room.id && message.is_own_post());
        here.map(|message| Posted::of(&state, message)).collect()
    }

    /// Everything in a room that was not deleted, oldest first, as it stands now.
    pub fn messages(&self, room: &Room) -> Vec<Said> {
        let state = self.shared.state();
        let here = state.messages.iter().filter(|message| message.room == room.id && !message.deleted);
        here.map(|message| Said::of(&state, message)).collect()
    }

    /// A message as it stands now.
    pub fn read(&self, message: u64) -> Said {
        let state = self.shared.state();
        let message = state.message(message).expect("the message is there");
        Said::of(&state, message)
    }

    /// How often each route was asked, such as `POST /channels/{id}/messages`.
    pub fn requests(&self) -> BTreeMap<String, u64> {
        self.shared.state().requests.clone()
    }

    /// How often one route was asked.
    pub fn asked(&self, route: &str) -> u64 {
        self.shared.state().requests.get(route).copied().unwrap_or_default()
    }

    /// Everything that came over the wire from the bot: request lines, bodies, frames.
    pub fn wire(&self) -> Vec<String> {
        self.shared.state().wire.clone()
    }

    /// From now on refusals with these codes are what the test wants, not complaints.
    pub fn expect_refusals(&self, codes: &[u64]) {
        self.shared.state().expected.extend(codes);
    }

    /// The refusals that were expected and came about.
    pub fn expected_refusals(&self) -> Vec<String> {
        self.shared.state().expected_seen.clone()
    }

    /// What was refused so far, taken out of the account.
    pub fn take_refusals(&self) -> Vec<String> {
        std::mem::take(&mut self.shared.state().refusals)
    }

    /// The last interaction as it was sent, for tests that answer in the bot's place.
    pub fn last_interaction(&self) -> Value {
        self.shared.state().interactions.values().next_back().expect("somebody did something").event.clone()
    }

    /// What was not answered so far need not be: the bot was killed.
    pub fn forgive_unanswered(&self) {
        for interaction in self.shared.state().interactions.values_mut() {
            interaction.may_be_silent = true;
        }
    }

    /// Ends the test: nothing may have been refused, unknown or left without an answer.
    pub fn finish(self) {
        let state = self.shared.state();
        let mut left: Vec<String> = Vec::new();
        left.extend(state.refusals.iter().map(|refusal| format!("refused: {refusal}")));
        left.extend(state.unknown.iter().map(|unknown| format!("unknown endpoint: {unknown}")));
        left.extend(state.sessions.complaints.iter().map(|complaint| format!("gateway: {complaint}")));
        left.extend(state.rates.too_early.iter().map(|route| format!("before its wait was over: {route}")));
        let unanswered =
            state.interactions.values().filter(|interaction| interaction.answer.is_none() && !interaction.may_be_silent);
        left.extend(unanswered.map(|interaction| format!("never answered: {}", interaction.what)));
        let promised = state.interactions.values().filter(|interaction| interaction.is_promised() && !interaction.may_be_silent);
        left.extend(promised.map(|interaction| format!("promised and never answered: {}", interaction.what)));
        assert!(left.is_empty(), "the fake Discord has complaints:\n{}", left.join("\n"));
    }
}
