//! The typed contents of button ids: an enum per command, with its encoder and decoder.
//!
//! Discord keeps messages with these ids for years, so a format that was used once stays readable.
//! Decoding accepts any text. Its result is well formed, but not checked against the pack; the command
//! does that. Entries, themes and sources are identified by their ids, never by an index, because
//! reloading the pack would change it.

mod look_up;
mod posts;
mod practice;
#[cfg(test)]
mod tests;

use std::str::FromStr;

pub use look_up::{
    AboutPress, AskPress, CausesPress, CausesView, DayPress, DiscussPress, EntryPress, EntryView, HelpPress, MapPress,
    SourcePress, TimelinePress,
};
pub use posts::{DailyPress, QuestionHash, ReplayPress};
pub use practice::{AlonePress, MyDataPress, QuizPress, ReviewPress, RoundPress, SessionPress, StepAct, TopicHash};

use sha2::{Digest, Sha256};

use super::action::Press;
use crate::pack::Kind;

/// The contents of a command's button ids.
pub trait ButtonId: Sized {
    /// Encodes it as a press.
    fn press(&self) -> Press;

    /// Decodes a press; `None` if no version wrote it.
    fn read(press: &Press) -> Option<Self>;
}

/// The topic of a timeline, a map or a quiz, by the pack's own ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TopicId {
    Everything,
    /// An entry: its kind, and its id without the kind.
    Entry(Kind, String),
    /// A theme: a tag of events.
    Theme(String),
}

impl TopicId {
    /// The topic in ids of timelines and maps: `person.jacques-necker`, `tag.protest`, or empty.
    fn written(&self) -> String {
        match self {
            TopicId::Everything => String::new(),
            TopicId::Entry(kind, id) => format!("{kind}.{id}"),
            TopicId::Theme(theme) => format!("tag.{theme}"),
        }
    }

    /// The topic in ids of quizzes, where a theme has no prefix.
    fn bare(&self) -> String {
        match self {
            TopicId::Theme(theme) => theme.clone(),
            other => other.written(),
        }
    }

    fn read(text: &str) -> Option<TopicId> {
        match text.split_once('.') {
            None if text.is_empty() => Some(TopicId::Everything),
            None => Some(TopicId::Theme(text.to_owned())),
            Some(("tag", theme)) => Some(TopicId::Theme(theme.to_owned())),
            Some((kind, id)) => Some(TopicId::Entry(kind_of(kind)?, id.to_owned())),
        }
    }
}

/// The kind with that word.
fn kind_of(word: &str) -> Option<Kind> {
    Kind::ALL.into_iter().find(|kind| kind.word() == word)
}

/// The arguments of a press for `verb`; `None` if it is for another command.
fn words_of<'a>(press: &'a Press, verb: &str) -> Option<Vec<&'a str>> {
    (press.verb == verb).then(|| press.arguments.iter().map(String::as_str).collect())
}

/// A press with these arguments.
fn press_of<const N: usize>(verb: &str, arguments: [&dyn ToString; N]) -> Press {
    Press::new(verb, arguments.map(ToString::to_string))
}

/// A hash of a text that does not fit into an id.
fn short_hash(text: &str) -> u64 {
    Sha256::digest(text).iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Parses a number from [`base36`](super::action::base36).
fn read_base36(text: &str) -> Option<u64> {
    u64::from_str_radix(text, 36).ok()
}

/// Parses an optional value: `Some(None)` if the text is empty, `None` if it is invalid.
fn optional<T: FromStr>(text: &str) -> Option<Option<T>> {
    if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) }
}
