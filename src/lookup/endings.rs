//! Removes Hungarian case endings: "Nagy Imrének", "Kádárt", "Budapesten", "Rákosival".

/// The endings without accents, the longest first. The single letters are the accusative and the plural.
const ENDINGS: &[&str] = &[
    "eknek", "oknak", "oknal", "ekben", "okban", "ban", "ben", "bol", "hez", "hoz", "nak", "nal", "nek", "nel", "rol", "rul",
    "tol", "tul", "val", "vel", "ert", "kent", "ba", "be", "ek", "en", "et", "ig", "ok", "on", "ot", "at", "ra", "re", "ul", "t",
    "n", "k", "e", "a", "i",
];
/// The minimum length of a name after its ending was removed.
const LEAST: usize = 3;

/// Endings that hardly occur in other languages.
const PLAIN: &[&str] = &["ban", "ben", "bol", "hez", "hoz", "nak", "nek", "nal", "nel", "rol", "tol", "val", "vel"];

/// The word without its ending, if it certainly has one. The rest may still be misspelt.
pub(super) fn surely_bare(word: &str) -> Option<&str> {
    PLAIN.iter().find_map(|ending| word.strip_suffix(ending)).filter(|stem| stem.len() > LEAST)
}

/// The possible base forms of a folded word, the longest ending removed first.
pub(super) fn bare_forms(word: &str) -> impl Iterator<Item = &str> {
    let plain = ENDINGS.iter().filter_map(move |ending| word.strip_suffix(ending));
    // In "Kádárral" and "Sztálinnal", the v of "val" became the letter before it.
    let doubled = ["al", "el", "a", "e"].into_iter().filter_map(move |ending| {
        let stem = word.strip_suffix(ending)?;
        let letters = stem.as_bytes();
        let twice = letters.len() > 1 && letters[letters.len() - 1] == letters[letters.len() - 2];
        twice.then(|| &stem[..stem.len() - 1])
    });
    doubled.chain(plain).filter(|stem| stem.len() >= LEAST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_out_of_their_cases() {
        for (word, name) in [
            ("imrenek", "imre"),
            ("kadart", "kadar"),
            ("budapesten", "budapest"),
            ("rakosival", "rakosi"),
            ("kadarral", "kadar"),
            ("gerot", "gero"),
            ("korben", "kor"),
            ("ungvaron", "ungvar"),
        ] {
            assert!(bare_forms(word).any(|form| form == name), "{word}");
        }
        assert_eq!(bare_forms("bem").count(), 0);
    }
}
