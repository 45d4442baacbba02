//! `kronikas calendar`: the post of each day with its exact instant, for a teacher to read in advance.

mod html;
mod json;
mod text;

use jiff::civil::Date;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ZonedDateTime};

use super::draw::Look;
use crate::calendar::{Day, days_for};
use crate::card::{Card, format};
use crate::command::LoadedPack;
use crate::delivery::{Due, WallTime, instant, name_offset};
use crate::features::daily::{AskedQuestion, PostOptions, asked_on, compose};
use crate::model::QuietPolicy;

/// The days to show, and the options of the class's schedule.
#[derive(Debug, Clone, Copy)]
pub struct CalendarRequest<'a> {
    /// The first local date.
    pub from: Date,
    /// The number of days.
    pub days: u16,
    /// The zone's name, as returned by [`crate::delivery::understand`].
    pub zone: &'a str,
    /// The local time of the post.
    pub time: WallTime,
    /// The post on a day without events.
    pub quiet: QuietPolicy,
}

/// The format of a calendar.
#[derive(Debug, Clone, Copy)]
pub enum CalendarFormat {
    /// Boxes for a terminal, with its styles.
    Text(Look),
    /// One JSON object.
    Json,
    /// One self-contained HTML page: no scripts, no network.
    Html,
}

/// A day of the calendar.
struct PostDay {
    date: Date,
    /// When its post is sent, in local time; `None` if there is none.
    at: Option<ZonedDateTime>,
    /// What is unusual about its clock.
    notes: Vec<String>,
    /// The post, or why there is none.
    post: Result<Card, String>,
    /// The question at its end.
    question: Option<AskedQuestion>,
    /// The number of known events on it, in any year.
    events: usize,
}

/// Formats the calendar.
///
/// # Errors
/// If the zone is not in the built-in database, which [`crate::delivery::understand`] rules out.
pub fn calendar(loaded: &LoadedPack, asked: &CalendarRequest<'_>, form: CalendarFormat) -> Result<String, jiff::Error> {
    let zone = TimeZone::get(asked.zone)?;
    let pack = &loaded.pack;
    let days = days(loaded, asked, &zone);
    Ok(match form {
        CalendarFormat::Text(look) => text::write(asked, &days, look),
        CalendarFormat::Json => json::write(pack, asked, &days),
        CalendarFormat::Html => html::write(pack, asked, &days),
    })
}

fn days(loaded: &LoadedPack, asked: &CalendarRequest<'_>, zone: &TimeZone) -> Vec<PostDay> {
    let pack = &loaded.pack;
    let mut days = Vec::new();
    let mut date = asked.from;
    let mut before = asked.from.yesterday().ok().and_then(|date| instant(date, asked.time, zone).at());
    for _ in 0..asked.days {
        let due = instant(date, asked.time, zone);
        let options = PostOptions { quiet: asked.quiet, salt: 0 };
        let question = asked_on(date, loaded);
        let post = match due {
            Due::At(_) => compose(pack, date, options, question.as_ref().map(|asked| &asked.question))
                .ok_or_else(|| "A quiet day: no post.".to_owned()),
            Due::NoSuchDay => Err(format!("{} skipped this day: no post.", asked.zone)),
        };
        let happened = days_for(date).map(|(month, day)| Day::new(pack, month, day));
        days.push(PostDay {
            date,
            at: due.at().filter(|_| post.is_ok()).map(|at| at.to_zoned_datetime(zone.clone())),
            notes: notes(date, due, before, asked, zone),
            question: question.filter(|_| post.is_ok()),
            post,
            events: happened.map(|day| day.in_year.len() + day.other_years.len()).sum(),
        });
        before = due.at().or(before);
        match date.tomorrow() {
            Ok(tomorrow) => date = tomorrow,
            Err(_) => break,
        }
    }
    days
}

/// What is unusual about a day's clock, in sentences.
fn notes(date: Date, due: Due, before: Option<Timestamp>, asked: &CalendarRequest<'_>, zone: &TimeZone) -> Vec<String> {
    let Due::At(at) = due else { return Vec::new() };
    let mut notes = Vec::new();
    let (then, now) = (before.map(|before| zone.to_offset(before)), zone.to_offset(at));
    if let Some(then) = then.filter(|then| *then != now) {
        notes.push(format!("The clocks have changed, from {} to {}.", name_offset(then), name_offset(now)));
    }
    let wanted = asked.time.on(date);
    match zone.to_ambiguous_timestamp(wanted).offset() {
        AmbiguousOffset::Unambiguous { .. } => {}
        AmbiguousOffset::Gap { .. } => {
            let shown = zone.to_datetime(at).strftime("%H:%M");
            notes.push(format!("The clocks jump over {} on this day; the post comes at {shown}.", asked.time));
        }
        AmbiguousOffset::Fold { .. } => {
            notes.push(format!("{} comes twice on this day; the post comes the first time.", asked.time))
        }
    }
    notes
}

/// The choices with their letters, and the answer: what a class sees as buttons, and what it learns.
fn choices(asked: &AskedQuestion) -> (Vec<String>, String) {
    let letters = ('A'..='Z').map(String::from);
    let lettered = asked.question.choices.iter().zip(letters).map(|(choice, letter)| format!("{letter}: {choice}")).collect();
    (lettered, format!("Answer: {}", asked.answer))
}

/// The day and local time: `Friday 23 October 2026, 08:00 (UTC+2)`.
fn when(day: &PostDay) -> String {
    match &day.at {
        Some(at) => format!("{}, {} ({})", format::long_date(day.date), at.strftime("%H:%M"), name_offset(at.offset())),
        None => format::long_date(day.date),
    }
}
