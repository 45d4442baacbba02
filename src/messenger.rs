//! What the edges do with their channels: check them, send, find what was sent, change it.

use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use crate::card::{Card, Text};
use crate::model::{ChannelId, GuildId, MessageId, Pause, UserId};

/// An edge's channels.
#[async_trait]
pub trait Messenger: Send + Sync {
    /// Looks at a channel: whether the bot may post there and read what it posted.
    ///
    /// # Errors
    /// What happened, when the edge cannot look.
    async fn check_channel(&self, guild: Option<GuildId>, channel: ChannelId) -> Result<ChannelAccess, String> {
        let _ = (guild, channel);
        Ok(ChannelAccess::Unseen)
    }

    /// How far our clock is ahead of the edge's; `Err` with what is the matter when it cannot be asked.
    async fn clock_skew(&self) -> Result<SignedDuration, String> {
        Ok(SignedDuration::ZERO)
    }

    /// The channel of direct messages with somebody, opening it if need be. That they take messages
    /// there shows only when one is sent.
    ///
    /// # Errors
    /// See [`SendError`].
    async fn direct(&self, user: UserId) -> Result<ChannelId, SendError> {
        let _ = user;
        Err(SendError::nowhere())
    }

    /// What keeps the edge from all its channels at present, in words for the operator.
    fn trouble(&self) -> Option<String> {
        None
    }

    /// The address of a message, if it has one.
    fn link(&self, guild: Option<GuildId>, channel: ChannelId, message: MessageId) -> Option<String> {
        let _ = (guild, channel, message);
        None
    }

    /// Sends a card and gives the message's id. The same `nonce` (1–25 characters of `[a-z0-9]`) again
    /// within a minute gives the message that is there already, so what is in doubt may be repeated.
    /// The message carries the nonce, so that [`Messenger::find_own`] finds it.
    ///
    /// # Errors
    /// See [`SendError`].
    async fn send(&self, channel: ChannelId, nonce: &str, card: &Card) -> Result<MessageId, SendError> {
        let _ = (channel, nonce, card);
        Err(SendError::nowhere())
    }

    /// Looks for a message of ours with that nonce among the channel's since an instant of our clock.
    async fn find_own(&self, channel: ChannelId, nonce: &str, since: Timestamp) -> FindOutcome {
        let _ = (channel, nonce, since);
        FindOutcome::Unreadable
    }

    /// Sends a card like [`Messenger::send`], and for half a minute waits out what the channel has to
    /// wait, and repeats what is in doubt.
    ///
    /// # Errors
    /// See [`SendError`].
    async fn send_patiently(&self, channel: ChannelId, nonce: &str, card: &Card) -> Result<MessageId, SendError> {
        self.send(channel, nonce, card).await
    }

    /// Puts a card in place of what a message of ours says.
    ///
    /// # Errors
    /// See [`SendError`].
    async fn edit(&self, channel: ChannelId, message: MessageId, card: &Card) -> Result<(), SendError> {
        let _ = (channel, message, card);
        Err(SendError::nowhere())
    }

    /// What a member of a guild is called there, for those who agreed to be named; `None` when they
    /// are not there.
    ///
    /// # Errors
    /// What happened, when the edge cannot say.
    async fn name_of(&self, guild: GuildId, user: UserId) -> Result<Option<String>, String> {
        let _ = (guild, user);
        Ok(None)
    }

    /// Opens a thread that everybody in a channel sees, with a name of 1–100 characters, and gives its
    /// id. None is opened that could not be written in.
    ///
    /// # Errors
    /// See [`SendError`].
    async fn open_thread(&self, channel: ChannelId, name: &str) -> Result<ChannelId, SendError> {
        let _ = (channel, name);
        Err(SendError::nowhere())
    }
}

/// What a look at a channel showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelAccess {
    /// Posts can be made and found again.
    Fine,
    /// There is no such channel in that guild, or the bot cannot see it.
    Unseen,
    /// It is of a kind that takes no posts.
    NoPosts,
    /// The thread was locked by a moderator. One that is only archived is fine: a post opens it.
    Locked,
    /// A moderator timed the bot out, until then.
    TimedOut(Timestamp),
    /// These permissions are missing, in Discord's own words.
    Missing(Vec<&'static str>),
}

/// Why a message was not sent, or is not known to be there. The words are for a teacher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendError {
    /// It surely is not there. Not to be tried again before the wait is over, if one was named.
    NotSent {
        /// What we were asked to wait.
        wait: Option<Duration>,
        /// What stood in the way.
        why: String,
    },
    /// It may be there or not; what happened.
    InDoubt(String),
    /// It was there already, and somebody deleted it.
    Deleted,
    /// Not before then, unless it is taken back: a moderator timed the bot out.
    TimedOut(Timestamp),
    /// This channel takes nothing until somebody mends it.
    Closed {
        /// What keeps a schedule from running there.
        pause: Pause,
        /// The same in words.
        why: String,
    },
    /// This message is not taken, and would not be if it were sent again.
    Refused {
        /// Discord's code.
        code: u64,
        /// The same in words.
        why: String,
    },
}

impl SendError {
    /// There are no channels here.
    fn nowhere() -> SendError {
        SendError::Closed { pause: Pause::ChannelGone, why: "there are no channels here".to_owned() }
    }

    /// Whether sending the same again is of no use until somebody mends something.
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

/// What a look for a message showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FindOutcome {
    /// It is there, under this id.
    Found(MessageId),
    /// It is not there, and the channel's messages can be read.
    NotThere,
    /// The channel's messages cannot be read, so nothing is proven.
    Unreadable,
    /// Discord did not answer as it should; what happened.
    Unavailable(String),
    /// This channel is closed to us.
    Closed(Pause),
}
