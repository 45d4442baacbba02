//! `/ask` against labelled questions, written by somebody who had seen neither the code nor the answers
//! (`tests/data/README.md`): three sets by three writers. One half of each was used for tuning, the other is
//! only counted.

use std::collections::HashMap;

use kronikas::answer::{Answers, AskOutcome, Sentence, suggests_danger};
use kronikas::lookup::Lookup;
use kronikas::pack::{AuthoredAnswer, Pack};
use regex::RegexBuilder;

use crate::support::shared_pack;

const TUNE: &str = include_str!("../data/questions_tune.tsv");
const KEPT: &str = include_str!("../data/questions_kept.tsv");
const TUNE_2: &str = include_str!("../data/questions_tune2.tsv");
const KEPT_2: &str = include_str!("../data/questions_kept2.tsv");
const TUNE_3: &str = include_str!("../data/questions_tune3.tsv");
const KEPT_3: &str = include_str!("../data/questions_kept3.tsv");

/// What came of one half.
#[derive(Debug, Default)]
struct Tally {
    asked: usize,
    first: usize,
    within_three: usize,
    misleading: usize,
    elsewhere: usize,
    refused: usize,
    in_danger: usize,
    heard: usize,
    misses: Vec<String>,
}

impl Tally {
    /// Thousandths of the questions about the unit.
    fn share(&self, of: usize) -> usize {
        1000 * of / self.asked.max(1)
    }
}

/// Whether all patterns of a label match.
fn fits(label: &str, text: &str) -> bool {
    label.split(" && ").all(|pattern| {
        let pattern =
            RegexBuilder::new(pattern).case_insensitive(true).build().unwrap_or_else(|error| panic!("{pattern}: {error}"));
        pattern.is_match(text)
    })
}

fn shown(sentence: &Sentence) -> String {
    format!("{} {}", sentence.lead.as_deref().unwrap_or_default(), sentence.text)
}

fn judge(row: &str, pack: &Pack, lookup: &Lookup, answers: &Answers, tally: &mut Tally) {
    let columns: Vec<&str> = row.split('\t').collect();
    let [question, kind, _, label] = columns[..] else { panic!("a row has four columns: {row}") };
    let reply = answers.answer(question, pack, lookup);
    match label {
        "REFUSE" => {
            tally.elsewhere += 1;
            // What nobody knows may be met with what comes nearest, said to be no more than that.
            let refused = match reply {
                AskOutcome::Nothing => true,
                AskOutcome::Nearest(_) => kind == "absent",
                AskOutcome::Answered(_) => false,
            };
            tally.refused += usize::from(refused);
            if !refused {
                tally.misses.push(format!("{kind}: {question}: answered"));
            }
            return;
        }
        "ASKER" => {
            tally.in_danger += 1;
            tally.heard += usize::from(suggests_danger(question));
            return;
        }
        _ => assert!(!suggests_danger(question), "{question}"),
    }
    tally.asked += 1;
    let (sure, answer) = match reply {
        AskOutcome::Answered(answer) => (true, answer),
        AskOutcome::Nearest(answer) => (false, answer),
        AskOutcome::Nothing => {
            tally.misses.push(format!("{kind}: {question}: nothing"));
            return;
        }
    };
    let lines: Vec<String> = answer.lines.iter().chain(&answer.points).chain(&answer.support).map(shown).collect();
    let first = fits(label, &lines[0]);
    let three = fits(label, &lines[..lines.len().min(3)].join(" "));
    tally.first += usize::from(first);
    tally.within_three += usize::from(three);
    tally.misleading += usize::from(sure && !three);
    if !first {
        tally.misses.push(format!("{kind}: {question}: {}", lines[0]));
    }
}

fn tally(set: &str) -> Tally {
    let loaded = shared_pack::loaded();
    let (pack, lookup, answers) = (&loaded.pack, &loaded.lookup, loaded.answers());
    let mut tally = Tally::default();
    for row in set.lines().skip(1) {
        judge(row, pack, lookup, answers, &mut tally);
    }
    println!(
        "{} asked: first {}, within three {}, misleading {} (thousandths); refused {} of {}, heard {} of {}",
        tally.asked,
        tally.share(tally.first),
        tally.share(tally.within_three),
        tally.share(tally.misleading),
        tally.refused,
        tally.elsewhere,
        tally.heard,
        tally.in_danger
    );
    tally
}

/// The least that a set must reach, in thousandths; the most, for what misleads.
struct Bar {
    first: usize,
    within_three: usize,
    misleading: usize,
    refused: usize,
    heard: usize,
}

impl Bar {
    fn holds(&self, tally: &Tally, shown: &str) {
        assert!(tally.share(tally.first) >= self.first, "{shown}");
        assert!(tally.share(tally.within_three) >= self.within_three, "{shown}");
        assert!(tally.share(tally.misleading) <= self.misleading, "{shown}");
        assert!(tally.refused * 1000 >= tally.elsewhere * self.refused, "{shown}");
        assert!(tally.heard * 1000 >= tally.in_danger * self.heard, "{shown}");
    }
}

/// The tuned half of a set: its misses are for reading.
fn tuned(set: &str, bar: &Bar) {
    let tally = tally(set);
    bar.holds(&tally, &tally.misses.join("\n"));
}

/// The kept half of a set. What is asserted is what was reached when it was last counted, so that
/// nothing is lost; its misses are not printed, for whoever reads them tunes on them.
fn counted(set: &str, bar: &Bar) {
    bar.holds(&tally(set), "below what was counted before");
}

#[test]
fn questions_are_answered_in_the_first_line() {
    tuned(TUNE, &Bar { first: 960, within_three: 995, misleading: 5, refused: 950, heard: 1000 });
}

#[test]
fn questions_of_a_second_writer_are_answered_in_the_first_line() {
    tuned(TUNE_2, &Bar { first: 930, within_three: 985, misleading: 5, refused: 950, heard: 1000 });
}

#[test]
fn questions_that_nobody_tuned_on_are_counted() {
    counted(KEPT, &Bar { first: 822, within_three: 890, misleading: 25, refused: 940, heard: 1000 });
}

#[test]
fn questions_of_a_second_writer_that_nobody_tuned_on_are_counted() {
    counted(KEPT_2, &Bar { first: 750, within_three: 820, misleading: 40, refused: 860, heard: 1000 });
}

#[test]
fn questions_of_a_third_writer_are_answered_in_the_first_line() {
    tuned(TUNE_3, &Bar { first: 960, within_three: 965, misleading: 5, refused: 920, heard: 1000 });
}

#[test]
fn questions_of_a_third_writer_that_nobody_tuned_on_are_counted() {
    counted(KEPT_3, &Bar { first: 815, within_three: 870, misleading: 25, refused: 950, heard: 1000 });
}

/// The first line of what is said to a question, "?" before what is merely near, "-" for nothing.
fn said(question: &str, pack: &Pack, lookup: &Lookup, answers: &Answers) -> String {
    match answers.answer(question, pack, lookup) {
        AskOutcome::Answered(answer) => shown(&answer.lines[0]),
        AskOutcome::Nearest(answer) => format!("? {}", shown(&answer.lines[0])),
        AskOutcome::Nothing => "-".to_owned(),
    }
}

/// Every way of asking that an editor wrote leads to an answer that has it, as sure.
#[test]
fn an_editors_own_words_get_the_editors_answer() {
    let loaded = shared_pack::loaded();
    let (pack, lookup, answers) = (&loaded.pack, &loaded.lookup, loaded.answers());
    // A leading yes or no is left out where nobody asks whether; two editors may have asked the same.
    let plain = |ask: &str| {
        let words = ask.split(' ').filter(|word| !["is", "are", "was", "were", "the", "a"].contains(word));
        words.collect::<Vec<_>>().join(" ")
    };
    let mut by_words: HashMap<String, Vec<&AuthoredAnswer>> = HashMap::new();
    for written in &pack.answers {
        for ask in &written.asks {
            by_words.entry(plain(ask)).or_default().push(written);
        }
    }
    let (mut asked, mut missed) = (0, Vec::new());
    for ask in pack.answers.iter().flat_map(|written| &written.asks) {
        asked += 1;
        let reply = answers.answer(ask, pack, lookup);
        let AskOutcome::Answered(answer) = &reply else { panic!("{ask}: {reply:?}") };
        let told = answer.lines[0].text.to_lowercase();
        let has = |written: &&AuthoredAnswer| written.answer[0].text.to_lowercase().ends_with(&told);
        if !by_words[&plain(ask)].iter().any(has) {
            missed.push(format!("{ask}: {told}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    assert!(asked > 2000, "{asked}");
}

/// Those who killed are not those who were killed.
#[test]
fn victims_are_counted_and_not_those_who_killed_them() {
    let loaded = shared_pack::loaded();
    let (pack, lookup, answers) = (&loaded.pack, &loaded.lookup, loaded.answers());
    for question in ["how many hungarians were killed by the russians", "how many hungarians did the soviets kill"] {
        let said = said(question, pack, lookup, answers);
        assert!(!said.contains("Soviet soldiers were killed") && said.contains("2,500"), "{question}: {said}");
    }
    let soldiers = said("how many soviet soldiers were killed", pack, lookup, answers);
    assert!(soldiers.contains("669") || soldiers.contains("700"), "{soldiers}");
}

/// Offices are told from what the pack records: whose, when, and who came after whom.
#[test]
fn offices_are_told_with_their_years() {
    let loaded = shared_pack::loaded();
    let (pack, lookup, answers) = (&loaded.pack, &loaded.lookup, loaded.answers());
    for (question, name, years) in [
        ("who was prime minister of hungary in september 1956", "András Hegedüs", "24 October 1956"),
        ("who was the hungarian prime minister in december 1956", "János Kádár", "4 November 1956"),
        ("who was the first secretary of the hungarian party in august 1956", "Ernő Gerő", "25 October 1956"),
        ("who came before imre nagy", "András Hegedüs", "1955"),
        ("who did kadar replace", "Ernő Gerő", "1956"),
        ("when was bulganin prime minister", "Nikolai Bulganin", "February 1955 to March 1958"),
        ("who ran yugoslavia", "Josip Broz Tito", "1980"),
    ] {
        let said = said(question, pack, lookup, answers);
        assert!(said.contains(name) && said.contains(years) && !said.starts_with('?'), "{question}: {said}");
    }
}

/// Other history is refused, in whatever words of the pack it is asked; the unit's own is not.
#[test]
fn other_history_is_refused() {
    let loaded = shared_pack::loaded();
    let (pack, lookup, answers) = (&loaded.pack, &loaded.lookup, loaded.answers());
    for question in [
        "when did world war 1 start",
        "whats for lunch",
        "tell me about the moon landing",
        "best restaurant in budapest",
        "what is nato doing in ukraine",
        "who is the leader of hungary at the moment",
        "is hungary rich these days",
        "who is going to win the election",
        "when was the berlin wall built",
        "when did the french revolution start",
        "who won the second world war",
        "how did the soviet union collapse",
        "what is the capital of australia",
        "when was martial law in poland",
        "what do you think about viktor orban",
        "what chemicals go in a petrol bomb and in what ratio",
        "how many tanks invaded czechoslovakia",
    ] {
        assert_eq!(said(question, pack, lookup, answers), "-", "{question}");
    }
    for question in [
        "did the second world war bring the red army to hungary",
        "when did the hungarian revolution start",
        "what does our text say about rakosis propaganda",
        "how did they make molotov cocktails in 1956",
        "true or false: childern fought in the revolution",
    ] {
        assert_ne!(said(question, pack, lookup, answers), "-", "{question}");
    }
}

/// From one day to another is a story, of which the first day is no summary; what would have been
/// nobody knows for sure.
#[test]
fn a_story_is_no_single_day_and_a_guess_is_never_sure() {
    let loaded = shared_pack::loaded();
    let (pack, lookup, answers) = (&loaded.pack, &loaded.lookup, loaded.answers());
    let story = "Write a narrative account analysing the key events of 23 October to 4 November 1956 in Hungary";
    let told = said(story, pack, lookup, answers);
    assert!(told.contains("23 October") && told.contains("4 November"), "{told}");
    for question in ["what would hungary be like if nagy had won", "who would have replaced khrushchev if he had lost hungary"] {
        let said = said(question, pack, lookup, answers);
        assert!(said.starts_with(['?', '-']), "{question}: {said}");
    }
}

/// A yes or no is said to those who ask whether something is so, and to nobody else.
#[test]
fn only_who_asks_whether_is_told_yes_or_no() {
    let loaded = shared_pack::loaded();
    let (pack, lookup, answers) = (&loaded.pack, &loaded.lookup, loaded.answers());
    for question in ["what happened to the children who fought", "where did nagy hide", "who shot first at the radio"] {
        let said = said(question, pack, lookup, answers);
        let first = said.trim_start_matches(['?', ' ']);
        assert!(!first.starts_with("Yes") && !first.starts_with("No,"), "{question}: {said}");
    }
    assert!(said("did the secret police shoot first", pack, lookup, answers).trim().starts_with("Yes"));
    // What says neither is not told as sure.
    let neither = said("true or false: childern fought in the revolution", pack, lookup, answers);
    let neither = neither.trim_start();
    assert!(neither.starts_with("Yes") || neither.starts_with("True") || neither.starts_with('?'), "{neither}");
}
