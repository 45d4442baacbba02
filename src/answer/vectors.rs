//! Compares texts by the meanings of their words, so that "why did they pull down the statue" is near
//! "reasons for toppling the monument".
//!
//! A text's vector is the mean of its words' vectors, weighted by rarity (S. Arora, Y. Liang, T. Ma, "A
//! Simple but Tough-to-Beat Baseline for Sentence Embeddings", ICLR 2017). `assets/words/README.md` names
//! the source of the words' vectors.

use std::sync::LazyLock;

/// The dimensions of a vector.
const SIZE: usize = 64;

/// Sorted; each word's vector is at the same place in `VECTORS`.
static WORDS: LazyLock<Vec<&str>> = LazyLock::new(|| include_str!("../../assets/words/vectors.txt").lines().collect());
/// Signed bytes, [`SIZE`] a word; only a vector's direction means anything.
static VECTORS: &[u8] = include_bytes!("../../assets/words/vectors.bin");

/// The meaning of a text: a vector of length 1, or of length 0 if none of its words is known.
#[derive(Debug, Clone)]
pub(super) struct Meaning([f32; SIZE]);

impl Meaning {
    /// The meaning of words with their weights.
    pub(super) fn of<'a>(words: impl Iterator<Item = (&'a str, f32)>) -> Meaning {
        let mut sum = [0.0f32; SIZE];
        for (word, weight) in words {
            let Some(vector) = vector(word) else { continue };
            let scale = weight / length(vector.iter().map(|part| f32::from(*part as i8)));
            for (sum, part) in sum.iter_mut().zip(vector) {
                *sum += scale * f32::from(*part as i8);
            }
        }
        let length = length(sum.iter().copied());
        Meaning(sum.map(|part| part / length))
    }

    /// How near two meanings are, from -1 to 1; 0 if one of them is unknown.
    pub(super) fn near(&self, other: &Meaning) -> f32 {
        self.0.iter().zip(&other.0).map(|(one, other)| one * other).sum()
    }
}

/// The length of a vector; that of a null vector counts as 1, to divide by.
fn length(parts: impl Iterator<Item = f32>) -> f32 {
    let length = parts.map(|part| part * part).sum::<f32>().sqrt();
    if length > 0.0 { length } else { 1.0 }
}

fn vector(word: &str) -> Option<&'static [u8]> {
    let place = WORDS.binary_search(&word).ok()?;
    VECTORS.get(place * SIZE..(place + 1) * SIZE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(text: &str) -> Meaning {
        Meaning::of(text.split(' ').map(|word| (word, 1.0)))
    }

    #[test]
    fn every_word_has_a_vector_and_they_are_in_order() {
        assert!(WORDS.is_sorted());
        assert_eq!(WORDS.len() * SIZE, VECTORS.len());
    }

    #[test]
    fn words_of_like_meaning_are_near() {
        let near = |one: &str, other: &str| meaning(one).near(&meaning(other));
        assert!(near("topple", "overthrow") > near("topple", "bread") + 0.3);
        assert!(near("soldiers killed", "troops dead") > near("soldiers killed", "radio broadcast") + 0.3);
        assert_eq!(near("qqqq", "troops"), 0.0);
    }
}
