//! Keeps the registered commands up to date: in one scope, with retries, and without touching an Entry
//! Point command.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::{Value, json};
use tracing::{debug, error, info, warn};

use super::api::{Api, ApiError};
use super::register::{CommandScope, ENTRY_POINT, same, wanted};

/// The pause between attempts: the first, doubled up to the longest.
const PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// The pause after Discord refused; it would refuse again for a while.
const AFTER_REFUSAL: Duration = Duration::from_secs(900);
/// The pause between requests for single servers, which are not urgent.
const BETWEEN_SERVERS: Duration = Duration::from_millis(250);
/// After this many servers refused to list their commands, the others are not asked. Each refusal counts
/// towards Discord's limit of invalid requests, and many refusals mean that all will refuse.
const MOST_REFUSED: u32 = 20;
/// Discord's error code for an invalid body.
const INVALID_BODY: u64 = 50035;

/// Registers the commands once, and empties the other scope, because a command in both would appear
/// twice.
pub(super) struct Registration {
    /// The only server to register in; `None` to register globally.
    guild: Option<u64>,
    begun: AtomicBool,
    /// The servers whose own commands were checked.
    looked: Mutex<HashSet<u64>>,
    /// How many of them refused.
    refused: AtomicU32,
}

impl Registration {
    /// Registers in one server, or globally.
    pub(super) fn new(guild: Option<u64>) -> Registration {
        Registration { guild, begun: AtomicBool::new(false), looked: Mutex::default(), refused: AtomicU32::new(0) }
    }

    /// Registers the commands until that succeeds, unless an earlier call did. Then checks those of
    /// `guilds` that were not checked before. Call it at every READY.
    pub(super) async fn keep(&self, api: &Api, application: u64, guilds: &[u64]) {
        let lists = Lists { api, application };
        if !self.begun.swap(true, Ordering::SeqCst) {
            self.until_it_holds(&lists).await;
        }
        self.sweep(&lists, guilds).await;
    }

    /// Empties the command lists of single servers, unless too many of them refuse.
    async fn sweep(&self, lists: &Lists<'_>, guilds: &[u64]) {
        for guild in guilds.iter().filter(|guild| Some(**guild) != self.guild) {
            if self.refused.load(Ordering::Relaxed) >= MOST_REFUSED {
                return;
            }
            let is_new = self.looked.lock().insert(*guild);
            if !is_new {
                continue;
            }
            match lists.empty_guild(*guild).await {
                Ok(()) => lists.api.wait(BETWEEN_SERVERS).await,
                Err(error) => self.note_unlooked(lists, *guild, &error).await,
            }
        }
    }

    /// A failure is left for the next start, because its only effect is that some commands appear twice.
    async fn note_unlooked(&self, lists: &Lists<'_>, guild: u64, error: &ApiError) {
        debug!(guild, %error, "could not list the commands of a server");
        let wait = if let ApiError::Wait(wait) = error { *wait } else { BETWEEN_SERVERS };
        if matches!(error, ApiError::Refused { .. }) && self.refused.fetch_add(1, Ordering::Relaxed) + 1 == MOST_REFUSED {
            warn!(
                refused = MOST_REFUSED,
                "Discord refuses to list the commands of many servers; the others are checked at the next start"
            );
        }
        lists.api.wait(wait).await;
    }

    async fn until_it_holds(&self, lists: &Lists<'_>) {
        let mut pause = PAUSE;
        loop {
            let wait = match self.once(lists).await {
                Ok(()) => return,
                Err(ApiError::Wait(wait)) => wait,
                Err(refused @ ApiError::Refused { .. }) => {
                    error!(error = %refused, retry_in_s = AFTER_REFUSAL.as_secs(), "Discord refuses the commands; those registered before remain");
                    AFTER_REFUSAL
                }
                Err(unclear) => {
                    warn!(error = %unclear, retry_in_s = pause.as_secs(), "commands could not be registered yet; those registered before remain");
                    pause
                }
            };
            lists.api.wait(wait).await;
            pause = (2 * pause).min(LONGEST_PAUSE);
        }
    }

    async fn once(&self, lists: &Lists<'_>) -> Result<(), ApiError> {
        match self.guild {
            None => lists.register_everywhere().await,
            Some(guild) => {
                lists.write(Some(guild), &wanted(CommandScope::Guild)).await?;
                lists.empty_global().await
            }
        }
    }
}

/// The command lists of an application.
struct Lists<'a> {
    api: &'a Api,
    application: u64,
}

impl Lists<'_> {
    fn path(&self, guild: Option<u64>) -> String {
        let scope = guild.map(|guild| format!("/guilds/{guild}")).unwrap_or_default();
        format!("/applications/{}{scope}/commands", self.application)
    }

    async fn read(&self, guild: Option<u64>) -> Result<Vec<Value>, ApiError> {
        match self.api.get(&self.path(guild)).await? {
            Value::Array(commands) => Ok(commands),
            _ => Err(ApiError::Unclear("the list of commands is none".to_owned())),
        }
    }

    /// Whether users may install the application for themselves. If the application does not say so,
    /// assume that they may.
    async fn is_for_users(&self) -> Result<bool, ApiError> {
        let application = self.api.get("/applications/@me").await?;
        let kinds = application["integration_types_config"].as_object();
        Ok(kinds.is_none_or(|kinds| kinds.is_empty() || kinds.contains_key("1")))
    }

    async fn register_everywhere(&self) -> Result<(), ApiError> {
        if !self.is_for_users().await? {
            warn!("{}", FOR_SERVERS_ONLY);
            return self.write(None, &wanted(CommandScope::Servers)).await;
        }
        match self.write(None, &wanted(CommandScope::Everywhere)).await {
            Err(ApiError::Refused { status: 400, code: INVALID_BODY }) => {
                self.write(None, &wanted(CommandScope::Servers)).await?;
                error!("Discord accepted the commands only without User Install. {}", FOR_SERVERS_ONLY);
                Ok(())
            }
            written => written,
        }
    }

    /// Writes the list of a scope unless it is already up to date. Discord rejects a list that drops the
    /// Entry Point command of an application with an Activity, so that command is sent along.
    async fn write(&self, guild: Option<u64>, wanted: &[Value]) -> Result<(), ApiError> {
        let known = self.read(guild).await?;
        let (kept, ours): (Vec<Value>, Vec<Value>) = known.into_iter().partition(|known| known["type"] == ENTRY_POINT);
        if same(&ours, wanted) {
            info!(commands = wanted.len(), "commands are up to date");
            return Ok(());
        }
        let list: Vec<Value> = wanted.iter().cloned().chain(kept.iter().map(sent_back)).collect();
        self.api.put(&self.path(guild), json!(list)).await?;
        info!(commands = wanted.len(), "registered commands");
        Ok(())
    }

    /// Removes the globally registered commands, except an Entry Point command.
    async fn empty_global(&self) -> Result<(), ApiError> {
        let known = self.read(None).await?;
        let kept: Vec<Value> = known.iter().filter(|known| known["type"] == ENTRY_POINT).map(sent_back).collect();
        if kept.len() < known.len() {
            self.api.put(&self.path(None), json!(kept)).await?;
            info!("removed the globally registered commands, because KRONIKAS_GUILD is set");
        }
        Ok(())
    }

    /// Removes the commands that were registered in one server.
    async fn empty_guild(&self, guild: u64) -> Result<(), ApiError> {
        if self.read(Some(guild)).await?.is_empty() {
            return Ok(());
        }
        self.api.put(&self.path(Some(guild)), json!([])).await?;
        info!(guild, "removed the commands registered only in this server");
        Ok(())
    }
}

/// A command as Discord returned it, without the fields that only Discord sets.
fn sent_back(command: &Value) -> Value {
    let mut command = command.clone();
    if let Some(fields) = command.as_object_mut() {
        fields.retain(|name, value| {
            !matches!(name.as_str(), "application_id" | "version" | "guild_id" | "dm_permission") && !value.is_null()
        });
    }
    command
}

/// What an operator can do if the application does not allow user installs.
const FOR_SERVERS_ONLY: &str = "The commands work in servers only. To let people use them everywhere, tick User Install under \
    Installation in the developer portal and start again";

#[cfg(test)]
mod tests;
