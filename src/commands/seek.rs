//! From a query to one entry, a question back, or "I don't know that".

pub(super) use crate::card::entries::open;
use crate::card::{Action, Card, Line, Outcome, Section, Text, words};
use crate::knowledge::EntryNo;
use crate::lookup::{EXACT, Hit, Match, Scope};

use super::Desk;

/// What a query came to.
pub(super) enum Sought {
    /// One entry; `elsewhere` when it is not of the kind the command is for.
    One { entry: EntryNo, elsewhere: bool },
    /// A card that asks back or says that nothing is known.
    Card(Box<Card>),
}

/// Looks for `query` among the kinds of `own` first, then among all.
///
/// Another kind's exact name beats an inexact match among one's own: `/who budapest` is the city,
/// not the council that has Budapest in its name.
pub(super) fn seek(query: &str, own: Scope, desk: &Desk<'_>) -> Sought {
    if let Some(entry) = desk.pack.find(query) {
        return Sought::One { entry, elsewhere: !own.has(desk.pack.entry(entry).kind) };
    }
    let mine = desk.lookup.find(query, own);
    let everywhere = desk.lookup.find(query, Scope::ANY);
    if let Match::Found(hit) = &everywhere
        && hit.score >= EXACT
        && !exact(&mine)
        && !own.has(desk.pack.entry(hit.entry).kind)
        // Events are described by the names of others: "stalin statue" is no mistake for the place.
        && (own != Scope::EVENTS || matches!(mine, Match::Nothing(_)))
    {
        return Sought::One { entry: hit.entry, elsewhere: true };
    }
    let (decided, elsewhere) = match mine {
        Match::Nothing(near) => match everywhere {
            Match::Nothing(all) => (Match::Nothing(if near.is_empty() { all } else { near }), true),
            found => (found, true),
        },
        found => (found, false),
    };
    match decided {
        Match::Found(hit) => Sought::One { entry: hit.entry, elsewhere: !own.has(desk.pack.entry(hit.entry).kind) },
        Match::Choose(hits) => {
            let mut card = choose(query, &hits, desk);
            if elsewhere && own != Scope::ANY {
                let say = "Nothing of that kind goes by this name, but it comes up here:";
                card.sections.insert(0, Section::opening(vec![Line::new(say)]));
            }
            Sought::Card(Box::new(card))
        }
        Match::Nothing(near) => Sought::Card(Box::new(nothing(query, &near, desk))),
    }
}

fn exact(found: &Match) -> bool {
    match found {
        Match::Found(hit) => hit.score >= EXACT,
        Match::Choose(hits) => hits.iter().all(|hit| hit.score >= EXACT),
        Match::Nothing(_) => false,
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
