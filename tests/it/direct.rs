//! Direct messages: reminders to people who take them, who do not, and who stop taking them.

use crate::support::shared_pack;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use crate::fake_discord::{self, Actor, Edge, FakeDiscord, Fault, Room, Scope, TOKEN, Which};
use kronikas::card::Card;
use kronikas::clock::SimulatedClock;
use kronikas::command::{Asker, CurrentPack, Request, Services};
use kronikas::delivery::Deliverer;
use kronikas::discord::{Channels, Rest, client};
use kronikas::features::{self, class_rounds, post_kinds};
use kronikas::model::{CardState, Pause, Rating, UserId};
use kronikas::store::{RecallStore, Reminder, ReviewLog, Sqlite, Store};

/// A student, with something to review every day, and a bot whose time is set.
struct Student {
    discord: FakeDiscord,
    anna: Actor,
    clock: Arc<SimulatedClock>,
    store: Arc<Sqlite>,
    current_pack: Arc<CurrentPack>,
    services: Arc<Services>,
    /// Goes with the rest.
    _folder: tempfile::TempDir,
}

impl Student {
    /// At noon in Budapest, with an item due since long ago.
    async fn new() -> Student {
        let now: Timestamp = "2026-11-24T11:00:00Z".parse().expect("an instant");
        let discord = FakeDiscord::start().await;
        discord.set_clock(now);
        discord.room("history");
        let anna = discord.user("Anna");
        let folder = tempfile::tempdir().expect("a folder");
        let store = Arc::new(Sqlite::open(&folder.path().join("class.db")).await.expect("a store"));
        let current_pack = shared_pack::current_pack();
        let clock = Arc::new(SimulatedClock::new(now));
        let client = client(std::time::Duration::from_secs(2)).expect("a client");
        let rest = Arc::new(Rest::new(client, &discord.rest_url(), SecretString::from(TOKEN), clock.clone()));
        let rooms = Arc::new(Channels::new(rest, UserId(fake_discord::BOT)));
        let kinds = post_kinds(&current_pack, &(store.clone() as Arc<dyn Store>));
        let deliverer = Arc::new(Deliverer::new(store.clone(), rooms.clone(), kinds, clock.clone(), 1956));
        let rounds = class_rounds(store.clone(), rooms.clone(), current_pack.clone(), clock.clone());
        let services = Arc::new(Services::new(store.clone(), rooms, deliverer, rounds));
        let review =
            ReviewLog { interaction: 1, item: "e-statue-falls/date".to_owned(), at: now, rating: Rating::Again, guild: None };
        let due = |_| CardState { stability: 1.0, difficulty: 5.0, last: now, due: now, reviews: 1, lapses: 0 };
        store.review(UserId(anna.id), &review, &due).await.expect("it is kept");
        Student { discord, anna, clock, store, current_pack, services, _folder: folder }
    }

    /// What a command answers, or why it is refused.
    async fn asks(&self, command: &'static str, options: &[(&str, &str)]) -> Result<Card, String> {
        let now = kronikas::clock::Clock::now(self.clock.as_ref());
        let mut request = Request::at(now)
            .by(Asker { id: UserId(self.anna.id), manages: false }, None)
            .numbered(now.as_second().unsigned_abs());
        for (name, value) in options {
            request = request.with(name, value);
        }
        if command == "my-data" {
            request.subcommand = Some("show".to_owned());
        }
        let loaded = self.current_pack.current();
        let ctx = loaded.context_with(Some(&self.services));
        features::answer(command, &request, &ctx).await.map_err(|error| error.told().text.plain())
    }

    /// Lets time run while something is under way that may wait.
    async fn while_time_runs<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = tokio::time::sleep(std::time::Duration::from_millis(20)) => {
                    // Discord's clock first: the bot wakes with its own, and must not find the other behind.
                    let step = SignedDuration::from_millis(250);
                    self.discord.set_clock(kronikas::clock::Clock::now(self.clock.as_ref()) + step);
                    self.clock.advance(step);
                }
            }
        }
    }

    async fn wants_reminders(&self) -> Result<Card, String> {
        self.asks("review", &[("remind", "18:00"), ("zone", "Budapest")]).await
    }

    async fn reminder(&self) -> Option<Reminder> {
        self.store.reminder(UserId(self.anna.id)).await.expect("the store answers")
    }

    /// Lives on for some days, hour by hour.
    async fn live(&self, days: i64) {
        for _ in 0..days * 24 {
            self.clock.advance(SignedDuration::from_hours(1));
            self.discord.set_clock(kronikas::clock::Clock::now(self.clock.as_ref()));
            self.services.deliverer.run_until_idle().await;
        }
    }

    fn room(&self) -> Room {
        self.discord.direct_messages_with(&self.anna).expect("they were opened")
    }

    /// What the bot said in their direct messages.
    fn told(&self) -> Vec<String> {
        self.discord.posts(&self.room()).iter().map(|post| post.said.text()).collect()
    }

    fn sent(&self) -> u64 {
        self.discord.asked("POST /channels/{id}/messages")
    }
}

fn text(card: &Card) -> String {
    let lines = card.sections.iter().flat_map(|section| &section.lines);
    let lines = lines.map(|line| line.text.plain());
    format!("{}\n{}", card.title.plain(), lines.collect::<Vec<_>>().join("\n"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reminder_is_confirmed_where_it_will_come() {
    let student = Student::new().await;
    let set = student.wants_reminders().await.expect("it is set");
    assert_eq!(set.title.plain(), "You will be reminded");
    let told = student.told();
    assert!(told.len() == 1 && told[0].contains("18:00") && told[0].contains("/review remind:off"), "{told:?}");
    student.live(2).await;
    assert_eq!(student.told().len(), 3, "one a day");
    student.discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_direct_messages_are_noticed_at_once_and_nothing_is_kept() {
    for (apart, code) in [(false, 50007), (true, 50278)] {
        let student = Student::new().await;
        student.anna.closes_direct_messages(!apart);
        student.anna.leaves_every_server(apart);
        student.discord.expect_refusals(&[code]);
        let refused = student.wants_reminders().await.expect_err("it is refused");
        assert!(refused.contains("Allow direct messages") && refused.contains("No reminder was set"), "{refused}");
        assert_eq!(student.reminder().await, None);
        student.live(3).await;
        assert_eq!(student.sent(), 1, "asked once, and never again");
        student.discord.finish();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn direct_messages_closed_later_end_the_reminder_once_and_review_says_so() {
    for (apart, code) in [(false, 50007), (true, 50278)] {
        let student = Student::new().await;
        student.wants_reminders().await.expect("it is set");
        student.live(1).await;
        assert_eq!(student.sent(), 2, "the confirmation, and a reminder");
        student.anna.closes_direct_messages(!apart);
        student.anna.leaves_every_server(apart);
        student.discord.expect_refusals(&[code]);
        student.live(5).await;
        assert_eq!(student.sent(), 3, "refused once, and not tried again each day");
        assert_eq!(student.reminder().await.expect("it is kept").ended, Some(Pause::DirectClosed));
        let shown = text(&student.asks("review", &[]).await.expect("it is answered"));
        assert!(shown.contains("/review remind:18:00"), "{shown}");
        let kept = text(&student.asks("my-data", &[]).await.expect("it is answered"));
        assert!(kept.contains("ended"), "{kept}");
        // Allowed again, and asked for again.
        student.anna.closes_direct_messages(false);
        student.anna.leaves_every_server(false);
        student.asks("review", &[("remind", "18:00")]).await.expect("the zone is known");
        assert_eq!(student.reminder().await.expect("it is kept").ended, None);
        let shown = text(&student.asks("review", &[]).await.expect("it is answered"));
        assert!(!shown.contains("remind:18:00"), "{shown}");
        student.live(1).await;
        assert_eq!(student.sent(), 5);
        student.discord.finish();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reminder_that_ended_is_forgotten_when_it_is_turned_off() {
    let student = Student::new().await;
    student.wants_reminders().await.expect("it is set");
    student.anna.closes_direct_messages(true);
    student.discord.expect_refusals(&[50007]);
    student.live(1).await;
    student.asks("review", &[("remind", "off")]).await.expect("it is turned off");
    assert_eq!(student.reminder().await, None);
    let shown = text(&student.asks("review", &[]).await.expect("it is answered"));
    assert!(!shown.contains("remind:"), "{shown}");
    student.discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn trouble_at_set_up_is_not_blamed_on_the_students_settings() {
    for route in ["POST /users/@me/channels", "POST /channels/{id}/messages"] {
        for fault in [Fault::Status(502), Fault::Status(403), Fault::Cut] {
            let student = Student::new().await;
            student.wants_reminders().await.expect("it is set");
            let before = student.reminder().await.expect("it is kept");
            student.live(1).await;
            let later = student.reminder().await.expect("it is kept");
            student.discord.next(Which::Route(route), usize::MAX, fault.clone());
            let refused = student.while_time_runs(student.asks("review", &[("remind", "20:00")])).await;
            let refused = refused.expect_err("it is refused");
            student.discord.faults().clear();
            assert!(refused.contains("try again"), "{route} {fault:?}: {refused}");
            assert!(!refused.contains("Allow direct messages"), "{route} {fault:?}: {refused}");
            assert_eq!(student.reminder().await, Some(later), "{route} {fault:?}: the one before stays");
            assert_eq!(before.time, student.reminder().await.expect("it is kept").time);
            student.discord.finish();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_opening_direct_messages_has_to_wait_is_waited_in_place() {
    for fault in [
        Fault::RateLimited { retry_after: 4.0, scope: Scope::User },
        Fault::RateLimited { retry_after: 4.0, scope: Scope::Global },
        Fault::Refused(400, 40003),
        Fault::Edge(Edge::Html(403)),
    ] {
        let student = Student::new().await;
        student.discord.next(Which::Route("POST /users/@me/channels"), 1, fault.clone());
        let set = student.while_time_runs(student.wants_reminders()).await;
        assert!(set.is_ok(), "{fault:?}: {set:?}");
        assert_eq!(student.told().len(), 1, "{fault:?}");
        student.discord.finish();
    }
    // Nobody is kept waiting for long.
    let student = Student::new().await;
    student.discord.next(
        Which::Route("POST /users/@me/channels"),
        1,
        Fault::RateLimited { retry_after: 90.0, scope: Scope::User },
    );
    let refused = student.wants_reminders().await.expect_err("it is refused");
    assert!(refused.contains("try again"), "{refused}");
    student.discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_look_that_is_named_is_the_one_that_comes() {
    let student = Student::new().await;
    student.wants_reminders().await.expect("it is set");
    student.live(1).await;
    assert_eq!(student.told().len(), 2, "the confirmation, and the reminder of the 24th");
    // In the morning of the 25th in Budapest it is the evening of the 24th in Honolulu, before eight.
    student.clock.set("2026-11-25T05:00:00Z".parse().expect("an instant"));
    let set = student.asks("review", &[("remind", "20:00"), ("zone", "Honolulu")]).await.expect("it is set");
    let body = text(&set);
    assert!(body.contains("The first possible day: Wednesday 25 November 2026"), "the 24th had its reminder: {body}");
    let before = student.told().len();
    student.live(1).await;
    assert_eq!(student.told().len(), before, "none on the 24th");
    student.live(1).await;
    assert_eq!(student.told().len(), before + 1, "one on the 25th");
    student.discord.finish();
}
