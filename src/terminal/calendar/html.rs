//! The calendar as one HTML page: no scripts, no network, light and dark, printable.

use jiff::civil::{Date, Weekday};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{CalendarRequest, PostDay, choices};
use crate::card::{Card, Line, format};
use crate::delivery::{name_offset, tzdb_version};
use crate::model::QuietPolicy;
use crate::pack::Pack;

const STYLE: &str = include_str!("page.css");

pub(super) fn write(pack: &Pack, asked: &CalendarRequest<'_>, days: &[PostDay]) -> String {
    let title = format!("On this day: {}", pack.title);
    let span = match (days.first(), days.last()) {
        (Some(first), Some(last)) => format!("{} – {}", format::date(first.date), format::date(last.date)),
        _ => String::new(),
    };
    let months: Vec<&[PostDay]> = days.chunk_by(|one, next| month_of(one.date) == month_of(next.date)).collect();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · " (span) }
                style { (PreEscaped(STYLE)) }
            }
            body id="top" {
                header { h1 { (title) } p class="lede" { (lede(asked, days, &span)) } (changes(days)) }
                nav aria-label="Months and days" { @for month in &months { (grid(month)) } }
                (key(days.iter().any(|day| day.post.is_err())))
                main { @for month in &months { (section(month)) } }
                (footer())
            }
        }
    };
    page.into_string() + "\n"
}

/// The legend of the days' colours.
fn key(with_none: bool) -> Markup {
    html! {
        p class="key" {
            span class="e0" { "5" } " quiet " span class="e1" { "5" } " one event "
            span class="e2" { "5" } " two to five " span class="e3" { "5" } " more"
            @if with_none { " " span class="none" { "5" } " no post" }
        }
    }
}

fn footer() -> Markup {
    html! {
        footer {
            p {
                "Times computed with time zone database " (tzdb_version()) ". Every sentence about history names "
                "its source in brackets; the foot of each day says what the short names mean."
            }
            p { a href="#top" { "Back to the top" } }
        }
    }
}

fn lede(asked: &CalendarRequest<'_>, days: &[PostDay], span: &str) -> String {
    let posts = days.iter().filter(|day| day.post.is_ok()).count();
    let quiet = days.iter().filter(|day| day.events == 0).count();
    let when = match asked.quiet {
        QuietPolicy::Context => "tell where things stood",
        QuietPolicy::Portrait => "portray a person, a group, a word or a place",
        QuietPolicy::Skip => "have no post",
    };
    format!(
        "What the class will read, {span}: {} in {}, each at {} in {}. {} and {when}.",
        format::count(posts, "post"),
        format::count(days.len(), "day"),
        asked.time,
        asked.zone,
        if quiet == 1 { "1 day is quiet".to_owned() } else { format!("{quiet} days are quiet") },
    )
}

/// The days on which the clock is unusual.
fn changes(days: &[PostDay]) -> Markup {
    let notes = || days.iter().flat_map(|day| day.notes.iter().map(move |note| (day.date, note)));
    html! {
        @if notes().next().is_some() {
            ul class="changes" {
                @for (date, note) in notes() { li { a href={ "#" (day_id(date)) } { (format::long_date(date)) } ": " (note) } }
            }
        }
    }
}

fn month_of(date: Date) -> (i16, i8) {
    (date.year(), date.month())
}

fn month_id(date: Date) -> String {
    date.strftime("m-%Y-%m").to_string()
}

fn day_id(date: Date) -> String {
    format!("d-{date}")
}

fn month_name(date: Date) -> String {
    format::month_of_year(date.year(), date.month())
}

fn section(month: &[PostDay]) -> Markup {
    html! {
        @if let Some(first) = month.first() {
            section class="month" id=(month_id(first.date)) {
                h2 { (month_name(first.date)) }
                @for day in month { (article(day)) }
            }
        }
    }
}

/// A month as weeks from Monday to Sunday, with a link for each day.
fn grid(month: &[PostDay]) -> Markup {
    let offset = |day: &PostDay| usize::from(day.date.weekday().to_monday_zero_offset().unsigned_abs());
    let weeks = month.chunk_by(|_, next| offset(next) != 0);
    html! {
        @if let Some(first) = month.first() {
            table {
                caption { a href={ "#" (month_id(first.date)) } { (month_name(first.date)) } }
                thead { tr {
                    @for day in Weekday::Monday.cycle_forward().take(7).map(format::weekday_name) {
                        th scope="col" abbr=(day) { (&day[..2]) }
                    }
                } }
                tbody { @for week in weeks {
                    tr {
                        @for _ in 0..week.first().map_or(0, offset) { td {} }
                        @for day in week { td { (link(day)) } }
                    }
                } }
            }
        }
    }
}

fn link(day: &PostDay) -> Markup {
    let (class, title) = match day.post {
        Ok(_) => (density(day), format::count(day.events, "event")),
        Err(_) => ("none", "no post".to_owned()),
    };
    html! { a class=(class) href={ "#" (day_id(day.date)) } title=(title) { (day.date.day()) } }
}

fn density(day: &PostDay) -> &'static str {
    match day.events {
        0 => "e0",
        1 => "e1",
        2..=5 => "e2",
        _ => "e3",
    }
}

fn article(day: &PostDay) -> Markup {
    html! {
        article id=(day_id(day.date)) class=[day.post.is_err().then_some("none")] {
            h3 { (format::long_date(day.date)) }
            @if let Some(at) = &day.at {
                p class="at" {
                    time datetime=(at.timestamp().display_with_offset(at.offset())) {
                        (at.strftime("%H:%M")) " (" (name_offset(at.offset())) ")"
                    }
                    " · " (at.timestamp().strftime("%Y-%m-%d %H:%M UTC"))
                }
            }
            @for note in &day.notes { p class="note" { (note) } }
            @match &day.post {
                Ok(card) => (post(card, day)),
                Err(reason) => p { (reason) },
            }
        }
    }
}

fn post(card: &Card, day: &PostDay) -> Markup {
    html! {
        @if let Some(subtitle) = &card.subtitle { p class="ago" { (subtitle) } }
        @for section in &card.sections {
            @if let Some(heading) = &section.heading {
                h4 { (heading) }
                ul { @for said in &section.lines { li { (line(said)) } } }
            } @else {
                @for said in &section.lines { p { (line(said)) } }
            }
        }
        @if let Some((choices, answer)) = day.question.as_ref().map(choices) {
            ul class="choices" { @for choice in &choices { li { (choice) } } }
            p class="answer" { (answer) }
        }
        @if !card.sources.is_empty() {
            ul class="sources" { @for source in &card.sources { li { (source) } } }
        }
    }
}

fn line(line: &Line) -> Markup {
    html! {
        @if let Some(lead) = &line.lead { b { (lead) } " " }
        (line.text.plain())
        @for cite in &line.cite { " " cite { "[" (cite) "]" } }
    }
}
