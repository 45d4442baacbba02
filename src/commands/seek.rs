//! From a query to one entry, a question back, or "I don't know that".

pub(super) use crate::card::entries::open;
use crate::card::{Action, Card, Line, Outcome, Section, Text, words};
use crate::knowledge::{EntryNo, Kind};
use crate::lookup::date::{self, Precision};
use crate::lookup::{Hit, Match, Scope};

use super::today::remarks;
use super::{Desk, timeline};

/// What a query came to.
pub(super) enum Sought {
    /// One entry; `elsewhere` when it is not of the kind the command is for.
    One { entry: EntryNo, elsewhere: bool },
    /// A card that asks back or says that nothing is known.
    Card(Box<Card>),
}

/// Looks for `query` among the kinds of `own` first, then among all; see [`Lookup::resolve`]. A range
/// of dates is a timeline where events are asked for.
///
/// [`Lookup::resolve`]: crate::lookup::Lookup::resolve
pub(super) fn seek(query: &str, own: Scope, desk: &Desk<'_>) -> Sought {
    let is_own = |entry: EntryNo| own.has(desk.pack.entry(entry).kind);
    if let Some(entry) = desk.pack.find(query) {
        return Sought::One { entry, elsewhere: !is_own(entry) };
    }
    if own.has(Kind::Event)
        && let Some(range) = date::understand(query, desk.pack.year)
        && range.precision == Precision::Range
        && range.rest.is_empty()
    {
        return Sought::Card(Box::new(timeline::between(range.from, range.to, remarks(query, &range), desk)));
    }
    match desk.lookup.resolve(query, own) {
        Match::Found(hit) => Sought::One { entry: hit.entry, elsewhere: !is_own(hit.entry) },
        Match::Choose(hits) => {
            let mut card = choose(query, &hits, desk);
            if !hits.iter().any(|hit| is_own(hit.entry)) {
                let say = "Nothing of that kind goes by this name, but it comes up here:";
                card.sections.insert(0, Section::opening(vec![Line::new(say)]));
            }
            Sought::Card(Box::new(card))
        }
        Match::Nothing(near) => Sought::Card(Box::new(nothing(query, &near, desk))),
    }
}

/// "Which one do you mean?"
pub(super) fn choose(query: &str, hits: &[Hit], desk: &Desk<'_>) -> Card {
    let entries: Vec<EntryNo> = hits.iter().map(|hit| hit.entry).collect();
    let title = Text::from("Which one do you mean by “").typed(query).and("”?");
    Card::new(Outcome::Choose, title).section(Section::opening(list(&entries, desk))).buttons(openers(&entries, desk))
}

/// "I don't know that", and what is near, if anything is.
pub(super) fn nothing(query: &str, near: &[Hit], desk: &Desk<'_>) -> Card {
    let entries: Vec<EntryNo> = near.iter().map(|hit| hit.entry).collect();
    let title = Text::from("I don't know “").typed(query).and("”");
    let say = if entries.is_empty() {
        vec![Line::new(
            "Nothing I have been taught goes by that name. I only know about Hungary in 1956 and what led to it and from it.",
        )]
    } else {
        vec![Line::new("Nothing I have been taught goes by that name. Did you mean one of these?")]
    };
    Card::new(Outcome::Nothing, title)
        .section(Section::opening(say))
        .section(Section::opening(list(&entries, desk)))
        .buttons(openers(&entries, desk))
}

/// One line an entry: its name and what it is.
pub(super) fn list(entries: &[EntryNo], desk: &Desk<'_>) -> Vec<Line> {
    entries
        .iter()
        .map(|no| {
            let entry = desk.pack.entry(*no);
            Line::new(format!("{}, {}", words::kind(entry.kind).to_lowercase(), words::hint(entry)))
                .led(format!("{}:", entry.name))
        })
        .collect()
}

/// One button an entry.
pub(super) fn openers(entries: &[EntryNo], desk: &Desk<'_>) -> Vec<Action> {
    entries.iter().map(|no| desk.pack.entry(*no)).map(|entry| Action::new(&entry.name, open(entry))).collect()
}
