//! Channels, threads and permissions as Discord has them: what the real bot says and does in each.

use std::sync::Arc;
use std::time::Duration;

use jiff::{Timestamp, ToSpan};
use secrecy::SecretString;
use serde_json::json;

use crate::fake_discord::{self, Actor, Edge, FakeDiscord, Fault, Kind, PATIENCE, Room, Said, Scope, TOKEN, Which, permission};
use crate::support::running::RunningBot;
use kronikas::card::{Card, Outcome};
use kronikas::clock::SystemClock;
use kronikas::discord::{Channels, Rest, client};
use kronikas::messenger::{ChannelAccess, Messenger, SendError};
use kronikas::model::{ChannelId, GuildId, UserId};

/// A channel, and a bot whose store is open.
async fn school() -> (FakeDiscord, Room, RunningBot) {
    let discord = FakeDiscord::start().await;
    let room = discord.room("history");
    let mut bot = RunningBot::start_with_whole_unit(&discord);
    bot.ready(&discord).await;
    let deadline = std::time::Instant::now() + PATIENCE;
    while teacher(&discord).slash(&room, "replay show", json!({})).await.text().contains("cannot keep anything") {
        assert!(std::time::Instant::now() < deadline, "{}", bot.said());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    (discord, room, bot)
}

/// Another teacher each time: nobody is asked to slow down.
fn teacher(discord: &FakeDiscord) -> Actor {
    discord.teacher("Ms Kovács")
}

async fn set(discord: &FakeDiscord, room: &Room) -> Said {
    teacher(discord).slash(room, "daily set", json!({ "channel": room.as_option(), "time": "8", "zone": "Budapest" })).await
}

async fn replay(discord: &FakeDiscord, room: &Room) -> Said {
    teacher(discord).slash(room, "replay start", json!({ "channel": room.as_option(), "lasting": "60m" })).await
}

async fn round(discord: &FakeDiscord, room: &Room) -> Said {
    teacher(discord).slash(room, "round start", json!({ "questions": "1", "seconds": "5" })).await
}

async fn discuss(discord: &FakeDiscord, room: &Room) -> Said {
    teacher(discord).slash(room, "discuss", json!({ "question": "d-why-rakosi" })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_that_was_archived_is_fine_and_the_first_post_opens_it() {
    let (discord, room, bot) = school().await;
    discord.allow(&room, permission::SEND_MESSAGES_IN_THREADS);
    let thread = discord.thread(&room, "1956");
    discord.let_sleep(&thread);
    let said = set(&discord, &thread).await;
    assert_eq!(said.title(), "The daily post is set", "{}", said.text());
    teacher(&discord).slash(&thread, "daily pause", json!({})).await;
    let said = teacher(&discord).slash(&thread, "daily resume", json!({})).await;
    assert_eq!(said.title(), "The daily post continues", "{}", said.text());
    let said = replay(&discord, &thread).await;
    assert_eq!(said.title(), "The replay begins", "{}", said.text());
    discord.posts_to_be(&thread, 1).await;
    teacher(&discord).slash(&thread, "replay pause", json!({})).await;
    discord.let_sleep(&thread);
    let said = teacher(&discord).slash(&thread, "replay resume", json!({})).await;
    assert_eq!(said.title(), "The replay continues", "{}", said.text());
    teacher(&discord).slash(&thread, "replay stop", json!({})).await;
    discord.let_sleep(&thread);
    let said = round(&discord, &thread).await;
    assert_eq!(said.title(), "The round begins", "{}", said.text());
    discord.posts_to_be(&thread, 2).await;
    bot.stop().await;
    discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_thread_is_refused_with_the_cure_whether_archived_or_not() {
    let (discord, room, bot) = school().await;
    discord.allow(&room, permission::SEND_MESSAGES_IN_THREADS);
    let (open, shut) = (discord.thread(&room, "open"), discord.thread(&room, "shut"));
    discord.lock(&open);
    discord.archive(&shut);
    for thread in [&open, &shut] {
        for said in [set(&discord, thread).await, replay(&discord, thread).await, round(&discord, thread).await] {
            assert!(said.text().to_lowercase().contains("this thread is locked"), "{}", said.text());
            assert!(said.text().contains("nlock it"), "{}", said.text());
        }
    }
    assert_eq!(discord.asked("POST /channels/{id}/messages"), 0);
    // Whoever manages threads may write in locked ones, too.
    discord.allow(&room, permission::MANAGE_THREADS);
    assert_eq!(set(&discord, &open).await.title(), "The daily post is set");
    bot.stop().await;
    discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_discussion_opens_the_kind_of_thread_that_its_channel_takes() {
    let (discord, room, bot) = school().await;
    discord.allow(&room, permission::CREATE_PUBLIC_THREADS | permission::SEND_MESSAGES_IN_THREADS);
    discord.convert(&room, Kind::Announcement);
    let said = discuss(&discord, &room).await;
    assert!(said.text().contains("We think about this in"), "{}", said.text());
    // Made an ordinary channel again between two lessons.
    discord.convert(&room, Kind::Text);
    discuss(&discord, &room).await;
    assert_eq!(discord.threads(&room).len(), 2);
    for thread in discord.threads(&room) {
        assert_eq!(discord.posts(&thread).len(), 1);
    }
    // Where no thread can be opened, the answer holds the question.
    for kind in [Kind::Voice, Kind::Stage] {
        let aside = discord.room_of_kind(&room, "aside", kind);
        discord.allow(&aside, permission::CREATE_PUBLIC_THREADS | permission::SEND_MESSAGES_IN_THREADS);
        let said = discuss(&discord, &aside).await;
        assert!(!said.text().contains("We think about this in") && !said.buttons().is_empty(), "{}", said.text());
    }
    let inside = discuss(&discord, &discord.threads(&room)[0]).await;
    assert!(!inside.text().contains("We think about this in"), "{}", inside.text());
    bot.stop().await;
    discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_thread_is_opened_that_the_bot_could_not_write_in() {
    let (discord, room, bot) = school().await;
    for missing in [permission::SEND_MESSAGES_IN_THREADS, permission::EMBED_LINKS, permission::CREATE_PUBLIC_THREADS] {
        discord.allow(&room, permission::CREATE_PUBLIC_THREADS | permission::SEND_MESSAGES_IN_THREADS | permission::EMBED_LINKS);
        discord.forbid(&room, missing);
        let said = discuss(&discord, &room).await;
        assert!(!said.text().contains("We think about this in") && !said.buttons().is_empty(), "{}", said.text());
        assert!(discord.threads(&room).is_empty(), "an empty thread was left");
    }
    bot.stop().await;
    discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn with_as_many_threads_as_discord_takes_the_question_is_asked_in_the_channel() {
    let (discord, room, bot) = school().await;
    discord.allow(&room, permission::CREATE_PUBLIC_THREADS | permission::SEND_MESSAGES_IN_THREADS);
    discord.limit_threads(&room, 1);
    discord.thread(&room, "the one");
    discord.expect_refusals(&[160_006]);
    let said = discuss(&discord, &room).await;
    assert!(!said.text().contains("We think about this in") && !said.buttons().is_empty(), "{}", said.text());
    bot.stop().await;
    discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_was_timed_out_says_until_when() {
    let (discord, room, bot) = school().await;
    let until: Timestamp = "2099-07-01T06:30:00Z".parse().expect("an instant");
    discord.time_bot_out(&room, Some(until));
    for said in [set(&discord, &room).await, replay(&discord, &room).await, round(&discord, &room).await] {
        assert!(said.text().to_lowercase().contains("a moderator timed me out until <t:4086570600:f>"), "{}", said.text());
        assert!(!said.text().contains("Permissions"), "a cure that does not help: {}", said.text());
    }
    // One that is over by now is none.
    discord.time_bot_out(&room, Timestamp::now().checked_sub(1.hours()).ok());
    assert_eq!(set(&discord, &room).await.title(), "The daily post is set");
    bot.stop().await;
    discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_are_joined_before_a_channels_overwrites_are_applied() {
    let (discord, room, bot) = school().await;
    let (muted, speaker) = (discord.give_bot_role(&room, "Bots", 0), discord.give_bot_role(&room, "Speaker", 0));
    // What one role denies another allows, in whatever order they stand.
    discord.overwrite_role(&room, speaker, permission::SEND_MESSAGES, 0);
    discord.overwrite_role(&room, muted, 0, permission::SEND_MESSAGES | permission::EMBED_LINKS);
    let refused = set(&discord, &room).await;
    assert!(refused.text().contains("I am missing Embed Links there"), "{}", refused.text());
    discord.take_bot_role(&room, muted);
    assert_eq!(set(&discord, &room).await.title(), "The daily post is set");
    // A locked-down channel that names the bot's role alone, set from elsewhere: its teacher does
    // not see it either.
    let services = discord.room_beside(&room, "office");
    let set = async |room: &Room| {
        teacher(&discord)
            .slash(&services, "daily set", json!({ "channel": room.as_option(), "time": "8", "zone": "Budapest" }))
            .await
    };
    discord.overwrite_everyone(&room, 0, permission::VIEW_CHANNEL | permission::SEND_MESSAGES);
    discord.expect_refusals(&[50001]);
    let refused = set(&room).await;
    assert!(refused.text().contains("I cannot see this channel"), "{}", refused.text());
    discord.overwrite_role(&room, speaker, permission::VIEW_CHANNEL | permission::SEND_MESSAGES, 0);
    assert_eq!(set(&room).await.title(), "The daily post is changed");
    // An administrator is let in everywhere.
    discord.overwrite_role(&room, speaker, 0, permission::VIEW_CHANNEL | permission::SEND_MESSAGES);
    discord.give_bot_role(&room, "Admin", permission::ADMINISTRATOR);
    assert_eq!(set(&room).await.title(), "The daily post is changed");
    bot.stop().await;
    discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_named_without_what_follows_from_it() {
    let (discord, room, bot) = school().await;
    discord.forbid(&room, permission::SEND_MESSAGES);
    let refused = set(&discord, &room).await;
    assert!(refused.text().contains("I am missing Send Messages there"), "{}", refused.text());
    // The invitation brings what threads need.
    let thread = discord.thread(&room, "1956");
    assert_eq!(set(&discord, &thread).await.title(), "The daily post is set", "README's invitation is enough in threads");
    discord.forbid(&room, permission::SEND_MESSAGES_IN_THREADS);
    let refused = set(&discord, &thread).await;
    assert!(refused.text().contains("I am missing Send Messages in Threads there"), "{}", refused.text());
    bot.stop().await;
    discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_thread_is_for_its_members() {
    let (discord, room, bot) = school().await;
    let (without, with) = (discord.private_thread(&room, "staff", false), discord.private_thread(&room, "class", true));
    discord.allow(&room, permission::SEND_MESSAGES_IN_THREADS);
    discord.expect_refusals(&[50001]);
    let refused = round(&discord, &without).await;
    assert!(refused.text().contains("mention me"), "{}", refused.text());
    let refused = set(&discord, &without).await;
    assert!(refused.text().contains("mention me"), "{}", refused.text());
    assert_eq!(set(&discord, &with).await.title(), "The daily post is set");
    bot.stop().await;
    discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voice_channels_chat_takes_posts_and_a_category_or_forum_does_not() {
    let (discord, room, bot) = school().await;
    let voice = discord.room_of_kind(&room, "lesson", Kind::Voice);
    let said = round(&discord, &voice).await;
    assert_eq!(said.title(), "The round begins", "{}", said.text());
    discord.posts_to_be(&voice, 1).await;
    let stage = discord.room_of_kind(&room, "stage", Kind::Stage);
    discord.forbid(&stage, permission::CONNECT);
    let refused = round(&discord, &stage).await;
    assert!(refused.text().contains("Connect"), "{}", refused.text());
    for kind in [Kind::Category, Kind::Forum, Kind::Media] {
        let other = discord.room_of_kind(&room, "other", kind);
        let refused = set(&discord, &other).await;
        assert!(refused.text().contains("I cannot post in a channel of this kind"), "{}", refused.text());
    }
    // A forum's posts are threads, and take what is said in them.
    let forum = discord.room_of_kind(&room, "forum", Kind::Forum);
    assert_eq!(set(&discord, &discord.thread(&forum, "a post")).await.title(), "The daily post is set");
    bot.stop().await;
    discord.finish();
}

/// A bot's view of its channels, as a process that just started has it.
fn channels(discord: &FakeDiscord) -> Channels {
    let client = client(Duration::from_secs(5)).expect("a client");
    let rest = Rest::new(client, &discord.rest_url(), SecretString::from(TOKEN), Arc::new(SystemClock));
    Channels::new(Arc::new(rest), UserId(fake_discord::BOT))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_that_is_not_discords_is_no_word_about_the_channel() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("history");
    let thread = discord.thread(&room, "1956");
    let guild = room.guild.expect("a guild");
    for edge in [Edge::Html(403), Edge::Html(404), Edge::Html(200), Edge::Blocked, Edge::Elsewhere] {
        for route in ["GET /channels/{id}", "GET /guilds/{id}/roles", "GET /guilds/{id}/members/{id}"] {
            for place in [&room, &thread] {
                discord.next(Which::Route(route), 1, Fault::Edge(edge));
                let looked = channels(&discord).check_channel(Some(GuildId(guild)), ChannelId(place.id)).await;
                assert!(looked.is_err(), "{route} {edge:?}: {looked:?}");
                discord.next(Which::Route(route), 1, Fault::Edge(edge));
                let opened = channels(&discord).open_thread(ChannelId(room.id), "1956").await;
                assert!(!matches!(opened, Err(SendError::Closed { .. })), "{route} {edge:?}: {opened:?}");
                discord.faults().clear();
            }
        }
    }
    assert_eq!(channels(&discord).check_channel(Some(GuildId(guild)), ChannelId(thread.id)).await, Ok(ChannelAccess::Fine));
    // Discord's own word counts.
    discord.remove_bot(&room);
    discord.expect_refusals(&[50001]);
    assert_eq!(channels(&discord).check_channel(Some(GuildId(guild)), ChannelId(room.id)).await, Ok(ChannelAccess::Unseen));
    discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_out_in_the_middle_is_told_from_a_missing_permission() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("history");
    let rooms = channels(&discord);
    let card = Card::new(Outcome::Found, "A question");
    let message = rooms.send(ChannelId(room.id), "n1", &card).await.expect("it is said");
    let until: Timestamp = "2099-07-01T06:30:00Z".parse().expect("an instant");
    discord.time_bot_out(&room, Some(until));
    discord.expect_refusals(&[50013]);
    for said in [rooms.send(ChannelId(room.id), "n2", &card).await, rooms.send_patiently(ChannelId(room.id), "n3", &card).await] {
        assert_eq!(said, Err(SendError::TimedOut(until)));
    }
    assert_eq!(rooms.open_thread(ChannelId(room.id), "1956").await, Err(SendError::TimedOut(until)));
    // What stands there may be changed, as by anybody who was timed out.
    rooms.edit(ChannelId(room.id), message, &card).await.expect("it is changed");
    discord.time_bot_out(&room, None);
    discord.forbid(&room, permission::SEND_MESSAGES);
    let closed = rooms.send(ChannelId(room.id), "n4", &card).await;
    assert!(matches!(&closed, Err(SendError::Closed { why, .. }) if why.contains("permission")), "{closed:?}");
    discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_in_a_thread_that_was_archived_meanwhile_opens_it_and_is_made() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("history");
    let thread = discord.thread(&room, "a round");
    let rooms = channels(&discord);
    let card = |title: &str| Card::new(Outcome::Found, title);
    let message = rooms.send(ChannelId(thread.id), "n1", &card("A question")).await.expect("it is said");
    // Whoever started the thread closes it while the class answers.
    discord.let_sleep(&thread);
    discord.expect_refusals(&[50083]);
    rooms.edit(ChannelId(thread.id), message, &card("Its answer")).await.expect("it is shown");
    assert_eq!(discord.read(message.0).title(), "Its answer");
    rooms.edit(ChannelId(thread.id), message, &card("Its answer, once more")).await.expect("it is open");
    assert_eq!(discord.expected_refusals().len(), 1);
    // A moderator's lock is respected.
    discord.archive(&thread);
    let closed = rooms.edit(ChannelId(thread.id), message, &card("Too late")).await;
    assert!(matches!(closed, Err(SendError::Closed { .. })), "{closed:?}");
    assert_eq!(discord.asked("PATCH /channels/{id}"), 1, "it was opened once, and not against the lock");
    discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_is_opened_once_and_gets_its_question_through_limits_and_errors() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("history");
    discord.allow(&room, permission::CREATE_PUBLIC_THREADS);
    let rooms = channels(&discord);
    let limited = Fault::RateLimited { retry_after: 0.4, scope: Scope::User };
    discord.next(Which::Route("POST /channels/{id}/threads"), 1, limited);
    let thread = rooms.open_thread(ChannelId(room.id), "1956").await.expect("it is opened");
    assert_eq!((discord.threads(&room).len(), discord.asked("POST /channels/{id}/threads")), (1, 2));
    // A thread that is open and stays empty would be left to the class.
    let card = Card::new(Outcome::Found, "A question");
    let faults = [Fault::Status(502), Fault::AnswerLost, Fault::Cut, Fault::NotJson];
    for (idx, fault) in faults.into_iter().enumerate() {
        discord.next(Which::Posts, 1, fault.clone());
        let said = rooms.send_patiently(thread, &format!("n{idx}"), &card).await;
        assert!(said.is_ok(), "{fault:?}: {said:?}");
        assert_eq!(discord.posts(&discord.threads(&room)[0]).len(), idx + 1, "{fault:?}");
    }
    discord.finish();
}
