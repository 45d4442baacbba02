//! Parses dates in options.

use jiff::civil::Date;

use super::Request;
use crate::card::{Refusal, Text};
use crate::lookup::date::{self, Understood};

/// How an option's date is parsed, and what its error says.
#[derive(Debug, Clone)]
pub(crate) struct DateReading {
    /// The user's current date, for `tomorrow` and `next friday`; `None` if relative dates make no
    /// sense.
    pub today: Option<Date>,
    /// The year of a date without one.
    pub year: i16,
    /// Whether a month, a year or a range is allowed as well as a day.
    pub ranges: bool,
    /// Examples of valid input: `4 march, or name a month`.
    pub like: String,
    /// An additional sentence, such as that nothing was changed.
    pub besides: &'static str,
}

/// A date in an option.
#[derive(Debug, Clone)]
pub(crate) struct GivenDate<'a> {
    pub typed: &'a str,
    pub understood: Understood,
}

impl DateReading {
    fn read(&self, typed: &str) -> Option<Understood> {
        let understood = match self.today {
            Some(today) => date::understand_on(typed, today, self.year),
            None => date::understand(typed, self.year),
        };
        understood.filter(|understood| if self.ranges { understood.rest.is_empty() } else { understood.day().is_some() })
    }

    fn refusal(&self, typed: &str) -> Refusal {
        let what = if self.ranges { "a date" } else { "a day" };
        let say = format!("” as {what}. Write it like {}.{}", self.like, self.besides);
        Refusal::new(Text::from("I cannot read “").typed(typed).and(say))
    }
}

impl Request {
    /// The date in an option; `None` if it is not given.
    ///
    /// # Errors
    /// A refusal with examples of valid input.
    pub(crate) fn date(&self, option: &str, reading: &DateReading) -> Result<Option<GivenDate<'_>>, Refusal> {
        let Some(typed) = self.text(option) else { return Ok(None) };
        let understood = reading.read(typed).ok_or_else(|| reading.refusal(typed))?;
        Ok(Some(GivenDate { typed, understood }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = Date::constant(2026, 11, 28);

    fn reading(ranges: bool) -> DateReading {
        DateReading { today: Some(TODAY), year: 1789, ranges, like: "14 july".to_owned(), besides: " Nothing was changed." }
    }

    /// The first day of the input.
    fn read(typed: &str, reading: &DateReading) -> Result<Date, String> {
        let request = Request::new(TODAY).with("date", typed);
        let given = request.date("date", reading).map_err(|refusal| refusal.text.plain())?;
        Ok(given.expect("it was given").understood.from)
    }

    #[test]
    fn days_ranges_and_days_of_the_present_are_told_apart() {
        assert_eq!(read("14 july", &reading(false)), Ok(Date::constant(1789, 7, 14)));
        assert_eq!(read("tomorrow", &reading(false)), Ok(Date::constant(2026, 11, 29)));
        assert_eq!(read("july", &reading(true)), Ok(Date::constant(1789, 7, 1)));
        let refused = "I cannot read “july” as a day. Write it like 14 july. Nothing was changed.";
        assert_eq!(read("july", &reading(false)), Err(refused.to_owned()));
        let timeless = DateReading { today: None, ..reading(true) };
        let refused = "I cannot read “tomorrow” as a date. Write it like 14 july. Nothing was changed.";
        assert_eq!(read("tomorrow", &timeless), Err(refused.to_owned()));
        let nothing = Request::new(TODAY);
        assert!(nothing.date("date", &timeless).is_ok_and(|given| given.is_none()));
    }
}
