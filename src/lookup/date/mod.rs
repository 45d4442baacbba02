//! Parses dates as people type them: "4 nov", "nov 4th", "1789-07-14", "4/11", "október 23-án", "1912.
//! IV. 15.", "Tuesday 14 July 1789, about 17:00", "23 oct - 4 nov", "15 march 44 bc", "next friday".

mod names;
mod parts;
mod relative;

use jiff::civil::{Date, Weekday};

use super::typed::clean;
use crate::pack::weekday;
use parts::Parts;

/// The precision of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    Year,
    /// A month of a year.
    Month,
    Day,
    /// A range between two dates.
    Range,
}

/// A parsed date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Understood {
    /// Its first day.
    pub from: Date,
    /// Its last day.
    pub to: Date,
    /// Its precision.
    pub precision: Precision,
    /// Whether two bare numbers were interpreted as day/month, which the answer should mention.
    pub day_first: bool,
    /// Whether it has a year; otherwise it got the default year.
    pub year_given: bool,
    /// Whether it is relative to today.
    pub relative: bool,
    /// The weekday in the text.
    pub weekday: Option<Weekday>,
    /// The part of the day in the text, as cards call it: `dawn`, `night`.
    pub part: Option<&'static str>,
    /// The words that are not part of the date, without question words.
    pub rest: String,
}

impl Understood {
    /// The weekday in the text if it is wrong, which the answer should mention.
    pub fn wrong_weekday(&self) -> Option<Weekday> {
        let was = weekday(self.from).filter(|_| self.precision == Precision::Day)?;
        self.weekday.filter(|named| was != *named)
    }

    /// The day, if the date is a single day.
    pub fn day(&self) -> Option<Date> {
        (self.precision == Precision::Day && self.rest.is_empty()).then_some(self.from)
    }
}

/// Finds a date in any text. `None` if there is none, or if it does not exist (30 February). A date
/// without a year gets `default_year`.
pub fn understand(text: &str, default_year: i16) -> Option<Understood> {
    let ascii = fold(text);
    let single = parts::read(&ascii).and_then(|parts| assemble(parts, default_year));
    match single {
        Some(single) if single.rest.is_empty() => Some(single),
        single => range(&ascii, default_year).or(single),
    }
}

/// As [`understand`], but also understands days relative to `today`: "tomorrow", "next friday".
pub fn understand_on(text: &str, today: Date, default_year: i16) -> Option<Understood> {
    let ascii = fold(text);
    let words: Vec<&str> =
        ascii.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty() && *word != "the").collect();
    match relative::day(&words, today) {
        Some(day) => Some(Understood { relative: true, year_given: true, ..of(day, day, Precision::Day, &Parts::default()) }),
        None => understand(text, default_year),
    }
}

fn fold(text: &str) -> String {
    let cut: String = clean(text).chars().take(super::fold::LONGEST).collect();
    any_ascii::any_ascii(&cut).to_ascii_lowercase()
}

fn of(from: Date, to: Date, precision: Precision, parts: &Parts) -> Understood {
    Understood {
        from,
        to,
        precision,
        day_first: parts.day_first,
        year_given: parts.year.is_some(),
        relative: false,
        weekday: parts.weekday,
        part: parts.part,
        rest: parts.rest.join(" "),
    }
}

fn assemble(parts: Parts, default_year: i16) -> Option<Understood> {
    let year = match parts.year {
        Some(_) => parts.known_year(default_year)?,
        None => default_year,
    };
    match (parts.month, parts.day) {
        // A number next to other words is just a number: "sixteen points" is not a date.
        (None, Some(_)) => None,
        (None, None) => {
            parts.year?;
            let parts = beside(parts);
            Some(of(Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?, Precision::Year, &parts))
        }
        (Some(month), None) => {
            let parts = beside(parts);
            // "the women's march" is not about the month.
            if !parts.rest.is_empty() && parts.doubtful && parts.year.is_none() {
                return None;
            }
            let first = Date::new(year, month, 1).ok()?;
            Some(of(first, first.last_of_month(), Precision::Month, &parts))
        }
        (Some(month), Some(day)) => {
            let date = Date::new(year, month, day).ok()?;
            Some(of(date, date, Precision::Day, &parts))
        }
    }
}

/// Without a day, a weekday or a part of the day belongs to something else.
fn beside(mut parts: Parts) -> Parts {
    if let Some(name) = parts.weekday.take() {
        parts.rest.push(format!("{name:?}").to_ascii_lowercase());
    }
    parts.rest.extend(parts.part.take().map(str::to_owned));
    parts
}

/// The separators of a range.
const BETWEEN: [&str; 9] = [" - ", " to ", " until ", " till ", " through ", " and ", "-", "/", "ig "];

/// Parses a range of two dates. Each takes missing parts from the other: "4–11 November".
fn range(ascii: &str, default_year: i16) -> Option<Understood> {
    let text = ["from ", "between "].iter().find_map(|word| ascii.strip_prefix(word)).unwrap_or(ascii);
    // "1789-13-01" is not a range.
    let once = |between: &&&str| between.len() > 1 || text.matches(**between).count() == 1;
    let splits = BETWEEN
        .iter()
        .filter(once)
        .flat_map(|between| text.match_indices(between).map(|(at, found)| (&text[..at], &text[at + found.len()..])));
    // "október 23-tól november 4-ig" has no separator, only endings.
    let hungarian = text.match_indices("tol ").filter(|_| text.trim_end().ends_with("ig"));
    let hungarian = hungarian.map(|(at, _)| (&text[..at], text[at + 4..].trim_end().trim_end_matches("ig")));
    let mut found = splits.chain(hungarian).filter_map(|(left, right)| between(left, right, default_year));
    found.next()
}

fn between(left: &str, right: &str, default_year: i16) -> Option<Understood> {
    let mut last = parts::read(right)?;
    let mut first = parts::read(left)?;
    // A range of years before Christ: "49–44 BC".
    if let (Some(before), None, None) = (last.before_christ, last.month, last.day)
        && first.year.is_none()
    {
        first = parts::read(&format!("{left} {}", if before { "bc" } else { "ad" })).filter(|parts| parts.year.is_some())?;
    }
    if !first.rest.is_empty() || !last.rest.is_empty() {
        return None;
    }
    let dated = |parts: &Parts| parts.year.is_some() || parts.month.is_some() || parts.day.is_some();
    if !dated(&last) {
        // "Tuesday 14 July 1789, 17:00 – 18:00" is one day.
        return last.timed.then(|| assemble(first, default_year)).flatten();
    }
    if !dated(&first) {
        return None;
    }
    let given = first.year.or(last.year);
    if first.year.is_none() {
        (first.year, first.before_christ, first.in_century) = (last.year, last.before_christ, last.in_century);
    } else if last.year.is_none() {
        (last.year, last.before_christ, last.in_century) = (first.year, first.before_christ, first.in_century);
    }
    if first.day.is_some() || last.day.is_some() {
        first.month = first.month.or(last.month);
        last.month = last.month.or(first.month);
    }
    let (first, last) = (assemble(first, default_year)?, assemble(last, default_year)?);
    if first.from > last.to || !first.rest.is_empty() || !last.rest.is_empty() {
        return None;
    }
    let day_first = first.day_first || last.day_first;
    Some(Understood {
        to: last.to,
        precision: Precision::Range,
        year_given: given.is_some(),
        day_first,
        weekday: None,
        part: None,
        ..first
    })
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
            Precision::Range => format!("{}/{}", understood.from, understood.to),
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
            ("oct23", "1956-10-23"),
            ("23oct1956", "1956-10-23"),
            ("nov4th", "1956-11-04"),
            ("4thnov", "1956-11-04"),
            ("23rd of october, 1956", "1956-10-23"),
            ("október 23-án", "1956-10-23"),
            ("1956. október 23-i", "1956-10-23"),
            ("október 23-ai", "1956-10-23"),
            ("23.10.1956", "1956-10-23"),
            ("23. 10. 1956", "1956-10-23"),
            ("1956. 10. 23.", "1956-10-23"),
            ("1956. X. 23.", "1956-10-23"),
            ("1956.X.23.", "1956-10-23"),
            ("X. 23.", "1956-10-23"),
            ("23/XI/1956", "1956-11-23"),
            ("23 10 1956", "1956-10-23"),
            ("Tuesday 23 October 1956", "1956-10-23"),
            ("tue 23 oct", "1956-10-23"),
            ("kedd, október 23", "1956-10-23"),
            ("Tuesday 23 October 1956, about 21:30 in Budapest", "1956-10-23"),
            ("23 Oct 1956, at dawn", "1956-10-23"),
            ("nov 4 1956 dawn", "1956-11-04"),
            ("november 4 hajnalban", "1956-11-04"),
            ("oct '56", "1956-10"),
            ("oct. 23rd '56", "1956-10-23"),
            ("２３ oct", "1956-10-23"),
            ("“23 oct”", "1956-10-23"),
            ("\u{feff}1956-10-23", "1956-10-23"),
            ("on 23 october in the evening", "1956-10-23"),
            ("23 oct - 4 nov", "1956-10-23/1956-11-04"),
            ("23 October – 11 November 1956", "1956-10-23/1956-11-11"),
            ("4-11 november", "1956-11-04/1956-11-11"),
            ("16–17 June 1953", "1953-06-16/1953-06-17"),
            ("nov 4 - 11", "1956-11-04/1956-11-11"),
            ("from 22 oct to 4 nov", "1956-10-22/1956-11-04"),
            ("between 23 october and 4 november 1956", "1956-10-23/1956-11-04"),
            ("March – May 1956", "1956-03-01/1956-05-31"),
            ("1949–1953", "1949-01-01/1953-12-31"),
            ("1956-10-23/1956-11-04", "1956-10-23/1956-11-04"),
            ("október 23-tól november 4-ig", "1956-10-23/1956-11-04"),
            ("Tuesday 23 October 1956, 21:30 – about 22:00 in Budapest", "1956-10-23"),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected), "{text:?}");
        }
    }

    #[test]
    fn years_of_either_era_are_read_in_any_unit() {
        for (text, default, from, to) in [
            ("15 march 44 bc", 1956, (-43, 3, 15), (-43, 3, 15)),
            ("15 March 44 B.C.", 1956, (-43, 3, 15), (-43, 3, 15)),
            ("15 march 44bc", 1956, (-43, 3, 15), (-43, 3, 15)),
            ("March 15, 44 BCE", 1956, (-43, 3, 15), (-43, 3, 15)),
            ("15 mar", -43, (-43, 3, 15), (-43, 3, 15)),
            ("15/3/44", -43, (-43, 3, 15), (-43, 3, 15)),
            ("15 march '44", -43, (-43, 3, 15), (-43, 3, 15)),
            ("44-03-15 BC", 1956, (-43, 3, 15), (-43, 3, 15)),
            ("0044-03-15 BC", 1956, (-43, 3, 15), (-43, 3, 15)),
            ("15 Mar 44 BC, about 11:00", 1956, (-43, 3, 15), (-43, 3, 15)),
            ("15 March 44 BC, about 11:00 in Rome", 1956, (-43, 3, 15), (-43, 3, 15)),
            ("March 44 BC", 1956, (-43, 3, 1), (-43, 3, 31)),
            ("44 BC", 1956, (-43, 1, 1), (-43, 12, 31)),
            ("BC 44", 1956, (-43, 1, 1), (-43, 12, 31)),
            ("AD 79", 1956, (79, 1, 1), (79, 12, 31)),
            ("79 AD", 1956, (79, 1, 1), (79, 12, 31)),
            ("24 october 79 ad", 1956, (79, 10, 24), (79, 10, 24)),
            ("753 bc", 1956, (-752, 1, 1), (-752, 12, 31)),
            ("1 BC", 1956, (0, 1, 1), (0, 12, 31)),
            ("15–17 March 44 BC", 1956, (-43, 3, 15), (-43, 3, 17)),
            ("15 February – 17 March 44 BC", 1956, (-43, 2, 15), (-43, 3, 17)),
            ("10 January 49 BC – 17 March 45 BC", 1956, (-48, 1, 10), (-44, 3, 17)),
            ("49–44 BC", 1956, (-48, 1, 1), (-43, 12, 31)),
            ("27 BC–14 AD", 1956, (-26, 1, 1), (14, 12, 31)),
            ("14–37 AD", 1956, (14, 1, 1), (37, 12, 31)),
            ("14.7.89", 1789, (1789, 7, 14), (1789, 7, 14)),
            ("july '89", 1789, (1789, 7, 1), (1789, 7, 31)),
            ("14 July 1789, about 17:00 in New York", 1789, (1789, 7, 14), (1789, 7, 14)),
        ] {
            let read = understand(text, default).filter(|read| read.rest.is_empty());
            let date = |(year, month, day)| Date::constant(year, month, day);
            assert_eq!(read.map(|read| (read.from, read.to)), Some((date(from), date(to))), "{text:?}");
        }
        for text in ["0 bc", "30 february 44 bc", "bc", "ad"] {
            assert_eq!(understand(text, 1956).filter(|read| read.rest.is_empty()), None, "{text:?}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "friday",
            "at dawn",
            "i",
            "v",
            "12:30",
            "16 points",
            "imre nagy",
            "30 february",
            "1956-13-01",
            "31/4",
            "the women's march",
            "99/99",
            "/",
            "4/",
            "//4//",
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }

    #[test]
    fn bare_numbers_are_read_day_first_and_said_so() {
        assert!(understand("4/11", 1956).is_some_and(|date| date.day_first));
        assert!(understand("10/23", 1956).is_some_and(|date| !date.day_first));
        assert!(understand("4 nov", 1956).is_some_and(|date| !date.day_first && !date.year_given));
    }

    #[test]
    fn a_wrong_weekday_is_noticed() {
        let wrong = |text: &str| understand(text, 1956).and_then(|understood| understood.wrong_weekday());
        assert_eq!(wrong("Tuesday 23 October 1956"), None);
        assert_eq!(wrong("23 October 1956"), None);
        assert_eq!(wrong("Friday 23 October 1956"), Some(Weekday::Friday));
    }

    #[test]
    fn days_are_named_by_their_distance_from_today() {
        // A Friday.
        let today = Date::constant(2026, 11, 27);
        for (text, expected) in [
            ("today", "2026-11-27"),
            ("Tomorrow!", "2026-11-28"),
            ("yesterday", "2026-11-26"),
            ("the day after tomorrow", "2026-11-29"),
            ("next friday", "2026-12-04"),
            ("friday", "2026-11-27"),
            ("this monday", "2026-11-30"),
            ("last monday", "2026-11-23"),
            ("last friday", "2026-11-20"),
            ("in 3 days", "2026-11-30"),
            ("a week ago", "2026-11-20"),
            ("ma", "2026-11-27"),
            ("holnap", "2026-11-28"),
            ("jövő péntek", "2026-12-04"),
            ("múlt hétfőn", "2026-11-23"),
            ("pénteken", "2026-11-27"),
            ("23 oct", "2026-10-23"),
        ] {
            let read = understand_on(text, today, 2026).map(|understood| understood.from.to_string());
            assert_eq!(read.as_deref(), Some(expected), "{text:?}");
        }
        assert_eq!(understand_on("mayday", today, 2026), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_fail(text in any::<String>()) {
            if let Some(understood) = understand(&text, 1956) {
                prop_assert!(understood.from <= understood.to);
            }
        }

        #[test]
        fn days_of_any_year_are_read_back(day in 1i8..=28, month in 1i8..=12, year in -3000i16..3000, unit in -800i16..2000) {
            let date = Date::constant(year, month, day);
            let text = format!("{} {}", date.strftime("%-d %B"), crate::pack::year_name(year));
            prop_assert_eq!(understand(&text, unit).map(|read| (read.from, read.rest)), Some((date, String::new())), "{}", text);
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
