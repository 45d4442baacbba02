//! The parts of entries: kinds, indices, claims, notes and disputes.

use std::fmt;

use super::citation::{Citation, Passage};

/// The kinds of entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Event,
    Person,
    Group,
    Place,
    /// A word to know.
    Term,
}

impl Kind {
    /// All kinds, in the order in which they are listed.
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

/// An entry, as an index into the pack's entries. Only valid for its own pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryIdx(pub u32);

/// One sentence in our own words with its citations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Its id within the entry, if it has one.
    pub id: Option<String>,
    pub text: String,
    /// The citations; never empty.
    pub cite: Vec<Citation>,
}

impl Claim {
    /// Whether it cites the class document; otherwise it is labelled as background.
    pub fn is_from_document(&self) -> bool {
        self.cite.iter().any(|citation| citation.passage().is_some())
    }

    /// The first passage of the class document that it cites.
    pub fn passage(&self) -> Option<Passage> {
        self.cite.iter().find_map(|citation| citation.passage())
    }
}

/// An editor's note: what the document says, and what the historical record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The passages (and claims) of the class document that it is about.
    pub on: Vec<Citation>,
    /// What the document says.
    pub document: String,
    /// What the historical record says.
    pub record: String,
    /// The citations for the record; at least one background source.
    pub cite: Vec<Citation>,
}

impl Note {
    /// Whether the note is about what a claim reports: both cite the same passage of the class document,
    /// and the same claim of it if both name one. A claim that cites the whole passage counts as
    /// corrected, because it may be the mistaken one.
    pub fn corrects(&self, claim: &Claim) -> bool {
        let about = |on: Citation, cited: Citation| match (on, cited) {
            (Citation::Document { passage, claim }, Citation::Document { passage: other, claim: single }) => {
                passage == other && (claim.is_none() || single.is_none() || claim == single)
            }
            _ => false,
        };
        self.on.iter().any(|on| claim.cite.iter().any(|cited| about(*on, *cited)))
    }
}

/// A disagreement of historians or sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// A sentence that describes the disagreement.
    pub text: String,
    /// The ids of the disputed claims; empty if the whole entry is disputed.
    pub claims: Vec<String>,
    pub cite: Vec<Citation>,
}

/// How thoroughly an entry was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Confidence {
    /// Against the sources it cites.
    #[default]
    Verified,
    /// Only partly: the card says so, and quizzes leave it out.
    Partly,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_corrects_what_may_be_the_sentence_it_is_about() {
        let cited = |paragraph, claim| Citation::Document { passage: Passage::Paragraph(paragraph), claim };
        let note = |on| Note { on: vec![on], document: String::new(), record: String::new(), cite: Vec::new() };
        let claim = |cite| Claim { id: None, text: String::new(), cite: vec![cite] };
        for (on, resting_on, corrects) in [
            (cited(9, Some(3)), cited(9, Some(3)), true),
            (cited(9, Some(3)), cited(9, Some(4)), false),
            (cited(9, Some(3)), cited(9, None), true),
            (cited(9, None), cited(9, Some(4)), true),
            (cited(9, None), cited(9, None), true),
            (cited(9, None), cited(8, None), false),
            (cited(9, None), Citation::Background(crate::pack::SourceIdx(0)), false),
        ] {
            assert_eq!(note(on).corrects(&claim(resting_on)), corrects, "{on:?} {resting_on:?}");
        }
    }
}
