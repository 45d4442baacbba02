//! Splits questions and sentences into comparable tokens.
//!
//! Tokens are lower-case ASCII. Contractions are expanded ("didn't", "didnt" → did not), abbreviations
//! joined ("U.N." → un), and numbers written as digits ("sixteenth" → 16, "2,500" → 2500). A day and its
//! month become one token ("14th of July", "14.7." → `day0714`), and so does a year with its era ("44
//! BC" → `44bc`).

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::pack::{year_name, year_of_era};

/// The length of a question that is read, in characters.
pub const LONGEST: usize = 300;

/// The prefix of a token for a day of the year; the month and day follow (`day1104`).
pub(super) const DAY: &str = "day";

/// The tokens of the first 300 characters of a question.
pub(super) fn of_question(text: &str) -> Vec<String> {
    let cut: String = text.chars().take(LONGEST).collect();
    let mut words = of_text(&cut);
    words.truncate(end_of_question(&words));
    without_marks(&mut words);
    // "Were did they go" is a phonetic spelling of "where".
    if let [were, verb, ..] = &mut words[..]
        && were == "were"
        && matches!(verb.as_str(), "did" | "do" | "does" | "is" | "are" | "was" | "were" | "in")
    {
        "where".clone_into(were);
    }
    words
}

/// Removes the marks of an exam question ("8 marks").
fn without_marks(words: &mut Vec<String>) {
    let worth =
        |pair: &[String]| matches!(pair[1].as_str(), "mark" | "marks") && pair[0].bytes().all(|byte| byte.is_ascii_digit());
    while let Some(place) = words.windows(2).position(worth) {
        words.drain(place..place + 2);
    }
}

/// Where an exam question ends and its hints begin: "You may use the following in your answer".
fn end_of_question(words: &[String]) -> usize {
    const HELP: &[&[&str]] = &[
        &["you", "may", "use"],
        &["you", "may", "also"],
        &["you", "should", "use"],
        &["you", "must", "also"],
        &["in", "your", "answer"],
    ];
    let begins = |at: &usize| {
        HELP.iter().any(|help| words[*at..].len() >= help.len() && words[*at..].iter().zip(*help).all(|(a, b)| a == b))
    };
    (4..words.len()).find(begins).unwrap_or(words.len())
}

/// The tokens of a text of the pack, of any length.
pub(super) fn of_text(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for chunk in text.split_whitespace() {
        // Most chunks are plain words, which need no further processing.
        let ascii = if chunk.is_ascii() {
            chunk.replace('`', "'").to_ascii_lowercase()
        } else {
            any_ascii::any_ascii(&chunk.replace(['’', '‘', '`', '´'], "'")).to_ascii_lowercase()
        };
        split(&ascii, &mut words);
    }
    join_days(join_letters(words))
}

/// Splits an ASCII chunk into tokens.
fn split(chunk: &str, words: &mut Vec<String>) {
    let bare = chunk.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    if bare.bytes().all(|byte| byte.is_ascii_lowercase()) {
        open_contraction(bare, words);
        return;
    }
    if let Some(date) = numeric_date(bare) {
        words.extend(date);
        return;
    }
    if let Some(short) = dotted(bare) {
        if !joins_year(&short, words) {
            words.push(short);
        }
        return;
    }
    let joined = thousands(bare);
    for word in joined.split(|c: char| !c.is_ascii_alphanumeric() && c != '\'') {
        for part in letters_and_digits(word.trim_matches('\'')) {
            open_contraction(part, words);
        }
    }
}

/// Parses "14.7.1789", "1789-07-14", "14/7": the day as one token, and the year as another.
fn numeric_date(chunk: &str) -> Option<Vec<String>> {
    if !chunk.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'/')) {
        return None;
    }
    let numbers: Vec<u16> = chunk.split(['.', '-', '/']).map(str::parse).collect::<Result<_, _>>().ok()?;
    let (year, day, month) = match numbers[..] {
        [year, month, day] if year > 1000 => (Some(year), day, month),
        // A year of two digits is ignored; then the pack's own year is meant.
        [day, month, year] => (Some(year).filter(|year| *year >= 100), day, month),
        [day, month] if chunk.contains(['.', '/']) => (None, day, month),
        _ => return None,
    };
    // "10/23" can only be in American order.
    let (day, month) = if month > 12 && day <= 12 { (month, day) } else { (day, month) };
    if !(1..=31).contains(&day) || !(1..=12).contains(&month) {
        return None;
    }
    let mut tokens = vec![day_token(month, day)];
    tokens.extend(year.map(|year| year.to_string()));
    Some(tokens)
}

/// The token for a day of the year.
pub(super) fn day_token(month: u16, day: u16) -> String {
    format!("{DAY}{month:02}{day:02}")
}

/// The token for a year: `1789`, `44bc`, `79ad`.
pub(super) fn year_token(year: i16) -> String {
    year_name(year).to_ascii_lowercase().replace(' ', "")
}

/// The year of a token; without an era, only from 1000 to 2999.
pub(super) fn year(word: &str) -> Option<i16> {
    let digits = word.trim_end_matches(|letter: char| letter.is_ascii_lowercase());
    let number: i16 = digits.parse().ok().filter(|_| digits.len() <= 4)?;
    match &word[digits.len()..] {
        "" => (1000..3000).contains(&number).then_some(number),
        "bc" => year_of_era(number, true),
        "ad" => year_of_era(number, false),
        _ => None,
    }
}

/// Joins an era to the year before it: "44 BC" → `44bc`. Returns whether the word was an era. After a
/// later year "bc" means "because": "they rose in 1789 bc bread was dear".
fn joins_year(word: &str, words: &mut [String]) -> bool {
    let era = match word {
        "bc" | "bce" => "bc",
        "ad" | "ce" => "ad",
        _ => return false,
    };
    let Some(last) = words.last_mut() else { return false };
    if !(1..1000).contains(&last.parse::<i16>().unwrap_or_default()) {
        return false;
    }
    last.push_str(era);
    true
}

/// Joins "u.n.", "a.v.h".
fn dotted(chunk: &str) -> Option<String> {
    let letters: Vec<&str> = chunk.split('.').filter(|part| !part.is_empty()).collect();
    let single = letters.len() > 1 && letters.iter().all(|part| part.len() == 1 && part.as_bytes()[0].is_ascii_alphabetic());
    single.then(|| letters.concat())
}

/// "2,500" → "2500": removes a comma or point between a digit and exactly three more.
fn thousands(chunk: &str) -> String {
    let bytes = chunk.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let groups = |at: usize| at > 0 && digit(at - 1) && (1..=3).all(|step| digit(at + step)) && !digit(at + 4);
    let kept = chunk.char_indices().filter(|(at, c)| !(matches!(c, ',' | '.') && groups(*at)));
    kept.map(|(_, c)| c).collect()
}

/// Separates a number from a word ("plot301", "oct23"), and drops ordinal endings.
fn letters_and_digits(word: &str) -> Vec<&str> {
    let Some(first) = word.bytes().position(|byte| byte.is_ascii_digit()) else { return vec![word] };
    let (letters, rest) = word.split_at(first);
    let end = rest.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, tail) = rest.split_at(end);
    let mut parts = vec![letters, digits];
    if !matches!(tail, "st" | "nd" | "rd" | "th" | "s" | "'s" | "an" | "en" | "i" | "jen") {
        parts.extend(letters_and_digits(tail));
    }
    parts
}

/// Contractions with "not", and their expansion.
const NOT: [(&str, &str); 16] = [
    ("didnt", "did"),
    ("doesnt", "does"),
    ("dont", "do"),
    ("isnt", "is"),
    ("arent", "are"),
    ("wasnt", "was"),
    ("werent", "were"),
    ("hasnt", "has"),
    ("havent", "have"),
    ("hadnt", "had"),
    ("cant", "can"),
    ("couldnt", "could"),
    ("wont", "will"),
    ("wouldnt", "would"),
    ("shouldnt", "should"),
    ("aint", "is"),
];

/// Other contractions, with or without an apostrophe.
const CONTRACTED: [(&str, &[&str]); 37] = [
    ("whats", &["what", "is"]),
    ("whos", &["who", "is"]),
    ("wheres", &["where", "is"]),
    ("whens", &["when", "is"]),
    ("whys", &["why", "is"]),
    ("hows", &["how", "is"]),
    ("thats", &["that", "is"]),
    ("theres", &["there", "is"]),
    ("theyre", &["they", "are"]),
    ("youre", &["you", "are"]),
    ("were", &["were"]),
    ("im", &["i", "am"]),
    ("ive", &["i", "have"]),
    ("lets", &["let", "us"]),
    ("wanna", &["want", "to"]),
    ("gonna", &["going", "to"]),
    ("ppl", &["people"]),
    ("u", &["you"]),
    ("ur", &["your"]),
    ("pls", &["please"]),
    ("plz", &["please"]),
    ("abt", &["about"]),
    ("bc", &["because"]),
    ("bcs", &["because"]),
    ("cuz", &["because"]),
    ("coz", &["because"]),
    ("becuz", &["because"]),
    ("wat", &["what"]),
    ("wot", &["what"]),
    ("wats", &["what", "is"]),
    ("wen", &["when"]),
    ("wich", &["which"]),
    ("thru", &["through"]),
    ("govt", &["government"]),
    ("r", &["are"]),
    ("dem", &["them"]),
    ("da", &["the"]),
];

/// Both lists as a map, because every word of a pack is looked up while indexing.
static OPENED: LazyLock<HashMap<&str, Vec<&str>>> = LazyLock::new(|| {
    let not = NOT.iter().map(|(short, verb)| (*short, vec![*verb, "not"]));
    not.chain(CONTRACTED.iter().map(|(short, open)| (*short, open.to_vec()))).collect()
});

fn open_contraction(word: &str, words: &mut Vec<String>) {
    if word.is_empty() || joins_year(word, words) {
        return;
    }
    let plain = word.replace('\'', "");
    if let Some(open) = OPENED.get(plain.as_str()) {
        words.extend(open.iter().map(|word| (*word).to_owned()));
    } else {
        let bare =
            word.strip_suffix("'s").or_else(|| word.strip_suffix("'ve")).or_else(|| word.strip_suffix("'re")).unwrap_or(word);
        let bare = bare.replace('\'', "");
        // "1789're" has nothing before its ending.
        if bare.is_empty() {
            return;
        }
        words.push(NUMBER_OF.get(bare.as_str()).map_or(bare, ToString::to_string));
    }
}

/// Numbers as words, from three on, because one and two are often not numbers.
const NUMBERS: [[&str; 2]; 28] = [
    ["three", "third"],
    ["four", "fourth"],
    ["five", "fifth"],
    ["six", "sixth"],
    ["seven", "seventh"],
    ["eight", "eighth"],
    ["nine", "ninth"],
    ["ten", "tenth"],
    ["eleven", "eleventh"],
    ["twelve", "twelfth"],
    ["thirteen", "thirteenth"],
    ["fourteen", "fourteenth"],
    ["fifteen", "fifteenth"],
    ["sixteen", "sixteenth"],
    ["seventeen", "seventeenth"],
    ["eighteen", "eighteenth"],
    ["nineteen", "nineteenth"],
    ["twenty", "twentieth"],
    ["thirty", "thirtieth"],
    ["forty", "fortieth"],
    ["fifty", "fiftieth"],
    ["sixty", "sixtieth"],
    ["seventy", "seventieth"],
    ["eighty", "eightieth"],
    ["ninety", "ninetieth"],
    ["hundred", "hundredth"],
    ["thousand", "thousandth"],
    ["million", "millionth"],
];

/// The numbers by their words; hundred and above stay words.
static NUMBER_OF: LazyLock<HashMap<&str, usize>> = LazyLock::new(|| {
    let value = |place: usize| match place {
        0..=17 => Some(place + 3),
        18..=24 => Some((place - 15) * 10),
        _ => None,
    };
    let valued = NUMBERS.iter().enumerate().filter_map(|(place, forms)| Some((forms, value(place)?)));
    valued.flat_map(|(forms, value)| forms.iter().map(move |form| (*form, value))).collect()
});

/// Joins consecutive single letters, which are an abbreviation: "a v h".
fn join_letters(words: Vec<String>) -> Vec<String> {
    let mut joined: Vec<String> = Vec::with_capacity(words.len());
    let letter = |word: &String| word.len() == 1 && word.as_bytes()[0].is_ascii_alphabetic();
    let mut at = 0;
    while at < words.len() {
        let run = words[at..].iter().take_while(|word| letter(word)).count();
        if run >= 3 {
            joined.push(words[at..at + run].concat());
            at += run;
        } else {
            joined.push(words[at].clone());
            at += 1;
        }
    }
    joined
}

const MONTHS: [&[&str]; 12] = [
    &["january", "jan", "januar"],
    &["february", "feb", "februar"],
    &["march", "marcius"],
    &["april", "apr", "aprilis"],
    &["may", "majus"],
    &["june", "jun", "junius"],
    &["july", "jul", "julius"],
    &["august", "aug", "augusztus"],
    &["september", "sept", "sep", "szeptember"],
    &["october", "oct", "okt", "oktober"],
    &["november", "nov"],
    &["december", "dec"],
];

/// The month (1–12) that a token names.
pub(super) fn month(word: &str) -> Option<u16> {
    // A cheap test first, because every word of a pack is tried and most are not months.
    let first = word.as_bytes().first()?;
    let is_it = |names: &[&str]| names[0].as_bytes().first() == Some(first) && names.contains(&word);
    MONTHS.iter().position(|names| is_it(names)).map(|place| place as u16 + 1)
}

/// Joins a day with its month to one token. A month alone becomes its English name.
fn join_days(words: Vec<String>) -> Vec<String> {
    let day = |word: Option<&String>| word.and_then(|word| word.parse::<u16>().ok()).filter(|day| (1..=31).contains(day));
    let mut joined: Vec<String> = Vec::with_capacity(words.len());
    let mut at = 0;
    while at < words.len() {
        let named = month(&words[at]);
        let found = match named {
            Some(month) => {
                let the = usize::from(words.get(at + 1).is_some_and(|word| word == "the"));
                day(words.get(at + 1 + the)).map(|day| (month, day, 2 + the))
            }
            None => day(words.get(at)).and_then(|day| {
                let of = usize::from(words.get(at + 1).is_some_and(|word| word == "of"));
                Some((month(words.get(at + 1 + of)?)?, day, 2 + of))
            }),
        };
        if let Some((month, day, read)) = found {
            joined.push(day_token(month, day));
            at += read;
        } else {
            joined.push(named.map_or_else(|| words[at].clone(), |idx| MONTHS[usize::from(idx) - 1][0].to_owned()));
            at += 1;
        }
    }
    joined
}

/// Function words, which say nothing about the subject of a sentence.
const FUNCTION: &str = "a about across actually again all also although am among an and another any anybody anyone anything anyway are around \
    as at be became because become been being both but by can could did do does during each either else even ever \
    everybody everyone everything for from get got had happen happened happening has have he her here herself him himself \
    his how however i if in into is it its itself just let many may me might more most much must my myself no not nothing \
    of off ok okay on only or our out own per please same shall she should so some such than that the their them themselves \
    then there these they thing things this those though through till to too toward towards until up upon us very via was \
    we well were what whatever when where whether which while who whom whose why will with within would you your yours \
    yourself az egy en es hany hogy hol ki kik meg mennyi mi miert mikor mit nem volt voltak";

/// Whether a token is a function word.
pub(super) fn is_function(word: &str) -> bool {
    stands_in(FUNCTION, word)
}

/// Whether a list of words, separated by spaces, contains a word. Lists are split once, because every
/// word of a pack is looked up while indexing.
pub(super) fn stands_in(list: &'static str, word: &str) -> bool {
    thread_local! {
        /// Keyed by the list's address and length: lists are constants, so there are few.
        static LISTS: RefCell<HashMap<(usize, usize), HashSet<&'static str>>> = RefCell::default();
    }
    let key = (list.as_ptr() as usize, list.len());
    LISTS.with_borrow_mut(|lists| lists.entry(key).or_insert_with(|| list.split(' ').collect()).contains(word))
}

#[cfg(test)]
mod tests {
    use super::super::stems::stem;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_same_said_otherwise_reads_the_same() {
        for (typed, read) in [
            ("why didn't america help", "why did not america help"),
            ("why didn’t America help?", "why did not america help"),
            ("why didnt america help", "why did not america help"),
            ("what's the ÁVH", "what is the avh"),
            ("á.v.h.", "avh"),
            ("the U.N. and the a v h", "the un and the avh"),
            ("about 2,500 people", "about 2500 people"),
            ("the Sixteen Points", "the 16 points"),
            ("Stalin's statue", "stalin statue"),
            ("on the 23rd of October 1956", "on the day1023 1956"),
            ("oct 23", "day1023"),
            ("oct23", "day1023"),
            ("4 Nov.", "day1104"),
            ("on the ides of March 44 BC", "on the ides of march 44bc"),
            ("15 March, 44 B.C.", "day0315 44bc"),
            ("79AD", "79ad"),
            ("in 1956 bc they were angry", "in 1956 because they were angry"),
            ("22.11.1956", "day1122 1956"),
            ("1956-11-04", "day1104 1956"),
            ("10/23", "day1023"),
            ("in october", "in october"),
            ("plot301", "plot 301"),
            ("2+2", "2 2"),
            ("were did it start", "where did it start"),
            ("wen was it", "when was it"),
            ("Explain why (8 marks)", "explain why"),
            ("1956're", "1956"),
        ] {
            assert_eq!(of_question(typed).join(" "), read, "{typed:?}");
        }
    }

    #[test]
    fn forms_of_a_word_have_one_stem() {
        for (a, b) in
            [("invaded", "invade"), ("died", "death"), ("fought", "fighting"), ("executed", "execution"), ("fled", "fleeing")]
        {
            assert_eq!(stem(a), stem(b), "{a} {b}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_fail(text in any::<String>()) {
            for word in of_question(&text) {
                prop_assert!(!word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()), "{word:?}");
                stem(&word);
            }
        }
    }
}
