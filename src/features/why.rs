//! `/why query`: the chain of causes behind an event, and the chain of its consequences.

use crate::card::action::{MenuItem, Press};
use crate::card::entries::open;
use crate::card::press::CausesView;
use crate::card::{Action, Card, CardResult, Line, Outcome, Refusal, Section, format, in_pages};
use crate::command::causes::{self, item, lines, which_event};
use crate::command::resolve::{Resolution, resolve};
use crate::command::{Command, CommandContext, Completion, Opt, OptKind, Request, at_once, stale};
use crate::lookup::Scope;
use crate::pack::{Citation, EntryIdx, Pack};

pub(super) const COMMAND: Command = Command {
    name: "why",
    summary: "Why something happened: the chain of causes, and of what came of it",
    example: "/why {event}",
    options: &[Opt {
        name: "query",
        summary: "An event: its name, a date, or words about it",
        kind: OptKind::Text,
        required: true,
        completion: Completion::Names(Scope::EVENTS),
    }],
    answer: |request, ctx| at_once(answer(request, ctx)),
    press: |pressed, _, ctx| at_once(press(pressed, ctx)),
    ..Command::PLAIN
};

/// How many links of a chain are followed; further ones are one press away.
const DEPTH: usize = 4;

/// How many events are shown at each step, the most important first.
const BREADTH: usize = 4;

fn answer(request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    let Some(query) = request.text("query") else {
        return Err(Refusal::new("Tell me which event: type its name or date after /why.").into());
    };
    match resolve(query, Scope::EVENTS, ctx) {
        Resolution::One { entry, elsewhere: false } => Ok(show(entry, 0, ctx.pack)),
        Resolution::One { entry, elsewhere: true } => Ok(which_event(entry, CausesView::Words, "Explain …", ctx)),
        Resolution::Card(card) => Ok(*card),
    }
}

fn show(idx: EntryIdx, page: usize, pack: &Pack) -> Card {
    let entry = pack.entry(idx);
    let mut card = Card::new(Outcome::Found, format!("Why? {}", entry.name));
    card.subtitle = entry.when().map(|when| format::moment(when, pack));
    let led_from = walk(idx, |event| pack.entry(event).event().map_or(&[][..], |facts| &facts.led_from), pack);
    let effects = walk(idx, |event| pack.entry(event).event().map_or(&[][..], |facts| &facts.leads_to), pack);
    if led_from.is_empty() {
        let say = "I know of no event that led to it.";
        card = card.section(Section::headed("What led to it", vec![Line::new(say)]));
    }
    let steps = ["What led to it", "Behind that", "Further back", "Furthest back"];
    for (step, events) in led_from.iter().enumerate() {
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
    card = in_pages(card, page, |page| causes::press(entry, CausesView::Words, Some(page)));
    let cited: Vec<Citation> =
        led_from.iter().chain(&effects).flatten().filter_map(|event| pack.entry(*event).cite.first().copied()).collect();
    crate::card::entries::explain(&mut card, &cited, pack);
    let items: Vec<MenuItem> =
        led_from.iter().chain(&effects).flatten().map(|event| item(*event, CausesView::Words, pack)).collect();
    let draw = Action::new("As a picture", causes::press(entry, CausesView::Graph, None));
    card.buttons(vec![Action::new("Show the event", open(entry)), draw]).menu("Explain another …", items)
}

/// Follows links step by step; an event appears only at the first step that reaches it.
fn walk<'a>(from: EntryIdx, next: impl Fn(EntryIdx) -> &'a [EntryIdx], pack: &Pack) -> Vec<Vec<EntryIdx>> {
    let mut seen = vec![from];
    let mut steps: Vec<Vec<EntryIdx>> = Vec::new();
    let mut edge = vec![from];
    while steps.len() < DEPTH {
        let mut step: Vec<EntryIdx> = Vec::new();
        for event in edge.iter().flat_map(|event| next(*event)) {
            if !seen.contains(event) && !step.contains(event) {
                step.push(*event);
            }
        }
        if step.is_empty() {
            break;
        }
        step.sort_by_key(|event| (std::cmp::Reverse(pack.entry(*event).importance), *event));
        // The first step is the answer itself and is shown in full.
        step.truncate(if steps.is_empty() { 12 } else { BREADTH });
        step.sort();
        seen.extend(&step);
        edge.clone_from(&step);
        steps.push(step);
    }
    steps
}

fn press(pressed: &Press, ctx: &CommandContext<'_>) -> CardResult {
    let (entry, page) = causes::pressed(pressed, ctx.pack).ok_or_else(stale)?;
    Ok(show(entry, page, ctx.pack))
}
