//! The words of dates in English and transliterated Hungarian.

use jiff::civil::Weekday;

/// The months; three letters are enough for each.
const MONTHS: [[&str; 2]; 12] = [
    ["january", "januar"],
    ["february", "februar"],
    ["march", "marcius"],
    ["april", "aprilis"],
    ["may", "majus"],
    ["june", "junius"],
    ["july", "julius"],
    ["august", "augusztus"],
    ["september", "szeptember"],
    ["october", "oktober"],
    ["november", "november"],
    ["december", "december"],
];

/// The months in Roman numerals, as Hungarians write them: `1912. IV. 15.`
const ROMAN: [&str; 12] = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"];

const WEEKDAYS: [(Weekday, &[&str]); 7] = [
    (Weekday::Monday, &["monday", "mon", "hetfo"]),
    (Weekday::Tuesday, &["tuesday", "tues", "tue", "kedd"]),
    (Weekday::Wednesday, &["wednesday", "wed", "weds", "szerda"]),
    (Weekday::Thursday, &["thursday", "thurs", "thur", "thu", "csutortok"]),
    (Weekday::Friday, &["friday", "fri", "pentek"]),
    (Weekday::Saturday, &["saturday", "sat", "szombat"]),
    (Weekday::Sunday, &["sunday", "sun", "vasarnap"]),
];

/// Parts of a day, each with the English word on cards.
const PARTS: [(&str, &[&str]); 6] = [
    ("dawn", &["dawn", "daybreak", "sunrise", "hajnal"]),
    ("morning", &["morning", "reggel", "delelott"]),
    ("noon", &["noon", "midday", "del"]),
    ("afternoon", &["afternoon", "delutan"]),
    ("evening", &["evening", "dusk", "este"]),
    ("night", &["night", "midnight", "ejjel", "ejszaka", "ejfel"]),
];

/// Hungarian endings of words in dates: on, from, until, of.
const ENDINGS: &[&str] =
    &["ban", "ben", "an", "en", "on", "jen", "tol", "ig", "ara", "ere", "ai", "ei", "ra", "re", "i", "e", "a", "n"];

/// A folded word, and its forms without a Hungarian ending.
fn bare(word: &str) -> impl Iterator<Item = &str> {
    std::iter::once(word).chain(ENDINGS.iter().filter_map(move |ending| word.strip_suffix(ending)))
}

/// Whether letters after a day's number belong to it: `23rd`, `23-án`, `23-tól`.
pub(super) fn is_day_suffix(letters: &str) -> bool {
    matches!(letters, "" | "st" | "nd" | "rd" | "th")
        || ENDINGS.contains(&letters)
        || matches!(letters, "adik" | "adikan" | "edik" | "edikan" | "ediken")
}

/// The month (1–12) that a folded word names, and whether that is doubtful, because the word has another
/// meaning or is misspelt.
pub(super) fn month(word: &str) -> Option<(i8, bool)> {
    if word.len() < 3 || !word.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return None;
    }
    let number = |index: usize| index as i8 + 1;
    for form in bare(word).filter(|form| form.len() >= 3) {
        for (index, names) in MONTHS.iter().enumerate() {
            // Abbreviations such as "sept", "okt", "szept", "dec".
            if names.iter().any(|name| *name == form || (form == word && form.len() <= 5 && name.starts_with(form))) {
                return Some((number(index), matches!(form, "march" | "may" | "mar" | "aug" | "jan")));
            }
        }
    }
    let slips = if word.len() > 6 { 2 } else { 1 };
    if word.len() < 4 {
        return None;
    }
    let near = MONTHS.iter().enumerate().find(|(_, names)| {
        names.iter().any(|name| name.len() > 4 && name[..1] == word[..1] && strsim::osa_distance(name, word) <= slips)
    });
    near.map(|(index, _)| (number(index), true))
}

/// The month (1–12) of a Roman numeral.
pub(super) fn roman(word: &str) -> Option<i8> {
    ROMAN.iter().position(|number| *number == word).map(|index| index as i8 + 1)
}

/// The weekday that a folded word names.
pub(super) fn weekday(word: &str) -> Option<Weekday> {
    bare(word).find_map(|form| WEEKDAYS.iter().find(|(_, names)| names.contains(&form)).map(|(day, _)| *day))
}

/// Whether a folded word is an era: `true` for before Christ, `false` for after.
pub(super) fn era(word: &str) -> Option<bool> {
    match word {
        "bc" | "bce" => Some(true),
        "ad" | "ce" => Some(false),
        _ => None,
    }
}

/// The part of the day that a folded word names, as on cards.
pub(super) fn part_of_day(word: &str) -> Option<&'static str> {
    let forms = bare(word).filter(|form| form.len() > 2);
    forms.into_iter().find_map(|form| PARTS.iter().find(|(_, names)| names.contains(&form)).map(|(part, _)| *part))
}
