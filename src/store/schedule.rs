//! The schedule of a channel's daily post.

use jiff::Timestamp;
use jiff::civil::{Date, Time};

use crate::model::{ChannelId, GuildId, Pause, QuietPolicy};

/// A row of the table `schedule`.
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
    /// What to post on a day without events.
    pub quiet: QuietPolicy,
    /// Whether the post ends with a question.
    pub question: bool,
    /// Whether the post has a picture.
    pub picture: bool,
    /// How late a post may still be sent, in seconds.
    pub catch_up: i64,
    /// When it was set; earlier dates get no post.
    pub set_at: Timestamp,
    /// The local date of the next post.
    pub next_date: Date,
    /// The instant of the next post.
    pub next_due: Timestamp,
    /// Why it is paused, if it is; `next_date` then stays at the first date without a post.
    pub paused: Option<Pause>,
    /// The last local date of a break that the teacher set. It ends without further action.
    pub resting_until: Option<Date>,
}
