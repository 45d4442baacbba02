//! Finds the kinds of things in a sentence: a date, a number, a duration, a reason.

use super::intent::Intent;
use super::words::{DAY, month, year};

/// The kinds of things in a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Holds {
    /// A day, a month or a year.
    pub date: bool,
    /// A day or a month.
    pub day: bool,
    /// A number that is not a date.
    pub number: bool,
    /// A duration, or a beginning and an end.
    pub span: bool,
    /// A word that introduces a reason.
    pub reason: bool,
}

impl Holds {
    /// The kinds of things in a sentence with these words.
    pub(super) fn of(words: &[String]) -> Holds {
        let dates: Vec<&String> = words.iter().filter(|word| is_day(word) || is_year(word) || month(word).is_some()).collect();
        Holds {
            date: !dates.is_empty(),
            day: dates.iter().any(|word| !is_year(word)),
            number: has_number(words),
            span: dates.len() > 1
                && words.iter().any(|word| matches!(word.as_str(), "from" | "until" | "till" | "between" | "to"))
                || words.windows(2).any(|pair| is_number(&pair[0]) && is_unit(&pair[1]))
                || words.windows(3).any(|run| is_number(&run[0]) && is_unit(&run[2])),
            reason: words.iter().any(|word| REASONS.contains(&word.as_str())),
        }
    }

    /// Whether the sentence has the kind of thing that the question asks for. Persons and places are
    /// recognised by names instead.
    pub(super) fn fits(self, asked: Intent) -> bool {
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

/// Whether there is a number that is not a time of day (such as "at 5:20", which becomes two numbers).
fn has_number(words: &[String]) -> bool {
    let is_time = |place: usize| {
        let part = |place: usize, under: u16| {
            words.get(place).is_some_and(|word| word.len() < 3 && word.parse::<u16>().is_ok_and(|number| number < under))
        };
        let minutes = |place: usize| part(place, 60) && words[place].len() == 2;
        part(place, 24) && minutes(place + 1) || place > 0 && minutes(place) && part(place - 1, 24)
    };
    (0..words.len()).any(|place| is_number(&words[place]) && !is_time(place))
}

fn is_unit(word: &str) -> bool {
    matches!(word, "year" | "years" | "month" | "months" | "week" | "weeks" | "day" | "days" | "hour" | "hours" | "minutes")
}

fn is_year(word: &str) -> bool {
    year(word).is_some()
}

fn is_number(word: &str) -> bool {
    const WORDS: &[&str] = &["hundred", "hundreds", "thousand", "thousands", "million", "dozen", "half", "nobody", "none"];
    word.bytes().all(|byte| byte.is_ascii_digit()) && !is_year(word) || WORDS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::super::words::of_text;
    use super::*;

    #[test]
    fn a_time_of_the_day_is_no_number_and_two_dates_are_no_length_of_time() {
        let holds = |text: &str| Holds::of(&of_text(text));
        assert!(!holds("At 5:20 on 4 November Soviet troops were attacking").number);
        assert!(holds("At 5:20 about 200 people were there").number);
        assert!(!holds("prime minister in 1956, hanged in 1958").span);
        assert!(holds("prime minister from 24 October to 4 November").span);
        assert!(holds("It lasted twelve days").span);
    }
}
