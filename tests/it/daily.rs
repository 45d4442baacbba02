//! The daily post, as a teacher sets it and a class sees it: the real bot against the fake Discord.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde_json::json;

use crate::fake_discord::{self, Actor, FakeDiscord, Fault, Room, Which, permission};
use crate::support::running::{self, RunningBot, new_store};
use kronikas::model::{ChannelId, GuildId, MessageId, QuietPolicy};
use kronikas::store::{DeliveryStore, Schedule, Sqlite, file_of};

/// A schedule whose post was due `ago` seconds before now.
fn due(room: &Room, ago: i64) -> Schedule {
    let due = Timestamp::now().checked_sub(ago.seconds()).expect("an instant");
    let local = TimeZone::UTC.to_datetime(due);
    let minute = local.with().second(0).subsec_nanosecond(0).build().expect("a minute");
    Schedule {
        channel: ChannelId(room.id),
        guild: Some(GuildId(room.guild.expect("a guild"))),
        zone: "Etc/UTC".to_owned(),
        time: minute.time(),
        quiet: QuietPolicy::Context,
        question: true,
        picture: false,
        catch_up: 6 * 3600,
        set_at: due,
        next_date: minute.date(),
        next_due: minute.to_zoned_datetime(TimeZone::UTC).expect("UTC").timestamp(),
        paused: None,
        resting_until: None,
    }
}

/// A store in which that schedule stands already.
async fn store_with(schedules: &[Schedule]) -> String {
    let address = new_store();
    let store = Sqlite::open(&file_of(&address).expect("a file")).await.expect("a store");
    for schedule in schedules {
        store.put_schedule(schedule).await.expect("it is kept");
    }
    store.close().await;
    address
}

async fn set(teacher: &Actor, room: &Room, time: &str, zone: &str) -> fake_discord::Said {
    teacher.slash(room, "daily set", json!({ "channel": room.as_option(), "time": time, "zone": zone })).await
}

#[tokio::test]
async fn a_teacher_sets_it_and_nobody_else_can() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("history");
    let (teacher, student) = (discord.teacher("Ms Kovács"), discord.user("Anna"));
    let mut bot = RunningBot::start(&discord);
    bot.ready(&discord).await;

    let refused = set(&student, &room, "8", "Budapest").await;
    assert!(refused.ephemeral && refused.text().contains("Only people who may manage this server"), "{}", refused.text());
    let empty = teacher.slash(&room, "daily show", json!({})).await;
    assert!(empty.text().contains("No channel of this server"), "{}", empty.text());

    let said = set(&teacher, &room, "8am", "Budapest").await;
    assert!(said.ephemeral);
    assert_eq!(said.title(), "The daily post is set");
    assert!(said.text().contains("08:00 in Europe/Budapest (UTC+"), "{}", said.text());
    let shown = teacher.press(&said, "Show").await;
    // No picture unless it is asked for.
    let plain = teacher.slash(&room, "daily preview", json!({ "date": "23 oct" })).await;
    assert!(plain.files.is_empty());
    let options = json!({ "channel": room.as_option(), "time": "8", "zone": "Budapest", "picture": true });
    assert_eq!(teacher.slash(&room, "daily set", options).await.title(), "The daily post is changed");
    tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
    let drawn = teacher.slash(&room, "daily preview", json!({ "date": "23 oct" })).await;
    assert_eq!(drawn.files[0].name, "strip.png");
    tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
    assert!(shown.text().contains("08:00, Europe/Budapest") && shown.text().contains("UTC"), "{}", shown.text());

    for (time, zone, expected) in [
        ("25", "Budapest", "no hour 25"),
        ("8", "GMT+2", "fixed offset"),
        ("8", "Atlantis", "no such place"),
        ("soon", "Budapest", "as a time of day"),
    ] {
        let wrong = set(&teacher, &room, time, zone).await;
        assert!(wrong.text().contains(expected), "{time} {zone}: {}", wrong.text());
        tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
    }
    let still = discord.teacher("Mr Nagy").slash(&room, "daily show", json!({})).await;
    assert!(still.text().contains("08:00, Europe/Budapest"), "wrong input changes nothing: {}", still.text());
    bot.stop().await;
    discord.finish();
}

#[tokio::test]
async fn missing_permissions_are_named_and_nothing_is_set() {
    let discord = FakeDiscord::start().await;
    discord.set_distance(150..500);
    let room = discord.room("history");
    let teacher = discord.teacher("Ms Kovács");
    let mut bot = RunningBot::start(&discord);
    bot.ready(&discord).await;
    discord.forbid(&room, permission::READ_MESSAGE_HISTORY | permission::EMBED_LINKS);
    let refused = set(&teacher, &room, "8", "Budapest").await;
    assert!(refused.text().contains("I am missing Embed Links and Read Message History there"), "{}", refused.text());
    discord.forbid(&room, permission::VIEW_CHANNEL);
    discord.expect_refusals(&[50001]);
    let unseen = set(&teacher, &room, "8", "Budapest").await;
    assert!(unseen.text().contains("I cannot see this channel"), "{}", unseen.text());
    discord.allow(&room, permission::VIEW_CHANNEL | permission::READ_MESSAGE_HISTORY | permission::EMBED_LINKS);
    let said = set(&teacher, &room, "8", "Budapest").await;
    assert_eq!(said.title(), "The daily post is set");
    bot.stop().await;
    discord.finish();
}

#[tokio::test]
async fn what_is_due_is_posted_once_and_its_question_is_answered_privately() {
    let discord = FakeDiscord::start().await;
    discord.set_distance(150..500);
    let room = discord.room("history");
    let (anna, teacher) = (discord.user("Anna"), discord.teacher("Ms Kovács"));
    let store = store_with(&[due(&room, 120)]).await;
    let mut bot = RunningBot::with(&discord, &[("DATABASE_URL", &store)]);
    bot.ready(&discord).await;
    let posts = discord.posts_to_be(&room, 1).await;
    assert!(posts[0].said.title().starts_with("On this day"), "{}", posts[0].said.title());
    let question = posts[0].said.buttons().into_iter().find(|(_, id)| id.contains("/daily/q/"));
    if let Some((label, _)) = question {
        let answer = anna.press(&posts[0].said, &label).await;
        assert!(answer.ephemeral && answer.message != posts[0].id, "an answer is for the asker alone");
        assert!(answer.title().starts_with("Right") || answer.title().starts_with("Not quite"), "{}", answer.title());
        assert!(answer.text().contains('['), "explained with a citation: {}", answer.text());
    }
    let yesterday = anna.press(&posts[0].said, "◀").await;
    assert!(yesterday.ephemeral);

    // The day has its post: another would be the second, and that is asked first.
    let asked = teacher.slash(&room, "daily post-now", json!({})).await;
    assert!(asked.title().contains("second one today"), "{}", asked.title());
    assert_eq!(discord.posts(&room).len(), 1);
    teacher.press(&asked, "Post it again").await;
    discord.posts_to_be(&room, 2).await;

    let (status, said) = bot.stop().await;
    assert!(status.success(), "{said}");
    let again = RunningBot::with(&discord, &[("DATABASE_URL", &store)]);
    discord.wait("a new session", |state| state.identifies > 1).await;
    let shown = teacher.slash(&room, "daily show", json!({})).await;
    assert!(shown.text().contains("Last post:") && shown.text().contains("https://discord.com/channels/"), "{}", shown.text());
    assert_eq!(discord.posts(&room).len(), 2, "a restart posts nothing again");
    again.stop().await;
    discord.finish();
}

#[tokio::test]
async fn a_kill_between_post_and_answer_leaves_one_post() {
    use crate::fake_discord::Moment;
    let discord = FakeDiscord::start().await;
    discord.set_distance(150..500);
    let room = discord.room("history");
    let store = store_with(&[due(&room, 60)]).await;
    let mut hold = discord.on_post(Moment::After);
    let bot = RunningBot::with(&discord, &[("DATABASE_URL", &store)]);
    let held = hold.next().await;
    bot.kill().await;
    drop((held, hold));
    assert_eq!(discord.posts(&room).len(), 1);
    let mut again = RunningBot::with(&discord, &[("DATABASE_URL", &store)]);
    again.ready(&discord).await;
    let path = file_of(&store).expect("a file");
    let key = kronikas::model::Key { channel: ChannelId(room.id), date: due(&room, 60).next_date, sequence: 0 };
    let deadline = std::time::Instant::now() + fake_discord::PATIENCE;
    loop {
        let copy = path.with_extension(format!("copy-{}", deadline.elapsed().as_nanos()));
        let _ = std::fs::remove_file(&copy);
        kronikas::store::backup_beside(&path, &copy).await.expect("a copy");
        let store = Sqlite::open(&copy).await.expect("the copy opens");
        let state = store.delivery(key).await.expect("it is read").expect("it is there").state;
        if let kronikas::model::State::Sent(message) = state {
            assert_eq!(message, Some(MessageId(discord.posts(&room)[0].id)));
            break;
        }
        assert!(std::time::Instant::now() < deadline, "{state:?}");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    assert_eq!(discord.posts(&room).len(), 1);
    again.stop().await;
    discord.forgive_unanswered();
    discord.finish();
}

#[tokio::test]
async fn a_second_process_is_refused_and_backup_still_works() {
    let discord = FakeDiscord::start().await;
    let store = new_store();
    let mut bot = RunningBot::with(&discord, &[("DATABASE_URL", &store)]);
    bot.ready(&discord).await;
    let (status, said) = RunningBot::with(&discord, &[("DATABASE_URL", &store)]).ended().await;
    assert_eq!(status.code(), Some(74), "{said}");
    assert!(said.contains("in use by another Krónikás (process "), "{said}");
    let path = file_of(&store).expect("a file");
    let copy = path.with_extension("backup");
    let _ = std::fs::remove_file(&copy);
    kronikas::store::backup_beside(&path, &copy).await.expect("a backup while running");
    assert!(Sqlite::open(&copy).await.is_ok());
    bot.stop().await;
    discord.finish();
}

#[tokio::test]
async fn a_permission_taken_away_pauses_with_one_refusal_and_resume_goes_on() {
    let discord = FakeDiscord::start().await;
    discord.set_distance(150..500);
    let room = discord.room("history");
    let teacher = discord.teacher("Ms Kovács");
    discord.forbid(&room, permission::SEND_MESSAGES);
    discord.expect_refusals(&[50013]);
    let store = store_with(&[due(&room, 60)]).await;
    let mut bot = RunningBot::with(&discord, &[("DATABASE_URL", &store)]);
    bot.ready(&discord).await;
    discord.wait("the refusal", |state| !state.expected_seen.is_empty()).await;
    // The refusal came in before it was written down.
    let shown = loop {
        let shown = teacher.slash(&room, "daily show", json!({})).await;
        if shown.text().contains("Paused:") {
            break shown;
        }
        tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
    };
    assert!(shown.text().contains("give me Send Messages"), "{}", shown.text());
    let refused = teacher.slash(&room, "daily resume", json!({})).await;
    assert!(refused.text().contains("I am missing Send Messages"), "{}", refused.text());
    discord.allow(&room, permission::SEND_MESSAGES);
    let resumed = teacher.slash(&room, "daily resume", json!({})).await;
    assert_eq!(resumed.title(), "The daily post continues");
    assert_eq!(discord.expected_refusals().len(), 1, "asked once, not again and again");
    bot.stop().await;
    discord.finish();
}

#[tokio::test]
async fn posts_go_on_while_the_gateway_runs_in_circles() {
    use std::sync::atomic::Ordering;
    let discord = FakeDiscord::start().await;
    let room = discord.room("history");
    let store = store_with(&[]).await;
    let mut bot = RunningBot::with(&discord, &[("DATABASE_URL", &store)]);
    bot.ready(&discord).await;
    bot.stop().await;
    discord.faults().close_after_resume.store(true, Ordering::SeqCst);
    let kept = Sqlite::open(&file_of(&store).expect("a file")).await.expect("a store");
    kept.put_schedule(&due(&room, 30)).await.expect("it is kept");
    kept.close().await;
    drop(kept);
    let mut again = RunningBot::with(&discord, &[("DATABASE_URL", &store)]);
    discord.posts_to_be(&room, 1).await;
    assert!(again.lives());
    let (status, _) = again.stop().await;
    assert!(status.success());
}

#[tokio::test]
async fn a_clock_that_is_wrong_holds_posts_and_says_so() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("history");
    let teacher = discord.teacher("Ms Kovács");
    discord.run_clock_from(Timestamp::now().checked_sub(SignedDuration::from_hours(24)).expect("yesterday"));
    let store = store_with(&[due(&room, 60)]).await;
    let mut bot = RunningBot::with(&discord, &[("DATABASE_URL", &store)]);
    bot.ready(&discord).await;
    bot.says("clock differs from Discord's by minutes").await;
    let shown = teacher.slash(&room, "daily show", json!({})).await;
    assert!(shown.text().contains("The clock of the machine I run on is wrong by"), "{}", shown.text());
    assert!(discord.posts(&room).is_empty());
    bot.stop().await;
    discord.forgive_unanswered();
}

#[tokio::test]
async fn a_full_disk_posts_nothing_until_there_is_room() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("history");
    let anna = discord.user("Anna");
    // Claimed together, these need more room than there is.
    let others: Vec<Room> = (0..120).map(|idx| discord.room(&format!("class {idx}"))).collect();
    let schedules: Vec<Schedule> = others.iter().chain([&room]).map(|room| due(room, 60)).collect();
    let store = store_with(&schedules).await;
    let mut command = running::on_a_full_disk(64);
    command.env("DISCORD_TOKEN", fake_discord::TOKEN).env("DISCORD_API_URL", discord.rest_url()).env("DATABASE_URL", &store);
    let mut bot = RunningBot::spawn(command);
    bot.ready(&discord).await;
    while !bot.said().contains("the store failed; nothing is posted") {
        assert!(bot.lives(), "{}", bot.said());
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let found = anna.slash(&room, "who", json!({ "query": "kruschev" })).await;
    assert_eq!(found.title(), "Nikita Khrushchev");
    assert!(others.iter().chain([&room]).all(|room| discord.posts(room).is_empty()), "no post without a durable claim");
    bot.stop().await;
    let again = RunningBot::with(&discord, &[("DATABASE_URL", &store)]);
    discord.posts_to_be(&room, 1).await;
    again.stop().await;
    discord.finish();
}

#[tokio::test]
async fn a_pack_that_is_broken_is_not_taught_and_a_mended_one_is() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("history");
    let anna = discord.user("Anna");
    let folder = tempfile::tempdir().expect("a folder");
    let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("knowledge");
    for entry in std::fs::read_dir(source).expect("the pack").flatten() {
        if entry.path().extension().is_some_and(|extension| extension == "toml") {
            std::fs::copy(entry.path(), folder.path().join(entry.file_name())).expect("a copy");
        }
    }
    let path = folder.path().to_str().expect("a path");
    let mut bot = RunningBot::with(&discord, &[("KRONIKAS_KNOWLEDGE", path)]);
    bot.ready(&discord).await;
    let people = folder.path().join("people.toml");
    let text = std::fs::read_to_string(&people).expect("people");
    std::fs::write(&people, text.replacen("gist = ", "gits = ", 1)).expect("it is broken");
    bot.hang_up();
    bot.says("the new pack is invalid").await;
    assert!(bot.said().contains("people.toml:"), "the log says where: {}", bot.said());
    let still = anna.slash(&room, "who", json!({ "query": "imre nagy" })).await;
    assert_eq!(still.title(), "Imre Nagy");
    std::fs::write(&people, text.replacen("name = \"Imre Nagy\"", "name = \"Imre Nagy of Kaposvár\"", 1)).expect("it is mended");
    bot.hang_up();
    while !bot.said().contains("reloaded the pack") {
        assert!(bot.lives());
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let mended = anna.slash(&room, "who", json!({ "query": "imre nagy" })).await;
    assert_eq!(mended.title(), "Imre Nagy of Kaposvár");
    bot.stop().await;
    discord.finish();
}

#[tokio::test]
async fn stopped_in_the_middle_of_a_burst_it_finishes_and_nothing_is_posted_twice() {
    let discord = FakeDiscord::start().await;
    let rooms: Vec<Room> = (0..150).map(|idx| discord.room(&format!("class {idx}"))).collect();
    let schedules: Vec<Schedule> = rooms.iter().map(|room| due(room, 60)).collect();
    let store = store_with(&schedules).await;
    let mut bot = RunningBot::with(&discord, &[("DATABASE_URL", &store)]);
    bot.ready(&discord).await;
    discord.posts_to_be(&rooms[20], 1).await;
    let began = std::time::Instant::now();
    let (status, said) = bot.stop().await;
    assert!(status.success(), "{said}");
    assert!(began.elapsed() < std::time::Duration::from_secs(10), "{:?}", began.elapsed());
    let posted = |discord: &FakeDiscord| rooms.iter().map(|room| discord.posts(room).len()).collect::<Vec<_>>();
    let before: usize = posted(&discord).iter().sum();
    let again = RunningBot::with(&discord, &[("DATABASE_URL", &store)]);
    discord.posts_to_be(&rooms[149], 1).await;
    discord
        .wait("every class's post", |state| state.requests.get("POST /channels/{id}/messages").is_some_and(|count| *count >= 150))
        .await;
    again.stop().await;
    assert!(posted(&discord).iter().all(|count| *count == 1), "{before} before the stop: {:?}", posted(&discord));
    discord.finish();
}

#[tokio::test]
async fn a_server_that_removes_the_bot_pauses_and_an_outage_does_not() {
    let discord = FakeDiscord::start().await;
    let (room, other) = (discord.room("history"), discord.room("elsewhere"));
    let teacher = discord.teacher("Ms Kovács");
    let mut bot = RunningBot::start(&discord);
    bot.ready(&discord).await;
    for channel in [&room, &other] {
        let said = set(&teacher, channel, "8", "Budapest").await;
        assert_eq!(said.title(), "The daily post is set", "{}", said.text());
    }
    discord.outage(&room, true);
    discord.outage(&room, false);
    let shown = teacher.slash(&room, "daily show", json!({})).await;
    assert!(shown.text().contains("Next post:"), "{}", shown.text());
    discord.remove_bot(&room);
    bot.says("a server removed the bot").await;
    discord.invite_bot(&room);
    let mut shown = String::new();
    for _ in 0..40 {
        shown = discord.teacher("Mr Nagy").slash(&room, "daily show", json!({})).await.text();
        if shown.contains("Paused:") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    assert!(shown.contains("Paused:") && shown.contains("I was removed from this server"), "{shown}\n{}", bot.said());
    let elsewhere = discord.teacher("Ms Szabó").slash(&other, "daily show", json!({})).await;
    assert!(elsewhere.text().contains("Next post:"), "{}", elsewhere.text());
    bot.stop().await;
    discord.finish();
}

#[tokio::test]
async fn health_says_what_is_wrong_and_metrics_name_nobody() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("history");
    let store = store_with(&[due(&room, 60)]).await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    drop(listener);
    let mut bot = RunningBot::with(&discord, &[("DATABASE_URL", &store), ("KRONIKAS_LISTEN", &address)]);
    bot.ready(&discord).await;
    discord.posts_to_be(&room, 1).await;
    let get = async |path: &str| {
        let answer = reqwest::get(format!("http://{address}{path}")).await.expect("it is served");
        (answer.status().as_u16(), answer.text().await.expect("text"))
    };
    assert_eq!(get("/livez").await.0, 200);
    assert_eq!(get("/readyz").await, (200, "ready\n".to_owned()));
    let (_, metrics) = get("/metrics").await;
    assert!(metrics.contains("discord_requests_total") && metrics.contains("gateway_identifies"), "{metrics}");
    assert!(!metrics.contains(&room.id.to_string()), "no ids in metrics");
    let path = file_of(&store).expect("a file");
    discord.drop_sockets();
    discord.faults().no_gateway.store(true, std::sync::atomic::Ordering::SeqCst);
    assert!(path.exists());
    bot.stop().await;
}

#[tokio::test]
async fn a_token_that_only_rest_refuses_is_named_by_health_and_log() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("history");
    discord.next(Which::Posts, usize::MAX, Fault::Status(401));
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    drop(listener);
    let mut bot = RunningBot::with(&discord, &[("DATABASE_URL", &new_store()), ("KRONIKAS_LISTEN", &address)]);
    bot.ready(&discord).await;
    // A post at once, after the commands are registered: from then on everything waits for the token.
    discord.teacher("Ms Kovács").slash(&room, "round start", json!({ "questions": "1" })).await;
    discord.wait("a refused post", |state| state.requests.contains_key("POST /channels/{id}/messages")).await;
    let health =
        async || reqwest::get(format!("http://{address}/readyz")).await.expect("it is served").text().await.expect("text");
    let mut said = health().await;
    for _ in 0..40 {
        if said != "ready\n" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        said = health().await;
    }
    assert!(said.contains("discord: it refuses the bot token"), "{said}");
    assert!(!said.contains("gateway"), "the gateway is well: {said}");
    let (_, log) = bot.stop().await;
    assert!(log.contains("Discord refuses the bot token") && log.contains("DISCORD_TOKEN"), "{log}");
    assert!(!log.contains(fake_discord::TOKEN));
    discord.finish();
}

#[tokio::test]
async fn a_store_that_cannot_be_used_leaves_the_lookups() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("history");
    let (anna, teacher) = (discord.user("Anna"), discord.teacher("Ms Kovács"));
    let store = new_store();
    std::fs::write(file_of(&store).expect("a file"), vec![0x5a; 8192]).expect("garbage is written");
    let mut bot = RunningBot::with(&discord, &[("DATABASE_URL", &store)]);
    bot.ready(&discord).await;
    let found = anna.slash(&room, "who", json!({ "query": "kruschev" })).await;
    assert_eq!(found.title(), "Nikita Khrushchev");
    let refused = set(&teacher, &room, "8", "Budapest").await;
    assert!(refused.text().contains("I cannot save anything at the moment"), "{}", refused.text());
    let (status, said) = bot.stop().await;
    assert!(status.success() && said.contains("the store cannot be opened"), "{said}");
    discord.finish();
}
