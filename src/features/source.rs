//! `/source [paragraph]`: summarises a passage of the class document, and shows the claims that cite it.

use crate::card::action::{MenuItem, Press};
use crate::card::press::{ButtonId, SourcePress};
use crate::card::{Action, Card, CardResult, Line, Outcome, Refusal, Section, Text, format, in_pages};
use crate::command::{Command, CommandContext, Completion, Opt, OptKind, Request, at_once, stale};
use crate::pack::{Citation, EntryIdx, Note, Pack, Passage};

/// The class document, passage by passage.
pub(super) const COMMAND: Command = Command {
    name: "source",
    summary: "What a paragraph of the class document says, in our words, and what the record adds",
    example: "/source 9",
    options: &[Opt {
        name: "paragraph",
        summary: "A paragraph (9) or study question (Q1). Without one: the list",
        kind: OptKind::Text,
        required: false,
        completion: Completion::Passages,
    }],
    answer: |request, ctx| at_once(answer(request, ctx)),
    press: |pressed, _, ctx| at_once(press(pressed, ctx)),
    ..Command::PLAIN
};

fn answer(request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    let Some(text) = request.text("paragraph") else { return Ok(list(ctx.pack)) };
    match Passage::parse(text).filter(|passage| ctx.pack.has_passage(*passage, None)) {
        Some(passage) => Ok(show(passage, 0, ctx.pack)),
        None => {
            let last = ctx.pack.document.paragraphs.len();
            let say = Text::from("The class document has no “")
                .typed(text)
                .and(format!("”. Ask for a paragraph from 1 to {last}, or for Q1."));
            Err(Refusal::new(say).into())
        }
    }
}

/// All passages in the document's order.
fn passages(pack: &Pack) -> Vec<(Passage, &str)> {
    let mut all = Vec::new();
    for paragraph in &pack.document.paragraphs {
        all.push((Passage::Paragraph(paragraph.number), paragraph.about.as_str()));
        let questions = pack.document.questions.iter().filter(|question| question.after == paragraph.number);
        all.extend(questions.map(|question| (Passage::Question(question.number), question.about.as_str())));
    }
    all
}

fn list(pack: &Pack) -> Card {
    let mut card = Card::new(Outcome::Found, format!("The class document: “{}”", pack.document.title));
    card.subtitle = Some(format::count(pack.document.paragraphs.len(), "paragraph"));
    for paragraph in &pack.document.paragraphs {
        let line = Line::new(paragraph.about.as_str()).led(format!("¶{}", paragraph.number));
        match card.sections.last_mut() {
            Some(section) if section.heading.as_deref() == Some(&paragraph.section) => section.lines.push(line),
            _ => card.sections.push(Section::headed(&paragraph.section, vec![line])),
        }
        let questions = pack.document.questions.iter().filter(|question| question.after == paragraph.number);
        let lines = questions
            .map(|question| Line::new(format!("study question: {}", question.about)).led(format!("Q{}", question.number)));
        if let Some(section) = card.sections.last_mut() {
            section.lines.extend(lines);
        }
    }
    let items =
        passages(pack).into_iter().map(|(passage, about)| MenuItem::new(&format!("{passage} {about}"), None, turn(passage, 0)));
    card.menu("Open a passage …", items.collect())
}

fn show(passage: Passage, page: usize, pack: &Pack) -> Card {
    let all = passages(pack);
    let about = all.iter().find(|(other, _)| *other == passage).map_or("", |(_, about)| about);
    let mut card = Card::new(Outcome::Found, format!("{passage}: {about}"));
    card.subtitle = Some(format!("The class document, “{}”, in our words", pack.document.title));
    let resting = pack.resting_on(passage);
    let mut cited: Vec<Citation> = vec![Citation::Document { passage, claim: None }];
    card = card.section(Section::headed("What it says", told(passage, pack)));
    let mut notes = Vec::new();
    for note in notes_on(passage, pack) {
        cited.extend(&note.cite);
        notes.push(Line::new(note.document.as_str()).led("The document:"));
        notes.push(Line::new(note.record.as_str()).led("The record:").citing(format::citations(pack, &note.cite)));
    }
    card = card.section(Section::headed("Note", notes));
    let mut entries: Vec<EntryIdx> = resting.iter().map(|(idx, _)| *idx).collect();
    entries.sort();
    entries.dedup();
    let names: Vec<&str> = entries.iter().map(|idx| pack.entry(*idx).name.as_str()).collect();
    card = card.section(Section::headed("Entries that cite it", vec![Line::new(names.join("; "))]));
    card = in_pages(card, page, |page| turn(passage, page));
    card.sources = format::explained(pack, &cited);
    let place = all.iter().position(|(other, _)| *other == passage);
    let beside = |step: isize| place.and_then(|place| place.checked_add_signed(step)).and_then(|place| all.get(place));
    let mut buttons = Vec::new();
    buttons.extend(beside(-1).map(|(before, _)| Action::new(&format!("◀ {before}"), turn(*before, 0))));
    buttons.extend(beside(1).map(|(after, _)| Action::new(&format!("{after} ▶"), turn(*after, 0))));
    let items = entries.iter().map(|idx| crate::card::entries::item(*idx, "", pack)).collect();
    card.buttons(buttons).menu("Open one of these entries …", items)
}

/// The passage's claims in order; if several entries state the same one, only the first is shown.
fn told(passage: Passage, pack: &Pack) -> Vec<Line> {
    let mut told: Vec<Vec<Citation>> = Vec::new();
    let mut lines = Vec::new();
    for (_, claim) in pack.resting_on(passage) {
        let of_passage: Vec<Citation> =
            claim.cite.iter().copied().filter(|citation| citation.passage() == Some(passage)).collect();
        let news = of_passage.iter().any(|citation| !told.iter().any(|said| said.contains(citation)));
        if news {
            told.push(of_passage);
            lines.push(Line::new(claim.text.as_str()).citing(vec![passage.to_string()]));
        }
    }
    lines
}

fn notes_on(passage: Passage, pack: &Pack) -> Vec<&Note> {
    let mut notes: Vec<&Note> = Vec::new();
    let all = pack.entries.iter().flat_map(|entry| &entry.notes);
    for note in all.filter(|note| note.on.iter().any(|citation| citation.passage() == Some(passage))) {
        // Several entries may have a note on the same claims; only the first is shown.
        if !notes.iter().any(|said| said.on == note.on) {
            notes.push(note);
        }
    }
    notes.sort_by_key(|note| note.on.clone());
    notes
}

fn turn(passage: Passage, page: usize) -> Press {
    SourcePress { passage, page }.press()
}

fn press(pressed: &Press, ctx: &CommandContext<'_>) -> CardResult {
    let SourcePress { passage, page } = SourcePress::read(pressed).ok_or_else(stale)?;
    if !ctx.pack.has_passage(passage, None) {
        return Err(stale().into());
    }
    Ok(show(passage, page, ctx.pack))
}
