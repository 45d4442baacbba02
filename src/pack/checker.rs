//! What the checks of a pack's files share: length limits, ids, moments, and entries with their
//! citations.

use std::collections::HashMap;

use super::citation::{Citation, Passage, SourceIdx, parse_document};
use super::claim::{Claim, Confidence, Dispute, EntryIdx, Kind, Note};
use super::draft::{Draft, Own};
use super::moment::{FORMS, Moment, MomentError};
use super::problem::{File, Report};
use super::types::{Entry, EventFacts, Facts, Move, Pack};
use super::written_parts::{Located, LocatedText, WrittenConfidence, WrittenLead, WrittenMove, WrittenNote};

/// The maximum lengths of a pack's parts, in characters.
pub mod limits {
    /// A name: Discord's choices and titles take 100, and a date may follow.
    pub const NAME: usize = 85;
    /// An alias.
    pub const ALIAS: usize = 100;
    /// An id without its kind: a button's id contains it together with a verb, within 100 characters.
    pub const ID: usize = 48;
    /// A source's short name.
    pub const SHORT: usize = 24;
    /// Who moved: shown before two names on a map.
    pub const WHO: usize = 40;
    /// The name of an office, and of the country or body.
    pub const OFFICE: usize = 60;
    /// A gist: shown under a name in a menu, which allows 100 characters, or on its own line.
    pub const GIST: usize = 180;
    /// The id of an authored question or a discussion: a button's id contains it with more than a verb.
    pub const ASKED_ID: usize = 40;
    /// A question, or a hint at its answer.
    pub const ASK: usize = 400;
    /// A choice of a question: it becomes a button's label.
    pub const ANSWER: usize = 80;
    /// A discussion's title: a thread's name allows 100 characters.
    pub const TITLE: usize = 90;
    /// A claim or one half of an editor's note.
    pub const SENTENCE: usize = 700;
    /// A question as people type it.
    pub const QUESTION: usize = 300;
    /// A sentence of an answer: three of them and their sources fit one phone screen.
    pub const ANSWER_SENTENCE: usize = 300;
    /// A word or phrase in a group of synonyms.
    pub const SYNONYM: usize = 40;
    /// The heading of an answer's point.
    pub const HEADING: usize = 60;
    /// The maximum importance that an editor may give to an event.
    pub const WEIGHT: u16 = 1000;
}

pub(super) fn full_id(kind: Kind, id: &str) -> String {
    format!("{}/{id}", kind.word())
}

pub(super) fn moment(text: &LocatedText, file: &File<'_>, report: &mut Report) -> Option<Moment> {
    match text.value().parse() {
        Ok(moment) => Some(moment),
        Err(error) => {
            let right = match error {
                MomentError::Backwards => "Write the earlier end first".to_owned(),
                MomentError::Impossible(_) => "Months have 28 to 31 days, clocks run from 00:00 to 23:59".to_owned(),
                MomentError::Form(_) => FORMS.to_owned(),
            };
            report.at(file, text.span(), error.to_string(), right);
            None
        }
    }
}

fn is_kebab(id: &str) -> bool {
    !id.is_empty()
        && !id.starts_with('-')
        && !id.ends_with('-')
        && !id.contains("--")
        && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

pub(super) fn check_kebab(id: &LocatedText, file: &File<'_>, report: &mut Report) {
    if !is_kebab(id.value()) {
        let wrong = format!("\"{}\" is no id", id.value());
        report.at(file, id.span(), wrong, "Use lower-case letters, digits and single hyphens".to_owned());
    }
}

pub(super) fn at_most(text: &LocatedText, most: usize, what: &str, file: &File<'_>, report: &mut Report) {
    let length = text.value().chars().count();
    if length > most || text.value().trim().is_empty() {
        let wrong = format!("this {what} has {length} characters");
        report.at(file, text.span(), wrong, format!("It needs at least 1 and at most {most}"));
    }
}

/// Resolves ids and citations against the known entries and sources.
pub(super) struct Checker<'a> {
    pub(super) pack: &'a Pack,
    pub(super) sources: &'a HashMap<&'a str, SourceIdx>,
}

impl Checker<'_> {
    pub(super) fn entry(&self, draft: &Draft<'_>, report: &mut Report) -> Entry {
        let file = draft.file;
        at_most(draft.name, limits::NAME, "name", file, report);
        for alias in draft.aliases.iter().chain(draft.native).chain(draft.short) {
            at_most(alias, limits::ALIAS, "name", file, report);
        }
        let cite = self.citations(draft.cite, file, report);
        let gist = match &draft.own {
            Own::Event(event) => event.gist.as_ref().map(|gist| self.lead(gist, "gist", file, report)),
            _ => draft.gist.map(|gist| {
                at_most(gist, limits::GIST, "gist", file, report);
                Claim { id: None, text: gist.value().clone(), cite: cite.clone() }
            }),
        };
        let claims = self.claims(draft, report);
        let notes = draft.notes.iter().map(|note| self.note(note, file, report)).collect();
        let disputes = draft
            .differ
            .iter()
            .map(|dispute| Dispute {
                text: dispute.text.clone(),
                claims: disputed(draft, &dispute.claims, report),
                cite: self.citations(&dispute.cite, file, report),
            })
            .collect();
        Entry {
            id: full_id(draft.kind, draft.id.value()),
            kind: draft.kind,
            name: draft.name.value().clone(),
            native: draft.native.map(|text| text.value().clone()),
            short: draft.short.map(|text| text.value().clone()),
            aliases: draft.aliases.iter().map(|alias| alias.value().clone()).collect(),
            gist,
            claims,
            notes,
            disputes,
            confidence: match draft.confidence {
                WrittenConfidence::Verified => Confidence::Verified,
                WrittenConfidence::Partly => Confidence::Partly,
            },
            cite,
            facts: self.facts(draft, report),
            connected: 0,
            importance: 0,
        }
    }

    fn lead(&self, lead: &WrittenLead, what: &str, file: &File<'_>, report: &mut Report) -> Claim {
        at_most(&lead.text, limits::GIST, what, file, report);
        Claim { id: None, text: lead.text.value().clone(), cite: self.citations(&lead.cite, file, report) }
    }

    fn claims(&self, draft: &Draft<'_>, report: &mut Report) -> Vec<Claim> {
        if draft.claims.value().is_empty() {
            let wrong = "an entry without claims says nothing".to_owned();
            report.at(draft.file, draft.claims.span(), wrong, "Give it at least one claim with its citation".to_owned());
        }
        let mut seen: Vec<&str> = Vec::new();
        let mut claims = Vec::new();
        for claim in draft.claims.value() {
            at_most(&claim.text, limits::SENTENCE, "claim", draft.file, report);
            if let Some(id) = &claim.id {
                if seen.contains(&id.value().as_str()) {
                    let wrong = format!("another claim of this entry has the id \"{}\"", id.value());
                    report.at(draft.file, id.span(), wrong, "Claim ids are unique within an entry".to_owned());
                }
                seen.push(id.value());
            }
            claims.push(Claim {
                id: claim.id.as_ref().map(|id| id.value().clone()),
                text: claim.text.value().clone(),
                cite: self.citations(&claim.cite, draft.file, report),
            });
        }
        claims
    }

    fn note(&self, note: &WrittenNote, file: &File<'_>, report: &mut Report) -> Note {
        let on = self.citations(&note.on, file, report);
        let cite = self.citations(&note.cite, file, report);
        if on.iter().any(|citation| citation.passage().is_none()) {
            let wrong = "an editor's note is about the class document".to_owned();
            report.at(file, note.on.span(), wrong, "Put passages here (\"¶9.3\"); sources go under cite".to_owned());
        }
        if !cite.is_empty() && !cite.iter().any(|citation| matches!(citation, Citation::Background(_))) {
            let wrong = "this note's record rests on the document it corrects".to_owned();
            report.at(file, note.cite.span(), wrong, "Cite at least one background source".to_owned());
        }
        Note { on, document: note.document.clone(), record: note.record.clone(), cite }
    }

    pub(super) fn citations(&self, cite: &Located<Vec<LocatedText>>, file: &File<'_>, report: &mut Report) -> Vec<Citation> {
        if cite.value().is_empty() {
            let wrong = "this rests on nothing: its list of citations is empty".to_owned();
            report.at(file, cite.span(), wrong, "Cite a paragraph (\"¶9\") or a source of sources.toml".to_owned());
        }
        cite.value().iter().filter_map(|text| self.citation(text, file, report)).collect()
    }

    pub(super) fn citation(&self, text: &LocatedText, file: &File<'_>, report: &mut Report) -> Option<Citation> {
        if let Some((passage, claim)) = parse_document(text.value()) {
            if !self.pack.has_passage(passage, claim) {
                let wrong = format!("the class document has no {}", text.value());
                report.at(file, text.span(), wrong, self.passages(passage));
            }
            return Some(Citation::Document { passage, claim });
        }
        if let Some(source) = self.sources.get(text.value().as_str()) {
            return Some(Citation::Background(*source));
        }
        let wrong = format!("there is no source \"{}\"", text.value());
        let right = nearest(text.value(), self.sources.keys().copied())
            .unwrap_or_else(|| "Cite a paragraph (\"¶9\"), a question (\"Q1\") or an id of sources.toml".to_owned());
        report.at(file, text.span(), wrong, right);
        None
    }

    /// Whether a source may support a statement alone.
    pub(super) fn is_firm(&self, source: SourceIdx) -> bool {
        self.pack.sources.get(source.0 as usize).is_some_and(|source| source.kind.is_firm())
    }

    /// A suggestion for an entry id that does not exist.
    pub(super) fn nearest_entry(&self, id: &str) -> String {
        nearest(id, self.pack.by_id.keys().map(String::as_str)).unwrap_or_else(|| "Write a full id (\"event/…\")".to_owned())
    }

    fn passages(&self, passage: Passage) -> String {
        let document = &self.pack.document;
        match passage {
            Passage::Question(_) => format!("It has {} study question(s); cite one as Q1", document.questions.len()),
            Passage::Paragraph(number) => match document.paragraphs.iter().find(|paragraph| paragraph.number == number) {
                Some(paragraph) => format!("¶{number} has the claims ¶{number}.1 to ¶{number}.{}", paragraph.claims),
                None => format!("It has the paragraphs ¶1 to ¶{}", document.paragraphs.len()),
            },
        }
    }

    fn facts(&self, draft: &Draft<'_>, report: &mut Report) -> Facts {
        let file = draft.file;
        match &draft.own {
            Own::Event(event) => {
                for tag in &event.tags {
                    if !is_kebab(tag.value()) {
                        let wrong = format!("\"{}\" is no tag", tag.value());
                        report.at(file, tag.span(), wrong, "Use lower-case letters, digits and hyphens".to_owned());
                    }
                }
                Facts::Event(EventFacts {
                    // An impossible date was already reported when the events were sorted.
                    when: event.when.value().parse().unwrap_or(NO_MOMENT),
                    mattered: event.mattered.as_ref().map(|lead| self.lead(lead, "reason why it mattered", file, report)),
                    weight: event.weight.as_ref().map(|weight| weight_of(weight, file, report)),
                    people: self.links(&event.people, Kind::Person, file, report),
                    groups: self.links(&event.groups, Kind::Group, file, report),
                    places: self.links(&event.places, Kind::Place, file, report),
                    moves: event.moves.iter().filter_map(|written| self.moved(written, file, report)).collect(),
                    tags: event.tags.iter().map(|tag| tag.value().clone()).collect(),
                    leads_to: self.links(&event.leads_to, Kind::Event, file, report),
                    led_from: Vec::new(),
                })
            }
            Own::Person(person) => Facts::Person(self.life(person, file, report)),
            Own::Group => Facts::Group,
            Own::Place(place) => {
                for (degrees, most) in [(&place.lat, 90.0), (&place.lon, 180.0)] {
                    if degrees.value().is_nan() || degrees.value().abs() > most {
                        let wrong = format!("{} degrees is nowhere on Earth", degrees.value());
                        report.at(file, degrees.span(), wrong, format!("Write decimal degrees from -{most} to {most}"));
                    }
                }
                Facts::Place { latitude: *place.lat.value(), longitude: *place.lon.value() }
            }
            Own::Term(term) => Facts::Term { events: self.links(&term.events, Kind::Event, file, report) },
        }
    }

    fn moved(&self, written: &WrittenMove, file: &File<'_>, report: &mut Report) -> Option<Move> {
        at_most(&written.who, limits::WHO, "name of who moved", file, report);
        let cite = self.citations(&written.cite, file, report);
        let ends = [&written.from, &written.to].map(|place| self.links(std::slice::from_ref(place), Kind::Place, file, report));
        let (from, to) = (*ends[0].first()?, *ends[1].first()?);
        if from == to {
            let wrong = "this move ends where it begins".to_owned();
            report.at(file, written.to.span(), wrong, "Name two places".to_owned());
        }
        Some(Move { who: written.who.value().clone(), from, to, cite })
    }

    fn links(&self, links: &[LocatedText], kind: Kind, file: &File<'_>, report: &mut Report) -> Vec<EntryIdx> {
        let mut found: Vec<EntryIdx> = Vec::new();
        for link in links {
            match self.pack.find(&full_id(kind, link.value())) {
                Some(idx) if found.contains(&idx) => {
                    let wrong = format!("\"{}\" is linked twice", link.value());
                    report.at(file, link.span(), wrong, "Name it once".to_owned());
                }
                Some(idx) => found.push(idx),
                None => {
                    let ids = self.pack.by_id.keys().filter_map(|id| id.strip_prefix(kind.word())?.strip_prefix('/'));
                    let right = nearest(link.value(), ids).unwrap_or_else(|| format!("Name the id of a {kind} of this pack"));
                    report.at(file, link.span(), format!("there is no {kind} \"{}\"", link.value()), right);
                }
            }
        }
        found
    }
}

/// The claims that a dispute is about. Reports ids that are not claims of that entry.
fn disputed(draft: &Draft<'_>, ids: &[LocatedText], report: &mut Report) -> Vec<String> {
    let known = |id: &LocatedText| {
        draft.claims.value().iter().any(|claim| claim.id.as_ref().is_some_and(|own| own.value() == id.value()))
    };
    for id in ids.iter().filter(|id| !known(id)) {
        let wrong = format!("no claim of this entry has the id \"{}\"", id.value());
        report.at(draft.file, id.span(), wrong, "Give the disputed claim that id, or leave `claims` out".to_owned());
    }
    ids.iter().map(|id| id.value().clone()).collect()
}

fn weight_of(weight: &Located<u16>, file: &File<'_>, report: &mut Report) -> u16 {
    if *weight.value() > limits::WEIGHT {
        let wrong = format!("{} is no weight", weight.value());
        report.at(file, weight.span(), wrong, format!("Write a number from 0 to {}", limits::WEIGHT));
    }
    *weight.value()
}

/// A placeholder for an invalid moment. It never leaves this module, because the pack is refused.
const NO_MOMENT: Moment = Moment { from: super::moment::Point::Year(0), to: None };

/// "Did you mean …" with the nearest ids; `None` if none is near.
fn nearest<'a>(text: &str, ids: impl Iterator<Item = &'a str>) -> Option<String> {
    ids.map(|id| (strsim::jaro_winkler(text, id), id))
        .filter(|(near, _)| *near > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)))
        .map(|(_, id)| format!("Did you mean \"{id}\"?").trim_end_matches('.').to_owned())
}
