//! Moments in sentences, and the hour at which they begin.

use crate::card::format;
use crate::pack::{Moment, PartOfDay, Point, TimeOfDay, year_name};

/// A moment with its preposition: "on 5 March 1953", "in 1953".
pub(super) fn on(when: Moment) -> String {
    match when.from {
        Point::Day(day, _) => format!("on {}", format::date(day)),
        Point::Month(year, month) => format!("in {}", format::month_of_year(year, month.cast_signed())),
        Point::Year(year) => format!("in {}", year_name(year)),
    }
}

/// The hour at which a moment begins, if it is known.
pub(super) fn hour(when: Moment) -> Option<u8> {
    match when.from {
        Point::Day(_, Some(TimeOfDay::Exact { hour, .. } | TimeOfDay::About { hour, .. })) => Some(hour),
        Point::Day(_, Some(TimeOfDay::Part(part))) => Some(part_hour(part)),
        _ => None,
    }
}

fn part_hour(part: PartOfDay) -> u8 {
    match part.word() {
        "dawn" => 5,
        "morning" => 9,
        "noon" => 12,
        "afternoon" => 15,
        "evening" => 19,
        _ => 22,
    }
}
