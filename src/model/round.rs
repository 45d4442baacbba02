//! The phase of a class round, and the result of a press.

use std::fmt;
use std::str::FromStr;

/// The phase of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The current question will be posted next.
    Opening,
    /// The question is posted, and answers count.
    Asking,
    /// The solution is posted, for students to read.
    Telling,
    /// The result of the round will be posted next.
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

/// The result of a press on a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    Counted,
    /// It replaces the student's earlier answer.
    Changed,
    /// This press, or a later one of the student, was counted before.
    Known,
    /// The question is closed.
    Late,
    /// There is no such round, question or choice in that channel.
    Unknown,
}
