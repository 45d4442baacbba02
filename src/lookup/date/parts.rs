//! What a date is put together from, word by word.

use jiff::civil::Weekday;

use super::names::{is_day_suffix, month, part_of_day, roman, weekday};
use crate::lookup::words::is_stop;

/// The parts of one date that were found in a text.
#[derive(Debug, Default, Clone)]
pub struct Parts {
    pub year: Option<i16>,
    pub month: Option<i8>,
    pub day: Option<i8>,
    /// Two bare numbers were read as day/month.
    pub day_first: bool,
    /// The month is a word that is more than a month ("march", "may"), or was misspelt.
    pub doubtful: bool,
    pub weekday: Option<Weekday>,
    /// A part of the day, as cards call it.
    pub part: Option<&'static str>,
    /// Whether a clock time was given.
    pub timed: bool,
    /// The words that are no part of it.
    pub rest: Vec<String>,
}

/// Reads the parts of a date in folded text; `None` when a chunk of numbers is no date.
pub fn read(ascii: &str) -> Option<Parts> {
    let mut parts = Parts::default();
    let chunks = chunks(ascii);
    let mut words = chunks.iter().map(String::as_str).peekable();
    while let Some(chunk) = words.next() {
        if is_clock(chunk) {
            parts.timed = true;
            // "21:30 in Budapest", as cards say it; "8:00 am".
            if words.next_if(|word| matches!(*word, "am" | "pm")).is_none() && words.next_if(|word| *word == "in").is_some() {
                words.next_if(|place| part_of_day(place).is_none() && place.bytes().all(|byte| byte.is_ascii_alphabetic()));
            }
        } else if !numeric(chunk, &mut parts)? {
            word(chunk, &mut parts);
        }
    }
    Some(parts)
}

/// The chunks of a text: split at blanks and marks, letters and digits that are stuck together
/// apart, the numbers of one date that are written apart together.
fn chunks(ascii: &str) -> Vec<String> {
    let marks = |letter: char| letter.is_whitespace() || matches!(letter, ',' | '?' | '!' | '(' | ')' | ';' | '"' | '\'');
    let mut split: Vec<String> = Vec::new();
    for chunk in ascii.split(marks).filter(|chunk| !chunk.is_empty()) {
        split_joined(chunk, &mut split);
    }
    let bare = |chunk: &str| chunk.trim_end_matches('.').to_owned();
    let dotted = |chunk: &str| chunk.ends_with('.') && is_number_of_date(&bare(chunk));
    let mut joined: Vec<String> = Vec::new();
    let all_numbers = (2..=3).contains(&split.len()) && split.iter().all(|chunk| is_digits(&bare(chunk)));
    let mut goes_on = false;
    for chunk in &split {
        match joined.last_mut() {
            Some(last) if goes_on && is_number_of_date(&bare(chunk)) => {
                last.push('.');
                last.push_str(&bare(chunk));
            }
            _ => joined.push(chunk.trim_start_matches('.').trim_end_matches([':', '.']).to_owned()),
        }
        goes_on = dotted(chunk) || all_numbers;
    }
    joined.retain(|chunk| !chunk.is_empty());
    joined
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_number_of_date(text: &str) -> bool {
    is_digits(text) || roman(text).is_some()
}

/// `oct23`, `23oct1956`, `nov4th` come apart where a month is.
fn split_joined(chunk: &str, split: &mut Vec<String>) {
    let plain = chunk.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let start = chunk.find(|letter: char| letter.is_ascii_alphabetic());
    let Some(start) = start.filter(|_| plain && chunk.bytes().any(|byte| byte.is_ascii_digit())) else {
        split.push(chunk.to_owned());
        return;
    };
    let end = chunk[start..].find(|letter: char| letter.is_ascii_digit()).map_or(chunk.len(), |digit| start + digit);
    // "4thnov", "23rdoct": the suffix goes with the number.
    let suffix = if start == 0 {
        0
    } else {
        ["st", "nd", "rd", "th"]
            .iter()
            .find(|suffix| chunk[start..end].starts_with(*suffix) && end - start > 4)
            .map_or(0, |suffix| suffix.len())
    };
    if month(&chunk[start + suffix..end]).is_none() {
        split.push(chunk.to_owned());
        return;
    }
    split.extend(
        [&chunk[..start + suffix], &chunk[start + suffix..end], &chunk[end..]]
            .into_iter()
            .filter(|part| !part.is_empty())
            .map(str::to_owned),
    );
}

/// `21:30`, `08:13:00`
fn is_clock(chunk: &str) -> bool {
    let mut numbers = chunk.trim_end_matches(|letter: char| letter.is_ascii_alphabetic()).split(':');
    let small = |text: Option<&str>, most: u8| {
        text.is_some_and(|text| text.len() <= 2 && text.parse::<u8>().is_ok_and(|number| number < most))
    };
    small(numbers.next(), 24) && small(numbers.next(), 60) && numbers.next().is_none_or(|second| small(Some(second), 60))
}

/// Reads a chunk of numbers and separators; whether it was one. `None` for a date that is none.
fn numeric(chunk: &str, parts: &mut Parts) -> Option<bool> {
    let numbers: Vec<&str> = chunk.split(['-', '.', '/']).filter(|number| !number.is_empty()).collect();
    if !chunk.contains(['-', '.', '/']) || !numbers.iter().all(|number| is_number_of_date(number)) {
        return Some(false);
    }
    if parts.day.is_some() || parts.month.is_some() {
        return Some(false);
    }
    let number = |index: usize| numbers.get(index).and_then(|number| number.parse::<i16>().ok());
    let small = |index: usize| {
        number(index).and_then(|value| i8::try_from(value).ok()).or_else(|| numbers.get(index).and_then(|text| roman(text)))
    };
    let is_roman = |index: usize| numbers.get(index).is_some_and(|text| roman(text).is_some());
    match (numbers.len(), numbers.first().map_or(0, |first| first.len())) {
        (2, 4) | (3, 4) if !is_roman(0) => {
            if number(1).is_some_and(|month| month > 12) {
                return None;
            }
            parts.year = number(0);
            parts.month = small(1);
            parts.day = small(2);
        }
        (2 | 3, 1..=4) => {
            let (first, second) = (small(0)?, small(1)?);
            // "10/23" can only be the American order, and a Roman number is the month.
            let month_first = is_roman(0) || !is_roman(1) && second > 12 && first <= 12;
            (parts.day, parts.month) = if month_first { (Some(second), Some(first)) } else { (Some(first), Some(second)) };
            parts.day_first = !month_first && first <= 12 && !is_roman(1);
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
        if (1..=31).contains(&number) && parts.day.is_none() && bare.len() < 8 {
            parts.day = i8::try_from(number).ok();
            return;
        }
        if (32..100).contains(&number) && parts.year.is_none() && parts.month.is_some() {
            parts.year = Some(1900 + number);
            return;
        }
    } else if parts.month.is_none()
        && let Some((month, doubtful)) = month(&bare)
    {
        parts.month = Some(month);
        parts.doubtful = doubtful;
        return;
    } else if parts.weekday.is_none()
        && let Some(name) = weekday(&bare)
    {
        parts.weekday = Some(name);
        return;
    } else if parts.part.is_none()
        && let Some(part) = part_of_day(&bare)
    {
        parts.part = Some(part);
        return;
    }
    if !is_stop(&bare) && !is_filler(&bare) {
        parts.rest.push(chunk.to_owned());
    }
}

/// Words that only stand beside dates.
fn is_filler(word: &str) -> bool {
    matches!(
        word,
        "day"
            | "date"
            | "year"
            | "month"
            | "th"
            | ""
            | "circa"
            | "around"
            | "early"
            | "late"
            | "ev"
            | "evi"
            | "nap"
            | "napon"
            | "happened"
            | "kb"
    )
}

/// `23`, `23rd`, `4th`, `23án`, `1956-os`.
fn ordinal(word: &str) -> Option<i16> {
    let digits = word.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let suffix = &word[digits.len()..];
    let of_year = digits.len() == 4 && matches!(suffix, "s" | "os" | "ban" | "ben" | "bol");
    if digits.is_empty() || !is_day_suffix(suffix) && !of_year {
        return None;
    }
    digits.parse().ok().filter(|_| suffix.is_empty() || digits.len() < 3 || of_year)
}
