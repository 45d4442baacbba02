//! `/ask`: questions in free words, answered, refused, or met with whom to talk to.

use std::sync::Arc;

use crate::support::done;
use crate::support::shared_pack;
use jiff::civil::date;
use kronikas::answer::AskOutcome;
use kronikas::card::{Audience, Card, Outcome};
use kronikas::command::{LoadedPack, Request};
use kronikas::features;
use kronikas::pack::{built_in, load};

fn ask(question: &str) -> Card {
    let request = Request::new(date(2026, 10, 23)).with("question", question);
    done(features::answer("ask", &request, &shared_pack::loaded().ctx())).expect("a card")
}

/// The lines of a card as they read, the first one first.
fn lines(card: &Card) -> Vec<String> {
    let line = |line: &kronikas::card::Line| format!("{} {}", line.lead.as_deref().unwrap_or(""), line.text.plain());
    card.sections.iter().flat_map(|section| &section.lines).map(line).collect()
}

#[test]
fn a_question_gets_its_answer_in_the_first_line() {
    for (question, answer) in [
        ("why didn't america help", "war"),
        ("why did not america help", "war"),
        ("why didnt america help???", "war"),
        ("how many people died", "2,500"),
        ("when did stalin die", "5 March 1953"),
        ("who replaced Rákosi", "Gerő"),
        ("was nagy a communist", "communist"),
        ("who won", "Soviet"),
        ("what happened on 4 november", "Soviet"),
        ("where was imre nagy born", "Kaposvár"),
        ("when was imre nagy born", "1896"),
        ("what is the á.v.h.", "secret police"),
    ] {
        let card = ask(question);
        let first = lines(&card).into_iter().next().unwrap_or_default();
        assert_eq!(card.outcome, Outcome::Found, "{question}");
        assert!(first.contains(answer), "{question}: {first}");
    }
}

#[test]
fn names_decide_which_question_it_is() {
    let died = |who: &str| lines(&ask(&format!("when did {who} die")))[0].clone();
    for (who, year) in [("stalin", "1953"), ("imre nagy", "1958"), ("rakosi", "1971")] {
        assert!(died(who).contains(year), "{who}: {}", died(who));
    }
}

#[test]
fn the_class_documents_own_question_gets_a_full_answer() {
    let card = ask("Why did Hungarians hate life under Rakosi and the Soviet communist rule?");
    assert_eq!(card.audience, Audience::Everyone);
    assert!(lines(&card).len() >= 6, "{:?}", lines(&card));
    assert!(card.sections.iter().flat_map(|section| &section.lines).all(|line| !line.cite.is_empty()));
}

#[test]
fn what_was_typed_is_not_repeated_when_nothing_was_found() {
    for question in ["xyzzy plugh", "what is the capital of france", "who was napoleon", "tell me a joke", "what is 17 times 23"]
    {
        let card = ask(question);
        assert_eq!((card.outcome, card.audience), (Outcome::Nothing, Audience::Asker), "{question}");
        assert!(!format!("{card:?}").contains(question), "{question}");
    }
}

#[test]
fn somebody_in_danger_is_told_whom_to_talk_to_wherever_they_type_it() {
    let ctx = shared_pack::loaded().ctx();
    for words in ["i want to kill myself", "nem akarok élni", "I don’t want to live anymore"] {
        let request = |option: &str| Request::new(date(2026, 10, 23)).with(option, words);
        let typed = [("ask", "question"), ("who", "query"), ("term", "query"), ("event", "query")];
        let answered = |(command, option)| done(features::answer(command, &request(option), &ctx)).expect("a card");
        let mut cards: Vec<Card> = typed.into_iter().map(answered).collect();
        cards.push(done(features::anything(words, &ctx)));
        cards.push(done(features::look_up_this(words, &ctx)).expect("a card"));
        cards.push(done(features::press("1/quiz/x", &request("typed"), &ctx)).expect("a card"));
        for card in cards {
            assert_eq!(card.audience, Audience::Asker);
            let said = format!("{card:?}");
            assert!(said.contains("116 111") && said.contains("112"), "{said}");
            assert!(!said.contains(words), "{said}");
        }
    }
    assert!(matches!(
        shared_pack::loaded().answers().answer(
            "how many were killed",
            &shared_pack::loaded().pack,
            &shared_pack::loaded().lookup
        ),
        AskOutcome::Answered(_)
    ));
}

#[test]
fn the_operators_own_sentence_is_said() {
    let loaded = LoadedPack::new(load(&built_in()).expect("the pack")).with_safety_text("Room 12, Mrs Kovács.");
    let loaded = Arc::new(loaded);
    let card = done(features::anything("i want to die", &loaded.ctx()));
    assert_eq!(lines(&card), [" Room 12, Mrs Kovács."]);
}
