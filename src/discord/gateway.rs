//! Starts the client, keeps it running, stops it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use secrecy::ExposeSecret;
use serenity::Client;
use serenity::gateway::{GatewayError, ShardManager};
use serenity::http::{Http, HttpBuilder, HttpError};
use serenity::model::gateway::GatewayIntents;
use tokio::sync::watch;
use tracing::{error, info, warn};

use super::api::Api;
use super::client::REQUEST;
use super::deliveries::{OfficeDesk, first_opening};
use super::handler::{Bot, Handler};
use super::redact;
use super::rest::Rest;
use super::watchdog::{Verdict, Watchdog};
use super::{Options, ServeError};
use crate::clock::SystemClock;
use crate::commands::{Shelf, Shelves};
use crate::knowledge::{built_in, load, read_dir};
use crate::observe::{GatewayCounts, health};

/// How often the counters are looked at; a loop makes some fifty connections in that time.
const LOOK: Duration = Duration::from_millis(20);
/// How long a stop may take: answers under way first, then the library's own farewell, which waits
/// five seconds for every shard whose gateway is mute.
const FINISH: Duration = Duration::from_secs(5);
const FAREWELL: Duration = Duration::from_secs(4);

/// Runs the bot until a signal or an error that no waiting mends.
pub async fn run(options: Options, shelf: Shelf, counts: Arc<GatewayCounts>) -> Result<(), ServeError> {
    let mut stop = std::pin::pin!(stop_signal()?);
    let opened = first_opening(&options.store).await?;
    let (me, gateway) = tokio::select! {
        contact = first_contact(&options) => contact?,
        () = &mut stop => return Ok(()),
    };
    let shelves = Arc::new(Shelves::new(shelf));
    let bot = Arc::new(Bot::new(shelves.clone(), options.guild, Api::new(client()?, options.base(), options.token.clone())));
    reload_on_hangup(shelves.clone(), options.knowledge.clone())?;
    let (say_stop, stopping) = watch::channel(false);
    let rest = Arc::new(Rest::new(client()?, options.base(), options.token.clone(), Arc::new(SystemClock)));
    let desk = OfficeDesk { bot: bot.clone(), shelves, rest, me, stopping };
    let mut deliveries = tokio::spawn(desk.keep(opened, options.store.clone()));
    let health = options.listen.map(|address| tokio::spawn(health::serve(address, bot.clone(), counts.clone())));
    let mut watchdog = Watchdog::new(counts.resumes(), counts.identifies());
    loop {
        let ended = tokio::select! {
            ended = one_client(&options, &gateway, &bot, &counts, &mut watchdog) => ended?,
            () = &mut stop => break,
        };
        warn!(seconds = ended.as_secs(), "the gateway connection is paused");
        tokio::select! {
            () = tokio::time::sleep(ended) => {}
            () = &mut stop => break,
        }
    }
    info!("stopping");
    say_stop.send_replace(true);
    let answers = tokio::time::timeout(FINISH, bot.finished());
    let (answers, posts) = tokio::join!(answers, tokio::time::timeout(FINISH, &mut deliveries));
    if answers.is_err() {
        warn!("some answers were still under way");
    }
    if posts.is_err() {
        warn!("some posts were still under way; they are looked into at the next start");
        deliveries.abort();
    }
    if let Some(health) = health {
        health.abort();
    }
    info!("stopped");
    Ok(())
}

/// Asks the REST interface who we are and where the gateway is, before the library would: it only
/// warns when that fails, and dials the real Discord.
async fn first_contact(options: &Options) -> Result<(u64, String), ServeError> {
    let http = http(options)?;
    let at = options.base().to_owned();
    let user = http.get_current_user().await.map_err(|error| contact_error(&error, &at))?;
    let gateway = http.get_gateway().await.map_err(|error| contact_error(&error, &at))?;
    info!(bot = user.name, gateway = gateway.url, "Discord knows the token");
    Ok((user.id.get(), gateway.url))
}

fn contact_error(error: &serenity::Error, at: &str) -> ServeError {
    if let serenity::Error::Http(HttpError::UnsuccessfulRequest(response)) = error
        && response.status_code.as_u16() == 401
    {
        return ServeError::TokenRefused;
    }
    ServeError::Unreachable { at: at.to_owned(), why: redact::error(error) }
}

/// The REST client. Its own rate limiter stays off: with it on, 0.12.5 ignores the address it is
/// given and dials discord.com, and its map grows by every interaction. Answers to interactions
/// are exempt from Discord's limits; nothing else is sent but the registration.
fn http(options: &Options) -> Result<Http, ServeError> {
    let mut builder = HttpBuilder::new(options.token.expose_secret()).client(client()?).ratelimiter_disabled(true);
    if let Some(url) = &options.api_url {
        builder = builder.proxy(url);
    }
    Ok(builder.build())
}

/// The HTTP client, for the library and for our own sender.
fn client() -> Result<reqwest::Client, ServeError> {
    super::client::client(REQUEST).map_err(|error| ServeError::Client(redact::error(&error)))
}

/// Runs one client until it ends or the watchdog ends it; returns how long to pause.
async fn one_client(
    options: &Options,
    gateway: &str,
    bot: &Arc<Bot>,
    counts: &GatewayCounts,
    watchdog: &mut Watchdog,
) -> Result<Duration, ServeError> {
    let pause = |watchdog: &mut Watchdog| match watchdog.pause(Instant::now()) {
        Verdict::Pause(pause) => pause,
        Verdict::Fine => Duration::ZERO,
    };
    // Nothing that is written in channels is read. Interactions need no intent; with the one for
    // guilds we are told when a server removes us or deletes a channel.
    let intents = if options.guild_events { GatewayIntents::GUILDS } else { GatewayIntents::empty() };
    let builder = serenity::client::ClientBuilder::new_with_http(http(options)?, intents);
    let mut client: Client = match builder.event_handler(Handler(bot.clone())).await {
        Ok(client) => client,
        Err(error) => {
            warn!(error = redact::error(&error), "the client could not be made");
            return Ok(pause(watchdog));
        }
    };
    // Should its own question for the gateway have failed, the library now points at the real one.
    gateway.clone_into(&mut *client.ws_url.lock().await);
    let shards = client.shard_manager.clone();
    bot.set_connected(false);
    let stopped = Stopped(shards.clone());
    let ended = {
        let mut running = std::pin::pin!(client.start_autosharded());
        loop {
            tokio::select! {
                ended = &mut running => break ended,
                () = tokio::time::sleep(LOOK) => {
                    let count = shards.runners.lock().await.len().max(1);
                    if let Verdict::Pause(pause) = watchdog.look(Instant::now(), counts.resumes(), counts.identifies(), count) {
                        warn!(resumes = counts.resumes(), identifies = counts.identifies(), "the gateway goes round in circles");
                        stopped.farewell().await;
                        return Ok(pause);
                    }
                }
            }
        }
    };
    stopped.farewell().await;
    match ended {
        Err(serenity::Error::Gateway(GatewayError::InvalidAuthentication)) => Err(ServeError::TokenRefused),
        Err(serenity::Error::Gateway(
            error @ (GatewayError::InvalidGatewayIntents
            | GatewayError::DisallowedGatewayIntents
            | GatewayError::InvalidShardData),
        )) => Err(ServeError::Refused(redact::error(&error))),
        Err(error) => {
            error!(error = redact::error(&error), "the gateway connection ended");
            Ok(pause(watchdog))
        }
        Ok(()) => Ok(pause(watchdog)),
    }
}

/// Closes the shards when the client goes, whichever way that comes about.
struct Stopped(Arc<ShardManager>);

impl Stopped {
    async fn farewell(&self) {
        if tokio::time::timeout(FAREWELL, self.0.shutdown_all()).await.is_err() {
            warn!("the gateway did not say goodbye");
        }
    }
}

impl Drop for Stopped {
    /// Dropped in the middle (a signal came): the runners are told in the background.
    fn drop(&mut self) {
        let shards = self.0.clone();
        tokio::spawn(async move { tokio::time::timeout(FAREWELL, shards.shutdown_all()).await });
    }
}

/// Reads the pack again at every SIGHUP. A broken one is not taught: the last good one stays, and
/// the log says what is wrong.
fn reload_on_hangup(shelves: Arc<Shelves>, folder: Option<std::path::PathBuf>) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut hangup = signal(SignalKind::hangup())?;
        tokio::spawn(async move {
            while hangup.recv().await.is_some() {
                let (shelves, folder) = (shelves.clone(), folder.clone());
                // Checking a pack takes a while: not on a thread that answers.
                let read = tokio::task::spawn_blocking(move || reload(&shelves, folder.as_deref()));
                if read.await.is_err() {
                    error!("reading the pack again panicked; the last good one stays");
                }
            }
        });
    }
    Ok(())
}

fn reload(shelves: &Shelves, folder: Option<&std::path::Path>) {
    match folder.map_or_else(|| Ok(built_in()), read_dir).and_then(|files| load(&files)) {
        Ok(pack) => {
            let entries = pack.entries.len();
            let safety_text = shelves.current().safety_text().to_owned();
            shelves.exchange(Shelf::new(pack).with_safety_text(&safety_text));
            info!(entries, "the pack was read again and is taught from now on");
        }
        Err(report) => error!(%report, "the pack is broken; the last good one is taught on. Mend it and send SIGHUP again"),
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
