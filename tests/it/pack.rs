//! The built-in pack: it covers the class document, it is as large as promised, and a broken one is
//! told apart by file, line and column.

use crate::support::shared_pack;
use std::collections::BTreeMap;

use kronikas::pack::{Citation, Facts, Kind, Pack, PackFiles, Passage, Report, json_schemas, load};

fn pack() -> &'static Pack {
    shared_pack::pack()
}

fn cited(pack: &Pack, id: &str) -> Citation {
    let (passage, claim) = match id.strip_prefix('¶') {
        Some(rest) => {
            let (number, claim) = rest.split_once('.').unwrap_or((rest, ""));
            (Passage::Paragraph(number.parse().expect("a number")), claim.parse().ok())
        }
        None => (Passage::Question(id[1..].parse().expect("a number")), None),
    };
    assert!(pack.has_passage(passage, claim), "{id}");
    Citation::Document { passage, claim }
}

#[test]
fn every_claim_of_the_class_document_is_covered() {
    let pack = pack();
    let rows: Vec<Vec<&str>> =
        include_str!("../data/claims.tsv").lines().skip(1).map(|line| line.split('\t').collect()).collect();
    assert_eq!(rows.len(), 116, "115 claims and the study question");
    for row in rows {
        let [id, judged, entry_id, claim_id] = row[..] else { panic!("{row:?}") };
        let citation = cited(pack, id);
        let entry = pack.find(entry_id).map(|idx| pack.entry(idx)).unwrap_or_else(|| panic!("{id}: there is no {entry_id}"));
        let claim = entry.claims.iter().find(|claim| claim.id.as_deref() == Some(claim_id));
        let claim = claim.unwrap_or_else(|| panic!("{id}: {entry_id} has no claim {claim_id}"));
        assert!(claim.cite.contains(&citation), "{id}: {entry_id} {claim_id} does not cite it");
        if judged != "holds" && id != "Q1" {
            let note = entry.notes.iter().find(|note| note.on.contains(&citation));
            let note = note.unwrap_or_else(|| panic!("{id} was judged {judged}, and {entry_id} has no note on it"));
            assert!(note.cite.iter().any(|citation| matches!(citation, Citation::Background(_))), "{id}");
        }
    }
}

#[test]
fn the_document_is_whole() {
    let pack = pack();
    assert_eq!(pack.document.paragraphs.len(), 17);
    assert_eq!(pack.document.paragraphs.iter().map(|paragraph| u32::from(paragraph.claims)).sum::<u32>(), 115);
    assert_eq!(pack.document.questions.len(), 1);
}

#[test]
fn the_pack_is_as_large_as_promised() {
    let pack = pack();
    let count = |kind| pack.of_kind(kind).count();
    assert!(count(Kind::Event) >= 200, "{} events", count(Kind::Event));
    assert!(count(Kind::Person) >= 50 && count(Kind::Group) >= 25 && count(Kind::Place) >= 35 && count(Kind::Term) >= 50);
    let mut months: BTreeMap<i8, usize> = BTreeMap::new();
    for (_, _, facts) in pack.events().filter(|(_, _, facts)| facts.when.first_day().year() == 1956) {
        *months.entry(facts.when.first_day().month()).or_default() += 1;
    }
    assert!(months.values().sum::<usize>() >= 150, "{months:?}");
    assert!((1..=12).all(|month| months.get(&month).is_some_and(|events| *events >= 2)), "{months:?}");
}

#[test]
fn every_entry_says_something_cited_and_events_are_linked() {
    let pack = pack();
    for (_, entry) in pack.numbered() {
        assert!(!entry.claims.is_empty() && entry.claims.iter().all(|claim| !claim.cite.is_empty()), "{}", entry.id);
        let ends = |text: &str| text.trim_end_matches(['”', '"', '\'', '’', ')']).ends_with(['.', '?', '!']);
        assert!(entry.claims.iter().all(|claim| ends(&claim.text)), "{}: a claim is a sentence", entry.id);
    }
    let linked = pack.events().filter(|(_, _, facts)| !facts.leads_to.is_empty() || !facts.led_from.is_empty()).count();
    assert!(linked * 10 >= pack.of_kind(Kind::Event).count() * 8, "{linked} events hang together");
}

#[test]
fn the_schemas_are_in_step() {
    for (name, text) in json_schemas() {
        let path = format!("{}/knowledge/schema/{name}", env!("CARGO_MANIFEST_DIR"));
        let committed = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert_eq!(committed, text, "{name} is out of step: run `cargo run -- schema knowledge/schema`");
    }
    for (name, text) in [
        ("events", include_str!("../../knowledge/events.toml")),
        ("people", include_str!("../../knowledge/people.toml")),
        ("groups", include_str!("../../knowledge/groups.toml")),
        ("places", include_str!("../../knowledge/places.toml")),
        ("terms", include_str!("../../knowledge/terms.toml")),
        ("sources", include_str!("../../knowledge/sources.toml")),
        ("pack", include_str!("../../knowledge/pack.toml")),
        ("questions", include_str!("../../knowledge/questions.toml")),
        ("discussions", include_str!("../../knowledge/discussions.toml")),
        ("replay", include_str!("../../knowledge/replay.toml")),
        ("synonyms", include_str!("../../knowledge/synonyms.toml")),
        ("almanac", include_str!("../../knowledge/almanac.toml")),
        ("alike", include_str!("../../knowledge/alike.toml")),
    ] {
        assert!(text.starts_with(&format!("#:schema ./schema/{name}.schema.json\n")), "{name}.toml names its schema");
    }
}

const PACK: &str = r#"schema = 1
id = "small"
title = "Small"
year = 1956
[document]
title = "A document"
[[document.paragraph]]
number = 1
section = "S"
about = "a"
claims = 2
"#;
const SOURCES: &str = "[[source]]\nid = \"book\"\nshort = \"Book\"\ntitle = \"A book\"\nkind = \"reference\"\n";
const EVENT: &str = r#"[[event]]
id = "march"
name = "The march"
when = "1956-10-23"
cite = ["book"]
claims = [{ text = "People marched.", cite = ["¶1.2"] }]
"#;

fn small(events: &str, people: &str) -> Result<Pack, Report> {
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let files =
        vec![file("pack.toml", PACK), file("sources.toml", SOURCES), file("events.toml", events), file("people.toml", people)];
    load(&PackFiles::new("small", files))
}

#[test]
fn a_small_sound_pack_loads() {
    let pack = small(EVENT, "").unwrap_or_else(|report| panic!("{report}"));
    assert_eq!(pack.entries.len(), 1);
}

#[test]
fn every_kind_of_slip_is_told_with_its_place_and_cure() {
    for (change, wrong, line, expected) in [
        (("when = ", "wehn = "), "unknown field `wehn`", 4, "`when`"),
        (("name = \"The march\"\n", ""), "missing field `name`", 1, "Add"),
        (("1956-10-23", "1956-02-30"), "there is no \"1956-02-30\"", 4, "28 to 31"),
        (("1956-10-23", "23 October"), "is not a date", 4, "1912-04-15T02:20"),
        (("\"book\"]", "\"bok\"]"), "there is no source \"bok\"", 5, "Did you mean \"book\"?"),
        (("¶1.2", "¶1.3"), "the class document has no ¶1.3", 6, "¶1.1 to ¶1.2"),
        (("¶1.2", "¶7"), "the class document has no ¶7", 6, "¶1 to ¶1"),
        (("[\"¶1.2\"]", "[]"), "rests on nothing", 6, "Cite a paragraph"),
        (("id = \"march\"", "id = \"The March\""), "is no id", 2, "lower-case"),
        (("The march", "x".repeat(90).as_str()), "this name has 90 characters", 3, "at most 85"),
        (
            ("cite = [\"book\"]\n", "cite = [\"book\"]\npeople = [\"nobody\"]\n"),
            "there is no person \"nobody\"",
            6,
            "Name the id",
        ),
        (
            (
                "cite = [\"book\"]\n",
                "cite = [\"book\"]\nmoves = [{ who = \"All\", from = \"here\", to = \"there\", cite = [\"book\"] }]\n",
            ),
            "there is no place \"here\"",
            6,
            "Name the id",
        ),
        (("cite = [\"book\"]\n", "cite = [\"book\"]\nleads_to = [\"march\"]\n"), "cannot lead to", 6, "Turn the link round"),
        (("[\"book\"]", "\"book\""), "invalid type", 5, "Write"),
    ] {
        let report = small(&EVENT.replacen(change.0, change.1, 1), "").expect_err(wrong);
        let problem = report.problems().iter().find(|problem| problem.wrong.contains(wrong));
        let problem = problem.unwrap_or_else(|| panic!("{wrong:?} not in:\n{report}"));
        assert_eq!((problem.file.as_str(), problem.line), ("small/events.toml", line), "{problem}");
        assert!(problem.column > 0, "{problem}");
        assert!(problem.right.contains(expected), "{problem}");
    }
}

#[test]
fn all_slips_are_told_in_one_run() {
    let twice = format!("{EVENT}{}", EVENT.replace("when", "wehn").replace("march\"", "walk\"").replace("¶1.2", "¶9"));
    let wrong = twice.replacen("\"book\"", "\"boook\"", 1) + "[[event]]\nid = \"march\"\n[[evnt]]\nid = 3\n";
    let report = small(&wrong, "[[person]]\nname = 4\n").expect_err("it is broken");
    let said = report.to_string();
    for expected in ["boook", "unknown field `wehn`", "missing field", "unknown key `evnt`", "people.toml:2"] {
        assert!(said.contains(expected), "{expected:?} not in:\n{said}");
    }
    assert!(said.ends_with("problems"), "{said}");
}

#[test]
fn an_office_is_held_in_a_lifetime_and_rests_on_something() {
    let person = |role: &str| {
        format!(
            "[[person]]\nid = \"m\"\nname = \"M\"\ngist = \"x\"\nborn = \"1900\"\ndied = \"1950\"\nroles = [{role}]\ncite = [\"book\"]\nclaims = [{{ text = \"X.\", cite = [\"book\"] }}]\n"
        )
    };
    let role = r#"{ office = "mayor", of = "Vác", when = "1930/1940-05", cite = ["book"] }"#;
    let pack = small(EVENT, &person(role)).unwrap_or_else(|report| panic!("{report}"));
    let (_, entry) = pack.of_kind(Kind::Person).next().expect("one person");
    assert!(matches!(&entry.facts, Facts::Person(life) if life.roles[0].office == "mayor" && life.roles[0].when.is_some()));
    for (change, wrong) in [
        (("1930/1940-05", "1951"), "before the birth or after the death"),
        (("1930/1940-05", "1940/1930"), "ends before it begins"),
        (("[\"book\"]", "[]"), "rests on nothing"),
        (("mayor", ""), "this office has 0 characters"),
    ] {
        let report = small(EVENT, &person(&role.replacen(change.0, change.1, 1))).expect_err(wrong);
        assert!(report.to_string().contains(wrong), "{wrong:?} not in:\n{report}");
    }
}

#[test]
fn two_entries_may_not_answer_to_one_name() {
    let person = "[[person]]\nid = \"m\"\nname = \"the MÁRCH\"\ngist = \"x\"\ncite = [\"book\"]\nclaims = [{ text = \"X.\", cite = [\"book\"] }]\n";
    let report = small(EVENT, person).expect_err("they clash");
    assert!(report.to_string().contains("event/march answers to \"the MÁRCH\" as well"), "{report}");
}

const QUESTION: &str = r#"[[question]]
id = "q-march"
kind = "choice"
difficulty = 1
ask = "Who marched?"
about = ["event/march"]
tests = ["event/march#people"]
right = "People"
wrong = ["Nobody", "Horses"]
explain = [{ text = "People marched.", cite = ["¶1.2"] }]
"#;
const DISCUSSION: &str = r#"[[discussion]]
id = "d-march"
title = "Why did people march?"
ask = "Why did people march?"
skill = "causes"
on = ["¶1"]
about = ["event/march"]
evidence = ["event/march"]
hints = ["Who?", "Where?", "When?"]
judgement = "That depends."
outline = [
    { point = "a", evidence = [{ text = "A.", cite = ["book"] }] },
    { point = "b", evidence = [{ text = "B.", cite = ["book"] }] },
    { point = "c", evidence = [{ text = "C.", cite = ["book"] }] },
]
"#;

fn asked(questions: &str, discussions: &str) -> Result<Pack, Report> {
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let march = EVENT.replace("{ text", "{ id = \"people\", text");
    let later = march.replace("\"march\"", "\"walk\"").replace("The march", "The walk").replace("10-23", "10-24");
    let disputed = march.replace("\"march\"", "\"run\"").replace("The march", "The run")
        + "differ = [{ text = \"Some say otherwise.\", cite = [\"book\"] }]\n";
    let partly = march.replace("\"march\"", "\"ride\"").replace("The march", "The ride") + "confidence = \"partly\"\n";
    let events = march + &later + &disputed + &partly;
    load(&PackFiles::new(
        "small",
        vec![
            file("pack.toml", PACK),
            file("sources.toml", SOURCES),
            file("events.toml", &events),
            file("questions.toml", questions),
            file("discussions.toml", discussions),
        ],
    ))
}

#[test]
fn questions_and_discussions_are_read() {
    let pack = asked(QUESTION, DISCUSSION).unwrap_or_else(|report| panic!("{report}"));
    assert_eq!((pack.questions.len(), pack.discussions.len()), (1, 1));
    assert_eq!(pack.questions[0].tests, [(pack.find("event/march").expect("it is there"), "people".to_owned())]);
    assert_eq!(pack.discussions[0].outline.len(), 3);
    let typed =
        QUESTION.replace("\"choice\"", "\"typed\"").replace("wrong = [\"Nobody\", \"Horses\"]", "accept = [\"1956-10-23\"]");
    asked(&typed, "").unwrap_or_else(|report| panic!("{report}"));
    let disputed = QUESTION.replace("march#people", "run#people") + "differ = true\n";
    asked(&disputed, "").unwrap_or_else(|report| panic!("{report}"));
}

#[test]
fn unsound_questions_are_told_with_their_place() {
    let order = "right = \"People\"\nwrong = [\"Nobody\", \"Horses\"]";
    for (change, wrong, line) in [
        (("\"event/march\"", "\"event/mrch\""), "there is no entry \"event/mrch\"", 6),
        (("march#people", "march#horses"), "has no claim \"horses\"", 7),
        (("march#people", "march"), "names no claim", 7),
        (("march#people", "run#people"), "event/run is disputed", 7),
        (("march#people", "ride#people"), "event/ride was only partly checked", 7),
        (("Horses", "PÉOPLE"), "stands here twice", 9),
        (("\"Nobody\", ", ""), "1 wrong answers", 5),
        (("¶1.2", "¶1.3"), "has no ¶1.3", 10),
        (("difficulty = 1", "difficulty = 4"), "no such difficulty", 4),
        (("\"choice\"", "\"true-false\""), "neither true nor false", 8),
        (("\"choice\"", "\"typed\""), "nothing that is typed", 5),
        ((order, "order = [\"event/march\", \"event/walk\"]"), "2 events are to be put in order", 5),
        (("\"choice\"", "\"order\""), "has no `right`", 8),
        (("q-march", "Q march"), "is no id", 2),
        (("Who marched?", ""), "this question has 0 characters", 5),
    ] {
        let mut text = QUESTION.replacen(change.0, change.1, 1);
        if change.0 == order {
            text = text.replace("choice", "order");
        }
        let report = asked(&text, "").expect_err(wrong);
        let problem = report.problems().iter().find(|problem| problem.wrong.contains(wrong));
        let problem = problem.unwrap_or_else(|| panic!("{wrong:?} not in:\n{report}"));
        assert_eq!((problem.file.as_str(), problem.line), ("small/questions.toml", line), "{problem}");
    }
    let backwards =
        QUESTION.replace(order, "order = [\"event/march\", \"event/walk\", \"event/march\"]").replace("choice", "order");
    assert!(asked(&backwards, "").expect_err("it runs backwards").to_string().contains("not surely later"));
    assert!(asked(&QUESTION.repeat(2), "").expect_err("twice").to_string().contains("another one with the id"));
}

#[test]
fn unsound_discussions_are_told_with_their_place() {
    for (change, wrong, line) in [
        (("\"Who?\", ", ""), "there are 2 hints", 9),
        (("skill = \"causes\"", "skill = \"guessing\""), "unknown variant", 5),
        (("evidence = [\"event/march\"]", "terms = [\"event/march\"]"), "is no term", 8),
        (("[\"¶1\"]", "[\"book\"]"), "no passage of the class document", 6),
        (("cite = [\"book\"]", "cite = [\"bok\"]"), "there is no source", 12),
    ] {
        let report = asked("", &DISCUSSION.replacen(change.0, change.1, 1)).expect_err(wrong);
        let problem = report.problems().iter().find(|problem| problem.wrong.contains(wrong));
        let problem = problem.unwrap_or_else(|| panic!("{wrong:?} not in:\n{report}"));
        assert_eq!((problem.file.as_str(), problem.line), ("small/discussions.toml", line), "{problem}");
    }
}

/// A pack with the given files of answers.
fn answering(answers: &[(&str, &str)], synonyms: &str) -> Result<Pack, Report> {
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let mut files =
        vec![file("pack.toml", PACK), file("sources.toml", SOURCES), file("events.toml", EVENT), file("synonyms.toml", synonyms)];
    files.extend(answers.iter().map(|(name, text)| file(name, text)));
    load(&PackFiles::new("small", files))
}

const ANSWER: &str = r#"[[answer]]
id = "a-march"
ask = ["who marched", "which people took part in the march", "what did people do"]
answer = [{ text = "People marched.", cite = ["¶1.2"] }]
points = [{ heading = "Students", text = "They went first.", cite = ["book"] }]
open = ["event/march"]
differ = [{ text = "Some say they walked.", cite = ["book"] }]
"#;

#[test]
fn answers_may_stand_in_several_files() {
    let other = ANSWER.replace("a-march", "a-other").replace("ask = [\"", "ask = [\"still ").replace(", \"", ", \"again ");
    let pack = answering(&[("answers.toml", ANSWER), ("answers-more.toml", &other)], "").unwrap();
    let ids: Vec<&str> = pack.answers.iter().map(|answer| answer.id.as_str()).collect();
    assert_eq!(ids, ["a-march", "a-other"]);
    let answer = &pack.answers[0];
    assert_eq!((answer.asks.len(), answer.answer.len(), answer.points.len()), (3, 1, 1));
    assert_eq!(answer.points[0].heading.as_deref(), Some("Students"));
    assert_eq!((answer.open.len(), answer.discuss, answer.disputes.len()), (1, None, 1));
}

#[test]
fn every_slip_in_answers_is_told_with_its_file_and_line() {
    let slips = [
        (2, "id = \"a-march\"", "id = \"A March\"", "is no id"),
        (3, ", \"what did people do\"", "", "there are 2 ways of asking"),
        (3, "what did people do", "Who marched?", "is also a way of asking"),
        (4, "[{ text = \"People marched.\", cite = [\"¶1.2\"] }]", "[]", "this answer has 0 sentences"),
        (4, "¶1.2", "¶1.9", "the class document has no ¶1.9"),
        (5, "[\"book\"]", "[\"bok\"]", "there is no source \"bok\""),
        (6, "event/march", "event/marsh", "there is no entry \"event/marsh\""),
        (7, "differ", "discuss = \"d-none\"\ndiffer", "there is no discussion \"d-none\""),
        (7, "differ =", "differs =", "unknown field `differs`"),
    ];
    for (line, from, to, wrong) in slips {
        let written = ANSWER.replacen(from, to, 1);
        assert_ne!(written, ANSWER, "{from}");
        let report = answering(&[("answers-few.toml", &written)], "").expect_err(wrong);
        let problem = &report.problems()[0];
        assert!(problem.wrong.contains(wrong), "{problem}");
        assert_eq!((problem.file.as_str(), problem.line), ("small/answers-few.toml", line), "{problem}");
    }
    let twice = answering(&[("answers.toml", ANSWER), ("answers-b.toml", ANSWER)], "").expect_err("the id stands twice");
    assert!(twice.to_string().contains("small/answers-b.toml:2:6: there is another answer with the id"), "{twice}");
}

#[test]
fn synonyms_need_something_to_compare() {
    let good = "[[synonym]]\nwords = [\"died\", \"fell\"]\ncovers = [\"drowned\"]\n";
    let pack = answering(&[], good).unwrap();
    assert_eq!(pack.synonyms[0].words, ["died", "fell"]);
    let report = answering(&[], "[[synonym]]\nwords = [\"died\"]\n").expect_err("one word alone");
    assert!(report.to_string().starts_with("small/synonyms.toml:2:9: this group has nothing to compare"), "{report}");
}

#[test]
fn answers_of_the_pack_say_whole_sentences() {
    for answer in &pack().answers {
        let points = answer.points.iter().map(|point| &point.claim);
        for claim in answer.answer.iter().chain(points) {
            assert!(claim.text.ends_with(['.', '?', '!', '”', ')']), "{}: {}", answer.id, claim.text);
            assert!(!claim.cite.is_empty(), "{}", answer.id);
        }
    }
}

fn almanac(days: &str) -> Result<Pack, Report> {
    let sources = "[[source]]\nid = \"book\"\nshort = \"Book\"\ntitle = \"A book\"\nkind = \"reference\"\n[[source]]\nid = \"paper\"\nshort = \"Paper\"\ntitle = \"A paper\"\nkind = \"press\"\n";
    let events = "[[event]]\nid = \"a\"\nname = \"Something\"\nwhen = \"1956-02-18\"\ncite = [\"book\", \"paper\"]\nclaims = [{ text = \"It was.\", cite = [\"book\"] }]\n";
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    load(&PackFiles::new(
        "small",
        vec![file("pack.toml", PACK), file("sources.toml", sources), file("events.toml", events), file("almanac.toml", days)],
    ))
}

fn almanac_day(on: &str, text: &str, cite: &str) -> String {
    format!("[[day]]\non = \"{on}\"\nname = \"A day\"\ntext = \"{text}\"\ncite = [\"{cite}\"]\n")
}

#[test]
fn an_almanac_is_read_in_the_order_of_the_year() {
    let days = almanac_day("1956-03-01", "Later.", "book") + "home = true\n" + &almanac_day("1956-02-29", "Earlier.", "book");
    let pack = almanac(&days).unwrap_or_else(|report| panic!("{report}"));
    let told: Vec<(&str, bool)> = pack.almanac.iter().map(|day| (day.said.text.as_str(), day.at_home)).collect();
    assert_eq!(told, [("Earlier.", false), ("Later.", true)]);
    assert!(pack.almanac_on(2, 29).is_some() && pack.almanac_on(2, 28).is_none());
}

#[test]
fn unsound_almanac_days_are_told_with_their_place() {
    let sound = almanac_day("1956-02-19", "A sentence.", "book");
    let long = "Too long. ".repeat(40);
    for (days, line, wrong) in [
        (almanac_day("1957-02-19", "A sentence.", "book"), 2, "is no day of 1956"),
        (almanac_day("1956-02-30", "A sentence.", "book"), 2, "is no day of 1956"),
        (almanac_day("1956-02-18", "A sentence.", "book"), 2, "has an event"),
        (sound.clone() + &sound, 7, "stands in the almanac twice"),
        (almanac_day("1956-02-19", &long, "book"), 4, "characters"),
        (almanac_day("1956-02-19", "A sentence.", "paper"), 5, "no primary, scholarly or reference work"),
        (almanac_day("1956-02-19", "A sentence.", "¶1"), 5, "no primary, scholarly or reference work"),
        (almanac_day("1956-02-19", "A sentence.", "boook"), 5, "there is no source"),
        (sound.clone() + "weather = \"fine\"\n", 6, "unknown field"),
    ] {
        let report = almanac(&days).expect_err(&days);
        let problem = report.problems().iter().find(|problem| problem.wrong.contains(wrong));
        let problem = problem.unwrap_or_else(|| panic!("{wrong} is not said: {report}"));
        assert_eq!((problem.file.as_str(), problem.line), ("small/almanac.toml", line), "{report}");
    }
}
