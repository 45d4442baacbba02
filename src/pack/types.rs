//! The pack as a value: what the rest of the program reads.

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

/// Somebody or something going from one place to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Who or what, in a few words; at most 40 characters.
    pub who: String,
    /// From which place.
    pub from: EntryIdx,
    /// To which place.
    pub to: EntryIdx,
    /// What it rests on; never empty.
    pub cite: Vec<Citation>,
}

/// What only an event has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventFacts {
    /// When, in local time.
    pub when: Moment,
    /// Why it mattered, in one sentence.
    pub mattered: Option<Claim>,
    /// How important its editor says it is, where the links would mislead; 0 to 1000.
    pub weight: Option<u16>,
    pub people: Vec<EntryIdx>,
    /// Which organisations took part.
    pub groups: Vec<EntryIdx>,
    pub places: Vec<EntryIdx>,
    /// Who went from where to where in the course of it; drawn on maps.
    pub moves: Vec<Move>,
    /// Its themes, lower case.
    pub tags: Vec<String>,
    /// What it led to, in time order.
    pub leads_to: Vec<EntryIdx>,
    /// What led to it (the inverse of `leads_to`), in time order.
    pub led_from: Vec<EntryIdx>,
}

/// An office that somebody held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// What it is called: "prime minister".
    pub office: String,
    /// Whose it is: a country ("France") or a body ("the Commune of Paris").
    pub of: String,
    /// From when until when, as well as it is known; `None` where the pack does not say.
    pub when: Option<Moment>,
    /// What it rests on; never empty.
    pub cite: Vec<Citation>,
}

/// A person's dates and offices, each only as well as it is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Life {
    pub born: Option<Moment>,
    pub born_at: Option<String>,
    pub died: Option<Moment>,
    /// Place of death, as text.
    pub died_at: Option<String>,
    /// Offices, in time order.
    pub roles: Vec<Role>,
}

/// What only entries of one kind have.
#[derive(Debug, Clone, PartialEq)]
pub enum Facts {
    Event(EventFacts),
    Person(Life),
    /// A group has none of its own.
    Group,
    Place {
        /// Decimal degrees north, WGS 84, good to about a kilometre.
        latitude: f64,
        /// Decimal degrees east, WGS 84, good to about a kilometre.
        longitude: f64,
    },
    Term {
        /// The events that show what it means.
        events: Vec<EntryIdx>,
    },
}

/// A thing one can look up.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// `event/1789-07-14-bastille-falls`: the kind's word, a slash, the id of the file.
    pub id: String,
    pub kind: Kind,
    pub name: String,
    /// The name in the language of the country.
    pub native: Option<String>,
    pub short: Option<String>,
    /// Other names it answers to.
    pub aliases: Vec<String>,
    /// One sentence that says who or what it is, or what happened.
    pub gist: Option<Claim>,
    /// What is claimed of it.
    pub claims: Vec<Claim>,
    pub notes: Vec<Note>,
    pub disputes: Vec<Dispute>,
    /// How well it was checked.
    pub confidence: Confidence,
    /// What the header rests on: date, place, participants.
    pub cite: Vec<Citation>,
    /// What only its kind has.
    pub facts: Facts,
    /// How much hangs on it, from its links and its share of the class document; larger is more, and
    /// entries of every kind compare.
    pub connected: u16,
    /// How much it matters among its kind: the weight an editor gave it, or else how much hangs on it.
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

    /// The claims that no editor's note corrects: what is told where there is no room for both sides
    /// of a slip in the class document. The entry's own card has them.
    pub fn uncorrected(&self) -> impl Iterator<Item = &Claim> + Clone {
        self.claims.iter().filter(|claim| !self.is_corrected(claim))
    }

    /// When it happened, if it is an event.
    pub fn when(&self) -> Option<Moment> {
        self.event().map(|facts| facts.when)
    }
}

/// A paragraph of the class document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paragraph {
    /// Counted from 1 over the whole document, headings and study questions left out.
    pub number: u8,
    /// The heading it stands under.
    pub section: String,
    /// What it is about, in a few words of ours.
    pub about: String,
    /// Into how many single claims it was taken apart.
    pub claims: u8,
}

/// A question the class document puts to its readers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StudyQuestion {
    /// Counted from 1.
    pub number: u8,
    /// After which paragraph it stands.
    pub after: u8,
    /// What it is about, in a few words of ours.
    pub about: String,
}

/// The class document a pack teaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub title: String,
    /// Its paragraphs, in order.
    pub paragraphs: Vec<Paragraph>,
    /// Its study questions, in order.
    pub questions: Vec<StudyQuestion>,
}

/// A unit of knowledge in which every link and every citation holds.
#[derive(Debug, Clone)]
pub struct Pack {
    /// Kebab-case.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// What it is about, as it follows "I only know about".
    pub subject: String,
    /// The year that "on this day" means first, as astronomers count: 44 BC is -43.
    pub year: i16,
    /// The country it is about.
    pub country: Option<String>,
    /// The time zone of the events: a name of the IANA database that jiff knows.
    pub zone: Option<String>,
    /// The place by whose clock times are told.
    pub city: Option<String>,
    /// The first and the last day of a replay, as the pack names them; see [`Pack::replay_days`].
    pub replay: Option<(Date, Date)>,
    /// The document the class reads.
    pub document: Document,
    /// The background sources, in file order.
    pub sources: Vec<Source>,
    /// The entries: by kind, events in time order.
    pub entries: Vec<Entry>,
    /// Questions that editors wrote, in file order.
    pub questions: Vec<Authored>,
    /// Discussions that editors wrote, in file order.
    pub discussions: Vec<Discussion>,
    /// Moments at which the story could have gone another way, in the order in which they come.
    pub turning_points: Vec<TurningPoint>,
    /// Answers that editors wrote to the questions people ask, in file order.
    pub answers: Vec<AuthoredAnswer>,
    /// Words that mean the same in a question.
    pub synonyms: Vec<Synonyms>,
    /// What happened on days of the year that have no event, in its order; only the calendar tells it.
    pub almanac: Vec<AlmanacDay>,
    /// What lies under the places on maps: at most two maps, the second of a part of the first. Without
    /// one, places stand in a plain frame.
    pub map: Vec<MapSheet>,
    /// Names that several entries may share.
    pub ambiguous: Vec<String>,
    /// Words that narrow a search, but name nothing.
    pub common: Vec<String>,
    /// What is asked as often and is not this pack's.
    pub elsewhere: Vec<String>,
    pub(super) by_id: HashMap<String, EntryIdx>,
    /// For every entry, the events that name it, in time order.
    pub(super) named_in: Vec<Vec<EntryIdx>>,
}

impl Pack {
    /// The entry of that number.
    pub fn entry(&self, idx: EntryIdx) -> &Entry {
        &self.entries[idx.0 as usize]
    }

    /// The source of that number.
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

    /// All entries with their numbers.
    pub fn numbered(&self) -> impl DoubleEndedIterator<Item = (EntryIdx, &Entry)> + ExactSizeIterator {
        self.entries.iter().enumerate().map(|(idx, entry)| (EntryIdx(idx as u32), entry))
    }

    /// The entries of one kind with their numbers; events in time order.
    pub fn of_kind(&self, kind: Kind) -> impl DoubleEndedIterator<Item = (EntryIdx, &Entry)> {
        self.numbered().filter(move |(_, entry)| entry.kind == kind)
    }

    /// All events with their facts, in time order.
    pub fn events(&self) -> impl DoubleEndedIterator<Item = (EntryIdx, &Entry, &EventFacts)> {
        self.numbered().filter_map(|(idx, entry)| entry.event().map(|facts| (idx, entry, facts)))
    }

    /// The events that name an entry (take place there, have that person in them …), in time order.
    pub fn events_naming(&self, idx: EntryIdx) -> &[EntryIdx] {
        &self.named_in[idx.0 as usize]
    }

    /// The terms whose meaning an event shows.
    pub fn terms_shown_by(&self, event: EntryIdx) -> impl Iterator<Item = EntryIdx> {
        self.of_kind(Kind::Term)
            .filter(move |(_, entry)| matches!(&entry.facts, Facts::Term { events } if events.contains(&event)))
            .map(|(idx, _)| idx)
    }

    /// The events that began on that month and day, whatever the year, in time order.
    pub fn on_day(&self, month: i8, day: i8) -> impl Iterator<Item = (EntryIdx, &Entry, Date)> {
        self.events().filter_map(move |(idx, entry, facts)| {
            let date = facts.when.day()?;
            (date.month() == month && date.day() == day).then_some((idx, entry, date))
        })
    }

    /// The event before, in the order of the chronicle.
    pub fn earlier(&self, idx: EntryIdx) -> Option<EntryIdx> {
        let before = EntryIdx(idx.0.checked_sub(1)?);
        (self.entry(before).kind == Kind::Event).then_some(before)
    }

    /// The event after, in the order of the chronicle.
    pub fn later(&self, idx: EntryIdx) -> Option<EntryIdx> {
        let after = EntryIdx(idx.0 + 1);
        self.entries.get(after.0 as usize).filter(|entry| entry.kind == Kind::Event).map(|_| after)
    }

    /// The claims that rest on a passage of the class document, in the document's order.
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

    /// What the almanac has for a month (1–12) and day.
    pub fn almanac_on(&self, month: i8, day: i8) -> Option<&AlmanacDay> {
        self.almanac.iter().find(|known| (known.on.month(), known.on.day()) == (month, day))
    }
}
