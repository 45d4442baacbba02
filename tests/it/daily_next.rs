//! What `/daily show` names as the next post is what then happens, whatever a teacher did before.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::support::school::{School, text};
use kronikas::card::{Card, format};
use kronikas::command::{Asker, Place, Request, Value};
use kronikas::delivery::wall_time;
use kronikas::features;
use kronikas::model::{ChannelId, DeliverySubject, GuildId, State, UserId};
use kronikas::store::Delivery;

const CHANNEL: ChannelId = ChannelId(70);
/// On both sides of the date line, with summer time and without, off by odd minutes.
const ZONES: [&str; 9] = [
    "Pacific/Kiritimati",
    "Pacific/Apia",
    "Pacific/Auckland",
    "Asia/Kathmandu",
    "Europe/Budapest",
    "Etc/UTC",
    "America/St_Johns",
    "America/New_York",
    "Pacific/Honolulu",
];

/// What a teacher does.
#[derive(Debug, Clone)]
enum Deed {
    Set {
        zone: usize,
        time: (i8, i8),
        quiet: &'static str,
    },
    Pause,
    /// A rest of so many days from today.
    Rest(i32),
    Resume,
    PostNow,
    Off,
}

fn deed() -> impl Strategy<Value = Deed> {
    let time = (0..24i8, prop_oneof![Just(0i8), Just(30), Just(59)]);
    let quiet = prop_oneof![3 => Just("context"), 1 => Just("skip")];
    prop_oneof![
        6 => (0..ZONES.len(), time, quiet).prop_map(|(zone, time, quiet)| Deed::Set { zone, time, quiet }),
        1 => Just(Deed::Pause),
        1 => (0..5i32).prop_map(Deed::Rest),
        2 => Just(Deed::Resume),
        2 => Just(Deed::PostNow),
        1 => Just(Deed::Off),
    ]
}

/// What `/daily …` answers a teacher.
fn daily(school: &School, subcommand: &str, options: &[(&str, String)]) -> Result<Card, String> {
    let asker = Asker { id: UserId(1), manages: true };
    let mut request = Request::at(school.now()).by(asker, Some(Place { guild: Some(GuildId(7)), channel: CHANNEL }));
    request.subcommand = Some(subcommand.to_owned());
    request.options = options.iter().map(|(name, value)| ((*name).to_owned(), Value::Text(value.clone()))).collect();
    school.wait(features::answer("daily", &request, &school.ctx())).map_err(|error| error.told().text.plain())
}

fn act(school: &School, deed: &Deed) {
    // What cannot be done at the time is refused, and changes nothing.
    let _ = match deed {
        Deed::Set { zone, time: (hour, minute), quiet } => {
            let time = format!("{hour}:{minute:02}");
            daily(school, "set", &[("time", time), ("zone", ZONES[*zone].to_owned()), ("quiet", (*quiet).to_owned())])
        }
        Deed::Pause => daily(school, "pause", &[]),
        Deed::Rest(days) => {
            let zone = schedule(school).map_or("Etc/UTC".to_owned(), |schedule| schedule.zone);
            let today = jiff::tz::TimeZone::get(&zone).expect("a zone").to_datetime(school.now()).date();
            let until = today.checked_add(jiff::Span::new().days(*days)).expect("a day");
            daily(school, "pause", &[("until", until.to_string())])
        }
        Deed::Resume => daily(school, "resume", &[]),
        Deed::PostNow => daily(school, "post-now", &[]),
        Deed::Off => daily(school, "off", &[]).and_then(|_| {
            school
                .wait(school.services.store.remove_schedule(CHANNEL))
                .map(|_| Card::new(kronikas::card::Outcome::Found, ""))
                .map_err(|e| e.to_string())
        }),
    };
}

fn schedule(school: &School) -> Option<kronikas::store::Schedule> {
    school.wait(school.services.store.schedule(CHANNEL)).expect("the store answers")
}

/// The posts of days that were sent, the earliest first.
fn sent(school: &School) -> Vec<Delivery> {
    let mut all = school.wait(school.services.store.deliveries(CHANNEL, 1000)).expect("the store answers");
    all.retain(|delivery| matches!(delivery.state, State::Sent(_)) && delivery.subject == DeliverySubject::Day);
    all.sort_by_key(|delivery| delivery.decided_at);
    all
}

/// Lives on until an instant, delivering whatever comes due.
fn live(school: &School, until: Timestamp) {
    loop {
        school.deliver();
        let next = school.wait(school.services.store.next_wake()).expect("the store answers");
        match next.filter(|next| *next <= until) {
            Some(next) => school.clock.set(next.max(school.now())),
            None => break,
        }
    }
    school.clock.set(until.max(school.now()));
}

/// The line of `/daily show` that names the next post.
fn named(school: &School) -> Option<String> {
    let shown = text(&daily(school, "show", &[]).expect("shown"));
    shown.lines().find_map(|line| line.strip_prefix("Next post: ")).map(str::to_owned)
}

/// What is named, and what then happens within a year; where nothing is, within a month.
fn compare(school: &School) -> Result<(), TestCaseError> {
    let named = named(school);
    let before = sent(school).len();
    let mut now = school.now();
    let end = now + SignedDuration::from_hours(24 * if named.is_some() { 370 } else { 31 });
    while sent(school).len() == before && now < end {
        now += SignedDuration::from_hours(12);
        live(school, now);
    }
    let Some(post) = sent(school).into_iter().nth(before) else {
        prop_assert!(named.is_none(), "named {named:?}, and none came");
        return Ok(());
    };
    let named = named.unwrap_or_default();
    let utc = jiff::tz::TimeZone::UTC.to_datetime(post.due_at);
    let expected = format!("{:02}:{:02} UTC", utc.hour(), utc.minute());
    prop_assert!(
        named.starts_with(&format::long_date(post.key.date)) && named.contains(&expected),
        "named {named}, and then came {} at {}",
        post.key.date,
        post.due_at
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn what_is_named_is_what_happens(
        start in 1_790_000_000i64..1_830_000_000,
        deeds in prop::collection::vec((deed(), 0i64..40), 1..6),
    ) {
        let begin = Timestamp::from_second(start).expect("an instant");
        let school = School::open(&begin.to_string());
        for (deed, hours) in &deeds {
            act(&school, deed);
            live(&school, school.now() + SignedDuration::from_hours(*hours));
        }
        if schedule(&school).is_some() {
            compare(&school)?;
        }
    }
}

fn set(zone: &str, time: (i8, i8), quiet: &'static str) -> Deed {
    Deed::Set { zone: ZONES.iter().position(|known| *known == zone).expect("known"), time, quiet }
}

#[test]
fn a_date_that_was_posted_by_another_zones_clock_is_not_named_again() {
    // It is the 26th already on Kiritimati when it is the 25th in Honolulu.
    let school = School::open("2026-11-25T16:00:00Z");
    act(&school, &set("Pacific/Kiritimati", (7, 0), "context"));
    live(&school, "2026-11-25T18:00:00Z".parse().expect("an instant"));
    assert_eq!(sent(&school).len(), 1);
    act(&school, &set("Pacific/Honolulu", (9, 0), "context"));
    live(&school, "2026-11-25T20:00:00Z".parse().expect("an instant"));
    assert_eq!(sent(&school).len(), 2, "the 25th, in Honolulu");
    let shown = named(&school).expect("one is named");
    assert!(shown.starts_with("Friday 27 November 2026"), "the 26th was posted on Kiritimati: {shown}");
    compare(&school).expect("what is named happens");
}

#[test]
fn a_class_that_skips_quiet_days_is_told_the_next_day_that_has_a_post() {
    let school = School::open("2026-12-20T12:00:00Z");
    act(&school, &set("Europe/Budapest", (8, 0), "skip"));
    compare(&school).expect("what is named happens");
}

#[test]
fn a_post_that_is_late_is_named_until_it_is_too_late() {
    let school = School::open("2026-11-24T12:00:00Z");
    act(&school, &set("Europe/Budapest", (8, 0), "context"));
    // Nobody delivered since.
    school.clock.set("2026-11-25T09:00:00Z".parse().expect("an instant"));
    assert!(named(&school).expect("one is named").starts_with("Wednesday 25 November 2026"));
    school.clock.set("2026-11-25T13:30:00Z".parse().expect("an instant"));
    assert!(named(&school).expect("one is named").starts_with("Thursday 26 November 2026"));
    let kept = schedule(&school).expect("it is kept");
    assert_eq!(wall_time(&kept).hour(), 8);
    compare(&school).expect("what is named happens");
}
