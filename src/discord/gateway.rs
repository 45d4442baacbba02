//! Starts the bot, keeps it connected, and stops it.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use secrecy::ExposeSecret;
use serenity::Client;
use serenity::gateway::ShardManager;
use serenity::http::{Http, HttpBuilder};
use serenity::model::gateway::GatewayIntents;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::api::Api;
use super::client::{REQUEST, client};
use super::contact::{Contact, ContactError};
use super::deliveries::{DeliveryService, first_opening};
use super::handler::{Bot, Handler};
use super::ledger::StoreLedger;
use super::membership::Membership;
use super::relay::{End, GatewayStatus, Relay};
use super::rest::Rest;
use super::{Options, ServeError, network, redact};
use crate::clock::{Clock, SystemClock};
use crate::command::{CurrentPack, LoadedPack};
use crate::model::UserId;
use crate::pack::{built_in, load, read_dir};
use crate::serve::health;

/// How long stopping may take for answers in progress, and then again for serenity's shutdown.
const FINISH: Duration = Duration::from_secs(5);
const FAREWELL: Duration = Duration::from_secs(4);
/// How long the first session waits for the store, which knows how many sessions were started before.
const STORE: Duration = Duration::from_secs(30);
/// Pauses between requests while Discord does not respond: the first, and the longest.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// How long after the start the indexes for questions and answers are built.
const PREPARE: Duration = Duration::from_secs(5);
/// How long to wait before restarting serenity's client if it stopped.
const REBUILD: Duration = Duration::from_secs(5);

/// Runs the bot until a signal, or an error that retrying cannot solve.
pub(super) async fn run(options: Options, loaded: LoadedPack) -> Result<(), ServeError> {
    let mut stop = std::pin::pin!(stop_signal()?);
    let opened = first_opening(&options.store).await?;
    let current_pack = Arc::new(CurrentPack::new(loaded));
    let requests = client(REQUEST)?;
    let rest = Arc::new(Rest::new(requests.clone(), options.base(), options.token.clone(), Arc::new(SystemClock)));
    let status = Arc::new(GatewayStatus::default());
    let bot = Arc::new(Bot::new(current_pack.clone(), options.guild, Api::new(rest.clone()), status.clone()));
    reload_on_hangup(current_pack.clone(), options.knowledge.clone())?;
    let health = options.listen.map(|address| tokio::spawn(health::serve(address, bot.clone(), status.clone())));
    let contact = Contact::new(rest.clone());
    let had_store = opened.is_ok();
    let connection = Arc::new(GatewayClient { options, bot: bot.clone(), status, contact, tls: network::tls()?, requests });
    let me = tokio::select! {
        me = connection.patiently(|| connection.contact.me()) => me?,
        () = &mut stop => return Ok(()),
    };
    info!(bot = me.username, "token accepted");
    let preparation = tokio::spawn(prepare(current_pack.clone()));
    let stopping = CancellationToken::new();
    // Stops all tasks on every way out of this function.
    let _stopped = stopping.clone().drop_guard();
    let ctx = DeliveryService { bot: bot.clone(), current_pack, rest, me: UserId(me.id), stopping: stopping.clone() };
    let mut deliveries = tokio::spawn(ctx.keep(opened, connection.options.store.clone()));
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
                tokio::time::timeout(2 * FAREWELL, connected).await.unwrap_or(Ok(()))
            }
        }
    };
    let answers = tokio::time::timeout(FINISH, bot.finished());
    let (answers, posts) = tokio::join!(answers, tokio::time::timeout(FINISH, &mut deliveries));
    if answers.is_err() {
        warn!("some answers were still in progress");
    }
    if posts.is_err() {
        warn!("some posts were still in progress; the next start checks whether they were sent");
        deliveries.abort();
    }
    if let Some(health) = health {
        health.abort();
    }
    preparation.abort();
    info!("stopped");
    ended
}

/// Builds the indexes for answers and questions in advance, so that no class waits for them. Posts that
/// are due at the start come first; a command that needs an index earlier builds it at once.
async fn prepare(current_pack: Arc<CurrentPack>) {
    tokio::time::sleep(PREPARE).await;
    let loaded = current_pack.current();
    loaded.ctx().compute(|loaded| _ = loaded.answers()).await;
    let questions = loaded.ctx().questions().await;
    info!(candidates = questions.bank.candidates().len(), "questions are ready");
}

/// What the gateway connection needs.
struct GatewayClient {
    options: Options,
    bot: Arc<Bot>,
    status: Arc<GatewayStatus>,
    contact: Contact,
    tls: rustls::ClientConfig,
    requests: reqwest::Client,
}

impl GatewayClient {
    /// Retries a request until Discord responds. No response, or one that is not Discord's, counts as
    /// temporary; `/readyz` reports it.
    async fn patiently<T, F: Future<Output = Result<T, ContactError>>>(&self, ask: impl Fn() -> F) -> Result<T, ServeError> {
        let mut pause = FIRST_PAUSE;
        loop {
            let (why, at_least) = match ask().await {
                Ok(answer) => return Ok(answer),
                Err(ContactError::TokenRefused) => return Err(ServeError::TokenRefused),
                Err(ContactError::Passing { why, at_least }) => (why, at_least),
            };
            let wait = pause.mul_f64(0.5 + fastrand::f64() / 2.0).max(at_least);
            pause = (pause * 2).min(LONGEST_PAUSE);
            let at = self.options.base();
            warn!(
                at,
                why,
                seconds = wait.as_secs_f32(),
                "Discord cannot be reached; trying again. Check the network and DISCORD_API_URL if this goes on"
            );
            let next = SignedDuration::try_from(wait).ok().and_then(|wait| SystemClock.now().checked_add(wait).ok());
            self.status.unreachable(why, next);
            tokio::time::sleep(wait).await;
        }
    }

    /// Keeps the bot connected until it must stop.
    async fn keep(self: &Arc<Self>, had_store: bool, stopping: CancellationToken) -> Result<(), ServeError> {
        let (tell, notices) = mpsc::unbounded_channel();
        let clock = Arc::new(SystemClock);
        let membership = Membership { bot: self.bot.clone(), clock: clock.clone(), told: self.options.guild_events };
        let membership = tokio::spawn(membership.run(notices));
        if had_store {
            // Without the store, the number of earlier sessions would be unknown.
            tokio::select! {
                _ = tokio::time::timeout(STORE, self.bot.office_opened()) => {}
                () = stopping.cancelled() => return Ok(()),
            }
        }
        let relay = Relay {
            token: self.options.token.clone(),
            intents: self.intents().bits(),
            contact: self.contact.clone(),
            tls: self.tls.clone(),
            proxies: self.options.proxies.clone(),
            ledger: Arc::new(StoreLedger(self.bot.clone())),
            clock,
            status: self.status.clone(),
            notices: tell,
        };
        let ended = self.relay(&relay, stopping).await;
        membership.abort();
        ended
    }

    /// Runs the relay, and restarts it when the number of shards changes.
    async fn relay(self: &Arc<Self>, relay: &Relay, stopping: CancellationToken) -> Result<(), ServeError> {
        loop {
            let info = tokio::select! {
                info = self.patiently(|| self.contact.gateway()) => info?,
                () = stopping.cancelled() => return Ok(()),
            };
            let left = info.session_start_limit.remaining;
            info!(gateway = info.url, shards = info.shards, sessions_left = left, "received the gateway's address");
            let mut running = relay.start(&info).await?;
            let library = tokio::spawn(self.clone().library(running.address().to_owned(), info.shards.max(1)));
            let end = tokio::select! {
                end = running.ended() => Some(end),
                () = stopping.cancelled() => None,
            };
            library.abort();
            running.stop().await;
            match end {
                None => return Ok(()),
                Some(End::TokenRefused) => return Err(ServeError::TokenRefused),
                Some(End::Shards) => warn!(shards = info.shards, "Discord asks for a different number of shards"),
                Some(End::Version) => return Err(ServeError::Refused(OLD.to_owned())),
                Some(End::Intents(code)) => return Err(ServeError::Refused(intents_refused(code))),
            }
        }
    }

    /// Runs serenity's client against the relay. It should never stop; if it does, it is restarted.
    async fn library(self: Arc<Self>, address: String, shards: u32) {
        loop {
            let builder = serenity::client::ClientBuilder::new_with_http(self.http(), self.intents());
            let ended = match builder.event_handler(Handler(self.bot.clone())).await {
                Ok(client) => run_client(client, &address, shards).await,
                Err(error) => Err(error),
            };
            let error = ended.err().map(|error| redact::error(&error));
            error!(error, "serenity's client stopped; restarting it");
            tokio::time::sleep(REBUILD).await;
        }
    }

    /// The bot reads no messages. Interactions need no intent; the guilds intent reports when a server
    /// removes the bot or a channel is deleted.
    fn intents(&self) -> GatewayIntents {
        if self.options.guild_events { GatewayIntents::GUILDS } else { GatewayIntents::empty() }
    }

    /// The library's REST client. Its own rate limiter stays off: with it on, 0.12.5 ignores the
    /// address it is given and dials discord.com, and its map grows by every interaction. Answers to
    /// interactions are exempt from Discord's limits; nothing else is sent but the registration.
    fn http(&self) -> Http {
        let builder = HttpBuilder::new(self.options.token.expose_secret()).client(self.requests.clone());
        let builder = builder.ratelimiter_disabled(true);
        match &self.options.api_url {
            Some(url) => builder.proxy(url).build(),
            None => builder.build(),
        }
    }
}

const OLD: &str = "Discord no longer speaks the gateway version that this release of Krónikás knows (close code 4012). Update it";

fn intents_refused(code: u16) -> String {
    format!(
        "close code {code}: the bot asked for events that Discord does not grant it. Krónikás needs no privileged intent; \
         set KRONIKAS_INTENTS=none and start again"
    )
}

async fn run_client(mut client: Client, address: &str, shards: u32) -> Result<(), serenity::Error> {
    // The library has asked Discord for the gateway itself, and would dial that.
    address.clone_into(&mut *client.ws_url.lock().await);
    let _farewell = Farewell(client.shard_manager.clone());
    client.start_shards(shards).await
}

/// Closes the library's shards when its client goes, whichever way that comes about.
struct Farewell(Arc<ShardManager>);

impl Drop for Farewell {
    fn drop(&mut self) {
        let shards = self.0.clone();
        tokio::spawn(async move { tokio::time::timeout(FAREWELL, shards.shutdown_all()).await });
    }
}

/// Reads the pack again at every SIGHUP. A broken one is not taught: the last good one stays, and
/// the log says what is wrong.
fn reload_on_hangup(current_pack: Arc<CurrentPack>, folder: Option<std::path::PathBuf>) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut hangup = signal(SignalKind::hangup())?;
        tokio::spawn(async move {
            while hangup.recv().await.is_some() {
                let (current_pack, folder) = (current_pack.clone(), folder.clone());
                // Checking a pack takes a while: not on a thread that answers.
                let read = tokio::task::spawn_blocking(move || reload(&current_pack, folder.as_deref()));
                if read.await.is_err() {
                    error!("reloading the pack panicked; the last valid pack stays in use");
                }
            }
        });
    }
    Ok(())
}

fn reload(current_pack: &CurrentPack, folder: Option<&std::path::Path>) {
    match folder.map_or_else(|| Ok(built_in()), read_dir).and_then(|files| load(&files)) {
        Ok(pack) => {
            let entries = pack.entries.len();
            let safety_text = current_pack.current().safety_text().to_owned();
            let loaded = LoadedPack::new(pack).with_safety_text(&safety_text);
            // Before it is taught, so that nobody waits for it.
            loaded.answers();
            current_pack.exchange(loaded);
            info!(entries, "reloaded the pack");
        }
        Err(report) => {
            error!(%report, "the new pack is invalid; the last valid pack stays in use. Correct it and send SIGHUP again")
        }
    }
}

/// Resolves at SIGINT or SIGTERM.
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        Ok(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        // Without a signal to wait for, only the end of the process stops the bot.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
