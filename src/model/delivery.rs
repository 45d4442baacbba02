//! The key and the state of a delivery.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

use super::{ChannelId, MessageId, Pause};

/// The key of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The channel's id.
    pub channel: ChannelId,
    /// The class's local date.
    pub date: Date,
    /// 0 is the daily post; other posts have larger numbers, at most 9999.
    pub sequence: u16,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliverySubject {
    /// The post of the day.
    Day,
    /// A step of a replay, by its index; 9999 is the closing post.
    Replay(u16),
    /// A student's reminder, in their direct messages.
    Reminder,
}

impl fmt::Display for DeliverySubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DeliverySubject::Day => f.write_str("day"),
            DeliverySubject::Replay(step) => write!(f, "replay:{step}"),
            DeliverySubject::Reminder => f.write_str("reminder"),
        }
    }
}

impl FromStr for DeliverySubject {
    type Err = String;

    fn from_str(text: &str) -> Result<DeliverySubject, String> {
        let unknown = || format!("a delivery of {text}");
        match text.split_once(':') {
            None if text == "day" => Ok(DeliverySubject::Day),
            None if text == "reminder" => Ok(DeliverySubject::Reminder),
            Some(("replay", step)) => step.parse().map(DeliverySubject::Replay).map_err(|_| unknown()),
            _ => Err(unknown()),
        }
    }
}

/// The state of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// To be attempted at `not_before`.
    Due,
    /// An attempt is running, until the lease expires.
    Sending,
    /// It was posted; the message's id, if Discord reported it.
    Sent(Option<MessageId>),
    /// There was nothing to post, by the teacher's choice.
    Skipped,
    /// It was not posted, and will not be.
    Missed(Missed),
    /// It is impossible to find out whether it was posted; a teacher must decide.
    Held,
}

/// Why a date has no post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missed {
    /// The bot was not running.
    Down,
    /// All attempts failed until the catch-up window ended, for this reason.
    Window(String),
    /// The day, or the time on that day, did not exist in that zone.
    NoSuchDay,
    /// The schedule was paused for this reason.
    Paused(Pause),
    /// Discord refused the post's content with this code.
    Refused(u64),
    /// It was withdrawn before it was sent.
    Withdrawn,
}

impl fmt::Display for Missed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Missed::Down => f.write_str("down"),
            Missed::Window(why) => write!(f, "window:{why}"),
            Missed::NoSuchDay => f.write_str("no-such-day"),
            Missed::Paused(why) => write!(f, "paused:{why}"),
            Missed::Refused(code) => write!(f, "refused:{code}"),
            Missed::Withdrawn => f.write_str("withdrawn"),
        }
    }
}

impl FromStr for Missed {
    type Err = String;

    fn from_str(text: &str) -> Result<Missed, String> {
        match text.split_once(':').unwrap_or((text, "")) {
            ("down", _) => Ok(Missed::Down),
            ("window", why) => Ok(Missed::Window(why.to_owned())),
            ("no-such-day", _) => Ok(Missed::NoSuchDay),
            ("paused", why) => why.parse().map(Missed::Paused),
            ("refused", code) => code.parse().map(Missed::Refused).map_err(|_| format!("a refusal of {code}")),
            ("withdrawn", _) => Ok(Missed::Withdrawn),
            _ => Err(format!("a reason of {text}")),
        }
    }
}
