//! Questions about time: the date of an event, the event of a date, which came first, and in which
//! order.

use super::text_index::{TextIndex, days_between, is_sound, overlap};
use super::{DraftQuestion, Maker, chance, header, telling};
use crate::card::format;
use crate::pack::{Accepted, Claim, Entry, EntryIdx, Kind, Moment, Pack, Point};

impl<'a> Maker<'a> {
    /// The event of the question with its moment, if questions about it are allowed.
    pub(super) fn event(&self) -> Option<(EntryIdx, &'a Entry, Moment)> {
        let idx = self.pack.find(&format!("{}/{}", Kind::Event.word(), self.subject))?;
        let entry = self.pack.entry(idx);
        let when = entry.when()?;
        is_sound(entry).then_some((idx, entry, when))
    }

    /// The same, if its title does not reveal the date.
    fn undated(&self) -> Option<(EntryIdx, &'a Entry, Moment)> {
        self.event().filter(|(idx, ..)| !self.text_index.is_dated(*idx))
    }

    pub(super) fn date(&mut self) -> Option<DraftQuestion> {
        let (idx, entry, when) = self.undated()?;
        let date = self.worth_knowing(idx, bare(when)?);
        let right = without_weekday(date, self.pack);
        let pool =
            other_dates(self.pack, self.text_index, idx, date).into_iter().map(|date| without_weekday(date, self.pack)).collect();
        let ask = format!("When was this: {}?", format::quoted(&entry.name));
        let form = chance::choice(&mut self.rng, &right, pool, 3, 3)?;
        self.of_date(idx, ask, form)
    }

    /// The date of an event as precisely as it is worth knowing: the exact day of a lesser event is nothing
    /// to learn by heart.
    fn worth_knowing(&self, idx: EntryIdx, date: Moment) -> Moment {
        if self.text_index.is_weighty(idx, self.pack) { date } else { month_of(date) }
    }

    pub(super) fn date_typed(&mut self) -> Option<DraftQuestion> {
        let (idx, entry, when) = self.undated()?;
        let date = self.worth_knowing(idx, bare(when)?);
        let ask = match date.from {
            Point::Month(..) => format!("In which month and year was this: {}?", format::quoted(&entry.name)),
            _ => format!("On which day was this: {}?", format::quoted(&entry.name)),
        };
        let form = super::AnswerFormat::Typed { shown: format::moment(date, self.pack), accept: vec![Accepted::Date(date)] };
        self.of_date(idx, ask, form)
    }

    fn of_date(&self, idx: EntryIdx, ask: String, form: super::AnswerFormat) -> Option<DraftQuestion> {
        let explain = std::iter::once(header(self.pack, idx)).chain(telling(self.pack, self.text_index, idx, None)).collect();
        Some(DraftQuestion { difficulty: self.difficulty(idx), about: vec![idx], item: self.item(), ask, form, explain })
    }

    pub(super) fn event_on(&mut self) -> Option<DraftQuestion> {
        let (idx, entry, when) = self.undated().filter(|(idx, ..)| self.text_index.is_weighty(*idx, self.pack))?;
        let date = bare(when).filter(|date| matches!(date.from, Point::Day(..)))?;
        let on_it: Vec<EntryIdx> =
            self.pack.events().filter(|(.., facts)| overlap(facts.when, date)).map(|(idx, ..)| idx).collect();
        let mut others: Vec<(i64, &str)> = self
            .pack
            .events()
            .filter(|(other, entry, facts)| {
                is_sound(entry)
                    && !self.text_index.is_dated(*other)
                    && !overlap(facts.when, date)
                    && !self.text_index.tells_of_date(*other, date)
                    && !on_it.iter().any(|on_it| self.text_index.akin(*on_it, *other))
            })
            .map(|(_, entry, facts)| (days_between(facts.when, date), entry.name.as_str()))
            .collect();
        others.sort_unstable();
        let pool = others.into_iter().map(|(_, name)| name.to_owned()).collect();
        let form = chance::choice(&mut self.rng, &entry.name, pool, 3, 3)?;
        let ask = format!("What happened on {}?", format::moment(date, self.pack));
        self.of_date(idx, ask, form)
    }

    pub(super) fn order(&mut self) -> Option<DraftQuestion> {
        let (idx, ..) = self.undated()?;
        let mut events = in_turn(self, idx, 4)?;
        sort(self.pack, &mut events);
        let (layout, form) = chance::lettered(&mut self.rng, events.len());
        self.in_order(idx, &events, &layout, form)
    }

    fn in_order(&self, idx: EntryIdx, events: &[EntryIdx], layout: &[usize], form: super::AnswerFormat) -> Option<DraftQuestion> {
        let ask = order_asked(self.pack, "Put these in order, the earliest first.", events, layout);
        let mut about = vec![idx];
        about.extend(events.iter().filter(|event| **event != idx));
        let explain = events.iter().map(|event| header(self.pack, *event)).collect();
        Some(DraftQuestion { difficulty: self.difficulty(idx), about, item: self.item(), ask, form, explain })
    }

    pub(super) fn first(&mut self) -> Option<DraftQuestion> {
        let (idx, ..) = self.undated()?;
        // Which of them is the earliest is random, so its length may reveal it; then draw again.
        for _ in 0..TRIES {
            let Some(mut events) = in_turn(self, idx, 3) else { continue };
            sort(self.pack, &mut events);
            let names: Vec<String> = events.iter().map(|event| self.pack.entry(*event).name.clone()).collect();
            let (first, later) = names.split_first()?;
            let Some(form) = chance::choice(&mut self.rng, first, later.to_vec(), 2, 2) else { continue };
            let mut about = vec![idx];
            about.extend(events.iter().filter(|event| **event != idx));
            let explain: Vec<Claim> = events.iter().map(|event| header(self.pack, *event)).collect();
            let ask = "Which of these came first?".to_owned();
            return Some(DraftQuestion { difficulty: self.difficulty(idx), about, item: self.item(), ask, form, explain });
        }
        None
    }
}

/// A question that lists events with letters.
pub(super) fn order_asked(pack: &Pack, ask: &str, events: &[EntryIdx], layout: &[usize]) -> String {
    let laid = layout.iter().filter_map(|thing| events.get(*thing));
    let lines = laid.enumerate().map(|(place, event)| format!("{}: {}", chance::letter(place), pack.entry(*event).name));
    std::iter::once(ask.to_owned()).chain(lines).collect::<Vec<_>>().join("\n")
}

fn sort(pack: &Pack, events: &mut [EntryIdx]) {
    events.sort_by_key(|event| (pack.entry(*event).when().map(Moment::order), *event));
}

/// A date as a choice: `14 July 1789`. A weekday in each would only make them longer.
fn without_weekday(date: Moment, pack: &Pack) -> String {
    match (date.from, date.to) {
        (Point::Day(day, _), None) => format::date(day),
        _ => format::moment(date, pack),
    }
}

/// The month of a day.
fn month_of(date: Moment) -> Moment {
    match date.from {
        Point::Day(day, _) => Moment { from: Point::Month(day.year(), day.month().unsigned_abs()), to: None },
        _ => date,
    }
}

/// A moment without its time of day, if it is one day or one month.
pub(super) fn bare(when: Moment) -> Option<Moment> {
    match (when.from, when.to) {
        (Point::Month(..), None) => Some(when),
        (Point::Day(day, _), to) if to.is_none_or(|to| to.last_day() == day) => {
            Some(Moment { from: Point::Day(day, None), to: None })
        }
        _ => None,
    }
}

/// Dates of other events, as precise as `date` and certainly not that of `idx`, the nearest first.
fn other_dates(pack: &Pack, text_index: &TextIndex, idx: EntryIdx, date: Moment) -> Vec<Moment> {
    let alike = |other: Moment| matches!(other.from, Point::Month(..)) == matches!(date.from, Point::Month(..));
    let mut dates: Vec<Moment> = pack
        .events()
        .filter_map(|(_, _, facts)| bare(facts.when))
        .map(|other| if matches!(date.from, Point::Month(..)) { month_of(other) } else { other })
        .filter(|other| alike(*other) && !overlap(*other, date) && !text_index.tells_of_date(idx, *other))
        .collect();
    dates.sort_by_key(|other| (days_between(*other, date), other.first_day()));
    dates.dedup();
    let akin: Vec<Moment> = pack
        .events()
        .filter(|(event, ..)| *event != idx && text_index.akin(idx, *event))
        .map(|(_, _, facts)| facts.when)
        .collect();
    dates.into_iter().filter(|other| !akin.iter().any(|akin| overlap(*akin, *other))).take(DATES).collect()
}

/// How often other events are drawn before giving up.
const TRIES: usize = 200;
/// How many other dates are collected.
const DATES: usize = 24;
/// From how many of the nearest events to draw.
const NEAREST: usize = 40;

/// Whether one of two moments was certainly over on the day before the other began: nobody learns the
/// hours of one day.
fn are_on_different_days(one: Moment, other: Moment) -> bool {
    one.last_day() < other.first_day() || other.last_day() < one.first_day()
}

/// `count` events including `idx`, each of which ended on a day before the next began; drawn from the
/// nearest.
fn in_turn(maker: &mut Maker<'_>, idx: EntryIdx, count: usize) -> Option<Vec<EntryIdx>> {
    let pack = maker.pack;
    let when = pack.entry(idx).when()?;
    let mut near: Vec<(i64, EntryIdx, Moment)> = pack
        .events()
        .filter(|(other, entry, _)| *other != idx && is_sound(entry) && !maker.text_index.is_dated(*other))
        .map(|(other, _, facts)| (days_between(facts.when, when), other, facts.when))
        .collect();
    near.sort_unstable_by_key(|(days, other, _)| (*days, *other));
    let mut drawn = near.split_off(near.len().min(NEAREST));
    std::mem::swap(&mut near, &mut drawn);
    maker.rng.shuffle(&mut drawn);
    let mut chosen = vec![(idx, when)];
    for (_, other, at) in drawn.into_iter().chain(near) {
        let apart = chosen.iter().all(|(known, when)| are_on_different_days(at, *when) && !maker.text_index.akin(other, *known));
        if apart {
            chosen.push((other, at));
        }
        if chosen.len() == count {
            return Some(chosen.into_iter().map(|(idx, _)| idx).collect());
        }
    }
    None
}
