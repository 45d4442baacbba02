//! The calendar as JSON.

use serde_json::{Value, json};

use super::{CalendarRequest, PostDay};
use crate::card::{Card, Line, Section, format};
use crate::delivery::tzdb_version;
use crate::features::daily::AskedQuestion;
use crate::pack::Pack;

pub(super) fn write(pack: &Pack, asked: &CalendarRequest<'_>, days: &[PostDay]) -> String {
    let calendar = json!({
        "pack": pack.id,
        "zone": asked.zone,
        "time": asked.time.to_string(),
        "quiet": asked.quiet.word(),
        "tzdb": tzdb_version(),
        "days": days.iter().map(day).collect::<Vec<_>>(),
    });
    format!("{calendar:#}\n")
}

fn day(day: &PostDay) -> Value {
    let at = day.at.as_ref();
    json!({
        "date": day.date.to_string(),
        "weekday": format::weekday(day.date),
        "instant": at.map(|at| at.timestamp().to_string()),
        "local": at.map(|at| at.timestamp().display_with_offset(at.offset()).to_string()),
        "offset_seconds": at.map(|at| at.offset().seconds()),
        "notes": day.notes,
        "events": day.events,
        "post": day.post.as_ref().ok().map(card),
        "question": day.question.as_ref().map(question),
        "no_post": day.post.as_ref().err(),
    })
}

fn question(asked: &AskedQuestion) -> Value {
    json!({ "ask": asked.question.ask, "choices": asked.question.choices, "answer": asked.answer })
}

fn card(card: &Card) -> Value {
    json!({
        "title": card.title.plain(),
        "subtitle": card.subtitle,
        "sections": card.sections.iter().map(section).collect::<Vec<_>>(),
        "sources": card.sources,
    })
}

fn section(section: &Section) -> Value {
    let line = |line: &Line| json!({ "lead": line.lead, "text": line.text.plain(), "cite": line.cite });
    json!({ "heading": section.heading, "lines": section.lines.iter().map(line).collect::<Vec<_>>() })
}
