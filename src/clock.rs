//! Which day it is in Budapest.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The date in Budapest at an instant; in UTC, should the zone be missing from the bundled ones.
pub fn date_in_budapest(now: Timestamp) -> Date {
    let zone = TimeZone::get("Europe/Budapest").unwrap_or(TimeZone::UTC);
    zone.to_datetime(now).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_changes_at_midnight_in_budapest() {
        let instant = |text: &str| text.parse::<Timestamp>().expect("an instant");
        assert_eq!(date_in_budapest(instant("2026-11-23T22:59:59Z")), Date::constant(2026, 11, 23));
        assert_eq!(date_in_budapest(instant("2026-11-23T23:00:00Z")), Date::constant(2026, 11, 24));
        assert_eq!(date_in_budapest(instant("2026-06-15T22:00:00Z")), Date::constant(2026, 6, 16));
    }
}
