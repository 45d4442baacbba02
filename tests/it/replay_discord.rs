//! The replay as a teacher starts it and a class sees it: the real bot against the fake Discord.

use serde_json::json;

use crate::fake_discord::{FakeDiscord, PATIENCE, Room, permission};
use crate::support::running::{RunningBot, WHOLE_UNIT, new_store};

/// Waits until the store is open: a session can stand before that.
async fn office_open(discord: &FakeDiscord, room: &Room) {
    let deadline = std::time::Instant::now() + PATIENCE;
    loop {
        let said = discord.teacher("Mr Early").slash(room, "replay show", json!({})).await;
        if !said.text().contains("cannot keep anything") {
            return;
        }
        assert!(std::time::Instant::now() < deadline, "{}", said.text());
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
}

#[tokio::test]
async fn a_teacher_starts_it_the_class_answers_and_it_stops() {
    let discord = FakeDiscord::start().await;
    discord.set_distance(150..500);
    let room = discord.room("history");
    let (teacher, colleague, anna) = (discord.teacher("Ms Kovács"), discord.teacher("Mr Nagy"), discord.user("Anna"));
    let store = new_store();
    let mut bot = RunningBot::with(&discord, &[("DATABASE_URL", &store), ("KRONIKAS_KNOWLEDGE", WHOLE_UNIT)]);
    bot.ready(&discord).await;
    office_open(&discord, &room).await;

    let refused = anna.slash(&room, "replay start", json!({ "channel": room.as_option() })).await;
    assert!(refused.ephemeral && refused.text().contains("Only people who may manage this server"), "{}", refused.text());
    let none = teacher.slash(&room, "replay show", json!({})).await;
    assert!(none.text().contains("No replay is running"), "{}", none.text());
    let wrong = teacher.slash(&room, "replay start", json!({ "channel": room.as_option(), "lasting": "a while" })).await;
    assert!(wrong.ephemeral && wrong.text().contains("as a length of time"), "{}", wrong.text());
    let backwards =
        teacher.slash(&room, "replay start", json!({ "channel": room.as_option(), "from": "4 nov", "to": "22 oct" })).await;
    assert!(backwards.text().contains("ends before it begins"), "{}", backwards.text());

    // One minute for everything: the first posts come within seconds.
    let begun =
        colleague.slash(&room, "replay start", json!({ "channel": room.as_option(), "lasting": "1m", "detail": "all" })).await;
    assert!(begun.ephemeral);
    assert_eq!(begun.title(), "The replay begins");
    assert!(begun.text().contains("12 questions") && begun.text().contains("1 minute"), "{}", begun.text());
    let posts = discord.posts_to_be(&room, 4).await;
    assert!(posts[0].said.title().starts_with("Live through it: 22 October – 4 November 1956"), "{}", posts[0].said.title());
    let again = colleague.slash(&room, "replay start", json!({ "channel": room.as_option() })).await;
    assert!(again.text().contains("already"), "{}", again.text());

    // A class member weighs the first turning point, alone.
    let asked = posts.iter().find(|post| post.said.title().starts_with("What would you do now?")).expect("it is asked");
    let weighed = anna.press(&asked.said, "Forbid it").await;
    assert!(weighed.ephemeral && weighed.text().contains("no right or wrong"), "{}", weighed.text());
    let refused = anna.slash(&room, "replay stop", json!({})).await;
    assert!(refused.text().contains("Only people who may manage"), "{}", refused.text());

    // It survives a restart, and goes on from where it was.
    let before = discord.posts(&room).len();
    bot.stop().await;
    let bot = RunningBot::with(&discord, &[("DATABASE_URL", &store), ("KRONIKAS_KNOWLEDGE", WHOLE_UNIT)]);
    discord.wait("a new session", |state| state.identifies > 1).await;
    office_open(&discord, &room).await;
    let posts = discord.posts_to_be(&room, before + 1).await;
    let mut titles: Vec<String> = posts.iter().map(|post| post.said.title().to_owned()).collect();
    let all = titles.len();
    titles.dedup();
    assert!(titles.len() + 1 >= all, "nothing twice: {titles:?}");

    let paused = teacher.slash(&room, "replay pause", json!({})).await;
    assert_eq!(paused.title(), "The replay is paused");
    let shown = teacher.slash(&room, "replay show", json!({})).await;
    assert!(shown.text().contains("you paused it") && shown.text().contains(" posts"), "{}", shown.text());
    let faster = colleague.slash(&room, "replay faster", json!({})).await;
    assert!(faster.text().contains("would now take"), "{}", faster.text());
    let resumed = colleague.slash(&room, "replay resume", json!({})).await;
    assert_eq!(resumed.title(), "The replay continues");
    let stopped = colleague.slash(&room, "replay stop", json!({})).await;
    assert_eq!(stopped.title(), "The replay is over");
    let (status, said) = bot.stop().await;
    assert!(status.success(), "{said}");
    discord.finish();
}

#[tokio::test]
async fn a_channel_without_permissions_is_refused_and_named() {
    let discord = FakeDiscord::start().await;
    discord.set_distance(150..500);
    let room = discord.room("history");
    let teacher = discord.teacher("Ms Kovács");
    let mut bot = RunningBot::start(&discord);
    bot.ready(&discord).await;
    office_open(&discord, &room).await;
    discord.forbid(&room, permission::SEND_MESSAGES);
    let refused = teacher.slash(&room, "replay start", json!({ "channel": room.as_option() })).await;
    assert!(refused.text().contains("I am missing Send Messages there"), "{}", refused.text());
    assert!(discord.posts(&room).is_empty());
    discord.allow(&room, permission::SEND_MESSAGES);
    let real = teacher.slash(&room, "replay start", json!({ "channel": room.as_option(), "lasting": "as it happened" })).await;
    assert!(real.text().contains("as long as it lasted, in "), "{}", real.text());
    let posts = discord.posts_to_be(&room, 1).await;
    assert!(posts[0].said.text().contains("years later"), "{}", posts[0].said.text());
    let faster = teacher.slash(&room, "replay faster", json!({})).await;
    assert!(faster.text().contains("Only a replay in a lesson can go faster"), "{}", faster.text());
    bot.stop().await;
    discord.finish();
}
