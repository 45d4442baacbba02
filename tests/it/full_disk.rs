//! A disk that fills, while the real bot runs: what is said is kept, and no date has two posts.

use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::json;

use crate::fake_discord::{self, Actor, FakeDiscord, PATIENCE, Room, Said};
use crate::support::running::{RunningBot, new_store};
use crate::support::small_disk::SmallDisk;
use kronikas::model::{ChannelId, GuildId, QuietPolicy, SessionKind, UserId};
use kronikas::store::{DeliveryStore, RecallStore, RoundStore, Schedule, Sqlite, file_of};

/// A schedule that is due so many seconds from now.
fn due_in(room: &Room, seconds: i64) -> Schedule {
    let due = Timestamp::now().checked_add(seconds.seconds()).expect("an instant");
    let local = TimeZone::UTC.to_datetime(due);
    Schedule {
        channel: ChannelId(room.id),
        guild: Some(GuildId(room.guild.expect("a guild"))),
        zone: "Etc/UTC".to_owned(),
        time: local.time(),
        quiet: QuietPolicy::Context,
        question: false,
        picture: false,
        catch_up: 6 * 3600,
        set_at: due,
        next_date: local.date(),
        next_due: due,
        paused: None,
        resting_until: None,
    }
}

async fn put(store: &str, schedules: &[Schedule]) {
    let store = Sqlite::open(&file_of(store).expect("a file")).await.expect("a store");
    for schedule in schedules {
        store.put_schedule(schedule).await.expect("it is kept");
    }
    store.close().await;
}

/// A bot with its health served; the address of that.
fn bot(discord: &FakeDiscord, store: &str) -> (RunningBot, String) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    drop(listener);
    let bot = RunningBot::with(discord, &[("DATABASE_URL", store), ("KRONIKAS_LISTEN", &address)]);
    (bot, address)
}

async fn health(address: &str) -> (u16, String) {
    match reqwest::get(format!("http://{address}/readyz")).await {
        Ok(answer) => (answer.status().as_u16(), answer.text().await.unwrap_or_default()),
        Err(error) => (0, error.to_string()),
    }
}

/// Waits until health answers with that status; what it says then.
async fn health_to_be(address: &str, wanted: u16, bot: &mut RunningBot) -> String {
    health_within(PATIENCE, address, wanted, bot).await
}

async fn health_within(patience: Duration, address: &str, wanted: u16, bot: &mut RunningBot) -> String {
    let began = Instant::now();
    loop {
        let (status, said) = health(address).await;
        if status == wanted {
            return said;
        }
        assert!(bot.lives(), "{}", bot.said());
        assert!(began.elapsed() < patience, "{status} {said}\n{}", bot.said());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn pass(bot: &mut RunningBot, seconds: u64) {
    for _ in 0..seconds * 5 {
        assert!(bot.lives(), "{}", bot.said());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fills_at_the_due_time_makes_no_second_post() {
    let Some(disk) = SmallDisk::mount(1024) else { return };
    let discord = FakeDiscord::start().await;
    let room = discord.room("history");
    let store = disk.store();
    put(&store, &[]).await;
    let (mut bot, address) = bot(&discord, &store);
    bot.ready(&discord).await;
    health_to_be(&address, 200, &mut bot).await;
    bot.stop().await;
    put(&store, &[due_in(&room, 3)]).await;
    let (mut bot, address) = self::bot(&discord, &store);
    while !bot.said().contains("serving health") {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    disk.fill();
    // Long enough for several tries.
    pass(&mut bot, 14).await;
    assert!(discord.posts(&room).is_empty(), "no post without a claim that is kept");
    let said = health_to_be(&address, 503, &mut bot).await;
    assert!(said.contains("store: ") && said.contains("full"), "{said}");
    assert!(bot.said().contains("the store failed; nothing is posted"), "{}", bot.said());
    disk.empty();
    discord.posts_to_be(&room, 1).await;
    health_to_be(&address, 200, &mut bot).await;
    bot.kill().await;
    let (mut again, address) = self::bot(&discord, &store);
    health_to_be(&address, 200, &mut again).await;
    pass(&mut again, 4).await;
    assert_eq!(discord.posts(&room).len(), 1, "{}", discord.transcript(&room));
    again.stop().await;
}

/// Waits until the newest post of the bot in a room says something.
async fn shows(discord: &FakeDiscord, room: &Room, what: &str) -> Said {
    let says = |state: &fake_discord::State| {
        let mut posts = state.messages.iter().filter(|message| message.room == room.id && message.is_own_post());
        posts.next_back().is_some_and(|message| message.body["embeds"][0].to_string().contains(what))
    };
    discord.wait(what, says).await;
    discord.posts(room).last().expect("a post").said.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fills_in_a_round_keeps_what_it_says_it_keeps() {
    let Some(disk) = SmallDisk::mount(1024) else { return };
    let discord = FakeDiscord::start().await;
    let room = discord.room("history");
    let teacher = discord.teacher("Zsófi");
    let students: Vec<Actor> = (0..40).map(|idx| discord.user(&format!("Student {idx}"))).collect();
    let store = disk.store();
    let (mut bot, address) = bot(&discord, &store);
    bot.ready(&discord).await;
    health_to_be(&address, 200, &mut bot).await;
    teacher.slash(&room, "round start", json!({ "questions": "1", "seconds": "60" })).await;
    let question = shows(&discord, &room, "Question 1 of 1").await;
    let mut counted = 0;
    for (idx, student) in students.iter().enumerate() {
        if idx == 5 {
            disk.fill();
        }
        let said = student.press(&question, "A").await;
        counted += usize::from(said.text().contains("It counts"));
        assert!(said.text().contains("It counts") || said.text().contains("could not be saved"), "{}", said.text());
    }
    assert!((5..40).contains(&counted), "{counted} of 40 were told that it counts");
    let said = health_to_be(&address, 503, &mut bot).await;
    assert!(said.contains("full"), "{said}");
    disk.empty();
    health_to_be(&address, 200, &mut bot).await;
    // Who was refused presses again.
    let again = students[39].press(&question, "A").await;
    counted += usize::from(again.text().contains("It counts.") && !again.text().contains("in place of"));
    assert!(again.text().contains("It counts"), "{}", again.text());
    bot.kill().await;
    let store = Sqlite::open(&file_of(&store).expect("a file")).await.expect("it opens");
    let kept: u32 = store.tally(1, 0).await.expect("it is read").iter().sum();
    assert_eq!(usize::try_from(kept).expect("small"), counted, "what was told to count is kept, and nothing else");
}

/// Nothing of ours that a student or a teacher cannot do anything with.
fn is_plain(said: &Said) {
    let text = said.text().to_lowercase();
    for internal in ["sqlite", "error returned", "database", "code:", ".db", "panicked", "errno", "/tmp", "disk"] {
        assert!(!text.contains(internal), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_full_disk_cannot_keep_is_refused_in_words_and_done_when_there_is_room() {
    let Some(disk) = SmallDisk::mount(4096) else { return };
    let discord = FakeDiscord::start().await;
    let room = discord.room("history");
    let store = disk.store();
    let (mut bot, address) = bot(&discord, &store);
    bot.ready(&discord).await;
    health_to_be(&address, 200, &mut bot).await;
    let anna = discord.user("Anna");
    let asked = anna.slash(&room, "quiz", json!({ "questions": "2" })).await;
    assert!(asked.buttons().iter().any(|(label, _)| label == "I don't know"), "{}", asked.text());
    disk.fill();
    // Every kind of thing that is kept, each by somebody of their own.
    let daily = json!({ "channel": room.as_option(), "time": "8", "zone": "Budapest" });
    let remind = json!({ "remind": "18:00", "zone": "Budapest" });
    let (bela, csilla, denes, teacher) =
        (discord.user("Béla"), discord.user("Csilla"), discord.user("Dénes"), discord.teacher("Zsófi"));
    let tries = async || {
        vec![
            ("an answer", anna.press(&asked, "I don't know").await),
            ("a quiz", bela.slash(&room, "quiz", json!({})).await),
            ("a review", csilla.slash(&room, "review", json!({})).await),
            ("a reminder", denes.slash(&room, "review", remind.clone()).await),
            ("a schedule", teacher.slash(&room, "daily set", daily.clone()).await),
            ("a round", teacher.slash(&room, "round start", json!({ "questions": "1" })).await),
        ]
    };
    for (what, said) in tries().await {
        is_plain(&said);
        assert!(said.text().contains("My storage does not respond, so nothing was changed"), "{what}: {}", said.text());
    }
    assert_eq!(anna.slash(&room, "who", json!({ "query": "kruschev" })).await.title(), "Nikita Khrushchev");
    health_to_be(&address, 503, &mut bot).await;
    disk.empty();
    health_to_be(&address, 200, &mut bot).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    for (what, said) in tries().await {
        is_plain(&said);
        assert!(!said.text().contains("My storage does not respond"), "{what}: {}", said.text());
    }
    bot.kill().await;
    let store = Sqlite::open(&file_of(&store).expect("a file")).await.expect("it opens");
    assert_eq!(store.reviews(UserId(anna.id), Timestamp::MIN).await.expect("read").len(), 1, "the answer counts once");
    assert!(store.attempt_at(UserId(bela.id), SessionKind::Quiz).await.expect("read").is_some());
    assert!(store.attempt_at(UserId(csilla.id), SessionKind::Review).await.expect("read").is_some());
    assert!(store.reminder(UserId(denes.id)).await.expect("read").is_some());
    assert!(store.schedule(ChannelId(room.id)).await.expect("read").is_some());
    assert!(store.round_in(ChannelId(room.id)).await.expect("read").is_some());
}

/// Lets a process open no more files than that number.
fn limit_files(bot: &RunningBot, most: &str) {
    let done =
        std::process::Command::new("prlimit").args(["--pid", &bot.id().to_string()]).arg(format!("--nofile={most}")).status();
    assert!(done.is_ok_and(|status| status.success()), "prlimit --nofile={most}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_may_open_no_more_files_posts_once_when_it_may_again() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("history");
    let store = new_store();
    put(&store, &[due_in(&room, 6)]).await;
    let (mut bot, address) = bot(&discord, &store);
    bot.ready(&discord).await;
    health_to_be(&address, 200, &mut bot).await;
    limit_files(&bot, "3:1024");
    discord.drop_sockets();
    pass(&mut bot, 12).await;
    assert!(discord.posts(&room).len() <= 1, "{}", discord.transcript(&room));
    limit_files(&bot, "1024:1024");
    // The waits between tries have grown meanwhile: up to 32 seconds for the post and the connection.
    let here =
        |state: &fake_discord::State| state.messages.iter().any(|message| message.room == room.id && message.is_own_post());
    discord.wait_for("the post", 3 * PATIENCE, here).await;
    health_within(3 * PATIENCE, &address, 200, &mut bot).await;
    pass(&mut bot, 4).await;
    assert_eq!(discord.posts(&room).len(), 1, "{}", discord.transcript(&room));
    bot.stop().await;
}
