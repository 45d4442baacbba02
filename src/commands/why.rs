//! `/why query`: the chain of causes behind an event, and the chain of its consequences.

use super::seek::{Sought, open, openers, seek};
use super::{Command, Completion, Desk, Opt, OptKind, Refusal, Request, entry_card, stale};
use crate::card::action::{MenuItem, Press};
use crate::card::{Action, Answer, Card, Line, Outcome, Section, in_pages, words};
use crate::knowledge::{Citation, EntryNo, Pack};
use crate::lookup::Scope;

/// Causes and consequences.
pub const COMMAND: Command = Command {
    name: "why",
    summary: "Why something happened: the chain of causes, and of what came of it",
    example: "/why soviet tanks 4 november",
    options: &[Opt {
        name: "query",
        summary: "An event: its name, a date, or words about it",
        kind: OptKind::Text,
        required: true,
        completion: Completion::Names(Scope::EVENTS),
    }],
    answer,
    press,
    ..Command::PLAIN
};

/// How many links a chain is followed; further ones are a press away.
const DEPTH: usize = 4;
/// How many events are told at each step, the weightiest first.
const BREADTH: usize = 4;

fn answer(request: &Request, desk: &Desk<'_>) -> Answer {
    let Some(query) = request.text("query") else {
        return Err(Refusal::new("Tell me which event: type its name or date after /why."));
    };
    match seek(query, Scope::EVENTS, desk) {
        Sought::One { entry, elsewhere: false } => Ok(show(entry, 0, desk.pack)),
        Sought::One { entry, elsewhere: true } => Ok(which_event(entry, "why", "Explain …", desk)),
        Sought::Card(card) => Ok(*card),
    }
}

/// Asked about a person or place where an event is meant: which of its events? `verb` is the command
/// that each line of the menu goes to, `placeholder` what the menu says.
pub(super) fn which_event(no: EntryNo, verb: &str, placeholder: &str, desk: &Desk<'_>) -> Card {
    let entry = desk.pack.entry(no);
    let mut events = desk.pack.events_naming(no).to_vec();
    if events.is_empty() {
        let say = format!("{} is a {}, and I know of no event to explain it by.", entry.name, entry.kind);
        return Card::new(Outcome::Nothing, entry.name.as_str())
            .section(Section::opening(vec![Line::new(say)]))
            .buttons(openers(&[no], desk));
    }
    events.sort_by_key(|event| std::cmp::Reverse(desk.pack.entry(*event).importance));
    events.truncate(25);
    events.sort();
    let say = format!("{} is a {}, not an event. Which of its events do you mean?", entry.name, entry.kind);
    let items = events.iter().map(|event| item(*event, verb, desk.pack)).collect();
    Card::new(Outcome::Choose, entry.name.as_str()).section(Section::opening(vec![Line::new(say)])).menu(placeholder, items)
}

fn show(no: EntryNo, page: usize, pack: &Pack) -> Card {
    let entry = pack.entry(no);
    let mut card = Card::new(Outcome::Found, format!("Why? {}", entry.name));
    card.subtitle = entry.when().map(words::moment);
    let causes = walk(no, |event| pack.entry(event).event().map_or(&[][..], |facts| &facts.led_from), pack);
    let effects = walk(no, |event| pack.entry(event).event().map_or(&[][..], |facts| &facts.leads_to), pack);
    if causes.is_empty() {
        let say = "I know of no event that led to it.";
        card = card.section(Section::headed("What led to it", vec![Line::new(say)]));
    }
    let steps = ["What led to it", "Behind that", "Further back", "Furthest back"];
    for (step, events) in causes.iter().enumerate() {
        card = card.section(Section::headed(steps[step.min(3)], lines(events, pack)));
    }
    let steps = ["What it led to", "Then", "Further on", "In the end"];
    for (step, events) in effects.iter().enumerate() {
        card = card.section(Section::headed(steps[step.min(3)], lines(events, pack)));
    }
    if effects.is_empty() {
        let say = "I know of no event that it led to.";
        card = card.section(Section::headed("What it led to", vec![Line::new(say)]));
    }
    let id = bare(&entry.id);
    card = in_pages(card, page, |page| Press::new("why", [id.to_owned(), page.to_string()]));
    let cited: Vec<Citation> =
        causes.iter().chain(&effects).flatten().filter_map(|event| pack.entry(*event).cite.first().copied()).collect();
    entry_card::explain(&mut card, &cited, pack);
    let items: Vec<MenuItem> = causes.iter().chain(&effects).flatten().map(|event| item(*event, "why", pack)).collect();
    let draw = Action::new("As a picture", Press::new("graph", [id]));
    card.buttons(vec![Action::new("Show the event", open(entry)), draw]).menu("Explain another …", items)
}

/// Follows links step by step; an event stands only at the first step that reaches it.
fn walk<'a>(from: EntryNo, next: impl Fn(EntryNo) -> &'a [EntryNo], pack: &Pack) -> Vec<Vec<EntryNo>> {
    let mut seen = vec![from];
    let mut steps: Vec<Vec<EntryNo>> = Vec::new();
    let mut edge = vec![from];
    while steps.len() < DEPTH {
        let mut step: Vec<EntryNo> = Vec::new();
        for event in edge.iter().flat_map(|event| next(*event)) {
            if !seen.contains(event) && !step.contains(event) {
                step.push(*event);
            }
        }
        if step.is_empty() {
            break;
        }
        step.sort_by_key(|event| (std::cmp::Reverse(pack.entry(*event).importance), *event));
        // The first step is the answer itself and is told in full.
        step.truncate(if steps.is_empty() { 12 } else { BREADTH });
        step.sort();
        seen.extend(&step);
        edge.clone_from(&step);
        steps.push(step);
    }
    steps
}

/// One cited line an event: when, and what.
pub(super) fn lines(events: &[EntryNo], pack: &Pack) -> Vec<Line> {
    let line = |no: &EntryNo| {
        let entry = pack.entry(*no);
        let when = entry.when().map(words::short_moment).unwrap_or_default();
        let line = Line::new(entry.name.as_str()).led(format!("{when}:"));
        line.citing(words::citations(pack, &entry.cite[..1.min(entry.cite.len())]))
    };
    events.iter().map(line).collect()
}

fn item(no: EntryNo, verb: &str, pack: &Pack) -> MenuItem {
    let entry = pack.entry(no);
    MenuItem::new(&entry.name, Some(&words::hint(entry)), Press::new(verb, [bare(&entry.id)]))
}

/// An entry's id without its kind.
pub(super) fn bare(id: &str) -> &str {
    id.split_once('/').map_or(id, |(_, id)| id)
}

fn press(arguments: &[String], _: &Request, desk: &Desk<'_>) -> Answer {
    let (id, page) = match arguments {
        [id] => (id, 0),
        [id, page] => (id, page.parse().map_err(|_| stale())?),
        _ => return Err(stale()),
    };
    let entry = desk.pack.find(&format!("event/{id}")).ok_or_else(stale)?;
    Ok(show(entry, page, desk.pack))
}
