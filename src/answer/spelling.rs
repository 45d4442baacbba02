//! Slips of the fingers in ordinary words: the nearest word that the pack has.

use std::collections::HashMap;

use super::stems::stem;
use super::terms::Terms;
use super::texts::Texts;

/// Words shorter than this are taken as they are: too many others are near.
const SHORTEST: usize = 4;
/// From this length on, two slips are forgiven.
const LONG: usize = 8;
/// What a word counts that was put right by one slip, or by two.
const ONE_SLIP: f32 = 0.85;
const TWO_SLIPS: f32 = 0.7;

/// The stems of a pack by their first letter.
#[derive(Debug, Default)]
pub struct StemIndex {
    by_letter: HashMap<u8, Vec<(String, u32)>>,
}

impl StemIndex {
    /// The stems of a pack; common ones are preferred where two are as near.
    pub fn new(terms: &Terms, texts: &Texts) -> StemIndex {
        let mut spelling = StemIndex::default();
        for (stem, term) in terms.single() {
            let common = u32::try_from(texts.frequency(term)).unwrap_or(u32::MAX);
            if let Some(first) = stem.bytes().next().filter(u8::is_ascii_alphabetic)
                && common > 0
            {
                spelling.by_letter.entry(first).or_default().push((stem.to_owned(), common));
            }
        }
        spelling
    }

    /// The nearest stem to a word that is not known, and how sure that is.
    pub fn nearest(&self, word: &str) -> Option<(&str, f32)> {
        if word.len() < SHORTEST || word.bytes().any(|byte| !byte.is_ascii_alphabetic()) {
            return None;
        }
        let typed = stem(word);
        let slips = if word.len() >= LONG { 2 } else { 1 };
        let near = |stem: &str| (stem.len().abs_diff(typed.len()) <= slips).then(|| strsim::osa_distance(stem, &typed));
        let candidates = self.by_letter.get(&typed.bytes().next()?)?.iter();
        let fitting = candidates.filter(|(stem, _)| stem.len() >= SHORTEST - 1).filter_map(|(stem, common)| {
            let distance = near(stem).filter(|distance| *distance <= slips)?;
            Some((distance, std::cmp::Reverse(*common), stem.as_str()))
        });
        let (distance, _, stem) = fitting.min()?;
        Some((stem, if distance <= 1 { ONE_SLIP } else { TWO_SLIPS }))
    }
}
