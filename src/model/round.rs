//! Where a class round stands, and what becomes of a press on it.

use std::fmt;
use std::str::FromStr;

/// Where a round stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The question at the position is about to be posted.
    Opening,
    /// It stands in the channel and answers count.
    Asking,
    /// Its answer stands in the channel, to be read.
    Telling,
    /// What the round came to is about to be posted.
    Closing,
    Ended,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Phase::Opening => "opening",
            Phase::Asking => "asking",
            Phase::Telling => "telling",
            Phase::Closing => "closing",
            Phase::Ended => "ended",
        })
    }
}

impl FromStr for Phase {
    type Err = String;

    fn from_str(text: &str) -> Result<Phase, String> {
        [Phase::Opening, Phase::Asking, Phase::Telling, Phase::Closing, Phase::Ended]
            .into_iter()
            .find(|phase| phase.to_string() == text)
            .ok_or_else(|| format!("a phase of {text}"))
    }
}

/// What became of a press on an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    Counted,
    /// It counts in place of the student's earlier answer.
    Changed,
    /// This press was counted before, or a later one of the student's.
    Known,
    /// The question is not open any more.
    Late,
    /// There is no such round, question or answer in that channel.
    Unknown,
}
