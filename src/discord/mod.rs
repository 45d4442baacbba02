//! The Discord edge: the gateway, interactions in, cards out.
//!
//! Only this folder knows serenity. An interaction comes in, becomes a [`Request`](crate::command::Request),
//! is answered by the same functions the terminal calls, and the card becomes a message within
//! Discord's limits. What is particular to serenity 0.12.5 and why is said where it is dealt with.

#![allow(clippy::disallowed_methods, reason = "an edge: it reads the clock")]

mod answered;
mod api;
mod channel_access;
mod client;
mod codes;
mod contact;
mod cooldown;
mod deliveries;
mod gateway;
mod handler;
mod inbound;
mod invite;
mod kept_running;
mod ledger;
pub mod limits;
mod markdown;
mod membership;
mod message_text;
mod network;
mod outbound;
pub mod pace;
mod permissions;
mod post;
mod redact;
mod register;
mod registration;
mod relay;
mod reply;
mod rest;
mod route;
mod silence;
mod speak;
mod verdict;

use std::net::SocketAddr;
use std::path::PathBuf;

use secrecy::SecretString;

use crate::command::LoadedPack;
use crate::settings::Proxies;
use crate::store::StoreError;

pub use channel_access::Channels;
pub use client::{REQUEST, USER_AGENT, client};
pub use contact::{Contact, ContactError, GatewayInfo, Me};
pub use handler::Bot;
pub use network::tls;
pub use outbound::{message_of_card, message_of_refusal};
pub use register::commands;
pub use relay::{GatewayStatus, Ledger, Relay, RelayHandle};
pub use rest::Rest;

/// What the bot runs with.
pub struct Options {
    /// The bot's token.
    pub token: SecretString,
    /// Where the REST interface is; `None` for Discord itself.
    pub api_url: Option<String>,
    /// The one guild to register commands in; `None` for all.
    pub guild: Option<u64>,
    /// The store's file.
    pub store: PathBuf,
    /// The folder of the pack that is taught, for reading it again; `None` for the built-in one.
    pub knowledge: Option<PathBuf>,
    /// Where health and metrics are served, if anywhere.
    pub listen: Option<SocketAddr>,
    /// Whether to be told of guilds and channels that come and go.
    pub guild_events: bool,
    /// The proxies that the environment names.
    pub proxies: Proxies,
}

impl Options {
    /// The address of the REST interface, without the path.
    pub(super) fn base(&self) -> &str {
        self.api_url.as_deref().unwrap_or("https://discord.com")
    }
}

/// Why the bot stopped or did not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Discord answered 401 for the bot's token.
    #[error(
        "Discord refuses the bot token. Reset it in the developer portal (Bot → Reset Token) and put the new one into \
         DISCORD_TOKEN or the file that DISCORD_TOKEN_FILE names"
    )]
    TokenRefused,
    /// The gateway closed the connection with a code after which retrying is useless.
    #[error("the gateway refused the connection permanently: {0}")]
    Refused(String),
    /// The operating system refused something, such as the loopback listener or the signal handlers.
    #[error("this machine prevents the bot from running: {0}")]
    Machine(#[from] std::io::Error),
    /// The store cannot be used until an operator acts.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The HTTP client could not be built.
    #[error("the HTTP client cannot be created: {0}")]
    Client(String),
}

impl ServeError {
    /// Whether the settings are what must be mended.
    pub fn is_settings(&self) -> bool {
        matches!(self, ServeError::TokenRefused)
    }
}

/// Runs the bot until it is told to stop (SIGINT, SIGTERM) or cannot go on.
///
/// # Errors
/// See [`ServeError`]; what passes by itself (a lost connection) is not an error but waited out.
pub fn serve(options: Options, loaded: LoadedPack) -> Result<(), ServeError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let result = runtime.block_on(gateway::run(options, loaded));
    // The library's tasks may wait for a close frame that never comes; nothing of ours is left.
    runtime.shutdown_background();
    result
}
