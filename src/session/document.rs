//! Questions about the class document: which paragraph says something, and whether it is true.

use super::text_index::{TextIndex, content, is_sound};
use super::{DraftQuestion, Maker, QuestionKind, chance};
use crate::card::format;
use crate::pack::{Citation, Claim, Entry, EntryIdx, Note, Pack, Passage};

/// Beginnings of claims that report what the document says.
const REPORTING: [&str; 4] = [
    "According to the class document, ",
    "The class document says that ",
    "By the class document's account, ",
    "In the class document's account, ",
];

/// A claim with fewer content words may be in several paragraphs ("Communists ruled").
const SAYING: usize = 5;

/// Beginnings of claims that refer to the claim before.
const LEANING: [&str; 12] = [
    "This ",
    "These ",
    "So did",
    "In these",
    "Besides",
    "Their ",
    "The aim",
    "Once he",
    "Such ",
    "Then ",
    "There ",
    "After the tear",
];

impl<'a> Maker<'a> {
    /// The claim of the question, by the first document claim that it cites: `9-3`. Only if questions
    /// about its entry are allowed and it can be understood alone.
    fn claim(&self) -> Option<(EntryIdx, &'a Entry, &'a Claim, u8, String)> {
        let (paragraph, number) = self.subject.split_once('-')?;
        // Only one spelling per id: no leading zeros or signs.
        let (paragraph, number): (u8, u8) = (strict(paragraph)?, strict(number)?);
        let wanted = Citation::Document { passage: Passage::Paragraph(paragraph), claim: Some(number) };
        let resting = self.pack.resting_on(Passage::Paragraph(paragraph));
        let (idx, claim) = resting.into_iter().find(|(idx, claim)| {
            let entry = self.pack.entry(*idx);
            claim.cite.first() == Some(&wanted) && is_sound(entry) && !entry.is_claim_disputed(claim)
        })?;
        let said = bare(&claim.text).filter(|said| {
            !said.to_lowercase().contains("document") && !LEANING.iter().any(|leaning| said.starts_with(leaning))
        })?;
        Some((idx, self.pack.entry(idx), claim, paragraph, said))
    }

    pub(super) fn paragraph(&mut self) -> Option<DraftQuestion> {
        let (idx, entry, claim, right, said) = self.claim()?;
        let alone = claim.cite.iter().all(|citation| citation.passage() == Some(Passage::Paragraph(right)));
        // The opening paragraph summarises all others, so it repeats them.
        let wanted = content(&claim.text);
        if !alone || right == 1 || wanted.len() < SAYING {
            return None;
        }
        let ask = format!("Which paragraph of the class document says this? {}: {}", entry.name, format::quoted(&said));
        let pool = self.pack.document.paragraphs.iter().map(|paragraph| paragraph.number).filter(|number| {
            let resting = self.pack.resting_on(Passage::Paragraph(*number));
            let like = |other: &Claim| wanted.intersection(&content(&other.text)).count() * 5 >= wanted.len() * 2;
            *number > 1 && *number != right && !resting.iter().any(|(other, claim)| *other == idx || like(claim))
        });
        let mut pool: Vec<u8> = pool.collect();
        pool.sort_unstable_by_key(|number| (number.abs_diff(right), *number));
        let explain = vec![claim.clone()];
        let pool = pool.into_iter().map(|number| Passage::Paragraph(number).to_string()).collect();
        let form = chance::choice(&mut self.rng, &Passage::Paragraph(right).to_string(), pool, 3, 3)?;
        let item = self.item();
        Some(DraftQuestion { difficulty: self.difficulty(idx), about: vec![idx], item, ask, form, explain })
    }

    /// A claim with an editor's note is harder. A claim without one is true, because every incorrect
    /// claim of the document has a note.
    pub(super) fn holds(&mut self) -> Option<DraftQuestion> {
        let (idx, entry, claim, _, said) = self.claim()?;
        let notes: Vec<&Note> =
            self.pack.numbered().flat_map(|(_, entry)| &entry.notes).filter(|note| note.corrects(claim)).collect();
        let ask = format!("The class document says this. {}: {} Do other sources agree?", entry.name, format::quoted(&said));
        let form = chance::either(notes.is_empty(), "Yes, they agree", "No, not quite");
        let mut explain = vec![claim.clone()];
        explain.extend(notes.iter().take(2).map(|note| Claim { id: None, text: note.record.clone(), cite: note.cite.clone() }));
        let item = self.item();
        Some(DraftQuestion { difficulty: self.difficulty(idx), about: vec![idx], item, ask, form, explain })
    }
}

/// The entry of a question about a claim of the document.
pub(super) fn entry_of(pack: &Pack, text_index: &TextIndex, kind: QuestionKind, subject: &str) -> Option<EntryIdx> {
    Maker::new(pack, text_index, (kind, subject), fastrand::Rng::with_seed(0)).claim().map(|(idx, ..)| idx)
}

fn strict(text: &str) -> Option<u8> {
    text.parse().ok().filter(|number: &u8| number.to_string() == text)
}

/// A claim without the words that attribute it to the document.
fn bare(text: &str) -> Option<String> {
    let rest = REPORTING.iter().find_map(|reporting| text.strip_prefix(reporting)).unwrap_or(text);
    let mut letters = rest.chars();
    let first = letters.next()?;
    Some(first.to_uppercase().chain(letters).collect())
}
