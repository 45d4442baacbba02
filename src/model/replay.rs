//! The mode and the state of a replay.

use std::str::FromStr;

use super::Pause;

/// Whether a replay fits into a lesson or takes its real time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplayMode {
    /// All of it within this many seconds.
    Lesson {
        /// The time from the opening to the closing post, before changes of the speed.
        seconds: i64,
        detail: LessonDetail,
    },
    /// Each event at its own time on its own date, in that year.
    AsItHappened { year: i16 },
}

/// How much of the story a lesson tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LessonDetail {
    /// The weightiest events, at a pace that a class can read.
    #[default]
    Highlights,
    /// Every event.
    All,
}

impl LessonDetail {
    pub const ALL: [LessonDetail; 2] = [LessonDetail::Highlights, LessonDetail::All];

    /// The word in the store and in `/replay start detail:`.
    pub fn word(self) -> &'static str {
        match self {
            LessonDetail::Highlights => "highlights",
            LessonDetail::All => "all",
        }
    }
}

impl FromStr for LessonDetail {
    type Err = String;

    fn from_str(word: &str) -> Result<LessonDetail, String> {
        LessonDetail::ALL.into_iter().find(|known| known.word() == word).ok_or_else(|| format!("a detail called {word}"))
    }
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
