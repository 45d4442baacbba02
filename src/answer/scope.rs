//! What is not this unit's to answer: other history, today's politics, arithmetic, talk.

use super::reading::ParsedQuestion;
use super::words::{DAY, of_text};
use crate::pack::Pack;

/// How much a question must tell before its sentences are looked for: less than two ordinary words
/// is a scrap.
const ENOUGH: f32 = 3.0;

/// How much of what a question speaks of is known to the pack, from 0 to 1.
pub fn known(question: &ParsedQuestion) -> f32 {
    let all: f32 = question.asked.iter().map(|asked| asked.weight).sum();
    let known: f32 =
        question.asked.iter().filter(|asked| !asked.is_unknown() || asked.weight <= 1.0).map(|asked| asked.weight).sum();
    if all > 0.0 { known / all } else { 0.0 }
}

/// Whether a question tells enough to look for sentences.
pub fn enough(question: &ParsedQuestion) -> bool {
    question.asked.iter().filter(|asked| !asked.is_unknown()).map(|asked| asked.weight).sum::<f32>() >= ENOUGH
}

/// Whether a question is surely about something else: the present, the person who asks, a sum.
pub fn is_elsewhere(question: &ParsedQuestion, pack: &Pack) -> bool {
    let words: Vec<&str> = question.words.iter().map(String::as_str).collect();
    words.is_empty()
        || is_talk(&words)
        || is_sum(&words)
        || is_about_now(&words) && question.days.is_empty()
        || is_about_the_asker(&words)
        || is_other_history(question, &words, pack)
}

/// Other history that is asked about as often, in words that a pack may know one by one: "when did the
/// French Revolution start". Whatever else is named beside it makes it a question about the unit.
fn is_other_history(question: &ParsedQuestion, words: &[&str], pack: &Pack) -> bool {
    const OTHER: &[&[&str]] = &[
        &["french", "revolution"],
        &["russian", "revolution"],
        &["american", "revolution"],
        &["industrial", "revolution"],
        &["cultural", "revolution"],
        &["world", "war"],
        &["civil", "war"],
        &["korean", "war"],
        &["vietnam", "war"],
        &["gulf", "war"],
        &["berlin", "wall"],
        &["berlin", "blockade"],
        &["berlin", "airlift"],
        &["missile", "crisis"],
        &["world", "cup"],
        &["roman", "empire"],
        &["british", "empire"],
        &["treaty", "of", "versailles"],
        &["great", "depression"],
        &["battle", "of", "britain"],
        &["soviet", "union", "collapse"],
    ];
    // "The capital of France" is no history at all.
    if let Some(place) = words.windows(2).position(|pair| pair == ["capital", "of"]) {
        return !words[place..].iter().any(|word| is_of_country(word, pack));
    }
    let Some(phrase) = OTHER.iter().find(|phrase| words.windows(phrase.len()).any(|run| run == **phrase)) else {
        return false;
    };
    if is_named_by(pack, phrase) {
        return false;
    }
    let beside = |word: &str| !phrase.contains(&word) && !ABOUT_ANY.contains(&word) && word.parse::<u16>().is_err();
    !question.asked.iter().any(|asked| !asked.is_unknown() && asked.word.split(' ').any(beside))
}

/// Whether a word names the pack's country or its people: "italy", "italian" alike.
fn is_of_country(word: &str, pack: &Pack) -> bool {
    let names = pack.country.iter().flat_map(|country| of_text(country));
    names.into_iter().any(|name| word.starts_with(name.trim_end_matches(['a', 'e', 'i', 'o', 'u', 'y'])))
}

/// Whether the pack itself is about what a phrase names, or has an entry of just that name. A longer one
/// ("Second World War") makes other wars no part of the unit.
fn is_named_by(pack: &Pack, phrase: &[&str]) -> bool {
    let about = [&pack.title, &pack.subject].into_iter().any(|name| of_text(name).windows(phrase.len()).any(|run| run == phrase));
    let mut names = pack.entries.iter().flat_map(|entry| std::iter::once(&entry.name).chain(&entry.aliases));
    about || names.any(|name| of_text(name) == phrase)
}

/// What is asked about any history.
const ABOUT_ANY: &[&str] = &[
    "begin",
    "began",
    "broke",
    "build",
    "built",
    "cause",
    "caused",
    "causes",
    "country",
    "end",
    "ended",
    "fall",
    "fell",
    "fight",
    "first",
    "fought",
    "happen",
    "happened",
    "leader",
    "lost",
    "many",
    "people",
    "died",
    "second",
    "start",
    "started",
    "win",
    "won",
    "year",
    "date",
    "main",
    "effects",
    "consequences",
    "results",
    "important",
];

/// What is said to pass the time.
fn is_talk(words: &[&str]) -> bool {
    const TALK: &[&[&str]] = &[
        &["meaning", "of", "life"],
        &["how", "are", "you"],
        &["who", "are", "you"],
        &["joke"],
        &["write", "a", "poem"],
        &["a", "poem", "about"],
        &["riddle"],
        &["rap"],
        &["love", "me"],
    ];
    TALK.iter().any(|phrase| words.windows(phrase.len()).any(|run| run == *phrase))
}

/// "2 + 2", "17 times 23": numbers and what is done with them, and nothing else.
fn is_sum(words: &[&str]) -> bool {
    const AROUND: &[&str] = &["what", "is", "are", "how", "much", "calculate", "and", "the", "of"];
    const DONE: &[&str] = &["times", "plus", "minus", "divided", "by", "squared", "root", "square", "percent", "x"];
    let number = |word: &&str| word.bytes().all(|byte| byte.is_ascii_digit()) && !word.starts_with(DAY);
    let numbers = words.iter().filter(|word| number(word)).count();
    let solve = words.first().is_some_and(|word| matches!(*word, "solve" | "calculate"));
    solve && numbers > 0 || numbers > 1 && words.iter().all(|word| number(word) || AROUND.contains(word) || DONE.contains(word))
}

/// The present day, as people speak of it.
fn is_about_now(words: &[&str]) -> bool {
    let has = |word: &str| words.contains(&word);
    let next = words
        .windows(2)
        .any(|pair| matches!(pair, ["next", "election"] | ["next", "week"] | ["last", "night"] | ["right", "now"]));
    next || has("tomorrow")
        || has("tonight")
        || has("nowadays")
        || (has("today") || has("now") || has("currently")) && !has("remembered") && !has("why") && !has("memory")
        || matches!(words, ["should", ..])
        || matches!(words, ["who" | "what", "will", ..])
}

/// What is about the asker or the bot: "what should I wear", "do you love me". Ways of asking
/// politely ("can you tell me", "I need to know") are not.
fn is_about_the_asker(words: &[&str]) -> bool {
    const POLITE: &[&[&str]] = &[
        &["can", "you"],
        &["could", "you"],
        &["would", "you"],
        &["will", "you"],
        &["do", "you", "know"],
        &["do", "you", "agree"],
        &["do", "you", "think"],
        &["did", "you", "know"],
        &["what", "can", "you", "tell"],
        &["do", "we", "know"],
        &["can", "we", "trust"],
        &["can", "we", "learn"],
        &["can", "we", "believe"],
        &["should", "we", "believe"],
        &["should", "we", "learn"],
        &["should", "we", "remember"],
        &["tell", "me"],
        &["give", "me"],
        &["help", "me"],
        &["show", "me"],
        &["remind", "me"],
        &["teach", "me"],
        &["you", "may", "use"],
        &["you", "may", "also", "use"],
        &["you", "must"],
        &["i", "need"],
        &["i", "want", "to", "know"],
        &["i", "have", "to"],
        &["i", "do", "not", "understand"],
        &["i", "do", "not", "get"],
        &["i", "do", "not", "know"],
        &["i", "wonder"],
        &["i", "am", "confused"],
        &["my", "essay"],
        &["my", "teacher", "says"],
        &["my", "teacher", "said"],
        &["my", "answer"],
        &["my", "homework"],
        &["my", "exam"],
        &["my", "test"],
        &["i", "think"],
        &["your", "answer"],
        &["your", "knowledge"],
        &["your", "own", "knowledge"],
        &["in", "your", "own", "words"],
    ];
    let personal = |word: &str| matches!(word, "i" | "me" | "my" | "mine" | "you" | "your" | "we" | "our");
    let mut at = 0;
    while at < words.len() {
        let polite = POLITE.iter().filter(|phrase| words[at..].starts_with(phrase)).map(|phrase| phrase.len()).max();
        match polite {
            Some(length) => at += length,
            None if personal(words[at]) => return true,
            None => at += 1,
        }
    }
    false
}
