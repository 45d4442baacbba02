//! Connects the bot to Discord and keeps it connected.

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
use super::handler::{Bot, Handler};
use super::ledger::StoreLedger;
use super::membership::Membership;
use super::relay::{End, GatewayStatus, Relay};
use super::rest::Rest;
use super::{Channels, DiscordError, Me, Options, network, redact};
use crate::clock::{Clock, SystemClock};
use crate::command::CurrentPack;
use crate::model::UserId;

/// How long serenity's shutdown may take.
pub const FAREWELL: Duration = Duration::from_secs(4);
/// How long the first session waits for the store, which knows how many sessions were started before.
const STORE: Duration = Duration::from_secs(30);
/// Pauses between requests while Discord does not respond: the first, and the longest.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// How long to wait before restarting serenity's client if it stopped.
const REBUILD: Duration = Duration::from_secs(5);

/// The bot's connection to Discord: REST, the gateway, and the bot that answers interactions.
pub struct GatewayClient {
    options: Options,
    bot: Arc<Bot>,
    status: Arc<GatewayStatus>,
    contact: Contact,
    rest: Arc<Rest>,
    tls: rustls::ClientConfig,
    requests: reqwest::Client,
}

impl GatewayClient {
    /// A connection that is not opened yet; its bot answers from the current pack.
    ///
    /// # Errors
    /// If an HTTP client cannot be created.
    pub fn new(options: Options, current_pack: Arc<CurrentPack>) -> Result<Arc<GatewayClient>, DiscordError> {
        let requests = client(REQUEST)?;
        let rest = Arc::new(Rest::new(requests.clone(), options.base(), options.token.clone(), Arc::new(SystemClock)));
        let status = Arc::new(GatewayStatus::default());
        let bot = Arc::new(Bot::new(current_pack, options.guild, Api::new(rest.clone()), status.clone()));
        let (contact, tls) = (Contact::new(rest.clone()), network::tls()?);
        Ok(Arc::new(GatewayClient { options, bot, status, contact, rest, tls, requests }))
    }

    /// The bot, which is to be given its services.
    pub fn bot(&self) -> &Arc<Bot> {
        &self.bot
    }

    /// The state of the connection, for `/readyz` and the metrics.
    pub fn status(&self) -> &Arc<GatewayStatus> {
        &self.status
    }

    /// Asks Discord who the bot is; retries while Discord cannot be reached.
    ///
    /// # Errors
    /// If Discord refuses the token.
    pub async fn me(&self) -> Result<Me, DiscordError> {
        self.patiently(|| self.contact.me()).await
    }

    /// Discord's channels, as the bot with that user id reaches them.
    pub fn channels(&self, bot: UserId) -> Channels {
        Channels::new(self.rest.clone(), bot)
    }

    /// Retries a request until Discord responds. No response, or one that is not Discord's, counts as
    /// temporary; `/readyz` reports it.
    async fn patiently<T, F: Future<Output = Result<T, ContactError>>>(&self, ask: impl Fn() -> F) -> Result<T, DiscordError> {
        let mut pause = FIRST_PAUSE;
        loop {
            let (why, at_least) = match ask().await {
                Ok(answer) => return Ok(answer),
                Err(ContactError::TokenRefused) => return Err(DiscordError::TokenRefused),
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

    /// Keeps the bot connected until it must stop. `had_store` says whether the store was open at the start,
    /// so that the bot's services are worth waiting for.
    ///
    /// # Errors
    /// If Discord refuses the token or the connection permanently.
    pub async fn keep(self: &Arc<Self>, had_store: bool, stopping: CancellationToken) -> Result<(), DiscordError> {
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
    async fn relay(self: &Arc<Self>, relay: &Relay, stopping: CancellationToken) -> Result<(), DiscordError> {
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
                Some(End::TokenRefused) => return Err(DiscordError::TokenRefused),
                Some(End::Shards) => warn!(shards = info.shards, "Discord asks for a different number of shards"),
                Some(End::Version) => return Err(DiscordError::Refused(OLD.to_owned())),
                Some(End::Intents(code)) => return Err(DiscordError::Refused(intents_refused(code))),
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
