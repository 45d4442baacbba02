//! Parses days relative to today: "tomorrow", "next friday", "múlt hétfő", "in 3 days".

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::names::weekday;

/// Which day with a certain weekday is meant.
#[derive(Clone, Copy, PartialEq)]
enum Which {
    /// The first one from today on.
    Coming,
    /// The first one after today.
    Next,
    /// The last one before today.
    Last,
}

/// The day that folded words name relative to `today`; `None` if a word does not belong to it.
pub(super) fn day(words: &[&str], today: Date) -> Option<Date> {
    let within = |days: i64| today.checked_add(days.days()).ok();
    match words {
        ["today" | "tonight" | "now" | "ma" | "mai" | "mai", ..] if is_day_or_nothing(&words[1..]) => Some(today),
        ["tomorrow" | "tmrw" | "tmr" | "tomorow" | "tommorow" | "tommorrow" | "holnap" | "holnapi"] => within(1),
        ["yesterday" | "tegnap" | "tegnapi"] => within(-1),
        ["holnaputan"] | ["day", "after", "tomorrow"] => within(2),
        ["tegnapelott"] | ["day", "before", "yesterday"] => within(-2),
        ["in", number, "day" | "days"] | [number, "nap", "mulva"] => within(number.parse().ok().filter(near)?),
        ["in", "a", "week"] | ["egy", "het", "mulva"] => within(7),
        [number, "day" | "days", "ago"] => within(-number.parse::<i64>().ok().filter(near)?),
        ["a", "week", "ago"] | ["egy", "hete"] => within(-7),
        ["next" | "jovo" | "kovetkezo", name] => named(weekday(name)?, Which::Next, today),
        ["last" | "previous" | "past" | "mult" | "elozo", name] => named(weekday(name)?, Which::Last, today),
        ["this" | "coming" | "on" | "ezen" | "most", name] | [name] => named(weekday(name)?, Which::Coming, today),
        _ => None,
    }
}

fn is_day_or_nothing(words: &[&str]) -> bool {
    matches!(words, [] | ["nap" | "napon"])
}

/// Whether the distance is at most a year.
fn near(days: &i64) -> bool {
    (0..=366).contains(days)
}

fn named(name: Weekday, which: Which, today: Date) -> Option<Date> {
    match which {
        Which::Coming if today.weekday() == name => Some(today),
        Which::Coming | Which::Next => today.nth_weekday(1, name).ok(),
        Which::Last => today.nth_weekday(-1, name).ok(),
    }
}
