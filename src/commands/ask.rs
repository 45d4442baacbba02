//! `/ask question`: the few claims that answer a free question best, each with its citation.

use super::seek::{list, openers};
use super::{Command, Completion, Desk, Opt, OptKind, Refusal, Request, stale};
use crate::card::{Answer, Card, Line, Outcome, Section, Text, words};
use crate::knowledge::{Citation, EntryNo};
use crate::lookup::Said;

/// A free question.
pub const COMMAND: Command = Command {
    name: "ask",
    summary: "A question in your own words: the sentences that answer it best, each with its source",
    example: "/ask why did the protest turn violent?",
    options: &[Opt {
        name: "question",
        summary: "Your question",
        kind: OptKind::Text,
        required: true,
        completion: Completion::None,
    }],
    answer,
    press: |_, _, _| Err(stale()),
    ..Command::PLAIN
};

/// How many claims answer a question.
const CLAIMS: usize = 6;

fn answer(request: &Request, desk: &Desk<'_>) -> Answer {
    let Some(question) = request.text("question") else {
        return Err(Refusal::new("Ask me something: type your question after /ask."));
    };
    let said = desk.lookup.ask(question, CLAIMS);
    let title = Text::from("“").typed(question).and("”");
    if said.is_empty() {
        let say = "I have nothing that answers this. I only know about Hungary in 1956 and what led to it and from it, and I don't guess.";
        return Ok(Card::new(Outcome::Nothing, title).section(Section::opening(vec![Line::new(say)])));
    }
    let mut cited: Vec<Citation> = Vec::new();
    let mut entries: Vec<EntryNo> = Vec::new();
    let mut document = Vec::new();
    let mut beyond = Vec::new();
    for Said { entry, claim } in &said {
        let of = desk.pack.entry(*entry);
        let claim = match claim {
            Some(claim) => &of.claims[*claim as usize],
            None => match &of.gist {
                Some(gist) => gist,
                None => continue,
            },
        };
        cited.extend(&claim.cite);
        if !entries.contains(entry) {
            entries.push(*entry);
        }
        let when = of.when().map(|when| format!(" ({})", words::short_moment(when))).unwrap_or_default();
        let line =
            Line::new(claim.text.as_str()).led(format!("{}{when}:", of.name)).citing(words::citations(desk.pack, &claim.cite));
        if claim.is_from_document() { document.push(line) } else { beyond.push(line) }
    }
    let mut card = Card::new(Outcome::Found, title);
    card.subtitle = Some("What I know that comes nearest; I quote my notes and add nothing".to_owned());
    card =
        card.section(Section::headed("In the class document", document)).section(Section::headed("Beyond the document", beyond));
    card.sources = words::explained(desk.pack, &cited);
    entries.truncate(5);
    card = card.section(Section::headed("From these entries", list(&entries, desk)));
    Ok(card.buttons(openers(&entries, desk)))
}
