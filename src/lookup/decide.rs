//! Decides between found, choose and nothing.

use std::cell::OnceCell;

use jiff::civil::Date;

use super::date::{self, Precision, Understood};
use super::fold::fold;
use super::index::{Index, naming};
use super::rank::{IN_FULL, Left, Ranked, Word};
use super::tongues::apart;
use super::words::is_stop;
use super::{EXACT, Hit, Match, Scope, Score};
use crate::pack::{EntryIdx, Kind};

/// The minimum score of a match. Two badly misspelt words (likeness 0.65 each after squashing) give
/// 0.57. If one of two words is nowhere in the entry, the maximum is 0.5 × 0.85 for words of equal
/// weight, and 0.54 if the unknown word is short. The threshold is between these.
const FITS: f32 = 0.56;
/// The minimum score of a suggestion if nothing matches: one of two words is right.
const NEARLY: f32 = 0.40;
/// How far below the best an entry may score and still be meant, if the query covers (nearly) all of the
/// best one's name: about the cost of one error in a long word.
const MARGIN_WHOLE: f32 = 0.05;
/// The same if only a part of the name was typed, because other entries may have that part.
const MARGIN_PART: f32 = 0.2;
/// The same among events, whose titles are never typed in full.
const MARGIN_EVENT: f32 = 0.09;
/// The same for a declared ambiguous name: any entry with the word may be meant.
const MARGIN_AMBIGUOUS: f32 = 0.45;
/// How much less of the query a person with the name may cover than an event about that person: the
/// weight of a title ("colonel") that occurs only in the event's story.
const MARGIN_TITLE: f32 = 0.12;
/// If a name was typed in full, an entry that covers this much less of the query is not meant.
const MARGIN_WORDS: f32 = 0.2;
/// From this coverage on, a name counts as typed in full.
const WHOLE: f32 = 0.75;
/// The minimum score for a single word that is not exactly a name.
const FITS_ALONE: f32 = 0.6;
/// Half of a title: enough of an event's name for a command about something else.
const HALF: f32 = 0.5;
/// A part of a name must be spelt about right to count as found.
const CLEARLY: f32 = 0.8;
/// If a name was typed in full, an entry whose name is covered this much less is not meant.
const HALF_NAMED: f32 = 0.15;
/// From this coverage on, the entry has the name, rather than only mentioning it.
const NAMED: f32 = 0.7;
/// From this likeness on, a word is a misspelling of a known one.
const PUT_RIGHT: f32 = 0.6;
/// Words up to this length are not split in two.
const SHORT: usize = 4;
/// How many potential names of a query are considered; a name within a sentence has fewer.
const WORDS: usize = 12;
/// The most entries to choose among, and the most suggestions.
const CHOICES: usize = 5;
const SUGGESTIONS: usize = 3;

/// The kinds among which to search, and the kinds that the command is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct SearchScope {
    pub scope: Scope,
    pub own: Scope,
}

/// A query in the forms that the search needs.
pub(super) struct Query<'a> {
    text: &'a str,
    /// Its words, with compounds of other languages split.
    words: Vec<String>,
    /// The words that may be names.
    names: Vec<String>,
    /// Whether it is a declared ambiguous name.
    ambiguous: bool,
    /// What the names may be. Expensive, so it is computed once and only if needed.
    read: OnceCell<Vec<Word>>,
}

impl Index {
    /// Looks up a query. See [`Lookup::find`](super::Lookup::find).
    pub fn find(&self, query: &str, scope: Scope) -> Match {
        self.find_read(&self.understand(query), SearchScope { scope, own: scope })
    }

    /// Prepares a query for searching among any kinds.
    pub(super) fn understand<'a>(&self, query: &'a str) -> Query<'a> {
        let mut words: Vec<String> = Vec::new();
        for word in fold(query) {
            match apart(&word).as_slice() {
                [] => words.push(word),
                parts => words.extend(parts.iter().map(|part| (*part).to_owned())),
            }
        }
        self.close_up(&mut words);
        let mut names = naming(words.clone());
        names.truncate(WORDS);
        let ambiguous = self.is_ambiguous(&words);
        Query { text: query, words, names, ambiguous, read: OnceCell::new() }
    }

    /// Joins two words that are one known word with a space in it: "an dropov".
    fn close_up(&self, words: &mut Vec<String>) {
        let mut idx = 0;
        while idx + 1 < words.len() {
            let apart = |word: &str| !is_stop(word) && self.dictionary.exactly(word).is_some();
            if !(apart(&words[idx]) && apart(&words[idx + 1])) {
                let together = words[idx..=idx + 1].concat();
                if together.len() > SHORT && self.dictionary.exactly(&together).is_some() {
                    words[idx] = together;
                    words.remove(idx + 1);
                }
            }
            idx += 1;
        }
    }

    /// Looks up a query for a command about the kinds of `asked.own`, among those of `asked.scope`.
    pub(super) fn find_read(&self, query: &Query<'_>, asked: SearchScope) -> Match {
        let scope = asked.scope;
        if query.words.is_empty() {
            return Match::Nothing(Vec::new());
        }
        if !query.ambiguous
            && let Some(exact) = self.exact(&query.names, scope)
        {
            return exact;
        }
        if scope.has(Kind::Event)
            && let Some(dated) = self.dated(query.text, asked)
        {
            return dated;
        }
        // Question words alone name nothing.
        if query.names.iter().all(|word| is_stop(word)) {
            return Match::Nothing(Vec::new());
        }
        let read = query.read.get_or_init(|| self.read(&query.names));
        let ambiguous = query.ambiguous || self.is_ambiguous(&self.put_right(read, &query.names));
        let mut ranked = self.rank(read, scope);
        self.one_word(&query.names, scope, &mut ranked);
        if query.words.len() > query.names.len() {
            // A name with a wrong space: "me fesz".
            self.one_word(&query.words, scope, &mut ranked);
        }
        self.decide(&ranked, ambiguous, asked, query.names.len() == 1)
    }

    /// The entries whose whole name was typed, in any order of its words.
    fn exact(&self, names: &[String], scope: Scope) -> Option<Match> {
        let mut entries: Vec<u32> = self.named_exactly(names).iter().map(|name| self.owners[*name as usize]).collect();
        entries.retain(|entry| scope.has(self.kinds[*entry as usize]));
        entries.sort_by_key(|entry| (std::cmp::Reverse(self.importance[*entry as usize]), *entry));
        entries.dedup();
        entries.truncate(CHOICES);
        let hits: Vec<Hit> = entries.iter().map(|entry| Hit { entry: EntryIdx(*entry), score: EXACT }).collect();
        match hits.as_slice() {
            [] => None,
            [one] => Some(Match::Found(*one)),
            _ => Some(Match::Choose(hits)),
        }
    }

    /// The words of a query, spelt as in the names that they resemble.
    fn put_right(&self, read: &[Word], typed: &[String]) -> Vec<String> {
        let near = read.iter().map(|word| word.near.first().filter(|near| near.like >= PUT_RIGHT));
        let right =
            near.zip(typed).map(|(near, typed)| near.map_or(typed.clone(), |near| self.dictionary.token(near.token).to_owned()));
        right.collect()
    }

    /// Adds names that were typed without spaces.
    fn one_word(&self, words: &[String], scope: Scope, ranked: &mut Vec<Ranked>) {
        let joined = words.concat();
        let whole = if words.len() > 1 { self.named_exactly(std::slice::from_ref(&joined)) } else { Vec::new() };
        let names = self.named_in_one_word(&joined).chain(whole).filter(|name| scope.has(self.kind(*name)));
        for name in names {
            let entry = self.owners[name as usize];
            let fit = Ranked {
                entry,
                score: 0.95,
                query: 1.0,
                covered: 1.0,
                spelt_out: 1.0,
                exact: true,
                names: 2,
                left: Left::default(),
            };
            match ranked.iter_mut().find(|known| known.entry == entry) {
                Some(known) if known.score >= fit.score => {}
                Some(known) => *known = fit,
                None => ranked.push(fit),
            }
        }
        self.sort(ranked);
    }

    fn decide(&self, ranked: &[Ranked], ambiguous: bool, asked: SearchScope, single: bool) -> Match {
        let kind = |fit: &Ranked| self.kinds[fit.entry as usize];
        let line = if ambiguous { NEARLY } else { FITS };
        let mut fitting: Vec<Ranked> = ranked.iter().copied().filter(|fit| fit.score >= line).collect();
        if !fitting.first().is_some_and(|top| top.score >= FITS) {
            return Match::Nothing(hits(ranked.iter().filter(|near| near.score >= NEARLY).take(SUGGESTIONS)));
        }
        // Entries with the name come before events that only mention it.
        let best = fitting[0];
        let bears = |fit: &Ranked| match kind(fit) {
            Kind::Event => false,
            // A given name may mean anybody who has it.
            Kind::Person if fit.names > 0 && !fit.left.strange && !fit.left.common => true,
            _ => fit.covered >= NAMED,
        };
        let named = fitting
            .iter()
            .position(|fit| bears(fit) && fit.score >= best.score - MARGIN_PART && fit.query >= best.query - MARGIN_TITLE);
        if let Some(place) = named {
            let bearer = fitting.remove(place);
            fitting.insert(0, bearer);
        }
        let top = fitting[0];
        let whole = top.spelt_out >= WHOLE || kind(&top) != Kind::Event && top.covered >= WHOLE;
        let margin = |other: &Ranked| match (kind(&top), kind(other)) {
            _ if ambiguous => MARGIN_AMBIGUOUS,
            // A given name may mean anybody who has it.
            (Kind::Person, Kind::Person) if top.spelt_out < WHOLE => MARGIN_PART,
            (Kind::Event, _) if !whole => MARGIN_EVENT,
            (_, Kind::Event) if named.is_some() => -1.0,
            _ if whole => MARGIN_WHOLE,
            _ => MARGIN_PART,
        };
        let mut rivals: Vec<Ranked> = fitting
            .iter()
            .enumerate()
            .filter(|(place, other)| *place == 0 || !whole || ambiguous || other.query >= top.query - MARGIN_WORDS)
            .filter(|(place, other)| {
                let as_whole = !whole || ambiguous || kind(&top) != Kind::Event || other.spelt_out >= top.spelt_out - HALF_NAMED;
                *place == 0 || (as_whole && other.score >= top.score - margin(other))
            })
            .map(|(_, fit)| *fit)
            .collect();
        if ambiguous {
            rivals.sort_by_key(|fit| kind(fit) == Kind::Event);
        }
        rivals.truncate(CHOICES);
        match rivals.as_slice() {
            [one] if !self.is_sure(one, asked, single) => Match::Nothing(hits(fitting.iter().take(SUGGESTIONS))),
            [one] => Match::Found(hit(one)),
            several => Match::Choose(hits(several.iter())),
        }
    }

    /// Whether the only matching entry may be shown as the result. A wrong result is worse than a
    /// question back: if only one of two words matches, ask.
    fn is_sure(&self, fit: &Ranked, asked: SearchScope, single: bool) -> bool {
        let left = fit.left;
        let kind = self.kinds[fit.entry as usize];
        // An entry of another kind than the command's is shown only for its full name.
        if !asked.own.has(kind) {
            // An event's title is never typed in full, but what is typed must be spelt correctly.
            let named = if kind == Kind::Event { fit.exact && fit.spelt_out >= HALF } else { fit.spelt_out >= IN_FULL };
            return named && !left.strange && !left.common && !left.unnamed;
        }
        if kind == Kind::Event {
            // A word of an event's story leads to it only if the command is about events. Also, class
            // nouns alone do not name an event unless it is spelt like that ("marshall plan").
            let named = !left.only_class || fit.exact || fit.spelt_out >= HALF;
            return named && !left.strange && (!left.unnamed || asked.own == Scope::EVENTS);
        }
        if left.unnamed {
            return false;
        }
        if left.strange {
            // With a full name, other words do not matter.
            return fit.spelt_out >= WHOLE && fit.names > 1;
        }
        let whole = fit.covered >= WHOLE;
        // Next to a single word, nothing could confirm a weak likeness.
        let clear = if single { fit.score >= FITS_ALONE } else { whole || fit.query >= CLEARLY };
        // "revolution" does not name the counter-revolution.
        clear && (whole || !left.only_class) && !left.other_kind && (whole || !left.common)
    }

    /// Finds events by date, perhaps with words that narrow the choice.
    fn dated(&self, query: &str, asked: SearchScope) -> Option<Match> {
        let understood = date::understand(query, self.year)?;
        let rest: Vec<String> = fold(&understood.rest).into_iter().filter(|word| !is_stop(word)).collect();
        let mut events: Vec<u32> = self.on(&understood);
        if events.is_empty() {
            return rest.is_empty().then_some(Match::Nothing(Vec::new()));
        }
        if !rest.is_empty() {
            let ranked = self.rank(&self.read(&rest), asked.scope);
            let narrowed: Vec<Ranked> =
                ranked.into_iter().filter(|fit| fit.score >= NEARLY && events.contains(&fit.entry)).collect();
            // Words that match none of that date's events mean something else, and so may a mere class
            // noun next to a month ("october revolution").
            let told =
                understood.precision == Precision::Day || understood.year_given || rest.iter().any(|word| !self.is_class(word));
            let narrowed = if told { narrowed } else { Vec::new() };
            return (!narrowed.is_empty()).then(|| self.decide(&raise(narrowed), false, asked, false));
        }
        events.sort_by_key(|entry| (std::cmp::Reverse(self.importance[*entry as usize]), *entry));
        let hits: Vec<Hit> =
            events.iter().take(CHOICES).map(|entry| Hit { entry: EntryIdx(*entry), score: Score(950) }).collect();
        match hits.as_slice() {
            [one] => Some(Match::Found(*one)),
            _ => Some(Match::Choose(hits)),
        }
    }

    /// The events of a date: those that began then. For a day without a year, those of the pack's year,
    /// or of any year if there are none.
    fn on(&self, understood: &Understood) -> Vec<u32> {
        let within = |date: Date| understood.from <= date && date <= understood.to;
        let began = |first: Date, last: Date| within(first) && (within(last) || understood.precision == Precision::Day);
        let mut events: Vec<u32> =
            self.dated.iter().filter(|(_, first, last)| began(*first, *last)).map(|(entry, ..)| *entry).collect();
        if events.is_empty() && !understood.year_given && understood.precision == Precision::Day {
            let same_day = |date: Date| (date.month(), date.day()) == (understood.from.month(), understood.from.day());
            events = self.dated.iter().filter(|(_, first, _)| same_day(*first)).map(|(entry, ..)| *entry).collect();
        }
        events
    }
}

/// Words that narrow a date need not match as well as a name.
fn raise(mut narrowed: Vec<Ranked>) -> Vec<Ranked> {
    for fit in &mut narrowed {
        fit.score = fit.score.max(FITS) + 0.3 * fit.score;
    }
    narrowed
}

fn hits<'a>(ranked: impl Iterator<Item = &'a Ranked>) -> Vec<Hit> {
    ranked.map(hit).collect()
}

fn hit(ranked: &Ranked) -> Hit {
    // Below the score of an exact name; the product of shares is between 0 and 1.
    let score = (ranked.score.clamp(0.0, 1.0) * 1000.0) as u16;
    Hit { entry: EntryIdx(ranked.entry), score: Score(score.min(EXACT.0 - 1)) }
}
