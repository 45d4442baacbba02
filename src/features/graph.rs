//! `/graph query`: causes and consequences of an event, drawn.

use crate::card::action::{MenuItem, Press};
use crate::card::entries::open;
use crate::card::press::CausesView;
use crate::card::{Action, Card, CardResult, Line, Outcome, Refusal, Section, format, in_pages};
use crate::command::resolve::{Resolution, resolve};
use crate::command::{Command, CommandContext, Completion, Opt, OptKind, Request, causes, stale};
use crate::lookup::Scope;
use crate::pack::{Citation, EntryIdx, Pack};
use crate::picture::{self, Branch};

/// Causes and consequences, drawn.
pub(super) const COMMAND: Command = Command {
    name: "graph",
    summary: "Causes and consequences of an event as a picture, from left to right",
    example: "/graph {event}",
    options: &[Opt {
        name: "query",
        summary: "An event: its name, a date, or words about it",
        kind: OptKind::Text,
        required: true,
        completion: Completion::Names(Scope::EVENTS),
    }],
    answer: |request, ctx| Box::pin(answer(request, ctx)),
    press: |pressed, _, ctx| Box::pin(press(pressed, ctx)),
    ..Command::PLAIN
};

async fn answer(request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    let Some(query) = request.text("query") else {
        return Err(Refusal::new("Tell me which event: type its name or date after /graph.").into());
    };
    match resolve(query, Scope::EVENTS, ctx) {
        Resolution::One { entry, elsewhere: false } => Ok(shown(entry, 0, ctx).await),
        Resolution::One { entry, elsewhere: true } => Ok(causes::which_event(entry, CausesView::Graph, "Draw …", ctx)),
        Resolution::Card(card) => Ok(*card),
    }
}

/// Laying out the picture takes a moment.
async fn shown(idx: EntryIdx, page: usize, ctx: &CommandContext<'_>) -> Card {
    ctx.compute(move |loaded| show(idx, page, &loaded.pack)).await
}

fn show(idx: EntryIdx, page: usize, pack: &Pack) -> Card {
    let entry = pack.entry(idx);
    let drawn = picture::graph(pack, idx);
    let mut card = Card::new(Outcome::Found, format!("Causes and consequences: {}", entry.name));
    card.subtitle = entry.when().map(|when| format::moment(when, pack));
    card.picture = Some(drawn.svg.picture());
    let sides = [
        (&drawn.causes, "What led to it", "Further back", "I know of no event that led to it."),
        (&drawn.effects, "What came of it", "Further on", "I know of no event that it led to."),
    ];
    for (branch, direct, further, none) in sides {
        card = card.section(Section::headed(direct, told(branch, none, pack)));
        card = card.section(Section::headed(further, causes::lines(&branch.further, pack)));
    }
    card = in_pages(card, page, |page| causes::press(entry, CausesView::Graph, Some(page)));
    let all: Vec<EntryIdx> = sides.iter().flat_map(|(branch, ..)| branch.direct.iter().chain(&branch.further)).copied().collect();
    let cited: Vec<Citation> = all.iter().filter_map(|event| pack.entry(*event).cite.first().copied()).collect();
    crate::card::entries::explain(&mut card, &cited, pack);
    crate::card::entries::number(&mut card);
    let items: Vec<MenuItem> = all.iter().map(|event| causes::item(*event, CausesView::Graph, pack)).collect();
    let why = Action::new("In words, further back", causes::press(entry, CausesView::Words, None));
    card.buttons(vec![Action::new("Show the event", open(entry)), why]).menu("Draw another …", items)
}

fn told(branch: &Branch, none: &str, pack: &Pack) -> Vec<Line> {
    if branch.direct.is_empty() {
        return vec![Line::new(none)];
    }
    let mut lines = causes::lines(&branch.direct, pack);
    if branch.more > 0 {
        lines.push(Line::new(format!("and {} less important ones", branch.more)));
    }
    lines
}

async fn press(pressed: &Press, ctx: &CommandContext<'_>) -> CardResult {
    let (entry, page) = causes::pressed(pressed, ctx.pack).ok_or_else(stale)?;
    Ok(shown(entry, page, ctx).await)
}
