//! Common English words, which are not misspellings of rare names, although they may sound like one
//! ("salary tactics").

use std::sync::LazyLock;

/// Sorted; `assets/words/README.md` names the source.
static WORDS: LazyLock<Vec<&str>> = LazyLock::new(|| include_str!("../../assets/words/common.txt").lines().collect());

/// The endings of a word's forms.
const ENDINGS: &[&str] = &["s", "es", "d", "ed", "ing", "ly", "er", "ers"];

/// Whether a folded word is a form of a common English word.
pub(crate) fn is_common(word: &str) -> bool {
    let known = |word: &str| WORDS.binary_search(&word).is_ok();
    known(word) || ENDINGS.iter().any(|ending| word.strip_suffix(ending).is_some_and(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_order_and_knows_forms() {
        assert!(WORDS.is_sorted());
        for word in ["salary", "walking", "radar", "garages"] {
            assert!(is_common(word), "{word}");
        }
        assert!(!is_common("rakosi") && !is_common("kadar"));
    }
}
