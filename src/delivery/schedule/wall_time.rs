//! The clock time that a teacher sets, and the many ways to type it.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime};

/// A clock time to the minute: `00:00` to `23:59`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WallTime {
    hour: i8,
    minute: i8,
}

/// Why a text is not a clock time. Each is a sentence for the user, without the text itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WallTimeError {
    /// The text is empty.
    #[error("No time was given. Write it like 08:00, 8am or 20.15.")]
    Empty,
    /// An hour above 23.
    #[error("A day has the hours 0 to 23, so there is no hour {0}. Write it like 08:00, 8am or 20.15.")]
    NoSuchHour(u16),
    /// `24:00`, the midnight that belongs to the next day.
    #[error("24:00 is the next day's midnight. Write 00:00 for the start of a day, or 23:59 for its end.")]
    EndOfDay,
    /// A minute above 59.
    #[error("An hour has the minutes 00 to 59, so there is no minute {0}. Write it like 08:00, 8am or 20.15.")]
    NoSuchMinute(u16),
    /// `13 pm`, `0 am`.
    #[error("With am or pm the hour is 1 to 12, so {0} cannot be right. Write it like 8am, 8:30 pm or 20.15.")]
    NoSuchHalfDayHour(u16),
    /// Anything else.
    #[error("I cannot read that as a time of day. Write it like 08:00, 8am or 20.15.")]
    Unclear,
}

impl WallTime {
    /// 00:00.
    pub const MIDNIGHT: WallTime = WallTime { hour: 0, minute: 0 };

    /// The time of that hour (0–23) and minute (0–59); `None` for others.
    pub const fn new(hour: i8, minute: i8) -> Option<WallTime> {
        if hour < 0 || hour > 23 || minute < 0 || minute > 59 { None } else { Some(WallTime { hour, minute }) }
    }

    /// The hour, 0–23.
    pub const fn hour(self) -> i8 {
        self.hour
    }

    /// The minute, 0–59.
    pub const fn minute(self) -> i8 {
        self.minute
    }

    /// This clock time on a date, without a zone.
    pub const fn on(self, date: Date) -> DateTime {
        date.at(self.hour, self.minute, 0, 0)
    }
}

/// `08:00`
impl fmt::Display for WallTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour, self.minute)
    }
}

/// Parses what people type: `8`, `08:00`, `8am`, `8.30 p.m.`, `20.15`, `8h30`, `0800`, `noon`,
/// `midnight`, `08:00:00`, `reggel 8`. Without am or pm, the hour is on the 24-hour clock.
impl FromStr for WallTime {
    type Err = WallTimeError;

    fn from_str(text: &str) -> Result<WallTime, WallTimeError> {
        // East Asian keyboards type full-width digits and colons; make them ASCII.
        let ascii = any_ascii::any_ascii(text.trim_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}'));
        let text = ascii.trim().to_lowercase();
        let text = text.strip_prefix("at ").unwrap_or(&text).trim_start();
        let at = |hour| Ok(WallTime { hour, minute: 0 });
        match text {
            "" => return Err(WallTimeError::Empty),
            "noon" | "midday" => return at(12),
            "midnight" => return at(0),
            _ => {}
        }
        let (clock, half) = half_of_day(text);
        let (hour, minute) = hour_and_minute(clock)?;
        if minute > 59 {
            return Err(WallTimeError::NoSuchMinute(minute));
        }
        let hour = match half {
            Some(Half::Am | Half::Pm) if !(1..=12).contains(&hour) => return Err(WallTimeError::NoSuchHalfDayHour(hour)),
            Some(Half::Am) => hour % 12,
            Some(Half::Pm) => hour % 12 + 12,
            // "este" means evening: "este 8" is 20:00, and so is "este 20".
            Some(Half::Afternoon) if (1..12).contains(&hour) => hour + 12,
            Some(Half::Night) if (6..12).contains(&hour) => hour + 12,
            _ if hour == 24 && minute == 0 => return Err(WallTimeError::EndOfDay),
            _ if hour > 23 => return Err(WallTimeError::NoSuchHour(hour)),
            _ => hour,
        };
        // Both are below 60 here.
        Ok(WallTime { hour: hour as i8, minute: minute as i8 })
    }
}

/// The half of the day that a word implies for an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    /// `am`: 12 is midnight.
    Am,
    /// `pm`: 12 is noon.
    Pm,
    /// In the morning: the hour unchanged.
    Morning,
    /// In the afternoon or evening.
    Afternoon,
    /// At night: 10 is 22:00, and 2 is 02:00.
    Night,
}

/// Words for a part of the day, before or after the hour, in English and transliterated Hungarian.
const PARTS: [(&str, Half); 12] = [
    ("in the morning", Half::Morning),
    ("in the afternoon", Half::Afternoon),
    ("in the evening", Half::Afternoon),
    ("at night", Half::Night),
    ("hajnali", Half::Morning),
    ("hajnalban", Half::Morning),
    ("reggel", Half::Morning),
    ("delelott", Half::Morning),
    ("delutan", Half::Afternoon),
    ("este", Half::Afternoon),
    ("ejjel", Half::Night),
    ("morning", Half::Morning),
];

/// Removes words without meaning and the half of the day: `am` or `pm` (with or without dots), or a part
/// of the day before or after the hour.
fn half_of_day(text: &str) -> (&str, Option<Half>) {
    const ENDS: [(&str, Option<Half>); 15] = [
        ("o'clock", None),
        ("orakor", None),
        ("uhr", None),
        ("ora", None),
        ("kor", None),
        ("hrs", None),
        ("hours", None),
        ("am", Some(Half::Am)),
        ("a.m.", Some(Half::Am)),
        ("a.m", Some(Half::Am)),
        ("a", Some(Half::Am)),
        ("pm", Some(Half::Pm)),
        ("p.m.", Some(Half::Pm)),
        ("p.m", Some(Half::Pm)),
        ("p", Some(Half::Pm)),
    ];
    // A part of the day without a number is not a time.
    let hour = |rest: &str| rest.contains(|letter: char| letter.is_ascii_digit());
    let part = PARTS.iter().find_map(|(word, half)| {
        let rest = text.strip_prefix(word).or_else(|| text.strip_suffix(word))?;
        hour(rest).then_some((rest.trim(), *half))
    });
    let (text, half) = part.map_or((text, None), |(rest, half)| (rest, Some(half)));
    let end = ENDS.iter().find_map(|(end, half)| text.strip_suffix(end).map(|clock| (clock.trim_end(), *half)));
    let (clock, end) = end.unwrap_or((text, None));
    (clock, half.or(end))
}

/// Two numbers with a separator, or one number of one to four digits.
fn hour_and_minute(clock: &str) -> Result<(u16, u16), WallTimeError> {
    let digits = |text: &str, widths: std::ops::RangeInclusive<usize>| {
        let good = widths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u16>().ok().filter(|_| good).ok_or(WallTimeError::Unclear)
    };
    // Seconds do not matter for a post.
    let clock = clock.strip_suffix(":00").filter(|rest| rest.contains(':')).unwrap_or(clock);
    let parts = clock.split_once([':', '.', 'h']).map(|(hour, minute)| (hour.trim_end(), minute.trim_start()));
    match parts {
        // 8h is an hour; 8: and 8. are typing errors with only one plausible meaning.
        Some((hour, "")) => Ok((digits(hour, 1..=2)?, 0)),
        // 8:5 could mean 08:05 or 08:50, so it is refused.
        Some((hour, minute)) => Ok((digits(hour, 1..=2)?, digits(minute, 2..=2)?)),
        None if clock.len() <= 2 => Ok((digits(clock, 1..=2)?, 0)),
        None => digits(clock, 3..=4).map(|number| (number / 100, number % 100)),
    }
}

#[cfg(test)]
mod tests {
    use crate::delivery::wall_time::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<String, WallTimeError> {
        text.parse().map(|time: WallTime| time.to_string())
    }

    #[test]
    fn every_way_to_type_a_time_is_read() {
        for (typed, expected) in [
            ("8", "08:00"),
            ("08", "08:00"),
            ("08:00", "08:00"),
            ("8:05", "08:05"),
            (" 8 ", "08:00"),
            ("8am", "08:00"),
            ("8 AM", "08:00"),
            ("8 a.m.", "08:00"),
            ("at 8", "08:00"),
            ("20.15", "20:15"),
            ("20 : 15", "20:15"),
            ("8:30 pm", "20:30"),
            ("8.30p.m.", "20:30"),
            ("12am", "00:00"),
            ("12:30 am", "00:30"),
            ("12pm", "12:00"),
            ("noon", "12:00"),
            ("Midday", "12:00"),
            ("midnight", "00:00"),
            ("8h", "08:00"),
            ("8h30", "08:30"),
            ("8 h 30", "08:30"),
            ("0800", "08:00"),
            ("830", "08:30"),
            ("2015", "20:15"),
            ("830pm", "20:30"),
            ("8 o'clock", "08:00"),
            ("8 Uhr", "08:00"),
            ("8 óra", "08:00"),
            ("8 órakor", "08:00"),
            ("08:00:00", "08:00"),
            ("8：00", "08:00"),
            ("８：３０", "08:30"),
            ("reggel 8", "08:00"),
            ("8 reggel", "08:00"),
            ("este 8", "20:00"),
            ("este 20:15", "20:15"),
            ("délután 3 óra", "15:00"),
            ("8 in the morning", "08:00"),
            ("7.30 in the evening", "19:30"),
            ("éjjel 11", "23:00"),
            ("0", "00:00"),
            ("23:59", "23:59"),
        ] {
            assert_eq!(read(typed).as_deref(), Ok(expected), "{typed:?}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused_with_the_reason() {
        use WallTimeError::*;
        for (typed, expected) in [
            ("", Empty),
            ("  ", Empty),
            ("24", EndOfDay),
            ("24:00", EndOfDay),
            ("24:30", NoSuchHour(24)),
            ("25", NoSuchHour(25)),
            ("99:99", NoSuchMinute(99)),
            ("8:60", NoSuchMinute(60)),
            ("0860", NoSuchMinute(60)),
            ("13pm", NoSuchHalfDayHour(13)),
            ("0am", NoSuchHalfDayHour(0)),
            ("8:5", Unclear),
            ("8:30:15", Unclear),
            ("-8", Unclear),
            ("+8", Unclear),
            ("8am pm", Unclear),
            ("morning", Unclear),
            ("am", Unclear),
            ("8,5", Unclear),
            ("12345", Unclear),
            ("reggel", Unclear),
            ("8:30:99", Unclear),
        ] {
            assert_eq!(read(typed), Err(expected), "{typed:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back_in_every_form(hour in 0i8..24, minute in 0i8..60) {
            let time = WallTime::new(hour, minute).expect("in range");
            let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
            let half = if hour < 12 { "am" } else { "pm" };
            for text in [
                time.to_string(),
                format!("{hour}:{minute:02}"),
                format!("{hour}.{minute:02}"),
                format!("{hour:02}{minute:02}"),
                format!("{hour}h{minute:02}"),
                format!("{twelve}:{minute:02} {half}"),
                format!("{twelve}.{minute:02}{}", half.to_uppercase()),
            ] {
                prop_assert_eq!(text.parse(), Ok(time), "{}", text);
            }
        }

        #[test]
        fn reading_is_total(text in any::<String>(), near in "[0-9:.hapm ]{0,9}") {
            for text in [text, near] {
                if let Ok(time) = text.parse::<WallTime>() {
                    prop_assert_eq!(time.to_string().parse(), Ok(time));
                }
            }
        }
    }
}
