//! One post for one channel on one local date, from due to decided.
//!
//! `due → sending → sent | skipped | missed(reason) | held(reason)`. A row exists from the moment
//! it is claimed; its key is what makes a second post of the same day impossible to claim.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::model::{ChannelId, DeliverySubject, GuildId, Key, MessageId, Missed, State};

/// A delivery, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub key: Key,
    /// The guild it is for; none for a terminal and for direct messages.
    pub guild: Option<GuildId>,
    pub subject: DeliverySubject,
    /// How far it has come.
    pub state: State,
    /// When it should have stood in the channel.
    pub due_at: Timestamp,
    /// Until when it may still be sent.
    pub until: Timestamp,
    /// How often it was attempted, this time included.
    pub attempts: u32,
    /// Since when a post of it may stand in the channel without our knowing: the start of the first
    /// attempt that was not surely in vain.
    pub uncertain_since: Option<Timestamp>,
    /// Not to be attempted before.
    pub not_before: Timestamp,
    /// Until when whoever attempts it has it alone.
    pub lease_until: Timestamp,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
    /// What stood in the way of the last attempt, while it is not decided.
    pub trouble: Option<String>,
}

/// A schedule that is due, and what is to be written down about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimRequest {
    /// The channel and guild.
    pub channel: ChannelId,
    /// The guild, as in the schedule.
    pub guild: Option<GuildId>,
    /// Dates that will have no post, and why.
    pub missed: Vec<(Date, Timestamp, Missed)>,
    /// The delivery to claim, if one is due: state, attempts, doubt and lease as they shall be.
    pub delivery: Option<Delivery>,
    /// The schedule's next date and instant.
    pub next: (Date, Timestamp),
    /// When the claim is made.
    pub now: Timestamp,
}

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It stands in the channel; the message's id, if known.
    Sent(Option<MessageId>, Timestamp),
    /// There was nothing to post.
    Skipped(Timestamp),
    /// It will not be posted.
    Missed(Missed, Timestamp),
    /// A person must decide.
    Held(Timestamp),
    /// To be tried again; since when there is doubt, if there is any.
    Again {
        /// Not before this instant.
        not_before: Timestamp,
        /// Since when a post of it may stand in the channel.
        uncertain_since: Option<Timestamp>,
        /// What stood in the way, in words for a teacher.
        trouble: String,
    },
}
