//! What the store and the engine share about practice.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

/// How well an item is remembered, in FSRS's terms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CardState {
    /// In how many days the probability of recall falls to 0.9.
    pub stability: f32,
    /// From 1 (easy) to 10.
    pub difficulty: f32,
    /// When it was last answered.
    pub last: Timestamp,
    /// When it is due again.
    pub due: Timestamp,
    /// How often it was answered.
    pub reviews: u32,
    /// How often it was forgotten after it was known.
    pub lapses: u32,
}

/// The rating of an answer, in FSRS's terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rating {
    /// Forgotten.
    Again,
    /// Remembered with difficulty.
    Hard,
    /// Remembered.
    Good,
    /// Remembered without any help.
    Easy,
}

impl Rating {
    /// Its number in FSRS and in the store, from 1 (forgotten) to 4 (easy).
    pub fn number(self) -> u8 {
        match self {
            Rating::Again => 1,
            Rating::Hard => 2,
            Rating::Good => 3,
            Rating::Easy => 4,
        }
    }

    /// The rating with that number.
    pub fn numbered(number: u8) -> Option<Rating> {
        [Rating::Again, Rating::Hard, Rating::Good, Rating::Easy].into_iter().find(|rating| rating.number() == number)
    }
}

/// How hard a question is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Difficulty {
    /// What everybody should know.
    Easy,
    /// What a good student knows.
    Middle,
    /// For those who want to be challenged.
    Hard,
}

impl Difficulty {
    /// All difficulties, the easiest first.
    pub const ALL: [Difficulty; 3] = [Difficulty::Easy, Difficulty::Middle, Difficulty::Hard];

    /// Its word in commands.
    pub fn word(self) -> &'static str {
        match self {
            Difficulty::Easy => "easy",
            Difficulty::Middle => "middle",
            Difficulty::Hard => "hard",
        }
    }

    /// The difficulty with that number: 1 easy, 2 middle, 3 hard; other numbers give the nearest.
    pub fn numbered(number: u8) -> Difficulty {
        match number {
            0 | 1 => Difficulty::Easy,
            2 => Difficulty::Middle,
            _ => Difficulty::Hard,
        }
    }
}

impl FromStr for Difficulty {
    type Err = String;

    fn from_str(word: &str) -> Result<Difficulty, String> {
        Difficulty::ALL.into_iter().find(|known| known.word() == word).ok_or_else(|| format!("a difficulty called {word}"))
    }
}

/// The kind of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SessionKind {
    /// Questions about a topic.
    Quiz,
    /// Due items.
    Review,
}

impl SessionKind {
    /// Its word, the command's name.
    pub fn word(self) -> &'static str {
        match self {
            SessionKind::Quiz => "quiz",
            SessionKind::Review => "review",
        }
    }
}

impl fmt::Display for SessionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for SessionKind {
    type Err = String;

    fn from_str(word: &str) -> Result<SessionKind, String> {
        [SessionKind::Quiz, SessionKind::Review]
            .into_iter()
            .find(|known| known.word() == word)
            .ok_or_else(|| format!("an exercise called {word}"))
    }
}
