//! `/daily` without an edge: what a teacher's words come to, at instants that are set.

use crate::support::school::{School, action, text};
use kronikas::card::Card;
use kronikas::card::action::decode;
use kronikas::command::{Asker, Place, Request, Value};
use kronikas::features;
use kronikas::model::{ChannelId, GuildId, UserId};
use kronikas::store::Schedule;

const GUILD: GuildId = GuildId(7);
const CHANNEL: ChannelId = ChannelId(70);
const NOON: &str = "2026-11-24T11:00:00Z";

fn request(school: &School, manages: bool) -> Request {
    Request::at(school.now()).by(Asker { id: UserId(1), manages }, Some(Place { guild: Some(GUILD), channel: CHANNEL }))
}

/// What `/daily …` answers a teacher.
fn daily(school: &School, subcommand: &str, options: &[(&str, &str)]) -> Result<Card, String> {
    let mut request = request(school, true);
    request.subcommand = Some(subcommand.to_owned());
    for (name, value) in options {
        request.options.push(((*name).to_owned(), Value::Text((*value).to_owned())));
    }
    school.wait(features::answer("daily", &request, &school.ctx())).map_err(|error| error.told().text.plain())
}

fn schedule(school: &School) -> Option<Schedule> {
    school.wait(school.services.store.schedule(CHANNEL)).expect("the store answers")
}

#[test]
fn wrong_words_are_answered_clearly_and_change_nothing() {
    let school = School::open(NOON);
    daily(&school, "set", &[("time", "8"), ("zone", "Budapest")]).expect("set");
    let before = schedule(&school);
    for (options, expected) in [
        (vec![("time", "25"), ("zone", "Budapest")], "no hour 25"),
        (vec![("time", "24:00"), ("zone", "Budapest")], "midnight"),
        (vec![("time", "8"), ("zone", "UTC+2")], "fixed offset"),
        (vec![("time", "8"), ("zone", "Budapset"), ("quiet", "skip")], "Europe/Budapest"),
        (vec![("time", "8"), ("zone", "Budapest"), ("quiet", "loud")], "context"),
        (vec![("time", "8"), ("zone", "Budapest"), ("late", "99")], "from 1 to 23"),
        (vec![("time", ""), ("zone", "Budapest")], "No time was given"),
    ] {
        let refused = daily(&school, "set", &options).expect_err("refused");
        assert!(refused.contains(expected), "{options:?}: {refused}");
        assert_eq!(schedule(&school), before, "{options:?}");
    }
    let until = daily(&school, "pause", &[("until", "1 january 2026")]).expect_err("over");
    assert!(until.contains("is in the past"), "{until}");
    assert_eq!(schedule(&school), before);
}

#[test]
fn a_crowded_minute_is_told_and_the_next_free_one_offered() {
    let school = School::open(NOON);
    daily(&school, "set", &[("time", "8:00"), ("zone", "Budapest")]).expect("set");
    let pattern = schedule(&school).expect("it is kept");
    school.wait(async {
        for other in 0..2_900 {
            let put = Schedule { channel: ChannelId(1_000 + other), guild: Some(GuildId(100 + other)), ..pattern.clone() };
            school.services.store.put_schedule(&put).await.expect("it is kept");
        }
    });
    let card = daily(&school, "set", &[("time", "8:00"), ("zone", "Budapest")]).expect("set");
    assert!(text(&card).contains("2900 other classes want the same minute"), "{}", text(&card));
    let press = decode(&action(&card, "Take 08:01").press.to_string()).expect("a press of ours");
    let moved = school.wait(features::press(&press.to_string(), &request(&school, true), &school.ctx())).expect("moved");
    assert!(text(&moved).contains("08:01 in Europe/Budapest") && !text(&moved).contains("Crowded"), "{}", text(&moved));
    let refused = school.wait(features::press(&press.to_string(), &request(&school, false), &school.ctx()));
    assert!(refused.is_err(), "a student's press of a teacher's button");
}

#[test]
fn a_pause_ends_by_itself_and_a_resumed_one_keeps_the_reasons() {
    let school = School::open(NOON);
    daily(&school, "set", &[("time", "8"), ("zone", "Budapest")]).expect("set");
    let rest = daily(&school, "pause", &[("until", "7 january")]).expect("it rests");
    assert!(text(&rest).contains("Thursday 7 January 2027"), "{}", text(&rest));
    assert_eq!(schedule(&school).expect("it is kept").next_date.to_string(), "2027-01-08");
    daily(&school, "resume", &[]).expect("it goes on");
    assert_eq!(schedule(&school).expect("it is kept").next_date.to_string(), "2026-11-25");
    daily(&school, "pause", &[]).expect("paused");
    school.clock.set("2026-11-28T11:00:00Z".parse().expect("an instant"));
    daily(&school, "resume", &[]).expect("it goes on");
    let shown = text(&daily(&school, "show", &[]).expect("shown"));
    assert_eq!(shown.matches("it was paused (you asked for it)").count(), 4, "25th to 28th: {shown}");
}

#[test]
fn eleven_channels_are_one_too_many() {
    let school = School::open(NOON);
    for channel in 0..11 {
        let mut request = request(&school, true);
        request.subcommand = Some("set".to_owned());
        request.options = vec![
            ("channel".to_owned(), Value::Channel(ChannelId(200 + channel))),
            ("time".to_owned(), Value::Text("8".to_owned())),
            ("zone".to_owned(), Value::Text("Budapest".to_owned())),
        ];
        let answer = school.wait(features::answer("daily", &request, &school.ctx()));
        assert_eq!(answer.is_ok(), channel < 10, "channel {channel}");
    }
}

#[test]
fn zones_complete_by_what_teachers_call_them() {
    let school = School::open(NOON);
    for (typed, expected) in [("buda", "Europe/Budapest · 12:00 now, UTC+1"), ("new y", "America/New_York · 06:00 now, UTC−5")]
    {
        let offered = features::complete("daily set", "zone", typed, school.now(), &school.ctx());
        let names: Vec<&str> = offered.iter().map(|choice| choice.name.as_str()).collect();
        let fits = |name: &&&str| name.replace('−', "-") == expected.replace('−', "-");
        assert!(names.iter().take(3).any(|name| fits(&name)), "{typed}: {names:?}");
        assert!(names.len() <= 25);
    }
}
