//! Judges answers, and explains the result.

use jiff::civil::Date;

use super::{AnswerFormat, Question};
use crate::card::{Text, format};
use crate::lookup::date::{Precision, Understood, understand};
use crate::lookup::{Lookup, Match, Scope};
use crate::model::Rating;
use crate::pack::{Accepted, Entry, EntryIdx, Moment, Pack, Point, plain};

/// A student's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivenAnswer<'a> {
    /// The index of a choice.
    Choice(usize),
    /// Typed text.
    Typed(&'a str),
}

/// The result of judging an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// Right.
    Right {
        /// The correct spelling if the typed one differs, or the date as it was interpreted if that is
        /// ambiguous.
        spelt: Option<String>,
        /// Whether it was typed from memory, without choices.
        recalled: bool,
    },
    /// Partly right: the right month, or one word of a name.
    Partly {
        /// What is right and what is wrong, in one sentence.
        why: Text,
    },
    /// Not right.
    Wrong {
        /// Which other entry was named, if any.
        instead: Option<String>,
    },
}

impl Judgement {
    /// The rating of an answer: a right choice is good, a right typed answer easy, a partly right one
    /// hard.
    pub fn rating(&self) -> Rating {
        match self {
            Judgement::Right { recalled: true, .. } => Rating::Easy,
            Judgement::Right { recalled: false, .. } => Rating::Good,
            Judgement::Partly { .. } => Rating::Hard,
            Judgement::Wrong { .. } => Rating::Again,
        }
    }

    /// Whether it counts as right.
    pub fn is_right(&self) -> bool {
        matches!(self, Judgement::Right { .. })
    }
}

/// Judges an answer to a question. An answer of another form is wrong.
pub fn judge(pack: &Pack, lookup: &Lookup, question: &Question, answer: GivenAnswer<'_>) -> Judgement {
    match (&question.form, answer) {
        (AnswerFormat::Choice { right, .. }, GivenAnswer::Choice(chosen)) if chosen == *right => {
            Judgement::Right { spelt: None, recalled: false }
        }
        (AnswerFormat::Typed { accept, .. }, GivenAnswer::Typed(typed)) => {
            let verdicts = accept.iter().map(|accepted| match accepted {
                Accepted::Date(moment) => date(pack, *moment, typed),
                Accepted::Entry(entry) => name(pack, lookup, *entry, typed),
            });
            verdicts.max_by_key(Judgement::rating).unwrap_or(Judgement::Wrong { instead: None })
        }
        _ => Judgement::Wrong { instead: None },
    }
}

fn right(spelt: Option<String>) -> Judgement {
    Judgement::Right { spelt, recalled: true }
}

fn partly(why: impl Into<Text>) -> Judgement {
    Judgement::Partly { why: why.into() }
}

/// Judges a typed name with the lookup.
fn name(pack: &Pack, lookup: &Lookup, wanted: EntryIdx, typed: &str) -> Judgement {
    let entry = pack.entry(wanted);
    match lookup.find(typed, Scope::of(&[entry.kind])) {
        Match::Found(hit) if hit.entry == wanted => right(spelling(entry, typed)),
        Match::Found(hit) => Judgement::Wrong { instead: Some(pack.entry(hit.entry).name.clone()) },
        Match::Choose(hits) if hits.iter().any(|hit| hit.entry == wanted) => {
            let names: Vec<&str> = hits.iter().map(|hit| pack.entry(hit.entry).name.as_str()).collect();
            partly(format!("That could be {}. Give the whole name.", names.join(" or ")))
        }
        Match::Choose(_) | Match::Nothing(_) => off_by_a_word(entry, typed),
    }
}

/// All names of an entry.
fn names(entry: &Entry) -> impl Iterator<Item = &String> {
    std::iter::once(&entry.name).chain(&entry.native).chain(&entry.short).chain(&entry.aliases)
}

/// The spelling of a name, unless every typed word is one of its words, apart from accents and case.
fn spelling(entry: &Entry, typed: &str) -> Option<String> {
    let known: Vec<String> =
        names(entry).flat_map(|name| plain(name).split(' ').map(str::to_owned).collect::<Vec<_>>()).collect();
    let small = ["the", "a", "an", "of", "and"];
    let sound = plain(typed).split(' ').all(|word| small.contains(&word) || known.iter().any(|known| known == word));
    (!sound).then(|| entry.name.clone())
}

/// A near miss: one word of the name is right, another is not.
fn off_by_a_word(entry: &Entry, typed: &str) -> Judgement {
    let wanted = plain(&entry.name);
    let wanted: Vec<&str> = wanted.split(' ').filter(|word| word.len() > 2).collect();
    let close = |word: &str| wanted.iter().any(|wanted| strsim::osa_distance(word, wanted) <= usize::from(word.len() > 4));
    let (there, off): (Vec<&str>, Vec<&str>) =
        typed.split_whitespace().filter(|word| plain(word).len() > 2).partition(|word| close(&plain(word)));
    match (there.as_slice(), off.as_slice()) {
        ([there, ..], [off, ..]) => partly(Text::from("“").typed(there).and("” is right, but not “").typed(off).and("”.")),
        ([there, ..], []) if wanted.len() > there.len().min(1) => {
            partly(Text::from("“").typed(there).and("” is right, but the name has another word."))
        }
        _ => Judgement::Wrong { instead: None },
    }
}

/// Judges a typed date.
fn date(pack: &Pack, wanted: Moment, typed: &str) -> Judgement {
    let Some(understood) = understand(typed, pack.year) else { return Judgement::Wrong { instead: None } };
    let turned = turned(&understood).filter(|date| understood.precision == Precision::Day && is_it(wanted, *date));
    if let Some(date) = turned.filter(|_| !is_it(wanted, understood.from)) {
        return right(Some(format::date(date)));
    }
    match (understood.precision, wanted.from) {
        (Precision::Year, Point::Year(_)) | (Precision::Month, Point::Month(..)) if same_span(wanted, &understood) => right(None),
        (Precision::Day, _) if is_it(wanted, understood.from) => {
            right(understood.day_first.then(|| format::date(understood.from)))
        }
        (Precision::Day, Point::Day(day, _)) if !understood.year_given && same_day(day, understood.from) => {
            partly("Day and month are right. Which year was it?")
        }
        (Precision::Day | Precision::Month, Point::Day(..) | Point::Month(..)) if same_month(wanted, understood.from) => {
            match understood.precision {
                Precision::Month => partly("The month is right. Which day was it?"),
                _ => partly("The month is right, but not the day."),
            }
        }
        _ => Judgement::Wrong { instead: None },
    }
}

/// A date read as day/month, with day and month exchanged.
fn turned(understood: &Understood) -> Option<Date> {
    let date = understood.from;
    if !understood.day_first {
        return None;
    }
    Date::new(date.year(), date.day(), date.month()).ok()
}

/// Whether a day matches the wanted moment. If only the month is known, any day of it matches.
fn is_it(wanted: Moment, day: Date) -> bool {
    !matches!(wanted.from, Point::Year(_)) && wanted.covers(day)
}

fn same_span(wanted: Moment, understood: &Understood) -> bool {
    wanted.first_day() == understood.from && wanted.last_day() == understood.to
}

fn same_day(one: Date, other: Date) -> bool {
    (one.month(), one.day()) == (other.month(), other.day())
}

fn same_month(wanted: Moment, other: Date) -> bool {
    let (first, last) = (wanted.first_day(), wanted.last_day());
    let month = |date: Date| (date.year(), date.month());
    (month(first)..=month(last)).contains(&month(other))
}
