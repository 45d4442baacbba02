//! The mode and the state of a replay.

use super::Pause;

/// Whether a replay fits into a lesson or takes its real time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplayMode {
    /// All of it within this many seconds.
    Lesson {
        /// The time from the opening to the closing post, before changes of the speed.
        seconds: i64,
    },
    /// Each event at its own time on its own date, in that year.
    AsItHappened { year: i16 },
}

/// The state of a replay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplayState {
    /// The next post comes at `next_at`.
    Running,
    Paused(Pause),
    /// Somebody stopped it before its end.
    Stopped,
    /// Its closing post is enqueued or sent.
    Ended,
}
