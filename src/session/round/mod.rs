//! Class rounds: one question after another in a channel. Everybody answers privately, then the class
//! sees the distribution.
//!
//! [`step`] decides from a stored round and an instant what comes next. [`Rounds`] does it, with one
//! task per round, and after a restart continues the rounds in the store. A press only writes a row;
//! only the round's own task edits the channel, at most once in [`step::PACE`].

mod active;
mod cards;
mod draw;
mod report;
mod run;
mod step;

use crate::session::Questions;

pub use cards::answered;
pub use draw::{MOST_QUESTIONS, draw, made};
pub use report::{ClassReport, ENOUGH, ItemStanding, csv, example, report, standing_of};
pub use run::{CurrentQuestions, Grading, RoundCard, Rounds, Unstarted};
pub use step::{Effect, PACE, RoundStep, step};

/// A pack with its questions.
pub trait QuestionSource {
    /// The pack and its questions. The first call builds the index, which takes a moment.
    fn questions(&self) -> Questions<'_>;
}
