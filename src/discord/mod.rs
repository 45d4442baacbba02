//! The Discord edge: interactions in, cards out.
//!
//! Only this module uses serenity. An interaction becomes a [`Request`](crate::command::Request), the
//! same functions answer it that the terminal calls, and the card becomes a message within Discord's
//! limits. Comments explain the peculiarities of serenity 0.12.5 where they matter.

#![allow(clippy::disallowed_methods, reason = "an edge: it reads the clock")]

mod answered;
mod api;
mod channel_access;
mod client;
mod codes;
mod contact;
mod cooldown;
mod gateway;
mod handler;
mod inbound;
mod invite;
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

use secrecy::SecretString;

use crate::settings::Proxies;

pub use channel_access::Channels;
pub use client::{REQUEST, USER_AGENT, client};
pub use contact::{Contact, ContactError, GatewayInfo, Me};
pub use gateway::{FAREWELL, GatewayClient};
pub use handler::Bot;
pub use network::tls;
pub use outbound::{message_of_card, message_of_refusal};
pub use register::commands;
pub use relay::{GatewayStatus, Ledger, Relay, RelayHandle};
pub use rest::Rest;

/// How the bot connects to Discord.
pub struct Options {
    /// The bot's token.
    pub token: SecretString,
    /// The base address of the REST API; `None` for Discord itself.
    pub api_url: Option<String>,
    /// The only guild in which to register commands; `None` to register them globally.
    pub guild: Option<u64>,
    /// Whether to subscribe to guild and channel events.
    pub guild_events: bool,
    /// The proxies from the environment.
    pub proxies: Proxies,
}

impl Options {
    /// The base address of the REST API.
    pub(super) fn base(&self) -> &str {
        self.api_url.as_deref().unwrap_or("https://discord.com")
    }
}

/// Why the bot cannot connect to Discord.
#[derive(Debug, thiserror::Error)]
pub enum DiscordError {
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
    /// The HTTP client could not be built.
    #[error("the HTTP client cannot be created: {0}")]
    Client(String),
}

impl DiscordError {
    /// Whether the operator must correct the settings.
    pub fn is_settings(&self) -> bool {
        matches!(self, DiscordError::TokenRefused)
    }
}
