//! Checks whether an answer covers the whole question: every office, country, name and verb in it, and
//! the kind of number or date that is asked for. An answer that leaves one out may happen to be right,
//! but counts only as the nearest.

use super::authored::like;
use super::holds::Holds;
use super::intent::Intent;
use super::reading::{ParsedQuestion, QueryTerm, is_aside};
use super::terms::{Feature, Terms};
use super::words::{DAY, day_token, of_text, stands_in, year_token};
use super::{Answer, office};
use crate::pack::Pack;

/// Words below this rarity occur in most sentences. It is low, because in questions about numbers, what
/// is counted is often a common word.
const TELLING: f32 = 3.2;
const TELLING_COUNT: f32 = 2.2;
/// From this likeness on, a word of the answer counts as the one that was asked for.
const SAME: f32 = 0.5;
/// The same for numbers: the executed are not the killed, though some of the killed were executed.
const SAME_COUNT: f32 = 0.76;

/// Whether an answer covers everything that its question mentions; `asks` are other ways of asking it.
pub(super) fn is_whole(answer: &Answer, asks: &[&Feature], question: &ParsedQuestion, terms: &Terms, pack: &Pack) -> bool {
    let said = said(answer, terms, pack);
    let (same, tells) = if question.intent == Intent::HowMany { (SAME_COUNT, TELLING_COUNT) } else { (SAME, TELLING) };
    let has = |asked: &QueryTerm| said.iter().chain(asks.iter().copied()).any(|feature| like(asked, feature, terms) >= same);
    let telling = |asked: &&QueryTerm| asked.weight >= tells && !is_aside(&asked.word) && !is_implied(asked, answer, question);
    question.asked.iter().filter(telling).all(has)
        && is_of_the_kind(answer, question, terms)
        && office::agrees(answer, question, terms)
}

/// Whether an answer covers a word of the question implicitly: the leader of a country by the office,
/// the beginning of something by its date, a part of a day by its events, a month by a day.
fn is_implied(asked: &QueryTerm, answer: &Answer, question: &ParsedQuestion) -> bool {
    const BEGUN: &str = "start started begin began begun place took occur occurred";
    let word = asked.word.as_str();
    match question.intent {
        _ if stands_in("call called name named", word) => true,
        Intent::Who if office::is_leading(word) => true,
        Intent::When if answer.question.is_none() && stands_in(BEGUN, word) => true,
        _ if answer.day.is_some() && stands_in("dawn morning noon afternoon evening night", word) => true,
        _ => super::words::month(word).is_some_and(|month| {
            let day = format!("{DAY}{month:02}");
            let lines = answer.lines.iter().chain(&answer.points);
            lines.flat_map(|line| of_text(&line.text)).any(|token| token.starts_with(&day))
        }),
    }
}

/// The features of an answer, including its heading and the names and day of its subject.
fn said(answer: &Answer, terms: &Terms, pack: &Pack) -> Vec<Feature> {
    let sentences = answer.lines.iter().chain(&answer.points);
    let texts = sentences.flat_map(|sentence| [sentence.lead.as_deref(), Some(sentence.text.as_str())]);
    let mut said: Vec<Feature> =
        texts.chain([answer.question.as_deref()]).flatten().flat_map(|text| terms.read(&of_text(text))).collect();
    // A longer name also covers its words.
    let parts = said.iter().flat_map(|feature| &feature.parts);
    let parts: Vec<Feature> =
        parts.map(|part| Feature { term: Some(*part), entries: Vec::new(), parts: Vec::new(), words: (0, 0) }).collect();
    said.extend(parts);
    for idx in answer.open.iter().take(1) {
        let entry = pack.entry(*idx);
        said.push(Feature { term: None, entries: vec![*idx], parts: Vec::new(), words: (0, 0) });
        let names = std::iter::once(&entry.name).chain(&entry.native).chain(&entry.short).chain(&entry.aliases);
        said.extend(names.flat_map(|name| terms.read(&of_text(name))));
        if let Some(day) = entry.when().and_then(|when| when.day()) {
            let token = day_token(day.month().unsigned_abs().into(), day.day().unsigned_abs().into());
            said.extend(terms.read(&[token, year_token(day.year())]));
        }
    }
    said
}

/// Whether the first sentence contains a number, duration or date, if one is asked for.
fn is_of_the_kind(answer: &Answer, question: &ParsedQuestion, terms: &Terms) -> bool {
    let holds = |of: &dyn Fn(Holds) -> bool| {
        answer.lines.iter().chain(&answer.points).take(3).any(|sentence| {
            let lead = sentence.lead.as_deref().unwrap_or_default();
            of(Holds::of(&of_text(&format!("{lead} {}", sentence.text))))
        })
    };
    match question.intent {
        Intent::HowMany => holds(&|holds| holds.number) && counts(answer, question, terms),
        Intent::HowLong => holds(&|holds| holds.span),
        Intent::When => holds(&|holds| holds.date),
        _ => true,
    }
}

/// Whether a number is next to what is to be counted: in one sentence, or under a heading that names it.
fn counts(answer: &Answer, question: &ParsedQuestion, terms: &Terms) -> bool {
    let counted = question.asked.iter().find(|asked| {
        asked.weight >= TELLING_COUNT
            && !is_aside(&asked.word)
            && !terms.is_name(&asked.feature)
            && !stands_in("people men", &asked.word)
    });
    let Some(counted) = counted else { return true };
    let has = |words: &[String]| terms.read(words).iter().any(|feature| like(counted, feature, terms) >= SAME);
    let heading = answer.question.as_deref().is_some_and(|heading| has(&of_text(heading)));
    answer.lines.iter().chain(&answer.points).any(|sentence| {
        let words = of_text(&format!("{} {}", sentence.lead.as_deref().unwrap_or_default(), sentence.text));
        Holds::of(&words).number && (heading || has(&words))
    })
}

/// Whether a word is part of a date.
pub(super) fn is_date(word: &str) -> bool {
    let digits = |word: &str| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    digits(word) || word.strip_prefix(DAY).is_some_and(digits) || super::words::month(word).is_some()
}

#[cfg(test)]
mod tests {
    use super::super::{Answers, AskOutcome};
    use crate::lookup::Lookup;
    use crate::pack::{built_in, load};

    /// The answers to questions, with "?" before those that are only nearest.
    fn said(questions: &[&str]) -> Vec<String> {
        let pack = load(&built_in()).expect("a sound pack");
        let (lookup, answers) = (Lookup::new(&pack), Answers::new(&pack));
        let said = |question: &&str| {
            let (near, answer) = match answers.answer(question, &pack, &lookup) {
                AskOutcome::Answered(answer) => ("", answer),
                AskOutcome::Nearest(answer) => ("?", answer),
                AskOutcome::Nothing => return "?".to_owned(),
            };
            let first = &answer.lines[0];
            format!("{near}{} {}", first.lead.as_deref().unwrap_or_default(), first.text)
        };
        questions.iter().map(said).collect()
    }

    #[test]
    fn an_office_and_its_country_belong_together() {
        for (question, holder) in [
            ("who was prime minister of britain in 1956", "Eden"),
            ("who was the prime minister of great britain", "Eden"),
            ("who was the french prime minister in 1956", "Mollet"),
            ("who was president of egypt", "Nasser"),
            ("who ran yugoslavia", "Tito"),
            ("who was prime minister of the soviet union in 1956", "Bulganin"),
        ] {
            let said = said(&[question]);
            assert!(said[0].contains(holder) && !said[0].starts_with('?'), "{question}: {said:?}");
        }
    }

    #[test]
    fn what_leaves_a_word_of_the_question_out_is_merely_near() {
        for question in [
            "who was the prime minister of italy in 1956",
            "who was minister of culture in nagys government",
            "how many tanks did germany have",
            "how many students were expelled",
            "how many soviet generals were wounded",
            "who was the president of france in 1956",
            "how long was nagy a prisoner of the turks",
        ] {
            let said = said(&[question]);
            assert!(said[0].starts_with('?'), "{question}: {said:?}");
        }
    }

    #[test]
    fn a_name_that_many_questions_share_still_leads_to_who_it_was() {
        for (question, answer) in [("who was imre nagy", "prime minister"), ("who was janos kadar", "communist")] {
            let said = said(&[question]);
            assert!(said[0].contains(answer) && !said[0].starts_with('?'), "{question}: {said:?}");
        }
    }

    #[test]
    fn lives_and_names_are_found_however_they_are_said() {
        for (question, answer) in [
            ("when was kadar born", "1912"),
            ("when was rakosi born", "1892"),
            ("what is plot 301", "Plot 301"),
            ("who were the pest lads", "Pest"),
        ] {
            let said = said(&[question]);
            assert!(said[0].contains(answer) && !said[0].starts_with('?'), "{question}: {said:?}");
        }
    }
}
