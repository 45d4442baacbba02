//! What happened on a day of the year, and what to show on a quiet day.

mod portrait;
mod season;

pub use portrait::portrait;
pub use season::asked_about;

use jiff::civil::Date;

use crate::pack::{AlmanacDay, EntryIdx, Pack};

/// A day of the year, with its events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day<'a> {
    /// Events that began on that day in the pack's year, by time.
    pub in_year: Vec<EntryIdx>,
    /// Events that began on that day in other years, the earliest first, with the year.
    pub other_years: Vec<(i16, EntryIdx)>,
    /// Events that had begun before and were still going on, in the pack's year; only those shorter than
    /// a month.
    pub under_way: Vec<EntryIdx>,
    /// The almanac's entry; only for days without an event in the pack's year.
    pub almanac: Option<&'a AlmanacDay>,
}

impl<'a> Day<'a> {
    /// The events of that month (1–12) and day.
    pub fn new(pack: &'a Pack, month: i8, day: i8) -> Day<'a> {
        let mut in_year = Vec::new();
        let mut other_years = Vec::new();
        for (idx, _, date) in pack.on_day(month, day) {
            if date.year() == pack.year {
                in_year.push(idx);
            } else {
                other_years.push((date.year(), idx));
            }
        }
        let under_way = Date::new(pack.year, month, day).map(|date| under_way(pack, date)).unwrap_or_default();
        let almanac = pack.almanac_on(month, day).filter(|_| in_year.is_empty());
        Day { in_year, other_years, under_way, almanac }
    }

    /// The events that began on it in the pack's year, the most important first. Those that lasted for
    /// weeks come last, because they are not specific to the day.
    pub fn weightiest(&self, pack: &Pack) -> Vec<EntryIdx> {
        let mut events = self.in_year.clone();
        events.sort_by_key(|idx| (went_on_for_weeks(*idx, pack), std::cmp::Reverse(pack.entry(*idx).importance), *idx));
        events
    }

    /// The most important events that began on it in other years, at most `most`, the earliest first.
    pub fn other_years_that_matter(&self, most: usize, pack: &Pack) -> Vec<(i16, EntryIdx)> {
        let mut events = self.other_years.clone();
        events.sort_by_key(|(_, idx)| (std::cmp::Reverse(pack.entry(*idx).importance), *idx));
        events.truncate(most);
        events.sort();
        events
    }

    /// Whether no event is known to have begun on it, in any year.
    pub fn begins_nothing(&self) -> bool {
        self.in_year.is_empty() && self.other_years.is_empty()
    }

    /// Whether a class with `quiet:skip` gets no post: no event began on it, and the almanac has nothing
    /// about the pack's own country.
    pub fn is_silent(&self) -> bool {
        self.begins_nothing() && self.almanac.is_none_or(|known| !known.at_home)
    }

    /// Whether nothing is known of it.
    pub fn is_quiet(&self) -> bool {
        self.begins_nothing() && self.under_way.is_empty() && self.almanac.is_none()
    }
}

fn went_on_for_weeks(idx: EntryIdx, pack: &Pack) -> bool {
    let when = pack.entry(idx).when();
    when.is_some_and(|when| when.last_day().duration_since(when.first_day()).as_hours() >= 14 * 24)
}

fn under_way(pack: &Pack, date: Date) -> Vec<EntryIdx> {
    pack.events()
        .filter(|(_, _, facts)| {
            let began = facts.when.day();
            let lasted = facts.when.last_day().duration_since(facts.when.first_day()).as_hours() / 24;
            began.is_some_and(|began| began < date) && facts.when.covers(date) && lasted < 31
        })
        .map(|(idx, ..)| idx)
        .collect()
}

/// The days of the year, as (month, day), that a date covers: itself, and on 28 February of a common
/// year also 29 February. So each of the 366 days comes once in every year.
pub fn days_for(date: Date) -> impl Iterator<Item = (i8, i8)> {
    let joins = date.month() == 2 && date.day() == 28 && !date.in_leap_year();
    std::iter::once((date.month(), date.day())).chain(joins.then_some((2, 29)))
}

/// An event near a quiet day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Neighbour {
    pub event: EntryIdx,
    /// The number of days between.
    pub days: u32,
}

/// The last event before a day in the pack's year and the first one after it, among events whose day is
/// known.
pub fn neighbours(pack: &Pack, month: i8, day: i8) -> (Option<Neighbour>, Option<Neighbour>) {
    let Ok(date) = Date::new(pack.year, month, day) else { return (None, None) };
    let days = |other: Date| u32::try_from(date.duration_since(other).as_hours().abs() / 24).unwrap_or(u32::MAX);
    let dated = || pack.events().filter_map(|(event, _, facts)| facts.when.day().map(|day| (event, day)));
    let neighbour = |(event, day): (EntryIdx, Date)| Neighbour { event, days: days(day) };
    let before = dated().rfind(|(_, day)| *day < date).map(neighbour);
    let after = dated().find(|(_, day)| *day > date).map(neighbour);
    (before, after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_of_the_366_days_comes_once_in_every_year() {
        for year in [2000, 2027, 2028, 2100] {
            let mut seen: Vec<(i8, i8)> = Vec::new();
            let mut date = Date::new(year, 1, 1).expect("a date");
            while date.year() == year {
                seen.extend(days_for(date));
                date = date.tomorrow().expect("a next day");
            }
            assert_eq!(seen.len(), 366, "{year}");
            let mut key = Date::constant(2000, 1, 1);
            for day in seen {
                assert_eq!(day, (key.month(), key.day()), "{year}");
                key = key.tomorrow().expect("a next day");
            }
        }
    }
}
