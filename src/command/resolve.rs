//! Resolves a query to one entry, a question which one is meant, or "I don't know".

use super::topic::Topic;
use crate::card::{Action, Card, Line, Outcome, Section, Text, format};
use crate::command::timeline;
use crate::lookup::date::{self, Precision};
use crate::lookup::{Hit, Match, Scope};
use crate::pack::{EntryIdx, Kind};

pub(crate) use crate::card::entries::open;

use super::CommandContext;
use super::today::remarks;

/// The result of resolving a query.
pub(crate) enum Resolution {
    /// One entry; `elsewhere` if it is not of the command's kinds.
    One { entry: EntryIdx, elsewhere: bool },
    /// A card that asks which one is meant, or says that nothing is known.
    Card(Box<Card>),
}

/// Searches the kinds of `own` first, then all; see [`Lookup::resolve`]. If events are asked for, a
/// range of dates becomes a timeline.
///
/// [`Lookup::resolve`]: crate::lookup::Lookup::resolve
pub(crate) fn resolve(query: &str, own: Scope, ctx: &CommandContext<'_>) -> Resolution {
    let is_own = |entry: EntryIdx| own.has(ctx.pack.entry(entry).kind);
    if let Some(entry) = ctx.pack.find(query) {
        return Resolution::One { entry, elsewhere: !is_own(entry) };
    }
    if own.has(Kind::Event)
        && let Some(range) = date::understand(query, ctx.pack.year)
        && range.precision == Precision::Range
        && range.rest.is_empty()
    {
        return Resolution::Card(Box::new(timeline::between(range.from, range.to, remarks(query, &range), ctx.pack)));
    }
    match ctx.lookup.resolve(query, own) {
        Match::Found(hit) => Resolution::One { entry: hit.entry, elsewhere: !is_own(hit.entry) },
        Match::Choose(hits) => {
            let mut card = choose(query, &hits, ctx);
            if !hits.iter().any(|hit| is_own(hit.entry)) {
                let say = "Nothing of that kind has this name, but it appears here:";
                card.sections.insert(0, Section::opening(vec![Line::new(say)]));
            }
            Resolution::Card(Box::new(card))
        }
        Match::Nothing(near) => Resolution::Card(Box::new(nothing(query, &near, ctx))),
    }
}

/// "Which one do you mean?"
pub(crate) fn choose(query: &str, hits: &[Hit], ctx: &CommandContext<'_>) -> Card {
    let entries: Vec<EntryIdx> = hits.iter().map(|hit| hit.entry).collect();
    let title = Text::from("Which one do you mean by “").typed(query).and("”?");
    Card::new(Outcome::Choose, title).section(Section::opening(list(&entries, ctx))).buttons(openers(&entries, ctx))
}

/// "I don't know that", with suggestions if there are any.
pub(crate) fn nothing(query: &str, near: &[Hit], ctx: &CommandContext<'_>) -> Card {
    let entries: Vec<EntryIdx> = near.iter().map(|hit| hit.entry).collect();
    let title = Text::from("I don't know “").typed(query).and("”");
    let say = if entries.is_empty() {
        let subject = &ctx.pack.subject;
        vec![Line::new(format!("I know nothing by that name. I only know about {subject}."))]
    } else {
        vec![Line::new("I know nothing by that name. Did you mean one of these?")]
    };
    Card::new(Outcome::Nothing, title)
        .section(Section::opening(say))
        .section(Section::opening(list(&entries, ctx)))
        .buttons(openers(&entries, ctx))
}

/// One line per entry: its name and what it is.
pub(crate) fn list(entries: &[EntryIdx], ctx: &CommandContext<'_>) -> Vec<Line> {
    entries
        .iter()
        .map(|idx| {
            let entry = ctx.pack.entry(*idx);
            Line::new(format!("{}, {}", format::kind(entry.kind).to_lowercase(), format::hint(entry)))
                .led(format!("{}:", entry.name))
        })
        .collect()
}

/// One button per entry.
pub(crate) fn openers(entries: &[EntryIdx], ctx: &CommandContext<'_>) -> Vec<Action> {
    entries.iter().map(|idx| ctx.pack.entry(*idx)).map(|entry| Action::new(&entry.name, open(entry))).collect()
}

/// What something is asked to be about, an entry of the kinds of `own` before others; a card when that needs a question
/// back.
pub(crate) fn topic(about: &str, own: Scope, ctx: &CommandContext<'_>) -> Result<Topic, Box<Card>> {
    if let Some(theme) = Topic::theme(about, ctx.pack) {
        return Ok(theme);
    }
    match resolve(about, own, ctx) {
        Resolution::One { entry, .. } => Ok(Topic::Entry(entry)),
        Resolution::Card(card) => Err(card),
    }
}
