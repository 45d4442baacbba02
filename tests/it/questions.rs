//! Questions are never wrong: every one the pack can ask, tried with many seeds, judged here by
//! rules of this file's own.

use crate::support::shared_pack;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use crate::support::large_pack;
use jiff::civil::Date;
use kronikas::card::format;
use kronikas::lookup::Lookup;
use kronikas::model::{Difficulty, Rating};
use kronikas::pack::{Citation, Confidence, Entry, EntryIdx, Facts, Kind, Moment, Pack, PackFiles, Passage, Point, load};
use kronikas::session::{
    AnswerFormat, Filter, GivenAnswer, Judgement, Question, QuestionBank, QuestionKind, judge, of_day, question,
};
use proptest::prelude::*;

const SEEDS: u64 = 20;

fn pack() -> &'static Pack {
    shared_pack::pack()
}

/// The built-in pack with these questions instead of its own.
fn pack_asking(questions: &str) -> Pack {
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let files = vec![
        file("pack.toml", include_str!("../../knowledge/pack.toml")),
        file("sources.toml", include_str!("../../knowledge/sources.toml")),
        file("events.toml", include_str!("../../knowledge/events.toml")),
        file("people.toml", include_str!("../../knowledge/people.toml")),
        file("groups.toml", include_str!("../../knowledge/groups.toml")),
        file("places.toml", include_str!("../../knowledge/places.toml")),
        file("terms.toml", include_str!("../../knowledge/terms.toml")),
        file("questions.toml", questions),
    ];
    load(&PackFiles::new("knowledge", files)).unwrap_or_else(|report| panic!("{report}"))
}

/// Letters and digits only, without case and accents; the genitive cut off.
fn folded(text: &str) -> String {
    // The same few thousand texts are compared over and over.
    thread_local!(static FOLDED: RefCell<HashMap<String, String>> = RefCell::default());
    FOLDED.with_borrow_mut(|known| match known.get(text) {
        Some(folded) => folded.clone(),
        None => known.entry(text.to_owned()).or_insert(fold(text)).clone(),
    })
}

fn fold(text: &str) -> String {
    let text = text.replace('’', "'");
    let words = text.split_whitespace().map(|word| word.split_once("'s").map_or(word, |(word, _)| word));
    let ascii = any_ascii::any_ascii(&words.collect::<Vec<_>>().join(" ")).to_ascii_lowercase();
    let words: Vec<&str> = ascii.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    format!(" {} ", words.join(" "))
}

fn names(entry: &Entry) -> Vec<&str> {
    let all = std::iter::once(&entry.name).chain(&entry.native).chain(&entry.short).chain(&entry.aliases);
    all.map(String::as_str).collect()
}

/// Everything told of an entry.
fn text(entry: &Entry) -> String {
    thread_local!(static TOLD: RefCell<BTreeMap<String, String>> = const { RefCell::new(BTreeMap::new()) });
    TOLD.with_borrow_mut(|told| told.entry(entry.id.clone()).or_insert_with(|| fold_text(entry)).clone())
}

fn fold_text(entry: &Entry) -> String {
    let claims = entry.gist.iter().chain(&entry.claims).map(|claim| claim.text.as_str());
    let notes = entry.notes.iter().flat_map(|note| [note.document.as_str(), note.record.as_str()]);
    let all: Vec<&str> = names(entry).into_iter().chain(claims).chain(notes).collect();
    folded(&all.join(" "))
}

fn named<'a>(pack: &'a Pack, kind: Kind, name: &str) -> (EntryIdx, &'a Entry) {
    pack.of_kind(kind).find(|(_, entry)| entry.name == name).unwrap_or_else(|| panic!("no {kind} {name:?}"))
}

fn is_sound(entry: &Entry) -> bool {
    entry.confidence == Confidence::Verified && entry.disputes.iter().all(|dispute| !dispute.claims.is_empty())
}

fn overlap(one: Moment, other: Moment) -> bool {
    one.first_day() <= other.last_day() && other.first_day() <= one.last_day()
}

/// Whether one moment surely was over before another, reckoned in minutes; "about" is an hour.
fn surely_before(one: Moment, other: Moment) -> bool {
    let minutes = |point: Point, slack: i32| match point {
        Point::Day(_, Some(time)) => {
            let clock = format::clock(time);
            let (hour, minute) = clock.trim_start_matches("about ").split_once(':')?;
            let slack = if clock.starts_with("about") { slack } else { 0 };
            Some(hour.parse::<i32>().ok()? * 60 + minute.parse::<i32>().ok()? + slack)
        }
        _ => None,
    };
    let end = one.to.unwrap_or(one.from);
    let same_day = end.last_day() == other.first_day();
    let by_clock = matches!((minutes(end, 60), minutes(other.from, -60)), (Some(end), Some(start)) if end < start);
    end.last_day() < other.first_day() || (same_day && by_clock)
}

fn when(pack: &Pack, idx: EntryIdx) -> Moment {
    pack.entry(idx).when().expect("an event")
}

/// All that an event led to, and what that led to.
fn closure(pack: &Pack, idx: EntryIdx, forward: bool) -> HashSet<EntryIdx> {
    let mut found = HashSet::new();
    let mut open = vec![idx];
    while let Some(idx) = open.pop() {
        let facts = pack.entry(idx).event().expect("an event");
        for next in if forward { &facts.leads_to } else { &facts.led_from } {
            if found.insert(*next) {
                open.push(*next);
            }
        }
    }
    found
}

/// `23 October`, as a claim would write it.
fn day_and_month(day: Date) -> String {
    folded(&format::day_and_month(day.month(), day.day()))
}

fn choices(question: &Question) -> (&str, Vec<&str>) {
    let AnswerFormat::Choice { choices, right } = &question.form else { panic!("{question:?}") };
    let wrong = choices.iter().enumerate().filter(|(place, _)| place != right).map(|(_, choice)| choice.as_str());
    (choices[*right].as_str(), wrong.collect())
}

/// What holds of every question.
fn well_made(pack: &Pack, question: &Question) {
    let say = || format!("{question:#?}");
    assert!(question.id.len() <= 60 && question.item.len() <= 60, "{}", say());
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-/".contains(c);
    assert!(question.id.chars().all(|c| plain(c) && c != '/') && question.item.chars().all(plain), "{}", say());
    assert!(!question.about.is_empty() && !question.explain.is_empty(), "{}", say());
    assert!(question.explain.iter().all(|claim| !claim.cite.is_empty()), "{}", say());
    assert!(question.lines(pack).iter().all(|line| !line.cite.is_empty()) && !question.sources(pack).is_empty(), "{}", say());
    assert!(question.ask.chars().count() <= 900, "{}", say());
    match &question.form {
        AnswerFormat::Typed { accept, shown } => assert!(!accept.is_empty() && !shown.is_empty(), "{}", say()),
        AnswerFormat::Choice { choices, right } => {
            assert!((2..=5).contains(&choices.len()) && *right < choices.len(), "{}", say());
            assert!(choices.iter().all(|choice| (1..=80).contains(&choice.chars().count())), "{}", say());
            let read: HashSet<String> = choices.iter().map(|choice| folded(choice)).collect();
            assert_eq!(read.len(), choices.len(), "two read the same: {}", say());
        }
    }
    if question.kind != QuestionKind::Authored {
        gives_nothing_away(pack, question);
    }
}

fn gives_nothing_away(pack: &Pack, question: &Question) {
    let say = || format!("{question:#?}");
    let entry = pack.entry(question.about[0]);
    assert!(is_sound(entry), "a disputed fact: {}", say());
    if matches!(question.kind, QuestionKind::Holds | QuestionKind::Paragraph) {
        let is_disputed = |id: &String| entry.disputes.iter().any(|dispute| dispute.claims.contains(id));
        assert!(!question.explain.iter().filter_map(|claim| claim.id.as_ref()).any(is_disputed), "a disputed claim: {}", say());
    }
    let letters =
        matches!(question.kind, QuestionKind::Order | QuestionKind::TrueGist | QuestionKind::Holds | QuestionKind::Paragraph);
    if !letters {
        assert!(!folded(&question.ask).contains(&folded(question.answer())), "it contains its answer: {}", say());
    }
    if let AnswerFormat::Choice { choices, right } = &question.form {
        let length = |choice: &String| choice.chars().count() as f64;
        let others = choices.iter().enumerate().filter(|(place, _)| place != right).map(|(_, choice)| length(choice));
        let longest = others.fold(0.0, f64::max);
        assert!(length(&choices[*right]) <= 1.6 * longest, "its length tells: {}", say());
    }
}

/// Whether nothing that is wrong to choose is right as well.
fn only_one_is_right(pack: &Pack, question: &Question) {
    match question.kind {
        QuestionKind::Date => dates(pack, question),
        QuestionKind::EventOn => events_of_a_date(pack, question),
        QuestionKind::Who => people(pack, question),
        QuestionKind::Place => places(pack, question),
        QuestionKind::Person | QuestionKind::Term | QuestionKind::Group => name_of_a_gist(pack, question),
        QuestionKind::Role | QuestionKind::Meaning | QuestionKind::Body => gist_of_a_name(pack, question),
        QuestionKind::TrueGist => true_or_false(pack, question),
        QuestionKind::Order => order(pack, question),
        QuestionKind::First => first(pack, question),
        QuestionKind::Effect => linked(pack, question, true),
        QuestionKind::Cause => linked(pack, question, false),
        QuestionKind::Paragraph => paragraphs(pack, question),
        QuestionKind::Holds => holds(pack, question),
        QuestionKind::DateTyped | QuestionKind::PersonTyped | QuestionKind::TermTyped | QuestionKind::Authored => {}
    }
    if matches!(
        question.kind,
        QuestionKind::Who
            | QuestionKind::Place
            | QuestionKind::Person
            | QuestionKind::Term
            | QuestionKind::Group
            | QuestionKind::Role
            | QuestionKind::Meaning
            | QuestionKind::Body
            | QuestionKind::TrueGist
    ) {
        of_one_sort(pack, question);
    }
}

/// Whether wrong choices are of the right one's sort, by the lists of the pack's editors.
fn of_one_sort(pack: &Pack, question: &Question) {
    static LISTS: LazyLock<Vec<HashSet<String>>> = LazyLock::new(|| {
        let file: toml::Table = include_str!("../../knowledge/alike.toml").parse().expect("TOML");
        let entries = |list: &toml::Value| list["entries"].as_array().expect("a list").clone();
        let ids = |list| entries(list).iter().map(|id| id.as_str().expect("an id").to_owned()).collect();
        file["alike"].as_array().expect("lists").iter().map(ids).collect()
    });
    let alike = |one: &Entry, other: &Entry| LISTS.iter().any(|list| list.contains(&one.id) && list.contains(&other.id));
    let entry = pack.entry(question.about[0]);
    if question.kind == QuestionKind::TrueGist {
        assert!(question.about[1..].iter().all(|other| alike(entry, pack.entry(*other))), "of another sort: {question:#?}");
        return;
    }
    let (right, wrong) = choices(question);
    let of_choice = |choice: &str| match question.kind {
        QuestionKind::Who => named(pack, Kind::Person, choice).1,
        QuestionKind::Place => named(pack, Kind::Place, choice).1,
        QuestionKind::Role | QuestionKind::Meaning | QuestionKind::Body => {
            pack.of_kind(entry.kind).find(|(_, other)| gist(other) == choice).expect("somebody's gist").1
        }
        _ => named(pack, entry.kind, choice).1,
    };
    let right = of_choice(right);
    for choice in wrong {
        assert!(alike(right, of_choice(choice)), "“{choice}” is of another sort: {question:#?}");
    }
}

fn dates(pack: &Pack, question: &Question) {
    let event = pack.entry(question.about[0]);
    let (truth, (right, wrong)) = (event.when().expect("an event"), choices(question));
    let told = text(event);
    // Of lesser events only the month is asked.
    let weight = |idx: EntryIdx| pack.entry(idx).importance;
    let weightier = pack.events().filter(|(idx, ..)| weight(*idx) > weight(question.about[0])).count();
    let of = |choice: &str| {
        let bare = |when: Moment| match when.from {
            Point::Day(day, _) => Moment { from: Point::Day(day, None), to: None },
            _ => when,
        };
        let month = |when: Moment| match when.from {
            Point::Day(day, _) => Moment { from: Point::Month(day.year(), day.month().unsigned_abs()), to: None },
            _ => when,
        };
        pack.events()
            .map(|(.., facts)| bare(facts.when))
            .flat_map(|when| [when, month(when)])
            .find(|when| match (when.from, when.to) {
                (Point::Day(day, _), None) => format::date(day) == choice,
                _ => format::moment(*when, pack) == choice,
            })
            .expect("an event's date, without its weekday")
    };
    assert!(of(right).covers(truth.first_day()) && of(right).covers(truth.last_day()), "{question:#?}");
    assert!(weightier < 40 || matches!(of(right).from, Point::Month(..)), "nobody learns the day of it: {question:#?}");
    for choice in wrong {
        let date = of(choice);
        assert!(!overlap(date, truth), "{choice} overlaps: {question:#?}");
        if let Some(day) = date.day() {
            assert!(!told.contains(&day_and_month(day)), "{choice} is told of: {question:#?}");
        }
    }
}

fn events_of_a_date(pack: &Pack, question: &Question) {
    let truth = when(pack, question.about[0]);
    let day = truth.day().expect("a day");
    assert!(question.ask.contains(&format::long_date(day)), "{question:#?}");
    let weight = |idx: EntryIdx| pack.entry(idx).importance;
    let weightier = pack.events().filter(|(idx, ..)| weight(*idx) > weight(question.about[0])).count();
    assert!(weightier < 40, "nobody learns the day of it: {question:#?}");
    for choice in choices(question).1 {
        let (_, other) = named(pack, Kind::Event, choice);
        assert!(is_sound(other) && !overlap(other.when().expect("an event"), truth), "{choice}: {question:#?}");
        assert!(!text(other).contains(&day_and_month(day)), "{choice}: {question:#?}");
    }
}

fn people(pack: &Pack, question: &Question) {
    let event = pack.entry(question.about[0]);
    let facts = event.event().expect("an event");
    let (right, wrong) = choices(question);
    assert!(facts.people.contains(&named(pack, Kind::Person, right).0), "{question:#?}");
    let told = text(event);
    let story: Vec<EntryIdx> = facts.leads_to.iter().chain(&facts.led_from).copied().collect();
    for choice in wrong {
        let (idx, person) = named(pack, Kind::Person, choice);
        assert!(!facts.people.contains(&idx), "{choice} was there: {question:#?}");
        let Facts::Person(life) = &person.facts else { panic!("{choice} is nobody") };
        let lived = life.died.is_none_or(|died| died.last_day() >= facts.when.first_day());
        assert!(lived, "{choice} was dead: {question:#?}");
        let family = choice.split(' ').rfind(|word| word.len() > 3).expect("a family name");
        assert!(!told.contains(&folded(family)), "{choice} is told of: {question:#?}");
        assert!(names(person).iter().all(|name| !told.contains(&folded(name))), "{choice}: {question:#?}");
        for linked in story.iter().filter_map(|event| pack.entry(*event).event()) {
            assert!(!linked.people.contains(&idx), "{choice} belongs to the story: {question:#?}");
        }
        for (_, other, same) in pack.events().filter(|(.., other)| overlap(other.when, facts.when)) {
            assert!(!same.people.contains(&idx), "{choice} had a part in {} at the same time: {question:#?}", other.id);
        }
        if let Some(day) = facts.when.day() {
            assert!(!text(person).contains(&day_and_month(day)), "{choice} did something that day: {question:#?}");
        }
        let gap = question.ask.split('“').next_back().expect("a sentence").trim_end_matches('”');
        assert!(person.claims.iter().all(|claim| !folded(&claim.text).contains(&folded(gap))), "{question:#?}");
    }
}

fn places(pack: &Pack, question: &Question) {
    let event = pack.entry(question.about[0]);
    let facts = event.event().expect("an event");
    let (right, wrong) = choices(question);
    let (right, here) = named(pack, Kind::Place, right);
    assert_eq!(facts.places, [right], "{question:#?}");
    let told = text(event);
    let position = |entry: &Entry| match entry.facts {
        Facts::Place { latitude, longitude } => (latitude, longitude),
        _ => panic!("{} is no place", entry.id),
    };
    for choice in wrong {
        let (idx, there) = named(pack, Kind::Place, choice);
        assert!(names(there).iter().all(|name| !told.contains(&folded(name))), "{choice} is told of: {question:#?}");
        let gist = |entry: &Entry| folded(&entry.gist.as_ref().expect("a gist").text);
        let holds = |outer: &Entry, inner: &Entry| names(outer).iter().any(|name| gist(inner).contains(&folded(name)));
        assert!(!holds(there, here) && !holds(here, there), "{choice} and {} may be one: {question:#?}", here.name);
        let ((north, east), (lat, lon)) = (position(here), position(there));
        let kilometres = 111.2 * (north - lat).hypot((east - lon) * north.to_radians().cos());
        assert!(kilometres > 0.5, "{choice} is next door: {question:#?}");
        // Budapest holds whatever lies within it, whether a gist says so or not.
        assert!(choice != "Budapest" || kilometres > 25.0, "{question:#?}");
        let elsewhere = pack.events().filter(|(.., other)| overlap(other.when, facts.when));
        assert!(
            elsewhere.into_iter().all(|(.., other)| !other.places.contains(&idx)),
            "{choice} at the same time: {question:#?}"
        );
    }
}

fn gist(entry: &Entry) -> &str {
    entry.gist.as_ref().expect("a gist").text.trim_end_matches('.')
}

/// Words of four letters and more, cut to their stems; numbers.
fn stems(text: &str) -> HashSet<String> {
    let all = folded(text);
    let long = all.split(' ').filter(|word| word.len() > 3 || word.parse::<u16>().is_ok());
    long.map(|word| word.chars().take(6).collect()).collect()
}

fn not_of(described: &str, other: &Entry, question: &Question) {
    let (wanted, told) = (stems(described), stems(&text(other)));
    let shared = wanted.intersection(&told).count();
    assert!(shared * 5 < wanted.len() * 3, "“{described}” may be true of {}: {question:#?}", other.name);
}

fn name_of_a_gist(pack: &Pack, question: &Question) {
    let entry = pack.entry(question.about[0]);
    for choice in choices(question).1 {
        let (_, other) = named(pack, entry.kind, choice);
        assert!(is_sound(other) && gist(other) != gist(entry), "{question:#?}");
        not_of(gist(entry), other, question);
        if entry.kind == Kind::Term {
            let told = folded(gist(entry));
            assert!(names(other).iter().all(|name| !told.contains(&folded(name))), "{question:#?}");
        }
    }
}

fn gist_of_a_name(pack: &Pack, question: &Question) {
    let entry = pack.entry(question.about[0]);
    let (right, wrong) = choices(question);
    assert_eq!(right, gist(entry));
    for choice in wrong {
        let other = pack.of_kind(entry.kind).find(|(_, other)| gist(other) == choice).expect("somebody's gist").1;
        assert!(is_sound(other) && other.id != entry.id, "{question:#?}");
        not_of(choice, entry, question);
    }
}

fn true_or_false(pack: &Pack, question: &Question) {
    let entry = pack.entry(question.about[0]);
    let form = match entry.kind {
        Kind::Term => format!("True or false? The term “{}” means this: “", entry.name),
        Kind::Group => format!("True or false? “{}” was the name of this: “", entry.name),
        _ => format!("True or false? These words describe {}: “", entry.name),
    };
    let said = question.ask.strip_prefix(&form).and_then(|said| said.strip_suffix("”.")).expect("the form");
    assert!(!said.contains(['“', '”']), "marks within marks: {question:#?}");
    let said = said.replace('‘', "“").replace('’', "”");
    let said = said.as_str();
    if question.answer() == "True" {
        assert_eq!(said, gist(entry), "{question:#?}");
    } else {
        assert_ne!(said, gist(entry), "{question:#?}");
        not_of(said, entry, question);
    }
}

fn order(pack: &Pack, question: &Question) {
    let lines = question.ask.lines().skip(1).map(|line| line.split_once(": ").expect("a letter"));
    let laid: BTreeMap<&str, Moment> =
        lines.map(|(letter, name)| (letter, named(pack, Kind::Event, name).1.when().expect("an event"))).collect();
    assert_eq!(laid.len(), 4);
    let holds = |choice: &str| {
        let order: Vec<Moment> = choice.split(" – ").map(|letter| laid[letter]).collect();
        assert_eq!(order.len(), 4);
        let days: HashSet<Date> = order.iter().map(|when| when.first_day()).collect();
        assert_eq!(days.len(), 4, "hours decide: {question:#?}");
        order.windows(2).all(|two| surely_before(two[0], two[1]))
    };
    let (right, wrong) = choices(question);
    assert!(holds(right) && !wrong.into_iter().any(holds), "{question:#?}");
}

fn first(pack: &Pack, question: &Question) {
    let (right, wrong) = choices(question);
    let truth = when(pack, named(pack, Kind::Event, right).0);
    for choice in wrong {
        assert!(surely_before(truth, when(pack, named(pack, Kind::Event, choice).0)), "{choice}: {question:#?}");
    }
}

fn linked(pack: &Pack, question: &Question, forward: bool) {
    let idx = question.about[0];
    let (right, wrong) = choices(question);
    let all = closure(pack, idx, forward);
    assert!(all.contains(&named(pack, Kind::Event, right).0), "{question:#?}");
    for choice in wrong {
        let (other, entry) = named(pack, Kind::Event, choice);
        assert!(is_sound(entry) && !all.contains(&other), "{choice}: {question:#?}");
        let (earlier, later) = if forward { (other, idx) } else { (idx, other) };
        assert!(surely_before(when(pack, earlier), when(pack, later)), "the calendar allows {choice}: {question:#?}");
    }
}

fn paragraphs(pack: &Pack, question: &Question) {
    let said = question.explain[0].clone();
    let (right, wrong) = choices(question);
    let passage = |choice: &str| Passage::parse(choice).expect("a passage");
    assert!(said.cite.iter().all(|cite| cite.passage() == Some(passage(right))), "{question:#?}");
    for choice in wrong {
        for (idx, claim) in pack.resting_on(passage(choice)) {
            assert!(idx != question.about[0], "{choice} tells of it: {question:#?}");
            let (wanted, told) = (stems(&said.text), stems(&claim.text));
            let shared = wanted.intersection(&told).count();
            assert!(shared * 2 < wanted.len().max(1) + 1, "{choice} says “{}”: {question:#?}", claim.text);
        }
    }
}

fn holds(pack: &Pack, question: &Question) {
    let cited = &question.explain[0].cite;
    let on: Vec<Citation> = pack.numbered().flat_map(|(_, entry)| &entry.notes).flat_map(|note| note.on.clone()).collect();
    let noted = cited.iter().any(|cite| on.contains(cite));
    assert_eq!(question.answer().starts_with("No"), noted, "{question:#?}");
    assert!(!question.ask.split('“').next_back().expect("a claim").to_lowercase().contains("document"), "{question:#?}");
}

#[test]
fn no_question_is_ever_wrong() {
    let pack = pack();
    let bank = QuestionBank::new(pack);
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    let mut by_difficulty: BTreeMap<Difficulty, usize> = BTreeMap::new();
    let mut told: HashSet<String> = HashSet::new();
    for listed in bank.all(pack) {
        *count.entry(listed.kind.word()).or_default() += 1;
        *by_difficulty.entry(listed.difficulty).or_default() += 1;
        assert!(told.insert(listed.id.clone()), "{} stands there twice", listed.id);
        for seed in 0..SEEDS {
            let made = bank.question(pack, &listed.id, seed).unwrap_or_else(|| panic!("{} is gone with seed {seed}", listed.id));
            assert_eq!((made.item.as_str(), made.about[0], made.kind), (listed.item.as_str(), listed.about, listed.kind));
            well_made(pack, &made);
            only_one_is_right(pack, &made);
        }
        let again = bank.question(pack, &listed.id, 7);
        assert_eq!(again, bank.question(pack, &listed.id, 7));
    }
    println!("{count:?}, {by_difficulty:?}");
    let generated: usize = count.iter().filter(|(kind, _)| **kind != "authored").map(|(_, count)| count).sum();
    assert!(generated >= 600, "{generated}");
    assert_eq!(count.get("authored").copied().unwrap_or_default(), pack.questions.len());
    for kind in QuestionKind::ALL.into_iter().filter(|kind| *kind != QuestionKind::Authored) {
        assert!(count.contains_key(kind.word()), "no question asks for {kind:?}");
    }
}

#[test]
fn an_id_alone_makes_the_same_question() {
    let pack = pack();
    let bank = QuestionBank::new(pack);
    for listed in bank.all(pack).iter().step_by(97) {
        assert_eq!(question(pack, &listed.id, 3), bank.question(pack, &listed.id, 3), "{}", listed.id);
    }
    let orders: HashSet<Vec<String>> = (0..20)
        .filter_map(|seed| match question(pack, "date.1956-07-18-rakosi-resigns", seed)?.form {
            AnswerFormat::Choice { choices, .. } => Some(choices),
            AnswerFormat::Typed { .. } => None,
        })
        .collect();
    assert!(orders.len() > 10, "the seed changes what is asked: {orders:?}");
}

#[test]
fn right_answers_stand_anywhere() {
    let pack = pack();
    let bank = QuestionBank::new(pack);
    let mut places: BTreeMap<usize, usize> = BTreeMap::new();
    for listed in bank.all(pack).iter().filter(|listed| matches!(listed.kind, QuestionKind::Date | QuestionKind::Order)) {
        if let Some(AnswerFormat::Choice { right, .. }) = bank.question(pack, &listed.id, 5).map(|question| question.form) {
            *places.entry(right).or_default() += 1;
        }
    }
    assert!(places.len() == 4 && places.values().all(|count| *count > 50), "{places:?}");
}

#[test]
fn typed_answers_as_shown_are_right() {
    let pack = pack();
    let (bank, lookup) = (QuestionBank::new(pack), Lookup::new(pack));
    for listed in bank.all(pack).iter().filter(|listed| listed.is_typed) {
        let made = bank.question(pack, &listed.id, 0).expect("it is listed");
        let verdict = judge(pack, &lookup, &made, GivenAnswer::Typed(made.answer()));
        assert!(verdict.is_right(), "{verdict:?}: {made:#?}");
        for (idx, entry) in
            pack.numbered().filter(|(_, entry)| entry.kind == Kind::Person && listed.kind == QuestionKind::PersonTyped)
        {
            if idx != listed.about {
                assert!(!judge(pack, &lookup, &made, GivenAnswer::Typed(&entry.name)).is_right(), "{}: {made:#?}", entry.name);
            }
        }
    }
}

const AUTHORED: &str = r#"
[[question]]
id = "q-who"
kind = "typed"
difficulty = 1
ask = "Who attacked Stalin's memory in the Secret Speech?"
about = ["event/1956-02-25-secret-speech"]
tests = ["event/1956-02-25-secret-speech#speech"]
right = "Nikita Khrushchev"
accept = ["person/nikita-khrushchev"]
explain = [{ text = "It was Nikita Khrushchev.", cite = ["¶6.1"] }]
differ = true
[[question]]
id = "q-when"
kind = "typed"
difficulty = 2
ask = "When did the coalition government come?"
about = ["event/1956-11-03-coalition"]
tests = ["event/1956-11-03-coalition#coalition-government"]
right = "3 November 1956"
accept = ["1956-11-03"]
explain = [{ text = "On 3 November.", cite = ["¶15.1"] }]
[[question]]
id = "q-choice"
kind = "choice"
difficulty = 3
ask = "What came on 3 November?"
about = ["event/1956-11-03-coalition"]
tests = ["event/1956-11-03-coalition#coalition-government"]
right = "A coalition"
wrong = ["A king", "Snow"]
explain = [{ text = "A coalition.", cite = ["¶15.1"] }]
[[question]]
id = "q-true"
kind = "true-false"
difficulty = 1
ask = "The coalition came on 3 November."
about = ["event/1956-11-03-coalition"]
tests = ["event/1956-11-03-coalition#coalition-government"]
right = "true"
explain = [{ text = "It did.", cite = ["¶15.1"] }]
[[question]]
id = "q-order"
kind = "order"
difficulty = 2
ask = "Put these in order."
about = ["event/1956-11-03-coalition"]
tests = ["event/1956-11-03-coalition#coalition-government"]
order = ["event/1945-11-04-election", "event/1946-02-01-republic", "event/1949-10-15-rajk-executed"]
explain = [{ text = "In this order.", cite = ["¶15.1"] }]
"#;

fn authored() -> Pack {
    let pack = pack();
    let first = |id: &str| {
        let entry = pack.entry(pack.find(id).expect("an entry"));
        entry.claims.iter().find_map(|claim| claim.id.clone()).expect("a claim with an id")
    };
    let text = AUTHORED
        .replace("#speech", &format!("#{}", first("event/1956-02-25-secret-speech")))
        .replace("#coalition-government", &format!("#{}", first("event/1956-11-03-coalition")));
    pack_asking(&text)
}

#[test]
fn what_editors_write_is_asked_as_written() {
    let pack = authored();
    let bank = QuestionBank::new(&pack);
    for (id, difficulty, answer) in [
        ("q-who", Difficulty::Easy, Some("Nikita Khrushchev")),
        ("q-choice", Difficulty::Hard, Some("A coalition")),
        ("q-true", Difficulty::Easy, Some("True")),
        ("q-order", Difficulty::Middle, None),
    ] {
        for seed in 0..SEEDS {
            let made = bank.question(&pack, &format!("authored.{id}"), seed).expect(id);
            well_made(&pack, &made);
            assert_eq!(made.difficulty, difficulty);
            assert!(answer.is_none_or(|answer| made.answer() == answer), "{made:#?}");
        }
    }
    let made = bank.question(&pack, "authored.q-order", 4).expect("it is there");
    let lines: BTreeMap<&str, &str> = made.ask.lines().skip(1).filter_map(|line| line.split_once(": ")).collect();
    let order: Vec<&str> = made.answer().split(" – ").map(|letter| lines[letter]).collect();
    assert_eq!(order[0], "Election of 1945");
    assert_eq!(order[2], "Execution of László Rajk");
}

#[test]
fn names_are_judged_by_the_lookup() {
    let pack = authored();
    let lookup = Lookup::new(&pack);
    let made = question(&pack, "authored.q-who", 0).expect("it is there");
    let said = |typed: &str| judge(&pack, &lookup, &made, GivenAnswer::Typed(typed));
    for typed in ["Khrushchev", "nikita khrushchev", "KHRUSHCHEV NIKITA"] {
        assert_eq!(said(typed), Judgement::Right { spelt: None, recalled: true }, "{typed}");
    }
    for typed in ["kruschev", "Chruschtschow", "nikita krushev"] {
        let spelt = Some("Nikita Khrushchev".to_owned());
        assert_eq!(said(typed), Judgement::Right { spelt, recalled: true }, "{typed}");
    }
    assert_eq!(said("Ernő Gerő"), Judgement::Wrong { instead: Some("Ernő Gerő".to_owned()) });
    assert_eq!(said("Stalin").rating(), Rating::Again);
    for typed in ["", "   ", "qwertz", "@everyone", "the"] {
        assert_eq!(said(typed).rating(), Rating::Again, "{typed:?}");
    }
    match said("Nikita Bulganin") {
        Judgement::Partly { why } => assert!(why.plain().contains("Bulganin"), "{why:?}"),
        other => assert!(other.is_right() || other.rating() == Rating::Again, "{other:?}"),
    }
    assert_eq!(said("kruschev").rating(), Rating::Easy);
    assert_eq!(judge(&pack, &lookup, &made, GivenAnswer::Choice(0)).rating(), Rating::Again);
}

#[test]
fn dates_are_judged_in_any_form_with_credit_for_the_month() {
    let pack = authored();
    let lookup = Lookup::new(&pack);
    let made = question(&pack, "authored.q-when", 0).expect("it is there");
    let said = |typed: &str| judge(&pack, &lookup, &made, GivenAnswer::Typed(typed));
    for typed in ["3 November 1956", "nov 3rd", "1956-11-03", "3/11", "11/3", "november 3", "1956. november 3."] {
        assert!(said(typed).is_right(), "{typed}: {:?}", said(typed));
    }
    for typed in ["4 November 1956", "november", "nov 56", "1956-11-30"] {
        assert_eq!(said(typed).rating(), Rating::Hard, "{typed}: {:?}", said(typed));
    }
    for typed in ["3 October 1956", "1956", "3 November 1957", "tomorrow", "", "30 February"] {
        assert_eq!(said(typed).rating(), Rating::Again, "{typed}: {:?}", said(typed));
    }
    let older = question(&pack, "when.1949-10-15-rajk-executed", 0).expect("it is there");
    let said = |typed: &str| judge(&pack, &lookup, &older, GivenAnswer::Typed(typed));
    assert!(said("15 oct 1949").is_right());
    assert_eq!(said("15 october").rating(), Rating::Hard, "the year is missing");
}

#[test]
fn choices_are_judged_by_their_place() {
    let pack = pack();
    let lookup = Lookup::new(pack);
    let made = question(pack, "date.1956-07-18-rakosi-resigns", 1).expect("it is there");
    let AnswerFormat::Choice { choices, right } = &made.form else { panic!("{made:?}") };
    for place in 0..choices.len() + 2 {
        let verdict = judge(pack, &lookup, &made, GivenAnswer::Choice(place));
        assert_eq!(verdict.is_right(), place == *right);
        assert_eq!(verdict.rating(), if place == *right { Rating::Good } else { Rating::Again });
    }
    assert!(!judge(pack, &lookup, &made, GivenAnswer::Typed(made.answer())).is_right());
}

#[test]
fn every_day_with_events_has_its_question() {
    let pack = pack();
    let bank = QuestionBank::new(pack);
    let mut days: BTreeMap<Date, Vec<EntryIdx>> = BTreeMap::new();
    for (idx, _, facts) in pack.events() {
        if let Some(day) = facts.when.day() {
            days.entry(day).or_default().push(idx);
        }
    }
    let (mut asked, mut in_sight, mut none) = (0, 0, Vec::new());
    for (place, (day, events)) in days.iter().enumerate() {
        for seed in 0..5 {
            let Some(made) = bank.of_day(pack, events, seed) else {
                none.push(*day);
                continue;
            };
            assert_eq!(bank.of_day(pack, events, seed).as_ref(), Some(&made), "the same again");
            // Without a bank the candidates of the whole pack are gathered anew each time.
            if seed == 0 && place % 16 == 0 {
                assert_eq!(of_day(pack, events, seed).as_ref(), Some(&made));
            }
            well_made(pack, &made);
            only_one_is_right(pack, &made);
            let near = |entry: &EntryIdx| {
                let shown = pack.events_naming(*entry).iter().any(|event| events.contains(event));
                events.contains(entry) || shown
            };
            assert!(made.about.iter().any(near), "{day}: {made:#?}");
            asked += 1;
            let post = events.iter().map(|event| pack.entry(*event).name.clone()).collect::<Vec<_>>().join(" / ");
            let dated = matches!(made.kind, QuestionKind::Date | QuestionKind::EventOn);
            in_sight += usize::from(dated || folded(&post).contains(&folded(made.answer())));
        }
    }
    none.dedup();
    println!("{asked} asked, {in_sight} with the answer in sight, no question on {none:?}");
    assert!(in_sight * 20 < asked, "{in_sight} of {asked}");
    assert!(none.len() * 6 < days.len(), "{none:?}");
    assert_eq!(of_day(pack, &[], 1), None);
}

#[test]
fn picking_keeps_to_the_filter_and_mixes() {
    let pack = pack();
    let bank = QuestionBank::new(pack);
    let mut rng = fastrand::Rng::with_seed(1);
    let nagy = pack.find("person/imre-nagy").expect("he is there");
    let filters = [
        Filter::default(),
        Filter { difficulty: Some(Difficulty::Easy), ..Filter::default() },
        Filter { themes: vec!["diplomacy".to_owned()], typed: true, ..Filter::default() },
        Filter { about: vec![nagy], typed: true, ..Filter::default() },
        Filter { kinds: vec![QuestionKind::Order, QuestionKind::Who], ..Filter::default() },
    ];
    for mut filter in filters {
        let mut kinds = HashSet::new();
        for _ in 0..10 {
            let Some(listed) = bank.pick(pack, &mut rng, &filter) else { break };
            assert!(filter.takes(listed) && bank.question(pack, &listed.id, 9).is_some(), "{filter:?}: {listed:?}");
            kinds.insert(listed.kind);
            filter.but.push(listed.item.clone());
        }
        assert!(kinds.len() > 1, "{filter:?} gave {kinds:?}");
    }
    let nothing = Filter { themes: vec!["cookery".to_owned()], ..Filter::default() };
    assert!(bank.pick(pack, &mut rng, &nothing).is_none());
}

#[test]
fn the_date_of_an_event_and_the_event_of_a_date_are_one_item() {
    let pack = pack();
    let bank = QuestionBank::new(pack);
    let kinds: HashSet<QuestionKind> = bank.on_item(pack, "when/1956-07-18-rakosi-resigns").map(|listed| listed.kind).collect();
    assert_eq!(kinds, HashSet::from([QuestionKind::Date, QuestionKind::DateTyped, QuestionKind::EventOn]));
    // Whose name holds its date is not asked for it.
    assert_eq!(bank.on_item(pack, "when/1956-11-03-coalition").count(), 0);
}

thread_local! {
    static SHARED: (&'static Pack, QuestionBank, Lookup) = {
        let pack = pack();
        let (bank, lookup) = (QuestionBank::new(pack), Lookup::new(pack));
        (pack, bank, lookup)
    };
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_id_makes_a_sound_question_or_none(id in "[a-z0-9./-]{0,64}|\\PC{0,40}", seed in any::<u64>()) {
        SHARED.with(|(pack, bank, _)| {
            if let Some(made) = bank.question(pack, &id, seed) {
                well_made(pack, &made);
                only_one_is_right(pack, &made);
            }
        });
    }

    #[test]
    fn any_kind_of_any_entry_makes_a_sound_question_or_none(kind in 0usize..21, entry in any::<prop::sample::Index>(), whole in any::<bool>(), seed in any::<u64>()) {
        SHARED.with(|(pack, bank, _)| {
            let entry = &entry.get(&pack.entries).id;
            let subject = if whole { entry.replace('/', ".") } else { entry.split_once('/').map_or("", |(_, id)| id).to_owned() };
            let id = format!("{}.{subject}", QuestionKind::ALL[kind].word());
            if let Some(made) = bank.question(pack, &id, seed) {
                well_made(pack, &made);
                only_one_is_right(pack, &made);
            }
        });
    }

    #[test]
    fn judging_is_total(typed in "\\PC{0,120}", which in any::<prop::sample::Index>(), seed in any::<u64>()) {
        SHARED.with(|(pack, bank, lookup)| {
            let all = bank.all(pack);
            let listed = which.get(&all);
            let made = bank.question(pack, &listed.id, seed).expect("it is listed");
            judge(pack, lookup, &made, GivenAnswer::Typed(&typed)).rating();
        });
    }
}

#[test]
fn what_is_listed_by_ids_alone_is_what_is_made() {
    let pack = pack();
    let bank = QuestionBank::new(pack);
    let all = bank.all(pack);
    // As many as when all were made to be listed.
    assert!(all.len() > 1_500 && all.len() <= bank.candidates().len(), "{} of {}", all.len(), bank.candidates().len());
    for listed in all {
        let made = bank.question(pack, &listed.id, 0).expect("it is listed");
        let is_typed = matches!(made.form, AnswerFormat::Typed { .. });
        assert_eq!(
            (listed.kind, listed.difficulty, listed.is_typed, listed.about, &listed.item),
            (made.kind, made.difficulty, is_typed, made.about[0], &made.item),
            "{}",
            listed.id
        );
        assert!(bank.on_item(pack, &listed.item).any(|other| other.id == listed.id));
    }
}

#[test]
fn a_quiz_on_a_large_pack_makes_few_questions_and_the_same_ones_whatever_was_made_before() {
    let pack = kronikas::pack::load(&large_pack::files(600)).unwrap_or_else(|report| panic!("{report}"));
    let draw = |bank: &QuestionBank, seed: u64| {
        let mut rng = fastrand::Rng::with_seed(seed);
        let mut filter = Filter::default();
        let mut drawn = Vec::new();
        for _ in 0..5 {
            let listed = bank.pick(&pack, &mut rng, &filter).expect("a question");
            filter.but.push(listed.item.clone());
            drawn.push((listed.id.clone(), bank.question(&pack, &listed.id, rng.u64(..)).expect("it can be made").ask));
        }
        drawn
    };
    let fresh = QuestionBank::new(&pack);
    assert_eq!(fresh.tried(), 0, "nothing is made before somebody asks");
    assert!(fresh.candidates().len() > 5_000, "{}", fresh.candidates().len());
    let first = draw(&fresh, 1956);
    assert!(fresh.tried() <= 200, "{} questions were made for five", fresh.tried());
    let used = QuestionBank::new(&pack);
    for seed in 0..20 {
        draw(&used, seed);
    }
    assert_eq!(draw(&used, 1956), first);
}
