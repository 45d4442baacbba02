//! Corrects typing errors in ordinary words, by the nearest word of the pack.

use super::map::HashMap;

use super::stems::stem;
use super::terms::Terms;
use super::texts::Texts;

/// Shorter words are not corrected, because too many others are near.
const SHORTEST: usize = 4;
/// From this length on, two errors are tolerated.
const LONG: usize = 8;
/// The confidence in a word after correcting one error, and after two.
const ONE_SLIP: f32 = 0.85;
const TWO_SLIPS: f32 = 0.7;

/// A possible correction.
#[derive(Debug)]
struct KnownWord {
    /// A word as written, or a stem.
    text: String,
    /// Its stem, if that is different.
    stem: Option<String>,
    /// In how many texts it occurs.
    common: u32,
}

/// The words of a pack and their stems, by first letter. An error may be anywhere in a word, also in its
/// ending ("childern").
#[derive(Debug, Default)]
pub(super) struct StemIndex {
    by_letter: HashMap<u8, Vec<KnownWord>>,
}

impl StemIndex {
    /// Indexes the stems of a pack. Among equally near ones, the more frequent is preferred.
    pub(super) fn new(terms: &Terms, texts: &Texts) -> StemIndex {
        let mut spelling = StemIndex::default();
        let common = |stem: &str| terms.known(stem).map_or(0, |term| texts.frequency(term));
        let stems = terms.single().map(|(stem, _)| (stem, None));
        for (text, stem) in stems.chain(terms.forms().map(|(word, stem)| (word, Some(stem.to_owned())))) {
            let common = u32::try_from(common(stem.as_deref().unwrap_or(text))).unwrap_or(u32::MAX);
            if let Some(first) = text.bytes().next().filter(u8::is_ascii_alphabetic)
                && common > 0
                && text.len() >= SHORTEST - 1
            {
                spelling.by_letter.entry(first).or_default().push(KnownWord { text: text.to_owned(), stem, common });
            }
        }
        spelling
    }

    /// The nearest stem to an unknown word, with the confidence.
    pub(super) fn nearest(&self, word: &str) -> Option<(&str, f32)> {
        if word.len() < SHORTEST || word.bytes().any(|byte| !byte.is_ascii_alphabetic()) {
            return None;
        }
        let typed = stem(word);
        let slips = if word.len() >= LONG { 2 } else { 1 };
        let fitting = self.by_letter.get(&word.bytes().next()?)?.iter().filter_map(|spelling| {
            // Stems are compared with stems, and words with words.
            let typed = if spelling.stem.is_some() { word } else { typed.as_str() };
            if spelling.text.len().abs_diff(typed.len()) > slips {
                return None;
            }
            let distance = strsim::osa_distance(&spelling.text, typed);
            let stem = spelling.stem.as_deref().unwrap_or(&spelling.text);
            (distance <= slips).then_some((distance, std::cmp::Reverse(spelling.common), stem))
        });
        let (distance, _, stem) = fitting.min()?;
        Some((stem, if distance <= 1 { ONE_SLIP } else { TWO_SLIPS }))
    }
}
