//! Finds the parts of a date, word by word.

use jiff::civil::Weekday;

use super::names::{era, is_day_suffix, month, part_of_day, roman, weekday};
use crate::lookup::words::is_stop;
use crate::pack::year_of_era;

/// The parts of a date in a text.
#[derive(Debug, Default, Clone)]
pub(super) struct Parts {
    /// The number of the year.
    pub year: Option<i16>,
    /// Whether the year is before Christ, if the text says so.
    pub before_christ: Option<bool>,
    /// Whether the year has only two digits ("56").
    pub in_century: bool,
    pub month: Option<i8>,
    pub day: Option<i8>,
    /// Two bare numbers were interpreted as day/month.
    pub day_first: bool,
    /// The word for the month has another meaning ("march", "may"), or is misspelt.
    pub doubtful: bool,
    pub weekday: Option<Weekday>,
    /// A part of the day, as cards call it.
    pub part: Option<&'static str>,
    /// Whether there is a clock time.
    pub timed: bool,
    /// The words that are not part of the date.
    pub rest: Vec<String>,
}

impl Parts {
    /// The year, if there is one. A year of two digits becomes the one nearest to `default_year`.
    pub(super) fn known_year(&self, default_year: i16) -> Option<i16> {
        let number = self.year?;
        match self.before_christ {
            Some(before) => year_of_era(number, before),
            None if self.in_century => near(number, default_year),
            None => Some(number),
        }
    }
}

/// The year nearest to `year` that ends in these two digits.
fn near(digits: i16, year: i16) -> Option<i16> {
    let fits = |candidate: &i16| year_digits(*candidate) % 100 == digits;
    (0..=100).flat_map(|off| [year.checked_sub(off), year.checked_add(off)]).flatten().find(fits)
}

/// The digits of a year's name: 44 for 44 BC.
fn year_digits(year: i16) -> i16 {
    if year > 0 { year } else { 1 - year }
}

/// Finds the parts of a date in folded text; `None` if a chunk of numbers is not a date.
pub(super) fn read(ascii: &str) -> Option<Parts> {
    let mut parts = Parts::default();
    let chunks = chunks(ascii);
    let mut words = chunks.iter().map(String::as_str).peekable();
    while let Some(chunk) = words.next() {
        if is_clock(chunk) {
            parts.timed = true;
            // After a time: "17:00 in Paris", as on cards, or "8:00 am".
            if words.next_if(|word| matches!(*word, "am" | "pm")).is_none() && words.next_if(|word| *word == "in").is_some() {
                let place = words.next_if(|word| is_of_place(word));
                if place.is_some_and(begins_a_name) {
                    words.next_if(|word| is_of_place(word));
                }
            }
        } else if let Some((number, before)) = number_and_era(chunk).filter(|_| parts.year.is_none()) {
            (parts.year, parts.before_christ) = (Some(number), Some(before));
        } else if let Some((number, before)) = year_beside_era(chunk, words.peek()).filter(|_| parts.year.is_none()) {
            (parts.year, parts.before_christ) = (Some(number), Some(before));
            words.next();
        } else if let Some(before) = era(&letters(chunk)).filter(|_| parts.year.is_some() && parts.before_christ.is_none()) {
            // An era after a full date: "44-03-15 BC".
            parts.before_christ = Some(before);
        } else if !numeric(chunk, &mut parts)? {
            word(chunk, &mut parts);
        }
    }
    Some(parts)
}

/// Splits a text into chunks at spaces and punctuation. Separates letters from digits, and joins the
/// numbers of one date.
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

/// Whether a word can be a city's name.
fn is_of_place(word: &str) -> bool {
    part_of_day(word).is_none() && word.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// Whether a word begins the name of a city without being one: "New York", "San Francisco".
fn begins_a_name(word: &str) -> bool {
    const FIRST: &[&str] = &[
        "addis", "baton", "buenos", "cape", "dar", "el", "fort", "great", "ho", "hong", "kuala", "la", "las", "little", "los",
        "mexico", "new", "north", "phnom", "port", "porto", "puerto", "rio", "saint", "salt", "san", "santa", "santo", "sao",
        "south", "st", "tel", "the",
    ];
    FIRST.contains(&word)
}

fn letters(chunk: &str) -> String {
    chunk.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// "44bc", "79ad": the number, and whether it is before Christ.
fn number_and_era(chunk: &str) -> Option<(i16, bool)> {
    let digits = chunk.trim_end_matches(|letter: char| !letter.is_ascii_digit());
    let before = era(&letters(&chunk[digits.len()..]))?;
    let number = digits.parse().ok().filter(|_| is_digits(digits))?;
    Some((number, before))
}

/// A year and its era in two chunks: "44" "BC", "AD" "79".
fn year_beside_era(chunk: &str, next: Option<&&str>) -> Option<(i16, bool)> {
    let number = |text: &str| text.parse().ok().filter(|_| is_digits(text));
    let next = next?;
    match (number(chunk), era(&letters(next)), era(&letters(chunk)), number(next)) {
        (Some(number), Some(before), ..) | (_, _, Some(before), Some(number)) => Some((number, before)),
        _ => None,
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_number_of_date(text: &str) -> bool {
    is_digits(text) || roman(text).is_some()
}

/// Splits `jul14`, `14jul1789`, `nov4th` around the month.
fn split_joined(chunk: &str, split: &mut Vec<String>) {
    let plain = chunk.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let start = chunk.find(|letter: char| letter.is_ascii_alphabetic());
    let Some(start) = start.filter(|_| plain && chunk.bytes().any(|byte| byte.is_ascii_digit())) else {
        split.push(chunk.to_owned());
        return;
    };
    let end = chunk[start..].find(|letter: char| letter.is_ascii_digit()).map_or(chunk.len(), |digit| start + digit);
    // In "4thnov" and "23rdoct", the suffix belongs to the number.
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

/// Whether the chunk is a clock time: `21:30`, `08:13:00`.
fn is_clock(chunk: &str) -> bool {
    let mut numbers = chunk.trim_end_matches(|letter: char| letter.is_ascii_alphabetic()).split(':');
    let small = |text: Option<&str>, most: u8| {
        text.is_some_and(|text| text.len() <= 2 && text.parse::<u8>().is_ok_and(|number| number < most))
    };
    small(numbers.next(), 24) && small(numbers.next(), 60) && numbers.next().is_none_or(|second| small(Some(second), 60))
}

/// Parses a chunk of numbers and separators. Returns whether it was one; `None` if it is an invalid
/// date.
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
        // In "44-03-15" the first number is too large for a day.
        (3, _) if number(0).is_some_and(|first| first > 31) => {
            (parts.year, parts.month, parts.day) = (number(0), small(1), small(2));
            parts.in_century = true;
        }
        (2 | 3, 1..=4) => {
            let (first, second) = (small(0)?, small(1)?);
            // "10/23" can only be in American order, and a Roman numeral is the month.
            let month_first = is_roman(0) || !is_roman(1) && second > 12 && first <= 12;
            (parts.day, parts.month) = if month_first { (Some(second), Some(first)) } else { (Some(first), Some(second)) };
            parts.day_first = !month_first && first <= 12 && !is_roman(1);
            parts.year = number(2);
            parts.in_century = number(2).is_some_and(|year| year < 100);
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
            (parts.year, parts.in_century) = (Some(number), true);
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

/// Whether a word is a filler in dates.
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

/// Parses `23`, `23rd`, `4th`, `23án`, `1789-es`.
fn ordinal(word: &str) -> Option<i16> {
    let digits = word.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let suffix = &word[digits.len()..];
    let of_year = digits.len() == 4 && matches!(suffix, "s" | "os" | "ban" | "ben" | "bol");
    if digits.is_empty() || !is_day_suffix(suffix) && !of_year {
        return None;
    }
    digits.parse().ok().filter(|_| suffix.is_empty() || digits.len() < 3 || of_year)
}
