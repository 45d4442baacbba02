//! `/why query`: why an event happened and what came of it, as a short story; the whole chain of causes
//! and consequences is one press away.

use crate::card::action::{MenuItem, Press};
use crate::card::entries::open;
use crate::card::press::{ButtonId, CausesPress, CausesView};
use crate::card::{Action, Card, CardResult, Line, Marks, Outcome, Refusal, SCREEN, Section, format, in_pages, length, rows};
use crate::command::causes::{self, item, lines, which_event};
use crate::command::resolve::{Resolution, resolve};
use crate::command::{Command, CommandContext, Completion, Opt, OptKind, Request, at_once, stale};
use crate::lookup::Scope;
use crate::pack::{Citation, EntryIdx, Pack};

pub(super) const COMMAND: Command = Command {
    name: "why",
    summary: "Why something happened: what led to it, and what came of it",
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

/// The maximum length of the story in characters, and in lines without empty ones: one phone screen.
const CHARACTERS: usize = 900;
const LINES: usize = 14;
/// How many items the story's menu offers.
const OFFERED: usize = 10;

/// How many links of a chain are followed.
const DEPTH: usize = 4;

/// How many events are shown at each step of the chain, the most important first.
const BREADTH: usize = 4;

fn answer(request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    let Some(query) = request.text("query") else {
        return Err(Refusal::new("Tell me which event: type its name or date after /why.").into());
    };
    match resolve(query, Scope::EVENTS, ctx) {
        Resolution::One { entry, elsewhere: false } => Ok(story(entry, ctx.pack)),
        Resolution::One { entry, elsewhere: true } => Ok(which_event(entry, CausesView::Words, "Explain …", ctx)),
        Resolution::Card(card) => Ok(*card),
    }
}

/// The part of the story that an event is told in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Behind,
    Because,
    Therefore,
    Finally,
}

impl Part {
    const ALL: [Part; 4] = [Part::Behind, Part::Because, Part::Therefore, Part::Finally];

    fn heading(self) -> &'static str {
        match self {
            Part::Behind => "It began earlier",
            Part::Because => "It happened because",
            Part::Therefore => "Therefore",
            Part::Finally => "And in the end",
        }
    }
}

/// The story of an event: as many of its causes and consequences as fit a screen, the weightiest first.
fn story(idx: EntryIdx, pack: &Pack) -> Card {
    let told = in_order_of_weight(idx, pack);
    let fitting = (0..=told.len()).rev().map(|count| (count, told_of(idx, &told[..count], pack)));
    let mut fitting = fitting.skip_while(|(count, card)| *count > 0 && !fits(card));
    let (count, mut card) = fitting.next().unwrap_or_else(|| (0, told_of(idx, &[], pack)));
    let entry = pack.entry(idx);
    let mut buttons = vec![Action::new("The event", open(entry))];
    if !told.is_empty() {
        buttons.push(Action::new("Whole chain", causes::press(entry, CausesView::Words, Some(0))));
        buttons.push(Action::new("Picture", causes::press(entry, CausesView::Graph, None)));
    }
    card = card.buttons(buttons);
    let mut others: Vec<EntryIdx> = told[..count].iter().chain(&told[count..]).map(|(_, event)| *event).collect();
    others.truncate(OFFERED);
    others.sort();
    card.menu("Explain another …", others.into_iter().map(|event| item(event, CausesView::Words, pack)).collect())
}

fn fits(card: &Card) -> bool {
    let headings = card.sections.iter().filter(|section| section.heading.is_some()).count();
    let lines: usize = card.sections.iter().map(|section| section.lines.len()).sum();
    // The title, the subtitle and the foot.
    let lines = 3 + headings + lines;
    card.title.plain().chars().count() + 4 + length(card) <= CHARACTERS && lines <= LINES && rows(card) <= SCREEN
}

/// What may be told, the weightiest first: causes and consequences in turn, then what was behind the
/// weightiest cause, and what came of the weightiest consequence.
fn in_order_of_weight(idx: EntryIdx, pack: &Pack) -> Vec<(Part, EntryIdx)> {
    let causes = by_weight(idx, Part::Because, pack);
    let effects = by_weight(idx, Part::Therefore, pack);
    let further = |first: Option<&EntryIdx>, direct: &[EntryIdx], way: Part| {
        let next = by_weight(*first?, way, pack);
        next.into_iter().find(|event| *event != idx && !direct.contains(event))
    };
    let behind = further(causes.first(), &causes, Part::Because);
    let finally = further(effects.first(), &effects, Part::Therefore);
    let mut told: Vec<(Part, EntryIdx)> = Vec::new();
    for place in 0..causes.len().max(effects.len()) {
        told.extend(causes.get(place).map(|event| (Part::Because, *event)));
        told.extend(effects.get(place).map(|event| (Part::Therefore, *event)));
        if place == 1 {
            told.extend(behind.map(|event| (Part::Behind, event)));
            told.extend(finally.map(|event| (Part::Finally, event)));
        }
    }
    if causes.len().max(effects.len()) < 2 {
        told.extend(behind.map(|event| (Part::Behind, event)));
        told.extend(finally.map(|event| (Part::Finally, event)));
    }
    told
}

/// The causes of an event, or its consequences, the most important first.
fn by_weight(idx: EntryIdx, way: Part, pack: &Pack) -> Vec<EntryIdx> {
    let Some(facts) = pack.entry(idx).event() else { return Vec::new() };
    let mut events = if way == Part::Because { facts.led_from.clone() } else { facts.leads_to.clone() };
    events.sort_by_key(|event| (std::cmp::Reverse(pack.entry(*event).importance), *event));
    events
}

/// The card that tells these events, in four parts by time.
fn told_of(idx: EntryIdx, told: &[(Part, EntryIdx)], pack: &Pack) -> Card {
    let entry = pack.entry(idx);
    let mut marks = Marks::new(pack);
    let mut card = Card::new(Outcome::Found, format!("Why? {}", entry.name));
    card.subtitle = entry.when().map(|when| format::moment(when, pack));
    card = card.section(Section::opening(vec![sentence(idx, &mut marks, pack)]));
    for part in Part::ALL {
        let mut events: Vec<EntryIdx> = told.iter().filter(|(own, _)| *own == part).map(|(_, event)| *event).collect();
        // Events are numbered by time.
        events.sort();
        let lines = events.into_iter().map(|event| {
            let when = pack.entry(event).when().map(format::short_moment).unwrap_or_default();
            sentence(event, &mut marks, pack).led(format!("{when}:"))
        });
        card = card.section(Section::headed(part.heading(), lines.collect()));
    }
    let facts = entry.event();
    let unknown = [
        (facts.is_none_or(|facts| facts.led_from.is_empty()), "I know of no event that led to it."),
        (facts.is_none_or(|facts| facts.leads_to.is_empty()), "I know of nothing that came of it."),
    ];
    let unknown = unknown.into_iter().filter(|(none, _)| *none).map(|(_, say)| Line::new(say)).collect();
    card = card.section(Section::opening(unknown));
    card.sources = marks.foot();
    card
}

/// What happened, in one sentence with its first citation.
fn sentence<'a>(idx: EntryIdx, marks: &mut Marks<'a>, pack: &'a Pack) -> Line {
    let entry = pack.entry(idx);
    let said = entry.gist.as_ref().or_else(|| entry.uncorrected().next());
    let (text, cite) = said.map_or((entry.name.as_str(), &entry.cite), |claim| (claim.text.as_str(), &claim.cite));
    Line::new(text).citing(marks.of(&cite[..cite.len().min(1)]))
}

/// The whole chain of causes and consequences, step by step.
fn chain(idx: EntryIdx, page: usize, pack: &Pack) -> Card {
    let entry = pack.entry(idx);
    let mut card = Card::new(Outcome::Found, format!("Why? {}", entry.name));
    card.subtitle = entry.when().map(|when| format::moment(when, pack));
    let led_from = walk(idx, |event| pack.entry(event).event().map_or(&[][..], |facts| &facts.led_from), pack);
    let effects = walk(idx, |event| pack.entry(event).event().map_or(&[][..], |facts| &facts.leads_to), pack);
    let steps = ["What led to it", "Behind that", "Further back", "Furthest back"];
    for (step, events) in led_from.iter().enumerate() {
        card = card.section(Section::headed(steps[step.min(3)], lines(events, pack)));
    }
    let steps = ["What came of it", "Then", "Further on", "In the end"];
    for (step, events) in effects.iter().enumerate() {
        card = card.section(Section::headed(steps[step.min(3)], lines(events, pack)));
    }
    card = in_pages(card, page, |page| causes::press(entry, CausesView::Words, Some(page)));
    let cited: Vec<Citation> =
        led_from.iter().chain(&effects).flatten().filter_map(|event| pack.entry(*event).cite.first().copied()).collect();
    crate::card::entries::explain(&mut card, &cited, pack);
    crate::card::entries::number(&mut card);
    let items: Vec<MenuItem> =
        led_from.iter().chain(&effects).flatten().map(|event| item(*event, CausesView::Words, pack)).collect();
    let short = Action::new("◀ In short", causes::press(entry, CausesView::Words, None));
    let draw = Action::new("As a picture", causes::press(entry, CausesView::Graph, None));
    card.buttons(vec![short, draw]).menu("Explain another …", items)
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
    let (entry, _) = causes::pressed(pressed, ctx.pack).ok_or_else(stale)?;
    Ok(match CausesPress::read(pressed).and_then(|pressed| pressed.page) {
        None => story(entry, ctx.pack),
        Some(page) => chain(entry, page, ctx.pack),
    })
}
