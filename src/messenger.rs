//! The trait by which deliveries, rounds and commands reach channels: check access, send, find what was
//! sent, edit.

use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use crate::card::{Card, Text};
use crate::model::{ChannelId, GuildId, MessageId, Pause, UserId};

/// The channels of an edge.
#[async_trait]
pub trait Messenger: Send + Sync {
    /// Checks whether the bot may post in a channel and read its posts.
    ///
    /// # Errors
    /// What happened, if the edge cannot check.
    async fn check_channel(&self, guild: Option<GuildId>, channel: ChannelId) -> Result<ChannelAccess, String> {
        let _ = (guild, channel);
        Ok(ChannelAccess::Unseen)
    }

    /// How far our clock is ahead of the edge's; `Err` with the reason if that is unknown.
    async fn clock_skew(&self) -> Result<SignedDuration, String> {
        Ok(SignedDuration::ZERO)
    }

    /// The direct-message channel with a user, which is opened if necessary. Whether the user accepts
    /// messages there is known only after sending one.
    ///
    /// # Errors
    /// See [`SendError`].
    /// See [`SendError`].
    async fn direct(&self, user: UserId) -> Result<ChannelId, SendError> {
        let _ = user;
        Err(SendError::nowhere())
    }

    /// Why all channels are currently unreachable, in words for the operator; `None` if they are not.
    fn trouble(&self) -> Option<String> {
        None
    }

    /// The URL of a message, if it has one.
    fn link(&self, guild: Option<GuildId>, channel: ChannelId, message: MessageId) -> Option<String> {
        let _ = (guild, channel, message);
        None
    }

    /// Sends a card and returns the message's id. Sending with the same `nonce` (1–25 characters of
    /// `[a-z0-9]`) within a minute returns the existing message, so a send that is in doubt may be
    /// repeated. [`Messenger::find_own`] finds the message by its nonce.
    ///
    /// # Errors
    /// See [`SendError`].
    /// See [`SendError`].
    async fn send(&self, channel: ChannelId, nonce: &str, card: &Card) -> Result<MessageId, SendError> {
        let _ = (channel, nonce, card);
        Err(SendError::nowhere())
    }

    /// Searches the channel's messages since an instant of our clock for our message with that nonce.
    async fn find_own(&self, channel: ChannelId, nonce: &str, since: Timestamp) -> FindOutcome {
        let _ = (channel, nonce, since);
        FindOutcome::Unreadable
    }

    /// Sends a card like [`Messenger::send`]. For up to half a minute, waits if the channel must wait,
    /// and retries if the outcome is in doubt.
    ///
    /// # Errors
    /// See [`SendError`].
    /// See [`SendError`].
    async fn send_patiently(&self, channel: ChannelId, nonce: &str, card: &Card) -> Result<MessageId, SendError> {
        self.send(channel, nonce, card).await
    }

    /// Replaces the content of one of our messages.
    ///
    /// # Errors
    /// See [`SendError`].
    /// See [`SendError`].
    async fn edit(&self, channel: ChannelId, message: MessageId, card: &Card) -> Result<(), SendError> {
        let _ = (channel, message, card);
        Err(SendError::nowhere())
    }

    /// The display name of a member of a guild, for students who agreed to be named; `None` if they are
    /// not a member.
    ///
    /// # Errors
    /// What happened, if the edge cannot say.
    async fn name_of(&self, guild: GuildId, user: UserId) -> Result<Option<String>, String> {
        let _ = (guild, user);
        Ok(None)
    }

    /// Opens a public thread in a channel, with a name of 1–100 characters, and returns its id. Opens
    /// none that the bot could not write in.
    ///
    /// # Errors
    /// See [`SendError`].
    async fn open_thread(&self, channel: ChannelId, name: &str) -> Result<ChannelId, SendError> {
        let _ = (channel, name);
        Err(SendError::nowhere())
    }
}

/// The result of checking a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelAccess {
    /// The bot can send posts and find them again.
    Fine,
    /// The channel does not exist in that guild, or the bot cannot see it.
    Unseen,
    /// The kind of channel accepts no posts.
    NoPosts,
    /// A moderator locked the thread. A thread that is only archived is fine, because a post reopens it.
    Locked,
    /// A moderator timed the bot out until this instant.
    TimedOut(Timestamp),
    /// These permissions are missing, by their names in Discord.
    Missing(Vec<&'static str>),
}

/// Why a message was not sent, or may not have been. The texts are for teachers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendError {
    /// Certainly not sent. Retry only after the wait, if there is one.
    NotSent {
        /// The wait that Discord asked for.
        wait: Option<Duration>,
        /// The reason.
        why: String,
    },
    /// Possibly sent; the text says what happened.
    InDoubt(String),
    /// It was sent, but somebody deleted it.
    Deleted,
    /// A moderator timed the bot out until this instant. The time-out may be lifted earlier.
    TimedOut(Timestamp),
    /// The channel accepts nothing until somebody changes it.
    Closed {
        /// The pause for a schedule in that channel.
        pause: Pause,
        /// The reason.
        why: String,
    },
    /// The message is refused, and would be refused again.
    Refused {
        /// Discord's error code.
        code: u64,
        /// The reason.
        why: String,
    },
}

impl SendError {
    /// The error of a messenger without channels.
    fn nowhere() -> SendError {
        SendError::Closed { pause: Pause::ChannelGone, why: "there are no channels here".to_owned() }
    }

    /// Whether retrying is useless until somebody changes something.
    pub fn is_final(&self) -> bool {
        matches!(self, SendError::Deleted | SendError::Closed { .. } | SendError::Refused { .. })
    }

    pub fn why(&self) -> String {
        match self {
            SendError::NotSent { why, .. }
            | SendError::InDoubt(why)
            | SendError::Closed { why, .. }
            | SendError::Refused { why, .. } => why.clone(),
            SendError::Deleted => "somebody deleted my message".to_owned(),
            SendError::TimedOut(until) => format!("a moderator timed me out until {}", Text::default().instant(*until).plain()),
        }
    }
}

/// The result of searching for a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FindOutcome {
    /// Found, with this id.
    Found(MessageId),
    /// Not found, and the channel's history is readable.
    NotThere,
    /// The channel's history is not readable, so nothing is proven.
    Unreadable,
    /// Discord did not respond properly; the text says what happened.
    Unavailable(String),
    /// The channel is closed to the bot.
    Closed(Pause),
}
