//! Whatever a card prints, the bot reads: every date and every name that any card of the pack shows
//! leads back to the same day, span or entry.

use crate::support::shared_pack;
use jiff::civil::Date;
use kronikas::card::format;
use kronikas::lookup::date::{Precision, understand};
use kronikas::lookup::{Match, Scope};
use kronikas::pack::{Facts, Moment, Pack};
use proptest::prelude::*;

fn pack() -> &'static Pack {
    shared_pack::pack()
}

/// Every moment that a card of the pack can show: of events, and of births and deaths.
fn moments(pack: &Pack) -> Vec<Moment> {
    let mut all: Vec<Moment> = pack.events().map(|(_, _, facts)| facts.when).collect();
    for (_, entry) in pack.numbered() {
        if let Facts::Person(life) = &entry.facts {
            all.extend(life.born.into_iter().chain(life.died));
        }
    }
    all
}

#[test]
fn every_moment_on_a_card_is_read_back() {
    let pack = pack();
    let all = moments(pack);
    assert!(all.len() > 200);
    for moment in all {
        for shown in [format::moment(moment, pack), format::short_moment(moment)] {
            let read = understand(&shown, 1900).unwrap_or_else(|| panic!("{shown:?} is not read"));
            assert_eq!((read.from, read.to), (moment.first_day(), moment.last_day()), "{shown:?}");
            assert!(read.rest.is_empty(), "{shown:?} leaves {:?}", read.rest);
            assert_eq!(read.wrong_weekday(), None, "{shown:?}");
        }
    }
}

proptest! {
    #[test]
    fn every_day_is_read_back_as_cards_write_it(year in 1000i16..2999, month in 1i8..=12, day in 1i8..=31) {
        let Ok(date) = Date::new(year, month, day) else { return Ok(()) };
        for shown in [format::date(date), format::long_date(date)] {
            let read = understand(&shown, 1956);
            prop_assert_eq!(read.and_then(|read| read.day()), Some(date), "{}", shown);
        }
        let shown = format::day_and_month(month, day);
        prop_assert_eq!(understand(&shown, year).and_then(|read| read.day()), Some(date), "{}", shown);
        let shown = format!("{} {year}", format::month(month));
        prop_assert_eq!(understand(&shown, 1956).map(|read| (read.precision, read.from)), Some((Precision::Month, date.first_of_month())));
    }
}

#[test]
fn every_name_on_a_card_leads_back_to_its_entry() {
    let pack = pack();
    let lookup = &shared_pack::loaded().lookup;
    for (idx, entry) in pack.numbered() {
        for name in std::iter::once(&entry.name).chain(&entry.native).chain(&entry.short) {
            for own in [Scope::ANY, Scope::of(&[entry.kind])] {
                match lookup.resolve(name, own) {
                    Match::Found(hit) => assert_eq!(hit.entry, idx, "{name}"),
                    // A name that several entries bear is asked back about, this one among them.
                    Match::Choose(hits) => assert!(hits.iter().any(|hit| hit.entry == idx), "{name}: {hits:?}"),
                    Match::Nothing(_) => panic!("{name} is not found"),
                }
            }
        }
    }
}
