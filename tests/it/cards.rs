//! Cards: what people read, in both edges, and that they always fit.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::done;
use crate::support::{fitting, shared_pack};
use jiff::civil::Date;
use kronikas::card::press::{ButtonId, CausesPress, CausesView};
use kronikas::card::{CardResult, Row, SCREEN};
use kronikas::command::{self, CommandContext, LoadedPack, Request};
use kronikas::discord::{limits, message_of_card, message_of_refusal};
use kronikas::features::{self, ALL};
use kronikas::pack::{PackFiles, load};
use kronikas::terminal::{Look, ask_once};
use proptest::prelude::*;
use serde_json::Value;

const TODAY: Date = Date::constant(2026, 11, 24);

fn ctx() -> CommandContext<'static> {
    shared_pack::loaded().ctx()
}

fn request(command: &str, text: &str) -> Request {
    let option = features::named(command).and_then(|command| command.options.first());
    option.map_or(Request::new(TODAY), |option| Request::new(TODAY).with(option.name, text))
}

fn message(answer: &CardResult) -> Value {
    let built = match answer {
        Ok(card) => message_of_card(card, u64::MAX, false),
        Err(error) => message_of_refusal(error.told()),
    };
    serde_json::to_value(built).expect("a message is JSON")
}

/// How many threads are started to run a command on one.
fn other_threads<T>(command: impl Future<Output = T>) -> usize {
    let started = Arc::new(AtomicUsize::new(0));
    let count = started.clone();
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.on_thread_start(move || _ = count.fetch_add(1, Ordering::Relaxed)).build().expect("a runtime");
    runtime.block_on(command);
    started.load(Ordering::Relaxed)
}

#[test]
fn what_takes_the_processor_for_long_keeps_no_other_command_waiting() {
    let (ctx, request) = (ctx(), Request::new(TODAY));
    let press = |id: &str| other_threads(features::press(id, &request, &ctx));
    let short = ["1/who/person/imre-nagy", "1/who/person/imre-nagy/sources"].map(press);
    let long = ["1/event/1956-10-23-radio-shots/1", "1/who/person/imre-nagy/2", "1/map/person.imre-nagy/0"].map(press);
    let messages = ["", "Imre Nagy spoke at Parliament"].map(|text| other_threads(features::look_up_this(text, &ctx)));
    assert_eq!((short, long, messages), ([0, 0], [1, 1, 1], [0, 1]));
}

/// A text as a TOML string.
fn toml_string(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// What Discord would have against a message of the built-in pack: it must fit, and whole.
fn check(answer: &CardResult) {
    let message = check_limits(answer);
    // Nothing of the description may have been cut: paging is to see to that.
    let embed = &message["embeds"][0];
    assert!(!embed["description"].as_str().unwrap_or_default().ends_with("\n…"), "cut: {}", embed["title"]);
}

/// What Discord would have against a message.
fn check_limits(answer: &CardResult) -> Value {
    let message = message(answer);
    fitting::check(&message);
    message
}

/// Everything that can be pressed on a card.
fn presses(answer: &CardResult) -> Vec<String> {
    let Ok(card) = answer else { return Vec::new() };
    let press = |row: &Row| match row {
        Row::Buttons(actions) => actions.iter().map(|action| action.press.to_string()).collect::<Vec<_>>(),
        Row::Menu(menu) => menu.items.iter().map(|item| item.press.to_string()).collect(),
    };
    card.rows.iter().flat_map(press).collect()
}

/// A message as a reader scrolls through it: the title, the body without empty lines.
fn read(answer: &CardResult) -> (usize, usize) {
    let message = message(answer);
    let embed = &message["embeds"][0];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (title, body) = (text(&embed["title"]), text(&embed["description"]));
    let lines = body.lines().filter(|line| !line.trim().is_empty()).count() + 1;
    (title.chars().count() + body.chars().count(), lines)
}

/// About how many lines a phone makes of a message: 33 characters each, 46 of the small print.
fn rows(answer: &CardResult) -> usize {
    let message = message(answer);
    let text = |part: &str| message["embeds"][0][part].as_str().unwrap_or_default().replace("**", "");
    let row = |line: &str| line.chars().count().div_ceil(if line.starts_with("-#") { 49 } else { 33 });
    row(&text("title")) + text("description").lines().filter(|line| !line.trim().is_empty()).map(row).sum::<usize>()
}

#[test]
fn the_first_view_of_every_entry_fits_one_phone_screen() {
    let mut longest = (0, 0);
    for entry in &ctx().pack.entries {
        let card = done(features::press(&kronikas::card::entries::open(entry).to_string(), &Request::new(TODAY), &ctx()));
        let (characters, lines) = read(&card);
        assert!(characters <= features::FIRST_VIEW_CHARACTERS, "{} has {characters} characters", entry.id);
        assert!(lines <= features::FIRST_VIEW_LINES, "{} has {lines} lines", entry.id);
        assert!(rows(&card) <= SCREEN + 1, "{} fills {} lines of a phone", entry.id, rows(&card));
        let card = card.unwrap_or_else(|refusal| panic!("{}: {refusal:?}", entry.id));
        let offered = card.rows.iter().filter_map(|row| match row {
            Row::Menu(menu) => Some(menu.items.len()),
            Row::Buttons(_) => None,
        });
        assert!(offered.sum::<usize>() <= 10, "{} offers too much", entry.id);
        let first = card.sections.first().and_then(|section| section.lines.first());
        assert!(first.is_some_and(|line| !line.cite.is_empty()), "{} opens with an uncited sentence", entry.id);
        longest = (longest.0.max(characters), longest.1.max(lines));
    }
    println!("longest first view: {} characters, {} lines", longest.0, longest.1);
}

#[test]
fn why_is_told_as_a_story_on_one_phone_screen() {
    let (mut longest, mut told) = ((0, 0), 0);
    for (_, entry, facts) in ctx().pack.events() {
        let press = CausesPress { view: CausesView::Words, event: entry.bare_id().to_owned(), page: None }.press();
        let answer = done(features::press(&press.to_string(), &Request::new(TODAY), &ctx()));
        let (characters, lines) = read(&answer);
        assert!(characters <= features::FIRST_VIEW_CHARACTERS, "{} has {characters} characters", entry.id);
        assert!(lines <= features::FIRST_VIEW_LINES, "{} has {lines} lines", entry.id);
        assert!(rows(&answer) <= SCREEN + 1, "{} fills {} lines of a phone", entry.id, rows(&answer));
        let card = answer.unwrap_or_else(|refusal| panic!("{}: {refusal:?}", entry.id));
        for line in card.sections.iter().flat_map(|section| &section.lines) {
            assert!(!line.cite.is_empty() || line.text.plain().starts_with("I know of no"), "{}: {line:?}", entry.id);
        }
        let under = |heading: &str| {
            let section = card.sections.iter().find(|section| section.heading.as_deref() == Some(heading));
            section.map_or(0, |section| section.lines.len())
        };
        assert_eq!(under("It happened because") > 0, !facts.led_from.is_empty(), "{}", entry.id);
        assert_eq!(under("Therefore") > 0, !facts.leads_to.is_empty(), "{}", entry.id);
        told += under("It happened because") + under("Therefore");
        longest = (longest.0.max(characters), longest.1.max(lines));
    }
    println!("longest story: {} characters, {} lines; {told} causes and consequences", longest.0, longest.1);
}

#[test]
fn whatever_can_be_pressed_leads_somewhere_and_fits() {
    let mut seen: Vec<String> = Vec::new();
    let mut next: Vec<String> = Vec::new();
    for start in [
        done(features::answer("timeline", &Request::new(TODAY), &ctx())),
        done(features::answer("source", &Request::new(TODAY), &ctx())),
        done(features::answer("help", &Request::new(TODAY), &ctx())),
        done(features::answer("about", &Request::new(TODAY), &ctx())),
    ] {
        check(&start);
        next.extend(presses(&start));
    }
    while let Some(id) = next.pop() {
        if seen.contains(&id) {
            continue;
        }
        let answer = done(features::press(&id, &Request::new(TODAY), &ctx()));
        assert!(answer.is_ok(), "{id} leads nowhere");
        check(&answer);
        next.extend(presses(&answer));
        seen.push(id);
    }
    // Every entry is reached by pressing alone, from the list of events and the class document.
    let reached = |id: &str| seen.iter().any(|press| press.contains(id.split_once('/').map_or(id, |(_, id)| id)));
    let lost: Vec<&str> =
        shared_pack::loaded().pack.entries.iter().map(|entry| entry.id.as_str()).filter(|id| !reached(id)).collect();
    assert!(lost.len() * 20 < shared_pack::loaded().pack.entries.len(), "cannot be reached by pressing: {lost:?}");
}

#[test]
fn every_entry_is_shown_by_its_name_in_limits() {
    for (_, entry) in shared_pack::loaded().pack.numbered() {
        let command = match entry.id.split_once('/').expect("an id").0 {
            "event" => "event",
            "place" => "place",
            "term" => "term",
            _ => "who",
        };
        let answer = done(features::answer(command, &request(command, &entry.name), &ctx()));
        check(&answer);
        assert!(answer.is_ok(), "{}", entry.id);
    }
}

#[test]
fn all_366_days_are_answered() {
    let mut day = Date::constant(2000, 1, 1);
    while day.year() == 2000 {
        let text = day.strftime("%-d %B").to_string();
        let answer = done(features::answer("onthisday", &request("onthisday", &text), &ctx()));
        check(&answer);
        let card = answer.unwrap_or_else(|refusal| panic!("{text}: {}", refusal.told().text.plain()));
        assert!(card.title.plain().contains(&format!("{} ", day.day())), "{text}");
        day = day.tomorrow().expect("a next day");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_words_give_a_message_within_limits(text in any::<String>(), command in 0..ALL.len()) {
        let name = ALL[command].name;
        check(&done(features::answer(name, &request(name, &text), &ctx())));
        check(&done(features::look_up_this(&text, &ctx())));
        prop_assert!(features::complete(name, ALL[command].options.first().map_or("", |option| option.name), &text, Request::new(TODAY).now, &ctx()).len() <= limits::OPTIONS);
    }

    #[test]
    fn any_id_is_answered_politely(id in any::<String>(), tail in "[a-z0-9./-]{0,60}", command in 0..ALL.len()) {
        for id in [id, format!("1/{}/{tail}", ALL[command].name)] {
            check(&done(features::press(&id, &Request::new(TODAY), &ctx())));
        }
    }
}

proptest! {
    // Each case builds a pack and its lookup.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_pack_is_shown_within_limits(
        name in "[A-Za-zÁÉőű*_~`|<>@#. ]{1,84}x",
        sentences in proptest::collection::vec("[A-Za-zÁÉőű*_~`|<>@#\\[\\]()1-9. ]{1,699}y", 1..40),
        links in 0usize..60,
    ) {
        let quoted = |text: &str| toml_string(text);
        let claims: Vec<String> = sentences.iter().map(|text| format!("{{ text = {}, cite = [\"¶1\", \"book\"] }}", quoted(text))).collect();
        let mut events = format!("[[event]]\nid = \"a\"\nname = {}\nwhen = \"1956-10-23\"\ncite = [\"book\"]\nclaims = [{}]\nleads_to = [{}]\n",
            quoted(&name), claims.join(", "), (0..links).map(|idx| format!("\"e{idx}\"")).collect::<Vec<_>>().join(", "));
        for idx in 0..links {
            events.push_str(&format!("[[event]]\nid = \"e{idx}\"\nname = \"Effect {idx}\"\nwhen = \"1956-11-04\"\ncite = [\"book\"]\nclaims = [{{ text = \"It was.\", cite = [\"book\"] }}]\n"));
        }
        let pack = "schema = 1\nid = \"p\"\ntitle = \"P\"\nyear = 1956\n[document]\ntitle = \"D\"\n[[document.paragraph]]\nnumber = 1\nsection = \"S\"\nabout = \"a\"\nclaims = 1\n";
        let sources = "[[source]]\nid = \"book\"\nshort = \"Book\"\ntitle = \"A book\"\nkind = \"reference\"\n";
        let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        let files = PackFiles::new("p", vec![file("pack.toml", pack), file("sources.toml", sources), file("events.toml", &events)]);
        let Ok(pack) = load(&files) else { return Ok(()) };
        let loaded = Arc::new(LoadedPack::new(pack));
        for id in ["1/event/a", "1/event/a/1", "1/event/a/9", "1/why/a", "1/source/p1", "1/source/p1/3", "1/onthisday/10-23", "1/timeline////0", "1/map//", "1/map/event.a/0", "1/graph/a"] {
            let answer = done(features::press(id, &Request::new(TODAY), &loaded.ctx()));
            prop_assert!(answer.is_ok(), "{}", id);
            check_limits(&answer);
        }
    }
}

/// The card as both edges show it.
fn both_edges(line: &str) -> String {
    let mut terminal = Vec::new();
    ask_once(line, ctx(), None, Look { width: 88 }, Request::new(TODAY).now, None, &mut terminal)
        .expect("a vector can be written to");
    let drawn = String::from_utf8(terminal).expect("text");
    let drawn = anstream::adapter::strip_str(&drawn).to_string();
    let (name, text) = line[1..].split_once(' ').unwrap_or((&line[1..], ""));
    let answer = done(features::answer(name, &request(name, text), &ctx()));
    let message = message(&answer);
    let embed = &message["embeds"][0];
    let discord =
        format!("# {}\n{}", embed["title"].as_str().unwrap_or_default(), embed["description"].as_str().unwrap_or_default());
    format!("› {line}\n\n{drawn}\n── in Discord ──\n{discord}\n")
}

#[test]
fn cards_read_well_in_both_edges() {
    for (name, line) in [
        ("event", "/event stalin statue"),
        ("event_choose", "/event 22 november"),
        ("who", "/who kruschev"),
        ("who_nothing", "/who napoleon"),
        ("term", "/term salami tactics"),
        ("term_elsewhere", "/term warsaw pact"),
        ("place", "/place corvin"),
        ("onthisday", "/onthisday 4/11"),
        ("onthisday_quiet", "/onthisday 5 august"),
        ("why", "/why rakosi resigns"),
        ("graph", "/graph shooting begins at the radio"),
        ("map", "/map 23 october"),
        ("ask", "/ask why did the students demonstrate?"),
        ("source", "/source 12"),
        ("timeline", "/timeline 22 oct"),
        ("about", "/about"),
        ("help", "/help"),
    ] {
        insta::assert_snapshot!(name, both_edges(line));
    }
}

#[test]
fn a_timeline_says_what_it_understood() {
    let request = Request::new(TODAY).with("from", "22 oct").with("to", "4/11").with("about", "imre nagy");
    let card = done(features::answer("timeline", &request, &ctx())).expect("a card");
    let subtitle = card.subtitle.unwrap_or_default();
    assert!(subtitle.starts_with("the 12 that matter most of "), "{subtitle}");
    assert!(subtitle.ends_with("about Imre Nagy, from 22 October 1956 to 4 November 1956"), "{subtitle}");
    assert!(card.sections[0].lines[0].text.plain().contains("as day/month: 4 November 1956"));
    let mut all = Request::new(TODAY).with("from", "22 oct").with("about", "imre nagy");
    all.options.push(("all".to_owned(), command::Value::Flag(true)));
    let card = done(features::answer("timeline", &all, &ctx())).expect("a card");
    let subtitle = card.subtitle.unwrap_or_default();
    assert!(subtitle.contains(" · page 1 of "), "{subtitle}");
    let backwards = Request::new(TODAY).with("from", "1957").with("to", "1956");
    assert!(done(features::answer("timeline", &backwards, &ctx())).is_err());
}
