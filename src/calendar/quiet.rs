//! What a class wants to read on a day without an event.

use std::fmt;
use std::str::FromStr;

/// What to say on a quiet day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Quiet {
    /// A person, group, term or place.
    #[default]
    Portrait,
    /// Where things stood: the last event before and the next one to come.
    Context,
    /// No post, unless the almanac has something of the pack's own country.
    Skip,
}

impl Quiet {
    /// All of them, the default first.
    pub const ALL: [Quiet; 3] = [Quiet::Portrait, Quiet::Context, Quiet::Skip];

    /// The word for it, in commands and in the store.
    pub fn word(self) -> &'static str {
        match self {
            Quiet::Context => "context",
            Quiet::Portrait => "portrait",
            Quiet::Skip => "skip",
        }
    }
}

impl fmt::Display for Quiet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A word that is none of the three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("On a quiet day there is portrait (a person, group, word or place), context (where things stood) or skip (no post).")]
pub struct QuietError;

impl FromStr for Quiet {
    type Err = QuietError;

    fn from_str(text: &str) -> Result<Quiet, QuietError> {
        let text = text.trim().to_lowercase();
        Quiet::ALL.into_iter().find(|quiet| quiet.word() == text).ok_or(QuietError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_read_back() {
        for quiet in Quiet::ALL {
            assert_eq!(quiet.to_string().parse(), Ok(quiet));
        }
        assert_eq!(" Skip ".parse(), Ok(Quiet::Skip));
        assert_eq!("".parse::<Quiet>(), Err(QuietError));
    }
}
