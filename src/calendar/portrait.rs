//! Chooses the person, group, term or place that a quiet day portrays.

use jiff::civil::Date;

use super::season::{mixed, quiet_number};
use crate::pack::{Confidence, EntryIdx, Kind, Pack};

/// The kinds that can be portrayed.
const KINDS: [Kind; 4] = [Kind::Person, Kind::Group, Kind::Term, Kind::Place];

/// The entry to portray on a date; `None` if the pack has none.
///
/// All candidates are in one fixed order, in which persons, groups, terms and places are evenly mixed. A
/// quiet date takes the candidate at its number among the quiet dates. So an entry comes back only after
/// as many quiet dates as there are candidates, also across years: in the built-in pack after about a
/// year, so nobody comes twice in a school year. `salt` shuffles the order, so that two classes get
/// different portraits. Adding or removing an entry of the pack changes the order too.
pub fn portrait(pack: &Pack, date: Date, salt: u64) -> Option<EntryIdx> {
    let order = order(pack, salt);
    let count = i64::try_from(order.len()).ok().filter(|count| *count > 0)?;
    order.get(usize::try_from(quiet_number(pack, date).rem_euclid(count)).ok()?).copied()
}

/// Each kind is shuffled separately and then spread evenly.
fn order(pack: &Pack, salt: u64) -> Vec<EntryIdx> {
    let mut places: Vec<(f64, Kind, EntryIdx)> = Vec::new();
    for kind in KINDS {
        let told = pack.of_kind(kind).filter(|(_, entry)| entry.gist.is_some() && entry.confidence == Confidence::Verified);
        let mut shuffled: Vec<(Vec<u8>, EntryIdx)> = told.map(|(idx, entry)| (mixed(salt, &entry.id), idx)).collect();
        shuffled.sort();
        let count = shuffled.len() as f64;
        places.extend(shuffled.into_iter().enumerate().map(|(place, (_, idx))| ((place as f64 + 0.5) / count, kind, idx)));
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
