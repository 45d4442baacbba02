//! When a channel wants its daily post.

use jiff::Timestamp;
use jiff::civil::{Date, Time};

use crate::model::{ChannelId, GuildId, Pause, QuietPolicy};

/// A channel's daily post: when, in whose time, of what kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// The channel's id.
    pub channel: ChannelId,
    /// The guild it is in; none for a terminal.
    pub guild: Option<GuildId>,
    /// The IANA name of the class's time zone.
    pub zone: String,
    /// The wall-clock time, to the minute.
    pub time: Time,
    /// What a quiet day brings.
    pub quiet: QuietPolicy,
    /// Whether the post asks a question.
    pub question: bool,
    /// Whether the post carries a picture.
    pub picture: bool,
    /// How late a post may still be sent, in seconds.
    pub catch_up: i64,
    /// When it was set; nothing before that is owed.
    pub set_at: Timestamp,
    /// The local date of the next post.
    pub next_date: Date,
    /// The instant of the next post.
    pub next_due: Timestamp,
    /// Why it does not run, if it does not; `next_date` then stays at the first date without a post.
    pub paused: Option<Pause>,
    /// A rest the teacher asked for: the last local date without a post. It ends by itself.
    pub resting_until: Option<Date>,
}
