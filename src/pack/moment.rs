//! Dates with honest precision.
//!
//! A pack writes a moment as a string and says no more than is known: `"1956"`, `"1956-02"`,
//! `"1956-10-23"`, `"1956-10-24T08:13"` (that minute), `"1956-10-23T21:30~"` (about then; the
//! tilde is that of ISO 8601-2), `"1956-10-24 dawn"` (a part of the day), and two of them with a
//! slash between for a range. All times are Budapest local time. Nothing here ever fills in a day
//! or a minute that was not given: what is missing stays missing.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

/// A part of a day, where sources say no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PartOfDay {
    /// Around first light.
    Dawn,
    /// Before noon.
    Morning,
    /// Around 12:00.
    Noon,
    /// After noon.
    Afternoon,
    /// Around nightfall.
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

    /// The hour under which it is sorted; never shown.
    fn hour(self) -> u16 {
        Self::ALL.iter().find(|(_, part, _)| *part == self).map_or(0, |(_, _, hour)| *hour)
    }
}

/// How well the time of day is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeOfDay {
    /// To the minute.
    Exact {
        /// 0–23
        hour: u8,
        /// 0–59
        minute: u8,
    },
    /// Roughly.
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
    /// The minutes after midnight between which it surely lies; `None` for a part of the day, whose
    /// ends nobody can name.
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

/// When something happened, as well as it is known.
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

    /// The one day on which it began, if the day is known.
    pub fn day(self) -> Option<Date> {
        match self.from {
            Point::Day(date, _) => Some(date),
            Point::Year(_) | Point::Month(..) => None,
        }
    }

    /// Whether `date` lies in it.
    pub fn covers(self, date: Date) -> bool {
        self.first_day() <= date && date <= self.last_day()
    }

    /// Whether it was surely over before `later` began: on an earlier day, or on the same day at
    /// an earlier clock time, where "about" is taken to mean within an hour.
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

    /// Sorts moments as a chronicle would: by first day; a year before its months, a month before
    /// its days; within a day by clock time, and what has none after what has one.
    pub fn order(self) -> (Date, u16) {
        match self.from {
            Point::Year(_) => (self.first_day(), 0),
            Point::Month(..) => (self.first_day(), 1),
            Point::Day(date, None) => (date, 2 + 24 * 60),
            Point::Day(date, Some(time)) => (date, 2 + time.minutes()),
        }
    }
}

/// Why a text is no moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MomentError {
    /// Not of any of the forms.
    Form(String),
    /// Of the right form, but there is no such day, month or minute.
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

/// What a pack's author should write instead; said with every [`MomentError`].
pub(super) const FORMS: &str = "Write \"1956\", \"1956-02\", \"1956-10-23\", \"1956-10-24T08:13\", \"1956-10-23T21:30~\" (about then), \"1956-10-24 dawn\", or two of these with a slash between";

impl FromStr for Moment {
    type Err = MomentError;

    fn from_str(text: &str) -> Result<Moment, MomentError> {
        let Some((from, to)) = text.split_once('/') else {
            return Ok(Moment { from: point(text)?, to: None });
        };
        let moment = Moment { from: point(from)?, to: Some(point(to)?) };
        let end = Moment { from: point(to)?, to: None };
        if end.last_day() < moment.first_day() || (moment.day() == end.day() && end.order() <= moment.order()) {
            return Err(MomentError::Backwards);
        }
        Ok(moment)
    }
}

fn point(text: &str) -> Result<Point, MomentError> {
    let form = || MomentError::Form(text.to_owned());
    let impossible = || MomentError::Impossible(text.to_owned());
    let (date, time) = match text.split_once(['T', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let year: i16 = digits(parts.next(), 4).ok_or_else(form)?;
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
                Some(time) if text.contains('T') => Some(clock_time(time).ok_or_else(impossible)?),
                Some(word) => Some(part_of_day(word).ok_or_else(form)?),
                None => None,
            };
            Ok(Point::Day(date, time))
        }
    }
}

/// A number written with exactly `width` digits.
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
        let sorted = ["1956", "1956-01", "1956-01-01 dawn", "1956-01-01T08:13", "1956-01-01 noon", "1956-01-01", "1956-01-02"];
        for pair in sorted.windows(2) {
            assert!(moment(pair[0]).order() < moment(pair[1]).order(), "{pair:?}");
        }
    }
}
