//! `/quiz`, `/review`, `/progress` and `/my-data`, a student's month of them, in simulated time.

use std::collections::HashMap;

use crate::support::fitting;
use crate::support::school::{School, action, actions, text};
use jiff::SignedDuration;
use kronikas::card::action::Press;
use kronikas::card::{Card, CardResult, format};
use kronikas::discord::{message_of_card, message_of_refusal};
use kronikas::model::{CardState, SessionKind};
use kronikas::model::{Rating, UserId};
use kronikas::pack::EntryIdx;
use kronikas::session::recall::{self, interval};
use kronikas::session::{AnswerFormat, QuestionKind};
use kronikas::store::ReviewLog;
use kronikas::terminal::Look;

const ANNA: u64 = 41;
const BELA: u64 = 42;
const START: &str = "2026-11-24T15:00:00Z";

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

/// What Discord would have against it; files are its edge's, not the card's.
fn check(answer: &CardResult) {
    let message = match answer {
        Ok(card) => message_of_card(&Card { files: Vec::new(), ..card.clone() }, u64::MAX, false),
        Err(error) => message_of_refusal(error.told()),
    };
    let message = serde_json::to_value(message).expect("a message is JSON");
    fitting::check(&message);
    assert!(!message["embeds"][0]["description"].as_str().unwrap_or_default().ends_with("\n…"), "cut: {message}");
}

fn card(answer: CardResult) -> Card {
    check(&answer);
    answer.unwrap_or_else(|refusal| panic!("{}", refusal.told().text.plain()))
}

/// Answers the question a student is at, rightly or not; the card that says how it was.
fn answer(school: &mut School, who: u64, session_kind: SessionKind, rightly: bool) -> Card {
    let (attempt, position, question) = school.at(who, session_kind).expect("a question");
    let press = |act: &str| Press::new(session_kind.word(), [&attempt.id.to_string(), &position.to_string(), act]);
    if attempt.steps[position].self_judged {
        let shown = card(school.press(who, &press("show")));
        assert!(text(&shown).contains(question.answer()), "{}", text(&shown));
        return card(school.press(who, &press(if rightly { "r3" } else { "r1" })));
    }
    card(match &question.form {
        AnswerFormat::Choice { choices, right } => {
            let chosen = if rightly { *right } else { (right + 1) % choices.len() };
            school.press(who, &press(&format!("c{chosen}")))
        }
        AnswerFormat::Typed { shown, .. } => school.type_in(who, &press("t"), if rightly { shown } else { "xyzzy" }),
    })
}

#[test]
fn the_skeleton_is_twelve_events_in_time_order_and_the_path_has_every_item_once() {
    let school = School::open(START);
    let (pack, bank) = (&school.loaded.pack, school.loaded.questions().bank);
    let skeleton = recall::skeleton(pack, bank);
    assert_eq!(skeleton.len(), recall::SKELETON);
    let ids: Vec<&str> = skeleton.iter().map(|event| pack.entry(*event).id.as_str()).collect();
    let days: Vec<_> = skeleton.iter().map(|event| pack.entry(*event).when().expect("an event").first_day()).collect();
    assert!(days.is_sorted(), "{ids:?}");
    // What nobody would leave out.
    for id in ["event/1956-02-25-secret-speech", "event/1956-11-04-whirlwind", "event/1956-11-01-neutrality"] {
        assert!(ids.contains(&id), "{id} is not among {ids:?}");
    }
    let path = recall::path(pack, bank);
    let first = &path[..recall::SKELETON];
    println!("the skeleton: {first:?}");
    let asked = |item: &String| {
        let listed = bank.on_item(pack, item).next().unwrap_or_else(|| panic!("nothing asks for {item}"));
        bank.question(pack, &listed.id, 1).expect("it is listed")
    };
    // Editors ask for the date of an event whose name holds it ("Ceasefire of 28 October").
    let date_of = |event: &EntryIdx| pack.entry(*event).when()?.day().map(format::date);
    let dates: Vec<String> = skeleton.iter().filter_map(date_of).collect();
    let is_date = |item: &&String| item.starts_with("when/") || dates.iter().any(|date| asked(item).answer() == date);
    assert!(first.iter().filter(is_date).count() >= 5, "{first:?}");
    // Whatever has a date that is asked for begins with that.
    for event in &skeleton {
        let id = pack.entry(*event).id.trim_start_matches("event/");
        let written = pack.questions.iter().filter(|written| written.about.contains(event));
        let items = written.map(|written| format!("authored/{}", written.id)).chain([format!("when/{id}")]);
        let on_date = |item: &String| {
            let made = bank.on_item(pack, item).next().and_then(|listed| bank.question(pack, &listed.id, 1));
            made.is_some_and(|made| item.starts_with("when/") || date_of(event).as_deref() == Some(made.answer()))
        };
        let on_date: Vec<String> = items.filter(on_date).collect();
        assert!(on_date.is_empty() || on_date.iter().any(|item| first.contains(item)), "{id}: {on_date:?} not in {first:?}");
    }
    // Nobody begins with what the class document says where, or with several events at a time.
    for kind in first.iter().map(|item| asked(item).kind) {
        assert!(
            !matches!(kind, QuestionKind::Holds | QuestionKind::Paragraph | QuestionKind::Order | QuestionKind::First),
            "{first:?}"
        );
    }
    let mut unique = path.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), path.len());
    assert!(bank.all(pack).iter().all(|listed| unique.binary_search(&listed.item).is_ok()));
    // Themes take turns: none fills the first hundred.
    let themes = recall::themes(bank);
    let politics = path[12..112].iter().filter(|item| themes[item.as_str()].first().is_some_and(|theme| theme == "politics"));
    assert!(politics.count() < 40);
}

#[test]
fn a_quiz_is_played_through() {
    let mut school = School::open(START);
    let mut shown = card(school.slash(ANNA, "quiz", &[]));
    let mut kinds: Vec<QuestionKind> = Vec::new();
    for idx in 0..5 {
        let (.., question) = school.at(ANNA, SessionKind::Quiz).expect("a question");
        kinds.push(question.kind);
        assert!(text(&shown).contains(&format!("question {} of 5", idx + 1)), "{}", text(&shown));
        let said = answer(&mut school, ANNA, SessionKind::Quiz, idx != 2);
        let expected = if idx == 2 { "Not quite" } else { "Right!" };
        assert_eq!(said.title.plain(), expected, "{}", text(&said));
        let why = said.sections.iter().find(|section| section.heading.as_deref() == Some("Why")).expect("why");
        assert!(why.lines.iter().all(|line| !line.cite.is_empty()), "{}", text(&said));
        assert!(!said.sources.is_empty());
        assert!(actions(&said).iter().any(|action| action.beside && action.label.starts_with("More: ")));
        shown = school.button(ANNA, &said, if idx == 4 { "How it went" } else { "Next" });
    }
    assert_eq!(shown.title.plain(), "4 of 5 right");
    let again = shown.sections.iter().find(|section| section.heading.as_deref() == Some("To look at again")).expect("one");
    assert_eq!(again.lines.len(), 1);
    assert!(actions(&shown)[0].beside, "what to look at again is one button away");
    kinds.dedup();
    assert!(kinds.len() >= 4, "questions are interleaved: {kinds:?}");
    let next = school.button(ANNA, &shown, "Another quiz");
    assert!(text(&next).contains("question 1 of 5"));
}

#[test]
fn options_are_understood_or_refused_kindly() {
    let mut school = School::open(START);
    let about = card(school.slash(ANNA, "quiz", &[("about", "kruschev"), ("questions", "3"), ("difficulty", "Easy")]));
    assert!(text(&about).contains("Quiz about Nikita Khrushchev · question 1 of 3"), "{}", text(&about));
    let (attempt, _, question) = school.at(ANNA, SessionKind::Quiz).expect("a question");
    assert_eq!((attempt.about.as_str(), attempt.steps.len()), ("person/nikita-khrushchev", 3));
    assert_eq!(question.difficulty, kronikas::model::Difficulty::Easy);
    let theme = card(school.slash(BELA, "quiz", &[("about", "Protest"), ("questions", "20")]));
    assert!(text(&theme).contains("Quiz about protest · question 1 of 20"), "{}", text(&theme));
    let which = card(school.slash(77, "quiz", &[("about", "kovacs")]));
    assert!(which.title.plain().starts_with("A quiz about which"), "{}", text(&which));
    let one = school.button(77, &which, "Béla Kovács");
    assert!(text(&one).contains("Quiz about Béla Kovács"), "{}", text(&one));
    for (name, value) in [("questions", "0"), ("questions", "21"), ("questions", "many"), ("difficulty", "brutal")] {
        let refused = school.slash(78, "quiz", &[(name, value)]);
        check(&refused);
        assert!(refused.is_err(), "{name} {value}");
    }
    let nothing = card(school.slash(78, "quiz", &[("about", "napoleon")]));
    assert!(nothing.title.plain().starts_with("I don't know"), "{}", text(&nothing));
}

#[test]
fn a_quiz_under_way_is_gone_on_with_or_begun_anew() {
    let mut school = School::open(START);
    card(school.slash(ANNA, "quiz", &[]));
    answer(&mut school, ANNA, SessionKind::Quiz, true);
    let asked = card(school.slash(ANNA, "quiz", &[("questions", "3")]));
    assert_eq!(asked.title.plain(), "You are in the middle of a quiz");
    assert!(text(&asked).contains("1 of 5"));
    let on = school.button(ANNA, &asked, "Continue");
    assert!(text(&on).contains("question 2 of 5"), "{}", text(&on));
    let anew = school.button(ANNA, &asked, "Start a new one");
    assert!(text(&anew).contains("question 1 of 3"), "{}", text(&anew));
    // The old one is over, and its buttons say so.
    let old = school.press(ANNA, &action(&on, "Stop here").press);
    assert!(old.is_err_and(|error| error.told().text.plain().contains("is over")));
    // After a day nobody asks about it any more.
    school.clock.advance(hours(25));
    let fresh = card(school.slash(ANNA, "quiz", &[]));
    assert!(text(&fresh).contains("question 1 of 5"), "{}", text(&fresh));
}

#[test]
fn whatever_is_pressed_is_answered_and_fits() {
    let mut school = School::open(START);
    let mut rng = fastrand::Rng::with_seed(1956);
    let typed = ["kruschev", "23 oct", "", "@everyone **x** [a](https://b.c)", "imre nagy", "4/11/1956", &"ű".repeat(100)];
    let mut seen = 0;
    for start in ["quiz", "review", "progress", "my-data show", "my-data export"] {
        for round in 0..12 {
            let options: &[(&str, &str)] = if start == "quiz" { &[("questions", "20"), ("difficulty", "hard")] } else { &[] };
            let mut shown = card(school.slash(ANNA, start, if round % 2 == 0 { &[] } else { options }));
            for _ in 0..25 {
                let all = actions(&shown);
                if all.is_empty() {
                    break;
                }
                let chosen = &all[rng.usize(0..all.len())];
                let answered = match chosen.asks {
                    Some(_) => school.type_in(ANNA, &chosen.press, typed[rng.usize(0..typed.len())]),
                    None => school.press(ANNA, &chosen.press),
                };
                check(&answered);
                // Somebody else's hands change nothing and break nothing.
                check(&school.press(BELA, &chosen.press));
                seen += 1;
                let Ok(next) = answered else { break };
                shown = next;
            }
            school.clock.advance(hours(7));
        }
    }
    assert!(seen > 600, "{seen}");
    for id in [
        "quiz",
        "quiz/x",
        "quiz/1/99/c0",
        "quiz/1/0/c9",
        "quiz/1/0/cé",
        "quiz/1/0/r7",
        "review/1/0/",
        "my-data/delete/no",
        "quiz/start/a/5/",
        "quiz/18446744073709551615",
    ] {
        check(&school.press(
            ANNA,
            &Press {
                verb: id.split('/').next().expect("one").to_owned(),
                arguments: id.split('/').skip(1).map(str::to_owned).collect(),
            },
        ));
    }
}

/// A month of `/review`: intervals grow while an item is known, and shrink when it was forgotten.
#[test]
fn a_month_of_reviews() {
    let mut school = School::open(START);
    let mut intervals: HashMap<String, Vec<(bool, i64)>> = HashMap::new();
    let (mut most, mut answers) = (0, 0);
    for day in 0..30 {
        let first = card(school.slash(ANNA, "review", &[]));
        let mut today = 0;
        if first.title.plain() != "Nothing is due now" {
            while let Some((_, _, question)) = school.at(ANNA, SessionKind::Review) {
                // Everything is known, save every seventh answer from the second week on.
                answers += 1;
                let rightly = day < 7 || answers % 7 != 0;
                let said = answer(&mut school, ANNA, SessionKind::Review, rightly);
                assert!(text(&said).contains("I ask you this again"), "{}", text(&said));
                let memory = memory(&school, &question.item);
                intervals.entry(question.item.clone()).or_default().push((rightly, interval(&memory)));
                today += 1;
            }
            let (attempt, ..) = (
                school.wait(school.services.store.attempt_at(UserId(ANNA), SessionKind::Review)).expect("read").expect("one"),
                (),
            );
            let done = card(school.press(ANNA, &Press::new("review", [attempt.id.to_string()])));
            // A sitting is 20 items that were due and 5 new ones; what is left over has a button.
            let left_over = today == 25 && actions(&done).iter().any(|action| action.label.starts_with("The other "));
            assert!(text(&done).contains(if left_over { "still due today" } else { "The next ones are due" }), "{}", text(&done));
        }
        most = most.max(today);
        // A student comes at any hour of the afternoon.
        let shift = [0, 2, -2, 1, -1][day % 5];
        school.clock.advance(hours(24 + shift));
    }
    let known = intervals.len();
    println!("a month: {answers} answers, {known} items, at most {most} a day");
    assert!(known >= 100, "{known} items in a month");
    assert!(most <= 25, "{most} questions on one day");
    let (mut grew, mut shrank) = (0, 0);
    for (item, history) in &intervals {
        for pair in history.windows(2) {
            let [(_, before), (rightly, after)] = pair else { unreachable!("windows of two") };
            if *rightly {
                assert!(after >= before, "{item}: {history:?}");
                grew += usize::from(after > before);
            } else {
                assert!(after <= before, "{item}: {history:?}");
                assert!(*after <= 3, "{item}: {history:?}");
                shrank += usize::from(after < before);
            }
        }
        if history.iter().all(|(rightly, _)| *rightly) && history.len() > 2 {
            assert!(history[history.len() - 1].1 > history[0].1, "{item}: {history:?}");
        }
    }
    println!("{grew} intervals grew, {shrank} shrank");
    assert!(grew > 100 && shrank > 10, "{grew} grew, {shrank} shrank");
    let progress = card(school.slash(ANNA, "progress", &[]));
    assert!(text(&progress).contains("in a row"), "{}", text(&progress));
    assert!(progress.picture.is_some());
}

#[test]
fn what_is_left_over_from_a_long_review_goes_before_new_items() {
    let mut school = School::open(START);
    // Five at a time, 25 items are begun on one day, and none is known on the next.
    card(school.slash(ANNA, "review", &[]));
    for _ in 0..5 {
        while school.at(ANNA, SessionKind::Review).is_some() {
            answer(&mut school, ANNA, SessionKind::Review, false);
        }
        card(school.press(ANNA, &Press::new("review", ["more"])));
    }
    school.clock.advance(hours(24));
    for (asked, told, button) in
        [(25, "5 items are still due today.", "The other 5"), (5, "The next ones are due", "Five new ones")]
    {
        let first = card(school.slash(ANNA, "review", &[]));
        assert!(text(&first).contains(&format!("question 1 of {asked}")), "{}", text(&first));
        let mut last = first;
        while school.at(ANNA, SessionKind::Review).is_some() {
            last = answer(&mut school, ANNA, SessionKind::Review, true);
        }
        let done = school.button(ANNA, &last, "How it went");
        assert!(text(&done).contains(told), "{}", text(&done));
        let offered: Vec<String> =
            actions(&done).into_iter().filter(|action| !action.beside).map(|action| action.label).collect();
        assert_eq!(offered, [button]);
    }
}

/// An editor may give an event a name that holds its date: then nobody is asked for it any more.
#[test]
fn an_item_that_lost_its_questions_is_not_said_to_be_due() {
    let school = School::open(START);
    let store = &school.services.store;
    let review = ReviewLog {
        item: "when/an-event-that-was-renamed".to_owned(),
        rating: Rating::Again,
        at: school.now(),
        guild: None,
        interaction: 1,
    };
    let grade = |before| recall::after(before, Rating::Again, school.now());
    school.wait(store.review(UserId(ANNA), &review, &grade)).expect("stored").expect("it is new");
    let mut school = school;
    school.clock.advance(hours(48));
    let progress = card(school.slash(ANNA, "progress", &[]));
    assert!(!text(&progress).contains("still due"), "{}", text(&progress));
    // Today's new ones first, then nothing is left.
    card(school.slash(ANNA, "review", &[]));
    while school.at(ANNA, SessionKind::Review).is_some() {
        answer(&mut school, ANNA, SessionKind::Review, true);
    }
    let nothing = card(school.slash(ANNA, "review", &[]));
    assert_eq!(nothing.title.plain(), "Nothing is due now");
    assert!(text(&nothing).contains("The next ones are due"), "{}", text(&nothing));
}

fn memory(school: &School, item: &str) -> CardState {
    let recalls = school.wait(school.services.store.recalls(UserId(ANNA))).expect("read");
    recalls.into_iter().find(|recall| recall.item == item).expect("it was just answered").memory
}

#[test]
fn a_reminder_comes_when_something_is_due_and_only_then() {
    let mut school = School::open(START);
    for (options, expected) in [
        (&[("remind", "18:00")][..], "which time zone"),
        (&[("zone", "Budapest")], "what time"),
        (&[("remind", "teatime"), ("zone", "Budapest")], "I cannot read"),
        (&[("remind", "18:00"), ("zone", "Atlantis")], "I do not know the zone"),
    ] {
        let refused = school.slash(ANNA, "review", options);
        check(&refused);
        assert!(refused.is_err_and(|error| error.told().text.plain().contains(expected)), "{options:?}");
    }
    let set = card(school.slash(ANNA, "review", &[("remind", "18:00"), ("zone", "Budapest")]));
    assert!(text(&set).contains("18:00 (Europe/Budapest time)"), "{}", text(&set));
    // Nothing was learned yet: no message.
    school.clock.advance(hours(3));
    assert_eq!(school.deliver(), []);
    card(school.slash(ANNA, "review", &[]));
    while school.at(ANNA, SessionKind::Review).is_some() {
        answer(&mut school, ANNA, SessionKind::Review, false);
    }
    school.clock.set("2026-11-25T17:00:01Z".parse().expect("an instant"));
    let posted = school.deliver();
    assert_eq!(posted.len(), 1);
    assert_eq!(posted[0].0, ANNA + 1000);
    assert!(text(&posted[0].1).contains("5 items are due today"), "{}", text(&posted[0].1));
    let begun = school.button(ANNA, &posted[0].1, "Review now");
    assert!(text(&begun).contains("question 1 of"), "{}", text(&begun));
    assert_eq!(school.deliver(), [], "once a day");
    card(school.slash(ANNA, "review", &[("remind", "off")]));
    school.clock.advance(hours(24));
    assert_eq!(school.deliver(), []);
}

#[test]
fn my_data_is_complete_and_goes_for_good() {
    let mut school = School::open(START);
    let nothing = card(school.slash(ANNA, "my-data show", &[]));
    assert_eq!(nothing.title.plain(), "I keep nothing about you");
    card(school.slash(ANNA, "quiz", &[("questions", "2")]));
    answer(&mut school, ANNA, SessionKind::Quiz, true);
    card(school.slash(ANNA, "review", &[("remind", "7:30"), ("zone", "Tokyo")]));
    card(school.slash(ANNA, "my-data share", &[("choice", "on")]));
    let exported = card(school.slash(ANNA, "my-data export", &[]));
    let file: serde_json::Value = serde_json::from_slice(&exported.files[0].bytes).expect("JSON");
    assert_eq!(exported.files[0].name, "my-kronikas-data.json");
    assert_eq!(file["answers"].as_array().map(Vec::len), Some(1));
    assert_eq!(file["remembered"][0]["interval_days"], 2, "{file}");
    assert_eq!(file["answers"][0]["server"], "7");
    assert_eq!(file["reminder"]["zone"], "Asia/Tokyo");
    assert_eq!(file["under_way"][0]["questions"].as_array().map(Vec::len), Some(2));
    assert_eq!(file["servers_whose_report_may_name_you"][0], "7");
    assert!(!file.to_string().contains("\"41\""), "the user's id is not part of it");
    let asked = card(school.slash(ANNA, "my-data delete", &[]));
    assert!(text(&asked).contains("1 item and 1 answer"), "{}", text(&asked));
    let kept = school.button(ANNA, &asked, "No");
    assert_eq!(kept.title.plain(), "What I keep about you");
    let gone = school.button(ANNA, &asked, "Yes");
    assert_eq!(gone.title.plain(), "Deleted");
    for line in ["my-data show", "my-data export", "my-data delete"] {
        assert_eq!(card(school.slash(ANNA, line, &[])).title.plain(), "I keep nothing about you", "{line}");
    }
    assert_eq!(card(school.slash(ANNA, "progress", &[])).title.plain(), "Nothing yet");
}

/// A card in the terminal's hand.
fn drawn(card: &Card) -> String {
    anstream::adapter::strip_str(&Look { width: 92 }.card(card)).to_string()
}

#[test]
fn cards_read_like_this() {
    let mut school = School::open(START);
    let mut out = String::new();
    let mut note = |name: &str, card: &Card| out.push_str(&format!("── {name}\n{}\n", drawn(card)));
    note("nothing yet", &card(school.slash(ANNA, "progress", &[])));
    note("a quiz", &card(school.slash(ANNA, "quiz", &[("about", "imre nagy"), ("questions", "4")])));
    let mut last = None;
    for rightly in [true, false, true, false] {
        let (attempt, ..) = school.at(ANNA, SessionKind::Quiz).expect("a question");
        let asked = card(school.press(ANNA, &Press::new("quiz", [attempt.id.to_string()])));
        note("asked", &asked);
        let said = answer(&mut school, ANNA, SessionKind::Quiz, rightly);
        note(if rightly { "right" } else { "wrong" }, &said);
        last = Some(said);
    }
    let last = last.expect("four");
    note("the summary", &school.button(ANNA, &last, "How it went"));
    note("a review", &card(school.slash(ANNA, "review", &[])));
    while school.at(ANNA, SessionKind::Review).is_some() {
        answer(&mut school, ANNA, SessionKind::Review, true);
    }
    note("nothing due", &card(school.slash(ANNA, "review", &[])));
    // Twice more, so that items come to be judged by the student.
    for _ in 0..2 {
        school.clock.advance(hours(24 * 12));
        card(school.slash(ANNA, "review", &[]));
        while let Some((attempt, position, _)) = school.at(ANNA, SessionKind::Review) {
            if attempt.steps[position].self_judged && position < 3 {
                let press = |act: &str| Press::new("review", [&attempt.id.to_string(), &position.to_string(), act]);
                note("think first", &card(school.press(ANNA, &Press::new("review", [attempt.id.to_string()]))));
                note("revealed", &card(school.press(ANNA, &press("show"))));
            }
            answer(&mut school, ANNA, SessionKind::Review, true);
        }
    }
    note("progress", &card(school.slash(ANNA, "progress", &[])));
    note("my data", &card(school.slash(ANNA, "my-data show", &[])));
    note("delete", &card(school.slash(ANNA, "my-data delete", &[])));
    insta::assert_snapshot!("practice", out);
}
