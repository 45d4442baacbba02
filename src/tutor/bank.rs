//! All questions of a pack, and which of them to ask.

use std::collections::HashMap;

use super::ground::Ground;
use super::{Asking, Difficulty, Form, LONGEST_ID, Question, chance, make};
use crate::knowledge::{Citation, Entry, EntryNo, Kind, Pack, Passage};

/// A question as it stands in the bank, before chance has its say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its id, for [`Bank::question`].
    pub id: String,
    /// What it asks for.
    pub kind: Asking,
    /// How hard it is.
    pub difficulty: Difficulty,
    /// Whether its answer is typed.
    pub is_typed: bool,
    /// The entry it is about.
    pub about: EntryNo,
    /// The other entries it is about whatever the seed; authored questions may have several.
    pub also_about: Vec<EntryNo>,
    /// The themes of its events, lower case, in alphabetical order.
    pub themes: Vec<String>,
    /// What is remembered by whoever answers it.
    pub item: String,
    /// How much hangs on what it is about; larger is more.
    pub importance: u16,
}

/// Which questions to pick from; what is left empty does not narrow.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// About one of these entries.
    pub about: Vec<EntryNo>,
    /// Of one of these themes.
    pub themes: Vec<String>,
    /// Of one of these kinds.
    pub kinds: Vec<Asking>,
    /// Of this difficulty.
    pub difficulty: Option<Difficulty>,
    /// Whether questions whose answer is typed are meant as well.
    pub typed: bool,
    /// Not on one of these items.
    pub but: Vec<String>,
}

impl Filter {
    /// Whether a question is meant.
    pub fn takes(&self, listed: &Listed) -> bool {
        let about = |entry: &EntryNo| listed.about == *entry || listed.also_about.contains(entry);
        (self.about.is_empty() || self.about.iter().any(about))
            && (self.themes.is_empty() || self.themes.iter().any(|theme| listed.themes.contains(theme)))
            && (self.kinds.is_empty() || self.kinds.contains(&listed.kind))
            && self.difficulty.is_none_or(|difficulty| difficulty == listed.difficulty)
            && (self.typed || !listed.is_typed)
            && !self.but.contains(&listed.item)
    }
}

/// All questions of one pack.
pub struct Bank {
    ground: Ground,
    listed: Vec<Listed>,
    by_id: HashMap<String, usize>,
}

impl Bank {
    /// Makes every question of a pack once, to know which there are. That takes a while: keep it.
    pub fn new(pack: &Pack) -> Bank {
        let ground = Ground::new(pack);
        let listed: Vec<Listed> =
            ids(pack).into_iter().filter_map(|id| make(pack, &ground, &id, 0)).map(|question| listed(pack, &question)).collect();
        let by_id = listed.iter().enumerate().map(|(place, listed)| (listed.id.clone(), place)).collect();
        Bank { ground, listed, by_id }
    }

    /// All of them: by kind, in the pack's order.
    pub fn all(&self) -> &[Listed] {
        &self.listed
    }

    /// What is known of the question of that id.
    pub fn find(&self, id: &str) -> Option<&Listed> {
        self.by_id.get(id).map(|place| &self.listed[*place])
    }

    /// The question of that id, made with that seed, as [`super::question`] makes it.
    pub fn question(&self, pack: &Pack, id: &str, seed: u64) -> Option<Question> {
        make(pack, &self.ground, id, seed)
    }

    /// The questions on one item.
    pub fn on_item<'a>(&'a self, item: &'a str) -> impl Iterator<Item = &'a Listed> {
        self.listed.iter().filter(move |listed| listed.item == item)
    }

    /// One question among those a filter takes: first a kind, so that kinds mix, then one of that
    /// kind, what more hangs on the more often. `None` when the filter takes none.
    pub fn pick(&self, rng: &mut fastrand::Rng, filter: &Filter) -> Option<&Listed> {
        let taken: Vec<&Listed> = self.listed.iter().filter(|listed| filter.takes(listed)).collect();
        let mut kinds: Vec<Asking> = taken.iter().map(|listed| listed.kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let kind = *kinds.get(rng.usize(0..kinds.len().max(1)))?;
        let of_kind: Vec<&Listed> = taken.into_iter().filter(|listed| listed.kind == kind).collect();
        let weight = |listed: &Listed| 1 + u32::from(listed.importance);
        let mut left = rng.u32(0..of_kind.iter().map(|listed| weight(listed)).sum::<u32>().max(1));
        for listed in &of_kind {
            match left.checked_sub(weight(listed)) {
                Some(rest) => left = rest,
                None => return Some(listed),
            }
        }
        None
    }

    /// A question to choose an answer to about one of a day's events, or about their people, places
    /// and terms, for a post that shows the events' names, dates and times; `None` when there is
    /// none. Rather one whose answer does not stand in the post.
    pub fn of_day(&self, pack: &Pack, events: &[EntryNo], seed: u64) -> Option<Question> {
        of_day(pack, &self.ground, events, seed)
    }
}

/// See [`Bank::of_day`].
pub(super) fn of_day(pack: &Pack, ground: &Ground, events: &[EntryNo], seed: u64) -> Option<Question> {
    let mut rng = chance::seeded("of-day", seed);
    let names: Vec<String> = events.iter().map(|event| pack.entry(*event).name.clone()).collect();
    let shown = format!(" {} ", crate::knowledge::plain(&names.join(" / ")));
    let in_plain_sight = |question: &Question| {
        let answer = crate::knowledge::plain(question.answer());
        let told = shown.contains(&format!(" {answer} "));
        told || question.about.get(1).is_some_and(|other| ground.names_in(*other, &names.join(" / ")))
    };
    for ids in day_ids(pack, events) {
        let mut ids = ids;
        rng.shuffle(&mut ids);
        let made = ids.iter().filter_map(|id| make(pack, ground, id, seed));
        let mut fitting = made.filter(|question| matches!(question.form, Form::Choice { .. }) && !in_plain_sight(question));
        if let Some(question) = fitting.next() {
            return Some(question);
        }
    }
    // What is in plain sight is still better than nothing.
    let dates = events.iter().flat_map(|event| [Asking::Date, Asking::EventOn].map(|kind| id(kind, bare(pack.entry(*event)))));
    let mut ids: Vec<String> = dates.collect();
    rng.shuffle(&mut ids);
    ids.iter().find_map(|id| make(pack, ground, id, seed))
}

/// The ids of questions about a day's events, best ones first: about the events, about what they
/// name, and about their order in time.
fn day_ids(pack: &Pack, events: &[EntryNo]) -> [Vec<String>; 3] {
    let [mut best, mut named, mut turns] = [Vec::new(), Vec::new(), Vec::new()];
    for event in events {
        let entry = pack.entry(*event);
        let Some(facts) = entry.event() else { continue };
        best.extend([Asking::Who, Asking::Place, Asking::Effect, Asking::Cause].map(|kind| id(kind, bare(entry))));
        best.extend(pack.questions.iter().filter(|authored| authored.about.contains(event)).map(|a| id(Asking::Authored, &a.id)));
        let terms = pack.terms_shown_by(*event);
        for other in facts.people.iter().chain(&facts.groups).copied().chain(terms) {
            let other = pack.entry(other);
            let kinds = match other.kind {
                Kind::Person => [Asking::Person, Asking::Role],
                Kind::Group => [Asking::Group, Asking::Body],
                _ => [Asking::Term, Asking::Meaning],
            };
            named.extend(kinds.map(|kind| id(kind, bare(other))));
            named.push(id(Asking::TrueGist, &other.id.replacen('/', ".", 1)));
        }
        turns.extend([Asking::First, Asking::Order].map(|kind| id(kind, bare(entry))));
    }
    named.sort_unstable();
    named.dedup();
    [best, named, turns]
}

fn id(kind: Asking, subject: &str) -> String {
    format!("{}.{subject}", kind.word())
}

/// An entry's id without its kind.
fn bare(entry: &Entry) -> &str {
    entry.id.split_once('/').map_or("", |(_, id)| id)
}

/// The ids of all questions there could be.
fn ids(pack: &Pack) -> Vec<String> {
    let mut all = Vec::new();
    for kind in Asking::ALL {
        match (kind, kind.subject()) {
            (_, Some(subject)) => all.extend(pack.of_kind(subject).map(|(_, entry)| id(kind, bare(entry)))),
            (Asking::Authored, _) => all.extend(pack.questions.iter().map(|authored| id(kind, &authored.id))),
            (Asking::TrueGist, _) => {
                let with_gist = pack.numbered().filter(|(_, entry)| entry.gist.is_some() && entry.kind != Kind::Place);
                all.extend(with_gist.map(|(_, entry)| id(kind, &entry.id.replacen('/', ".", 1))));
            }
            _ => {
                all.extend(document_claims(pack).into_iter().map(|(paragraph, claim)| id(kind, &format!("{paragraph}-{claim}"))))
            }
        }
    }
    all.retain(|id| id.len() <= LONGEST_ID);
    all
}

/// The single claims of the class document, as (paragraph, claim).
fn document_claims(pack: &Pack) -> Vec<(u8, u8)> {
    let paragraphs = pack.document.paragraphs.iter();
    let claims = paragraphs.flat_map(|paragraph| (1..=paragraph.claims).map(|claim| (paragraph.number, claim)));
    let cited = |(paragraph, claim): &(u8, u8)| {
        let citation = Citation::Document { passage: Passage::Paragraph(*paragraph), claim: Some(*claim) };
        pack.numbered().any(|(_, entry)| entry.claims.iter().any(|said| said.cite.contains(&citation)))
    };
    claims.filter(cited).collect()
}

fn listed(pack: &Pack, question: &Question) -> Listed {
    let about = question.about[0];
    let also: &[EntryNo] = if question.kind == Asking::Authored { &question.about[1..] } else { &[] };
    let events = std::iter::once(about).chain(pack.events_naming(about).iter().copied()).chain(also.iter().copied());
    let mut themes: Vec<String> =
        events.filter_map(|event| pack.entry(event).event()).flat_map(|facts| facts.tags.iter().cloned()).collect();
    themes.sort_unstable();
    themes.dedup();
    Listed {
        id: question.id.clone(),
        kind: question.kind,
        difficulty: question.difficulty,
        is_typed: matches!(question.form, Form::Typed { .. }),
        about,
        also_about: also.to_vec(),
        themes,
        item: question.item.clone(),
        importance: pack.entry(about).importance,
    }
}
