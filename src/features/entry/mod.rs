//! Shows an entry of any kind: the first view on one phone screen, everything on further pages, and the
//! full sources.

pub(crate) mod event;
mod first;
mod look_up_this;
pub(crate) mod place;
pub(crate) mod term;
pub(crate) mod who;

use crate::card::action::{MenuItem, Press};
use crate::card::entries::{events, explain, item, on_day, open, open_view};
use crate::card::press::{ButtonId, CausesView, EntryPress, EntryView, TimelinePress};
use crate::card::{Action, Card, CardResult, Line, Outcome, Section, Text, format, in_pages, sources};
use crate::command::causes;
use crate::command::topic::{self, Topic};
use crate::pack::{Citation, Claim, Confidence, Entry, EntryIdx, Facts, Kind, Note, Pack};

pub use look_up_this::{LOOK_UP_THIS, look_up_this};

pub use first::{CHARACTERS, LINES};

use crate::card::Refusal;
use crate::command::resolve::{Resolution, resolve};
use crate::command::{CommandContext, Request, stale};
use crate::lookup::Scope;
use crate::picture;

/// Answers a command that shows one entry.
pub(crate) fn answer(request: &Request, own: Scope, ctx: &CommandContext<'_>) -> CardResult {
    let Some(query) = request.text("query") else {
        return Err(Refusal::new("Tell me what to look up: type a name after the command. Bad spelling is fine.").into());
    };
    match resolve(query, own, ctx) {
        Resolution::One { entry, elsewhere } => {
            let mut card = first_view(entry, ctx.pack);
            if elsewhere {
                let kind = format::kind(ctx.pack.entry(entry).kind).to_lowercase();
                let article = if kind.starts_with('e') { "an" } else { "a" };
                let say = Text::from("“").typed(query).and(format!("” is {article} {kind}, so here it is."));
                card.sections.insert(0, Section::opening(vec![Line::new(say)]));
            }
            Ok(card)
        }
        Resolution::Card(card) => Ok(*card),
    }
}

/// Answers a press that shows an entry.
pub(crate) async fn press(pressed: &Press, ctx: &CommandContext<'_>) -> CardResult {
    let EntryPress { kind, id, view } = EntryPress::read(pressed).ok_or_else(stale)?;
    let idx = ctx.pack.find(&format!("{kind}/{id}")).ok_or_else(stale)?;
    Ok(match view {
        EntryView::First => first_view(idx, ctx.pack),
        // Laying out its picture takes a moment.
        EntryView::Everything(page) => ctx.compute(move |loaded| everything(idx, page, &loaded.pack)).await,
        EntryView::Sources => {
            let entry = ctx.pack.entry(idx);
            sources::card(entry, ctx.pack).buttons(vec![Action::new("◀ Back", open(entry))])
        }
    })
}

/// The first view of an entry, with its buttons.
pub(super) fn first_view(idx: EntryIdx, pack: &Pack) -> Card {
    let entry = pack.entry(idx);
    actions(first::card(entry, pack), idx, entry, pack)
}

/// A page, from 0, of everything known about an entry.
fn everything(idx: EntryIdx, page: usize, pack: &Pack) -> Card {
    let entry = pack.entry(idx);
    let mut card = Card::new(Outcome::Found, entry.name.as_str());
    card.subtitle = Some(subtitle(entry, pack));
    if entry.kind == Kind::Event {
        card.picture = Some(picture::strip(pack, idx).picture());
    }
    let mut cited: Vec<Citation> = Vec::new();
    for section in story(entry, pack, &mut cited) {
        card = card.section(section);
    }
    for section in links(idx, entry, pack) {
        card = card.section(section);
    }
    card = in_pages(card, page, |page| open_view(entry, EntryView::Everything(page)));
    explain(&mut card, &cited, pack);
    let back = Action::new("◀ In short", open(entry));
    let sources = Action::new("Sources", open_view(entry, EntryView::Sources));
    card.buttons(vec![back, sources]).menu("Open what it is about …", items(idx, entry, pack))
}

fn subtitle(entry: &Entry, pack: &Pack) -> String {
    let mut parts = vec![format::kind(entry.kind).to_owned()];
    match &entry.facts {
        Facts::Event(facts) => {
            parts.push(format::moment(facts.when, pack));
            let places: Vec<&str> = facts.places.iter().map(|place| pack.entry(*place).name.as_str()).collect();
            if !places.is_empty() {
                parts.push(places.join(", "));
            }
        }
        Facts::Person(life) => parts.extend(format::life(life)),
        Facts::Place { .. } | Facts::Group | Facts::Term { .. } => {}
    }
    parts.join(" · ")
}

/// The cited sections: the class document's claims, other claims, notes, disputes.
fn story(entry: &Entry, pack: &Pack, cited: &mut Vec<Citation>) -> Vec<Section> {
    let mut line = |text: &str, cite: &[Citation]| {
        cited.extend(cite);
        Line::new(text).citing(format::citations(pack, cite))
    };
    let mut sections = Vec::new();
    if let Some(gist) = &entry.gist {
        sections.push(Section::opening(vec![line(&gist.text, &gist.cite)]));
    }
    if let Some(mattered) = entry.event().and_then(|event| event.mattered.as_ref()) {
        sections.push(Section::opening(vec![line(&mattered.text, &mattered.cite).led("Why it mattered:")]));
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
        let say = "Only part of this could be checked against more than one source. Treat it with caution.";
        sections.push(Section::headed("Take care", vec![Line::new(say)]));
    }
    sections
}

/// The passages that a note is about, without duplicates: `¶8`.
pub(crate) fn passages(note: &Note) -> String {
    let mut names: Vec<String> = Vec::new();
    for passage in note.on.iter().filter_map(|citation| citation.passage()) {
        let name = passage.to_string();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(" ")
}

/// The entry's links.
fn links(idx: EntryIdx, entry: &Entry, pack: &Pack) -> Vec<Section> {
    let names = |entries: &[EntryIdx]| entries.iter().map(|idx| pack.entry(*idx).name.as_str()).collect::<Vec<_>>().join(", ");
    let mut sections = Vec::new();
    if let Some(facts) = entry.event() {
        let mut who = facts.people.clone();
        who.extend(&facts.groups);
        if !who.is_empty() {
            sections.push(Section::headed("Who", vec![Line::new(names(&who))]));
        }
        sections.push(Section::headed("What led to it", events(&facts.led_from, pack)));
        sections.push(Section::headed("What came of it", events(&facts.leads_to, pack)));
        return sections;
    }
    let mut other: Vec<&str> = Vec::new();
    other.extend(entry.native.as_deref());
    other.extend(entry.short.as_deref());
    other.extend(entry.aliases.iter().map(String::as_str));
    if !other.is_empty() {
        sections.push(Section::headed("Other names", vec![Line::new(other.join("; "))]));
    }
    sections.push(Section::headed("Events, in order", events(pack.events_naming(idx), pack)));
    sections.extend(position(entry));
    sections
}

/// Where a place is, in degrees.
fn position(entry: &Entry) -> Option<Section> {
    let Facts::Place { latitude, longitude } = &entry.facts else { return None };
    let side =
        |degrees: f64, positive, negative| format!("{:.2}° {}", degrees.abs(), if degrees < 0.0 { negative } else { positive });
    let said = format!("{}, {}", side(*latitude, "N", "S"), side(*longitude, "E", "W"));
    Some(Section::headed("On the map", vec![Line::new(said)]))
}

/// How many items a menu offers.
const OFFERED: usize = 10;
/// How many causes, and how many consequences, are among them.
const LINKED: usize = 3;

fn actions(card: Card, idx: EntryIdx, entry: &Entry, pack: &Pack) -> Card {
    let mut buttons = vec![
        Action::new("More", open_view(entry, EntryView::Everything(0))),
        Action::new("Sources", open_view(entry, EntryView::Sources)),
    ];
    match entry.event() {
        Some(facts) if !facts.led_from.is_empty() || !facts.leads_to.is_empty() => {
            buttons.push(Action::new("Why?", causes::press(entry, CausesView::Words, None)));
        }
        None if !pack.events_naming(idx).is_empty() => {
            buttons.push(Action::new(
                "Timeline",
                TimelinePress { from: None, to: None, topic: Topic::Entry(idx).id(pack), page: None }.press(),
            ));
            buttons.push(topic::map_button(idx, pack));
        }
        _ => {}
    }
    let mut beside = Vec::new();
    if let Some(day) = entry.event().and_then(|facts| facts.when.day()) {
        beside.push(Action::new("That day", on_day(day.month(), day.day())));
    }
    if let (Some(earlier), Kind::Event) = (pack.earlier(idx), entry.kind) {
        beside.push(Action::new("◀ Earlier", open(pack.entry(earlier))));
    }
    if let (Some(later), Kind::Event) = (pack.later(idx), entry.kind) {
        beside.push(Action::new("Later ▶", open(pack.entry(later))));
    }
    card.buttons(buttons).buttons(beside).menu("Open what it is about …", items(idx, entry, pack))
}

/// The entries linked to an entry, the most important first: for an event its causes, its consequences
/// and its participants; for others their events.
fn items(idx: EntryIdx, entry: &Entry, pack: &Pack) -> Vec<MenuItem> {
    let weightiest = |events: &[EntryIdx], most: usize| {
        let mut events = events.to_vec();
        events.sort_by_key(|event| (std::cmp::Reverse(pack.entry(*event).importance), *event));
        events.truncate(most);
        events.sort();
        events
    };
    let Some(facts) = entry.event() else {
        return weightiest(pack.events_naming(idx), OFFERED).into_iter().map(|event| item(event, "", pack)).collect();
    };
    let mut items: Vec<MenuItem> = Vec::new();
    items.extend(weightiest(&facts.led_from, LINKED).into_iter().map(|cause| item(cause, "Cause: ", pack)));
    items.extend(weightiest(&facts.leads_to, LINKED).into_iter().map(|effect| item(effect, "Led to: ", pack)));
    items.extend(facts.people.iter().chain(&facts.groups).chain(&facts.places).map(|named| item(*named, "", pack)));
    items.extend(pack.terms_shown_by(idx).map(|term| item(term, "Word: ", pack)));
    items.truncate(OFFERED);
    items
}
