//! Chooses the person, group, term or place that a quiet day portrays.

use jiff::civil::Date;

use super::season::{quiet_dates_of_a_year, quiet_number};
use crate::pack::{Confidence, EntryIdx, Kind, Moment, Pack};

/// The kinds that can be portrayed.
const KINDS: [Kind; 4] = [Kind::Person, Kind::Group, Kind::Term, Kind::Place];
/// By so many portraits two classes may be apart.
const APART: u64 = 7;
/// The first month of a school year.
const SCHOOL: i8 = 9;

/// The entry to portray on a date; `None` if the pack has none.
///
/// All candidates are in one fixed order: persons, groups, terms and places are evenly mixed, and within
/// each kind those come first whose first event is the earliest. The order follows the calendar year, so
/// that the roots of the story are told in winter and spring, and its later course in autumn and at the
/// end of the year. Nobody comes twice in a school year if the pack has enough entries for it. `salt`
/// moves the order a little, so that two classes get different portraits. Adding or removing an entry of
/// the pack changes the order too.
pub fn portrait(pack: &Pack, date: Date, salt: u64) -> Option<EntryIdx> {
    let order = order(pack);
    let count = i64::try_from(order.len()).ok().filter(|count| *count > 0)?;
    let shift = i64::try_from(salt % APART).unwrap_or_default();
    order.get(usize::try_from((place(pack, date, count) + shift).rem_euclid(count)).ok()?).copied()
}

/// The place of a quiet date in an order of `count` entries.
fn place(pack: &Pack, date: Date, count: i64) -> i64 {
    let number = quiet_number(pack, date);
    let in_year = |month| Date::new(date.year(), month, 1).map_or(0, |first| number - quiet_number(pack, first));
    let (rank, dates) = (in_year(1), quiet_dates_of_a_year(pack));
    if count >= dates {
        return rank * count / dates.max(1);
    }
    // Too few entries for a year: what comes twice comes twice shortly before a school year begins.
    let missing = dates - count;
    if missing >= dates / 4 {
        return number;
    }
    if in_year(SCHOOL) < -missing { rank } else { rank - missing }
}

/// Each kind by the time of its entries' first events, and all kinds spread evenly.
fn order(pack: &Pack) -> Vec<EntryIdx> {
    let mut places: Vec<(f64, Kind, EntryIdx)> = Vec::new();
    for kind in KINDS {
        let told = pack.of_kind(kind).filter(|(_, entry)| entry.gist.is_some() && entry.confidence == Confidence::Verified);
        let first =
            |idx: EntryIdx| pack.events_naming(idx).iter().filter_map(|event| pack.entry(*event).when()).map(Moment::order).min();
        let mut sorted: Vec<_> = told.map(|(idx, _)| (first(idx), idx)).collect();
        sorted.sort();
        let count = sorted.len() as f64;
        places.extend(sorted.into_iter().enumerate().map(|(place, (_, idx))| ((place as f64 + 0.5) / count, kind, idx)));
    }
    places.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
    places.into_iter().map(|(.., idx)| idx).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Day;
    use crate::pack::{built_in, load};
    use std::collections::HashMap;

    fn pack() -> Pack {
        load(&built_in()).unwrap_or_else(|report| panic!("{report}"))
    }

    /// The quiet dates of a period.
    fn quiet_dates(pack: &Pack, from: Date, until: Date) -> Vec<Date> {
        let is_quiet = |date: &Date| Day::new(pack, date.month(), date.day()).begins_nothing();
        from.series(jiff::Span::new().days(1)).take_while(|date| *date < until).filter(is_quiet).collect()
    }

    #[test]
    fn nobody_comes_twice_within_a_school_year() {
        let pack = pack();
        for salt in [0, 123_456_789_012_345_678] {
            // Across leap years, and a century without one.
            for year in [2026, 2027, 2028, 2031, 2099] {
                let mut seen: HashMap<EntryIdx, Date> = HashMap::new();
                for date in quiet_dates(&pack, Date::constant(year, 9, 1), Date::constant(year + 1, 7, 1)) {
                    let one = portrait(&pack, date, salt).expect("the pack has people");
                    let before = seen.insert(one, date);
                    assert_eq!(before, None, "{} on that day and on {date}", pack.entry(one).id);
                }
                assert!(seen.len() > 100, "{year}: {}", seen.len());
            }
        }
    }

    #[test]
    fn portraits_follow_the_story_through_the_year() {
        let pack = pack();
        let first =
            |idx: EntryIdx| pack.events_naming(idx).first().and_then(|event| pack.entry(*event).when()).map(Moment::first_day);
        let of_month = |month: i8| -> Vec<Date> {
            let from = Date::constant(2027, month, 1);
            let shown = quiet_dates(&pack, from, from.last_of_month()).into_iter().filter_map(|date| portrait(&pack, date, 0));
            let mut firsts: Vec<Date> = shown.filter_map(first).collect();
            firsts.sort();
            firsts
        };
        let middle = |month: i8| {
            let firsts = of_month(month);
            firsts[firsts.len() / 2]
        };
        let months = [1, 3, 5, 8, 10, 12].map(middle);
        assert!(months.is_sorted(), "{months:?}");
        assert!(months[0] < Date::constant(1953, 3, 5) && months[5] > Date::constant(1956, 10, 23), "{months:?}");
    }

    #[test]
    fn all_kinds_come_within_two_weeks_and_classes_differ() {
        let pack = pack();
        let mut same = 0;
        let dates = quiet_dates(&pack, Date::constant(2026, 12, 28), Date::constant(2028, 3, 1));
        for week in dates.windows(14).take(200) {
            let date = week[0];
            let kinds: Vec<Kind> =
                week.iter().filter_map(|day| portrait(&pack, *day, 7)).map(|idx| pack.entry(idx).kind).collect();
            assert!(KINDS.iter().all(|kind| kinds.contains(kind)), "{date}: {kinds:?}");
            same += usize::from(portrait(&pack, date, 7) == portrait(&pack, date, 8));
            assert_eq!(portrait(&pack, date, 7), portrait(&pack, date, 7));
        }
        assert!(same < 20, "{same} of 200 days alike");
    }
}
