//! Recognises questions that the unit cannot answer: other history, today's politics, arithmetic, small
//! talk.

use super::reading::{ParsedQuestion, QueryTerm, is_aside};
use super::words::{DAY, of_text};
use crate::pack::{EntryIdx, Kind, Pack};

/// The minimum weight of a question for which sentences are searched: about two ordinary words.
const ENOUGH: f32 = 3.0;

/// How much of a question the pack knows, by weight, from 0 to 1.
pub(super) fn known(question: &ParsedQuestion) -> f32 {
    let all: f32 = question.asked.iter().map(|asked| asked.weight).sum();
    let known: f32 =
        question.asked.iter().filter(|asked| !asked.is_unknown() || asked.weight <= 1.0).map(|asked| asked.weight).sum();
    if all > 0.0 { known / all } else { 0.0 }
}

/// Whether a question has enough weight to search for sentences.
pub(super) fn enough(question: &ParsedQuestion) -> bool {
    question.asked.iter().filter(|asked| !asked.is_unknown()).map(|asked| asked.weight).sum::<f32>() >= ENOUGH
}

/// The phrases of other history that the pack lists, word by word.
#[derive(Debug, Default)]
pub(super) struct Elsewhere(Vec<Vec<String>>);

impl Elsewhere {
    /// Reads the phrases of a pack.
    pub(super) fn new(pack: &Pack) -> Elsewhere {
        Elsewhere(pack.elsewhere.iter().map(|phrase| of_text(phrase)).collect())
    }

    /// Whether a question is certainly about something else: the present, the user, arithmetic, a recipe
    /// for a weapon, other history.
    pub(super) fn has(&self, question: &ParsedQuestion, pack: &Pack) -> bool {
        let words: Vec<&str> = question.words.iter().map(String::as_str).collect();
        words.is_empty()
            || is_talk(&words)
            || is_sum(&words)
            || is_recipe(&words)
            || is_about_now(&words) && question.days.is_empty()
            || is_opinion(&words) && !names_ours(question, pack)
            || is_about_the_asker(&words) && !names_ours(question, pack)
            || self.is_other_history(question, &words, pack)
    }

    /// Other history that students often ask about, although the pack may know each of the words: "when
    /// did the French Revolution start". If the question names anything of the pack as well, it is about
    /// the unit.
    fn is_other_history(&self, question: &ParsedQuestion, words: &[&str], pack: &Pack) -> bool {
        // "The capital of France" is not a history question.
        if let Some(place) = words.windows(2).position(|pair| pair == ["capital", "of"]) {
            return !words[place..].iter().any(|word| is_of_country(word, pack));
        }
        let runs = |phrase: &&Vec<String>| words.windows(phrase.len()).any(|run| run.iter().zip(*phrase).all(|(a, b)| a == b));
        let named: Vec<&Vec<String>> = self.0.iter().filter(runs).collect();
        let beside = |word: &str| {
            let of_it = named.iter().any(|phrase| phrase.iter().any(|known| known == word));
            !of_it && !ABOUT_ANY.contains(&word) && word.parse::<u16>().is_err()
        };
        let other = |asked: &QueryTerm| !asked.is_unknown() && !is_aside(&asked.word) && asked.word.split(' ').any(beside);
        !named.is_empty() && !question.asked.iter().any(other)
    }
}

/// Whether a question names a person or an event of the pack, and so is about the unit.
fn names_ours(question: &ParsedQuestion, pack: &Pack) -> bool {
    let ours = |idx: &EntryIdx| matches!(pack.entry(*idx).kind, Kind::Person | Kind::Event);
    question.asked.iter().any(|asked| asked.by_name && asked.feature.entries.iter().any(ours))
}

/// Whether a question asks what would have happened, which nobody knows for certain.
pub(super) fn is_supposition(question: &ParsedQuestion) -> bool {
    let has = |word: &str| question.words.iter().any(|known| known == word);
    let what_if = question.words.windows(2).any(|pair| matches!([pair[0].as_str(), pair[1].as_str()], ["what", "if"]));
    what_if || has("would") && (has("if") || has("have"))
}

/// Whether the question asks how to make a weapon; how one was made is history.
fn is_recipe(words: &[&str]) -> bool {
    const MADE: &[&str] = &["make", "build", "mix", "brew", "ingredients", "chemicals", "recipe", "ratio", "instructions"];
    const WEAPONS: &[&str] = &[
        "bomb",
        "bombs",
        "cocktail",
        "cocktails",
        "molotov",
        "molotovs",
        "explosive",
        "explosives",
        "grenade",
        "napalm",
        "gun",
        "guns",
        "weapon",
        "weapons",
        "poison",
        "gunpowder",
    ];
    const PAST: &[&str] = &["did", "was", "were", "had", "made", "used", "they", "rebels", "fighters"];
    let has = |list: &[&str]| words.iter().any(|word| list.contains(word));
    has(MADE) && has(WEAPONS) && !has(PAST)
}

/// Whether a word names the pack's country or its people: "italy", "italian".
fn is_of_country(word: &str, pack: &Pack) -> bool {
    let names = pack.country.iter().flat_map(|country| of_text(country));
    names.into_iter().any(|name| word.starts_with(name.trim_end_matches(['a', 'e', 'i', 'o', 'u', 'y'])))
}

/// Words of questions about any history.
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
    "soldiers",
    "tanks",
    "troops",
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

/// Whether the text is small talk.
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
        &["do", "my"],
        &["finish", "my"],
        &["translate", "this"],
        &["translate", "to"],
        &["weather"],
        &["what", "do", "you", "think", "about"],
        &["what", "do", "you", "think", "of"],
    ];
    TALK.iter().any(|phrase| words.windows(phrase.len()).any(|run| run == *phrase))
}

/// Whether the text is only arithmetic: "2 + 2", "17 times 23".
fn is_sum(words: &[&str]) -> bool {
    const AROUND: &[&str] = &["what", "is", "are", "how", "much", "calculate", "and", "the", "of", "mennyi", "meg"];
    const DONE: &[&str] = &["times", "plus", "minus", "divided", "by", "squared", "root", "square", "percent", "x"];
    let number = |word: &&str| word.bytes().all(|byte| byte.is_ascii_digit()) && !word.starts_with(DAY);
    let numbers = words.iter().filter(|word| number(word)).count();
    let solve = words.first().is_some_and(|word| matches!(*word, "solve" | "calculate"));
    solve && numbers > 0 || numbers > 1 && words.iter().all(|word| number(word) || AROUND.contains(word) || DONE.contains(word))
}

/// Whether the question asks for an opinion on a living person: "is X a good leader".
fn is_opinion(words: &[&str]) -> bool {
    let praised =
        words.iter().any(|word| matches!(*word, "good" | "bad" | "best" | "worst" | "better" | "favourite" | "favorite"));
    matches!(words, ["is" | "are" | "who" | "which" | "best" | "worst", ..])
        && praised
        && !words.iter().any(|word| matches!(*word, "was" | "were" | "did"))
}

/// Whether the question is about the present day.
fn is_about_now(words: &[&str]) -> bool {
    let has = |word: &str| words.contains(&word);
    let next = words
        .windows(2)
        .any(|pair| matches!(pair, ["next", "election"] | ["next", "week"] | ["last", "night"] | ["right", "now"]));
    // "At the moment", not "at the moment of the attack".
    let ends = |phrase: &[&str]| words.ends_with(phrase);
    let present = words.first().is_some_and(|word| matches!(*word, "is" | "are" | "do" | "does"))
        || words.get(1).is_some_and(|word| matches!(*word, "is" | "are"));
    let these_days = present && (ends(&["at", "the", "moment"]) || ends(&["these", "days"]) || ends(&["this", "year"]));
    let going_to = words.windows(3).any(|run| matches!(run, ["is" | "are", "going", "to"]));
    let under_way = matches!(words, ["what", "is" | "are", ..]) && has("doing");
    these_days
        || going_to
        || under_way
        || next
        || has("tomorrow")
        || has("tonight")
        || has("nowadays")
        || (has("today") || has("now") || has("currently")) && !has("remembered") && !has("why") && !has("memory")
        || matches!(words, ["should", ..])
        || matches!(words, ["who" | "what", "will", ..])
}

/// Whether the question is about the user or the bot: "what should I wear", "do you love me". Polite
/// ways of asking ("can you tell me", "I need to know") are not.
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
        &["you", "can", "infer"],
        &["can", "you", "infer"],
        &["you", "can", "learn"],
        &["i", "mean"],
        &["our", "text"],
        &["our", "document"],
        &["our", "book"],
        &["our", "textbook"],
        &["our", "class"],
        &["our", "unit"],
        &["our", "topic"],
        &["our", "lesson"],
        &["my", "book"],
        &["my", "textbook"],
        &["my", "worksheet"],
        &["my", "notes"],
        &["my", "presentation"],
        &["my", "project"],
        &["my", "revision"],
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
