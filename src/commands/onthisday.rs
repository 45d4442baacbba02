//! `/onthisday [date]`: what happened on a day of the year.

use jiff::civil::Date;

use super::today::{self, Today};
use super::{Command, Completion, Desk, Opt, OptKind, Refusal, Request, entry_card, stale, timeline};
use crate::calendar::{Day, Neighbour, neighbours};
use crate::card::entries::on_day;
use crate::card::{Action, Answer, Card, Line, Outcome, Section, Text, in_pages, words};
use crate::knowledge::{Citation, EntryNo, Pack};
use crate::lookup::date::{self, Precision};

/// What happened on a day.
pub const COMMAND: Command = Command {
    name: "onthisday",
    summary: "What happened on a day in 1956, and on that day in other years",
    example: "/onthisday 4 nov",
    options: &[Opt {
        name: "date",
        summary: "A day: 23 oct, 4/11, 1956-10-23. Without one: today",
        kind: OptKind::Text,
        required: false,
        completion: Completion::Days,
    }],
    answer,
    press,
    ..Command::PLAIN
};

fn answer(request: &Request, desk: &Desk<'_>) -> Answer {
    let today = Today::of(request, desk);
    let Some(text) = request.text("date") else {
        return Ok(show(today.date.month(), today.date.day(), 0, vec![today.said()], desk.pack));
    };
    let understood = date::understand_on(text, today.date, desk.pack.year).filter(|understood| understood.rest.is_empty());
    let Some(understood) = understood else {
        let say = "” as a day. Write it like 23 oct, 4/11 (day/month) or 1956-10-23.";
        return Err(Refusal::new(Text::from("I cannot read “").typed(text).and(say)));
    };
    let mut said = today::remarks(text, &understood);
    if understood.relative {
        said.push(today.said());
    }
    match understood.precision {
        Precision::Day => Ok(show(understood.from.month(), understood.from.day(), 0, said, desk.pack)),
        Precision::Range | Precision::Month | Precision::Year => {
            Ok(timeline::between(understood.from, understood.to, said, desk))
        }
    }
}

fn show(month: i8, day: i8, page: usize, said: Vec<Line>, pack: &Pack) -> Card {
    let happened = Day::new(pack, month, day);
    let title = format!("On this day: {}", words::day_and_month(month, day));
    let outcome = if happened.is_quiet() { Outcome::Nothing } else { Outcome::Found };
    let mut card = Card::new(outcome, title).section(Section::opening(said));
    if let Ok(date) = Date::new(pack.year, month, day) {
        card.subtitle = Some(format!("In {} it was a {}", pack.year, words::weekday(date)));
    }
    card = card.section(Section::headed(&format!("In {}", pack.year), of_day(&happened.in_year, pack)));
    card = card.section(Section::headed(&format!("Going on in {}", pack.year), entry_card::events(&happened.under_way, pack)));
    if happened.in_year.is_empty() {
        card = quiet(card, month, day, pack);
    }
    let other = happened.other_years.iter().map(|(year, no)| Line::new(pack.entry(*no).name.as_str()).led(format!("{year}:")));
    card = card.section(Section::headed("On this day in other years", other.collect()));
    card = in_pages(card, page, |page| on_day(month, day, page));
    let cited: Vec<Citation> = happened.in_year.iter().filter_map(|no| first_citation(*no, pack)).collect();
    entry_card::explain(&mut card, &cited, pack);
    let events = happened.in_year.iter().chain(happened.other_years.iter().map(|(_, no)| no)).chain(&happened.under_way);
    let items = events.map(|no| entry_card::item(*no, "", pack)).collect();
    card.buttons(day_buttons(month, day, pack)).menu("Tell me more about …", items)
}

fn of_day(events: &[EntryNo], pack: &Pack) -> Vec<Line> {
    let line = |no: &EntryNo| {
        let entry = pack.entry(*no);
        let mut line = Line::new(entry.name.as_str());
        line.lead = entry.when().and_then(words::time_on_day).map(|time| format!("{time}:"));
        line.cite = words::citations(pack, first_citation(*no, pack).as_slice());
        line
    };
    events.iter().map(line).collect()
}

/// What an event rests on first: the class document, where it does.
fn first_citation(no: EntryNo, pack: &Pack) -> Option<Citation> {
    pack.entry(no).claims.first().and_then(|claim| claim.cite.first()).copied()
}

/// Says that the day is quiet, and what lies before and after it.
fn quiet(card: Card, month: i8, day: i8, pack: &Pack) -> Card {
    let (before, after) = neighbours(pack, month, day);
    let mut lines = vec![Line::new(format!("I know of nothing that happened on this very day in {}.", pack.year))];
    let line = |neighbour: &Neighbour, side: &str| {
        let entry = pack.entry(neighbour.event);
        let days = words::count(usize::from(neighbour.days), "day");
        let when = entry.when().map(words::short_moment).unwrap_or_default();
        Line::new(format!("{} ({when}, {days} {side})", entry.name)).led(if side == "before" {
            "The last one before:"
        } else {
            "The next one:"
        })
    };
    lines.extend(before.as_ref().map(|neighbour| line(neighbour, "before")));
    lines.extend(after.as_ref().map(|neighbour| line(neighbour, "later")));
    let items = before
        .iter()
        .chain(&after)
        .map(|neighbour| Action::new(&pack.entry(neighbour.event).name, super::seek::open(pack.entry(neighbour.event))))
        .collect();
    card.section(Section::headed("A quiet day", lines)).buttons(items)
}

/// Buttons to the day before and after, in the pack's year.
fn day_buttons(month: i8, day: i8, pack: &Pack) -> Vec<Action> {
    let Ok(date) = Date::new(pack.year, month, day) else { return Vec::new() };
    let button = |label: String, day: Date| Action::new(&label, on_day(day.month(), day.day(), 0));
    let mut buttons = Vec::new();
    if let Ok(before) = date.yesterday() {
        buttons.push(button(format!("◀ {}", words::day_and_month(before.month(), before.day())), before));
    }
    if let Ok(after) = date.tomorrow() {
        buttons.push(button(format!("{} ▶", words::day_and_month(after.month(), after.day())), after));
    }
    buttons
}

fn press(arguments: &[String], _: &Request, desk: &Desk<'_>) -> Answer {
    let (date, page) = match arguments {
        [date] => (date, 0),
        [date, page] => (date, page.parse().map_err(|_| stale())?),
        _ => return Err(stale()),
    };
    let (month, day) = date.split_once('-').ok_or_else(stale)?;
    let (month, day) = (month.parse().map_err(|_| stale())?, day.parse().map_err(|_| stale())?);
    // 2000 was a leap year: every day of any year is a day of that one.
    Date::new(2000, month, day).map_err(|_| stale())?;
    Ok(show(month, day, page, Vec::new(), desk.pack))
}
