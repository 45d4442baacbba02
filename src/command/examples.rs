//! Examples of input from the current pack: its own days, people and words.

use std::cmp::Reverse;

use crate::card::format;
use crate::pack::{Entry, Kind, Pack};

/// Fills the placeholders of an example: `{day}`, `{from}` and `{to}` (the days of the replay),
/// `{event}`, `{person}`, `{place}`, `{term}`, `{question}`, `{discussion}`.
pub(crate) fn filled(example: &str, pack: &Pack) -> String {
    let mut text = example.to_owned();
    for (gap, fill) in GAPS {
        if text.contains(gap) {
            text = text.replace(gap, &fill(pack));
        }
    }
    text
}

type Fill = fn(&Pack) -> String;

const GAPS: [(&str, Fill); 9] = [
    ("{day}", day),
    ("{from}", |pack| ends(pack).0),
    ("{to}", |pack| ends(pack).1),
    ("{event}", |pack| name(pack, Kind::Event)),
    ("{person}", |pack| name(pack, Kind::Person)),
    ("{place}", |pack| name(pack, Kind::Place)),
    ("{term}", |pack| name(pack, Kind::Term)),
    ("{question}", question),
    ("{discussion}", |pack| pack.discussions.first().map_or_else(|| ANY.to_owned(), |known| known.title.clone())),
];

/// A question that the pack answers.
fn question(pack: &Pack) -> String {
    let asks = pack.answers.iter().flat_map(|answer| &answer.asks);
    // Preferably a short one that asks why something happened.
    let reasons = |ask: &str| ["why did the ", "why was the "].iter().any(|start| ask.starts_with(start));
    let written = asks.min_by_key(|ask| (!reasons(ask), ask.chars().count().abs_diff(SHORT))).cloned();
    written.unwrap_or_else(|| format!("what happened on {}", day(pack)))
}

/// The preferred maximum length of an example question, in characters.
const SHORT: usize = 30;

/// The placeholder's value if the pack has nothing for it.
const ANY: &str = "…";

/// A day with an event, as users type it: `14 july`.
pub(crate) fn day(pack: &Pack) -> String {
    let dated = pack.events().filter_map(|(_, entry, facts)| Some((entry.importance, facts.when.day()?)));
    let in_year = dated.max_by_key(|(importance, day)| (day.year() == pack.year, *importance, Reverse(*day)));
    in_year.map_or_else(|| typed(4, 3), |(_, day)| typed(day.month(), day.day()))
}

fn ends(pack: &Pack) -> (String, String) {
    let days = pack.replay_days();
    let typed_date = |date: jiff::civil::Date| typed(date.month(), date.day());
    days.map_or_else(|| (typed(1, 3), typed(4, 3)), |(from, to)| (typed_date(from), typed_date(to)))
}

fn typed(month: i8, day: i8) -> String {
    format::day_and_month(month, day).to_lowercase()
}

/// The most important entry of a kind among those with short names.
fn name(pack: &Pack, kind: Kind) -> String {
    let entries = || pack.of_kind(kind).map(|(_, entry)| entry);
    let short = |entry: &&Entry| entry.name.chars().count() <= 32;
    let weightiest = entries().filter(short).max_by_key(|entry| entry.importance).or_else(|| entries().next());
    weightiest.map_or_else(|| ANY.to_owned(), |entry| entry.name.to_lowercase())
}
