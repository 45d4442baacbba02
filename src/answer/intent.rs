//! Recognises what kind of thing a question asks for, from its words.

use std::sync::LazyLock;

use super::words::stands_in as listed;

/// The kind of thing that a question asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Intent {
    /// A date.
    When,
    /// A place.
    Where,
    /// The person who did something.
    Who,
    /// A number.
    HowMany,
    /// A duration.
    HowLong,
    /// A reason.
    Why,
    /// The results of something.
    Consequence,
    /// Why something mattered.
    Importance,
    /// What or who something is.
    WhatIs,
    /// What happened on a day or in a month.
    OnDay,
    /// Whether something is true.
    TrueFalse,
    /// What two things have in common, and what not.
    Compare,
    /// Several things of a kind.
    List,
    /// A summary in a few sentences.
    Summary,
    /// The value of a source, or how something is known.
    Source,
    /// A judgement of how far something is true.
    HowFar,
    /// Anything else.
    Other,
}

/// Beginnings and other typical phrases of questions, with their intents. The first match counts, so
/// special ones come before general ones. `^` is the beginning of the question, `*` any one word.
const CUES: &[(&str, Intent)] = &[
    ("how useful", Intent::Source),
    ("how reliable", Intent::Source),
    ("can a historian", Intent::Source),
    ("historian learn", Intent::Source),
    ("how do we know", Intent::Source),
    ("how do historians know", Intent::Source),
    ("how sure", Intent::Source),
    ("how certain", Intent::Source),
    ("which sources", Intent::Source),
    ("what sources", Intent::Source),
    ("what evidence", Intent::Source),
    ("come from", Intent::Source),
    ("numbers * differ", Intent::Source),
    ("differ so", Intent::Source),
    ("how far", Intent::HowFar),
    ("to what extent", Intent::HowFar),
    ("how much was * to blame", Intent::HowFar),
    ("to blame", Intent::HowFar),
    ("most important cause", Intent::HowFar),
    ("main cause", Intent::Why),
    ("main reason", Intent::Why),
    ("important reason", Intent::Why),
    ("narrative account", Intent::Summary),
    ("in a nutshell", Intent::Summary),
    ("^ sum up", Intent::Summary),
    ("summary", Intent::Summary),
    ("summarise", Intent::Summary),
    ("summarize", Intent::Summary),
    ("overview", Intent::Summary),
    ("timeline", Intent::Summary),
    ("short version", Intent::Summary),
    ("tldr", Intent::Summary),
    ("true or false", Intent::TrueFalse),
    ("is it true", Intent::TrueFalse),
    ("is it not true", Intent::TrueFalse),
    ("is not it true", Intent::TrueFalse),
    ("is it correct", Intent::TrueFalse),
    ("is it right that", Intent::TrueFalse),
    ("compare", Intent::Compare),
    ("comparison", Intent::Compare),
    ("difference", Intent::Compare),
    ("differences", Intent::Compare),
    ("similarities", Intent::Compare),
    ("similarity", Intent::Compare),
    ("different from", Intent::Compare),
    ("differ from", Intent::Compare),
    ("similar to", Intent::Compare),
    ("versus", Intent::Compare),
    ("vs", Intent::Compare),
    ("in common", Intent::Compare),
    ("importance", Intent::Importance),
    ("significance", Intent::Importance),
    ("how important", Intent::Importance),
    ("how significant", Intent::Importance),
    ("important", Intent::Importance),
    ("what part", Intent::Importance),
    ("what role", Intent::Importance),
    ("role of", Intent::Importance),
    ("significant", Intent::Importance),
    ("matter", Intent::Importance),
    ("consequence", Intent::Consequence),
    ("consequences", Intent::Consequence),
    ("effect", Intent::Consequence),
    ("effects", Intent::Consequence),
    ("impact", Intent::Consequence),
    ("outcome", Intent::Consequence),
    ("aftermath", Intent::Consequence),
    ("result of", Intent::Consequence),
    ("results of", Intent::Consequence),
    ("as a result", Intent::Consequence),
    ("lead to", Intent::Consequence),
    ("came of", Intent::Consequence),
    ("what changed", Intent::Consequence),
    ("happened to", Intent::Consequence),
    ("happened with", Intent::Consequence),
    ("happened after", Intent::Consequence),
    ("become of", Intent::Consequence),
    ("became of", Intent::Consequence),
    ("what led to", Intent::Why),
    ("what made", Intent::Why),
    ("what caused", Intent::Why),
    ("what triggered", Intent::Why),
    ("what sparked", Intent::Why),
    ("cause", Intent::Why),
    ("causes", Intent::Why),
    ("reason", Intent::Why),
    ("reasons", Intent::Why),
    ("why", Intent::Why),
    ("how come", Intent::Why),
    ("miert", Intent::Why),
    ("how many years", Intent::HowLong),
    ("how many days", Intent::HowLong),
    ("how many weeks", Intent::HowLong),
    ("how many months", Intent::HowLong),
    ("how many hours", Intent::HowLong),
    ("how long ago", Intent::When),
    ("how long", Intent::HowLong),
    ("how many", Intent::HowMany),
    ("how much", Intent::HowMany),
    ("number of", Intent::HowMany),
    ("what number", Intent::HowMany),
    ("what percentage", Intent::HowMany),
    ("what percent", Intent::HowMany),
    ("what proportion", Intent::HowMany),
    ("hany", Intent::HowMany),
    ("mennyi", Intent::HowMany),
    ("meddig", Intent::HowLong),
    ("toll", Intent::HowMany),
    ("casualties", Intent::HowMany),
    ("how big", Intent::HowMany),
    ("how large", Intent::HowMany),
    ("how tall", Intent::HowMany),
    ("how old", Intent::HowMany),
    ("^ did", Intent::TrueFalse),
    ("^ was", Intent::TrueFalse),
    ("^ were", Intent::TrueFalse),
    ("^ is", Intent::TrueFalse),
    ("^ are", Intent::TrueFalse),
    ("^ do", Intent::TrueFalse),
    ("^ does", Intent::TrueFalse),
    ("^ had", Intent::TrueFalse),
    ("^ have", Intent::TrueFalse),
    ("^ has", Intent::TrueFalse),
    ("^ could", Intent::TrueFalse),
    ("what date", Intent::When),
    ("what day", Intent::When),
    ("which day", Intent::When),
    ("what year", Intent::When),
    ("which year", Intent::When),
    ("what month", Intent::When),
    ("which month", Intent::When),
    ("what time", Intent::When),
    ("date of", Intent::When),
    ("since when", Intent::When),
    ("when", Intent::When),
    ("mikor", Intent::When),
    ("where", Intent::Where),
    ("hol", Intent::Where),
    ("what place", Intent::Where),
    ("which place", Intent::Where),
    ("which city", Intent::Where),
    ("what city", Intent::Where),
    ("which town", Intent::Where),
    ("which country", Intent::Where),
    ("what country", Intent::Where),
    ("which street", Intent::Where),
    ("location of", Intent::Where),
    ("who", Intent::Who),
    ("ki volt", Intent::WhatIs),
    ("^ ki", Intent::Who),
    ("^ kik", Intent::Who),
    ("whom", Intent::Who),
    ("whose", Intent::Who),
    ("which person", Intent::Who),
    ("what happened on", Intent::OnDay),
    ("mi tortent", Intent::OnDay),
    ("what happened in", Intent::OnDay),
    ("what happened the", Intent::OnDay),
    ("define", Intent::WhatIs),
    ("definition", Intent::WhatIs),
    ("mi volt", Intent::WhatIs),
    ("mi az", Intent::WhatIs),
    ("meaning of", Intent::WhatIs),
    ("what does * mean", Intent::WhatIs),
    ("what does", Intent::WhatIs),
    ("what do", Intent::WhatIs),
    ("meant by", Intent::WhatIs),
    ("tell me about", Intent::WhatIs),
    ("what was life", Intent::WhatIs),
    ("list", Intent::List),
    ("^ name", Intent::List),
    ("give me all", Intent::List),
    ("features of", Intent::List),
    ("ways in which", Intent::List),
    ("what were", Intent::List),
    ("what are", Intent::WhatIs),
    ("what is", Intent::WhatIs),
    ("what was", Intent::WhatIs),
    ("what happened", Intent::Consequence),
    ("^ evaluate", Intent::HowFar),
    ("^ assess", Intent::HowFar),
    ("discuss", Intent::HowFar),
    ("do you agree", Intent::HowFar),
    ("^ explain", Intent::Other),
    ("^ describe", Intent::Other),
    ("^ how", Intent::Other),
    ("which", Intent::List),
];

/// The intent of a question; `dated` says whether it contains a day or a month.
pub(super) fn intent(words: &[String], dated: bool) -> Intent {
    let words = without_courtesy(words);
    let found = SPLIT.iter().find(|(cue, _)| cue.stands_in(words)).map_or(Intent::Other, |(_, intent)| *intent);
    match found {
        Intent::List | Intent::Other | Intent::WhatIs | Intent::TrueFalse if kind_asked(words).is_some() => {
            kind_asked(words).unwrap_or(found)
        }
        // "What happened in Paris" has no day, "what happened to him on 3 November" has one.
        Intent::OnDay if !dated => Intent::Consequence,
        Intent::Consequence if dated && stands_in("what happened", words) && !stands_in("happened to", words) => Intent::OnDay,
        Intent::Who if identity(words) => Intent::WhatIs,
        found => found,
    }
}

/// The words after "can you tell me", "do you know", "please" and the like.
pub(super) fn without_courtesy(words: &[String]) -> &[String] {
    const COURTESY: &[&str] = &[
        "can", "could", "would", "you", "please", "do", "know", "tell", "me", "us", "hi", "hello", "hey", "i", "want", "need",
        "to", "so", "and", "but",
    ];
    let asks =
        |word: &String| word == "you" || word == "please" || word == "hi" || word == "hello" || word == "hey" || word == "i";
    let end = words.iter().take_while(|word| COURTESY.contains(&word.as_str())).count();
    let polite = words[..end].iter().any(asks) && !(end > 2 && words[0] == "tell");
    if polite { &words[end..] } else { words }
}

/// The intent of "which general", "in what city", from the word after *which* or *what*.
fn kind_asked(words: &[String]) -> Option<Intent> {
    let noun = words.windows(2).find(|pair| matches!(pair[0].as_str(), "which" | "what" | "whose"));
    // "Name the interior minister who banned it".
    let named = || match words {
        [name, rest @ ..] if name == "name" => rest.iter().take(4).find_map(|word| kind_of(word)),
        _ => None,
    };
    noun.and_then(|pair| kind_of(&pair[1])).or_else(named)
}

/// The intent of a question for a thing of that kind.
pub(super) fn kind_of(noun: &str) -> Option<Intent> {
    const SOMEBODY: &str = "person man woman leader leaders politician politicians minister prisoner official officer general colonel \
        marshal commander cardinal bishop priest poet writer author journalist philosopher president premier diplomat ambassador student \
        worker teenager fighter fighters body group groups organisation organization party parties committee historian spy king side sides";
    const SOMEWHERE: &str = "city town village country countries place places street square building district part island river embassy \
        base cemetery capital hospital barracks house factory university cinema region border";
    const SOMETIME: &str = "day date year month time century week evening morning";
    match noun {
        _ if listed(SOMEBODY, noun) => Some(Intent::Who),
        _ if listed(SOMEWHERE, noun) => Some(Intent::Where),
        _ if listed(SOMETIME, noun) => Some(Intent::When),
        _ => None,
    }
}

/// "Who was Imre Nagy" asks what he was; "who was the prime minister" asks for a name. Without the
/// lookup these look alike, so this accepts only questions that consist of "who is NAME".
fn identity(words: &[String]) -> bool {
    matches!(words, [who, is, ..] if who == "who" && matches!(is.as_str(), "is" | "was" | "were" | "are"))
        && words.len() <= 4
        && !words.iter().any(|word| word == "the" || word == "in")
}

/// The cues, split once, because they are matched with every way of asking of a pack.
static SPLIT: LazyLock<Vec<(Cue, Intent)>> =
    LazyLock::new(|| CUES.iter().map(|(cue, intent)| (Cue::new(cue), *intent)).collect());

/// A phrase that indicates an intent.
struct Cue {
    /// Whether it must be at the beginning of the question.
    anchored: bool,
    /// The words; `*` is any word.
    words: Vec<&'static str>,
}

impl Cue {
    fn new(cue: &'static str) -> Cue {
        let (anchored, cue) = cue.strip_prefix("^ ").map_or((false, cue), |rest| (true, rest));
        Cue { anchored, words: cue.split(' ').collect() }
    }

    /// Whether the words contain the phrase.
    fn stands_in(&self, words: &[String]) -> bool {
        let fits = |window: &[String]| window.iter().zip(&self.words).all(|(word, wanted)| *wanted == "*" || word == wanted);
        let mut windows = words.windows(self.words.len());
        if self.anchored { windows.next().is_some_and(fits) } else { windows.any(fits) }
    }
}

fn stands_in(cue: &'static str, words: &[String]) -> bool {
    Cue::new(cue).stands_in(words)
}

/// The factor for a match between a question and a way of asking with these intents.
pub(super) fn agreement(asked: Intent, known: Intent) -> f32 {
    use Intent::{
        Compare, Consequence, HowFar, HowLong, HowMany, Importance, List, OnDay, Other, Source, Summary, TrueFalse, WhatIs, When,
        Where, Who, Why,
    };
    let near = |a: Intent, b: Intent| -> f32 {
        match (a, b) {
            (WhatIs, Summary | Other | List | Who) | (Summary, OnDay | Other | Consequence) | (List, Other) => 0.93,
            (Why, HowFar | Importance | List) | (Consequence, Importance | List | HowFar) => 0.9,
            (OnDay, Consequence | WhatIs | When) | (Source, HowFar | WhatIs) => 0.88,
            (Other, HowFar | Importance | Consequence | Why | OnDay) => 0.92,
            (TrueFalse, HowFar | Other | Why | Compare) | (HowFar, Importance | Summary) => 0.85,
            (HowMany, List | Other) | (HowLong, When) | (Who, List | Other) | (Compare, List | WhatIs | Other) => 0.8,
            (Other, When | Where | TrueFalse) | (Source, Other | HowMany | Why) => 0.8,
            (TrueFalse, WhatIs | When | Who | Consequence) => 0.75,
            (Why, Consequence) | (WhatIs, Where | When | Why | Consequence) => 0.72,
            _ => 0.0,
        }
    };
    if asked == known { 1.0 } else { near(asked, known).max(near(known, asked)).max(0.55) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::words::of_question;

    #[test]
    fn questions_say_what_they_ask_for() {
        for (question, expected) in [
            ("when did stalin die", Intent::When),
            ("in which year was the pact signed", Intent::When),
            ("where was the statue", Intent::Where),
            ("who replaced rakosi", Intent::Who),
            ("who was imre nagy", Intent::WhatIs),
            ("who was the leader of hungary in 1956", Intent::Who),
            ("how many people fled", Intent::HowMany),
            ("how long did it last", Intent::HowLong),
            ("whats the avh", Intent::WhatIs),
            ("why didnt america help", Intent::Why),
            ("what caused the revolution", Intent::Why),
            ("what happened on 4 november", Intent::OnDay),
            ("what happened to the refugees", Intent::Consequence),
            ("explain two consequences of the uprising", Intent::Consequence),
            ("explain the importance of poland for hungary", Intent::Importance),
            ("write a narrative account analysing the key events", Intent::Summary),
            ("how far was rakosi to blame", Intent::HowFar),
            ("how useful is this speech for a historian", Intent::Source),
            ("did nagy flee", Intent::TrueFalse),
            ("is it true that nagy fled", Intent::TrueFalse),
            ("compare nagy and kadar", Intent::Compare),
            ("name the interior minister who banned it", Intent::Who),
            ("miért nem segített a nyugat", Intent::Why),
            ("what percent did they get", Intent::HowMany),
            ("", Intent::Other),
        ] {
            let words = of_question(question);
            let dated = words.iter().any(|word| word.starts_with("day1"));
            assert_eq!(intent(&words, dated), expected, "{question}");
        }
    }

    #[test]
    fn agreement_is_the_same_both_ways() {
        for a in [Intent::When, Intent::Why, Intent::WhatIs, Intent::Other, Intent::Summary] {
            for b in [Intent::Who, Intent::Source, Intent::List, Intent::Consequence] {
                assert!((agreement(a, b) - agreement(b, a)).abs() < f32::EPSILON);
            }
        }
    }
}
