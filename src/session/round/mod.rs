//! The class round: one question after another in a channel, everybody answers alone, the class
//! sees how it split.
//!
//! [`step`] says from a stored round and an instant what comes next; [`Rounds`] does it, one task a
//! round, and takes up after a restart what the store says was under way. A press only writes a
//! row; the round's own task, and nobody else, edits the channel, at most once in [`step::PACE`].

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
pub use run::{Bookcase, Grading, RoundCard, Rounds, Unstarted};
pub use step::{Effect, PACE, RoundStep, step};

/// What is known and can be asked.
pub trait Book {
    /// The pack and its questions; reading them takes a moment the first time.
    fn questions(&self) -> Questions<'_>;
}
