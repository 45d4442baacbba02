//! What the daily post asks of whoever can put it into a channel. The edges implement it.

use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use crate::card::Card;
use crate::store::{Key, Pause};

/// Puts posts into channels, and looks for them there.
#[async_trait]
pub trait Poster: Send + Sync {
    /// How far our clock is ahead of Discord's; `Err` with what is the matter when Discord cannot be
    /// asked.
    async fn skew(&self) -> Result<SignedDuration, String>;

    /// Posts a card, once: the key's nonce keeps Discord from taking it twice within some minutes,
    /// and the key stands in the post itself.
    async fn post(&self, key: Key, card: &Card) -> Posted;

    /// Looks for a post of that key among the channel's messages since an instant of our clock.
    async fn find(&self, key: Key, since: Timestamp) -> FindOutcome;
}

/// What became of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Posted {
    /// It stands in the channel, under this id.
    Sent(u64),
    /// It stood there already, and somebody deleted it.
    Deleted,
    /// It surely is not there. Not to be tried again before the wait is over, if one was named.
    NotSent {
        /// What Discord asked us to wait.
        wait: Option<Duration>,
        /// What stood in the way, in words for a teacher.
        why: String,
    },
    /// It may be there or not; what happened.
    Doubt(String),
    /// This channel takes no posts until somebody mends it.
    Closed(Pause),
    /// Discord refused the post itself, with this code.
    Refused(u64),
}

/// What a look into the channel showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FindOutcome {
    /// It is there, under this id.
    Found(u64),
    /// It is not there, and the channel's messages can be read.
    NotThere,
    /// The channel's messages cannot be read, so nothing is proven.
    Unreadable,
    /// Discord did not answer as it should; what happened.
    Unavailable(String),
    /// This channel is closed to us.
    Closed(Pause),
}
