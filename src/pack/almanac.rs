//! The almanac: what happened, at home or elsewhere, on days of the pack's year that have no event.
//!
//! Only the calendar uses it. Nothing in it can be looked up, linked, asked or drawn, so that Elvis
//! Presley's songs do not distract a class from its unit.

use jiff::civil::Date;

use super::checker::{Checker, at_most, limits};
use super::citation::Citation;
use super::claim::Claim;
use super::draft::Drafts;
use super::moment::{Moment, Point, year_name};
use super::problem::{File, Report};
use super::written_almanac::WrittenAlmanacDay;

/// What happened on a day that has no event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlmanacDay {
    /// The day, in the pack's year.
    pub on: Date,
    /// The heading, in a few words.
    pub name: String,
    /// One or two sentences that cite at least one firm source.
    pub said: Claim,
    /// Whether it happened in the pack's country or to its people.
    pub at_home: bool,
}

/// Checks the almanac. Returns its days in the order of the year.
pub(super) fn check(checker: &Checker<'_>, drafts: &Drafts<'_>, report: &mut Report) -> Vec<AlmanacDay> {
    let file = &drafts.files[11];
    let mut days: Vec<AlmanacDay> = Vec::new();
    for written in &drafts.almanac {
        let Some(day) = day(written, checker, file, report) else { continue };
        let events = checker.pack.on_day(day.on.month(), day.on.day());
        if events.into_iter().any(|(.., date)| date == day.on) {
            let wrong = format!("{} has an event, which the calendar tells instead", written.on.value());
            report.at(file, written.on.span(), wrong, "Take this day out".to_owned());
        }
        if days.iter().any(|other| other.on == day.on) {
            let wrong = format!("{} stands in the almanac twice", written.on.value());
            report.at(file, written.on.span(), wrong, "Keep the better of the two".to_owned());
        }
        days.push(day);
    }
    days.sort_by_key(|day| day.on);
    days
}

fn day(written: &WrittenAlmanacDay, checker: &Checker<'_>, file: &File<'_>, report: &mut Report) -> Option<AlmanacDay> {
    at_most(&written.name, limits::HEADING, "heading", file, report);
    at_most(&written.text, limits::ANSWER_SENTENCE, "text", file, report);
    let cite = checker.citations(&written.cite, file, report);
    let is_firm = |citation: &Citation| match citation {
        Citation::Background(source) => checker.is_firm(*source),
        Citation::Document { .. } => false,
    };
    if !cite.is_empty() && !cite.iter().any(is_firm) {
        let wrong = "this rests on no primary, scholarly or reference work".to_owned();
        report.at(file, written.cite.span(), wrong, "Cite one, or leave the day empty".to_owned());
    }
    let year = checker.pack.year;
    let written_day = match written.on.value().parse() {
        Ok(Moment { from: Point::Day(day, None), to: None }) => Some(day),
        _ => None,
    };
    let Some(on) = written_day.filter(|on| on.year() == year) else {
        let wrong = format!("\"{}\" is no day of {}", written.on.value(), year_name(year));
        let example = if year > 0 { format!("{year:04}-02-19") } else { format!("{}-02-19 BC", 1 - year) };
        report.at(file, written.on.span(), wrong, format!("Write it like {example}"));
        return None;
    };
    let said = Claim { id: None, text: written.text.value().clone(), cite };
    Some(AlmanacDay { on, name: written.name.value().clone(), said, at_home: written.home })
}
