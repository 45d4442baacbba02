//! What Discord asks us to wait is waited on every route: the real bot against the fake Discord, which
//! complains of any request before its wait is over.

use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;
use serde_json::json;

use crate::fake_discord::{Actor, Edge, FakeDiscord, Fault, Room, Said, Scope, Which, permission};
use crate::support::running::{RunningBot, WHOLE_UNIT, new_store};
use kronikas::command::LoadedPack;
use kronikas::model::{CardState, GuildId, Rating, UserId};
use kronikas::pack::{built_in, load};
use kronikas::store::{RecallStore, ReviewLog, Sqlite, file_of};

fn limited(retry_after: f64, scope: Scope) -> Fault {
    Fault::RateLimited { retry_after, scope }
}

async fn set(teacher: &Actor, room: &Room) -> Said {
    teacher.slash(room, "daily set", json!({ "channel": room.as_option(), "time": "8", "zone": "Budapest" })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_to_discord_wait_their_time_and_are_answered() {
    let discord = FakeDiscord::start().await;
    let mut bot = RunningBot::start(&discord);
    let rooms: Vec<Room> = (0..5).map(|idx| discord.room(&format!("class {idx}"))).collect();
    bot.ready(&discord).await;
    let faults = [
        ("GET /channels/{id}", limited(0.8, Scope::User)),
        ("GET /guilds/{id}/roles", limited(0.8, Scope::Shared)),
        ("GET /guilds/{id}/members/{id}", limited(0.8, Scope::User)),
        ("GET /guilds/{id}/roles", limited(1.2, Scope::Global)),
    ];
    for (room, (route, fault)) in rooms.iter().zip(&faults) {
        discord.next(Which::Route(route), 1, fault.clone());
        let said = set(&discord.teacher(&format!("of {}", room.name)), room).await;
        assert_eq!(said.title(), "The daily post is set", "{route} {fault:?}: {}", said.text());
    }
    assert_eq!((discord.rate_limited(), discord.faults().left()), (4, 0));
    bot.stop().await;
    discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_edge_answers_is_never_a_missing_permission() {
    // A limit of the edge's is a ban of the whole address: even answers wait a minute for its end.
    for edge in [Edge::Html(403), Edge::Html(404), Edge::Blocked, Edge::Html(200)] {
        let discord = FakeDiscord::start().await;
        let (room, teacher) = (discord.room("history"), discord.teacher("Ms Kovács"));
        let mut bot = RunningBot::start(&discord);
        bot.ready(&discord).await;
        discord.next(Which::Route("GET /guilds/{id}/members/{id}"), 1, Fault::Edge(edge));
        let said = set(&teacher, &room).await;
        let text = said.text();
        assert!(
            !text.contains("I cannot see") && !text.contains("I am missing") && !text.contains("Edit Channel"),
            "{edge:?}: {text}"
        );
        assert_ne!(said.title(), "The daily post is set", "{edge:?}");
        bot.stop().await;
        discord.finish();
    }
}

/// A store in which students of a guild agreed to be named.
async fn class_that_agreed(room: &Room, students: &[Actor]) -> String {
    let address = new_store();
    let store = Sqlite::open(&file_of(&address).expect("a file")).await.expect("a store");
    let guild = room.guild.expect("a guild");
    for student in students {
        store.set_share(UserId(student.id), GuildId(guild), true, Timestamp::now()).await.expect("it is kept");
    }
    store.close().await;
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_names_all_who_agreed_however_slowly_discord_tells_them() {
    let discord = FakeDiscord::start().await;
    let (room, teacher) = (discord.room("history"), discord.teacher("Ms Kovács"));
    let students: Vec<Actor> = (10..22).map(|idx| discord.user(&format!("Student {idx}"))).collect();
    let store = class_that_agreed(&room, &students).await;
    let mut bot = RunningBot::with(&discord, &[("DATABASE_URL", &store)]);
    bot.ready(&discord).await;
    teacher.slash(&room, "round start", json!({ "questions": "1", "seconds": "8" })).await;
    let posts = discord.posts_to_be(&room, 1).await;
    join_all(students.iter().map(|student| student.press(&posts[0].said, "A"))).await;
    discord.posts_to_be(&room, 2).await;
    discord.limit_rates(true);
    let report = teacher.slash(&room, "class report", json!({ "days": "7" })).await;
    let named = (10..22).filter(|idx| report.text().contains(&format!("Student {idx}: "))).count();
    assert_eq!(named, 12, "{}", report.text());
    assert_eq!(discord.rate_limited(), 0);

    // Whoever cannot be asked for is counted, not left out without a word.
    discord.next(Which::Route("GET /guilds/{id}/members/{id}"), usize::MAX, Fault::Edge(Edge::Html(403)));
    let report = discord.teacher("Mr Nagy").slash(&room, "class report", json!({ "days": "7" })).await;
    assert!(report.text().contains("12 students whose names I could not get from Discord"), "{}", report.text());
    bot.stop().await;
    discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_names_as_many_as_fit_and_counts_the_others() {
    let discord = FakeDiscord::start().await;
    let (room, teacher) = (discord.room("history"), discord.teacher("Ms Kovács"));
    let guild = room.guild.expect("a guild");
    let students: Vec<Actor> = (10..70).map(|idx| discord.user(&format!("Student {idx}"))).collect();
    let store = class_that_agreed(&room, &students).await;
    let loaded = LoadedPack::new(load(&built_in()).unwrap_or_else(|report| panic!("{report}")));
    let bank = loaded.questions().bank;
    let item = bank.question(&loaded.pack, &bank.candidates()[0].id, 0).expect("a question").item;
    let opened = Sqlite::open(&file_of(&store).expect("a file")).await.expect("a store");
    // The first fifteen have answered nothing; they take nobody's place.
    for (idx, student) in students.iter().enumerate().skip(15) {
        let now = Timestamp::now();
        let review =
            ReviewLog { interaction: idx as u64, item: item.clone(), at: now, rating: Rating::Good, guild: Some(GuildId(guild)) };
        let memory = |_| CardState { stability: 1.5, difficulty: 5.0, last: now, due: now, reviews: 1, lapses: 0 };
        opened.review(UserId(student.id), &review, &memory).await.expect("it is counted");
    }
    opened.close().await;
    // The lock goes with the value.
    drop(opened);
    let mut bot = RunningBot::with(&discord, &[("DATABASE_URL", &store), ("KRONIKAS_KNOWLEDGE", WHOLE_UNIT)]);
    bot.ready(&discord).await;
    bot.says("questions are ready").await;
    let report = teacher.slash(&room, "class report", json!({ "days": "7" })).await.text();
    let named = (10..70).filter(|idx| report.contains(&format!("Student {idx}: "))).count();
    assert_eq!(named, 40, "{report}");
    assert!(report.contains("and 5 more students who agreed"), "{report}");
    bot.stop().await;
    discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outline_waits_for_its_turn_and_stands_once() {
    let discord = FakeDiscord::start().await;
    let (room, teacher) = (discord.room("history"), discord.teacher("Zsófi"));
    discord.allow(&room, permission::CREATE_PUBLIC_THREADS | permission::SEND_MESSAGES_IN_THREADS);
    let mut bot = RunningBot::start_with_whole_unit(&discord);
    bot.ready(&discord).await;
    while !bot.said().contains("questions are ready") {
        assert!(bot.lives(), "{}", bot.said());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    teacher.slash(&room, "discuss", json!({ "question": "d-why-rakosi" })).await;
    let thread = discord.threads(&room).remove(0);
    let scaffold = discord.posts(&thread).remove(0).said;
    let own = teacher.press(&scaffold, "Model outline").await;
    discord.next(Which::PostsIn(thread.id), 1, limited(1.5, Scope::User));
    let shown = teacher.press(&own, "Show it to the class").await;
    assert!(shown.title().contains("is in the channel") || shown.text().contains("is in the channel"), "{}", shown.text());
    let pages = discord.posts(&thread).len();
    assert!(pages >= 2, "{pages}");
    teacher.press_id(&own, &own.button("Show it to the class")).await;
    assert_eq!(discord.posts(&thread).len(), pages, "pressed again, nothing stands twice");
    bot.stop().await;
    discord.finish();
}
