//! `/onthisday [date]`: what happened on a day of the year.

use jiff::civil::Date;

use crate::calendar::{Day, Neighbour, neighbours};
use crate::card::action::Press;
use crate::card::entries::{ALL_OF_THAT_DAY, all_of_day, on_day};
use crate::card::press::{ButtonId, DayPress};
use crate::card::{Action, Card, CardResult, Line, Marks, Outcome, Section, format, in_pages};
use crate::command::date_option::{DateReading, GivenDate};
use crate::command::examples;
use crate::command::today::{self, Today};
use crate::command::{Command, CommandContext, Completion, Opt, OptKind, Request, at_once, stale, timeline};
use crate::lookup::date::Precision;
use crate::pack::{AlmanacDay, Citation, Entry, EntryIdx, Pack, year_name};

/// What happened on a day.
pub(super) const COMMAND: Command = Command {
    name: "onthisday",
    summary: "What happened on a day: in the year you learn about, and in other years",
    example: "/onthisday {day}",
    options: &[Opt {
        name: "date",
        summary: "A day, such as 4 march or 4/3 (day/month). Without one: today",
        kind: OptKind::Text,
        required: false,
        completion: Completion::Days,
    }],
    answer: |request, ctx| Box::pin(answer(request, ctx)),
    press: |pressed, _, ctx| at_once(press(pressed, ctx)),
    ..Command::PLAIN
};

async fn answer(request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    let today = Today::of(request, ctx).await;
    let reading = DateReading {
        today: Some(today.date),
        year: ctx.pack.year,
        ranges: true,
        like: format!("{}, or 4/3 (day/month)", examples::day(ctx.pack)),
        besides: "",
    };
    let Some(GivenDate { typed, understood }) = request.date("date", &reading)? else {
        return Ok(show(today.date.month(), today.date.day(), vec![today.said()], ctx.pack));
    };
    let mut said = today::remarks(typed, &understood);
    if understood.relative {
        said.push(today.said());
    }
    match understood.precision {
        Precision::Day => Ok(show(understood.from.month(), understood.from.day(), said, ctx.pack)),
        Precision::Range | Precision::Month | Precision::Year => {
            Ok(timeline::between(understood.from, understood.to, said, ctx.pack))
        }
    }
}

/// How many events the first view describes in a sentence each.
const TOLD: usize = 3;
/// How many events of other years, and how many that were still going on.
const ASIDE: usize = 2;
/// How many entries the menu offers.
const MENU: usize = 10;

/// The most important events of a day; the rest is one press away.
fn show(month: i8, day: i8, said: Vec<Line>, pack: &Pack) -> Card {
    let happened = Day::new(pack, month, day);
    let mut marks = Marks::new(pack);
    let by_weight = happened.weightiest(pack);
    let mut told = by_weight[..by_weight.len().min(TOLD)].to_vec();
    // Events are numbered by time.
    told.sort();
    let mut lines: Vec<Line> = told.iter().map(|idx| sentence(*idx, &mut marks, pack)).collect();
    let left_out = by_weight.len() - told.len();
    if left_out > 0 {
        lines.push(Line::new(format!("{} of that day: press “{ALL_OF_THAT_DAY}”.", format::count(left_out, "more event"))));
    }
    let mut card = headed(month, day, &happened, said, pack);
    card = card.section(Section::headed(&format!("In {}", year_name(pack.year)), lines));
    card = card.section(almanac(&happened, true, &mut marks, pack));
    // On a day without events in the pack's year, other years are shown in full.
    let quiet_day = happened.in_year.is_empty();
    let most = if quiet_day { TOLD } else { ASIDE };
    let other = happened.other_years_that_matter(most, pack).into_iter().map(|(year, idx)| {
        let line = if quiet_day { sentence(idx, &mut marks, pack) } else { Line::new(pack.entry(idx).name.as_str()) };
        line.led(if quiet_day { format!("{year} · {}:", pack.entry(idx).name) } else { format!("{year}:") })
    });
    let other = Section::headed("On this day in other years", other.collect());
    card = card.section(other);
    card = card.section(almanac(&happened, false, &mut marks, pack));
    if quiet_day {
        let going_on = &happened.under_way[..happened.under_way.len().min(ASIDE)];
        card = card.section(Section::headed(
            &format!("Going on in {}", year_name(pack.year)),
            crate::card::entries::events(going_on, pack),
        ));
        card = quiet(card, month, day, happened.almanac, pack);
    }
    card.sources = marks.foot();
    let hidden = left_out + happened.other_years.len().saturating_sub(most);
    let mut buttons = day_buttons(month, day, pack);
    if hidden > 0 {
        buttons.push(Action::new(ALL_OF_THAT_DAY, all_of_day(month, day, 0)));
    }
    let events = by_weight.iter().chain(happened.other_years.iter().map(|(_, idx)| idx)).chain(&happened.under_way);
    let items = events.take(MENU).map(|idx| crate::card::entries::item(*idx, "", pack)).collect();
    card.buttons(buttons).menu("Tell me more about …", items)
}

/// Everything known of a day, one line each.
fn show_all(month: i8, day: i8, page: usize, pack: &Pack) -> Card {
    let happened = Day::new(pack, month, day);
    let mut marks = Marks::new(pack);
    let mut card = headed(month, day, &happened, Vec::new(), pack);
    let in_year = happened.in_year.iter().map(|idx| {
        let entry = pack.entry(*idx);
        let mut line = Line::new(entry.name.as_str());
        line.lead = entry.when().and_then(format::time_on_day).map(|time| format!("{time}:"));
        line.citing(marks.of(first_citation(entry).as_slice()))
    });
    card = card.section(Section::headed(&format!("In {}", year_name(pack.year)), in_year.collect()));
    card = card.section(almanac(&happened, true, &mut marks, pack));
    card = card.section(Section::headed(
        &format!("Going on in {}", year_name(pack.year)),
        crate::card::entries::events(&happened.under_way, pack),
    ));
    let other = happened
        .other_years
        .iter()
        .map(|(year, idx)| Line::new(pack.entry(*idx).name.as_str()).led(format!("{}:", year_name(*year))));
    card = card.section(Section::headed("On this day in other years", other.collect()));
    card = card.section(almanac(&happened, false, &mut marks, pack));
    card.sources = marks.foot();
    card = in_pages(card, page, |page| all_of_day(month, day, page));
    let events = happened.in_year.iter().chain(happened.other_years.iter().map(|(_, idx)| idx)).chain(&happened.under_way);
    let items = events.map(|idx| crate::card::entries::item(*idx, "", pack)).collect();
    card.buttons(day_buttons(month, day, pack)).menu("Tell me more about …", items)
}

fn headed(month: i8, day: i8, happened: &Day<'_>, said: Vec<Line>, pack: &Pack) -> Card {
    let title = format!("On this day: {}", format::day_and_month(month, day));
    let outcome = if happened.is_quiet() { Outcome::Nothing } else { Outcome::Found };
    let mut card = Card::new(outcome, title).section(Section::opening(said));
    if let Ok(date) = Date::new(pack.year, month, day) {
        card.subtitle = format::known_weekday(date).map(|weekday| format!("In {} it was a {weekday}", year_name(pack.year)));
    }
    card
}

/// An event in one sentence, with its first citation.
fn sentence<'a>(idx: EntryIdx, marks: &mut Marks<'a>, pack: &'a Pack) -> Line {
    let entry = pack.entry(idx);
    let time = entry.when().and_then(format::time_on_day).map(|time| format!("{time} · ")).unwrap_or_default();
    match &entry.gist {
        Some(gist) => Line::new(gist.text.as_str())
            .led(format!("{time}{}:", entry.name))
            .citing(marks.of(&gist.cite[..1.min(gist.cite.len())])),
        None => Line::new(entry.name.as_str())
            .led(time.trim_end_matches("· ").trim_end())
            .citing(marks.of(first_citation(entry).as_slice())),
    }
}

/// The almanac's entry for a day without an event. What happened outside the pack's country is marked.
fn almanac<'a>(happened: &Day<'_>, at_home: bool, marks: &mut Marks<'a>, pack: &'a Pack) -> Section {
    let Some(known) = happened.almanac.filter(|known| known.at_home == at_home) else {
        return Section::opening(Vec::new());
    };
    let said = Line::new(known.said.text.as_str()).led(format!("{}:", known.name));
    let line = said.citing(marks.of(&known.said.cite[..1.min(known.said.cite.len())]));
    Section::headed(&format::almanac_heading(known.at_home, pack), vec![line])
}

/// The first citation of an event, preferably the class document.
fn first_citation(entry: &Entry) -> Option<Citation> {
    entry.claims.first().and_then(|claim| claim.cite.first()).copied()
}

/// Says that the unit has no event on the day, and what happened before and after it.
fn quiet(card: Card, month: i8, day: i8, almanac: Option<&AlmanacDay>, pack: &Pack) -> Card {
    let (before, after) = neighbours(pack, month, day);
    let year = year_name(pack.year);
    let line = |neighbour: &Neighbour, side: &str| {
        let entry = pack.entry(neighbour.event);
        let when = entry.when().map(format::short_moment).unwrap_or_default();
        Line::new(format!("{} ({when})", entry.name)).led(side)
    };
    let mut lines = Vec::new();
    match almanac {
        Some(known) if known.at_home => {}
        _ => {
            let country = pack.country.as_ref().filter(|_| almanac.is_some()).map(|country| format!(" in {country}"));
            let country = country.unwrap_or_default();
            lines.push(Line::new(format!("I know of nothing that happened{country} on this very day in {year}.")));
        }
    }
    lines.extend(before.as_ref().map(|neighbour| line(neighbour, "Shortly before:")));
    lines.extend(after.as_ref().map(|neighbour| line(neighbour, "Soon after:")));
    let items = before
        .iter()
        .chain(&after)
        .map(|neighbour| Action::new(&pack.entry(neighbour.event).name, crate::card::entries::open(pack.entry(neighbour.event))))
        .collect();
    card.section(Section::headed(&format!("Around this day in {year}"), lines)).buttons(items)
}

/// Buttons for the days before and after, in the pack's year.
fn day_buttons(month: i8, day: i8, pack: &Pack) -> Vec<Action> {
    let Ok(date) = Date::new(pack.year, month, day) else { return Vec::new() };
    let button = |label: String, day: Date| Action::new(&label, on_day(day.month(), day.day()));
    let mut buttons = Vec::new();
    if let Ok(before) = date.yesterday() {
        buttons.push(button(format!("◀ {}", format::day_and_month(before.month(), before.day())), before));
    }
    if let Ok(after) = date.tomorrow() {
        buttons.push(button(format!("{} ▶", format::day_and_month(after.month(), after.day())), after));
    }
    buttons
}

fn press(pressed: &Press, ctx: &CommandContext<'_>) -> CardResult {
    let DayPress { month, day, page } = DayPress::read(pressed).ok_or_else(stale)?;
    Ok(match page {
        None => show(month, day, Vec::new(), ctx.pack),
        Some(page) => show_all(month, day, page, ctx.pack),
    })
}
