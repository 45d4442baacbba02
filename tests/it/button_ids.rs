//! Ids of buttons: those of yesterday work today, and none depends on where something stands in the pack.

use crate::support::school::{School, action, actions, text};
use crate::support::{done, shared_pack};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use kronikas::card::action::{base36, decode};
use kronikas::card::press::{TopicHash, TopicId};
use kronikas::card::{Card, CardResult};
use kronikas::command::{Asker, CurrentPack, LoadedPack, Place, Request};
use kronikas::features;
use kronikas::model::{ChannelId, GuildId, SessionKind, UserId};
use kronikas::pack::{Kind, load, read_dir};
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// One id of each kind, to the letter as messages in Discord hold them.
const WRITTEN: &[&str] = &[
    "1/event/1956-10-23-radio-shots",
    "1/event/1956-10-23-radio-shots/1",
    "1/event/1956-10-23-radio-shots/sources",
    "1/who/person/imre-nagy",
    "1/who/person/imre-nagy/2",
    "1/who/person/imre-nagy/sources",
    "1/who/group/soviet-army",
    "1/place/debrecen",
    "1/place/debrecen/sources",
    "1/term/amnesty",
    "1/onthisday/10-23",
    "1/onthisday/02-29",
    "1/onthisday/10-23/1",
    "1/timeline////",
    "1/timeline////2",
    "1/timeline/19561023/19561104//0",
    "1/timeline///person.imre-nagy/",
    "1/timeline///person.imre-nagy/1",
    "1/timeline///tag.protest/0",
    "1/map//0",
    "1/map/person.imre-nagy/",
    "1/map/tag.protest/0",
    "1/map/days.19561023.19561024/0",
    "1/why/1956-10-23-radio-shots",
    "1/why/1956-10-23-radio-shots/0",
    "1/graph/1956-10-23-radio-shots",
    "1/graph/1956-10-23-radio-shots/0",
    "1/source/p9",
    "1/source/p9/1",
    "1/source/Q1",
    "1/ask/s/romsics+pts-hta",
    "1/discuss/s/d-why-rakosi",
    "1/discuss/h/d-why-rakosi/0",
    "1/discuss/o/d-why-rakosi",
    "1/discuss/o/d-why-rakosi/1",
    "1/discuss/p/d-why-rakosi",
    "1/help",
    "1/help/who",
    "1/about",
    "1/about/kept",
    "1/about/2",
    "1/daily/q/2026-10-23/0",
    "1/daily/q/2026-10-23/0/1y2p0ij32e8e7",
    "1/daily/show",
    "1/daily/at/70/09:05",
    "1/daily/now/70/2026-11-24",
    "1/daily/anyway/70/2026-11-24/0",
    "1/daily/off/70",
    "1/replay/choose/march/0",
    "1/replay/sources/19561023/19561104/0",
    "1/quiz/start//5/",
    "1/quiz/start/person.imre-nagy/3/easy",
    "1/quiz/start/protest/20/hard",
    "1/quiz/7",
    "1/quiz/7/end",
    "1/quiz/7/again",
    "1/quiz/7/0/pass",
    "1/quiz/7/0/t",
    "1/quiz/7/0/c2",
    "1/review/start",
    "1/review/more",
    "1/review/7",
    "1/review/7/end",
    "1/review/7/0/show",
    "1/review/7/0/r3",
    "1/round/a/7/0/2",
    "1/round/n/123456/5/0/0/-",
    "1/round/c/123456/5/0/0/-/1",
    "1/progress",
    "1/my-data/show",
    "1/my-data/export",
    "1/my-data/delete",
    "1/my-data/delete/yes",
];

const NOON: &str = "2026-11-24T11:00:00Z";

fn request(school: &School) -> Request {
    let place = Place { guild: Some(GuildId(7)), channel: ChannelId(70) };
    Request::at(school.now()).by(Asker { id: UserId(1), manages: true }, Some(place)).numbered(900)
}

/// Whether a press is told to ask again.
fn is_stale(answer: &CardResult) -> bool {
    answer.as_ref().is_err_and(|refusal| refusal.told().text.plain().starts_with("This button is from an older version"))
}

#[test]
fn buttons_of_yesterday_work() {
    for id in WRITTEN {
        let school = School::open(NOON);
        let mut set = request(&school).with("time", "8").with("zone", "Budapest");
        set.subcommand = Some("set".to_owned());
        school.wait(features::answer("daily", &set, &school.ctx())).expect("set");
        let answer = school.wait(features::press(id, &request(&school), &school.ctx()));
        assert!(!is_stale(&answer), "{id}");
        assert_eq!(decode(id).expect("it is read").to_string(), *id);
    }
}

/// The built-in pack with one more event before all others, of a theme before all others: every index is another.
fn reloaded() -> Arc<CurrentPack> {
    reloaded_with(&[date(1900, 1, 1)])
}

/// The built-in pack with more events on these days.
fn reloaded_with(days: &[Date]) -> Arc<CurrentPack> {
    let folder = tempfile::tempdir().expect("a folder");
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("knowledge");
    for file in fs::read_dir(built_in).expect("the pack").map(|file| file.expect("a file").path()) {
        if file.is_file() {
            fs::copy(&file, folder.path().join(file.file_name().expect("a name"))).expect("copied");
        }
    }
    let events = folder.path().join("events.toml");
    let event = |day: &Date| {
        format!(
            "[[event]]\nid = \"{day}-new\"\nname = \"Something quite new on {day}\"\nwhen = \"{day}\"\n\
             gist = {{ text = \"Something happened.\", cite = [\"romsics\"] }}\ntags = [\"aaa\"]\ncite = [\"romsics\"]\n\
             claims = [{{ text = \"Something happened.\", cite = [\"romsics\"] }}]\n\n"
        )
    };
    let more: String = days.iter().map(event).collect();
    let text = fs::read_to_string(&events).expect("events");
    fs::write(&events, format!("{more}{text}")).expect("written");
    let files = read_dir(folder.path()).unwrap_or_else(|report| panic!("{report}"));
    Arc::new(CurrentPack::new(LoadedPack::new(load(&files).unwrap_or_else(|report| panic!("{report}")))))
}

/// A round that was begun alone has all of it in its buttons: it goes on as a quiz about the same, also after
/// the pack was replaced.
#[test]
fn a_round_that_was_begun_alone_goes_on_as_a_quiz() {
    let reloaded = reloaded();
    let here = |pack: &Arc<CurrentPack>| pack.current().pack.find("person/imre-nagy");
    assert_ne!(here(&reloaded), here(&shared_pack::current_pack()), "the index is another");
    for (topic, name) in
        [(TopicId::Entry(Kind::Person, "imre-nagy".to_owned()), "Imre Nagy"), (TopicId::Theme("protest".to_owned()), "protest")]
    {
        let hash = base36(TopicHash::of(&topic).0);
        for pack in [shared_pack::current_pack(), reloaded.clone()] {
            let mut school = School::teaching(pack, NOON);
            let mut press = |id: &str| school.press(1, &decode(id).expect("it is read")).expect("an answer");
            let asked = text(&press(&format!("1/round/n/77/3/1/1/h{hash}")));
            assert!(asked.contains(&format!("Quiz about {name} · question 1 of 2")), "{asked}");
            let told = press(&format!("1/round/c/77/3/1/1/h{hash}/0"));
            assert!(["Right!", "Not quite"].contains(&told.title.plain().as_str()), "{}", text(&told));
            // The answer counts, and the next question is the quiz's own.
            let (quiz, position, _) = school.at(1, SessionKind::Quiz).expect("the last question");
            assert_eq!((quiz.steps[0].chosen, position, quiz.steps.len()), (Some(0), 1, 2));
            assert_eq!(school.wait(school.services.store.recalls(UserId(1))).expect("the store").len(), 1);
            let next = school.button(1, &told, "Next");
            assert!(text(&next).contains("question 2 of 2"), "{}", text(&next));
        }
    }
    let over = School::open(NOON).press(1, &decode("1/round/n/77/3/3/5/-").expect("it is read")).expect("an answer");
    assert_eq!(over.title.plain(), "2 of 3 right");
    action(&over, "A quiz like that");
}

/// The post of a day with that pack, as `/daily preview` shows it.
fn post_of(day: Date, loaded: &Arc<LoadedPack>) -> Card {
    let place = Place { guild: Some(GuildId(7)), channel: ChannelId(70) };
    let mut preview = Request::new(date(2026, 11, 24)).by(Asker { id: UserId(1), manages: true }, Some(place));
    preview.subcommand = Some("preview".to_owned());
    done(features::answer("daily", &preview.with("date", &day.to_string()), &loaded.ctx())).expect("a post")
}

/// What a post asks and what can be answered, with the ids under it.
fn question_under(post: &Card) -> (Vec<String>, Vec<String>) {
    let answers = actions(post).into_iter().filter(|action| action.press.to_string().starts_with("1/daily/q/"));
    let (labels, ids): (Vec<String>, Vec<String>) = answers.map(|action| (action.label, action.press.to_string())).unzip();
    let asked = post.sections.iter().filter(|section| section.heading.as_deref() == Some("A question for you"));
    let asked = asked.flat_map(|section| &section.lines).map(|line| line.text.plain());
    (asked.chain(labels).collect(), ids)
}

/// A choice is named by its place. After the pack is replaced, a day may ask another question, or offer
/// the same choices in another order: then no answer is judged, rightly or wrongly, by what it was not given to.
#[test]
fn a_posted_question_is_judged_by_itself_or_not_at_all() {
    // Every other day has an event more, about which there is something to ask.
    let more: Vec<Date> = date(1900, 10, 20).series(2.days()).take(12).collect();
    let reloaded = reloaded_with(&more);
    let (before, after) = (shared_pack::loaded(), reloaded.current());
    let (mut same, mut others) = (0, 0);
    for day in date(2027, 10, 20).series(1.day()).take(24) {
        let (asked, ids) = question_under(&post_of(day, before));
        let (asked_now, _) = question_under(&post_of(day, &after));
        for id in &ids {
            let answer = done(features::press(id, &Request::new(date(2027, 11, 24)), &after.ctx()));
            if asked == asked_now {
                same += 1;
                assert!(answer.is_ok(), "{id}: {asked:?}");
            } else {
                others += 1;
                let told = answer.expect_err("another question").told().text.plain();
                assert!(told.starts_with("My questions have changed"), "{id}: {asked:?}, now {asked_now:?}: {told}");
            }
        }
    }
    assert!(same > 3 && others > 3, "{same} of the same question, {others} of others");
}

/// Ids that named an entry or a theme by its index may mean another by now.
#[test]
fn ids_with_an_index_ask_to_ask_again() {
    for id in ["1/round/n/77/3/0/0/e20", "1/round/c/77/3/0/0/e20/1", "1/round/n/77/3/0/0/t2", "1/round/c/77/3/0/0/t2/1"] {
        let answer = done(features::press(id, &Request::new(date(2026, 11, 24)), &shared_pack::loaded().ctx()));
        assert!(is_stale(&answer), "{id}: {answer:?}");
    }
}
