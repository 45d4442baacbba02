//! What a class wants to read on a day without an event.

use std::fmt;
use std::str::FromStr;

/// What to post on a day without an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum QuietPolicy {
    /// A person, group, term or place.
    #[default]
    Portrait,
    /// The situation at the time: the last event before and the next one after.
    Context,
    /// No post, unless the almanac has something about the pack's own country.
    Skip,
}

impl QuietPolicy {
    /// All policies, the default first.
    pub const ALL: [QuietPolicy; 3] = [QuietPolicy::Portrait, QuietPolicy::Context, QuietPolicy::Skip];

    /// Its word in commands and in the store.
    pub fn word(self) -> &'static str {
        match self {
            QuietPolicy::Context => "context",
            QuietPolicy::Portrait => "portrait",
            QuietPolicy::Skip => "skip",
        }
    }
}

impl fmt::Display for QuietPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The word is none of the three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("On a quiet day there is portrait (a person, group, word or place), context (where things stood) or skip (no post).")]
pub struct QuietError;

impl FromStr for QuietPolicy {
    type Err = QuietError;

    fn from_str(text: &str) -> Result<QuietPolicy, QuietError> {
        let text = text.trim().to_lowercase();
        QuietPolicy::ALL.into_iter().find(|quiet| quiet.word() == text).ok_or(QuietError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_read_back() {
        for quiet in QuietPolicy::ALL {
            assert_eq!(quiet.to_string().parse(), Ok(quiet));
        }
        assert_eq!(" Skip ".parse(), Ok(QuietPolicy::Skip));
        assert_eq!("".parse::<QuietPolicy>(), Err(QuietError));
    }
}
