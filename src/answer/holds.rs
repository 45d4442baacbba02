//! What kinds of thing a sentence holds: a date, a number, a length of time, a reason.

use super::intent::Intent;
use super::words::{DAY, month};

/// What a sentence holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Holds {
    /// A day, a month or a year.
    pub date: bool,
    /// A number that is no date.
    pub number: bool,
    /// A length of time, or its beginning and its end.
    pub span: bool,
    /// A word that gives a reason.
    pub reason: bool,
}

impl Holds {
    /// What a sentence of these words holds.
    pub fn of(words: &[String]) -> Holds {
        let dates: Vec<&String> = words.iter().filter(|word| is_day(word) || is_year(word) || month(word).is_some()).collect();
        Holds {
            date: !dates.is_empty(),
            number: words.iter().any(|word| is_number(word)),
            span: dates.len() > 1
                || words.windows(2).any(|pair| is_number(&pair[0]) && is_unit(&pair[1]))
                || words.windows(3).any(|run| is_number(&run[0]) && is_unit(&run[2])),
            reason: words.iter().any(|word| REASONS.contains(&word.as_str())),
        }
    }

    /// Whether that is what such a question asks for. Who and where somebody or something is, only
    /// names tell.
    pub fn fits(self, asked: Intent) -> bool {
        match asked {
            Intent::When | Intent::OnDay => self.date,
            Intent::HowMany => self.number,
            Intent::HowLong => self.span,
            Intent::Why => self.reason,
            _ => false,
        }
    }
}

const REASONS: &[&str] = &["because", "therefore", "feared", "wanted", "reason", "reasons", "afraid"];

fn is_day(word: &str) -> bool {
    word.starts_with(DAY) && word.len() > DAY.len() && word.bytes().any(|byte| byte.is_ascii_digit())
}

fn is_unit(word: &str) -> bool {
    matches!(word, "year" | "years" | "month" | "months" | "week" | "weeks" | "day" | "days" | "hour" | "hours" | "minutes")
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit()) && matches!(word.as_bytes()[0], b'1' | b'2')
}

fn is_number(word: &str) -> bool {
    const WORDS: &[&str] = &["hundred", "hundreds", "thousand", "thousands", "million", "dozen", "half", "nobody", "none"];
    word.bytes().all(|byte| byte.is_ascii_digit()) && !is_year(word) || WORDS.contains(&word)
}
