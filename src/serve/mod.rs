//! The composition root of `kronikas serve`. It creates the store, the deliveries, the current pack, the
//! connection to Discord, health and metrics, passes each what it needs, and stops them. None of them creates
//! another.

#![allow(clippy::disallowed_methods, clippy::print_stderr, reason = "it tells the present, also where there is no log yet")]

mod health;
mod kept_running;
pub mod log;
mod pack;
mod panics;
mod services;
mod signal;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::command::{CurrentPack, LoadedPack};
use crate::discord::{self, Bot, DiscordError, FAREWELL, GatewayClient};
use crate::model::UserId;
use crate::store::StoreError;
use kept_running::Panics;
use services::{DeliveryService, first_opening};

/// How long stopping may take for answers and posts in progress.
const FINISH: Duration = Duration::from_secs(5);

/// The bot's configuration.
pub struct Options {
    pub discord: discord::Options,
    /// The store's file.
    pub store: PathBuf,
    /// The pack's folder, to reload it; `None` for the built-in pack.
    pub knowledge: Option<PathBuf>,
    /// The address for health and metrics, if they are served.
    pub listen: Option<SocketAddr>,
}

/// Why the bot stopped or did not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error(transparent)]
    Discord(#[from] DiscordError),
    /// The store cannot be used until an operator acts.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<std::io::Error> for ServeError {
    fn from(error: std::io::Error) -> ServeError {
        ServeError::Discord(DiscordError::Machine(error))
    }
}

impl ServeError {
    /// Whether the operator must correct the settings.
    pub fn is_settings(&self) -> bool {
        matches!(self, ServeError::Discord(DiscordError::TokenRefused))
    }
}

/// Runs the bot until SIGINT, SIGTERM or a fatal error.
///
/// # Errors
/// See [`ServeError`]. Temporary failures, such as a lost connection, are not errors; the bot retries.
pub fn serve(options: Options, loaded: LoadedPack) -> Result<(), ServeError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let result = runtime.block_on(run(options, loaded));
    // serenity's tasks may wait for a close frame that never comes; our own tasks have ended.
    runtime.shutdown_background();
    result
}

/// Puts the parts together and waits for a signal, or an error that retrying cannot solve.
async fn run(options: Options, loaded: LoadedPack) -> Result<(), ServeError> {
    let Options { discord, store, knowledge, listen } = options;
    let mut stop = std::pin::pin!(signal::stop_signal()?);
    let opened = first_opening(&store).await?;
    let had_store = opened.is_ok();
    let current_pack = Arc::new(CurrentPack::new(loaded));
    let panics = Arc::new(Panics::default());
    let connection = GatewayClient::new(discord, current_pack.clone())?;
    let bot = connection.bot().clone();
    pack::reload_on_hangup(current_pack.clone(), knowledge)?;
    let health =
        listen.map(|address| tokio::spawn(health::serve(address, bot.clone(), connection.status().clone(), panics.clone())));
    let me = tokio::select! {
        me = connection.me() => me?,
        () = &mut stop => return Ok(()),
    };
    info!(bot = me.username, "token accepted");
    let preparation = tokio::spawn(pack::prepare(current_pack.clone()));
    let stopping = CancellationToken::new();
    // Stops all tasks on every way out of this function.
    let _stopped = stopping.clone().drop_guard();
    let rooms = Arc::new(connection.channels(UserId(me.id)));
    let services = DeliveryService { bot: bot.clone(), current_pack, rooms, panics, stopping: stopping.clone() };
    let deliveries = tokio::spawn(services.keep(opened, store));
    let ended = {
        let mut connected = std::pin::pin!(connection.keep(had_store, stopping.clone()));
        tokio::select! {
            ended = &mut connected => {
                stopping.cancel();
                ended
            }
            () = &mut stop => {
                info!("stopping");
                stopping.cancel();
                // Connections that do not close in time are abandoned.
                timeout(2 * FAREWELL, connected).await.unwrap_or(Ok(()))
            }
        }
    };
    finish(&bot, deliveries).await;
    if let Some(health) = health {
        health.abort();
    }
    preparation.abort();
    info!("stopped");
    Ok(ended?)
}

/// Lets answers and posts in progress end.
async fn finish(bot: &Bot, mut deliveries: JoinHandle<()>) {
    let (answers, posts) = tokio::join!(timeout(FINISH, bot.finished()), timeout(FINISH, &mut deliveries));
    if answers.is_err() {
        warn!("some answers were still in progress");
    }
    if posts.is_err() {
        warn!("some posts were still in progress; the next start checks whether they were sent");
        deliveries.abort();
    }
}
