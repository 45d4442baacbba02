//! Servers that come and go while the bot is there or not: the real bot, its store, the fake Discord.

use std::time::Duration;

use jiff::{Timestamp, ToSpan, civil};
use kronikas::model::{CardState, ChannelId, GuildId, Pause, QuietPolicy, Rating, UserId};
use kronikas::store::{DeliveryStore, RecallStore, ReviewLog, Schedule, Sqlite, file_of};
use serde_json::json;

use crate::fake_discord::{self, FakeDiscord, Room};
use crate::support::running::{RunningBot, new_store};

/// A schedule whose next post is far away.
fn schedule(room: &Room) -> Schedule {
    let now = Timestamp::now();
    Schedule {
        channel: ChannelId(room.id),
        guild: Some(GuildId(room.guild.expect("a guild"))),
        zone: "Etc/UTC".to_owned(),
        time: civil::time(8, 0, 0, 0),
        quiet: QuietPolicy::Context,
        question: false,
        picture: false,
        catch_up: 6 * 3600,
        set_at: now,
        next_date: civil::date(2100, 1, 1),
        next_due: now.checked_add(10_000.hours()).expect("an instant"),
        paused: None,
        resting_until: None,
    }
}

async fn store_of(rooms: &[&Room]) -> String {
    let address = new_store();
    let store = Sqlite::open(&file_of(&address).expect("a file")).await.expect("a store");
    for room in rooms {
        store.put_schedule(&schedule(room)).await.expect("it is kept");
    }
    store.close().await;
    address
}

/// Since when each of the rooms' servers is without the bot, and why each schedule is paused.
async fn kept(address: &str, rooms: &[&Room]) -> Vec<(bool, Option<Pause>)> {
    let store = Sqlite::open(&file_of(address).expect("a file")).await.expect("a store");
    let guilds = store.guilds().await.expect("they are read");
    let mut kept = Vec::new();
    for room in rooms {
        let left = guilds.iter().find(|(guild, _)| Some(*guild) == room.guild.map(GuildId)).expect("it is known").1;
        let schedule = store.schedule(ChannelId(room.id)).await.expect("it is read").expect("it is kept");
        kept.push((left.is_some(), schedule.paused));
    }
    store.close().await;
    kept
}

async fn until_said(bot: &mut RunningBot, words: &str) {
    let said = async {
        while !bot.said().contains(words) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(tokio::time::timeout(fake_discord::PATIENCE, said).await.is_ok(), "{words} was not said:\n{}", bot.said());
}

#[tokio::test]
async fn a_server_that_removed_the_bot_while_it_was_down_is_noticed_and_so_is_one_that_came_back() {
    let discord = FakeDiscord::start().await;
    let (left, out, stayed) = (discord.room("left"), discord.room("out of reach"), discord.room("stayed"));
    let rooms = [&left, &out, &stayed];
    let store = store_of(&rooms).await;
    discord.remove_bot(&left);
    // An outage of Discord's is no removal, also when the bot first hears of it at its start.
    discord.outage(&out, true);
    let mut bot = RunningBot::with(&discord, &[("DATABASE_URL", &store)]);
    until_said(&mut bot, "a server removed the bot").await;
    bot.stop().await;
    assert_eq!(kept(&store, &rooms).await, [(true, Some(Pause::Removed)), (false, None), (false, None)]);

    discord.invite_bot(&left);
    let mut bot = RunningBot::with(&discord, &[("DATABASE_URL", &store)]);
    until_said(&mut bot, "a server added the bot again").await;
    bot.stop().await;
    let states = kept(&store, &rooms).await;
    assert!(states.iter().all(|(left, _)| !left), "nothing of it is forgotten: {states:?}");
    discord.finish();
}

#[tokio::test]
async fn a_server_of_which_only_answers_are_kept_is_noticed_when_it_removed_the_bot() {
    let discord = FakeDiscord::start().await;
    let (left, stayed) = (discord.room("left"), discord.room("stayed"));
    let store = store_of(&[&stayed]).await;
    let opened = Sqlite::open(&file_of(&store).expect("a file")).await.expect("a store");
    let now = Timestamp::now();
    let review =
        ReviewLog { interaction: 1, item: "date.a".to_owned(), at: now, rating: Rating::Good, guild: left.guild.map(GuildId) };
    let memory = |_| CardState { stability: 1.5, difficulty: 5.0, last: now, due: now, reviews: 1, lapses: 0 };
    opened.review(UserId(42), &review, &memory).await.expect("it is counted");
    opened.close().await;
    // The lock goes with the value.
    drop(opened);
    discord.remove_bot(&left);
    let mut bot = RunningBot::with(&discord, &[("DATABASE_URL", &store)]);
    until_said(&mut bot, "a server removed the bot").await;
    bot.stop().await;
    let opened = Sqlite::open(&file_of(&store).expect("a file")).await.expect("a store");
    let in_31_days = Timestamp::now() + jiff::SignedDuration::from_hours(24 * 31);
    let kept = |when| opened.class_reviews(GuildId(left.guild.expect("a guild")), when);
    assert_eq!(kept(Timestamp::MIN).await.expect("they are read").len(), 1);
    opened.forget(in_31_days).await.expect("it forgets");
    assert_eq!(kept(Timestamp::MIN).await.expect("they are read").len(), 0);
    opened.close().await;
    discord.finish();
}

#[tokio::test]
async fn without_the_intent_nothing_is_concluded() {
    let discord = FakeDiscord::start().await;
    let (left, stayed) = (discord.room("left"), discord.room("stayed"));
    let anna = discord.user("Anna");
    let store = store_of(&[&left, &stayed]).await;
    discord.remove_bot(&left);
    let mut bot = RunningBot::with(&discord, &[("DATABASE_URL", &store), ("KRONIKAS_INTENTS", "none")]);
    bot.ready(&discord).await;
    anna.slash(&stayed, "who", json!({ "query": "imre nagy" })).await;
    let (status, said) = bot.stop().await;
    assert!(status.success() && !said.contains("removed the bot"), "{said}");
    assert_eq!(kept(&store, &[&left, &stayed]).await, [(false, None), (false, None)]);
    discord.finish();
}

#[tokio::test]
async fn what_happens_while_the_connection_is_lost_is_made_up_for() {
    let discord = FakeDiscord::start().await;
    let (left, gone, stayed) = (discord.room("left"), discord.room("deleted"), discord.room("stayed"));
    let rooms = [&left, &gone, &stayed];
    let store = store_of(&rooms).await;
    let mut bot = RunningBot::with(&discord, &[("DATABASE_URL", &store)]);
    bot.ready(&discord).await;
    // The commands of a server may be asked for that is no longer one of ours.
    discord.expect_refusals(&[50001]);
    // The session is gone with the connection: of this, no word will come but READY's list.
    discord.sessions(|sessions| sessions.end_all());
    discord.drop_sockets();
    discord.remove_bot(&left);
    until_said(&mut bot, "a server removed the bot").await;
    discord.delete_channel(&gone);
    until_said(&mut bot, "a channel with a daily post was deleted").await;
    bot.stop().await;
    let expected = [(true, Some(Pause::Removed)), (false, Some(Pause::ChannelGone)), (false, None)];
    assert_eq!(kept(&store, &rooms).await, expected);
    discord.finish();
}
