//! The kinds of questions, and their words in ids.

use crate::pack::Kind;

/// What a question asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum QuestionKind {
    /// When an event was.
    Date,
    /// When an event was, typed.
    DateTyped,
    /// What happened on a date.
    EventOn,
    /// Who took part in an event.
    Who,
    /// The person with a description.
    Person,
    /// The person with a description, typed.
    PersonTyped,
    /// What a person was.
    Role,
    /// The word with a meaning.
    Term,
    /// The word with a meaning, typed.
    TermTyped,
    /// What a word means.
    Meaning,
    /// The group with a description.
    Group,
    /// What a group was.
    Body,
    /// Where an event was.
    Place,
    /// Four events to put in order.
    Order,
    /// Which of three events came first.
    First,
    /// What an event led to.
    Effect,
    /// What led to an event.
    Cause,
    /// The paragraph of the class document that says something.
    Paragraph,
    /// Whether a claim of the class document is true, according to the editor's notes.
    Holds,
    /// Whether a description fits a name.
    TrueGist,
    /// What an editor wrote.
    Authored,
}

impl QuestionKind {
    pub const ALL: [QuestionKind; 21] = [
        QuestionKind::Date,
        QuestionKind::DateTyped,
        QuestionKind::EventOn,
        QuestionKind::Who,
        QuestionKind::Person,
        QuestionKind::PersonTyped,
        QuestionKind::Role,
        QuestionKind::Term,
        QuestionKind::TermTyped,
        QuestionKind::Meaning,
        QuestionKind::Group,
        QuestionKind::Body,
        QuestionKind::Place,
        QuestionKind::Order,
        QuestionKind::First,
        QuestionKind::Effect,
        QuestionKind::Cause,
        QuestionKind::Paragraph,
        QuestionKind::Holds,
        QuestionKind::TrueGist,
        QuestionKind::Authored,
    ];

    /// The word before the first dot of an id; at most 8 letters.
    pub fn word(self) -> &'static str {
        match self {
            QuestionKind::Date => "date",
            QuestionKind::DateTyped => "when",
            QuestionKind::EventOn => "day",
            QuestionKind::Who => "who",
            QuestionKind::Person => "person",
            QuestionKind::PersonTyped => "name",
            QuestionKind::Role => "role",
            QuestionKind::Term => "term",
            QuestionKind::TermTyped => "word",
            QuestionKind::Meaning => "meaning",
            QuestionKind::Group => "group",
            QuestionKind::Body => "body",
            QuestionKind::Place => "place",
            QuestionKind::Order => "order",
            QuestionKind::First => "first",
            QuestionKind::Effect => "effect",
            QuestionKind::Cause => "cause",
            QuestionKind::Paragraph => "passage",
            QuestionKind::Holds => "holds",
            QuestionKind::TrueGist => "true",
            QuestionKind::Authored => "authored",
        }
    }

    /// Whether the answer must be typed.
    pub fn is_typed(self) -> bool {
        matches!(self, QuestionKind::DateTyped | QuestionKind::PersonTyped | QuestionKind::TermTyped)
    }

    /// The kind of entry whose id follows the word; `None` if something else follows.
    pub(super) fn subject(self) -> Option<Kind> {
        match self {
            QuestionKind::Person | QuestionKind::PersonTyped | QuestionKind::Role => Some(Kind::Person),
            QuestionKind::Term | QuestionKind::TermTyped | QuestionKind::Meaning => Some(Kind::Term),
            QuestionKind::Group | QuestionKind::Body => Some(Kind::Group),
            QuestionKind::Paragraph | QuestionKind::Holds | QuestionKind::TrueGist | QuestionKind::Authored => None,
            _ => Some(Kind::Event),
        }
    }

    /// The part of an item before the slash. Kinds that test the same knowledge share it.
    pub(super) fn tests(self) -> &'static str {
        match self {
            QuestionKind::Date | QuestionKind::DateTyped | QuestionKind::EventOn => "when",
            QuestionKind::Order | QuestionKind::First => "order",
            QuestionKind::Who => "who",
            QuestionKind::Place => "place",
            QuestionKind::Effect => "effect",
            QuestionKind::Cause => "cause",
            QuestionKind::Paragraph => "passage",
            QuestionKind::Holds => "holds",
            QuestionKind::Authored => "authored",
            _ => "meaning",
        }
    }

    /// How difficult it is to answer, from 1.
    pub(super) fn effort(self) -> u8 {
        match self {
            QuestionKind::TrueGist
            | QuestionKind::Person
            | QuestionKind::Term
            | QuestionKind::Group
            | QuestionKind::Meaning
            | QuestionKind::Place => 1,
            QuestionKind::Order | QuestionKind::DateTyped | QuestionKind::Paragraph | QuestionKind::TermTyped => 3,
            _ => 2,
        }
    }
}

/// Parses the kind and the subject of an id.
pub(super) fn read(id: &str) -> Option<(QuestionKind, &str)> {
    let (word, subject) = id.split_once('.')?;
    let kind = QuestionKind::ALL.into_iter().find(|kind| kind.word() == word)?;
    Some((kind, subject))
}
