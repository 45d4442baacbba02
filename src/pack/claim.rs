//! What entries are made of: their kinds and numbers, and claims with what they rest on.

use std::fmt;

use super::citation::{Citation, Passage};

/// The kinds of thing one can look up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Something that happened.
    Event,
    /// Somebody.
    Person,
    /// An organisation.
    Group,
    /// Somewhere.
    Place,
    /// A word to know.
    Term,
}

impl Kind {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Kind; 5] = [Kind::Event, Kind::Person, Kind::Group, Kind::Place, Kind::Term];

    /// The word used in entry ids: `event/…`.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Event => "event",
            Kind::Person => "person",
            Kind::Group => "group",
            Kind::Place => "place",
            Kind::Term => "term",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// An entry of a pack, by number. Only valid for the pack that gave it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryIdx(pub u32);

/// One sentence in our own words and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// A name for it within its entry, if it has one.
    pub id: Option<String>,
    /// The sentence.
    pub text: String,
    /// What it rests on; never empty.
    pub cite: Vec<Citation>,
}

impl Claim {
    /// Whether it rests on the class document (otherwise it is background, and labelled so).
    pub fn is_from_document(&self) -> bool {
        self.cite.iter().any(|citation| citation.passage().is_some())
    }

    /// The first passage of the class document it rests on.
    pub fn passage(&self) -> Option<Passage> {
        self.cite.iter().find_map(|citation| citation.passage())
    }
}

/// An editor's note: what the document says, and what the record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The passages (and single claims) of the class document that it is about.
    pub on: Vec<Citation>,
    /// What the document says.
    pub document: String,
    /// What the record says.
    pub record: String,
    /// What the record rests on; at least one background source.
    pub cite: Vec<Citation>,
}

/// Where historians differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// The sentence that says how.
    pub text: String,
    /// The ids of the entry's claims that it is about; empty when it is about all of it.
    pub claims: Vec<String>,
    /// Who says what.
    pub cite: Vec<Citation>,
}

/// How well an entry was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Confidence {
    /// Against the sources it cites.
    #[default]
    Verified,
    /// Only partly: said on its card, and never quizzed.
    Partly,
}
