//! The daily post: what a class reads, on each day of any year, and that it always fits.

use crate::support::done;
use crate::support::school::actions;
use crate::support::{fitting, shared_pack};
use jiff::civil::Date;
use kronikas::calendar::Day;
use kronikas::card::{Card, Line, Row};
use kronikas::command::Request;
use kronikas::discord::message_of_card;
use kronikas::features;
use kronikas::features::daily::{PostOptions, PostQuestion, compose};
use kronikas::model::QuietPolicy;
use kronikas::pack::{PackFiles, load};
use kronikas::terminal::Look;
use proptest::prelude::*;
use serde_json::Value;

fn options(quiet: QuietPolicy) -> PostOptions {
    PostOptions { quiet, salt: 7 }
}

fn message(card: &Card) -> Value {
    serde_json::to_value(message_of_card(card, 0, false)).expect("a message is JSON")
}

fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

/// A post as it stands in a channel, and what can be pressed under it.
fn shown(card: &Card) -> String {
    let message = message(card);
    let embed = &message["embeds"][0];
    let mut text =
        format!("# {}\n{}\n", embed["title"].as_str().expect("a title"), embed["description"].as_str().expect("a body"));
    for row in &card.rows {
        match row {
            Row::Buttons(actions) => {
                let labels: Vec<String> = actions.iter().map(|action| format!("[{} → {}]", action.label, action.press)).collect();
                text.push_str(&format!("\n{}", labels.join(" ")));
            }
            Row::Menu(menu) => {
                text.push_str(&format!("\n[{} ▾]", menu.placeholder));
                for item in &menu.items {
                    text.push_str(&format!("\n  {} — {} → {}", item.label, item.hint.as_deref().unwrap_or("?"), item.press));
                }
            }
        }
    }
    text
}

fn question(choices: &[&str]) -> PostQuestion {
    PostQuestion {
        ask: "Where did the first shots fall?".to_owned(),
        choices: choices.iter().map(|choice| (*choice).to_owned()).collect(),
    }
}

#[test]
fn posts_read_well() {
    for (name, day, quiet, asked) in [
        ("23_october", "2026-10-23", QuietPolicy::Context, true),
        ("4_november", "2026-11-04", QuietPolicy::Context, false),
        ("30_october", "2026-10-30", QuietPolicy::Context, false),
        ("11_november", "2026-11-11", QuietPolicy::Skip, false),
        ("quiet_context", "2027-08-05", QuietPolicy::Context, false),
        ("quiet_portrait", "2027-08-05", QuietPolicy::Portrait, true),
        ("other_year_only", "2027-03-22", QuietPolicy::Skip, false),
        ("one_event", "2027-06-14", QuietPolicy::Context, false),
        ("28_february_2027", "2027-02-28", QuietPolicy::Context, false),
        ("28_february_2028", "2028-02-28", QuietPolicy::Context, false),
        ("29_february_2028", "2028-02-29", QuietPolicy::Context, false),
    ] {
        let question = question(&["In Debrecen", "At the Radio in Budapest"]);
        let card =
            compose(&shared_pack::loaded().pack, date(day), options(quiet), Some(&question).filter(|_| asked)).expect("a post");
        insta::assert_snapshot!(name, shown(&card));
    }
    let card = compose(&shared_pack::loaded().pack, date("2026-10-23"), options(QuietPolicy::Context), None).expect("a post");
    let drawn = anstream::adapter::strip_str(&Look { width: 88 }.card(&card)).to_string();
    insta::assert_snapshot!("23_october_in_the_terminal", drawn);
}

#[test]
fn each_of_366_days_in_each_mode_fits_and_every_press_leads_somewhere() {
    let long = "An answer of many words that would not fit on a button, and that goes on to the limit";
    let questions = [
        None,
        Some(question(&["Yes", "No"])),
        Some(question(&[long, "Short", "Third", "Fourth", "Fifth", long])),
        Some(question(&[])),
    ];
    let mut pressed: std::collections::BTreeSet<String> = std::collections::BTreeSet::new();
    // A common year and a leap year: 731 dates, all keys in both shapes.
    let mut day = date("2027-01-01");
    while day.year() < 2029 {
        let happened = done(features::press(
            &format!("1/onthisday/{:02}-{:02}", day.month(), day.day()),
            &Request::new(day),
            &shared_pack::loaded().ctx(),
        ));
        for quiet in QuietPolicy::ALL {
            for question in &questions {
                let Some(card) = compose(&shared_pack::loaded().pack, day, options(quiet), question.as_ref()) else {
                    assert_eq!(quiet, QuietPolicy::Skip, "{day}: only those who want no post get none");
                    let card = happened.as_ref().expect("the day is answered");
                    assert!(
                        !card.sections.iter().any(|section| section.heading.as_deref() == Some("In 1956")),
                        "{day} was not quiet"
                    );
                    continue;
                };
                let message = message(&card);
                fitting::check(&message);
                let text = message["embeds"][0]["description"].as_str().expect("a body");
                assert!(text.chars().count() <= 1200, "{day}: {} characters", text.chars().count());
                assert!(!text.ends_with('…'), "{day} was cut: {text}");
                assert!(card.title.plain().ends_with(&format!(" {} {}", day.day(), day.strftime("%B"))), "{day}");
                // Every citation is explained at the foot.
                for cite in card.sections.iter().flat_map(|section| &section.lines).flat_map(|line| &line.cite) {
                    let mark = if cite.starts_with('¶') { "¶" } else { cite.as_str() };
                    let explained = card.sources.iter().flat_map(|source| source.split(" · "));
                    assert!(explained.clone().any(|part| part.split(' ').next() == Some(mark)), "{day}: {cite} is not explained");
                }
                let ids = card.rows.iter().flat_map(|row| match row {
                    Row::Buttons(actions) => actions.iter().map(|action| action.press.to_string()).collect::<Vec<_>>(),
                    Row::Menu(menu) => menu.items.iter().map(|item| item.press.to_string()).collect(),
                });
                pressed.extend(ids);
                assert!(card.rows.len() <= 4, "{day}");
                let offered = card.rows.iter().filter_map(|row| match row {
                    Row::Menu(menu) if menu.placeholder.starts_with("Tell me more") => Some(menu.items.len()),
                    _ => None,
                });
                assert!(offered.max().unwrap_or(0) <= 10, "{day}");
            }
        }
        day = day.tomorrow().expect("a next day");
    }
    let (answers, others): (Vec<String>, Vec<String>) = pressed.into_iter().partition(|id| id.starts_with("1/daily/q/"));
    assert!(answers.iter().any(|id| id.starts_with("1/daily/q/2028-02-29/1/")), "{answers:?}");
    for id in others {
        assert!(done(features::press(&id, &Request::new(day), &shared_pack::loaded().ctx())).is_ok(), "{id} leads nowhere");
    }
}

/// A menu's line holds 100 characters: what is longer is cut there, and whole in the text.
#[test]
fn a_choice_too_long_for_a_menu_is_whole_in_the_text_beside_its_letter() {
    let long = |end: &str| format!("{} {end}", "Because the government had promised it a month before".repeat(2));
    let (one, other) = (long("in the newspapers"), long("over the radio"));
    let question = question(&[&one, "Nobody knows", &other]);
    let card = compose(&shared_pack::loaded().pack, date("2027-10-23"), options(QuietPolicy::Context), Some(&question));
    let card = card.expect("a post");
    let lines = || card.sections.iter().flat_map(|section| &section.lines);
    for (letter, choice) in [("A:", one.as_str()), ("B:", "Nobody knows"), ("C:", other.as_str())] {
        let beside = |line: &&Line| line.lead.as_deref() == Some(letter) && line.text.plain() == choice;
        assert!(lines().any(|line| beside(&line)), "{letter} {choice}: {}", shown(&card));
        let label = |label: &str| label.starts_with(&format!("{letter} ")) && label.chars().count() <= 100;
        assert!(actions(&card).iter().any(|action| label(&action.label)), "{letter}: {}", shown(&card));
    }
    // Where the menu holds all of them, the text does not repeat them.
    let short = compose(&shared_pack::loaded().pack, date("2027-10-23"), options(QuietPolicy::Context), Some(&fits()));
    let short = short.expect("a post");
    assert!(actions(&short).iter().any(|action| action.label == fits().choices[0]), "{}", shown(&short));
    assert!(!shown(&short).split("[Your answer").next().expect("a body").contains(&fits().choices[0]));
}

/// A question whose choices need a menu and fit it.
fn fits() -> PostQuestion {
    question(&["At the radio building in Bródy Sándor Street, in Budapest", "Elsewhere"])
}

#[test]
fn on_dense_days_the_order_is_the_clock_and_nothing_is_out_of_reach() {
    let mut day = date("2026-10-22");
    while day <= date("2026-11-11") {
        let card = compose(&shared_pack::loaded().pack, day, options(QuietPolicy::Skip), None).expect("a dense day");
        let all = shared_pack::loaded().pack.on_day(day.month(), day.day()).filter(|(.., on)| on.year() == 1956).count();
        let text = shown(&card);
        let told = shared_pack::loaded()
            .pack
            .on_day(day.month(), day.day())
            .filter(|(_, entry, on)| on.year() == 1956 && text.contains(&entry.name))
            .count();
        assert!(told == all || text.contains("[All of that day → 1/onthisday/"), "{day}: {told} of {all}\n{text}");
        // Events are numbered in time order.
        let places: Vec<usize> = shared_pack::loaded()
            .pack
            .on_day(day.month(), day.day())
            .filter(|(_, entry, on)| {
                on.year() == 1956 && entry.event().is_some_and(|facts| facts.when.first_day() == facts.when.last_day())
            })
            .filter_map(|(_, entry, _)| {
                let body = text.split("\n[").next().unwrap_or_default();
                body.find(&format!("{}**", entry.name))
            })
            .collect();
        assert!(places.is_sorted(), "{day}: {places:?}\n{text}");
        day = day.tomorrow().expect("a next day");
    }
}

/// A pack with an event on 29 February, one on the 28th, and one in another year.
fn leap_pack(on_28: bool) -> kronikas::pack::Pack {
    let pack = "schema = 1\nid = \"p\"\ntitle = \"P\"\nyear = 1956\n[document]\ntitle = \"D\"\n[[document.paragraph]]\nnumber = 1\nsection = \"S\"\nabout = \"a\"\nclaims = 1\n";
    let sources = "[[source]]\nid = \"book\"\nshort = \"Book\"\ntitle = \"A book\"\nkind = \"reference\"\n";
    let event = |id: &str, when: &str| {
        format!(
            "[[event]]\nid = \"{id}\"\nname = \"Name of {id}\"\nwhen = \"{when}\"\ncite = [\"book\"]\nclaims = [{{ text = \"It was so.\", cite = [\"book\"] }}]\n"
        )
    };
    let mut events = event("leap", "1956-02-29T10:00") + &event("leap-52", "1952-02-29");
    if on_28 {
        events += &event("day-before", "1956-02-28");
    }
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    load(&PackFiles::new("p", vec![file("pack.toml", pack), file("sources.toml", sources), file("events.toml", &events)]))
        .unwrap_or_else(|report| panic!("{report}"))
}

#[test]
fn the_leap_day_joins_the_28th_in_common_years_and_says_so() {
    let pack = leap_pack(true);
    let text = |day: &str| shown(&compose(&pack, date(day), options(QuietPolicy::Skip), None).unwrap_or_else(|| panic!("{day}")));
    for year in [2027, 2100] {
        let joined = text(&format!("{year}-02-28"));
        for expected in ["Name of day-before", "Name of leap", "Name of leap-52", &format!("{year} has no 29 February")] {
            assert!(joined.contains(expected), "{expected} in {joined}");
        }
    }
    insta::assert_snapshot!("leap_day_joined", text("2027-02-28"));
    let (before, leap) = (text("2028-02-28"), text("2028-02-29"));
    assert!(before.contains("Name of day-before") && !before.contains("Name of leap"), "{before}");
    assert!(!leap.contains("Name of day-before") && leap.contains("Name of leap-52") && !leap.contains("has no 29"), "{leap}");
    // With nothing on the 28th itself the post is the 29th's, and no quiet one.
    let pack = leap_pack(false);
    let card = compose(&pack, date("2027-02-28"), options(QuietPolicy::Skip), None).expect("not quiet");
    assert!(shown(&card).contains("has no 29 February"));
    assert!(compose(&pack, date("2028-02-28"), options(QuietPolicy::Skip), None).is_none());
}

#[test]
fn what_an_editors_note_corrects_is_not_told_without_the_note() {
    // The class document has the secret police's headquarters stormed; it was the party's.
    let siege =
        shown(&compose(&shared_pack::loaded().pack, date("2026-10-30"), options(QuietPolicy::Skip), None).expect("a post"));
    assert!(siege.contains("Siege and lynchings") && !siege.contains("headquarters of the secret police"), "{siege}");
    let mut day = date("2028-01-01");
    let corrected: Vec<(&str, &str)> = shared_pack::loaded()
        .pack
        .numbered()
        .flat_map(|(_, entry)| {
            let noted = |claim: &&kronikas::pack::Claim| {
                claim.cite.iter().any(|cite| entry.notes.iter().any(|note| note.on.contains(cite)))
            };
            entry.claims.iter().filter(noted).map(|claim| (entry.name.as_str(), claim.text.as_str())).collect::<Vec<_>>()
        })
        .collect();
    assert!(corrected.len() > 5, "the pack has notes");
    while day.year() == 2028 {
        for quiet in QuietPolicy::ALL {
            let Some(card) = compose(&shared_pack::loaded().pack, day, options(quiet), None) else { continue };
            let said: Vec<String> =
                card.sections.iter().flat_map(|section| &section.lines).map(|line| line.text.plain()).collect();
            for (name, text) in &corrected {
                assert!(!said.iter().any(|said| said == text), "{day} says of {name}: {text}");
            }
        }
        day = day.tomorrow().expect("a next day");
    }
}

/// The days of 1956 that have an event, or that the almanac knows.
const KNOWN_DAYS: usize = 285;

#[test]
fn most_days_of_the_year_get_something_that_happened_on_them() {
    let mut day = date("2028-01-01");
    let (mut known, mut elsewhere) = (0, 0);
    while day.year() == 2028 {
        let card = compose(&shared_pack::loaded().pack, day, options(QuietPolicy::Portrait), None).expect("a post");
        let happened = Day::new(&shared_pack::loaded().pack, day.month(), day.day());
        known += usize::from(!happened.in_year.is_empty() || happened.almanac.is_some());
        if let Some(almanac) = happened.almanac {
            let heading = if almanac.at_home { "In 1956" } else { "Elsewhere in 1956" };
            let heading_of_post = format!("{heading} · {}", almanac.name);
            let place = card.sections.iter().position(|section| section.heading.as_deref() == Some(heading_of_post.as_str()));
            let place = place.unwrap_or_else(|| panic!("{day} does not tell {heading_of_post}"));
            // Hungary comes first: only there may events of other years come after.
            assert_eq!(place, if almanac.at_home || happened.other_years.is_empty() { 0 } else { place.max(1) }, "{day}");
            let line = &card.sections[place].lines[0];
            assert_eq!(line.text.plain(), almanac.said.text, "{day}");
            assert!(!line.cite.is_empty(), "{day} cites nothing");
            let look = done(features::press(
                &format!("1/onthisday/{:02}-{:02}", day.month(), day.day()),
                &Request::new(day),
                &shared_pack::loaded().ctx(),
            ))
            .expect("a card");
            assert!(look.sections.iter().any(|section| section.heading.as_deref() == Some(heading)), "{day}");
            let says = |words: &str| {
                look.sections.iter().flat_map(|section| &section.lines).any(|line| line.text.plain().contains(words))
            };
            assert_eq!(says("I know of nothing"), !almanac.at_home, "{day}");
            let posted = compose(&shared_pack::loaded().pack, day, options(QuietPolicy::Skip), None).is_some();
            assert_eq!(posted, almanac.at_home || !happened.begins_nothing(), "{day}: skipped wrongly");
            elsewhere += usize::from(!almanac.at_home);
        }
        day = day.tomorrow().expect("a next day");
    }
    assert!(known >= KNOWN_DAYS && elsewhere > 0, "{known} days are known, {elsewhere} of them elsewhere");
}

#[test]
fn skipping_skips_quiet_days_only() {
    let posts = |quiet: QuietPolicy| {
        let mut day = date("2027-01-01");
        let mut count = 0;
        while day.year() == 2027 {
            count += usize::from(compose(&shared_pack::loaded().pack, day, options(quiet), None).is_some());
            day = day.tomorrow().expect("a next day");
        }
        count
    };
    assert_eq!((posts(QuietPolicy::Context), posts(QuietPolicy::Portrait)), (365, 365));
    let told = posts(QuietPolicy::Skip);
    assert!((120..250).contains(&told), "{told}");
}

fn toml_string(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_pack_is_posted_within_limits(
        name in "[A-Za-zÁÉőű*_~`|<>@#. ]{1,80}x",
        sentences in proptest::collection::vec("[A-Za-zÁÉőű*_~`|<>@#\\[\\]()1-9. ]{1,699}y", 1..12),
        events in 1usize..40,
        year in 1950i16..2100,
        asked in any::<bool>(),
    ) {
        let claims: Vec<String> = sentences.iter().map(|text| format!("{{ text = {}, cite = [\"¶1\", \"book\"] }}", toml_string(text))).collect();
        let mut written = String::new();
        for idx in 0..events {
            let links = if idx + 1 < events { format!("leads_to = [\"e{}\"]\n", idx + 1) } else { String::new() };
            written.push_str(&format!(
                "[[event]]\nid = \"e{idx}\"\nname = {}\nwhen = \"1956-02-{}T{:02}:{:02}\"\ncite = [\"book\"]\nclaims = [{}]\n{links}",
                toml_string(&format!("{idx} {name}")), 28 + i16::from(idx > events / 2), idx % 24, idx, claims.join(", ")
            ));
        }
        let pack = "schema = 1\nid = \"p\"\ntitle = \"P\"\nyear = 1956\n[document]\ntitle = \"D\"\n[[document.paragraph]]\nnumber = 1\nsection = \"S\"\nabout = \"a\"\nclaims = 1\n";
        let sources = "[[source]]\nid = \"book\"\nshort = \"Book\"\ntitle = \"A book\"\nkind = \"reference\"\n";
        let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        let files = PackFiles::new("p", vec![file("pack.toml", pack), file("sources.toml", sources), file("events.toml", &written)]);
        let pack = match load(&files) {
            Ok(pack) => pack,
            // A sentence of spaces or a name nobody can type; anything else is the test's own fault.
            Err(report) => {
                let report = report.to_string();
                prop_assume!(false, "{}", report);
                return Ok(());
            }
        };
        let question = question(&["Yes", "No"]);
        for day in [Date::constant(2000, 2, 28).with().year(year).build().expect("a date"), Date::constant(2028, 2, 29)] {
            for quiet in QuietPolicy::ALL {
                if let Some(card) = compose(&pack, day, options(quiet), Some(&question).filter(|_| asked)) {
                    fitting::check(&message(&card));
                }
            }
        }
    }
}
