//! Measures how similar two spellings are, by an edit distance with low costs for common errors.
//!
//! Optimal string alignment (Wagner and Fischer 1974, with Damerau's transposition) over bytes, with
//! special costs for a vowel instead of a vowel, a voiced consonant instead of its voiceless one, a
//! doubled letter, and two letters swapped. Everything else costs a whole edit.

/// The cost of one edit; the costs below are fractions of it.
const EDIT: u16 = 20;
/// A vowel instead of another: vowels are heard least clearly, and differ most between languages.
const VOWEL: u16 = 10;
/// Letters for the same sound (y and i, c and k, v and w), or for similar sounds (b and p, d and t, s
/// and z).
const ALIKE: u16 = 8;
/// An adjacent letter on the keyboard.
const BESIDE: u16 = 15;
/// A letter doubled, or a double letter written once.
const DOUBLED: u16 = 7;
/// An extra or missing h, or a final e, w or s: mute, or a plural.
const MUTE: u16 = 10;
/// An extra or missing vowel.
const VOWEL_MORE: u16 = 16;
/// Two adjacent letters swapped.
const ROUND: u16 = 10;
/// The additional cost of an error in the first letter, which people usually get right.
const FIRST: u16 = 5;
/// Words are compared up to this length; the rest counts as equal.
const LONGEST: usize = 24;

/// How similar two folded words are, from 0 (nothing in common) to 1 (equal).
pub(super) fn likeness(a: &str, b: &str) -> f32 {
    let (a, b) = (&a.as_bytes()[..a.len().min(LONGEST)], &b.as_bytes()[..b.len().min(LONGEST)]);
    let longest = a.len().max(b.len());
    // If more letters are missing than present, it is a different word.
    if longest == 0 || a.len().abs_diff(b.len()) * 2 > longest {
        return 0.0;
    }
    if a == b {
        return 1.0;
    }
    let most = EDIT * longest as u16;
    1.0 - f32::from(distance(a, b).min(most)) / f32::from(most)
}

fn distance(a: &[u8], b: &[u8]) -> u16 {
    let mut before = [0u16; LONGEST + 1];
    let mut above = [0u16; LONGEST + 1];
    let mut row = [0u16; LONGEST + 1];
    for column in 1..=b.len() {
        above[column] = above[column - 1] + insertion(b, column - 1);
    }
    for line in 1..=a.len() {
        row[0] = above[0] + insertion(a, line - 1);
        for column in 1..=b.len() {
            let (x, y) = (a[line - 1], b[column - 1]);
            let first = if line == 1 && column == 1 && x != y { FIRST } else { 0 };
            let mut best = above[column - 1] + substitution(x, y) + first;
            best = best.min(above[column] + insertion(a, line - 1));
            best = best.min(row[column - 1] + insertion(b, column - 1));
            if line > 1 && column > 1 && x == b[column - 2] && a[line - 2] == y && x != y {
                best = best.min(before[column - 2] + ROUND);
            }
            row[column] = best;
        }
        before = above;
        above = row;
    }
    above[b.len()]
}

/// The cost of a letter at `place` that only one word has.
fn insertion(word: &[u8], place: usize) -> u16 {
    let letter = word[place];
    let beside = |other: Option<&u8>| other == Some(&letter);
    if place > 0 && beside(word.get(place - 1)) || beside(word.get(place + 1)) {
        return DOUBLED;
    }
    match letter {
        b'h' if place > 0 => MUTE,
        b'e' | b's' | b'w' if place + 1 == word.len() => MUTE,
        _ if place == 0 => EDIT + FIRST,
        letter if is_vowel(letter) => VOWEL_MORE,
        _ => EDIT,
    }
}

fn substitution(x: u8, y: u8) -> u16 {
    if x == y {
        return 0;
    }
    let (x, y) = (x.min(y), x.max(y));
    match (x, y) {
        (b'i' | b'j', b'y') | (b'i', b'j') | (b'c', b'k') | (b'v', b'w') => ALIKE / 2,
        (b'b', b'p') | (b'd', b't') | (b'g', b'k') | (b'f', b'v' | b'w') | (b's', b'z') => ALIKE,
        (b'c', b's' | b'z') | (b'k', b'q') | (b'm', b'n') | (b'g', b'j') | (b'u', b'w') => ALIKE + 2,
        _ if is_vowel(x) && is_vowel(y) => VOWEL,
        _ if is_beside(x, y) => BESIDE,
        _ => EDIT,
    }
}

fn is_vowel(letter: u8) -> bool {
    matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

/// Whether two letters (the smaller first) are adjacent in a row of a keyboard.
fn is_beside(x: u8, y: u8) -> bool {
    const ROWS: [&[u8]; 3] = [b"qwertyuiop", b"asdfghjkl", b"zxcvbnm"];
    ROWS.iter().any(|row| row.windows(2).any(|pair| (pair[0].min(pair[1]), pair[0].max(pair[1])) == (x, y)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn slips_cost_less_than_other_words() {
        for (typed, meant, other) in [
            ("nagi", "nagy", "naga"),
            ("kadra", "kadar", "kodak"),
            ("rakossi", "rakosi", "rakodi"),
            ("maleter", "maleter", "malter"),
            ("bem", "bem", "ben"),
            ("gimez", "gimes", "gimel"),
        ] {
            assert!(likeness(typed, meant) > likeness(typed, other), "{typed}");
        }
    }

    proptest! {
        #[test]
        fn it_is_a_share_and_the_same_both_ways(a in "[a-z0-9]{0,30}", b in "[a-z0-9]{0,30}") {
            let like = likeness(&a, &b);
            prop_assert!((0.0..=1.0).contains(&like));
            prop_assert_eq!(like, likeness(&b, &a));
        }
    }
}
