//! The five kinds of written entries in one form, before they are checked.

use super::problem::File;
use super::types::Kind;
use super::written::{
    Located, LocatedText, WrittenClaim, WrittenConfidence, WrittenDispute, WrittenEvent, WrittenGroup, WrittenNote,
    WrittenPerson, WrittenPlace, WrittenSource, WrittenTerm,
};
use super::written_alike::WrittenAlike;
use super::written_almanac::WrittenAlmanacDay;
use super::written_answers::{WrittenAnswer, WrittenSynonym};
use super::written_map::WrittenSheet;
use super::written_questions::{WrittenAuthored, WrittenDiscussion};
use super::written_replay::WrittenTurning;

/// Everything that was read from a pack's files.
pub(super) struct Drafts<'a> {
    pub sources: Vec<WrittenSource>,
    pub events: Vec<WrittenEvent>,
    pub people: Vec<WrittenPerson>,
    pub groups: Vec<WrittenGroup>,
    pub places: Vec<WrittenPlace>,
    pub terms: Vec<WrittenTerm>,
    pub questions: Vec<WrittenAuthored>,
    pub discussions: Vec<WrittenDiscussion>,
    pub turnings: Vec<WrittenTurning>,
    pub synonyms: Vec<WrittenSynonym>,
    pub almanac: Vec<WrittenAlmanacDay>,
    pub sheets: Vec<WrittenSheet>,
    pub alike: Vec<WrittenAlike>,
    /// pack, sources, events, people, groups, places, terms, questions, discussions, replay, synonyms,
    /// almanac, map, alike
    pub files: [File<'a>; 14],
    /// The files of answers; there may be several.
    pub answers: Vec<(File<'a>, Vec<WrittenAnswer>)>,
}

/// The parts that only one kind has.
pub(super) enum Own<'a> {
    Event(&'a WrittenEvent),
    Person(&'a WrittenPerson),
    Group,
    Place(&'a WrittenPlace),
    Term(&'a WrittenTerm),
}

/// An entry as written.
pub(super) struct Draft<'a> {
    pub kind: Kind,
    pub file: &'a File<'a>,
    pub id: &'a LocatedText,
    pub name: &'a LocatedText,
    pub native: Option<&'a LocatedText>,
    pub short: Option<&'a LocatedText>,
    pub aliases: &'a [LocatedText],
    pub gist: Option<&'a LocatedText>,
    pub claims: &'a Located<Vec<WrittenClaim>>,
    pub notes: &'a [WrittenNote],
    pub differ: &'a [WrittenDispute],
    pub confidence: WrittenConfidence,
    pub cite: &'a Located<Vec<LocatedText>>,
    pub own: Own<'a>,
}

macro_rules! draft {
    ($entry:expr, $kind:expr, $file:expr, $own:expr, $native:expr, $short:expr, $gist:expr) => {
        Draft {
            kind: $kind,
            file: $file,
            id: &$entry.id,
            name: &$entry.name,
            native: $native,
            short: $short,
            aliases: &$entry.aliases,
            gist: $gist,
            claims: &$entry.claims,
            notes: &$entry.notes,
            differ: &$entry.differ,
            confidence: $entry.confidence,
            cite: &$entry.cite,
            own: $own,
        }
    };
}

impl Drafts<'_> {
    /// All entries, in the order of kinds and files.
    pub(super) fn entries(&self) -> Vec<Draft<'_>> {
        let [_, _, events, people, groups, places, terms, ..] = &self.files;
        let mut all = Vec::new();
        all.extend(self.events.iter().map(|e| draft!(e, Kind::Event, events, Own::Event(e), None, None, None)));
        all.extend(
            self.people.iter().map(|p| draft!(p, Kind::Person, people, Own::Person(p), p.native.as_ref(), None, Some(&p.gist))),
        );
        all.extend(
            self.groups
                .iter()
                .map(|g| draft!(g, Kind::Group, groups, Own::Group, g.native.as_ref(), g.short.as_ref(), Some(&g.gist))),
        );
        all.extend(
            self.places.iter().map(|p| draft!(p, Kind::Place, places, Own::Place(p), p.native.as_ref(), None, Some(&p.gist))),
        );
        all.extend(self.terms.iter().map(|t| draft!(t, Kind::Term, terms, Own::Term(t), t.native.as_ref(), None, Some(&t.gist))));
        all
    }
}
