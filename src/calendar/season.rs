//! Numbers the quiet dates across years. Rotations use this number and not the day of the year, because
//! most days of the year have events.

use std::collections::BTreeSet;

use jiff::civil::Date;
use sha2::{Digest, Sha256};

use crate::pack::{Confidence, EntryIdx, Pack};

/// The number of a date among the quiet dates (those on which no event is known to have begun), counted
/// across years. A date with an event has the number of the quiet date before it.
pub(super) fn quiet_number(pack: &Pack, date: Date) -> i64 {
    let with_events: BTreeSet<(i8, i8)> =
        pack.events().filter_map(|(.., facts)| facts.when.day()).map(|day| (day.month(), day.day())).collect();
    let today = (date.month(), date.day());
    let before = with_events.iter().filter(|day| **day <= today).count();
    // 29 February counts in every year; in common years its number is skipped.
    let a_year = 366 - i64::try_from(with_events.len()).unwrap_or(366).min(365);
    i64::from(date.year()) * a_year + i64::from(place_in_leap_year(date)) - i64::try_from(before).unwrap_or_default()
}

/// How many quiet dates a year has, counting 29 February.
pub(super) fn quiet_dates_of_a_year(pack: &Pack) -> i64 {
    let first = |year| Date::new(year, 1, 1).map_or(0, |date| quiet_number(pack, date));
    first(pack.year + 1) - first(pack.year)
}

/// The number of a day in a leap year, from 1.
fn place_in_leap_year(date: Date) -> i16 {
    let after_february = date.month() > 2 && !date.in_leap_year();
    date.day_of_year() + i16::from(after_february)
}

/// The events that a quiet date may ask about, the best first. Their order looks random, and each comes
/// first once before any does again. The alternatives, for when the first cannot be asked about, are far
/// from it in that order.
pub fn asked_about(pack: &Pack, date: Date) -> Vec<EntryIdx> {
    let told = pack.events().filter(|(_, entry, _)| entry.gist.is_some() && entry.confidence == Confidence::Verified);
    let mut order: Vec<(Vec<u8>, EntryIdx)> = told.map(|(idx, entry, _)| (mixed(0, &entry.id), idx)).collect();
    order.sort();
    let Some(count) = i64::try_from(order.len()).ok().filter(|count| *count > 0) else { return Vec::new() };
    let place = usize::try_from(quiet_number(pack, date).rem_euclid(count)).unwrap_or_default();
    let again = order.len() / OTHERS + 1;
    (0..OTHERS).map(|other| order[(place + other * again) % order.len()].1).collect()
}

/// How many alternatives a quiet date has.
const OTHERS: usize = 4;

/// A hash of an id that looks random, and is the same on every machine and in every version.
pub(super) fn mixed(salt: u64, id: &str) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(salt.to_be_bytes());
    hash.update(id.as_bytes());
    hash.finalize().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::{Day, days_for};
    use crate::pack::{built_in, load};

    #[test]
    fn quiet_dates_are_counted_without_gaps_or_repetition() {
        let pack = load(&built_in()).unwrap_or_else(|report| panic!("{report}"));
        let mut date = Date::constant(2026, 9, 1);
        let mut last = quiet_number(&pack, Date::constant(2026, 8, 31));
        while date.year() < 2030 {
            let is_quiet = Day::new(&pack, date.month(), date.day()).begins_nothing();
            let number = quiet_number(&pack, date);
            let skipped = days_for(date).count() == 2 || (date.month() == 3 && date.day() == 1);
            let step = number - last;
            assert!(step == i64::from(is_quiet) || (skipped && step - i64::from(is_quiet) <= 1), "{date}: {last}, {number}");
            last = number;
            date = date.tomorrow().expect("a next day");
        }
    }
}
