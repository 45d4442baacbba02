//! What the edges do with their channels: look at them, post there, change what was posted.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::card::Card;

/// An edge's channels.
#[async_trait]
pub trait Messenger: Send + Sync {
    /// Looks at a channel: whether the bot may post there and read what it posted.
    ///
    /// # Errors
    /// What happened, when the edge cannot look.
    async fn check_channel(&self, guild: u64, channel: u64) -> Result<ChannelAccess, String>;

    /// The channel of direct messages with somebody, opening it if need be. That they take messages
    /// there shows only when one is sent.
    ///
    /// # Errors
    /// See [`SendError`].
    async fn direct(&self, user: u64) -> Result<u64, SendError>;

    /// What keeps the edge from all its channels at present, in words for the operator.
    fn trouble(&self) -> Option<String> {
        None
    }

    /// The address of a message, if it has one.
    fn link(&self, guild: u64, channel: u64, message: u64) -> Option<String>;

    /// Posts a card and gives the message's id. The same `nonce` (1–25 characters of `[a-z0-9]`) again
    /// within a minute gives the message that is there already, so what is in doubt may be repeated.
    ///
    /// # Errors
    /// See [`SendError`].
    async fn send(&self, channel: u64, nonce: &str, card: &Card) -> Result<u64, SendError> {
        let _ = (channel, nonce, card);
        Err(SendError::nowhere())
    }

    /// Posts a card like [`Messenger::send`], and for half a minute waits out what the channel has to
    /// wait, and repeats what is in doubt.
    ///
    /// # Errors
    /// See [`SendError`].
    async fn send_patiently(&self, channel: u64, nonce: &str, card: &Card) -> Result<u64, SendError> {
        self.send(channel, nonce, card).await
    }

    /// Puts a card in place of what a message of ours says.
    ///
    /// # Errors
    /// See [`SendError`].
    async fn edit(&self, channel: u64, message: u64, card: &Card) -> Result<(), SendError> {
        let _ = (channel, message, card);
        Err(SendError::nowhere())
    }

    /// What a member of a guild is called there, for those who agreed to be named; `None` when they
    /// are not there.
    ///
    /// # Errors
    /// What happened, when the edge cannot say.
    async fn name_of(&self, guild: u64, user: u64) -> Result<Option<String>, String> {
        let _ = (guild, user);
        Ok(None)
    }

    /// Opens a thread that everybody in a channel sees, with a name of 1–100 characters, and gives its
    /// id. None is opened that could not be written in.
    ///
    /// # Errors
    /// See [`SendError`].
    async fn open_thread(&self, channel: u64, name: &str) -> Result<u64, SendError> {
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

/// Why something was not said, in words for a teacher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendError {
    /// Not before this wait is over.
    Wait(Duration),
    /// It may be tried again; it may even have gone through.
    Failed(String),
    /// Not before then, unless it is taken back: a moderator timed the bot out.
    TimedOut(Timestamp),
    /// Not until somebody mends it.
    Closed(String),
}

impl SendError {
    /// There are no channels here.
    fn nowhere() -> SendError {
        SendError::Closed("there are no channels here".to_owned())
    }
}
