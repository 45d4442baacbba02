//! What happened on a day of the year, and what lies around a quiet one.

use jiff::civil::Date;

use crate::knowledge::{EntryNo, Pack};

/// A day of the year, as the pack knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// What began on that day in the pack's year, by clock time.
    pub in_year: Vec<EntryNo>,
    /// What began on that day in other years, earliest first, with the year.
    pub other_years: Vec<(i16, EntryNo)>,
    /// What had begun before and was not over, in the pack's year; only what lasted under a month.
    pub under_way: Vec<EntryNo>,
}

impl Day {
    /// What happened on that month (1–12) and day.
    pub fn new(pack: &Pack, month: i8, day: i8) -> Day {
        let mut in_year = Vec::new();
        let mut other_years = Vec::new();
        for (no, _, date) in pack.on_day(month, day) {
            if date.year() == pack.year {
                in_year.push(no);
            } else {
                other_years.push((date.year(), no));
            }
        }
        let under_way = Date::new(pack.year, month, day).map(|date| under_way(pack, date)).unwrap_or_default();
        Day { in_year, other_years, under_way }
    }

    /// Whether nothing at all is known of it.
    pub fn is_quiet(&self) -> bool {
        self.in_year.is_empty() && self.other_years.is_empty() && self.under_way.is_empty()
    }
}

fn under_way(pack: &Pack, date: Date) -> Vec<EntryNo> {
    pack.events()
        .filter(|(_, _, facts)| {
            let began = facts.when.day();
            let lasted = facts.when.last_day().duration_since(facts.when.first_day()).as_hours() / 24;
            began.is_some_and(|began| began < date) && facts.when.covers(date) && lasted < 31
        })
        .map(|(no, ..)| no)
        .collect()
}

/// An event near a quiet day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Neighbour {
    /// The event.
    pub event: EntryNo,
    /// How many days lie between.
    pub days: u16,
}

/// The last event before a day in the pack's year and the first one after it, of those whose day
/// is known.
pub fn neighbours(pack: &Pack, month: i8, day: i8) -> (Option<Neighbour>, Option<Neighbour>) {
    let Ok(date) = Date::new(pack.year, month, day) else { return (None, None) };
    let days = |other: Date| u16::try_from(date.duration_since(other).as_hours().abs() / 24).unwrap_or(u16::MAX);
    let dated = || pack.events().filter_map(|(event, _, facts)| facts.when.day().map(|day| (event, day)));
    let neighbour = |(event, day): (EntryNo, Date)| Neighbour { event, days: days(day) };
    let before = dated().rfind(|(_, day)| *day < date).map(neighbour);
    let after = dated().find(|(_, day)| *day > date).map(neighbour);
    (before, after)
}
