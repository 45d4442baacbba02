//! The first view of an entry: what it is, why it mattered, the most important facts, and corrections,
//! on one phone screen.

use super::{passages, subtitle};
use crate::card::{Card, Line, Marks, Outcome, SCREEN, SMALL_PRINT, Section, format, rows, wrapped};
use crate::pack::{Citation, Claim, Entry, Note, Pack, plain};

/// The maximum length of the first view in characters, including formatting and sources.
pub const CHARACTERS: usize = 900;
/// The maximum number of lines, without empty ones.
pub const LINES: usize = 14;
/// How many facts are told at most.
const FACTS: usize = 5;
/// How many of them come from the class document before other claims are considered.
const FROM_DOCUMENT: usize = 2;
/// The maximum length of a correction or a dispute here; the rest is one press away.
const SHORT: usize = 170;
/// How many sources a line names; the other views have all of them.
const NAMED: usize = 2;
/// The length of the explanation of the class document's mark, with what separates it.
const FOOT: usize = 24;
/// A sentence is skipped if this share of its words is already on the card.
const REPEATED: f64 = 0.75;

/// The first view without its buttons.
pub(super) fn card(entry: &Entry, pack: &Pack) -> Card {
    let mut marks = Marks::new(pack);
    let mut card = Card::new(Outcome::Found, entry.name.as_str());
    card.subtitle = Some(subtitle(entry, pack));
    let gist = entry.gist.as_ref().or(entry.claims.first());
    let mut told: Vec<&str> = gist.map(|gist| gist.text.as_str()).into_iter().collect();
    if let Some(gist) = gist {
        card = card.section(Section::opening(vec![
            Line::new(gist.text.as_str()).citing(marks.of(&gist.cite[..gist.cite.len().min(NAMED)])),
        ]));
    }
    let mut facts = FactLines {
        room: CHARACTERS.saturating_sub(used(&card, &marks)),
        lines: LINES - 4,
        rows: SCREEN.saturating_sub(rows(&card)),
        foot: FOOT + marks.foot().iter().map(|line| line.chars().count()).sum::<usize>(),
        told: Vec::new(),
    };
    if let Some(mattered) = entry.event().and_then(|event| event.mattered.as_ref()) {
        told.push(&mattered.text);
        facts.add(Line::new(mattered.text.as_str()).led("Why it mattered:"), &mattered.cite, &mut marks, pack);
    }
    let mut corrected: Vec<&Note> = Vec::new();
    for claim in chosen(entry, &mut told) {
        let line = Line::new(claim.text.as_str());
        if !facts.add(line, &claim.cite, &mut marks, pack) {
            break;
        }
        for note in entry.notes.iter().filter(|note| note.corrects(claim)) {
            if !corrected.iter().any(|said| std::ptr::eq(*said, note)) {
                corrected.push(note);
                let line = Line::new(format::cut(first_sentence(&note.record), SHORT)).led("The record:");
                facts.add(line, &note.cite, &mut marks, pack);
            }
        }
    }
    for note in entry.notes.iter().filter(|note| !corrected.iter().any(|said| std::ptr::eq(*said, *note))) {
        let line = Line::new(format::cut(first_sentence(&note.record), SHORT)).led(format!("On {}, the record:", passages(note)));
        facts.add(line, &note.cite, &mut marks, pack);
    }
    if let Some(dispute) = entry.disputes.first() {
        let line = Line::new(format::cut(first_sentence(&dispute.text), SHORT)).led("Not certain:");
        facts.add(line, &dispute.cite, &mut marks, pack);
    }
    card = card.section(Section::opening(facts.told));
    card.sources = marks.foot();
    card
}

/// The lines under the gist, as many as fit.
struct FactLines {
    room: usize,
    lines: usize,
    /// How many lines of a phone are left for them and the foot.
    rows: usize,
    /// The length of the foot.
    foot: usize,
    told: Vec<Line>,
}

impl FactLines {
    /// Adds a line with its marks, if it fits together with the explanation of its sources.
    fn add(&mut self, line: Line, cite: &[Citation], marks: &mut Marks<'_>, pack: &Pack) -> bool {
        let cite = &cite[..cite.len().min(NAMED)];
        let news: usize = cite
            .iter()
            .filter_map(|citation| match citation {
                Citation::Background(source) if !marks.sources().contains(source) => {
                    Some(pack.source(*source).short.chars().count() + 6)
                }
                _ => None,
            })
            .sum();
        let needs = line.length() + 6 * cite.len() + news;
        let rows = wrapped(line.length() + 4 * cite.len());
        let foot = self.foot + news;
        if needs > self.room || self.told.len() >= self.lines || rows + foot.div_ceil(SMALL_PRINT) > self.rows {
            return false;
        }
        self.rows -= rows;
        self.foot = foot;
        self.room -= needs;
        self.told.push(line.citing(marks.of(cite)));
        true
    }
}

/// The length of the card so far, including the explanation of its marks.
fn used(card: &Card, marks: &Marks<'_>) -> usize {
    let foot: usize = marks.foot().iter().map(|line| line.chars().count() + 4).sum();
    card.title.plain().chars().count() + 4 + crate::card::length(card) + foot
}

/// The claims to show, in their editor's order, alternating between the class document and other
/// sources, without repetitions.
fn chosen<'a>(entry: &'a Entry, told: &mut Vec<&'a str>) -> Vec<&'a Claim> {
    let mut fresh: Vec<&Claim> = Vec::new();
    for claim in &entry.claims {
        if !told.iter().any(|said| repeats(&claim.text, said)) {
            told.push(&claim.text);
            fresh.push(claim);
        }
    }
    let (document, beyond): (Vec<&Claim>, Vec<&Claim>) = fresh.iter().partition(|claim| claim.is_from_document());
    let others = FACTS.saturating_sub(document.len().min(FROM_DOCUMENT));
    let first = document.len().min(FACTS.saturating_sub(beyond.len().min(others)));
    let kept: Vec<&Claim> = document.into_iter().take(first).chain(beyond.into_iter().take(FACTS - first)).collect();
    fresh.retain(|claim| kept.iter().any(|kept| std::ptr::eq(*kept, *claim)));
    fresh
}

/// Whether another text contains nearly all content words of a sentence.
fn repeats(sentence: &str, said: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        plain(text).split(' ').filter(|word| word.len() > 3).map(|word| word.chars().take(6).collect()).collect()
    };
    let (sentence, said) = (words(sentence), words(said));
    let shared = sentence.iter().filter(|word| said.contains(word)).count();
    !sentence.is_empty() && shared as f64 >= REPEATED * sentence.len() as f64
}

fn first_sentence(text: &str) -> &str {
    text.find(". ").map_or(text, |end| &text[..=end])
}
