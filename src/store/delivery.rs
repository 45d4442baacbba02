//! One post for one channel on one local date, from due to its outcome.
//!
//! `due → sending → sent | skipped | missed(reason) | held(reason)`. The claim creates the row. Its key
//! is unique, so a second post of the same day cannot be claimed.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::model::{ChannelId, DeliverySubject, GuildId, Key, MessageId, Missed, State};

/// A row of the table `delivery`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub key: Key,
    /// The guild; `None` for a terminal and for direct messages.
    pub guild: Option<GuildId>,
    pub subject: DeliverySubject,
    /// How far it has come.
    pub state: State,
    /// When it should have been posted.
    pub due_at: Timestamp,
    /// Until when it may still be sent.
    pub until: Timestamp,
    /// How often it was attempted, including the current attempt.
    pub attempts: u32,
    /// The start of the first attempt that may have posted it without our knowing.
    pub uncertain_since: Option<Timestamp>,
    /// The earliest instant of the next attempt.
    pub not_before: Timestamp,
    /// Until when the current attempt has exclusive access.
    pub lease_until: Timestamp,
    /// When its outcome was recorded.
    pub decided_at: Option<Timestamp>,
    /// Why the last attempt failed, while there is no outcome.
    pub trouble: Option<String>,
}

/// A due schedule, and what a claim must record for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimRequest {
    /// The channel and guild.
    pub channel: ChannelId,
    /// The guild, as in the schedule.
    pub guild: Option<GuildId>,
    /// Dates that get no post, and why.
    pub missed: Vec<(Date, Timestamp, Missed)>,
    /// The delivery to claim, if one is due, with the state, attempts, doubt and lease to store.
    pub delivery: Option<Delivery>,
    /// The schedule's next date and instant.
    pub next: (Date, Timestamp),
    /// When the claim is made.
    pub now: Timestamp,
}

/// The outcome of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It was posted; the message's id, if known.
    Sent(Option<MessageId>, Timestamp),
    /// There was nothing to post.
    Skipped(Timestamp),
    /// It will not be posted.
    Missed(Missed, Timestamp),
    /// A teacher must decide.
    Held(Timestamp),
    /// Try again.
    Again {
        /// The earliest instant of the next attempt.
        not_before: Timestamp,
        /// The start of the first attempt that may have posted it, if there is doubt.
        uncertain_since: Option<Timestamp>,
        /// Why the attempt failed, in words for a teacher.
        trouble: String,
    },
}
