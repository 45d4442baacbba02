//! Buttons of the daily post and of replays.

use jiff::civil::{Date, Time};

use super::{ButtonId, press_of, read_base36, short_hash, words_of};
use crate::card::action::{Press, base36, digits, read_digits};
use crate::model::{ChannelId, Key};

/// A hash of a question with its choices in order, for the ids of its buttons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuestionHash(pub u64);

impl QuestionHash {
    /// The hash of a question.
    pub fn of(ask: &str, choices: &[String]) -> QuestionHash {
        QuestionHash(short_hash(&format!("{ask}\u{0}{}", choices.join("\u{0}"))))
    }
}

/// An action on a class's daily post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DailyPress {
    /// Answer the question of a post: `1/daily/q/2027-10-23/0/1x2y3z`.
    Answer {
        /// The post's local date.
        date: Date,
        /// The index of the choice.
        choice: usize,
        /// The question that was asked; `None` for posts of older versions.
        question: Option<QuestionHash>,
    },
    /// Show the schedules: `1/daily/show`.
    Show,
    /// Move a schedule to another minute: `1/daily/at/channel/08:05`.
    Move {
        channel: ChannelId,
        /// The time, to the minute.
        time: Time,
    },
    /// Post the day's post a second time: `1/daily/now/channel/2027-10-23`.
    Again { channel: ChannelId, date: Date },
    /// Send a held post anyway: `1/daily/anyway/channel/2027-10-23/0`.
    Anyway(Key),
    /// End the daily post: `1/daily/off/channel`.
    Off(ChannelId),
}

impl ButtonId for DailyPress {
    fn press(&self) -> Press {
        match self {
            DailyPress::Answer { date, choice, question: None } => press_of("daily", [&"q", date, choice]),
            DailyPress::Answer { date, choice, question: Some(QuestionHash(hash)) } => {
                press_of("daily", [&"q", date, choice, &base36(*hash)])
            }
            DailyPress::Show => press_of("daily", [&"show"]),
            DailyPress::Move { channel, time } => {
                press_of("daily", [&"at", channel, &format!("{:02}:{:02}", time.hour(), time.minute())])
            }
            DailyPress::Again { channel, date } => press_of("daily", [&"now", channel, date]),
            DailyPress::Anyway(Key { channel, date, sequence }) => press_of("daily", [&"anyway", channel, date, sequence]),
            DailyPress::Off(channel) => press_of("daily", [&"off", channel]),
        }
    }

    fn read(press: &Press) -> Option<DailyPress> {
        Some(match words_of(press, "daily")?[..] {
            ["q", date, choice, ref question @ ..] => DailyPress::Answer {
                date: date.parse().ok()?,
                choice: choice.parse().ok()?,
                question: match question {
                    [] => None,
                    [hash] => Some(QuestionHash(read_base36(hash)?)),
                    _ => return None,
                },
            },
            ["show"] => DailyPress::Show,
            ["at", channel, time] => {
                DailyPress::Move { channel: channel.parse().ok()?, time: Time::strptime("%H:%M", time).ok()? }
            }
            ["now", channel, date] => DailyPress::Again { channel: channel.parse().ok()?, date: date.parse().ok()? },
            ["anyway", channel, date, sequence] => DailyPress::Anyway(Key {
                channel: channel.parse().ok()?,
                date: date.parse().ok()?,
                sequence: sequence.parse().ok()?,
            }),
            ["off", channel] => DailyPress::Off(channel.parse().ok()?),
            _ => return None,
        })
    }
}

/// An action on the posts of a replay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplayPress {
    /// Choose an option at a turning point: `1/replay/choose/march/0`.
    Choose {
        /// The turning point's id.
        point: String,
        /// The index of the option, in the editor's order.
        way: usize,
    },
    /// Show the sources of some days: `1/replay/sources/17890714/17890717/0`.
    Sources {
        from: Date,
        to: Date,
        /// The page, from 0.
        page: usize,
    },
    /// Show the replays: `1/replay/show`.
    Show,
}

impl ButtonId for ReplayPress {
    fn press(&self) -> Press {
        match self {
            ReplayPress::Choose { point, way } => press_of("replay", [&"choose", point, way]),
            ReplayPress::Sources { from, to, page } => press_of("replay", [&"sources", &digits(*from), &digits(*to), page]),
            ReplayPress::Show => press_of("replay", [&"show"]),
        }
    }

    fn read(press: &Press) -> Option<ReplayPress> {
        Some(match words_of(press, "replay")?[..] {
            ["choose", point, way] => ReplayPress::Choose { point: point.to_owned(), way: way.parse().ok()? },
            ["sources", from, to, page] => {
                ReplayPress::Sources { from: read_digits(from)?, to: read_digits(to)?, page: page.parse().ok()? }
            }
            ["show"] => ReplayPress::Show,
            _ => return None,
        })
    }
}
