//! Packs other than the built-in one, and everything that can be done with a pack, without a word about the
//! unit that is built in.

use super::done;
use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use jiff::civil::{Date, date};
use kronikas::card::{CardResult, Row, format};
use kronikas::command::{Asker, CurrentPack, LoadedPack, Place, Request, Value};
use kronikas::discord::{message_of_card, message_of_refusal};
use kronikas::features::daily::{PostOptions, PostQuestion, compose};
use kronikas::features::replay::{ReplayRenderer, schedule, script};
use kronikas::features::{self, ALL};
use kronikas::lookup::date::understand;
use kronikas::model::{ChannelId, GuildId, QuietPolicy, UserId};
use kronikas::model::{LessonDetail, ReplayMode, SessionKind};
use kronikas::pack::{Kind, Pack, PackFiles, Point, load, read_dir};
use kronikas::picture::{graph, map, strip, timeline};
use kronikas::session::{AnswerFormat, Question};
use kronikas::terminal::calendar::{CalendarFormat, CalendarRequest, calendar};
use kronikas::terminal::{Look, ask_once};

use super::fitting;
use super::school::{School, actions};

pub const TODAY: Date = date(2027, 3, 15);
pub const NOON: &str = "2027-03-15T11:00:00Z";

pub static BASTILLE: LazyLock<Arc<CurrentPack>> = LazyLock::new(|| written("bastille"));
pub static IDES: LazyLock<Arc<CurrentPack>> = LazyLock::new(|| written("ides"));

/// A pack of `tests/packs/`.
pub fn written(name: &str) -> Arc<CurrentPack> {
    let folder = format!("{}/tests/packs/{name}", env!("CARGO_MANIFEST_DIR"));
    shelf(&read_dir(folder.as_ref()).unwrap_or_else(|report| panic!("{report}")))
}

pub fn shelf(files: &PackFiles) -> Arc<CurrentPack> {
    Arc::new(CurrentPack::new(LoadedPack::new(load(files).unwrap_or_else(|report| panic!("{report}")))))
}

/// Words of the built-in unit, as no other one may say them.
pub const FOREIGN: [&str; 12] = [
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
pub fn names_nothing_foreign(text: &str, context: &str) {
    let low = text.to_lowercase().replace("europe/budapest", "");
    for word in FOREIGN {
        assert!(!low.contains(word), "{context} says “{word}”:\n{text}");
    }
}

/// The same, and where it shows what only the program counts with.
pub fn speaks_of_its_own(text: &str, context: &str) {
    names_nothing_foreign(text, context);
    let low = text.to_lowercase();
    // An astronomer's number of a year is no year to read.
    assert!(!low.contains("-43") && !low.contains(" -4"), "{context} has a negative year:\n{text}");
    assert!(!low.contains('{') || !low.contains('}'), "{context} has a gap that nobody filled:\n{text}");
}

/// A card in both edges: the message for Discord as JSON, and as the terminal draws it.
pub fn both_edges(answer: &CardResult, context: &str) -> String {
    let (message, drawn) = match answer {
        Ok(card) => (message_of_card(card, u64::MAX, false), Look { width: 80 }.card(card)),
        Err(error) => (message_of_refusal(error.told()), Look { width: 80 }.refusal(error.told())),
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

pub fn strings(value: &serde_json::Value) -> Vec<String> {
    match value {
        serde_json::Value::String(text) => vec![text.clone()],
        serde_json::Value::Array(items) => items.iter().flat_map(strings).collect(),
        serde_json::Value::Object(fields) => fields.values().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}

pub fn presses(answer: &CardResult) -> Vec<String> {
    let Ok(card) = answer else { return Vec::new() };
    let press = |row: &Row| match row {
        Row::Buttons(actions) => actions.iter().map(|action| action.press.to_string()).collect::<Vec<_>>(),
        Row::Menu(menu) => menu.items.iter().map(|item| item.press.to_string()).collect(),
    };
    card.rows.iter().flat_map(press).collect()
}

/// What there is to type into an option: the pack's own names and dates, and what nobody has heard of.
pub fn words(pack: &Pack) -> Vec<String> {
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
pub fn every_answer(shelf: &CurrentPack, mut said: impl FnMut(&str, &CardResult)) {
    let loaded = shelf.current();
    let ctx = loaded.ctx();
    let place = Place { guild: Some(GuildId(7)), channel: ChannelId(70) };
    let request = || Request::new(TODAY).by(Asker { id: UserId(1), manages: true }, Some(place));
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
            tell(format!("/{} {subcommand:?}", command.name), done(features::answer(command.name, &bare, &ctx)), &mut next);
            for option in command.options_of(subcommand) {
                for word in words(&loaded.pack) {
                    let asked = Request { subcommand: subcommand.map(str::to_owned), ..request() }.with(option.name, &word);
                    tell(
                        format!("/{} {}:{word}", command.name, option.name),
                        done(features::answer(command.name, &asked, &ctx)),
                        &mut next,
                    );
                }
            }
        }
        let help = request().with("command", command.name);
        tell(format!("/help {}", command.name), done(features::answer("help", &help, &ctx)), &mut next);
    }
    for word in words(&loaded.pack) {
        tell(word.clone(), Ok(done(features::anything(&word, &ctx))), &mut next);
    }
    let mut seen: Vec<String> = Vec::new();
    while let Some(id) = next.pop() {
        if seen.contains(&id) {
            continue;
        }
        let answer = done(features::press(&id, &request(), &ctx));
        // Presses of the store's own (a quiz, a round) want a store; without one they are refused politely.
        assert!(answer.is_ok() || loaded_needs_store(&id), "{id} leads nowhere: {answer:?}");
        tell(id.clone(), answer, &mut next);
        seen.push(id);
    }
}

pub fn loaded_needs_store(id: &str) -> bool {
    ["quiz", "review", "round", "class", "progress", "my-data", "daily", "replay", "discuss"]
        .iter()
        .any(|verb| id.starts_with(&format!("1/{verb}")))
}

pub fn goes_through_every_command(shelf: &CurrentPack) {
    let mut count = 0;
    every_answer(shelf, |context, answer| {
        both_edges(answer, context);
        count += 1;
    });
    println!("{}: {count} answers", shelf.current().pack.id);
    assert!(count > 100, "{count}");
}

pub fn goes_through_completion(shelf: &CurrentPack) {
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

pub fn goes_through_a_year_of_posts(shelf: &CurrentPack) {
    let loaded = shelf.current();
    let mut day = date(2027, 1, 1);
    let mut posts = 0;
    while day.year() == 2027 {
        for quiet in QuietPolicy::ALL {
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
            quiet: QuietPolicy::Context,
        };
        let written = calendar(&loaded, &asked, form).expect("a calendar");
        // Braces are JSON's and CSS's own.
        speaks_of_its_own(&anstream::adapter::strip_str(&written.replace(['{', '}'], "")).to_string(), "the calendar");
    }
}

/// A question as it is read, with its answer and the explanation.
pub fn asked_and_explained(question: &Question) -> String {
    let form = match &question.form {
        AnswerFormat::Choice { choices, .. } => choices.join("\n"),
        AnswerFormat::Typed { shown, .. } => shown.clone(),
    };
    let explained: Vec<&str> = question.explain.iter().map(|claim| claim.text.as_str()).collect();
    format!("{}\n{form}\n{}", question.ask, explained.join("\n"))
}

pub fn goes_through_every_question(shelf: &CurrentPack) -> usize {
    let loaded = shelf.current();
    let bank = loaded.questions().bank;
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
pub fn goes_through_practice(shelf: &Arc<CurrentPack>) {
    let mut school = School::teaching(shelf.clone(), NOON);
    let answer = school.slash(1, "quiz", &[("questions", "5")]);
    both_edges(&answer, "/quiz");
    let mut card = answer.unwrap_or_else(|refusal| panic!("{}", refusal.told().text.plain()));
    let mut asked = 0;
    while let Some((_, _, question)) = school.at(1, SessionKind::Quiz) {
        names_nothing_foreign(&format!("{question:?}"), "a question");
        let first = actions(&card).into_iter().next().expect("something to press");
        let answered =
            if first.asks.is_some() { school.type_in(1, &first.press, "15 march 44 bc") } else { school.press(1, &first.press) };
        both_edges(&answered, "an answer to a question");
        let feedback = answered.unwrap_or_else(|refusal| panic!("{}", refusal.told().text.plain()));
        let next = actions(&feedback).into_iter().find(|action| action.label.contains('▶')).expect("a way on");
        let following = school.press(1, &next.press);
        both_edges(&following, "the next question");
        card = following.unwrap_or_else(|refusal| panic!("{}", refusal.told().text.plain()));
        asked += 1;
        assert!(asked <= 5, "a quiz without an end");
    }
    assert!(asked > 0, "no question was asked");
    for command in ["review", "progress", "my-data show", "about"] {
        both_edges(&school.slash(1, command, &[]), command);
    }
}

pub fn teacher(school: &School, command: &str, options: &[(&str, &str)]) -> CardResult {
    let (name, subcommand) = command.split_once(' ').expect("a subcommand");
    let mut request = Request::at(school.now())
        .by(Asker { id: UserId(1), manages: true }, Some(Place { guild: Some(GuildId(7)), channel: ChannelId(70) }))
        .numbered(900);
    request.subcommand = Some(subcommand.to_owned());
    for (name, value) in options {
        request.options.push(((*name).to_owned(), Value::Text((*value).to_owned())));
    }
    school.wait(features::answer(name, &request, &school.ctx()))
}

pub fn goes_through_the_replay(shelf: &Arc<CurrentPack>, posts: usize) {
    let loaded = shelf.current();
    let (from, to) = loaded.pack.replay_days().expect("days");
    for mode in [ReplayMode::Lesson { seconds: 2700, detail: LessonDetail::All }, ReplayMode::AsItHappened { year: 2027 }] {
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

pub fn goes_through_the_daily_post(shelf: &Arc<CurrentPack>) {
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

pub fn goes_through_every_picture(shelf: &CurrentPack) {
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
pub fn reads_back_what_it_prints(shelf: &CurrentPack) {
    let loaded = shelf.current();
    let pack = &loaded.pack;
    for (_, entry, facts) in pack.events() {
        let when = facts.when;
        for printed in [format::moment(when, pack), format::short_moment(when)] {
            let read = understand(&printed, pack.year).unwrap_or_else(|| panic!("{printed:?} is not read"));
            assert_eq!((read.from, read.to, read.rest.as_str()), (when.first_day(), when.last_day(), ""), "{printed:?}");
            let found = both_edges(
                &done(features::answer("event", &Request::new(TODAY).with("query", &printed), &loaded.ctx())),
                &printed,
            );
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

pub fn answer(shelf: &CurrentPack, line: &str) -> String {
    let mut terminal = Vec::new();
    let now = NOON.parse().expect("an instant");
    ask_once(line, shelf.current().ctx(), None, Look { width: 80 }, now, None, &mut terminal)
        .expect("a vector can be written to");
    anstream::adapter::strip_str(&String::from_utf8(terminal).expect("text")).to_string()
}

/// A pack of events alone, with some further lines of `pack.toml`, and nothing that may be left out.
pub fn small(year: &str, more: &str, events: &[(&str, &str)]) -> Files {
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
pub type Files = Vec<(String, String)>;

pub fn shelf_of(files: Files) -> Arc<CurrentPack> {
    shelf(&PackFiles::new("small", files))
}

/// The files with a part of `pack.toml` replaced.
pub fn with_pack(mut files: Files, old: &str, new: &str) -> Files {
    assert!(files[0].1.contains(old), "{old}");
    files[0].1 = files[0].1.replacen(old, new, 1);
    files
}
