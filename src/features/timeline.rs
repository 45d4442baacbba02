//! `/timeline [from] [to] [about] [all]`: the most important events by time, or all of them, fifteen per
//! page.

use jiff::civil::Date;

use crate::card::action::Press;
use crate::card::press::{ButtonId, TimelinePress};
use crate::card::{Card, CardResult, Line, Refusal, format};
use crate::command::date_option::{DateReading, GivenDate};
use crate::command::examples;
use crate::command::resolve::topic;
use crate::command::timeline::{Timeline, TimelineView, show};
use crate::command::today::{Today, remarks};
use crate::command::topic::Topic;
use crate::command::{Command, CommandContext, Completion, Opt, OptKind, Request, stale};
use crate::lookup::Scope;

pub(super) const COMMAND: Command = Command {
    name: "timeline",
    summary: "Events in order, between two dates and about whatever you like",
    example: "/timeline from:{from} to:{to} about:{person}",
    options: &[
        Opt {
            name: "from",
            summary: "The first day, month or year, such as 4 march, march 1848 or 44 BC",
            kind: OptKind::Text,
            required: false,
            completion: Completion::Dates,
        },
        Opt {
            name: "to",
            summary: "The last day, month or year",
            kind: OptKind::Text,
            required: false,
            completion: Completion::Dates,
        },
        Opt {
            name: "about",
            summary: "A person, group, place, term or theme",
            kind: OptKind::Text,
            required: false,
            completion: Completion::Subjects,
        },
        Opt {
            name: "all",
            summary: "Every event, fifteen to a page, instead of the twelve that matter most",
            kind: OptKind::Flag,
            required: false,
            completion: Completion::None,
        },
    ],
    answer: |request, ctx| Box::pin(answer(request, ctx)),
    press: |pressed, _, ctx| Box::pin(press(pressed, ctx)),
    ..Command::PLAIN
};

async fn answer(request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    let mut said: Vec<Line> = Vec::new();
    let today = Today::of(request, ctx).await;
    let from = end_of_range("from", request, &today, ctx, &mut said)?;
    let to = end_of_range("to", request, &today, ctx, &mut said)?;
    let about = match request.text("about") {
        None => Topic::Everything,
        Some(about) => match topic(about, Scope::NAMED, ctx) {
            Ok(about) => about,
            Err(card) => return Ok(*card),
        },
    };
    // A single month or year without an end means only that month or year.
    let (from, to) = match (from, to) {
        (Some((first, last, true)), None) => (Some(first), Some(last)),
        (from, to) => (from.map(|(first, ..)| first), to.map(|(_, last, _)| last)),
    };
    if let (Some(from), Some(to)) = (from, to)
        && to < from
    {
        let say = format!(
            "That range ends before it begins: {} to {}. Put the earlier date into `from`.",
            format::date(from),
            format::date(to)
        );
        return Err(Refusal::new(say).into());
    }
    let view = if request.flag("all") { TimelineView::Page(0) } else { TimelineView::Overview };
    Ok(shown(Timeline { from, to, about }, view, said, ctx).await)
}

/// Laying out the picture takes a moment.
async fn shown(timeline: Timeline, view: TimelineView, said: Vec<Line>, ctx: &CommandContext<'_>) -> Card {
    ctx.compute(move |loaded| show(&timeline, view, said, &loaded.pack)).await
}

/// One end of a range: its first day, its last day, and whether it is longer than a day.
fn end_of_range(
    option: &str,
    request: &Request,
    today: &Today,
    ctx: &CommandContext<'_>,
    said: &mut Vec<Line>,
) -> Result<Option<(Date, Date, bool)>, Refusal> {
    let reading = DateReading {
        today: Some(today.date),
        year: ctx.pack.year,
        ranges: true,
        like: format!("{}, or name a month or year", examples::day(ctx.pack)),
        besides: "",
    };
    let Some(GivenDate { typed, understood }) = request.date(option, &reading)? else { return Ok(None) };
    said.extend(remarks(typed, &understood));
    Ok(Some((understood.from, understood.to, understood.from != understood.to)))
}

async fn press(pressed: &Press, ctx: &CommandContext<'_>) -> CardResult {
    let TimelinePress { from, to, topic, page } = TimelinePress::read(pressed).ok_or_else(stale)?;
    let about = Topic::of(&topic, ctx.pack).ok_or_else(stale)?;
    let view = page.map_or(TimelineView::Overview, TimelineView::Page);
    Ok(shown(Timeline { from, to, about }, view, Vec::new(), ctx).await)
}
