//! The replay, pure: what is posted in which order, when, and how it reads.

use crate::support::done;
use crate::support::{fitting, shared_pack};
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use kronikas::card::{Card, Row};
use kronikas::command::Request;
use kronikas::discord::message_of_card;
use kronikas::features;
use kronikas::features::replay::{Detail, ReplayRenderer, ReplayStep, Script, schedule, script, sources};
use kronikas::model::{LessonDetail, ReplayMode};
use kronikas::pack::{EntryIdx, Point};
use proptest::prelude::*;

const FROM: Date = Date::constant(1956, 10, 22);
const TO: Date = Date::constant(1956, 11, 4);
const LESSON: ReplayMode = ReplayMode::Lesson { seconds: 45 * 60, detail: LessonDetail::All };

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).expect("a zone")
}

fn lesson(seconds: i64) -> Script {
    script(&shared_pack::loaded().pack, FROM, TO, ReplayMode::Lesson { seconds, detail: LessonDetail::All })
}

fn cards(script: &Script, mode: ReplayMode) -> Vec<Card> {
    let stage = ReplayRenderer { pack: &shared_pack::loaded().pack, script, mode };
    (0..=script.steps.len()).map(|place| stage.post(place)).collect()
}

fn presses(card: &Card) -> Vec<String> {
    let of = |row: &Row| match row {
        Row::Buttons(actions) => actions.iter().map(|action| action.press.to_string()).collect::<Vec<_>>(),
        Row::Menu(menu) => menu.items.iter().map(|item| item.press.to_string()).collect(),
    };
    card.rows.iter().flat_map(of).collect()
}

#[test]
fn every_event_is_told_once_in_order_whatever_the_detail() {
    let pack = &shared_pack::loaded().pack;
    let mut all: Option<Vec<_>> = None;
    for detail in Detail::ALL {
        let script = Script::new(pack, FROM, TO, detail);
        let told: Vec<_> = script
            .steps
            .iter()
            .flat_map(|step| match step {
                ReplayStep::NextPost(events) => events.clone(),
                _ => Vec::new(),
            })
            .collect();
        for (place, idx) in told.iter().enumerate() {
            let facts = pack.entry(*idx).event().expect("an event");
            // A cause on the list is told before what it led to.
            let later = &told[place..];
            assert!(!facts.led_from.iter().any(|cause| later.contains(cause)), "{}", pack.entry(*idx).id);
            // What has a clock time comes in the order of the clock.
            let clock = |idx: &EntryIdx| pack.entry(*idx).when().expect("an event").order();
            let is_timed =
                |idx: &&EntryIdx| matches!(pack.entry(**idx).when().map(|when| when.from), Some(Point::Day(_, Some(_))));
            let earlier = told[..place].iter().filter(is_timed).max_by_key(|idx| clock(idx));
            let in_order = earlier.is_none_or(|earlier| clock(earlier) <= clock(idx));
            // What has none comes before what happened at night, unless something of that night led to it.
            let at_night = |idx: &EntryIdx| clock(idx).1 > 3 + 20 * 60 + 30;
            let of_that_night = earlier.is_none_or(|earlier| {
                clock(earlier).0 < clock(idx).0 || !at_night(earlier) || facts.led_from.iter().any(at_night)
            });
            assert!(if is_timed(&idx) { in_order } else { of_that_night }, "{}", pack.entry(*idx).id);
        }
        let days = |step: &ReplayStep| match step {
            ReplayStep::NextPost(events) => {
                events.iter().map(|idx| pack.entry(*idx).when().and_then(|when| when.day())).collect()
            }
            _ => Vec::new(),
        };
        assert!(script.steps.iter().all(|step| days(step).windows(2).all(|pair| pair[0] == pair[1])));
        assert_eq!(script.questions(), pack.turning_points.len());
        assert!(told.len() > 90, "{}", told.len());
        assert_eq!(*all.get_or_insert(told.clone()), told);
    }
}

#[test]
fn a_question_comes_right_before_its_event_and_is_answered_later() {
    let pack = &shared_pack::loaded().pack;
    for seconds in [60, 600, 2700, 8 * 3600] {
        let script = lesson(seconds);
        let cards = cards(&script, ReplayMode::Lesson { seconds, detail: LessonDetail::All });
        for (place, step) in script.steps.iter().enumerate() {
            let ReplayStep::Asked(idx) = step else { continue };
            let point = &pack.turning_points[*idx];
            assert!(
                matches!(&script.steps[place + 1], ReplayStep::NextPost(events) if events[0] == point.before),
                "{}",
                point.id
            );
            let answer = script
                .steps
                .iter()
                .position(|step| matches!(step, ReplayStep::NextPost(events) if events.contains(&point.reveal)));
            let answer = answer.expect("it is told");
            assert!(answer > place);
            let said = format!("{:?}", cards[answer]);
            assert!(said.contains("You were asked:") && said.contains(&point.ask), "{}", point.id);
        }
    }
    let short = Script::new(pack, FROM, date(1956, 10, 23), Detail::Hour);
    assert_eq!(short.questions(), 3, "only what is answered is asked");
}

#[test]
fn every_sentence_about_history_is_cited_and_every_post_fits() {
    for seconds in [60, 1200, 2700, 8 * 3600] {
        let mode = ReplayMode::Lesson { seconds, detail: LessonDetail::All };
        let script = lesson(seconds);
        for (place, card) in cards(&script, mode).into_iter().enumerate() {
            let message = serde_json::to_value(message_of_card(&card, 1, false)).expect("JSON");
            fitting::check(&message);
            let text = message["embeds"][0]["description"].as_str().unwrap_or_default();
            assert!(!text.ends_with('…'), "cut: {text}");
            // A post is found again by its components.
            assert!(!presses(&card).is_empty());
            if matches!(script.steps.get(place), Some(ReplayStep::NextPost(_))) {
                for line in card.sections.iter().flat_map(|section| &section.lines) {
                    let ours = ["You were asked:", "This is what happened.", "Only part of this"];
                    let plain = format!("{}{}", line.lead.clone().unwrap_or_default(), line.text.plain());
                    assert!(!line.cite.is_empty() || ours.iter().any(|ours| plain.starts_with(ours)), "{plain}");
                }
                assert!(!card.sources.is_empty());
            }
        }
    }
}

/// A post as a reader sees it: the title and the text.
fn characters(card: &Card) -> usize {
    let message = serde_json::to_value(message_of_card(card, 1, false)).expect("JSON");
    let embed = &message["embeds"][0];
    let length = |part: &str| embed[part].as_str().unwrap_or_default().chars().count();
    length("title") + length("description")
}

#[test]
fn a_lesson_tells_the_weightiest_events_at_a_pace_to_read() {
    let pack = &shared_pack::loaded().pack;
    let all = Script::new(pack, FROM, TO, Detail::Hour);
    for (seconds, posts, questions) in [(60, 3..=6, 0), (1200, 11..=14, 2), (2700, 26..=30, 6), (5400, 40..=60, 8)] {
        let mode = ReplayMode::Lesson { seconds, detail: LessonDetail::Highlights };
        let script = script(pack, FROM, TO, mode);
        let cards = cards(&script, mode);
        assert!(posts.contains(&cards.len()), "{seconds} s: {} posts", cards.len());
        assert!(script.questions() >= questions, "{seconds} s: {} questions", script.questions());
        let start = Timestamp::from_second(1_800_000_000).expect("an instant");
        let instants = schedule(pack, &script, mode, start, &TimeZone::UTC, 100);
        let gaps = instants.windows(2).map(|pair| pair[0].duration_until(pair[1]).as_secs());
        assert!(seconds < 600 || gaps.clone().all(|gap| gap >= 90), "{seconds} s: {:?}", gaps.collect::<Vec<_>>());
        let longest = cards.iter().max_by_key(|card| characters(card)).expect("a post");
        assert!(characters(longest) <= 500, "{} characters: {longest:#?}", characters(longest));
        for (place, step) in script.steps.iter().enumerate() {
            let lines = || cards[place].sections.iter().flat_map(|section| &section.lines);
            match step {
                ReplayStep::Opening => {}
                ReplayStep::Asked(point) => {
                    let point = &pack.turning_points[*point];
                    assert_eq!(script.steps[place + 1], ReplayStep::NextPost(vec![point.before]));
                    let reveal = ReplayStep::NextPost(vec![point.reveal]);
                    assert!(script.steps[place..].contains(&reveal), "{} is not answered", point.id);
                    assert!(lines().any(|line| !line.cite.is_empty()), "nothing is known at {}", point.id);
                }
                ReplayStep::NextPost(events) => {
                    let [only] = events[..] else { panic!("several events in a post: {events:?}") };
                    assert!(lines().any(|line| !line.cite.is_empty()), "{} is not cited", pack.entry(only).id);
                }
            }
        }
        if seconds == 2700 {
            let days = |script: &Script| -> Vec<Option<Date>> {
                let events = script.steps.iter().flat_map(|step| match step {
                    ReplayStep::NextPost(events) => events.clone(),
                    _ => Vec::new(),
                });
                let mut days: Vec<_> = events.map(|idx| pack.entry(idx).when().and_then(|when| when.day())).collect();
                days.dedup();
                days
            };
            assert_eq!(days(&script), days(&all), "each day has an event");
        }
    }
}

#[test]
fn what_an_editors_note_corrects_is_not_told() {
    let script = lesson(2700);
    let all = format!("{:?}", cards(&script, LESSON));
    for wrong in ["would be declared neutral unless", "Soviet diplomats went home", "300 protesters", "sentence breaks off"] {
        assert!(!all.contains(wrong), "{wrong}");
    }
    assert!(all.contains("It is still disputed") || all.contains("disputed how many died"));
}

#[test]
fn every_press_is_answered() {
    let script = lesson(2700);
    let request = Request::new(date(2026, 11, 24));
    for id in cards(&script, LESSON).iter().flat_map(presses) {
        let answer = done(features::press(&id, &request, &shared_pack::loaded().ctx()));
        assert!(answer.is_ok(), "{id}: {answer:?}");
    }
    for id in ["1/replay", "1/replay/choose/march/9", "1/replay/choose/nothing/0", "1/replay/sources/x/y/0", "1/replay/start"] {
        assert!(done(features::press(id, &request, &shared_pack::loaded().ctx())).is_err(), "{id}");
    }
    for page in 0..30 {
        let card = sources(&shared_pack::loaded().pack, FROM, TO, page);
        fitting::check(&serde_json::to_value(message_of_card(&card, 1, true)).expect("JSON"));
    }
}

#[test]
fn forty_five_minutes_leave_time_to_read() {
    let script = lesson(2700);
    let instants = schedule(&shared_pack::loaded().pack, &script, LESSON, at("2026-11-25T09:00:00Z"), &TimeZone::UTC, 100);
    assert_eq!(*instants.last().expect("a closing post"), at("2026-11-25T09:45:00Z"));
    let gaps: Vec<i64> = instants.windows(2).map(|pair| pair[0].duration_until(pair[1]).as_secs()).collect();
    assert!(gaps.iter().all(|gap| *gap >= 20), "{gaps:?}");
    assert!((60..=120).contains(&script.steps.len()), "{}", script.steps.len());
    for (place, step) in script.steps.iter().enumerate() {
        if matches!(step, ReplayStep::Asked(_)) {
            assert!(gaps[place] >= 40, "time to think: {}", gaps[place]);
        }
    }
}

fn as_it_happened(year: i16, zone_name: &str) -> (Script, Vec<Timestamp>) {
    let mode = ReplayMode::AsItHappened { year };
    let script = script(&shared_pack::loaded().pack, FROM, TO, mode);
    let start = Date::new(year, 10, 20).expect("a day").to_zoned_datetime(zone(zone_name)).expect("a time").timestamp();
    let instants = schedule(&shared_pack::loaded().pack, &script, mode, start, &zone(zone_name), 100);
    (script, instants)
}

#[test]
fn as_it_happened_everything_has_its_own_day_and_clock_time_across_clock_changes() {
    let pack = &shared_pack::loaded().pack;
    // Budapest and New York put their clocks back within these days, Sydney and Santiago have summer time.
    for (year, name) in [
        (2026, "Europe/Budapest"),
        (2026, "America/New_York"),
        (2027, "Europe/Budapest"),
        (2026, "Australia/Sydney"),
        (2028, "America/Santiago"),
    ] {
        let zone_of = zone(name);
        let (script, instants) = as_it_happened(year, name);
        assert!(instants.windows(2).all(|pair| pair[0] < pair[1]), "{name}");
        for (step, instant) in script.steps.iter().zip(&instants) {
            let ReplayStep::NextPost(events) = step else { continue };
            let when = pack.entry(events[0]).when().expect("an event");
            let local = zone_of.to_datetime(*instant);
            let day = when.day().expect("a day");
            assert_eq!((local.month(), local.day()), (day.month(), day.day()), "{name}: {}", pack.entry(events[0]).id);
        }
        let of = |id: &str| {
            let idx = pack.find(id).expect("it is there");
            let place =
                script.steps.iter().position(|step| matches!(step, ReplayStep::NextPost(events) if events[0] == idx)).expect(id);
            zone_of.to_datetime(instants[place]).time().to_string()
        };
        assert_eq!(of("event/1956-10-24-nagy-appointed"), "08:13:00", "{name}");
        assert_eq!(of("event/1956-11-04-whirlwind"), "04:15:00", "{name}");
        assert_eq!(of("event/1956-10-28-ceasefire"), "13:20:00", "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_lessons_instants_increase_and_fit(seconds in 60i64..=8 * 3600, first in 0i64..14, days in 0i64..31, speed in 50u16..=300) {
        let from = FROM.checked_add(SignedDuration::from_hours(24 * first)).expect("a day");
        let to = from.checked_add(SignedDuration::from_hours(24 * days)).expect("a day");
        let mode = ReplayMode::Lesson { seconds, detail: LessonDetail::All };
        let script = script(&shared_pack::loaded().pack, from, to, mode);
        let start = at("2026-11-25T09:00:00Z");
        let instants = schedule(&shared_pack::loaded().pack, &script, mode, start, &TimeZone::UTC, 100);
        prop_assert_eq!(instants.len(), script.steps.len() + 1);
        prop_assert_eq!(instants[0], start);
        // Never faster than a channel takes posts, and done when the lesson is.
        prop_assert!(instants.windows(2).all(|pair| pair[0].duration_until(pair[1]) >= SignedDuration::from_secs(1)));
        prop_assert_eq!(start.duration_until(*instants.last().expect("one")), SignedDuration::from_secs(seconds));
        let other = schedule(&shared_pack::loaded().pack, &script, mode, start, &TimeZone::UTC, speed);
        prop_assert!(other.windows(2).all(|pair| pair[0].duration_until(pair[1]) >= SignedDuration::from_secs(1)));
    }

    #[test]
    fn as_it_happened_instants_increase_in_every_zone(year in 1990i16..2037, idx in 0usize..600) {
        let names: Vec<_> = jiff::tz::db().available().collect();
        let (script, instants) = as_it_happened(year, names[idx % names.len()].as_str());
        prop_assert_eq!(instants.len(), script.steps.len() + 1);
        prop_assert!(instants.windows(2).all(|pair| pair[0] < pair[1]));
    }
}

/// A card as the terminal shows it, without colour.
fn shown(card: &Card) -> String {
    let message = serde_json::to_value(message_of_card(card, 1, false)).expect("JSON");
    let embed = &message["embeds"][0];
    let rows = message["components"].as_array().cloned().unwrap_or_default();
    let buttons: Vec<String> = rows
        .iter()
        .flat_map(|row| row["components"].as_array().cloned().unwrap_or_default())
        .map(|component| {
            let label = component["label"].as_str().or(component["placeholder"].as_str()).unwrap_or_default().to_owned();
            format!("[{label}]")
        })
        .collect();
    format!(
        "# {}\n{}\n\n{}\n",
        embed["title"].as_str().unwrap_or_default(),
        embed["description"].as_str().unwrap_or_default(),
        buttons.join(" ")
    )
}

#[test]
fn the_posts_read_well() {
    let script = lesson(2700);
    let cards = cards(&script, LESSON);
    let first: Vec<String> = cards[..9].iter().map(shown).collect();
    insta::assert_snapshot!("first_posts", first.join("\n———\n\n"));
    let asked = script.steps.iter().position(|step| matches!(step, ReplayStep::Asked(2))).expect("the troops");
    insta::assert_snapshot!(
        "a_turning_point_and_its_answer",
        format!("{}\n———\n\n{}", shown(&cards[asked]), shown(&cards[asked + 1]))
    );
    let answer =
        done(features::press("1/replay/choose/troops/1", &Request::new(date(2026, 11, 24)), &shared_pack::loaded().ctx()))
            .expect("an answer");
    insta::assert_snapshot!("what_there_is_to_weigh", shown(&answer));
    insta::assert_snapshot!("the_closing_post", shown(cards.last().expect("it closes")));
    let stage = ReplayRenderer { pack: &shared_pack::loaded().pack, script: &script, mode: LESSON };
    insta::assert_snapshot!("summed_up", shown(&stage.summary(12, 30)));
    let tight = lesson(60);
    let day =
        tight.steps.iter().position(|step| matches!(step, ReplayStep::NextPost(events) if events.len() > 5)).expect("a full day");
    let stage = ReplayRenderer {
        pack: &shared_pack::loaded().pack,
        script: &tight,
        mode: ReplayMode::Lesson { seconds: 60, detail: LessonDetail::All },
    };
    insta::assert_snapshot!("a_day_in_one_post", shown(&stage.post(day)));
    let all: Vec<String> = script
        .steps
        .iter()
        .enumerate()
        .map(|(place, _)| format!("{:>3} {}", place + 1, script.name(&shared_pack::loaded().pack, place)))
        .collect();
    insta::assert_snapshot!("the_script", all.join("\n"));
}
