//! When: the date of an event, the event of a date, what came first, and in which order.

use super::ground::{Ground, days_between, is_sound, overlap};
use super::{Made, Maker, chance, header, telling};
use crate::card::words;
use crate::knowledge::{Accepted, Claim, Entry, EntryNo, Kind, Moment, Pack, Point};

impl<'a> Maker<'a> {
    /// The event a question is about, with its moment; only one that may be asked about.
    pub(super) fn event(&self) -> Option<(EntryNo, &'a Entry, Moment)> {
        let no = self.pack.find(&format!("{}/{}", Kind::Event.word(), self.subject))?;
        let entry = self.pack.entry(no);
        let when = entry.when()?;
        is_sound(entry).then_some((no, entry, when))
    }

    /// The same, with a title that does not say when it was.
    fn undated(&self) -> Option<(EntryNo, &'a Entry, Moment)> {
        self.event().filter(|(no, ..)| !self.ground.is_dated(*no))
    }

    pub(super) fn date(&mut self) -> Option<Made> {
        let (no, entry, when) = self.undated()?;
        let date = bare(when)?;
        let right = words::moment(date);
        let pool = other_dates(self.pack, self.ground, no, date).into_iter().map(words::moment).collect();
        let ask = format!("When was this: “{}”?", entry.name);
        let form = chance::choice(&mut self.rng, &right, pool, 3, 3)?;
        self.of_date(no, ask, form)
    }

    pub(super) fn date_typed(&mut self) -> Option<Made> {
        let (no, entry, when) = self.undated()?;
        let date = bare(when)?;
        let ask = match date.from {
            Point::Month(..) => format!("In which month and year was this: “{}”?", entry.name),
            _ => format!("On which day was this: “{}”?", entry.name),
        };
        let form = super::Form::Typed { shown: words::moment(date), accept: vec![Accepted::Date(date)] };
        self.of_date(no, ask, form)
    }

    fn of_date(&self, no: EntryNo, ask: String, form: super::Form) -> Option<Made> {
        let explain = std::iter::once(header(self.pack, no)).chain(telling(self.pack, self.ground, no, None)).collect();
        Some(Made { difficulty: self.difficulty(no), about: vec![no], item: self.item(), ask, form, explain })
    }

    pub(super) fn event_on(&mut self) -> Option<Made> {
        let (no, entry, when) = self.undated()?;
        let date = bare(when).filter(|date| matches!(date.from, Point::Day(..)))?;
        let on_it: Vec<EntryNo> = self.pack.events().filter(|(.., facts)| overlap(facts.when, date)).map(|(no, ..)| no).collect();
        let mut others: Vec<(i64, &str)> = self
            .pack
            .events()
            .filter(|(other, entry, facts)| {
                is_sound(entry)
                    && !self.ground.is_dated(*other)
                    && !overlap(facts.when, date)
                    && !self.ground.tells_of_date(*other, date)
                    && !on_it.iter().any(|on_it| self.ground.akin(*on_it, *other))
            })
            .map(|(_, entry, facts)| (days_between(facts.when, date), entry.name.as_str()))
            .collect();
        others.sort_unstable();
        let pool = others.into_iter().map(|(_, name)| name.to_owned()).collect();
        let form = chance::choice(&mut self.rng, &entry.name, pool, 3, 3)?;
        let ask = format!("What happened on {}?", words::moment(date));
        self.of_date(no, ask, form)
    }

    pub(super) fn order(&mut self) -> Option<Made> {
        let (no, ..) = self.undated()?;
        let mut events = in_turn(self, no, 4)?;
        sort(self.pack, &mut events);
        let (layout, form) = chance::lettered(&mut self.rng, events.len());
        self.in_order(no, &events, &layout, form)
    }

    fn in_order(&self, no: EntryNo, events: &[EntryNo], layout: &[usize], form: super::Form) -> Option<Made> {
        let ask = order_asked(self.pack, "Put these in order, the earliest first.", events, layout);
        let mut about = vec![no];
        about.extend(events.iter().filter(|event| **event != no));
        let explain = events.iter().map(|event| header(self.pack, *event)).collect();
        Some(Made { difficulty: self.difficulty(no), about, item: self.item(), ask, form, explain })
    }

    pub(super) fn first(&mut self) -> Option<Made> {
        let (no, ..) = self.undated()?;
        // Which of them is the earliest is left to chance, so its length may tell: then others are drawn.
        for _ in 0..TRIES {
            let Some(mut events) = in_turn(self, no, 3) else { continue };
            sort(self.pack, &mut events);
            let names: Vec<String> = events.iter().map(|event| self.pack.entry(*event).name.clone()).collect();
            let (first, later) = names.split_first()?;
            let Some(form) = chance::choice(&mut self.rng, first, later.to_vec(), 2, 2) else { continue };
            let mut about = vec![no];
            about.extend(events.iter().filter(|event| **event != no));
            let explain: Vec<Claim> = events.iter().map(|event| header(self.pack, *event)).collect();
            let ask = "Which of these came first?".to_owned();
            return Some(Made { difficulty: self.difficulty(no), about, item: self.item(), ask, form, explain });
        }
        None
    }
}

/// A question that lays out events under letters.
pub(super) fn order_asked(pack: &Pack, ask: &str, events: &[EntryNo], layout: &[usize]) -> String {
    let laid = layout.iter().filter_map(|thing| events.get(*thing));
    let lines = laid.enumerate().map(|(place, event)| format!("{}: {}", chance::letter(place), pack.entry(*event).name));
    std::iter::once(ask.to_owned()).chain(lines).collect::<Vec<_>>().join("\n")
}

fn sort(pack: &Pack, events: &mut [EntryNo]) {
    events.sort_by_key(|event| (pack.entry(*event).when().map(Moment::order), *event));
}

/// A moment without its clock time, if it is one day or one month.
pub(super) fn bare(when: Moment) -> Option<Moment> {
    match (when.from, when.to) {
        (Point::Month(..), None) => Some(when),
        (Point::Day(day, _), to) if to.is_none_or(|to| to.last_day() == day) => {
            Some(Moment { from: Point::Day(day, None), to: None })
        }
        _ => None,
    }
}

/// Dates of other events, as precise as `date` and surely not `no`'s, the nearest first.
fn other_dates(pack: &Pack, ground: &Ground, no: EntryNo, date: Moment) -> Vec<Moment> {
    let alike = |other: Moment| matches!(other.from, Point::Month(..)) == matches!(date.from, Point::Month(..));
    let mut dates: Vec<Moment> = pack
        .events()
        .filter_map(|(_, _, facts)| bare(facts.when))
        .filter(|other| alike(*other) && !overlap(*other, date) && !ground.tells_of_date(no, *other))
        .collect();
    dates.sort_by_key(|other| (days_between(*other, date), other.first_day()));
    dates.dedup();
    let akin: Vec<Moment> =
        pack.events().filter(|(event, ..)| *event != no && ground.akin(no, *event)).map(|(_, _, facts)| facts.when).collect();
    dates.into_iter().filter(|other| !akin.iter().any(|akin| overlap(*akin, *other))).take(DATES).collect()
}

/// How often other events are drawn before a question is given up.
const TRIES: usize = 200;
/// How many other dates are looked for.
const DATES: usize = 24;
/// How many of the nearest events are drawn from.
const NEAREST: usize = 40;

/// `count` events, `no` among them, each surely over before the next began; drawn among the nearest.
fn in_turn(maker: &mut Maker<'_>, no: EntryNo, count: usize) -> Option<Vec<EntryNo>> {
    let pack = maker.pack;
    let when = pack.entry(no).when()?;
    let mut near: Vec<(i64, EntryNo, Moment)> = pack
        .events()
        .filter(|(other, entry, _)| *other != no && is_sound(entry) && !maker.ground.is_dated(*other))
        .map(|(other, _, facts)| (days_between(facts.when, when), other, facts.when))
        .collect();
    near.sort_unstable_by_key(|(days, other, _)| (*days, *other));
    let mut drawn = near.split_off(near.len().min(NEAREST));
    std::mem::swap(&mut near, &mut drawn);
    maker.rng.shuffle(&mut drawn);
    let mut chosen = vec![(no, when)];
    for (_, other, at) in drawn.into_iter().chain(near) {
        let apart =
            chosen.iter().all(|(known, when)| (at.is_before(*when) || when.is_before(at)) && !maker.ground.akin(other, *known));
        if apart {
            chosen.push((other, at));
        }
        if chosen.len() == count {
            return Some(chosen.into_iter().map(|(no, _)| no).collect());
        }
    }
    None
}
