//! What identifies a delivery, and how far it has come.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

use super::{ChannelId, MessageId, Pause};

/// What identifies a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The channel's id.
    pub channel: ChannelId,
    /// The class's local date.
    pub date: Date,
    /// 0 is the daily post; what is posted besides has higher numbers. At most 9999.
    pub sequence: u16,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliverySubject {
    /// The post of the day.
    Day,
    /// A step of a replay, by its place from 0; 9999 closes it.
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

/// How far a delivery has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// To be attempted at `not_before`.
    Due,
    /// Somebody attempts it, until the lease is over.
    Sending,
    /// It stands in the channel; the message's id, if Discord ever said it.
    Sent(Option<MessageId>),
    /// There was nothing to post, by the teacher's choice.
    Skipped,
    /// It was not posted, and will not be.
    Missed(Missed),
    /// It may stand in the channel or not, and that cannot be found out: a person must decide.
    Held,
}

/// Why a day has no post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missed {
    /// The bot was not running.
    Down,
    /// Everything was tried until the catch-up window closed; what stood in the way at last.
    Window(String),
    /// There was no such day, or no such moment of it, in that zone.
    NoSuchDay,
    /// The schedule was paused because of this.
    Paused(Pause),
    /// Discord refused the post itself; its code.
    Refused(u64),
    /// It was taken back before it was sent.
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
