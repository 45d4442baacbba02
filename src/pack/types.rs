//! The pack as a value for the rest of the program.

use std::collections::HashMap;

use jiff::civil::Date;

use super::almanac::AlmanacDay;
use super::answers::{AuthoredAnswer, Synonyms};
use super::citation::{Citation, Passage};
pub use super::claim::{Claim, Confidence, Dispute, EntryIdx, Kind, Note};
use super::map::MapSheet;
use super::moment::Moment;
use super::questions::{Authored, Discussion};
use super::sources::{Source, SourceIdx};
use super::turning::TurningPoint;

/// A person or thing that goes from one place to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Who or what, in a few words; at most 40 characters.
    pub who: String,
    /// From which place.
    pub from: EntryIdx,
    /// To which place.
    pub to: EntryIdx,
    /// The citations; never empty.
    pub cite: Vec<Citation>,
}

/// The parts that only an event has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventFacts {
    /// When, in local time.
    pub when: Moment,
    /// One sentence on why it mattered.
    pub mattered: Option<Claim>,
    /// The importance from the editor, for events whose links are misleading; 0 to 1000.
    pub weight: Option<u16>,
    pub people: Vec<EntryIdx>,
    /// The groups that took part.
    pub groups: Vec<EntryIdx>,
    pub places: Vec<EntryIdx>,
    /// Who went from where to where during the event; drawn on maps.
    pub moves: Vec<Move>,
    /// Its themes, lower case.
    pub tags: Vec<String>,
    /// The events that it led to, by time.
    pub leads_to: Vec<EntryIdx>,
    /// The events that led to it (the inverse of `leads_to`), by time.
    pub led_from: Vec<EntryIdx>,
}

/// An office that somebody held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Its name: "prime minister".
    pub office: String,
    /// Its country ("France") or body ("the Commune of Paris").
    pub of: String,
    /// The period as precisely as it is known; `None` if the pack does not say.
    pub when: Option<Moment>,
    /// The citations; never empty.
    pub cite: Vec<Citation>,
}

/// A person's dates and offices, as precisely as they are known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Life {
    pub born: Option<Moment>,
    pub born_at: Option<String>,
    pub died: Option<Moment>,
    /// Place of death, as text.
    pub died_at: Option<String>,
    /// Offices, by time.
    pub roles: Vec<Role>,
}

/// The parts that only entries of one kind have.
#[derive(Debug, Clone, PartialEq)]
pub enum Facts {
    Event(EventFacts),
    Person(Life),
    /// A group has no parts of its own.
    Group,
    Place {
        /// Decimal degrees north, WGS 84, accurate to about a kilometre.
        latitude: f64,
        /// Decimal degrees east, WGS 84, accurate to about a kilometre.
        longitude: f64,
    },
    Term {
        /// The events that show what it means.
        events: Vec<EntryIdx>,
    },
}

/// Something that can be looked up.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// `event/1789-07-14-bastille-falls`: the word of the kind, a slash, and the id in the file.
    pub id: String,
    pub kind: Kind,
    pub name: String,
    /// The name in the language of the country.
    pub native: Option<String>,
    pub short: Option<String>,
    /// Alternative names.
    pub aliases: Vec<String>,
    /// One sentence that says who or what it is, or what happened.
    pub gist: Option<Claim>,
    /// The claims about it.
    pub claims: Vec<Claim>,
    pub notes: Vec<Note>,
    pub disputes: Vec<Dispute>,
    /// How thoroughly it was checked.
    pub confidence: Confidence,
    /// The citations for date, place and participants.
    pub cite: Vec<Citation>,
    /// The parts that only its kind has.
    pub facts: Facts,
    /// How connected it is, from its links and its share of the class document; larger is more.
    /// Comparable across kinds.
    pub connected: u16,
    /// Its importance within its kind: the editor's weight, or else `connected`.
    pub importance: u16,
}

impl Entry {
    /// The id without its kind.
    pub fn bare_id(&self) -> &str {
        self.id.split_once('/').map_or(self.id.as_str(), |(_, id)| id)
    }

    /// The facts of an event, if it is one.
    pub fn event(&self) -> Option<&EventFacts> {
        match &self.facts {
            Facts::Event(facts) => Some(facts),
            _ => None,
        }
    }

    /// Whether an editor's note corrects what a claim of this entry reports.
    pub fn is_corrected(&self, claim: &Claim) -> bool {
        self.notes.iter().any(|note| note.corrects(claim))
    }

    /// The claims that no editor's note corrects, for places without space for a claim and its
    /// correction. The entry's own card shows both.
    pub fn uncorrected(&self) -> impl Iterator<Item = &Claim> + Clone {
        self.claims.iter().filter(|claim| !self.is_corrected(claim))
    }

    /// Whether sources differ about the entry as a whole, and not only about certain claims of it.
    pub fn is_disputed(&self) -> bool {
        self.disputes.iter().any(|dispute| dispute.claims.is_empty())
    }

    /// Whether sources differ about a claim of this entry.
    pub fn is_claim_disputed(&self, claim: &Claim) -> bool {
        let named = |dispute: &Dispute| claim.id.as_ref().is_some_and(|id| dispute.claims.contains(id));
        self.is_disputed() || self.disputes.iter().any(named)
    }

    /// When an event happened; `None` for other kinds.
    pub fn when(&self) -> Option<Moment> {
        self.event().map(|facts| facts.when)
    }
}

/// A paragraph of the class document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paragraph {
    /// Counted from 1 over the whole document, without headings and study questions.
    pub number: u8,
    /// The heading above it.
    pub section: String,
    /// A summary in a few of our own words.
    pub about: String,
    /// How many single claims it contains.
    pub claims: u8,
}

/// A question the class document puts to its readers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StudyQuestion {
    /// Counted from 1.
    pub number: u8,
    /// The paragraph before it.
    pub after: u8,
    /// A summary in a few of our own words.
    pub about: String,
}

/// The class document that a pack teaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub title: String,
    /// Its paragraphs, in order.
    pub paragraphs: Vec<Paragraph>,
    /// Its study questions, in order.
    pub questions: Vec<StudyQuestion>,
}

/// A unit of knowledge in which every link and every citation is valid.
#[derive(Debug, Clone)]
pub struct Pack {
    /// Kebab-case.
    pub id: String,
    /// The title, as in "I teach …".
    pub title: String,
    /// The subject, as in "I only know about …".
    pub subject: String,
    /// The year that "on this day" shows first, in astronomical numbering: 44 BC is -43.
    pub year: i16,
    /// The country it is about.
    pub country: Option<String>,
    /// The time zone of the events: an IANA name that jiff knows.
    pub zone: Option<String>,
    /// The city whose local time cards show.
    pub city: Option<String>,
    /// The first and last day of a replay, if the pack names them; see [`Pack::replay_days`].
    pub replay: Option<(Date, Date)>,
    /// The document the class reads.
    pub document: Document,
    /// The background sources, in file order.
    pub sources: Vec<Source>,
    /// The entries by kind; events by time.
    pub entries: Vec<Entry>,
    /// Questions that editors wrote, in file order.
    pub questions: Vec<Authored>,
    /// Discussions that editors wrote, in file order.
    pub discussions: Vec<Discussion>,
    /// The turning points, in the order in which they come.
    pub turning_points: Vec<TurningPoint>,
    /// Answers that editors wrote to the questions people ask, in file order.
    pub answers: Vec<AuthoredAnswer>,
    /// Groups of words that mean the same in a question.
    pub synonyms: Vec<Synonyms>,
    /// What happened on days of the year without an event; only the calendar uses it.
    pub almanac: Vec<AlmanacDay>,
    /// The base maps: at most two, the second of a part of the first. Without them, places are drawn in
    /// a plain frame.
    pub map: Vec<MapSheet>,
    /// Names that several entries may share.
    pub ambiguous: Vec<String>,
    /// Words that narrow a search, but are not names.
    pub common: Vec<String>,
    /// Phrases of other history that students often ask about.
    pub elsewhere: Vec<String>,
    /// The lists of `alike.toml` that each entry is in, by their numbers; empty if there are none.
    pub(super) sorts: Vec<Vec<usize>>,
    pub(super) by_id: HashMap<String, EntryIdx>,
    /// For each entry, the events that name it, by time.
    pub(super) named_in: Vec<Vec<EntryIdx>>,
}

impl Pack {
    /// The entry with that index.
    pub fn entry(&self, idx: EntryIdx) -> &Entry {
        &self.entries[idx.0 as usize]
    }

    /// The source with that index.
    pub fn source(&self, idx: SourceIdx) -> &Source {
        &self.sources[idx.0 as usize]
    }

    /// The source with that id of `sources.toml`.
    pub fn find_source(&self, id: &str) -> Option<SourceIdx> {
        let place = self.sources.iter().position(|source| source.id == id)?;
        u32::try_from(place).ok().map(SourceIdx)
    }

    /// The entry with that full id (`person/camille-desmoulins`).
    pub fn find(&self, id: &str) -> Option<EntryIdx> {
        self.by_id.get(id).copied()
    }

    /// All entries with their indices.
    pub fn numbered(&self) -> impl DoubleEndedIterator<Item = (EntryIdx, &Entry)> + ExactSizeIterator {
        self.entries.iter().enumerate().map(|(idx, entry)| (EntryIdx(idx as u32), entry))
    }

    /// The entries of one kind with their indices; events by time.
    pub fn of_kind(&self, kind: Kind) -> impl DoubleEndedIterator<Item = (EntryIdx, &Entry)> {
        self.numbered().filter(move |(_, entry)| entry.kind == kind)
    }

    /// All events with their facts, in time order.
    pub fn events(&self) -> impl DoubleEndedIterator<Item = (EntryIdx, &Entry, &EventFacts)> {
        self.numbered().filter_map(|(idx, entry)| entry.event().map(|facts| (idx, entry, facts)))
    }

    /// The events that name an entry (as place, person …), by time.
    pub fn events_naming(&self, idx: EntryIdx) -> &[EntryIdx] {
        &self.named_in[idx.0 as usize]
    }

    /// The terms that name an event as an example.
    pub fn terms_shown_by(&self, event: EntryIdx) -> impl Iterator<Item = EntryIdx> {
        self.of_kind(Kind::Term)
            .filter(move |(_, entry)| matches!(&entry.facts, Facts::Term { events } if events.contains(&event)))
            .map(|(idx, _)| idx)
    }

    /// The events that began on that month and day in any year, by time.
    pub fn on_day(&self, month: i8, day: i8) -> impl Iterator<Item = (EntryIdx, &Entry, Date)> {
        self.events().filter_map(move |(idx, entry, facts)| {
            let date = facts.when.day()?;
            (date.month() == month && date.day() == day).then_some((idx, entry, date))
        })
    }

    /// The previous event by time.
    pub fn earlier(&self, idx: EntryIdx) -> Option<EntryIdx> {
        let before = EntryIdx(idx.0.checked_sub(1)?);
        (self.entry(before).kind == Kind::Event).then_some(before)
    }

    /// The next event by time.
    pub fn later(&self, idx: EntryIdx) -> Option<EntryIdx> {
        let after = EntryIdx(idx.0 + 1);
        self.entries.get(after.0 as usize).filter(|entry| entry.kind == Kind::Event).map(|_| after)
    }

    /// The claims that cite a passage of the class document, in the document's order.
    pub fn resting_on(&self, passage: Passage) -> Vec<(EntryIdx, &Claim)> {
        let mut claims: Vec<(u8, EntryIdx, &Claim)> = Vec::new();
        for (idx, entry) in self.numbered() {
            for claim in &entry.claims {
                let place = claim.cite.iter().find_map(|citation| match citation {
                    Citation::Document { passage: cited, claim } if *cited == passage => Some(claim.unwrap_or(u8::MAX)),
                    _ => None,
                });
                if let Some(place) = place {
                    claims.push((place, idx, claim));
                }
            }
        }
        claims.sort_by_key(|(place, idx, _)| (*place, *idx));
        claims.into_iter().map(|(_, idx, claim)| (idx, claim)).collect()
    }

    /// Whether the class document has that passage, and that claim in it.
    pub fn has_passage(&self, passage: Passage, claim: Option<u8>) -> bool {
        match passage {
            Passage::Paragraph(number) => {
                self.document.paragraphs.iter().any(|paragraph| {
                    paragraph.number == number && claim.is_none_or(|claim| (1..=paragraph.claims).contains(&claim))
                })
            }
            Passage::Question(number) => {
                claim.is_none() && self.document.questions.iter().any(|question| question.number == number)
            }
        }
    }

    /// The almanac's day for a month (1–12) and day.
    pub fn almanac_on(&self, month: i8, day: i8) -> Option<&AlmanacDay> {
        self.almanac.iter().find(|known| (known.on.month(), known.on.day()) == (month, day))
    }
}
