//! Found, choose, or nothing.

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

/// A name fits from here on. Two words that are both misspelt badly (likeness 0.65 each after
/// squashing) make 0.57; two of which one is nowhere in the entry make at most 0.5 × 0.85 for
/// names of equal weight and 0.54 where the strange one is short: the line lies between.
const FITS: f32 = 0.56;
/// Worth suggesting when nothing fits: one of two words is right.
const NEARLY: f32 = 0.40;
/// How far behind the best an entry may be and still be meant, when the query covers (nearly) the
/// whole of the best one's name: about the cost of one slip in a long word.
const MARGIN_WHOLE: f32 = 0.05;
/// The same when only a part of the name was typed: other entries with that part may be meant.
const MARGIN_PART: f32 = 0.2;
/// The same among events, whose titles are never typed in full.
const MARGIN_EVENT: f32 = 0.09;
/// A declared ambiguous name: whoever has the word at all may be meant.
const MARGIN_AMBIGUOUS: f32 = 0.45;
/// How much less of the query a bearer of the name may cover than an event that tells of it: a
/// title ("colonel") that stands in the event's story alone.
const MARGIN_TITLE: f32 = 0.12;
/// Beside a name typed whole, whoever leaves so much more of the query uncovered is not meant.
const MARGIN_WORDS: f32 = 0.2;
/// From this coverage on, a name counts as typed whole.
const WHOLE: f32 = 0.75;
/// A single word that is not quite a name is a find from here on.
const FITS_ALONE: f32 = 0.6;
/// Half of a title: enough of an event's name for a command about something else.
const HALF: f32 = 0.5;
/// A part of a name must be typed about right to be a find.
const CLEARLY: f32 = 0.8;
/// Whoever's name was covered so much less than that of one typed whole is not meant.
const HALF_NAMED: f32 = 0.15;
/// From this coverage on, an entry bears the name that was typed, and is no mere mention.
const NAMED: f32 = 0.7;
/// A word this like a known one is a slip for it.
const PUT_RIGHT: f32 = 0.6;
/// Words no longer than this are not put together from two.
const SHORT: usize = 4;
/// How many words that may name something are read; a name with a sentence around it has fewer.
const WORDS: usize = 12;
/// The most entries to choose among, and the most to suggest.
const CHOICES: usize = 5;
const SUGGESTIONS: usize = 3;

/// Among which kinds a name is looked for, and for a command about which.
#[derive(Debug, Clone, Copy)]
pub(super) struct SearchScope {
    pub scope: Scope,
    pub own: Scope,
}

/// A query in the forms it is looked for in.
pub(super) struct Query<'a> {
    text: &'a str,
    /// Its words, compounds of other languages apart.
    words: Vec<String>,
    /// Those that may name something.
    names: Vec<String>,
    /// Whether it is declared to mean several entries.
    ambiguous: bool,
    /// What the names may be; the dearest part, done once and only where it is needed.
    read: OnceCell<Vec<Word>>,
}

impl Index {
    /// What a query means. See [`Lookup::find`](super::Lookup::find).
    pub fn find(&self, query: &str, scope: Scope) -> Match {
        self.find_read(&self.understand(query), SearchScope { scope, own: scope })
    }

    /// A query made ready to be looked for, among whatever kinds.
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

    /// Puts two words together that are one known word with a blank in it: "an dropov".
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

    /// What a query means for a command about the kinds of `asked.own`, looked for among those of
    /// `asked.scope`.
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
        // Question words alone ask for nothing.
        if query.names.iter().all(|word| is_stop(word)) {
            return Match::Nothing(Vec::new());
        }
        let read = query.read.get_or_init(|| self.read(&query.names));
        let ambiguous = query.ambiguous || self.is_ambiguous(&self.put_right(read, &query.names));
        let mut ranked = self.rank(read, scope);
        self.one_word(&query.names, scope, &mut ranked);
        if query.words.len() > query.names.len() {
            // "me fesz"
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

    /// The words of a query as they are spelt in the names they are like.
    fn put_right(&self, read: &[Word], typed: &[String]) -> Vec<String> {
        let near = read.iter().map(|word| word.near.first().filter(|near| near.like >= PUT_RIGHT));
        let right =
            near.zip(typed).map(|(near, typed)| near.map_or(typed.clone(), |near| self.dictionary.token(near.token).to_owned()));
        right.collect()
    }

    /// Adds names that were typed without their spaces.
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
        // What bears a name goes before the events that only tell of it.
        let best = fitting[0];
        let bears = |fit: &Ranked| match kind(fit) {
            Kind::Event => false,
            // A given name is everybody's who bears it.
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
            // A first name may be anybody's who bears it.
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

    /// Whether an entry that alone fits may be shown as what was meant. A wrong one is worse than a
    /// question back: one covered word of two is not a find.
    fn is_sure(&self, fit: &Ranked, asked: SearchScope, single: bool) -> bool {
        let left = fit.left;
        let kind = self.kinds[fit.entry as usize];
        // Of another kind than the command is for: only by its own name, all of it.
        if !asked.own.has(kind) {
            // An event's title is never typed in full, but what is typed of it has to be spelt so.
            let named = if kind == Kind::Event { fit.exact && fit.spelt_out >= HALF } else { fit.spelt_out >= IN_FULL };
            return named && !left.strange && !left.common && !left.unnamed;
        }
        if kind == Kind::Event {
            // A word of an event's story leads to it only where events are asked for.
            // "marshall plan": class nouns alone, and not spelt as any event has them.
            let named = !left.only_class || fit.exact || fit.spelt_out >= HALF;
            return named && !left.strange && (!left.unnamed || asked.own == Scope::EVENTS);
        }
        if left.unnamed {
            return false;
        }
        if left.strange {
            // Whatever stands beside a name that is there in full.
            return fit.spelt_out >= WHOLE && fit.names > 1;
        }
        let whole = fit.covered >= WHOLE;
        // There is nothing beside a single word that could confirm a weak likeness.
        let clear = if single { fit.score >= FITS_ALONE } else { whole || fit.query >= CLEARLY };
        // "revolution" does not name the counter-revolution.
        clear && (whole || !left.only_class) && !left.other_kind && (whole || !left.common)
    }

    /// Events asked for by their date, perhaps with words that narrow it.
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
            // Words that fit none of that date's events mean something else; and so may a mere class
            // noun beside a month ("october revolution").
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

    /// The events that a date means: those that began then; for a day without a year in any year,
    /// if none did in the pack's.
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

/// Words that narrow a date need not fit as a name must.
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
    // Below the score of a name typed exactly; the product of shares lies between 0 and 1.
    let score = (ranked.score.clamp(0.0, 1.0) * 1000.0) as u16;
    Hit { entry: EntryIdx(ranked.entry), score: Score(score.min(EXACT.0 - 1)) }
}
