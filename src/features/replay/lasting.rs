//! Parses how long a replay lasts.

use std::str::FromStr;

use jiff::SignedDuration;

/// The shortest lesson, in seconds: a minute, for trying it out.
pub const SHORTEST: i64 = 60;
/// The longest lesson, in seconds: a school day.
pub const LONGEST: i64 = 8 * 3600;

/// The requested length of a replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lasting {
    /// A lesson of this many seconds, from [`SHORTEST`] to [`LONGEST`].
    Lesson(i64),
    /// The real time: each event at its own time on its own day.
    AsItHappened,
}

/// Why a text is not a length. Each is a sentence for the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LastingError {
    /// Shorter than a minute.
    #[error("A replay lasts at least one minute. Write how long like 45m, 1h30 or 90, or “as it happened”.")]
    TooShort,
    /// Longer than a school day.
    #[error("A lesson's replay lasts at most 8 hours. Write how long like 45m or 1h30, or “as it happened” for real days.")]
    TooLong,
    /// Anything else.
    #[error("I cannot read that as a length of time. Write it like 45m, 1h30 or 90 (minutes), or “as it happened”.")]
    Unclear,
}

impl FromStr for Lasting {
    type Err = LastingError;

    /// Parses `45m`, `45 minutes`, `1h30`, `1:30`, `2 hours`, `90` (minutes), `as it happened`.
    fn from_str(text: &str) -> Result<Lasting, LastingError> {
        let text = text.trim().to_lowercase();
        let words = text.replace('-', " ");
        if ["as it happened", "as happened", "real time", "real days", "real"].contains(&words.as_str()) {
            return Ok(Lasting::AsItHappened);
        }
        let packed: String = text.split_whitespace().collect();
        let seconds = seconds(&packed).ok_or(LastingError::Unclear)?;
        match seconds {
            ..SHORTEST => Err(LastingError::TooShort),
            SHORTEST..=LONGEST => Ok(Lasting::Lesson(seconds)),
            _ => Err(LastingError::TooLong),
        }
    }
}

/// The seconds of a text without spaces, converted to the format of [`SignedDuration`]: a colon
/// separates hours and minutes, and a missing last unit means minutes.
fn seconds(packed: &str) -> Option<i64> {
    if !packed.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, ':' | '.' | '\'')) {
        return None;
    }
    let packed = packed.replace("and", "").replace('\'', "m");
    let written = match packed.split_once(':') {
        Some((hours, minutes)) if minutes.len() == 2 => format!("{hours}h{minutes}m"),
        Some(_) => return None,
        None if packed.ends_with(|c: char| c.is_ascii_digit()) => format!("{packed}m"),
        None => packed,
    };
    written.parse::<SignedDuration>().ok().map(|length| length.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lengths_are_read_as_people_write_them() {
        for (text, minutes) in [
            ("45m", 45),
            ("45 min", 45),
            ("45 minutes", 45),
            ("90", 90),
            ("1h30", 90),
            ("1 h 30 min", 90),
            ("1:30", 90),
            ("2 hours", 120),
            ("1 hour and 5 minutes", 65),
            ("8h", 480),
            ("1m", 1),
            ("1.5 hours", 90),
            ("30'", 30),
        ] {
            assert_eq!(text.parse(), Ok(Lasting::Lesson(minutes * 60)), "{text}");
        }
        for text in ["as it happened", "As-it-happened", "real time"] {
            assert_eq!(text.parse(), Ok(Lasting::AsItHappened), "{text}");
        }
    }

    #[test]
    fn what_is_no_length_is_refused_with_the_reason() {
        for (text, why) in [
            ("", LastingError::Unclear),
            ("a while", LastingError::Unclear),
            ("-5", LastingError::Unclear),
            ("1:5", LastingError::Unclear),
            ("h", LastingError::Unclear),
            ("2 days", LastingError::Unclear),
            ("45s", LastingError::TooShort),
            ("0", LastingError::TooShort),
            ("8h01", LastingError::TooLong),
            ("9999", LastingError::TooLong),
            ("99999999999999999999", LastingError::Unclear),
        ] {
            assert_eq!(text.parse::<Lasting>(), Err(why), "{text}");
        }
    }

    proptest! {
        #[test]
        fn reading_is_total(text in any::<String>()) {
            if let Ok(Lasting::Lesson(seconds)) = text.parse() {
                prop_assert!((SHORTEST..=LONGEST).contains(&seconds));
            }
        }
    }
}
