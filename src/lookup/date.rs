//! Dates as people type them: "4 nov", "nov 4th", "1956-11-04", "4/11", "október 23", "oct 56".

use jiff::civil::Date;

use super::words::is_stop;

/// How much of a date was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// A year.
    Year,
    /// A month of a year.
    Month,
    /// A day.
    Day,
}

/// A date that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Understood {
    /// The first day it means.
    pub from: Date,
    /// The last day it means.
    pub to: Date,
    /// How much was given.
    pub precision: Precision,
    /// Whether two bare numbers were read as day/month, which is worth saying.
    pub day_first: bool,
    /// Whether a year was given; otherwise it is the default one.
    pub year_given: bool,
    /// The words that are no part of the date, question words left out.
    pub rest: String,
}

/// English and Hungarian names of the months, transliterated; three letters suffice of each.
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

/// What a date is put together from.
#[derive(Default)]
struct Parts {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    day_first: bool,
    /// The month is a word that is more than a month ("march", "may"), or was misspelt.
    doubtful: bool,
    rest: Vec<String>,
}

/// Reads a date out of a text of any kind. `None` when there is none in it, or none that exists
/// (30 February). A date without a year is given `default_year`.
pub fn understand(text: &str, default_year: i16) -> Option<Understood> {
    let cut: String = text.chars().take(super::fold::LONGEST).collect();
    let ascii = any_ascii::any_ascii(&cut).to_ascii_lowercase();
    let mut parts = Parts::default();
    for chunk in ascii.split(|c: char| c.is_whitespace() || matches!(c, ',' | '?' | '!' | '(' | ')' | ';' | '"')) {
        let chunk = chunk.trim_matches('\'').trim_end_matches('.');
        if !chunk.is_empty() && !numeric(chunk, &mut parts)? {
            word(chunk, &mut parts);
        }
    }
    assemble(parts, default_year)
}

/// Reads a chunk of numbers and separators; whether it was one. `None` for a date that is none.
fn numeric(chunk: &str, parts: &mut Parts) -> Option<bool> {
    if !chunk.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.' | b'/')) || !chunk.contains(['-', '.', '/'])
    {
        return Some(false);
    }
    let numbers: Vec<&str> = chunk.split(['-', '.', '/']).filter(|number| !number.is_empty()).collect();
    if parts.day.is_some() || parts.month.is_some() || numbers.iter().any(|number| number.len() > 4) {
        return Some(false);
    }
    let number = |index: usize| numbers.get(index).and_then(|number| number.parse::<i16>().ok());
    let small = |value: Option<i16>| value.and_then(|value| i8::try_from(value).ok());
    match (numbers.len(), numbers.first().map_or(0, |first| first.len())) {
        (2, 4) | (3, 4) => {
            parts.year = number(0);
            parts.month = small(number(1));
            parts.day = small(number(2));
        }
        (2 | 3, 1 | 2) => {
            let (first, second) = (small(number(0))?, small(number(1))?);
            // "10/23" can only be the American order.
            let month_first = second > 12 && first <= 12;
            (parts.day, parts.month) = if month_first { (Some(second), Some(first)) } else { (Some(first), Some(second)) };
            parts.day_first = !month_first && first <= 12;
            parts.year = number(2).map(|year| if year < 100 { 1900 + year } else { year });
        }
        _ => return Some(false),
    }
    Some(true)
}

fn word(chunk: &str, parts: &mut Parts) {
    let bare: String = chunk.chars().filter(char::is_ascii_alphanumeric).collect();
    if let Some(number) = ordinal(&bare) {
        if bare.len() == 4 && parts.year.is_none() && (1000..3000).contains(&number) {
            parts.year = Some(number);
            return;
        }
        if (1..=31).contains(&number) && parts.day.is_none() && bare.len() < 5 {
            parts.day = i8::try_from(number).ok();
            return;
        }
        if (40..100).contains(&number) && parts.year.is_none() && parts.month.is_some() {
            parts.year = Some(1900 + number);
            return;
        }
    } else if parts.month.is_none()
        && let Some((month, doubtful)) = month(&bare)
    {
        parts.month = Some(month);
        parts.doubtful = doubtful;
        return;
    }
    if !is_stop(&bare) && !matches!(bare.as_str(), "day" | "date" | "year" | "month" | "th" | "") {
        parts.rest.push(chunk.to_owned());
    }
}

/// `23`, `23rd`, `4th`, and the suffixes of Hungarian dates (`23-an` comes apart before).
fn ordinal(word: &str) -> Option<i16> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let suffix = &word[digits.len()..];
    if digits.is_empty() || !matches!(suffix, "" | "st" | "nd" | "rd" | "th" | "an" | "en" | "jen" | "e" | "i") {
        return None;
    }
    digits.parse().ok()
}

/// The month a word names, and whether that is doubtful: a word of its own, or misspelt.
fn month(word: &str) -> Option<(i8, bool)> {
    if word.len() < 3 || !word.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return None;
    }
    let number = |index: usize| index as i8 + 1;
    for (index, names) in MONTHS.iter().enumerate() {
        // "sept", "okt", "szept", "dec" …
        if names.iter().any(|name| *name == word || (word.len() <= 5 && name.starts_with(word))) {
            return Some((number(index), matches!(word, "march" | "may" | "mar" | "aug" | "jan")));
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

fn assemble(parts: Parts, default_year: i16) -> Option<Understood> {
    let rest = parts.rest.join(" ");
    let year = parts.year.unwrap_or(default_year);
    let (from, to, precision) = match (parts.month, parts.day) {
        // A number beside other words is a number: "sixteen points" are no date.
        (None, Some(_)) => return None,
        (None, None) => {
            parts.year?;
            (Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?, Precision::Year)
        }
        (Some(month), None) => {
            // "the women's march" is not about the month.
            if !rest.is_empty() && parts.doubtful && parts.year.is_none() {
                return None;
            }
            let first = Date::new(year, month, 1).ok()?;
            (first, first.last_of_month(), Precision::Month)
        }
        (Some(month), Some(day)) => {
            let date = Date::new(year, month, day).ok()?;
            (date, date, Precision::Day)
        }
    };
    Some(Understood { from, to, precision, day_first: parts.day_first, year_given: parts.year.is_some(), rest })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Option<String> {
        let understood = understand(text, 1956)?;
        let date = match understood.precision {
            Precision::Day => understood.from.to_string(),
            Precision::Month => understood.from.strftime("%Y-%m").to_string(),
            Precision::Year => understood.from.year().to_string(),
        };
        Some(if understood.rest.is_empty() { date } else { format!("{date} + {}", understood.rest) })
    }

    #[test]
    fn dates_in_any_common_form() {
        for (text, expected) in [
            ("4 nov", "1956-11-04"),
            ("nov 4th", "1956-11-04"),
            ("November 4, 1956", "1956-11-04"),
            ("1956-11-04", "1956-11-04"),
            ("1956.11.04.", "1956-11-04"),
            ("1956. november 4.", "1956-11-04"),
            ("4/11", "1956-11-04"),
            ("4.11.1956", "1956-11-04"),
            ("4.11.56", "1956-11-04"),
            ("10/23", "1956-10-23"),
            ("the 4th of november", "1956-11-04"),
            ("what happened on 23 october?", "1956-10-23"),
            ("október 23", "1956-10-23"),
            ("okt. 23", "1956-10-23"),
            ("ocotber 23", "1956-10-23"),
            ("novmber 4", "1956-11-04"),
            ("october", "1956-10"),
            ("oct 56", "1956-10"),
            ("1956-02", "1956-02"),
            ("february 1956", "1956-02"),
            ("1953", "1953"),
            ("16 june 1958", "1958-06-16"),
            ("23 october radio", "1956-10-23 + radio"),
            ("radio shooting on oct 23", "1956-10-23 + radio shooting"),
            ("29 february", "1956-02-29"),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in
            ["", "16 points", "imre nagy", "30 february", "1956-13-01", "31/4", "the women's march", "99/99", "/", "4/", "//4//"]
        {
            assert_eq!(read(text), None, "{text:?}");
        }
    }

    #[test]
    fn bare_numbers_are_read_day_first_and_said_so() {
        assert!(understand("4/11", 1956).is_some_and(|date| date.day_first));
        assert!(understand("10/23", 1956).is_some_and(|date| !date.day_first));
        assert!(understand("4 nov", 1956).is_some_and(|date| !date.day_first && !date.year_given));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_fail(text in any::<String>()) {
            if let Some(understood) = understand(&text, 1956) {
                prop_assert!(understood.from <= understood.to);
            }
        }

        #[test]
        fn every_day_is_read_back(day in 1i8..=28, month in 1i8..=12, year in 1900i16..2000) {
            let date = Date::constant(year, month, day);
            for form in ["%Y-%m-%d", "%-d %B %Y", "%B %-d, %Y", "%-d %b %Y"] {
                let text = date.strftime(form).to_string();
                prop_assert_eq!(understand(&text, 1956).map(|read| read.from), Some(date), "{}", text);
            }
        }
    }
}
