//! [`Messenger`] over Discord's REST API, and the check whether the bot can post in a channel.

use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::permissions::{
    self, ATTACH, CONNECT, CREATE_PUBLIC_THREADS, EMBED, HISTORY, MANAGE_THREADS, SEND, SEND_IN_THREADS, VIEW,
};
use super::rest::Rest;
use super::speak::{self, Edited, Patience};
use super::verdict::Verdict;
use crate::card::Card;
use crate::messenger::{ChannelAccess, FindOutcome, Messenger, SendError};
use crate::model::{ChannelId, GuildId, MessageId, Pause, UserId};

/// Discord's channel types.
const TEXT: u64 = 0;
const VOICE: u64 = 2;
const ANNOUNCEMENT: u64 = 5;
const STAGE: u64 = 13;
/// Threads: in an announcement channel, public, private.
const THREADS: [u64; 3] = [10, 11, 12];

/// How long to wait in all when Discord asks us to slow down.
const PATIENCE: Duration = Duration::from_secs(10);

/// Discord's channels, reached over REST.
pub struct Channels {
    pub(super) rest: std::sync::Arc<Rest>,
    pub(super) bot: UserId,
}

/// A channel, and what the bot may do in it.
struct Looked {
    kind: u64,
    /// Whether the channel is a thread that a moderator locked.
    locked: bool,
    granted: u64,
    timed_out: Option<Timestamp>,
}

impl Looked {
    fn is_thread(&self) -> bool {
        THREADS.contains(&self.kind)
    }

    /// The permissions that sending and finding a post need.
    fn needed(&self) -> u64 {
        let kind = match self.kind {
            _ if self.is_thread() => SEND_IN_THREADS,
            VOICE | STAGE => SEND | CONNECT,
            _ => SEND,
        };
        kind | EMBED | ATTACH | HISTORY
    }

    /// Why the bot cannot post, with the most important reason first.
    fn check_channel(&self) -> ChannelAccess {
        if !self.is_thread() && ![TEXT, VOICE, ANNOUNCEMENT, STAGE].contains(&self.kind) {
            return ChannelAccess::NoPosts;
        }
        if self.granted & VIEW == 0 {
            return ChannelAccess::Unseen;
        }
        if self.locked && self.granted & MANAGE_THREADS == 0 {
            return ChannelAccess::Locked;
        }
        if let Some(until) = self.timed_out {
            return ChannelAccess::TimedOut(until);
        }
        let missing = permissions::missing(self.needed(), self.granted);
        if missing.is_empty() { ChannelAccess::Fine } else { ChannelAccess::Missing(missing) }
    }
}

impl Channels {
    /// Accesses channels as the bot with the user id `bot`.
    pub fn new(rest: std::sync::Arc<Rest>, bot: UserId) -> Channels {
        Channels { rest, bot }
    }

    /// GETs a path; `None` if Discord itself says that it does not exist or is not accessible. A bare
    /// 403 or 404 is no proof, because a proxy or Cloudflare may have sent it.
    async fn ask(&self, path: &str) -> Result<Option<Value>, String> {
        let reply = self.rest.get_patiently(path, PATIENCE).await.map_err(|none| none.why)?;
        match reply.verdict {
            Verdict::Done => Ok(Some(reply.body)),
            Verdict::Closed(Pause::ChannelGone | Pause::Removed | Pause::NoAccess) | Verdict::Refused(UNKNOWN_MEMBER) => Ok(None),
            _ => Err(reply.trouble()),
        }
    }

    /// Fetches a channel; `None` if it does not exist, is in another guild, or is not visible to the
    /// bot.
    async fn look(&self, guild: Option<GuildId>, channel: ChannelId) -> Result<Option<Looked>, String> {
        let Some(found) = self.ask(&format!("/channels/{channel}")).await? else { return Ok(None) };
        let of = found["guild_id"].as_str().and_then(|id| id.parse::<GuildId>().ok());
        let Some(of) = of.filter(|of| guild.is_none_or(|guild| guild == *of)) else { return Ok(None) };
        let kind = found["type"].as_u64().unwrap_or(u64::MAX);
        let parent = found["parent_id"].as_str().filter(|_| THREADS.contains(&kind)).map(|parent| format!("/channels/{parent}"));
        let (roles, member) = (format!("/guilds/{of}/roles"), format!("/guilds/{of}/members/{}", self.bot));
        let (parent, roles, member) = tokio::try_join!(
            async {
                match &parent {
                    // A thread has the permissions of its parent channel.
                    Some(parent) => self.ask(parent).await,
                    None => Ok(Some(found.clone())),
                }
            },
            self.ask(&roles),
            self.ask(&member),
        )?;
        let (Some(parent), Some(roles), Some(member)) = (parent, roles, member) else { return Ok(None) };
        let granted = permissions::granted(of.0, self.bot.0, &roles, &member, &parent);
        let timed_out = permissions::timed_out_until(&member, self.rest.now());
        Ok(Some(Looked {
            kind,
            locked: found["thread_metadata"]["locked"].as_bool() == Some(true),
            granted,
            timed_out: timed_out.filter(|_| !permissions::is_administrator(granted)),
        }))
    }

    /// Until when a moderator timed the bot out in the channel's guild; `None` if nobody did.
    ///
    /// # Errors
    /// What happened, if Discord is unreachable.
    async fn timed_out(&self, channel: ChannelId) -> Result<Option<Timestamp>, String> {
        Ok(self.look(None, channel).await?.and_then(|looked| looked.timed_out))
    }

    /// Replaces a missing permission by the bot's time-out, if the bot is timed out. Other outcomes pass
    /// unchanged.
    async fn unless_timed_out<T>(&self, channel: ChannelId, done: Result<T, SendError>) -> Result<T, SendError> {
        if matches!(done, Err(SendError::Closed { pause: Pause::NoPermission, .. }))
            && let Ok(Some(until)) = self.timed_out(channel).await
        {
            return Err(SendError::TimedOut(until));
        }
        done
    }

    /// Edits a message; if its thread is archived, reopens the thread and tries again.
    async fn edit_awake(&self, channel: ChannelId, message: MessageId, card: &Card) -> Result<(), SendError> {
        if speak::edit(&self.rest, channel, message, card).await? == Edited::Done {
            return Ok(());
        }
        let locked = || closed(Pause::Locked, "the thread is locked");
        if !self.is_asleep(channel).await {
            return Err(locked());
        }
        // A new message reopens an archived thread, but an edit does not.
        speak::reopen(&self.rest, channel).await?;
        match speak::edit(&self.rest, channel, message, card).await? {
            Edited::Done => Ok(()),
            Edited::Archived => Err(locked()),
        }
    }

    /// Whether the channel is a thread that is archived but not locked.
    async fn is_asleep(&self, channel: ChannelId) -> bool {
        let Ok(Some(found)) = self.ask(&format!("/channels/{channel}")).await else { return false };
        let is = |what: &str| found["thread_metadata"][what].as_bool() == Some(true);
        is("archived") && !is("locked")
    }

    /// The kind of thread that the channel allows and the bot may write in.
    async fn kind_of_thread(&self, channel: ChannelId) -> Result<u64, SendError> {
        let looked = self.look(None, channel).await.map_err(SendError::InDoubt)?;
        let Some(looked) = looked else { return Err(closed(Pause::NoAccess, "I cannot see the channel")) };
        let kind = match looked.kind {
            TEXT => speak::PUBLIC_THREAD,
            ANNOUNCEMENT => speak::ANNOUNCEMENT_THREAD,
            _ => return Err(closed(Pause::NoPosts, "no thread can be opened in a channel of this kind")),
        };
        if let Some(until) = looked.timed_out {
            return Err(SendError::TimedOut(until));
        }
        let needed = VIEW | CREATE_PUBLIC_THREADS | SEND_IN_THREADS | EMBED;
        let missing = permissions::missing(needed, looked.granted);
        if missing.is_empty() { Ok(kind) } else { Err(closed(Pause::NoPermission, &format!("I lack {}", missing.join(", ")))) }
    }
}

fn closed(pause: Pause, why: &str) -> SendError {
    SendError::Closed { pause, why: why.to_owned() }
}

/// Discord's error code for a user who is not a member of the guild.
const UNKNOWN_MEMBER: u64 = 10007;

#[async_trait]
impl Messenger for Channels {
    async fn check_channel(&self, guild: Option<GuildId>, channel: ChannelId) -> Result<ChannelAccess, String> {
        Ok(self.look(guild, channel).await?.map_or(ChannelAccess::Unseen, |looked| looked.check_channel()))
    }

    async fn clock_skew(&self) -> Result<SignedDuration, String> {
        self.skew().await
    }

    async fn find_own(&self, channel: ChannelId, nonce: &str, since: Timestamp) -> FindOutcome {
        self.find(channel, nonce, since).await
    }

    async fn direct(&self, user: UserId) -> Result<ChannelId, SendError> {
        let mut patience = Patience::new();
        loop {
            let opened = speak::open_direct(&self.rest, user).await;
            if !patience.outlasts(&self.rest, &opened).await {
                return opened;
            }
        }
    }

    fn trouble(&self) -> Option<String> {
        self.rest.trouble()
    }

    fn link(&self, guild: Option<GuildId>, channel: ChannelId, message: MessageId) -> Option<String> {
        let guild = guild.map_or("@me".to_owned(), |guild| guild.to_string());
        Some(format!("https://discord.com/channels/{guild}/{channel}/{message}"))
    }

    async fn send(&self, channel: ChannelId, nonce: &str, card: &Card) -> Result<MessageId, SendError> {
        self.unless_timed_out(channel, speak::send(&self.rest, channel, nonce, card).await).await
    }

    async fn send_patiently(&self, channel: ChannelId, nonce: &str, card: &Card) -> Result<MessageId, SendError> {
        let mut patience = Patience::new();
        loop {
            let said = speak::send(&self.rest, channel, nonce, card).await;
            if !patience.outlasts_doubt(&self.rest, &said).await {
                return self.unless_timed_out(channel, said).await;
            }
        }
    }

    async fn edit(&self, channel: ChannelId, message: MessageId, card: &Card) -> Result<(), SendError> {
        self.unless_timed_out(channel, self.edit_awake(channel, message, card).await).await
    }

    async fn open_thread(&self, channel: ChannelId, name: &str) -> Result<ChannelId, SendError> {
        // Checked first, because a thread that the bot cannot write in would stay empty.
        let kind = self.kind_of_thread(channel).await?;
        let mut patience = Patience::new();
        loop {
            let opened = speak::open_thread(&self.rest, channel, kind, name).await;
            if !patience.outlasts(&self.rest, &opened).await {
                return opened;
            }
        }
    }

    async fn name_of(&self, guild: GuildId, user: UserId) -> Result<Option<String>, String> {
        let Some(member) = self.ask(&format!("/guilds/{guild}/members/{user}")).await? else { return Ok(None) };
        let names = [&member["nick"], &member["user"]["global_name"], &member["user"]["username"]];
        Ok(names.into_iter().find_map(Value::as_str).map(str::to_owned))
    }
}
