//! A fake Discord on one loopback port: REST v10 and the gateway.
//!
//! It is a state that can be set up and inspected, not a list of canned answers: guilds, channels,
//! users, messages, registered commands, interactions with their tokens. Users are actors, and a
//! channel's transcript is what people in it would see. It refuses what Discord refuses (and
//! remembers that it did), judges bodies by Discord's own OpenAPI document, and takes every endpoint
//! nobody expected for a failure. [`FakeDiscord::finish`] ends a test by asking whether anything was
//! refused, unknown or left unanswered.

#![allow(dead_code, reason = "each test binary uses a part")]

mod actors;
mod gateway;
mod judge;
mod limits;
mod rest;
mod state;
mod transcript;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::any;
use serde_json::Value;

pub use actors::{Actor, Room};
pub use state::{Faults, Shared};

/// The bot's token the fake knows, made to be found in whatever leaks it.
pub const TOKEN: &str = "CANARY.bot-token.never-log-me";
/// The bot's application and user id.
pub const APPLICATION: u64 = 424_242_424_242;
/// How long a test waits for something that should happen at once.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A running fake Discord; it ends with the test.
pub struct FakeDiscord {
    shared: Arc<Shared>,
    address: std::net::SocketAddr,
    server: tokio::task::JoinHandle<()>,
}

impl FakeDiscord {
    /// Starts one on a free loopback port.
    pub async fn start() -> FakeDiscord {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a loopback port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared::new(address));
        let app = Router::new().fallback(any(rest::handle)).with_state(shared.clone());
        let server = tokio::spawn(async move { axum::serve(listener, app).await.expect("the fake serves") });
        FakeDiscord { shared, address, server }
    }

    /// What goes into `DISCORD_API_URL`.
    pub fn rest_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The switches for things going wrong.
    pub fn faults(&self) -> &Faults {
        &self.shared.faults
    }

    /// A text channel of a new guild.
    pub fn room(&self, name: &str) -> Room {
        self.shared.state().new_room(name, true)
    }

    /// A direct message channel with the bot.
    pub fn direct_messages(&self, name: &str) -> Room {
        self.shared.state().new_room(name, false)
    }

    /// Somebody.
    pub fn user(&self, name: &str) -> Actor {
        let id = self.shared.state().new_id();
        Actor::new(self.shared.clone(), id, name)
    }

    /// Waits until a bot is connected and its commands are registered; fails at once when `bot`
    /// (a check that the bot lives) says it is gone.
    pub async fn ready(&self) {
        self.wait("a bot to connect and register", |state| state.ready > 0 && !state.commands.is_empty()).await;
    }

    /// Waits until the state is as wanted.
    pub async fn wait(&self, what: &str, wanted: impl Fn(&state::State) -> bool) {
        self.shared.wait(what, wanted).await;
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

    /// Closes every gateway connection without a word.
    pub fn drop_sockets(&self) {
        self.shared.state().sockets.clear();
    }

    /// What people in a room see, as text.
    pub fn transcript(&self, room: &Room) -> String {
        transcript::render(&self.shared.state(), room.id)
    }

    /// Everything that came over the wire from the bot: request lines, bodies, frames.
    pub fn wire(&self) -> Vec<String> {
        self.shared.state().wire.clone()
    }

    /// What was refused so far, taken out of the account.
    pub fn take_refusals(&self) -> Vec<String> {
        std::mem::take(&mut self.shared.state().refusals)
    }

    /// Ends the test: nothing may have been refused, unknown or left without an answer.
    pub fn finish(self) {
        let state = self.shared.state();
        let mut left: Vec<String> = Vec::new();
        left.extend(state.refusals.iter().map(|refusal| format!("refused: {refusal}")));
        left.extend(state.unknown.iter().map(|unknown| format!("unknown endpoint: {unknown}")));
        let unanswered =
            state.interactions.values().filter(|interaction| interaction.answer.is_none() && !interaction.may_be_silent);
        left.extend(unanswered.map(|interaction| format!("never answered: {}", interaction.what)));
        assert!(left.is_empty(), "the fake Discord has complaints:\n{}", left.join("\n"));
    }
}

impl Drop for FakeDiscord {
    fn drop(&mut self) {
        self.server.abort();
    }
}
