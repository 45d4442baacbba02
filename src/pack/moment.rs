//! Dates that are no more precise than they are known.
//!
//! A pack writes a moment as a string with only the known parts: `"1912"`, `"1912-04"`, `"1912-04-15"`,
//! `"1912-04-15T02:20"` (that minute), `"1912-04-14T23:40~"` (about then; the tilde is from ISO 8601-2),
//! `"1912-04-15 dawn"` (a part of the day), and two of them with a slash between for a range. Years have
//! four digits, or one to four with their era after the date: `"44-03-15 BC"`, `"79-10-24 AD"`. All
//! times are local times of the place. No code here fills in a day or a minute that was not given.
//!
//! Years are astronomical: 1 BC is 0 and 44 BC is -43, so that they can be sorted and subtracted. Days
//! before 15 October 1582 are in the Julian calendar, like the sources of their time. They have no
//! weekday, because the library computes only Gregorian weekdays.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Weekday};

/// A part of a day, if the sources say no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PartOfDay {
    /// Around sunrise.
    Dawn,
    /// Before noon.
    Morning,
    /// Around 12:00.
    Noon,
    /// After noon.
    Afternoon,
    /// Around sunset.
    Evening,
    /// After dark.
    Night,
}

impl PartOfDay {
    const ALL: [(&'static str, PartOfDay, u16); 6] = [
        ("dawn", PartOfDay::Dawn, 5),
        ("morning", PartOfDay::Morning, 9),
        ("noon", PartOfDay::Noon, 12),
        ("afternoon", PartOfDay::Afternoon, 16),
        ("evening", PartOfDay::Evening, 19),
        ("night", PartOfDay::Night, 23),
    ];

    /// The English word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, part, _)| *part == self).map_or("", |(word, _, _)| word)
    }

    /// The hour for sorting; never shown.
    fn hour(self) -> u16 {
        Self::ALL.iter().find(|(_, part, _)| *part == self).map_or(0, |(_, _, hour)| *hour)
    }
}

/// The precision of a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeOfDay {
    /// To the minute.
    Exact {
        /// 0–23
        hour: u8,
        /// 0–59
        minute: u8,
    },
    /// Approximately.
    About {
        /// 0–23
        hour: u8,
        /// 0–59
        minute: u8,
    },
    /// Only the part of the day.
    Part(PartOfDay),
}

impl TimeOfDay {
    /// The minutes after midnight between which it certainly lies; `None` for a part of the day, which
    /// has no exact bounds.
    fn reach(self) -> Option<(i32, i32)> {
        let minutes = i32::from(self.minutes());
        match self {
            TimeOfDay::Exact { .. } => Some((minutes, minutes)),
            TimeOfDay::About { .. } => Some((minutes - 60, minutes + 60)),
            TimeOfDay::Part(_) => None,
        }
    }

    fn minutes(self) -> u16 {
        match self {
            TimeOfDay::Exact { hour, minute } | TimeOfDay::About { hour, minute } => u16::from(hour) * 60 + u16::from(minute),
            TimeOfDay::Part(part) => part.hour() * 60,
        }
    }
}

/// One end of a moment: a year, a month, a day, or a time of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Point {
    /// Only the year is known.
    Year(i16),
    /// Year and month (1–12).
    Month(i16, u8),
    /// The day, perhaps with a time.
    Day(Date, Option<TimeOfDay>),
}

impl Point {
    /// The first day it can mean.
    pub fn first_day(self) -> Date {
        match self {
            Point::Year(year) => Date::new(year, 1, 1).unwrap_or(Date::MIN),
            Point::Month(year, month) => Date::new(year, month as i8, 1).unwrap_or(Date::MIN),
            Point::Day(date, _) => date,
        }
    }

    /// The last day it can mean.
    pub fn last_day(self) -> Date {
        match self {
            Point::Year(year) => Date::new(year, 12, 31).unwrap_or(Date::MAX),
            Point::Month(..) => self.first_day().last_of_month(),
            Point::Day(date, _) => date,
        }
    }
}

/// The first day of the Gregorian calendar.
const GREGORIAN: Date = Date::constant(1582, 10, 15);

/// The weekday of a date; `None` in the Julian calendar.
pub fn weekday(date: Date) -> Option<Weekday> {
    (date >= GREGORIAN).then(|| date.weekday())
}

/// A year in words: `1912`, `79 AD`, `44 BC`.
pub fn year_name(year: i16) -> String {
    match year {
        ..=0 => format!("{} BC", 1 - i32::from(year)),
        1..1000 => format!("{year} AD"),
        _ => year.to_string(),
    }
}

/// The astronomical number of a year in an era; `None` for the year 0, which does not exist.
pub fn year_of_era(number: i16, is_before_christ: bool) -> Option<i16> {
    match (number, is_before_christ) {
        (1..=9999, true) => Some(1 - number),
        (1..=9999, false) => Some(number),
        _ => None,
    }
}

/// When something happened, as precisely as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Moment {
    /// When it was, or when it began.
    pub from: Point,
    /// When it ended, for a range.
    pub to: Option<Point>,
}

impl Moment {
    /// The first day it can mean.
    pub fn first_day(self) -> Date {
        self.from.first_day()
    }

    /// The last day it can mean.
    pub fn last_day(self) -> Date {
        self.to.unwrap_or(self.from).last_day()
    }

    /// The day on which it began, if the day is known.
    pub fn day(self) -> Option<Date> {
        match self.from {
            Point::Day(date, _) => Some(date),
            Point::Year(_) | Point::Month(..) => None,
        }
    }

    /// Whether `date` lies within it.
    pub fn covers(self, date: Date) -> bool {
        self.first_day() <= date && date <= self.last_day()
    }

    /// Whether it certainly ended before `later` began: on an earlier day, or at an earlier time of the
    /// same day, where "about" means within an hour.
    pub fn is_before(self, later: Moment) -> bool {
        let end = self.to.unwrap_or(self.from);
        if end.last_day() != later.first_day() {
            return end.last_day() < later.first_day();
        }
        let (Point::Day(_, Some(end)), Point::Day(_, Some(start))) = (end, later.from) else { return false };
        match (end.reach(), start.reach()) {
            (Some((_, latest)), Some((earliest, _))) => latest < earliest,
            _ => false,
        }
    }

    /// The sort key: by first day, a year before its months, a month before its days; within a day by
    /// time, after events of which only the day is known.
    pub fn order(self) -> (Date, u16) {
        match self.from {
            Point::Year(_) => (self.first_day(), 0),
            Point::Month(..) => (self.first_day(), 1),
            Point::Day(date, None) => (date, 2),
            Point::Day(date, Some(time)) => (date, 3 + time.minutes()),
        }
    }
}

/// Why a text is not a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MomentError {
    /// It has none of the forms.
    Form(String),
    /// It has a right form, but there is no such day, month or minute.
    Impossible(String),
    /// A range that ends before it begins.
    Backwards,
}

impl fmt::Display for MomentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MomentError::Form(text) => write!(f, "\"{text}\" is not a date"),
            MomentError::Impossible(text) => write!(f, "there is no \"{text}\" in any calendar"),
            MomentError::Backwards => write!(f, "this range ends before it begins"),
        }
    }
}

impl std::error::Error for MomentError {}

/// The correct forms, for the message of every [`MomentError`].
pub(super) const FORMS: &str = "Write \"1912\", \"1912-04\", \"1912-04-15\", \"1912-04-15T02:20\", \"1912-04-14T23:40~\" (about then), \"1912-04-15 dawn\", \"44-03-15 BC\", or two of these with a slash between";

impl FromStr for Moment {
    type Err = MomentError;

    fn from_str(text: &str) -> Result<Moment, MomentError> {
        let Some((from, to)) = text.split_once('/') else {
            return Ok(Moment { from: point(text)?, to: None });
        };
        let moment = Moment { from: point(from)?, to: Some(point(to)?) };
        let end = Moment { from: point(to)?, to: None };
        // An end of which only the day is known is the end of that day.
        let is_timed = |point: Point| matches!(point, Point::Day(_, Some(_)));
        let in_order = is_timed(moment.from) && !is_timed(end.from) || moment.order() < end.order();
        if end.last_day() < moment.first_day() || (moment.day() == end.day() && !in_order) {
            return Err(MomentError::Backwards);
        }
        Ok(moment)
    }
}

fn point(text: &str) -> Result<Point, MomentError> {
    let form = || MomentError::Form(text.to_owned());
    let impossible = || MomentError::Impossible(text.to_owned());
    let (bare, era) = without_era(text);
    let (date, time) = match bare.split_once(['T', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (bare.as_str(), None),
    };
    let mut parts = date.split('-');
    let year: i16 = year_digits(parts.next(), era).ok_or_else(form)?;
    let year = year_of_era(year, era == Some(Era::BeforeChrist)).ok_or_else(impossible)?;
    let month: Option<i8> = parts.next().map(|part| digits(Some(part), 2).ok_or_else(form)).transpose()?;
    let day: Option<i8> = parts.next().map(|part| digits(Some(part), 2).ok_or_else(form)).transpose()?;
    if parts.next().is_some() || (time.is_some() && day.is_none()) {
        return Err(form());
    }
    match (month, day) {
        (None, _) => Ok(Point::Year(year)),
        (Some(month), None) => {
            Date::new(year, month, 1).map_err(|_| impossible())?;
            Ok(Point::Month(year, month.unsigned_abs()))
        }
        (Some(month), Some(day)) => {
            let date = Date::new(year, month, day).map_err(|_| impossible())?;
            let time = match time {
                Some(time) if bare.contains('T') => Some(clock_time(time).ok_or_else(impossible)?),
                Some(word) => Some(part_of_day(word).ok_or_else(form)?),
                None => None,
            };
            Ok(Point::Day(date, time))
        }
    }
}

/// The era of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Era {
    BeforeChrist,
    AnnoDomini,
}

/// A text with its era removed.
fn without_era(text: &str) -> (String, Option<Era>) {
    let mut era = None;
    let mut kept = Vec::new();
    for word in text.split(' ') {
        match (word, era) {
            ("BC", None) => era = Some(Era::BeforeChrist),
            ("AD", None) => era = Some(Era::AnnoDomini),
            _ => kept.push(word),
        }
    }
    (kept.join(" "), era)
}

/// A year's digits: four, so that the century is clear, or fewer with an era.
fn year_digits(text: Option<&str>, era: Option<Era>) -> Option<i16> {
    match era {
        None => digits(text, 4),
        Some(_) => (1..=4).find_map(|width| digits(text, width)),
    }
}

/// Parses a year as in `pack.toml`: `"44 BC"`, `"79 AD"`, `"1912"`.
pub(super) fn read_year(text: &str) -> Option<i16> {
    match point(text) {
        Ok(Point::Year(year)) => Some(year),
        _ => None,
    }
}

/// A number of exactly `width` digits.
fn digits<T: FromStr>(text: Option<&str>, width: usize) -> Option<T> {
    text.filter(|text| text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()
}

fn clock_time(text: &str) -> Option<TimeOfDay> {
    let (clock, about) = match text.strip_suffix('~') {
        Some(clock) => (clock, true),
        None => (text, false),
    };
    let (hour, minute) = clock.split_once(':')?;
    let hour = digits::<u8>(Some(hour), 2).filter(|&hour| hour < 24)?;
    let minute = digits::<u8>(Some(minute), 2).filter(|&minute| minute < 60)?;
    Some(if about { TimeOfDay::About { hour, minute } } else { TimeOfDay::Exact { hour, minute } })
}

fn part_of_day(word: &str) -> Option<TimeOfDay> {
    PartOfDay::ALL.iter().find(|(name, _, _)| *name == word).map(|(_, part, _)| TimeOfDay::Part(*part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Moment {
        text.parse().unwrap_or_else(|error| panic!("{text:?}: {error}"))
    }

    #[test]
    fn every_form_is_read_and_nothing_is_filled_in() {
        let date = |day| Date::constant(1956, 10, day);
        assert_eq!(moment("1956").from, Point::Year(1956));
        assert_eq!(moment("1956-02").from, Point::Month(1956, 2));
        assert_eq!(moment("1956-10-23").from, Point::Day(date(23), None));
        assert_eq!(moment("1956-10-24T08:13").from, Point::Day(date(24), Some(TimeOfDay::Exact { hour: 8, minute: 13 })));
        assert_eq!(moment("1956-10-23T21:30~").from, Point::Day(date(23), Some(TimeOfDay::About { hour: 21, minute: 30 })));
        assert_eq!(moment("1956-10-24 dawn").from, Point::Day(date(24), Some(TimeOfDay::Part(PartOfDay::Dawn))));
        let range = moment("1953-06-13/1953-06-16");
        assert_eq!(range.last_day(), Date::constant(1953, 6, 16));
        assert_eq!(moment("1956-02").last_day(), Date::constant(1956, 2, 29));
        assert_eq!(moment("1956").day(), None);
    }

    #[test]
    fn years_of_either_era_are_read() {
        assert_eq!(moment("44 BC").from, Point::Year(-43));
        assert_eq!(moment("1 BC").from, Point::Year(0));
        assert_eq!(moment("0044-03 BC").from, Point::Month(-43, 3));
        assert_eq!(moment("44-03-15 BC").from, Point::Day(Date::constant(-43, 3, 15), None));
        let about = Some(TimeOfDay::About { hour: 11, minute: 0 });
        assert_eq!(moment("44-03-15T11:00~ BC").from, Point::Day(Date::constant(-43, 3, 15), about));
        let morning = Some(TimeOfDay::Part(PartOfDay::Morning));
        assert_eq!(moment("44-03-15 BC morning").from, Point::Day(Date::constant(-43, 3, 15), morning));
        assert_eq!(moment("44-03-15 morning BC").from, moment("44-03-15 BC morning").from);
        assert_eq!(moment("79-10-24 AD"), moment("0079-10-24"));
        let war = moment("49-01-10 BC/45-03-17 BC");
        assert_eq!((war.first_day(), war.last_day()), (Date::constant(-48, 1, 10), Date::constant(-44, 3, 17)));
        assert!(moment("49 BC").order() < moment("44 BC").order() && moment("44 BC").order() < moment("14 AD").order());
        assert!(moment("44-02-15 BC").is_before(moment("44-03-15 BC")));
        assert_eq!(["44 BC", "79 AD", "1912"].map(read_year), [Some(-43), Some(79), Some(1912)]);
        assert_eq!([-43, 0, 1, 999, 1000].map(year_name), ["44 BC", "1 BC", "1 AD", "999 AD", "1000"]);
    }

    #[test]
    fn a_year_below_1000_names_its_era_or_has_four_digits() {
        for text in ["44", "79-10-24", "44 BC AD", "BC", "-44", "44BC", "44 bc", "00044 BC", "-43-03-15"] {
            assert!(matches!(text.parse::<Moment>(), Err(MomentError::Form(_))), "{text}");
        }
        for text in ["0 BC", "0000", "0 AD", "44-13 BC", "44-02-30 BC"] {
            assert!(matches!(text.parse::<Moment>(), Err(MomentError::Impossible(_))), "{text}");
        }
        assert_eq!("44 BC/49 BC".parse::<Moment>(), Err(MomentError::Backwards));
    }

    #[test]
    fn days_of_the_julian_calendar_have_no_weekday() {
        assert_eq!(weekday(Date::constant(1789, 7, 14)), Some(Weekday::Tuesday));
        assert_eq!(weekday(Date::constant(1582, 10, 15)), Some(Weekday::Friday));
        assert_eq!(weekday(Date::constant(1582, 10, 4)), None);
        assert_eq!(weekday(Date::constant(-43, 3, 15)), None);
    }

    #[test]
    fn impossible_and_malformed_dates_are_refused_apart() {
        for text in ["1956-02-30", "1957-02-29", "1956-13", "1956-00-01", "1956-10-23T24:00", "1956-10-23T21:60"] {
            assert!(matches!(text.parse::<Moment>(), Err(MomentError::Impossible(_))), "{text}");
        }
        for text in ["", "56", "1956-2", "23 October", "1956-10-23 teatime", "1956-10T08:00", "1956-10-23-04", "/", "+956"] {
            assert!(matches!(text.parse::<Moment>(), Err(MomentError::Form(_))), "{text}");
        }
        for text in ["1956-10-24/1956-10-23", "1956-10-24T09:00/1956-10-24T08:00", "1956-10-24/1956-10-24"] {
            assert_eq!(text.parse::<Moment>(), Err(MomentError::Backwards), "{text}");
        }
    }

    #[test]
    fn a_chronicle_sorts_years_months_then_clock_times() {
        let sorted = ["1956", "1956-01", "1956-01-01", "1956-01-01 dawn", "1956-01-01T08:13", "1956-01-01 noon", "1956-01-02"];
        for pair in sorted.windows(2) {
            assert!(moment(pair[0]).order() < moment(pair[1]).order(), "{pair:?}");
        }
    }
}
