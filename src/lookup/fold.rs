//! Folds text to comparable tokens, and tokens to their sound.

use super::typed::words;

/// How many characters of a query count: the longest question that an edge accepts.
pub(crate) const LONGEST: usize = 300;
/// How many tokens of a query count.
pub(crate) const TOKENS: usize = 60;

/// The tokens of a text: its plain words ([`words`]), with ordinals and numbers in words as digits.
pub(crate) fn fold(text: &str) -> Vec<String> {
    let cut: String = text.chars().take(LONGEST).collect();
    tokens(&cut).take(TOKENS).collect()
}

/// All tokens of a text of the pack, of any length.
pub(crate) fn fold_all(text: &str) -> Vec<String> {
    tokens(text).collect()
}

/// The tokens with numbers as they are written, for completion.
pub(crate) fn fold_as_written(text: &str) -> Vec<String> {
    let cut: String = text.chars().take(LONGEST).collect();
    written(&cut).into_iter().take(TOKENS).collect()
}

fn tokens(text: &str) -> impl Iterator<Item = String> {
    written(text).into_iter().map(|word| number(&word).map(ToOwned::to_owned).unwrap_or(word))
}

/// The words of a text, with numbers separated from the word before.
fn written(text: &str) -> Vec<String> {
    words(text).iter().flat_map(|word| apart(word)).collect()
}

/// Numbers in words; ordinals count as their number. One and two are left out, because they are often
/// not numbers.
const NUMBERS: [[&str; 3]; 18] = [
    ["3", "three", "third"],
    ["4", "four", "fourth"],
    ["5", "five", "fifth"],
    ["6", "six", "sixth"],
    ["7", "seven", "seventh"],
    ["8", "eight", "eighth"],
    ["9", "nine", "ninth"],
    ["10", "ten", "tenth"],
    ["11", "eleven", "eleventh"],
    ["12", "twelve", "twelfth"],
    ["13", "thirteen", "thirteenth"],
    ["14", "fourteen", "fourteenth"],
    ["15", "fifteen", "fifteenth"],
    ["16", "sixteen", "sixteenth"],
    ["17", "seventeen", "seventeenth"],
    ["18", "eighteen", "eighteenth"],
    ["19", "nineteen", "nineteenth"],
    ["20", "twenty", "twentieth"],
];

/// The digits of a number in words or with an ordinal ending.
fn number(word: &str) -> Option<&str> {
    if word.starts_with(|c: char| c.is_ascii_digit()) {
        return word.strip_suffix("th").or_else(|| word.strip_suffix("rd"));
    }
    NUMBERS.iter().find(|forms| forms[1..].contains(&word)).map(|forms| forms[0])
}

/// Separates a number from the word before: "plot301".
fn apart(word: &str) -> Vec<String> {
    let bytes = word.as_bytes();
    let mut parts = Vec::new();
    let mut start = 0;
    for place in 1..bytes.len() {
        if bytes[place].is_ascii_digit() && bytes[place - 1].is_ascii_alphabetic() {
            parts.push(word[start..place].to_owned());
            start = place;
        }
    }
    parts.push(word[start..].to_owned());
    parts
}

/// The sounds of spellings, one letter per sound, unified across English, Hungarian, German, Polish and
/// Russian: "khrushchev", "kruschev" and "chruschtschow" become similar, "rakoshi" and "rákosi", "gerow"
/// and "gerő" equal or nearly so.
///
/// The longest spelling wins; letters that are in no row stay unchanged.
const SOUNDS: &[(&str, &str)] = &[
    ("schtsch", "s"),
    ("sjtsj", "s"),
    ("shch", "s"),
    ("szcz", "s"),
    ("chtch", "s"),
    ("tsch", "s"),
    ("tsj", "s"),
    ("tch", "s"),
    ("sch", "s"),
    ("dzs", "i"),
    ("chr", "kr"),
    ("cz", "s"),
    ("cs", "s"),
    ("ch", "s"),
    ("sz", "s"),
    ("sh", "s"),
    ("sj", "s"),
    ("zs", "s"),
    ("zh", "s"),
    ("ts", "s"),
    ("tz", "s"),
    ("ss", "s"),
    ("ff", "v"),
    ("kh", "k"),
    ("ck", "k"),
    ("ce", "se"),
    ("ci", "si"),
    ("cy", "si"),
    ("qu", "k"),
    ("gy", "i"),
    ("gi", "i"),
    ("dj", "i"),
    ("dy", "i"),
    ("ly", "i"),
    ("ny", "ni"),
    ("ty", "ti"),
    ("th", "t"),
    ("ph", "f"),
    ("oe", "o"),
    ("ue", "u"),
    ("oo", "u"),
    ("ou", "u"),
    ("ee", "i"),
    ("ei", "ai"),
    ("ay", "ai"),
    ("ey", "ai"),
    ("x", "ks"),
    ("c", "k"),
    ("q", "k"),
    ("z", "s"),
    ("w", "v"),
    ("y", "i"),
    ("j", "i"),
];

/// The sound of a folded token, by the table above. Doubled letters count once.
pub(crate) fn sound(token: &str) -> String {
    let mut out = String::with_capacity(token.len());
    let mut rest = token;
    while let Some(first) = rest.chars().next() {
        let (read, heard) = match SOUNDS.iter().find(|(spelling, _)| rest.starts_with(spelling)) {
            // A Hungarian or Polish c at the end is pronounced ts: Vác, Miskolc.
            Some(("c", _)) if rest.len() == 1 => (1, "s"),
            Some((spelling, heard)) => (spelling.len(), *heard),
            None => (first.len_utf8(), &rest[..first.len_utf8()]),
        };
        for letter in heard.chars() {
            if !out.ends_with(letter) {
                out.push(letter);
            }
        }
        rest = &rest[read..];
    }
    out
}

/// The approximate stem of an English word: "executed", "execution" → "execut". Words of up to four
/// letters stay unchanged. A light stemmer in the manner of Lovins; it only has to make the forms of one
/// word equal, not to return a word.
pub(crate) fn stem(token: &str) -> &str {
    const ENDINGS: [&str; 13] = ["ations", "ation", "ments", "ment", "ings", "ions", "ing", "ion", "ies", "es", "ed", "e", "s"];
    for ending in ENDINGS {
        if let Some(stem) = token.strip_suffix(ending)
            && stem.len() >= 4
        {
            // "banned" becomes "ban" again.
            let letters = stem.as_bytes();
            let doubled = letters[letters.len() - 1] == letters[letters.len() - 2] && matches!(ending, "ed" | "ing");
            return if doubled { &stem[..stem.len() - 1] } else { stem };
        }
    }
    token
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn folding_drops_what_people_leave_out() {
        for (text, expected) in [
            ("Köztársaság tér", vec!["koztarsasag", "ter"]),
            ("Stalin's statue!", vec!["stalin", "statue"]),
            ("ÁVO/ÁVH", vec!["avo", "avh"]),
            ("Имре Надь", vec!["imre", "nady"]),
            ("", vec![]),
            ("🙂", vec![]),
            ("plot301", vec!["plot", "301"]),
        ] {
            let folded = fold(text);
            assert_eq!(folded, expected, "{text:?}");
        }
    }

    #[test]
    fn spellings_by_ear_sound_alike() {
        for (a, b) in [
            ("rakoshi", "rakosi"),
            ("mindszenty", "mindzenti"),
            ("kovach", "kovacs"),
            ("szuszlov", "suslow"),
            ("kossut", "kossuth"),
            ("gyor", "djor"),
        ] {
            assert_eq!(sound(a), sound(b), "{a} {b}");
        }
    }

    #[test]
    fn forms_of_a_word_share_a_stem() {
        for (a, b) in [
            ("executed", "execution"),
            ("resigns", "resigned"),
            ("shooting", "shootings"),
            ("elections", "election"),
            ("banned", "ban"),
        ] {
            assert_eq!(stem(a), stem(b), "{a} {b}");
        }
        assert_eq!(stem("nagy"), "nagy");
    }

    proptest! {
        #[test]
        fn folding_is_bounded(text in any::<String>()) {
            let tokens = fold(&text);
            prop_assert!(tokens.len() <= TOKENS);
            for token in &tokens {
                prop_assert!(token.bytes().all(|b| b.is_ascii_alphanumeric()));
                sound(token);
                stem(token);
            }
        }
    }
}
