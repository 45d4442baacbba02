//! Buttons of quizzes, reviews and rounds, and of a student's own data.

use std::fmt;

use super::{ButtonId, TopicId, optional, press_of, read_base36, short_hash, words_of};
use crate::card::action::{Press, base36};
use crate::model::{Difficulty, Rating, SessionKind};

/// An action in a session of questions, by the session's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionPress {
    /// Continue: `1/quiz/7`.
    GoOn(u64),
    /// End it: `1/quiz/7/end`.
    End(u64),
    /// An action on a question: `1/quiz/7/0/c2`.
    At {
        session: u64,
        /// The index of the question.
        position: usize,
        act: StepAct,
    },
}

/// An action on a question of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepAct {
    /// "I don't know": `pass`.
    Pass,
    /// Show the answer to a student who rates themselves: `show`.
    Show,
    /// Type an answer: `t`.
    Type,
    /// Take a choice, by its index: `c2`.
    Choose(usize),
    /// Rate oneself: `r3`.
    Rate(Rating),
}

impl StepAct {
    fn read(text: &str) -> Option<StepAct> {
        Some(match text {
            "pass" => StepAct::Pass,
            "show" => StepAct::Show,
            "t" => StepAct::Type,
            other => match other.split_at_checked(1)? {
                ("c", choice) => StepAct::Choose(choice.parse().ok()?),
                ("r", rating) => StepAct::Rate(Rating::numbered(rating.parse().ok()?)?),
                _ => return None,
            },
        })
    }
}

impl fmt::Display for StepAct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StepAct::Pass => f.write_str("pass"),
            StepAct::Show => f.write_str("show"),
            StepAct::Type => f.write_str("t"),
            StepAct::Choose(choice) => write!(f, "c{choice}"),
            StepAct::Rate(rating) => write!(f, "r{}", rating.number()),
        }
    }
}

impl SessionPress {
    /// The press for a session of that kind.
    pub fn press(self, kind: SessionKind) -> Press {
        match self {
            SessionPress::GoOn(session) => press_of(kind.word(), [&session]),
            SessionPress::End(session) => press_of(kind.word(), [&session, &"end"]),
            SessionPress::At { session, position, act } => press_of(kind.word(), [&session, &position, &act]),
        }
    }

    fn read(words: &[&str]) -> Option<SessionPress> {
        let (session, rest) = words.split_first()?;
        let session = session.parse().ok()?;
        Some(match rest {
            [] => SessionPress::GoOn(session),
            ["end"] => SessionPress::End(session),
            [position, act] => SessionPress::At { session, position: position.parse().ok()?, act: StepAct::read(act)? },
            _ => return None,
        })
    }
}

/// An action on quizzes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuizPress {
    /// Start one: `1/quiz/start/person.jacques-necker/5/easy`, `1/quiz/start/protest/5/`.
    Start {
        /// The topic.
        topic: TopicId,
        /// The number of questions.
        questions: usize,
        /// The difficulty, if one was requested.
        difficulty: Option<Difficulty>,
    },
    /// Start another one with the same options: `1/quiz/7/again`.
    Again(u64),
    In(SessionPress),
}

impl ButtonId for QuizPress {
    fn press(&self) -> Press {
        match self {
            QuizPress::Start { topic, questions, difficulty } => {
                press_of("quiz", [&"start", &topic.bare(), questions, &difficulty.map_or("", Difficulty::word)])
            }
            QuizPress::Again(session) => press_of("quiz", [session, &"again"]),
            QuizPress::In(press) => press.press(SessionKind::Quiz),
        }
    }

    fn read(press: &Press) -> Option<QuizPress> {
        Some(match words_of(press, "quiz")?[..] {
            ["start", topic, questions, difficulty] => QuizPress::Start {
                topic: TopicId::read(topic)?,
                questions: questions.parse().ok()?,
                difficulty: optional(difficulty)?,
            },
            [session, "again"] => QuizPress::Again(session.parse().ok()?),
            ref words => QuizPress::In(SessionPress::read(words)?),
        })
    }
}

/// An action on reviews.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewPress {
    /// Ask what is due: `1/review/start`.
    Start,
    /// Ask new items, even if today's are used up: `1/review/more`.
    More,
    In(SessionPress),
}

impl ButtonId for ReviewPress {
    fn press(&self) -> Press {
        match self {
            ReviewPress::Start => press_of("review", [&"start"]),
            ReviewPress::More => press_of("review", [&"more"]),
            ReviewPress::In(press) => press.press(SessionKind::Review),
        }
    }

    fn read(press: &Press) -> Option<ReviewPress> {
        Some(match words_of(press, "review")?[..] {
            ["start"] => ReviewPress::Start,
            ["more"] => ReviewPress::More,
            ref words => ReviewPress::In(SessionPress::read(words)?),
        })
    }
}

/// A hash of a topic, for ids without space for the topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TopicHash(pub u64);

impl TopicHash {
    /// The hash of a topic.
    pub fn of(topic: &TopicId) -> TopicHash {
        TopicHash(short_hash(&topic.written()))
    }
}

/// A round of an older version that a student played alone, with its whole state:
/// `1/round/n/seed/count/place/right/topic`, with a choice `1/round/c/…/1`. New buttons never contain
/// it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlonePress {
    /// The seed of its questions.
    pub seed: u32,
    /// The number of questions.
    pub count: usize,
    /// The index of the current question.
    pub place: usize,
    /// Which questions were answered right, one bit each.
    pub right: u32,
    /// The topic; `None` for everything.
    pub topic: Option<TopicHash>,
    /// The index of the choice; `None` to ask the question.
    pub chosen: Option<usize>,
}

impl AlonePress {
    fn read(words: &[&str], chosen: Option<usize>) -> Option<AlonePress> {
        let [seed, count, place, right, topic] = words else { return None };
        let topic = match topic.split_at_checked(1)? {
            ("-", "") => None,
            ("h", hash) => Some(TopicHash(read_base36(hash)?)),
            // An older format with the index of an entry or theme, which may mean another one by now.
            _ => return None,
        };
        let (seed, count, place) = (seed.parse().ok()?, count.parse().ok()?, place.parse().ok()?);
        Some(AlonePress { seed, count, place, right: right.parse().ok()?, topic, chosen })
    }
}

/// An action in a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoundPress {
    /// Answer in a class's round: `1/round/a/7/0/2`.
    Answer {
        round: u64,
        /// The index of the question.
        position: usize,
        /// The index of the choice.
        choice: u8,
    },
    /// An action in a round of an older version that was played alone.
    Alone(AlonePress),
}

impl ButtonId for RoundPress {
    fn press(&self) -> Press {
        match self {
            RoundPress::Answer { round, position, choice } => press_of("round", [&"a", round, position, choice]),
            RoundPress::Alone(AlonePress { seed, count, place, right, topic, chosen }) => {
                let topic = topic.map_or("-".to_owned(), |TopicHash(hash)| format!("h{}", base36(hash)));
                match chosen {
                    None => press_of("round", [&"n", seed, count, place, right, &topic]),
                    Some(chosen) => press_of("round", [&"c", seed, count, place, right, &topic, chosen]),
                }
            }
        }
    }

    fn read(press: &Press) -> Option<RoundPress> {
        let words = words_of(press, "round")?;
        Some(match words[..] {
            ["a", round, position, choice] => {
                RoundPress::Answer { round: round.parse().ok()?, position: position.parse().ok()?, choice: choice.parse().ok()? }
            }
            ["n", ref words @ ..] => RoundPress::Alone(AlonePress::read(words, None)?),
            ["c", ref words @ .., chosen] => RoundPress::Alone(AlonePress::read(words, Some(chosen.parse().ok()?))?),
            _ => return None,
        })
    }
}

/// An action on the user's own data: `1/my-data/show`, `1/my-data/delete/yes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MyDataPress {
    Show,
    /// Export it as a file.
    Export,
    /// Ask for confirmation before deleting it.
    Delete,
    DeleteForGood,
}

impl ButtonId for MyDataPress {
    fn press(&self) -> Press {
        match self {
            MyDataPress::Show => press_of("my-data", [&"show"]),
            MyDataPress::Export => press_of("my-data", [&"export"]),
            MyDataPress::Delete => press_of("my-data", [&"delete"]),
            MyDataPress::DeleteForGood => press_of("my-data", [&"delete", &"yes"]),
        }
    }

    fn read(press: &Press) -> Option<MyDataPress> {
        Some(match words_of(press, "my-data")?[..] {
            ["show"] => MyDataPress::Show,
            ["export"] => MyDataPress::Export,
            ["delete"] => MyDataPress::Delete,
            ["delete", "yes"] => MyDataPress::DeleteForGood,
            _ => return None,
        })
    }
}
