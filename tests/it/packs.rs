//! Packs of other countries and centuries: the storming of the Bastille, the Ides of March, and small ones
//! that leave out all that may be left out. Every command, the daily post, the calendar, the quiz, the
//! replay, the pictures and the completion go through them, in both edges, without a word about the unit
//! that is built in.

use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use jiff::civil::{Date, date};
use kronikas::calendar::Quiet;
use kronikas::card::{Card, CardResult, Row, format};
use kronikas::command::{Asker, CurrentPack, LoadedPack, Place, Request, Value};
use kronikas::discord::{message_of_card, message_of_refusal};
use kronikas::features::daily::{PostOptions, PostQuestion, compose};
use kronikas::features::replay::{ReplayRenderer, schedule, script};
use kronikas::features::{self, ALL};
use kronikas::lookup::date::understand;
use kronikas::pack::{Kind, Pack, PackFiles, Point, load, read_dir};
use kronikas::picture::{graph, map, strip, timeline};
use kronikas::session::{AnswerFormat, Question};
use kronikas::store::{ReplayMode, SessionKind};
use kronikas::terminal::calendar::{CalendarFormat, CalendarRequest, calendar};
use kronikas::terminal::{Look, ask_once, demonstrate};

use crate::support::fitting;
use crate::support::school::{School, action, actions, text};

const TODAY: Date = date(2027, 3, 15);
const NOON: &str = "2027-03-15T11:00:00Z";

static BASTILLE: LazyLock<Arc<CurrentPack>> = LazyLock::new(|| written("bastille"));
static IDES: LazyLock<Arc<CurrentPack>> = LazyLock::new(|| written("ides"));

/// A pack of `tests/packs/`.
fn written(name: &str) -> Arc<CurrentPack> {
    let folder = format!("{}/tests/packs/{name}", env!("CARGO_MANIFEST_DIR"));
    shelf(&read_dir(folder.as_ref()).unwrap_or_else(|report| panic!("{report}")))
}

fn shelf(files: &PackFiles) -> Arc<CurrentPack> {
    Arc::new(CurrentPack::new(LoadedPack::new(load(files).unwrap_or_else(|report| panic!("{report}")))))
}

/// Words of the built-in unit, as no other one may say them.
const FOREIGN: [&str; 12] = [
    "hungar",
    "budapest",
    "1956",
    "magyar",
    "danube",
    "soviet",
    "khrushchev",
    "nagy",
    "kádár",
    "rákosi",
    "november uprising",
    "october uprising",
];

/// Fails where a text speaks of the built-in unit. Zones and what cities are called by are not its own.
fn names_nothing_foreign(text: &str, context: &str) {
    let low = text.to_lowercase().replace("europe/budapest", "");
    for word in FOREIGN {
        assert!(!low.contains(word), "{context} says “{word}”:\n{text}");
    }
}

/// The same, and where it shows what only the program counts with.
fn speaks_of_its_own(text: &str, context: &str) {
    names_nothing_foreign(text, context);
    let low = text.to_lowercase();
    // An astronomer's number of a year is no year to read.
    assert!(!low.contains("-43") && !low.contains(" -4"), "{context} has a negative year:\n{text}");
    assert!(!low.contains('{') || !low.contains('}'), "{context} has a gap that nobody filled:\n{text}");
}

/// A card in both edges: the message for Discord as JSON, and as the terminal draws it.
fn both_edges(answer: &CardResult, context: &str) -> String {
    let (message, drawn) = match answer {
        Ok(card) => (message_of_card(card, u64::MAX, false), Look { width: 80 }.card(card)),
        Err(refusal) => (message_of_refusal(refusal), Look { width: 80 }.refusal(refusal)),
    };
    let message = serde_json::to_value(message).expect("a message is JSON");
    fitting::check(&message);
    // Braces are JSON's own there.
    let said: Vec<String> = strings(&message);
    let drawn = anstream::adapter::strip_str(&drawn).to_string();
    speaks_of_its_own(&said.join("\n"), context);
    speaks_of_its_own(&drawn, context);
    format!("{}\n{drawn}", said.join("\n"))
}

fn strings(value: &serde_json::Value) -> Vec<String> {
    match value {
        serde_json::Value::String(text) => vec![text.clone()],
        serde_json::Value::Array(items) => items.iter().flat_map(strings).collect(),
        serde_json::Value::Object(fields) => fields.values().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}

fn presses(answer: &CardResult) -> Vec<String> {
    let Ok(card) = answer else { return Vec::new() };
    let press = |row: &Row| match row {
        Row::Buttons(actions) => actions.iter().map(|action| action.press.to_string()).collect::<Vec<_>>(),
        Row::Menu(menu) => menu.items.iter().map(|item| item.press.to_string()).collect(),
    };
    card.rows.iter().flat_map(press).collect()
}

/// What there is to type into an option: the pack's own names and dates, and what nobody has heard of.
fn words(pack: &Pack) -> Vec<String> {
    let mut words: Vec<String> = pack.entries.iter().map(|entry| entry.name.clone()).collect();
    words.extend(pack.events().map(|(_, _, facts)| format::short_moment(facts.when)));
    words.extend(pack.answers.iter().flat_map(|answer| answer.asks.clone()));
    words.extend(
        [
            "",
            "1",
            "Q1",
            "xyzzy",
            "who was the leader",
            "why did it happen",
            "yesterday",
            "30 february",
            "14 july",
            "the ides of march",
        ]
        .map(str::to_owned),
    );
    words
}

/// Everything that every command answers, and everything that can be pressed from there.
fn every_answer(shelf: &CurrentPack, mut said: impl FnMut(&str, &CardResult)) {
    let loaded = shelf.current();
    let ctx = loaded.ctx();
    let place = Place { guild: 7, channel: 70 };
    let request = || Request::new(TODAY).by(Asker { id: 1, manages: true }, Some(place));
    let mut next: Vec<String> = Vec::new();
    let mut tell = |context: String, answer: CardResult, next: &mut Vec<String>| {
        next.extend(presses(&answer));
        said(&context, &answer);
    };
    for command in ALL {
        let subcommands: Vec<Option<&str>> = match command.subcommands {
            [] => vec![None],
            some => some.iter().map(|subcommand| Some(subcommand.name)).collect(),
        };
        for subcommand in subcommands {
            let bare = Request { subcommand: subcommand.map(str::to_owned), ..request() };
            tell(format!("/{} {subcommand:?}", command.name), features::answer(command.name, &bare, &ctx), &mut next);
            for option in command.options_of(subcommand) {
                for word in words(&loaded.pack) {
                    let asked = Request { subcommand: subcommand.map(str::to_owned), ..request() }.with(option.name, &word);
                    tell(
                        format!("/{} {}:{word}", command.name, option.name),
                        features::answer(command.name, &asked, &ctx),
                        &mut next,
                    );
                }
            }
        }
        let help = request().with("command", command.name);
        tell(format!("/help {}", command.name), features::answer("help", &help, &ctx), &mut next);
    }
    for word in words(&loaded.pack) {
        tell(word.clone(), Ok(features::anything(&word, &ctx)), &mut next);
    }
    let mut seen: Vec<String> = Vec::new();
    while let Some(id) = next.pop() {
        if seen.contains(&id) {
            continue;
        }
        let answer = features::press(&id, &request(), &ctx);
        // Presses of the store's own (a quiz, a round) want a store; without one they are refused politely.
        assert!(answer.is_ok() || loaded_needs_store(&id), "{id} leads nowhere: {answer:?}");
        tell(id.clone(), answer, &mut next);
        seen.push(id);
    }
}

fn loaded_needs_store(id: &str) -> bool {
    ["quiz", "review", "round", "class", "progress", "my-data", "daily", "replay", "discuss"]
        .iter()
        .any(|verb| id.starts_with(&format!("1/{verb}")))
}

fn goes_through_every_command(shelf: &CurrentPack) {
    let mut count = 0;
    every_answer(shelf, |context, answer| {
        both_edges(answer, context);
        count += 1;
    });
    println!("{}: {count} answers", shelf.current().pack.id);
    assert!(count > 100, "{count}");
}

fn goes_through_completion(shelf: &CurrentPack) {
    let loaded = shelf.current();
    let now: Timestamp = NOON.parse().expect("an instant");
    for command in ALL {
        let names: Vec<String> = match command.subcommands {
            [] => vec![command.name.to_owned()],
            some => some.iter().map(|subcommand| format!("{} {}", command.name, subcommand.name)).collect(),
        };
        for name in names {
            let subcommand = name.split_once(' ').map(|(_, subcommand)| subcommand);
            for option in command.options_of(subcommand) {
                for typed in ["", "a", "the", "c", "1", "14", "15 mar", "44", "44 bc", "july", "par", "rom", "¶"] {
                    for choice in features::complete(&name, option.name, typed, now, &loaded.ctx()) {
                        assert!((1..=100).contains(&choice.name.chars().count()), "{choice:?}");
                        assert!((1..=100).contains(&choice.value.chars().count()), "{choice:?}");
                        speaks_of_its_own(
                            &format!("{}\n{}", choice.name, choice.value),
                            &format!("/{name} {}:{typed}", option.name),
                        );
                    }
                }
            }
        }
    }
}

fn goes_through_a_year_of_posts(shelf: &CurrentPack) {
    let loaded = shelf.current();
    let mut day = date(2027, 1, 1);
    let mut posts = 0;
    while day.year() == 2027 {
        for quiet in Quiet::ALL {
            let question = PostQuestion { ask: "Which?".to_owned(), choices: vec!["This".to_owned(), "That".to_owned()] };
            if let Some(card) = compose(&loaded.pack, day, PostOptions { quiet, salt: 7 }, Some(&question)) {
                both_edges(&Ok(card), &format!("the post of {day}, {quiet:?}"));
                posts += 1;
            }
        }
        day = day.tomorrow().expect("a next day");
    }
    assert!(posts >= 700, "{posts}");
    for form in [CalendarFormat::Text(Look { width: 80 }), CalendarFormat::Json, CalendarFormat::Html] {
        let asked = CalendarRequest {
            from: date(2027, 1, 1),
            days: 365,
            zone: loaded.pack.zone_name(),
            time: "08:00".parse().expect("a time"),
            quiet: Quiet::Context,
        };
        let written = calendar(&loaded.pack, &asked, form).expect("a calendar");
        // Braces are JSON's and CSS's own.
        speaks_of_its_own(&anstream::adapter::strip_str(&written.replace(['{', '}'], "")).to_string(), "the calendar");
    }
}

/// A question as it is read, with its answer and the explanation.
fn asked_and_explained(question: &Question) -> String {
    let form = match &question.form {
        AnswerFormat::Choice { choices, .. } => choices.join("\n"),
        AnswerFormat::Typed { shown, .. } => shown.clone(),
    };
    let explained: Vec<&str> = question.explain.iter().map(|claim| claim.text.as_str()).collect();
    format!("{}\n{form}\n{}", question.ask, explained.join("\n"))
}

fn goes_through_every_question(shelf: &CurrentPack) -> usize {
    let loaded = shelf.current();
    let bank = loaded.ctx().bank();
    let mut count = 0;
    for listed in bank.all(&loaded.pack) {
        for seed in [1, 2] {
            let question = bank.question(&loaded.pack, &listed.id, seed).unwrap_or_else(|| panic!("{} is gone", listed.id));
            names_nothing_foreign(&format!("{question:?}"), &listed.id);
            speaks_of_its_own(&asked_and_explained(&question), &listed.id);
            count += 1;
        }
    }
    count
}

/// A quiz, a review and a round of practice as a student has them, from the first question to the last.
fn goes_through_practice(shelf: &Arc<CurrentPack>) {
    let mut school = School::teaching(shelf.clone(), NOON);
    let answer = school.slash(1, "quiz", &[("questions", "5")]);
    both_edges(&answer, "/quiz");
    let mut card = answer.unwrap_or_else(|refusal| panic!("{}", refusal.text.plain()));
    let mut asked = 0;
    while let Some((_, _, question)) = school.at(1, SessionKind::Quiz) {
        names_nothing_foreign(&format!("{question:?}"), "a question");
        let first = actions(&card).into_iter().next().expect("something to press");
        let answered =
            if first.asks.is_some() { school.type_in(1, &first.press, "15 march 44 bc") } else { school.press(1, &first.press) };
        both_edges(&answered, "an answer to a question");
        let feedback = answered.unwrap_or_else(|refusal| panic!("{}", refusal.text.plain()));
        let next = actions(&feedback).into_iter().find(|action| action.label.contains('▶')).expect("a way on");
        let following = school.press(1, &next.press);
        both_edges(&following, "the next question");
        card = following.unwrap_or_else(|refusal| panic!("{}", refusal.text.plain()));
        asked += 1;
        assert!(asked <= 5, "a quiz without an end");
    }
    assert!(asked > 0, "no question was asked");
    for command in ["review", "progress", "my-data show", "about"] {
        both_edges(&school.slash(1, command, &[]), command);
    }
}

fn teacher(school: &School, command: &str, options: &[(&str, &str)]) -> CardResult {
    let (name, subcommand) = command.split_once(' ').expect("a subcommand");
    let mut request =
        Request::at(school.now()).by(Asker { id: 1, manages: true }, Some(Place { guild: 7, channel: 70 })).numbered(900);
    request.subcommand = Some(subcommand.to_owned());
    for (name, value) in options {
        request.options.push(((*name).to_owned(), Value::Text((*value).to_owned())));
    }
    features::answer(name, &request, &school.ctx())
}

fn goes_through_the_replay(shelf: &Arc<CurrentPack>, posts: usize) {
    let loaded = shelf.current();
    let (from, to) = loaded.pack.replay_days().expect("days");
    for mode in [ReplayMode::Lesson { seconds: 2700 }, ReplayMode::AsItHappened { year: 2027 }] {
        let told = script(&loaded.pack, from, to, mode);
        let stage = ReplayRenderer { pack: &loaded.pack, script: &told, mode };
        for step in 0..=told.steps.len() {
            both_edges(&Ok(stage.post(step)), &format!("post {step} of the replay"));
        }
        both_edges(&Ok(stage.summary(1, told.steps.len() - 1)), "the summary");
        let zone = jiff::tz::TimeZone::get(loaded.pack.zone_name()).expect("a zone");
        let instants = schedule(&loaded.pack, &told, mode, NOON.parse().expect("an instant"), &zone, 100);
        assert!(instants.is_sorted() && instants.len() == told.steps.len() + 1);
        assert_eq!(told.steps.len() + 1, posts, "{mode:?}");
    }
    let school = School::teaching(shelf.clone(), NOON);
    let begun = teacher(&school, "replay start", &[("lasting", "1m")]);
    let said = both_edges(&begun, "/replay start");
    assert!(said.contains(&format::days(from, to)), "{said}");
    let mut delivered = Vec::new();
    for _ in 0..40 {
        delivered.extend(school.deliver());
        school.clock.advance(jiff::SignedDuration::from_secs(5));
    }
    assert!(delivered.len() >= 3, "{} posts came", delivered.len());
    for (_, card) in delivered {
        both_edges(&Ok(card), "a post of the replay");
    }
    both_edges(&teacher(&school, "replay show", &[]), "/replay show");
}

fn goes_through_the_daily_post(shelf: &Arc<CurrentPack>) {
    let school = School::teaching(shelf.clone(), NOON);
    both_edges(&teacher(&school, "daily set", &[("time", "8:00"), ("zone", "London")]), "/daily set");
    both_edges(&teacher(&school, "daily show", &[]), "/daily show");
    both_edges(&teacher(&school, "daily preview", &[]), "/daily preview");
    school.clock.advance(jiff::SignedDuration::from_hours(24));
    let delivered = school.deliver();
    assert_eq!(delivered.len(), 1);
    for (_, card) in delivered {
        both_edges(&Ok(card), "the daily post");
    }
}

fn goes_through_every_picture(shelf: &CurrentPack) {
    let loaded = shelf.current();
    let pack = &loaded.pack;
    let events: Vec<_> = pack.of_kind(Kind::Event).map(|(idx, _)| idx).collect();
    let everything = map(pack, &events, "Everything");
    assert!(everything.beyond.is_empty(), "too far: {:?}", everything.beyond);
    let mut drawn = vec![everything.svg, timeline(pack, &events, "Everything"), map(pack, &[], "Nothing").svg];
    for event in &events {
        drawn.extend([map(pack, &[*event], "One").svg, strip(pack, *event), graph(pack, *event).svg]);
    }
    for svg in drawn {
        // Braces do not belong to a drawing, negative numbers do.
        let visible: Vec<&str> = svg.text.split('>').filter_map(|part| part.split('<').next()).collect();
        speaks_of_its_own(&visible.join("\n"), "a picture");
        speaks_of_its_own(&svg.describe().join("\n"), "a picture in words");
        assert!(kronikas::picture::draw(&svg.text).is_some(), "cannot be drawn");
    }
}

/// Whatever cards print of dates, typed again, means the same days.
fn reads_back_what_it_prints(shelf: &CurrentPack) {
    let loaded = shelf.current();
    let pack = &loaded.pack;
    for (_, entry, facts) in pack.events() {
        let when = facts.when;
        for printed in [format::moment(when, pack), format::short_moment(when)] {
            let read = understand(&printed, pack.year).unwrap_or_else(|| panic!("{printed:?} is not read"));
            assert_eq!((read.from, read.to, read.rest.as_str()), (when.first_day(), when.last_day(), ""), "{printed:?}");
            let found =
                both_edges(&features::answer("event", &Request::new(TODAY).with("query", &printed), &loaded.ctx()), &printed);
            assert!(found.contains(&entry.name), "{printed:?} does not lead to {}:\n{found}", entry.name);
        }
        for printed in [format::date(when.first_day()), format::long_date(when.first_day())] {
            assert_eq!(understand(&printed, 2027).map(|read| read.from), Some(when.first_day()), "{printed:?}");
        }
        if let Point::Day(day, _) = when.from {
            for choice in features::complete("timeline", "from", &format::date(day), Timestamp::UNIX_EPOCH, &loaded.ctx()) {
                let read = understand(&choice.value, pack.year).unwrap_or_else(|| panic!("{choice:?}"));
                assert_eq!(read.from, day, "{choice:?}");
            }
        }
    }
}

fn answer(shelf: &CurrentPack, line: &str) -> String {
    let mut terminal = Vec::new();
    let now = NOON.parse().expect("an instant");
    ask_once(line, shelf.current().ctx(), None, Look { width: 80 }, now, None, &mut terminal)
        .expect("a vector can be written to");
    anstream::adapter::strip_str(&String::from_utf8(terminal).expect("text")).to_string()
}

#[test]
fn every_command_teaches_the_bastille() {
    goes_through_every_command(&BASTILLE);
}

#[test]
fn every_command_teaches_the_ides_of_march() {
    goes_through_every_command(&IDES);
}

#[test]
fn completion_offers_the_packs_own() {
    goes_through_completion(&BASTILLE);
    goes_through_completion(&IDES);
}

#[test]
fn a_year_of_posts_is_of_the_packs_own() {
    goes_through_a_year_of_posts(&BASTILLE);
    goes_through_a_year_of_posts(&IDES);
}

#[test]
fn every_question_is_of_the_packs_own() {
    assert!(goes_through_every_question(&BASTILLE) > 60);
    assert!(goes_through_every_question(&IDES) > 40);
    goes_through_practice(&BASTILLE);
    goes_through_practice(&IDES);
}

#[test]
fn replays_tell_the_packs_own_days() {
    goes_through_the_replay(&BASTILLE, 12);
    goes_through_the_replay(&IDES, 6);
}

#[test]
fn the_daily_post_is_of_the_packs_own() {
    goes_through_the_daily_post(&BASTILLE);
    goes_through_the_daily_post(&IDES);
}

#[test]
fn pictures_show_the_packs_own() {
    goes_through_every_picture(&BASTILLE);
    goes_through_every_picture(&IDES);
}

#[test]
fn what_cards_print_is_read_back() {
    reads_back_what_it_prints(&BASTILLE);
    reads_back_what_it_prints(&IDES);
}

#[test]
fn typed_dates_of_any_year_find_what_happened() {
    for (shelf, line, found) in [
        (&*IDES, "/event 15 march 44 bc", "The murder of Julius Caesar"),
        (&*IDES, "/event 15 march", "The murder of Julius Caesar"),
        (&*IDES, "/event 15 march 44 BC murder", "The murder of Julius Caesar"),
        (&*IDES, "/event 15 Mar 44 B.C.", "The murder of Julius Caesar"),
        (&*IDES, "/event 44-03-15 BC", "The murder of Julius Caesar"),
        (&*IDES, "/event march 44 bc", "Senators plot against Caesar"),
        (&*IDES, "/event 49 bc", "Caesar crosses the Rubicon"),
        (&*IDES, "/event 19 august 14 ad", "Augustus dies"),
        (&*IDES, "/event AD 14", "Augustus dies"),
        (&*IDES, "the ides of march", "the fifteenth of March in the Roman calendar"),
        (&*IDES, "/onthisday 15 march", "The murder of Julius Caesar"),
        (&*IDES, "/timeline from:49 BC to:44 BC", "Caesar crosses the Rubicon"),
        (&*IDES, "/timeline from:february 44 bc to:17 march 44 bc", "The Senate grants an amnesty"),
        (&*IDES, "/ask what happened on 15 march 44 bc", "The murder of Julius Caesar"),
        (&*IDES, "/ask when was the murder of julius caesar", "15 March 44 BC"),
        (&*IDES, "/map 15 march 44 bc", "Curia of Pompey"),
        (&*BASTILLE, "/event 14 july 1789", "The Bastille falls"),
        (&*BASTILLE, "/event 14.7.89", "The Bastille falls"),
        (&*BASTILLE, "/event 14/7", "The Bastille falls"),
        (&*BASTILLE, "/event Tuesday 14 July 1789, about 15:00 in Paris", "The French Guards march to the Bastille"),
        (&*BASTILLE, "/timeline from:july 1789", "The Bastille falls"),
        (&*BASTILLE, "/ask when did the bastille fall", "14 July 1789"),
        (&*BASTILLE, "why was the bastille stormed", "gunpowder"),
    ] {
        let said = answer(shelf, line);
        assert!(said.contains(found), "{line}: no “{found}” in\n{said}");
        speaks_of_its_own(&said, line);
    }
    let wrong = answer(&BASTILLE, "/event friday 14 july 1789");
    assert!(wrong.contains("was a Tuesday") || wrong.contains("The Bastille falls"), "{wrong}");
    // A day of the Julian calendar has no weekday that a card could name.
    let named = answer(&IDES, "/onthisday 15 march");
    assert!(!named.contains("it was a"), "{named}");
}

#[test]
fn other_history_is_still_not_this_units() {
    for (shelf, line) in [
        (&*IDES, "/ask when did the french revolution start"),
        (&*BASTILLE, "/ask who won the cold war"),
        (&*BASTILLE, "/who imre kovacs"),
        (&*IDES, "/who napoleon"),
    ] {
        let said = answer(shelf, line);
        assert!(said.contains("I only know about") || said.contains("I don't know"), "{line}:\n{said}");
        speaks_of_its_own(&said.replace("imre", ""), line);
    }
}

#[test]
fn today_is_the_day_of_the_packs_zone_or_utc() {
    // Half past eleven in the evening in London is the next day in Paris.
    let late: Timestamp = "2027-07-13T22:30:00Z".parse().expect("an instant");
    assert_eq!(BASTILLE.current().pack.date_at(late), date(2027, 7, 14));
    let nowhere = shelf_of(small("44 BC", "", &[("44-03-15 BC", "It happens")]));
    assert_eq!(nowhere.current().pack.date_at(late), date(2027, 7, 13));
    assert_eq!(nowhere.current().pack.zone_name(), "UTC");
}

#[test]
fn the_first_start_shows_the_packs_own() {
    for shelf in [&*BASTILLE, &*IDES] {
        let mut out = Vec::new();
        demonstrate(shelf.current().ctx(), Look { width: 80 }, NOON.parse().expect("an instant"), &mut out).expect("written");
        speaks_of_its_own(&anstream::adapter::strip_str(&String::from_utf8(out).expect("text")).to_string(), "the first start");
    }
}

#[test]
fn three_cards_of_each_pack_read_well() {
    for (name, shelf, line) in [
        ("bastille_event", &*BASTILLE, "/event the french guards march to the bastille"),
        ("bastille_onthisday", &*BASTILLE, "/onthisday 14 july"),
        ("bastille_map", &*BASTILLE, "/map 14 july"),
        ("ides_event", &*IDES, "/event the murder of julius caesar"),
        ("ides_who", &*IDES, "/who octavian"),
        ("ides_timeline", &*IDES, "/timeline"),
    ] {
        insta::assert_snapshot!(name, answer(shelf, line));
    }
}

/// A pack of events alone, with some further lines of `pack.toml`, and nothing that may be left out.
fn small(year: &str, more: &str, events: &[(&str, &str)]) -> Files {
    let year = if year.parse::<i64>().is_ok() { year.to_owned() } else { format!("\"{year}\"") };
    let pack = format!(
        "schema = 1\nid = \"small\"\ntitle = \"A small unit\"\nyear = {year}\n{more}\n[document]\ntitle = \"A page\"\n[[document.paragraph]]\nnumber = 1\nsection = \"S\"\nabout = \"a\"\nclaims = 1\n"
    );
    let told: String = events
        .iter()
        .enumerate()
        .map(|(idx, (when, name))| {
            format!(
                "[[event]]\nid = \"e{idx}\"\nname = \"{name}\"\nwhen = \"{when}\"\ncite = [\"¶1\"]\nclaims = [{{ text = \"This is told of {name}.\", cite = [\"¶1\"] }}]\n"
            )
        })
        .collect();
    vec![("pack.toml".to_owned(), pack), ("sources.toml".to_owned(), String::new()), ("events.toml".to_owned(), told)]
}

/// Names and texts of a pack's files.
type Files = Vec<(String, String)>;

fn shelf_of(files: Files) -> Arc<CurrentPack> {
    shelf(&PackFiles::new("small", files))
}

/// The files with a part of `pack.toml` replaced.
fn with_pack(mut files: Files, old: &str, new: &str) -> Files {
    assert!(files[0].1.contains(old), "{old}");
    files[0].1 = files[0].1.replacen(old, new, 1);
    files
}

#[test]
fn small_packs_go_through_everything() {
    let day = "1666-09-02";
    for files in [
        // Nothing but one event.
        small("1912", "", &[("1912-04-15T02:20", "The ship goes down")]),
        // No event's day is known.
        small("1066", "", &[("1066", "A conquest")]),
        // All on one day.
        small(
            "1666",
            "",
            &[
                ("1666-09-02T01:00~", "A fire breaks out"),
                ("1666-09-02 morning", "The fire spreads"),
                (day, "People flee"),
                ("1666-09-02 evening", "The fire reaches the river"),
                ("1666-09-02 night", "Nobody sleeps"),
            ],
        ),
        // Years of the first century, and long before.
        small(
            "79 AD",
            "zone = \"Europe/Rome\"\ncity = \"Pompeii\"",
            &[
                ("62-02-05 AD", "An earthquake"),
                ("79-10-24T13:00~ AD", "The mountain erupts"),
                ("79-10-25 AD dawn", "The town is buried"),
            ],
        ),
        small(
            "753 BC",
            "",
            &[("753-04-21 BC", "A city is founded"), ("509 BC", "The kings are driven out"), ("1 BC/1 AD", "The years turn")],
        ),
        // A title of odd characters.
        small(
            "1848",
            "subject = \"*bold* _it_ <b>tags</b> `code` @everyone\"",
            &[("1848-03-15", "A **day** of <i>odd</i> [names](x)")],
        ),
    ] {
        let shelf = shelf_of(files);
        every_answer(&shelf, |context, answer| {
            both_edges(answer, context);
        });
        goes_through_completion(&shelf);
        goes_through_every_question(&shelf);
        goes_through_every_picture(&shelf);
        reads_back_what_it_prints(&shelf);
        goes_through_the_daily_post(&shelf);
    }
}

#[test]
fn an_odd_title_is_shown_as_it_is() {
    let files = small("1848", "", &[("1848-03-15", "A day")]);
    let odd = "The *odd* “title” <b>&amp;</b> \\\\ `x` @everyone — ő";
    let shelf = shelf_of(with_pack(files, "title = \"A small unit\"", &format!("title = \"{odd}\"")));
    let help = features::answer("help", &Request::new(TODAY), &shelf.current().ctx());
    let message = serde_json::to_value(message_of_card(&help.expect("help"), u64::MAX, false)).expect("JSON");
    let title = message["embeds"][0]["title"].as_str().unwrap_or_default().to_owned();
    assert!(title.starts_with("I teach the "), "{title}");
    assert!(!title.contains("@everyone"), "it would name everybody: {title}");
}

#[test]
fn slips_in_pack_toml_are_told_with_their_line_and_a_cure() {
    for (lines, expected) in [
        (
            "year = -44",
            "pack.toml:4:8: -44 is no year. Write year = 1789, or with its era in quotes: year = \"44 BC\", year = \"79 AD\".",
        ),
        ("year = 0", "pack.toml:4:8: 0 is no year."),
        ("year = \"44\"", "pack.toml:4:8: \"44\" is no year."),
        ("year = \"44 bc\"", "pack.toml:4:8: \"44 bc\" is no year."),
        ("year = 12000", "pack.toml:4:8: 12000 is no year."),
        ("year = true", "pack.toml:4:8: invalid type: boolean `true`, expected a year"),
        (
            "year = 1848\nzone = \"Europe/Atlantis\"",
            "pack.toml:5:8: there is no time zone \"Europe/Atlantis\". Write the zone's name in the IANA database",
        ),
        ("year = 1848\nzone = 2", "pack.toml:5:8: invalid type: integer `2`, expected a string"),
        ("year = 1848\nsubject = \"\"", "pack.toml:5:11: this subject has 0 characters"),
        ("year = 1848\ncountry = \"a\\nb\"", "pack.toml:5:11: this country has line breaks"),
        ("year = 1848\nreplay = { from = \"1848-03-15\", to = \"1848-03-01\" }", "pack.toml:5:38: these are no days of a replay"),
        ("year = 1848\nreplay = { from = \"1848-03-01\", to = \"1848-05-01\" }", "at most 31 days are told"),
        ("year = 1848\nreplay = { from = \"march\", to = \"1848-03-20\" }", "pack.toml:5:19: \"march\" is no day. Write "),
        ("year = 1848\nreplay = { from = \"1848-03-01\" }", "pack.toml:5:10: missing field `to`"),
        ("year = 1848\ncapital = \"Paris\"", "pack.toml:5:1: unknown field `capital`"),
    ] {
        let files = small("1848", "", &[("1848-03-15", "A day")]);
        let report = load(&PackFiles::new("small", with_pack(files, "year = 1848", lines))).expect_err(lines).to_string();
        assert!(report.contains(expected), "{lines}: no “{expected}” in\n{report}");
    }
    let events = small("44 BC", "", &[("44 BC-03-15", "A day")]);
    let report = load(&PackFiles::new("small", events)).expect_err("no date").to_string();
    assert!(report.contains("events.toml:4:8: \"44 BC-03-15\" is not a date") && report.contains("44-03-15 BC"), "{report}");
}

#[test]
fn without_days_of_its_own_the_replay_is_where_most_happened() {
    let days = |events: &[(&str, &str)]| shelf_of(small("1848", "", events)).current().pack.replay_days();
    assert_eq!(days(&[("1848", "A year")]), None);
    assert_eq!(days(&[("1848-03-15", "A day")]), Some((date(1848, 3, 15), date(1848, 3, 15))));
    let found = days(&[("1848-02-22", "A"), ("1848-09-11", "B"), ("1848-09-29", "C"), ("1848-10-06", "D"), ("1848-12-02", "E")]);
    assert_eq!(found, Some((date(1848, 9, 11), date(1848, 10, 6))));
    assert_eq!(IDES.current().pack.replay_days(), Some((date(-43, 2, 15), date(-43, 3, 17))));
    let school = School::teaching(shelf_of(small("1848", "", &[("1848", "A year")])), NOON);
    let refused = teacher(&school, "replay start", &[]).expect_err("nothing to replay");
    assert!(refused.text.plain().contains("nothing to replay"), "{}", refused.text.plain());
}

#[test]
fn the_almanac_tells_home_from_elsewhere() {
    let home = answer(&BASTILLE, "/onthisday 24 june");
    assert!(home.contains("In 1789") && home.contains("Jefferson writes home"), "{home}");
    let elsewhere = answer(&BASTILLE, "/onthisday 30 april");
    assert!(elsewhere.contains("Elsewhere in 1789"), "{elsewhere}");
    assert!(elsewhere.contains("nothing that happened in France on this very day in 1789"), "{elsewhere}");
}

#[test]
fn the_posts_of_a_unit_before_christ_count_the_years() {
    let loaded = IDES.current();
    let card: Card = compose(&loaded.pack, date(2027, 3, 15), PostOptions::default(), None).expect("a post");
    assert!(text(&card).contains("2070 years ago: 15 March 44 BC"), "{}", text(&card));
    let action = action(&card, "The murder of Julius Caesar");
    assert!(features::press(&action.press.to_string(), &Request::new(TODAY), &loaded.ctx()).is_ok());
}

/// Where the program's own sources may name the country, the city or the year of the built-in unit, and why.
const NAMED: &[(&str, &[&str], &str)] = &[
    ("zones.tsv", &["hungar", "budapest"], "the table of time zones names every country and its cities"),
    ("lookup/tongues.rs", &["hungar", "budapest"], "what seven languages call countries and cities; one of them is Hungarian"),
    ("lookup/offices.rs", &["hungar"], "one of the nations whose offices are asked for by name"),
    ("lookup/endings.rs", &["hungar", "budapest"], "the case endings of Hungarian, in which classes type as well as in English"),
    ("lookup/fold.rs", &["hungar"], "how Hungarian is spelt and sounds"),
    ("lookup/rank.rs", &["hungar"], "a Hungarian case beside the word itself"),
    ("lookup/typed.rs", &["hungar"], "Hungarian names written in Cyrillic"),
    ("lookup/words.rs", &["hungar"], "Hungarian given names and what they are elsewhere"),
    ("date/names.rs", &["hungar"], "Hungarian months, weekdays and endings of dates"),
    ("date/mod.rs", &["hungar"], "ranges in Hungarian have endings and nothing between"),
    ("wall_time.rs", &["hungar"], "parts of the day in Hungarian"),
    ("answer/safety.rs", &["hungar"], "words of somebody in danger, in English and Hungarian"),
];

/// A source without its tests and the examples in its documentation.
fn without_tests(text: &str) -> String {
    let own = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    own.lines().filter(|line| !line.trim_start().starts_with("/// assert")).collect::<Vec<_>>().join("\n").to_lowercase()
}

#[test]
fn the_program_names_no_unit() {
    let mut sources: Vec<(String, String)> = Vec::new();
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            let name = path.to_string_lossy().replace('\\', "/");
            if path.is_dir() {
                folders.push(path);
            } else if !name.ends_with("tests.rs") {
                sources.push((name, without_tests(&std::fs::read_to_string(&path).expect("a text"))));
            }
        }
    }
    assert!(sources.len() > 100);
    let allowed = |name: &str, word: &str| NAMED.iter().any(|(file, words, _)| name.ends_with(file) && words.contains(&word));
    for (name, text) in &sources {
        for word in ["hungar", "budapest", "magyarorsz", "1956"] {
            let lines: Vec<&str> = text.lines().filter(|line| line.contains(word)).collect();
            assert!(
                lines.is_empty() || allowed(name, word) || word == "magyarorsz" && allowed(name, "hungar"),
                "{name} names the built-in unit ({word}); such words belong into the pack: {lines:#?}"
            );
        }
    }
    for (file, words, why) in NAMED {
        let text: String = sources.iter().filter(|(name, _)| name.ends_with(file)).map(|(_, text)| text.as_str()).collect();
        for word in *words {
            assert!(text.contains(word), "{file} no longer says “{word}” ({why}); take it off the list");
        }
    }
}
