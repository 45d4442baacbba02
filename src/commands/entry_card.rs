//! How an entry is told, whatever its kind.

use crate::card::action::{MenuItem, Press};
pub(super) use crate::card::entries::{events, explain, item};
use crate::card::entries::{on_day, open, open_page};
use crate::card::{Action, Answer, Card, Line, Outcome, Section, Text, in_pages, words};
use crate::knowledge::{Citation, Claim, Confidence, Entry, EntryNo, EventFacts, Facts, Kind, Note, Pack};

use super::seek::{Sought, seek};
use super::{Desk, Refusal, Request, map, stale};
use crate::lookup::Scope;
use crate::picture;

/// Answers a command that shows one entry.
pub(super) fn answer(request: &Request, own: Scope, desk: &Desk<'_>) -> Answer {
    let Some(query) = request.text("query") else {
        return Err(Refusal::new("Tell me what to look up: type a name after the command. Bad spelling is fine."));
    };
    match seek(query, own, desk) {
        Sought::One { entry, elsewhere } => {
            let mut card = show(entry, 0, desk);
            if elsewhere {
                let kind = words::kind(desk.pack.entry(entry).kind).to_lowercase();
                let article = if kind.starts_with('e') { "an" } else { "a" };
                let say = Text::from("“").typed(query).and(format!("” is {article} {kind} here, so that is what you get."));
                card.sections.insert(0, Section::opening(vec![Line::new(say)]));
            }
            Ok(card)
        }
        Sought::Card(card) => Ok(*card),
    }
}

/// Answers a press that shows an entry: `[id]` or `[id, page]`.
pub(super) fn press(kind: &str, arguments: &[String], desk: &Desk<'_>) -> Answer {
    let (id, page) = match arguments {
        [id] => (id, 0),
        [id, page] => (id, page.parse().map_err(|_| stale())?),
        _ => return Err(stale()),
    };
    let entry = desk.pack.find(&format!("{kind}/{id}")).ok_or_else(stale)?;
    Ok(show(entry, page, desk))
}

/// A page of an entry's card.
pub(super) fn show(no: EntryNo, page: usize, desk: &Desk<'_>) -> Card {
    let pack = desk.pack;
    let entry = pack.entry(no);
    let mut card = Card::new(Outcome::Found, entry.name.as_str());
    card.subtitle = Some(subtitle(entry, pack));
    if entry.kind == Kind::Event {
        card.picture = Some(picture::strip(pack, no).picture());
    }
    let mut cited: Vec<Citation> = Vec::new();
    for section in story(entry, pack, &mut cited) {
        card = card.section(section);
    }
    for section in links(no, entry, pack) {
        card = card.section(section);
    }
    card = in_pages(card, page, |page| open_page(entry, page));
    explain(&mut card, &cited, pack);
    actions(card, no, entry, pack)
}

fn subtitle(entry: &Entry, pack: &Pack) -> String {
    let mut parts = vec![words::kind(entry.kind).to_owned()];
    match &entry.facts {
        Facts::Event(facts) => {
            parts.push(words::moment(facts.when));
            let places: Vec<&str> = facts.places.iter().map(|place| pack.entry(*place).name.as_str()).collect();
            if !places.is_empty() {
                parts.push(places.join(", "));
            }
        }
        Facts::Person(life) => parts.extend(words::life(life)),
        Facts::Place { latitude, longitude } => {
            let side = |degrees: f64, positive, negative| {
                format!("{:.2}° {}", degrees.abs(), if degrees < 0.0 { negative } else { positive })
            };
            parts.push(format!("{}, {}", side(*latitude, "N", "S"), side(*longitude, "E", "W")));
        }
        Facts::Group | Facts::Term { .. } => {}
    }
    parts.join(" · ")
}

/// The cited part: what the document says, what lies beyond it, notes, disputes.
fn story(entry: &Entry, pack: &Pack, cited: &mut Vec<Citation>) -> Vec<Section> {
    let mut line = |text: &str, cite: &[Citation]| {
        cited.extend(cite);
        Line::new(text).citing(words::citations(pack, cite))
    };
    let mut sections = Vec::new();
    if let Some(gist) = &entry.gist {
        sections.push(Section::opening(vec![line(&gist.text, &gist.cite)]));
    }
    let (document, beyond): (Vec<&Claim>, Vec<&Claim>) = entry.claims.iter().partition(|claim| claim.is_from_document());
    let told = |claims: Vec<&Claim>, line: &mut dyn FnMut(&str, &[Citation]) -> Line| {
        claims.into_iter().map(|claim| line(&claim.text, &claim.cite)).collect::<Vec<_>>()
    };
    sections.push(Section::headed("In the class document", told(document, &mut line)));
    sections.push(Section::headed("Beyond the document", told(beyond, &mut line)));
    let notes = entry.notes.iter().flat_map(|note| {
        let on = passages(note);
        [line(&note.document, &[]).led(format!("{on}:")), line(&note.record, &note.cite).led("The record:")]
    });
    sections.push(Section::headed("Note", notes.collect()));
    let disputes = entry.disputes.iter().map(|dispute| line(&dispute.text, &dispute.cite));
    sections.push(Section::headed("Historians differ", disputes.collect()));
    if entry.confidence == Confidence::Partly {
        let say = "Only part of this could be checked against more than one source. Take it with care.";
        sections.push(Section::headed("Take care", vec![Line::new(say)]));
    }
    sections
}

/// The passages a note is about, each once: `¶8`.
pub(super) fn passages(note: &Note) -> String {
    let mut names: Vec<String> = Vec::new();
    for passage in note.on.iter().filter_map(|citation| citation.passage()) {
        let name = passage.to_string();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(" ")
}

/// What the entry hangs together with.
fn links(no: EntryNo, entry: &Entry, pack: &Pack) -> Vec<Section> {
    let names = |entries: &[EntryNo]| entries.iter().map(|no| pack.entry(*no).name.as_str()).collect::<Vec<_>>().join(", ");
    let mut sections = Vec::new();
    if let Some(facts) = entry.event() {
        let mut who = facts.people.clone();
        who.extend(&facts.groups);
        if !who.is_empty() {
            sections.push(Section::headed("Who", vec![Line::new(names(&who))]));
        }
        sections.push(Section::headed("What led to it", events(&facts.led_from, pack)));
        sections.push(Section::headed("What it led to", events(&facts.leads_to, pack)));
        return sections;
    }
    let mut other: Vec<&str> = Vec::new();
    other.extend(entry.hungarian.as_deref());
    other.extend(entry.short.as_deref());
    other.extend(entry.aliases.iter().map(String::as_str));
    if !other.is_empty() {
        sections.push(Section::headed("Other names", vec![Line::new(other.join("; "))]));
    }
    sections.push(Section::headed("Events, in order", events(pack.events_naming(no), pack)));
    sections
}

fn actions(card: Card, no: EntryNo, entry: &Entry, pack: &Pack) -> Card {
    match entry.event() {
        Some(facts) => event_actions(card, no, entry, facts, pack),
        None => {
            let mut buttons = Vec::new();
            if !pack.events_naming(no).is_empty() {
                buttons.push(Action::new("Timeline", Press::new("timeline", ["", "", entry.id.replace('/', ".").as_str(), ""])));
                buttons.push(map::button(no, pack));
            }
            let items = pack.events_naming(no).iter().map(|event| item(*event, "", pack)).collect();
            card.buttons(buttons).menu("Open an event …", items)
        }
    }
}

fn event_actions(card: Card, no: EntryNo, entry: &Entry, facts: &EventFacts, pack: &Pack) -> Card {
    let id = entry.id.split_once('/').map_or("", |(_, id)| id);
    let mut buttons = Vec::new();
    if let Some(earlier) = pack.earlier(no) {
        buttons.push(Action::new("◀ Earlier", open(pack.entry(earlier))));
    }
    if let Some(later) = pack.later(no) {
        buttons.push(Action::new("Later ▶", open(pack.entry(later))));
    }
    if !facts.led_from.is_empty() || !facts.leads_to.is_empty() {
        buttons.push(Action::new("Why?", Press::new("why", [id])));
    }
    if let Some(day) = facts.when.day() {
        buttons.push(Action::new("That day", on_day(day.month(), day.day(), 0)));
    }
    let mut items: Vec<MenuItem> = Vec::new();
    items.extend(facts.led_from.iter().map(|cause| item(*cause, "Cause: ", pack)));
    items.extend(facts.leads_to.iter().map(|effect| item(*effect, "Led to: ", pack)));
    // Causes and people are few; consequences may be many, and must not push the others out.
    let mut others: Vec<MenuItem> =
        facts.people.iter().chain(&facts.groups).chain(&facts.places).map(|named| item(*named, "", pack)).collect();
    others.extend(pack.terms_shown_by(no).map(|term| item(term, "Word: ", pack)));
    items.truncate(25usize.saturating_sub(others.len()).max(12));
    items.extend(others);
    card.buttons(buttons).menu("Causes, consequences, people, places, words …", items)
}
