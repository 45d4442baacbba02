//! How a replay goes, and how it stands.

use super::Pause;

/// Whether a replay is pressed into a lesson or takes its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplayMode {
    /// All of it in so many seconds.
    Lesson {
        /// From the opening to the closing post, at the speed asked for.
        seconds: i64,
    },
    /// Each event at its own clock time on its own day of a year.
    AsItHappened { year: i16 },
}

/// How a replay stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplayState {
    /// It goes on at `next_at`.
    Running,
    Paused(Pause),
    /// Somebody stopped it before its end.
    Stopped,
    /// Its closing post is in line or sent.
    Ended,
}
