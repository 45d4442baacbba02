//! The full sources of an entry: every work with its address.

use crate::card::{Card, Line, Outcome, Section, Text};
use crate::pack::{Citation, Entry, Pack, Source, SourceIdx, SourceKind};

/// The list of everything that an entry's statements cite, the weightiest kinds first.
pub(crate) fn card(entry: &Entry, pack: &Pack) -> Card {
    listed(Card::new(Outcome::Found, format!("Sources: {}", entry.name)), &cited(entry), pack)
}

/// Adds every cited work in full: the class document first, then the weightiest kinds.
pub(crate) fn listed(mut card: Card, cited: &[Citation], pack: &Pack) -> Card {
    let mut passages: Vec<String> =
        cited.iter().filter_map(|citation| citation.passage()).map(|passage| passage.to_string()).collect();
    passages.dedup();
    if !passages.is_empty() {
        let line = Line::new(format!("“{}”, {}", pack.document.title, passages.join(" ")));
        card = card.section(Section::headed("The class document", vec![line]));
    }
    for kind in SourceKind::ALL {
        let works = sources(cited, pack).filter(|source| source.kind == kind).map(line).collect();
        card = card.section(Section::headed(heading(kind), works));
    }
    card
}

/// The citations of all statements of an entry, in order, without duplicates.
fn cited(entry: &Entry) -> Vec<Citation> {
    let mattered = entry.event().and_then(|event| event.mattered.as_ref());
    let statements = entry.gist.iter().chain(mattered).chain(&entry.claims).map(|claim| &claim.cite);
    let notes = entry.notes.iter().map(|note| &note.cite);
    let disputes = entry.disputes.iter().map(|dispute| &dispute.cite);
    let mut all: Vec<Citation> = Vec::new();
    for citation in std::iter::once(&entry.cite).chain(statements).chain(notes).chain(disputes).flatten() {
        if !all.contains(citation) {
            all.push(*citation);
        }
    }
    all.sort_by_key(|citation| citation.passage().is_none());
    all
}

fn sources<'a>(cited: &[Citation], pack: &'a Pack) -> impl Iterator<Item = &'a Source> {
    let numbers: Vec<SourceIdx> = cited
        .iter()
        .filter_map(|citation| match citation {
            Citation::Background(source) => Some(*source),
            Citation::Document { .. } => None,
        })
        .collect();
    numbers.into_iter().map(|number| pack.source(number))
}

fn heading(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Primary => "From the time: documents and witnesses",
        SourceKind::Scholarly => "Historians, archives, museums",
        SourceKind::Reference => "Encyclopaedias and lexicons",
        SourceKind::Press => "Newspapers and magazines, looking back",
        SourceKind::Education => "Written for schools",
        SourceKind::Wiki => "Second sources that anybody may edit",
    }
}

fn line(source: &Source) -> Line {
    let mut text = Text::from(source.title.as_str());
    let details: Vec<String> = [source.author.clone(), source.publisher.clone(), source.year.map(|year| year.to_string())]
        .into_iter()
        .flatten()
        .collect();
    if !details.is_empty() {
        text = text.and(format!(" ({})", details.join(", ")));
    }
    if let Some(url) = &source.url {
        text = text.and(" ").link(url);
    }
    Line::new(text).led(format!("{}:", source.short))
}
