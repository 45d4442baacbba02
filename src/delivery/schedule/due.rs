//! Computes when a post is due: from a local date, a clock time and a zone to one instant, and back.
//!
//! Clocks change, and rarely a place skips a whole day. The rules are:
//!
//! - If the clock time does not exist on that date (a gap): the first instant after the gap. 02:30 in
//!   Paris on 28 March 2027 becomes 03:00 summer time. (Libraries usually return 03:30.)
//! - If the gap lasts until the end of the day, so that the first instant after it is on another date
//!   (Nuuk's clocks go from 23:00 on Saturday to midnight): the last minute before the gap.
//! - If the clock time occurs twice: the first of the two.
//! - If the date does not exist (Samoa had no 30 December 2011): no post.
//!
//! The instant of each date is computed from the date. Nothing ever adds 24 hours.

use jiff::civil::Date;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use super::wall_time::WallTime;

/// When the post of a local date is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// At this instant, which is on that local date.
    At(Timestamp),
    /// Never: the place skipped that day.
    NoSuchDay,
}

impl Due {
    /// The instant, if there is one.
    pub fn at(self) -> Option<Timestamp> {
        match self {
            Due::At(instant) => Some(instant),
            Due::NoSuchDay => None,
        }
    }
}

/// How many transitions after a gap's start are searched for its end; usually one is enough.
const TRANSITIONS: usize = 4;

/// The instant at which the post of `date` is due in `zone` at `time`. Beyond the range of dates (the
/// years −9999 to 9999) there is no such day.
pub fn instant(date: Date, time: WallTime, zone: &TimeZone) -> Due {
    let wanted = time.on(date);
    let found = match zone.to_ambiguous_timestamp(wanted).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(wanted).ok(),
        AmbiguousOffset::Fold { before, .. } => before.to_timestamp(wanted).ok(),
        AmbiguousOffset::Gap { after, .. } => {
            // With the later offset, a time in the gap is before the gap, perhaps even on the day
            // before. It is only the start of the search.
            let from = after.to_timestamp(wanted).ok();
            let end = from.and_then(|from| {
                let mut ends = zone.following(from).take(TRANSITIONS).map(|transition| transition.timestamp());
                ends.find(|end| zone.to_datetime(*end) > wanted)
            });
            end.and_then(|end| {
                let last_before = end.checked_sub(SignedDuration::from_mins(1)).ok();
                [Some(end), last_before].into_iter().flatten().find(|instant| zone.to_datetime(*instant).date() == date)
            })
        }
    };
    match found.filter(|instant| zone.to_datetime(*instant).date() == date) {
        Some(instant) => Due::At(instant),
        None => Due::NoSuchDay,
    }
}

/// The first due instant strictly after `after`, and its local date. Skips days that do not exist. At
/// the end of the range (the year 9999) it returns the last instant.
pub fn next_due(after: Timestamp, time: WallTime, zone: &TimeZone) -> (Date, Timestamp) {
    let today = zone.to_datetime(after).date();
    // A date can occur twice (clocks put back over midnight), so its due instant may be later than an
    // instant that already has the next date.
    let mut date = today.yesterday().unwrap_or(today);
    loop {
        if let Due::At(instant) = instant(date, time, zone)
            && instant > after
        {
            return (date, instant);
        }
        match date.tomorrow() {
            Ok(tomorrow) => date = tomorrow,
            Err(_) => return (Date::MAX, Timestamp::MAX),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The version of the database with which the tables below were computed. After an update, check
    /// each changed line against its NEWS.
    const TZDB: &str = "2026f";

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn due(name: &str, date: &str, time: &str) -> String {
        let zone = zone(name);
        match instant(date.parse().expect("a date"), time.parse().expect("a time"), &zone) {
            Due::At(instant) => instant.display_with_offset(zone.to_offset(instant)).to_string(),
            Due::NoSuchDay => "no such day".to_owned(),
        }
    }

    #[test]
    fn the_tables_name_their_database() {
        assert_eq!(crate::delivery::tzdb_version(), TZDB, "check the tables against the new database's NEWS");
    }

    #[test]
    fn clock_changes_are_decided_as_promised() {
        for (name, date, time, expected) in [
            // Ordinary days on both sides of both changes.
            ("Europe/Budapest", "2027-03-27", "08:00", "2027-03-27T08:00:00+01:00"),
            ("Europe/Budapest", "2027-03-28", "08:00", "2027-03-28T08:00:00+02:00"),
            ("Europe/Budapest", "2026-10-25", "08:00", "2026-10-25T08:00:00+01:00"),
            // The gap: 02:00 to 03:00 does not exist.
            ("Europe/Budapest", "2027-03-28", "01:59", "2027-03-28T01:59:00+01:00"),
            ("Europe/Budapest", "2027-03-28", "02:00", "2027-03-28T03:00:00+02:00"),
            ("Europe/Budapest", "2027-03-28", "02:30", "2027-03-28T03:00:00+02:00"),
            ("Europe/Budapest", "2027-03-28", "03:00", "2027-03-28T03:00:00+02:00"),
            // The fold: 02:00 to 03:00 comes twice, and the first counts.
            ("Europe/Budapest", "2026-10-25", "02:00", "2026-10-25T02:00:00+02:00"),
            ("Europe/Budapest", "2026-10-25", "02:30", "2026-10-25T02:30:00+02:00"),
            ("Europe/Budapest", "2026-10-25", "03:00", "2026-10-25T03:00:00+01:00"),
            // A skipped day.
            ("Pacific/Apia", "2011-12-29", "08:00", "2011-12-29T08:00:00-10:00"),
            ("Pacific/Apia", "2011-12-30", "00:00", "no such day"),
            ("Pacific/Apia", "2011-12-30", "08:00", "no such day"),
            ("Pacific/Apia", "2011-12-30", "23:59", "no such day"),
            ("Pacific/Apia", "2011-12-31", "00:00", "2011-12-31T00:00:00+14:00"),
            ("Pacific/Kwajalein", "1993-08-21", "12:00", "no such day"),
            // Gaps at midnight: the day begins at 01:00.
            ("Asia/Beirut", "2027-03-28", "00:00", "2027-03-28T01:00:00+03:00"),
            ("Asia/Beirut", "2027-03-28", "00:30", "2027-03-28T01:00:00+03:00"),
            ("Asia/Beirut", "2027-03-27", "23:59", "2027-03-27T23:59:00+02:00"),
            ("Africa/Cairo", "2027-04-30", "00:30", "2027-04-30T01:00:00+03:00"),
            ("America/Santiago", "2027-09-05", "00:00", "2027-09-05T01:00:00-03:00"),
            ("America/Santiago", "2027-09-05", "00:59", "2027-09-05T01:00:00-03:00"),
            // Folds before midnight: the last hour of the day comes twice.
            ("America/Santiago", "2027-04-03", "23:30", "2027-04-03T23:30:00-03:00"),
            ("America/Santiago", "2027-04-04", "00:00", "2027-04-04T00:00:00-04:00"),
            ("Asia/Beirut", "2027-10-30", "23:30", "2027-10-30T23:30:00+03:00"),
            ("America/Havana", "2027-11-07", "00:30", "2027-11-07T00:30:00-04:00"),
            // A gap that lasts until midnight: the day's last minute, never the next day.
            ("America/Nuuk", "2027-03-27", "22:59", "2027-03-27T22:59:00-02:00"),
            ("America/Nuuk", "2027-03-27", "23:00", "2027-03-27T22:59:00-02:00"),
            ("America/Nuuk", "2027-03-27", "23:30", "2027-03-27T22:59:00-02:00"),
            ("America/Nuuk", "2027-03-28", "00:00", "2027-03-28T00:00:00-01:00"),
            // A change of half an hour.
            ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-04T02:30:00+11:00"),
            ("Australia/Lord_Howe", "2027-04-04", "01:45", "2027-04-04T01:45:00+11:00"),
            ("Australia/Lord_Howe", "2027-04-04", "02:00", "2027-04-04T02:00:00+10:30"),
            // Changes that depend on Ramadan, and zones without changes.
            ("Africa/Casablanca", "2026-02-15", "03:30", "2026-02-15T03:30:00+00:00"),
            ("Africa/Casablanca", "2026-03-22", "02:30", "2026-03-22T03:00:00+01:00"),
            ("Asia/Kathmandu", "2027-03-28", "02:30", "2027-03-28T02:30:00+05:45"),
            ("Asia/Tokyo", "2027-03-28", "02:30", "2027-03-28T02:30:00+09:00"),
            ("UTC", "2027-03-28", "02:30", "2027-03-28T02:30:00+00:00"),
            ("America/New_York", "2027-03-14", "02:30", "2027-03-14T03:00:00-04:00"),
        ] {
            assert_eq!(due(name, date, time), expected, "{name} {date} {time}");
        }
    }

    #[test]
    fn a_date_that_comes_twice_has_one_post() {
        // At 00:01 on 29 October 2006 the clocks of St John's went back to 23:01 of the 28th.
        let zone = zone("America/St_Johns");
        let time: WallTime = "23:30".parse().expect("a time");
        let first = instant(Date::constant(2006, 10, 28), time, &zone).at().expect("it exists");
        assert_eq!(first.to_string(), "2006-10-29T02:00:00Z");
        let (date, second) = next_due(first, time, &zone);
        assert_eq!(date, Date::constant(2006, 10, 29));
        assert!(second > first);
    }

    #[test]
    fn at_the_calendars_end_there_is_an_answer() {
        let time = WallTime::new(8, 0).expect("a time");
        assert_eq!(next_due(Timestamp::MAX, time, &TimeZone::UTC), (Date::MAX, Timestamp::MAX));
        let (date, _) = next_due(Timestamp::MIN, time, &zone("Pacific/Apia"));
        assert!(date.year() <= -9998);
    }

    /// Checks over `days` dates from `from` that each existing local date has exactly one due instant,
    /// in order, and that `next_due` returns each after the one before.
    fn walk(name: &str, from: Date, days: usize, time: WallTime) {
        let zone = zone(name);
        let mut before: Option<Timestamp> = None;
        let mut date = from;
        for _ in 0..days {
            let due = instant(date, time, &zone);
            assert_eq!(due == Due::NoSuchDay, is_skipped(&zone, date), "{name} {date} {time}");
            if let Due::At(instant) = due {
                let just_before = instant.checked_sub(SignedDuration::from_nanos(1)).expect("in range");
                for after in before.into_iter().chain([just_before]) {
                    assert!(instant > after, "{name} {date} {time}");
                    assert_eq!(next_due(after, time, &zone), (date, instant), "{name} {date} {time}");
                }
                assert_eq!(zone.to_datetime(instant).date(), date);
                before = Some(instant);
            }
            date = date.tomorrow().expect("in range");
        }
    }

    /// Whether the place skipped that day, computed without the code under test: no minute of the two
    /// days around it has that date.
    fn is_skipped(zone: &TimeZone, date: Date) -> bool {
        let noon = TimeZone::UTC.to_timestamp(date.at(12, 0, 0, 0)).expect("in range");
        (-26 * 4..=26 * 4).all(|quarter| {
            let instant = noon.checked_add(SignedDuration::from_mins(quarter * 15)).expect("in range");
            zone.to_datetime(instant).date() != date
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn every_local_date_has_one_post_in_order_in_every_zone(
            year in 1970i16..2040, day in 1i16..365, hour in 0i8..24, minute in 0i8..60,
        ) {
            let from = Date::new(year, 1, 1).expect("a date").with().day_of_year(day).build().expect("a date");
            let time = WallTime::new(hour, minute).expect("a time");
            for name in jiff::tz::db().available() {
                walk(name.as_str(), from, 3, time);
            }
        }

        #[test]
        fn whatever_the_instant_the_next_post_is_the_nearest(
            seconds in 0i64..2_200_000_000, hour in 0i8..24, minute in 0i8..60, idx in 0usize..600,
        ) {
            let names: Vec<_> = jiff::tz::db().available().collect();
            let zone = zone(names[idx % names.len()].as_str());
            let after = Timestamp::from_second(seconds).expect("in range");
            let time = WallTime::new(hour, minute).expect("a time");
            let (date, next) = next_due(after, time, &zone);
            prop_assert!(next > after);
            // Two days at most, three over a skipped one.
            prop_assert!(next.duration_since(after) <= SignedDuration::from_hours(73));
            let mut earlier = date.yesterday().expect("in range");
            for _ in 0..3 {
                if let Due::At(instant) = instant(earlier, time, &zone) {
                    prop_assert!(instant <= after);
                }
                earlier = earlier.yesterday().expect("in range");
            }
        }
    }

    #[test]
    fn changing_zones_of_today_are_walked_through_two_years_at_awkward_hours() {
        for name in ["Europe/Budapest", "America/Nuuk", "Asia/Beirut", "Africa/Cairo", "America/Santiago", "America/Havana"]
            .into_iter()
            .chain(["Australia/Lord_Howe", "Africa/Casablanca", "Antarctica/Troll", "Atlantic/Azores", "Asia/Jerusalem"])
        {
            for time in ["00:00", "00:30", "02:30", "23:00", "23:59"] {
                walk(name, Date::constant(2026, 1, 1), 731, time.parse().expect("a time"));
            }
        }
    }
}
