//! What a question can ask for, and how its id says so.

use crate::knowledge::Kind;

/// What a question asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Asking {
    /// When an event was.
    Date,
    /// When an event was, typed.
    DateTyped,
    /// What happened on a date.
    EventOn,
    /// Who had a part in an event.
    Who,
    /// Who it is that is described.
    Person,
    /// Who it is that is described, typed.
    PersonTyped,
    /// What a person was.
    Role,
    /// Which word has a meaning.
    Term,
    /// Which word has a meaning, typed.
    TermTyped,
    /// What a word means.
    Meaning,
    /// Which organisation it is that is described.
    Group,
    /// What an organisation was.
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
    /// Which paragraph of the class document says something.
    Paragraph,
    /// Whether what the class document says stands, by its editor's notes.
    Holds,
    /// Whether a description fits a name.
    TrueGist,
    /// What an editor wrote.
    Authored,
}

impl Asking {
    /// All of them.
    pub const ALL: [Asking; 21] = [
        Asking::Date,
        Asking::DateTyped,
        Asking::EventOn,
        Asking::Who,
        Asking::Person,
        Asking::PersonTyped,
        Asking::Role,
        Asking::Term,
        Asking::TermTyped,
        Asking::Meaning,
        Asking::Group,
        Asking::Body,
        Asking::Place,
        Asking::Order,
        Asking::First,
        Asking::Effect,
        Asking::Cause,
        Asking::Paragraph,
        Asking::Holds,
        Asking::TrueGist,
        Asking::Authored,
    ];

    /// The word before the first dot of an id; at most 8 letters.
    pub fn word(self) -> &'static str {
        match self {
            Asking::Date => "date",
            Asking::DateTyped => "when",
            Asking::EventOn => "day",
            Asking::Who => "who",
            Asking::Person => "person",
            Asking::PersonTyped => "name",
            Asking::Role => "role",
            Asking::Term => "term",
            Asking::TermTyped => "word",
            Asking::Meaning => "meaning",
            Asking::Group => "group",
            Asking::Body => "body",
            Asking::Place => "place",
            Asking::Order => "order",
            Asking::First => "first",
            Asking::Effect => "effect",
            Asking::Cause => "cause",
            Asking::Paragraph => "passage",
            Asking::Holds => "holds",
            Asking::TrueGist => "true",
            Asking::Authored => "authored",
        }
    }

    /// Whether the answer may have to be typed.
    pub fn is_typed(self) -> bool {
        matches!(self, Asking::DateTyped | Asking::PersonTyped | Asking::TermTyped)
    }

    /// The kind of entry whose id follows the word; `None` where something else follows.
    pub(super) fn subject(self) -> Option<Kind> {
        match self {
            Asking::Person | Asking::PersonTyped | Asking::Role => Some(Kind::Person),
            Asking::Term | Asking::TermTyped | Asking::Meaning => Some(Kind::Term),
            Asking::Group | Asking::Body => Some(Kind::Group),
            Asking::Paragraph | Asking::Holds | Asking::TrueGist | Asking::Authored => None,
            _ => Some(Kind::Event),
        }
    }

    /// What is remembered by whoever answers it: the word before the slash of an item. Kinds that test
    /// the same knowledge share it.
    pub(super) fn tests(self) -> &'static str {
        match self {
            Asking::Date | Asking::DateTyped | Asking::EventOn => "when",
            Asking::Order | Asking::First => "order",
            Asking::Who => "who",
            Asking::Place => "place",
            Asking::Effect => "effect",
            Asking::Cause => "cause",
            Asking::Paragraph => "passage",
            Asking::Holds => "holds",
            Asking::Authored => "authored",
            _ => "meaning",
        }
    }

    /// How much it takes to answer, from 1.
    pub(super) fn effort(self) -> u8 {
        match self {
            Asking::TrueGist | Asking::Person | Asking::Term | Asking::Group | Asking::Meaning | Asking::Place => 1,
            Asking::Order | Asking::DateTyped | Asking::Paragraph | Asking::TermTyped => 3,
            _ => 2,
        }
    }
}

/// Reads the kind and the subject out of an id.
pub(super) fn read(id: &str) -> Option<(Asking, &str)> {
    let (word, subject) = id.split_once('.')?;
    let kind = Asking::ALL.into_iter().find(|kind| kind.word() == word)?;
    Some((kind, subject))
}
