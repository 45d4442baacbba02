//! The person, term or place of a quiet day.

use jiff::civil::Date;
use sha2::{Digest, Sha256};

use crate::pack::{Confidence, EntryIdx, Kind, Pack};

/// The kinds that are portrayed.
const KINDS: [Kind; 3] = [Kind::Person, Kind::Term, Kind::Place];

/// Whom or what to portray on a date; `None` when the pack has nobody and nothing to portray.
///
/// All who can be portrayed stand in one fixed order, in which persons, terms and places are evenly
/// mixed, and a date takes the place of its number in the count of days. So the same one comes back
/// only after as many days as there are candidates, across years as within one: 153 in the built-in
/// pack (53 persons, 52 terms, 48 places). `salt` shuffles the order, so that two classes have
/// different ones; so does an entry more or less in the pack.
pub fn portrait(pack: &Pack, date: Date, salt: u64) -> Option<EntryIdx> {
    let order = order(pack, salt);
    let days = date.duration_since(Date::ZERO).as_hours() / 24;
    let count = i64::try_from(order.len()).ok().filter(|count| *count > 0)?;
    order.get(usize::try_from(days.rem_euclid(count)).ok()?).copied()
}

/// Each kind is shuffled for itself, then spread evenly over the whole.
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

/// A number for an id that looks like chance and is the same on every machine and in every version.
fn mixed(salt: u64, id: &str) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(salt.to_be_bytes());
    hash.update(id.as_bytes());
    hash.finalize().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::{built_in, load};
    use std::collections::HashMap;

    fn pack() -> Pack {
        load(&built_in()).unwrap_or_else(|report| panic!("{report}"))
    }

    #[test]
    fn nobody_comes_twice_within_a_season_over_years_and_their_ends() {
        let pack = pack();
        for salt in [0, 123_456_789_012_345_678] {
            let mut last: HashMap<EntryIdx, Date> = HashMap::new();
            // From before a leap year over a century's end that has none.
            for (from, until) in [(Date::constant(2026, 9, 1), 2032), (Date::constant(2099, 1, 1), 2102)] {
                last.clear();
                let mut date = from;
                while date.year() < until {
                    let one = portrait(&pack, date, salt).expect("the pack has people");
                    if let Some(before) = last.insert(one, date) {
                        let days = date.duration_since(before).as_hours() / 24;
                        assert!(days >= 90, "{} on {before} and on {date}", pack.entry(one).id);
                    }
                    date = date.tomorrow().expect("a next day");
                }
            }
        }
    }

    #[test]
    fn all_kinds_come_within_a_week_and_classes_differ() {
        let pack = pack();
        let mut date = Date::constant(2026, 12, 28);
        let mut same = 0;
        for _ in 0..200 {
            let mut kinds: Vec<Kind> = Vec::new();
            let mut day = date;
            for _ in 0..7 {
                kinds.extend(portrait(&pack, day, 7).map(|idx| pack.entry(idx).kind));
                day = day.tomorrow().expect("a next day");
            }
            assert!(KINDS.iter().all(|kind| kinds.contains(kind)), "{date}: {kinds:?}");
            same += usize::from(portrait(&pack, date, 7) == portrait(&pack, date, 8));
            assert_eq!(portrait(&pack, date, 7), portrait(&pack, date, 7));
            date = date.tomorrow().expect("a next day");
        }
        assert!(same < 20, "{same} of 200 days alike");
    }
}
