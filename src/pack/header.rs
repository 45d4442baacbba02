//! The properties of the whole pack in `pack.toml`: title, year, time zone, replay.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::checker::{at_most, check_kebab, limits};
use super::moment::{FORMS, Moment, Point, read_year};
use super::problem::{File, Report};
use super::types::Pack;
use super::written::{Located, LocatedText};
use super::written_pack::{PackFile, WrittenReplayDays, WrittenYear};

/// The zone of a pack that names none.
const UNIVERSAL: &str = "UTC";
/// The maximum length of a replay, in days.
pub(super) const REPLAY_DAYS: i64 = 31;
/// The first and last year of a pack, in astronomical numbering. jiff's range is much larger.
const YEARS: std::ops::RangeInclusive<i16> = -8999..=9000;

/// The properties of the whole pack.
pub(super) struct Header {
    pub title: String,
    pub subject: String,
    pub year: i16,
    pub country: Option<String>,
    pub zone: Option<String>,
    pub city: Option<String>,
    pub replay: Option<(Date, Date)>,
}

pub(super) fn header(written: &PackFile, file: &File<'_>, report: &mut Report) -> Header {
    check_kebab(&written.id, file, report);
    let title = one_line(&written.title, limits::TITLE, "title", file, report);
    let subject = written.subject.as_ref().map(|text| one_line(text, limits::GIST, "subject", file, report));
    let country = written.country.as_ref().map(|text| one_line(text, limits::OFFICE, "country", file, report));
    let city = written.city.as_ref().map(|text| one_line(text, limits::OFFICE, "city", file, report));
    let zone = written.zone.as_ref().and_then(|text| zone(text, file, report));
    Header {
        subject: subject.unwrap_or_else(|| format!("{} and what led to it and from it", within_a_sentence(&title))),
        year: year(&written.year, file, report),
        country,
        city: city.or_else(|| zone.as_deref().and_then(city_of)),
        zone,
        replay: written.replay.as_ref().and_then(|days| replay(days, file, report)),
        title,
    }
}

/// A text that cards show in one line.
fn one_line(text: &LocatedText, most: usize, what: &str, file: &File<'_>, report: &mut Report) -> String {
    at_most(text, most, what, file, report);
    if text.value().chars().any(char::is_control) {
        let wrong = format!("this {what} has line breaks or other control characters in it");
        report.at(file, text.span(), wrong, "Write it in one line".to_owned());
    }
    text.value().trim().to_owned()
}

fn year(written: &Located<WrittenYear>, file: &File<'_>, report: &mut Report) -> i16 {
    let (read, text) = match written.value() {
        WrittenYear::Number(number) => (i16::try_from(*number).ok().filter(|number| *number > 0), number.to_string()),
        WrittenYear::Text(text) => (read_year(text), format!("\"{text}\"")),
    };
    match read.filter(|year| YEARS.contains(year)) {
        Some(year) => year,
        None => {
            let right = "Write year = 1789, or with its era in quotes: year = \"44 BC\", year = \"79 AD\"";
            report.at(file, written.span(), format!("{text} is no year"), right.to_owned());
            1
        }
    }
}

fn zone(text: &LocatedText, file: &File<'_>, report: &mut Report) -> Option<String> {
    if TimeZone::get(text.value()).is_ok() {
        return Some(text.value().clone());
    }
    let right = "Write the zone's name in the IANA database, such as \"Europe/Paris\", or leave it out".to_owned();
    report.at(file, text.span(), format!("there is no time zone \"{}\"", text.value()), right);
    None
}

/// The city in a zone's name.
fn city_of(zone: &str) -> Option<String> {
    let (_, city) = zone.rsplit_once('/')?;
    (!zone.starts_with("Etc/")).then(|| city.replace('_', " "))
}

fn replay(written: &WrittenReplayDays, file: &File<'_>, report: &mut Report) -> Option<(Date, Date)> {
    let (from, to) = (day(&written.from, file, report), day(&written.to, file, report));
    let (from, to) = (from?, to?);
    if to < from || from.duration_until(to).as_hours() / 24 >= REPLAY_DAYS {
        let wrong = "these are no days of a replay".to_owned();
        report.at(file, written.to.span(), wrong, format!("`to` comes after `from`, and at most {REPLAY_DAYS} days are told"));
        return None;
    }
    Some((from, to))
}

fn day(text: &LocatedText, file: &File<'_>, report: &mut Report) -> Option<Date> {
    match text.value().parse() {
        Ok(Moment { from: Point::Day(day, None), to: None }) => Some(day),
        _ => {
            report.at(file, text.span(), format!("\"{}\" is no day", text.value()), FORMS.to_owned());
            None
        }
    }
}

/// A title within a sentence: `the Storming of the Bastille`.
fn within_a_sentence(title: &str) -> String {
    let lower = |article: &str| title.strip_prefix(article).map(|rest| format!("{}{rest}", article.to_lowercase()));
    ["The ", "A ", "An "].iter().find_map(|article| lower(article)).unwrap_or_else(|| title.to_owned())
}

impl Pack {
    /// The title within a sentence: `I teach the storming of the Bastille`.
    pub fn title_within(&self) -> String {
        within_a_sentence(&self.title)
    }

    /// The default time zone: that of the events, or UTC.
    pub fn zone_name(&self) -> &str {
        self.zone.as_deref().unwrap_or(UNIVERSAL)
    }

    /// The local date of an instant where the events happened.
    pub fn date_at(&self, now: Timestamp) -> Date {
        TimeZone::get(self.zone_name()).unwrap_or(TimeZone::UTC).to_datetime(now).date()
    }

    /// The default days of a replay: those of `pack.toml`, or the period of at most a month, from one
    /// event to another, with the most events. `None` if no event's day is known.
    pub fn replay_days(&self) -> Option<(Date, Date)> {
        self.replay.or_else(|| self.fullest_days())
    }

    fn fullest_days(&self) -> Option<(Date, Date)> {
        let days: Vec<Date> = self.events().filter_map(|(_, _, facts)| facts.when.day()).collect();
        let within = |first: Date| {
            let last = first.checked_add((REPLAY_DAYS - 1).days()).unwrap_or(first);
            days.iter().copied().filter(move |day| (first..=last).contains(day))
        };
        // The earliest of equal periods.
        let first = days.iter().copied().max_by_key(|first| (within(*first).count(), std::cmp::Reverse(*first)))?;
        Some((first, within(first).max()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_called_after_cities() {
        assert_eq!(city_of("Europe/Paris").as_deref(), Some("Paris"));
        assert_eq!(city_of("America/New_York").as_deref(), Some("New York"));
        assert_eq!(city_of("America/Argentina/Buenos_Aires").as_deref(), Some("Buenos Aires"));
        assert_eq!(city_of("UTC"), None);
        assert_eq!(city_of("Etc/GMT+1"), None);
    }

    #[test]
    fn only_an_article_loses_its_capital() {
        assert_eq!(within_a_sentence("The storming of the Bastille"), "the storming of the Bastille");
        assert_eq!(within_a_sentence("Theseus and Athens"), "Theseus and Athens");
        assert_eq!(within_a_sentence("The"), "The");
    }
}
