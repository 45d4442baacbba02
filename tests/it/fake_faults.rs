//! The fake Discord itself: rate limits, faults, a network that breaks.

use std::time::Duration;

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::json;

use crate::fake_discord::{FakeDiscord, Fault, Moment, PATIENCE, Scope, Which};
use crate::support::chaos_proxy::ChaosProxy;
use crate::support::fake_client::{Client, messages, text};
use crate::support::running::RunningBot;

/// Long enough for loopback, short enough to wait for.
const SHORT: Duration = Duration::from_millis(400);

#[tokio::test]
async fn a_channel_takes_five_messages_in_five_seconds() {
    let discord = FakeDiscord::start().await;
    let (room, other) = (discord.room("class"), discord.room("other"));
    let bot = Client::new(&discord);
    discord.set_clock("2026-10-23T06:00:00Z".parse().expect("an instant"));
    discord.limit_rates(true);
    for left in (0..5).rev() {
        let answer = bot.post(&room, "x").await;
        assert_eq!((answer.status, answer.header("x-ratelimit-remaining")), (200, left.to_string().as_str()));
        assert_eq!(answer.header("x-ratelimit-limit"), "5");
    }
    // A bucket with a hole: one place is free after a second, all of it after five.
    discord.advance(SignedDuration::from_millis(400));
    let excess = bot.post(&room, "x").await;
    assert_eq!((excess.status, excess.header("retry-after"), excess.header("x-ratelimit-scope")), (429, "1", "user"));
    assert_eq!((excess.body["retry_after"].as_f64(), excess.body["global"].as_bool()), (Some(0.6), Some(false)));
    assert_eq!(excess.header("x-ratelimit-reset-after"), "4.600");
    assert_eq!(bot.post(&other, "x").await.status, 200, "a channel's limit is its own");
    assert_eq!(bot.post(&room, "x").await.status, 429);
    assert_eq!((discord.rate_limited(), discord.invalid_requests(), discord.too_early()), (2, 2, 1));
    assert_eq!(discord.take_too_early(), [format!("POST /channels/{}/messages", room.id)]);
    discord.advance(SignedDuration::from_millis(600));
    assert_eq!(bot.post(&room, "x").await.status, 200);
    assert_eq!(discord.posts(&room).len(), 6);
    discord.finish();
}

#[tokio::test]
async fn all_routes_together_take_fifty_a_second() {
    let discord = FakeDiscord::start().await;
    let bot = Client::new(&discord);
    discord.set_clock("2026-10-23T06:00:00Z".parse().expect("an instant"));
    discord.limit_rates(true);
    for _ in 0..50 {
        assert_eq!(bot.get("/users/@me").await.status, 200);
    }
    let excess = bot.get("/users/@me").await;
    assert_eq!((excess.status, excess.header("x-ratelimit-global"), excess.header("x-ratelimit-scope")), (429, "true", "global"));
    assert_eq!((excess.body["retry_after"].as_f64(), excess.body["global"].as_bool()), (Some(0.02), Some(true)));
    discord.advance(SignedDuration::from_secs(1));
    assert_eq!(bot.get("/users/@me").await.status, 200);
    discord.finish();
}

#[tokio::test]
async fn reading_has_limits_too_and_some_routes_share_one() {
    let discord = FakeDiscord::start().await;
    let (room, anna) = (discord.room("class"), discord.user("Anna"));
    let guild = room.guild.expect("a guild");
    let bot = Client::new(&discord);
    discord.set_clock("2026-10-23T06:00:00Z".parse().expect("an instant"));
    discord.limit_rates(true);
    let member = format!("/guilds/{guild}/members/{}", anna.id);
    for _ in 0..5 {
        let answer = bot.get(&member).await;
        assert_eq!((answer.status, answer.header("x-ratelimit-bucket")), (200, "members"));
    }
    let excess = bot.get(&member).await;
    assert_eq!((excess.status, excess.body["retry_after"].as_f64()), (429, Some(0.2)));
    for _ in 0..5 {
        assert_eq!(bot.get(&format!("/channels/{}", room.id)).await.header("x-ratelimit-bucket"), "read");
        assert_eq!(bot.get(&messages(&room)).await.header("x-ratelimit-bucket"), "read");
    }
    assert_eq!(bot.get(&messages(&room)).await.status, 429, "both fill the same bucket");
    assert_eq!(bot.get(&format!("/guilds/{guild}/roles")).await.status, 200);
    discord.finish();
}

#[tokio::test]
async fn planned_limits_name_their_scope() {
    let discord = FakeDiscord::start().await;
    let (room, other) = (discord.room("class"), discord.room("other"));
    let bot = Client::new(&discord);
    for (scope, name, invalid) in [(Scope::User, "user", 1), (Scope::Global, "global", 2), (Scope::Shared, "shared", 2)] {
        discord.next(Which::PostsIn(room.id), 1, Fault::RateLimited { retry_after: 30.5, scope });
        assert_eq!(bot.post(&other, "x").await.status, 200);
        let answer = bot.post(&room, "x").await;
        assert_eq!((answer.status, answer.header("retry-after"), answer.header("x-ratelimit-scope")), (429, "31", name));
        assert_eq!(answer.body["retry_after"].as_f64(), Some(30.5));
        assert_eq!(discord.invalid_requests(), invalid);
        assert_eq!(bot.post(&room, "x").await.status, 200);
    }
    assert_eq!(discord.rate_limited(), 3);
    assert_eq!(discord.take_too_early().len(), 6, "each was asked for again at once");
    discord.finish();
}

#[tokio::test]
async fn messages_older_than_an_hour_take_few_edits() {
    let discord = FakeDiscord::start().await;
    let (room, other) = (discord.room("class"), discord.room("other"));
    let bot = Client::new(&discord);
    discord.set_clock("2026-10-23T06:00:00Z".parse().expect("an instant"));
    let old = format!("{}/{}", messages(&room), bot.post(&room, "old").await.id());
    let elsewhere = format!("{}/{}", messages(&other), bot.post(&other, "old").await.id());
    discord.advance(SignedDuration::from_secs(3601));
    let young = format!("{}/{}", messages(&room), bot.post(&room, "young").await.id());
    let edit = async |path: &str| bot.write(Method::PATCH, path, text("edited")).await;
    for _ in 0..5 {
        assert_eq!(edit(&old).await.status, 200);
    }
    let excess = edit(&old).await;
    assert_eq!((excess.status, excess.code(), excess.header("retry-after")), (429, 30046, "720"));
    assert_eq!(excess.body["retry_after"].as_f64(), Some(720.0));
    for _ in 0..6 {
        assert_eq!(edit(&young).await.status, 200, "it has the route's limit alone");
    }
    assert_eq!(edit(&elsewhere).await.status, 200, "another channel");
    assert_eq!(discord.too_early(), 0);
    assert_eq!(edit(&old).await.status, 429);
    assert_eq!(discord.take_too_early().len(), 1, "it had not waited");
    discord.advance(SignedDuration::from_secs(720));
    assert_eq!(edit(&old).await.status, 200);
    discord.finish();
}

#[tokio::test]
async fn a_request_before_its_wait_is_over_is_written_down_whatever_becomes_of_it() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let bot = Client::new(&discord);
    discord.next(Which::Posts, 1, Fault::RateLimited { retry_after: 30.0, scope: Scope::User });
    assert_eq!(bot.post(&room, "x").await.status, 429);
    discord.next(Which::Posts, 1, Fault::Status(502));
    discord.next(Which::Posts, 1, Fault::Instead(429, &[("retry-after", "7")], ""));
    assert_eq!(bot.post(&room, "x").await.status, 502);
    let again = bot.post(&room, "x").await;
    assert_eq!((again.status, again.header("retry-after"), again.body.is_null()), (429, "7", true));
    assert_eq!(discord.take_too_early().len(), 2);
    discord.finish();
}

#[tokio::test]
async fn faults_do_what_they_say_and_are_counted_off() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let bot = Client::new(&discord);
    // The fault; whether the message is there afterwards; the status, if there is an answer.
    for (fault, done, status) in [
        (Fault::AnswerLost, true, None),
        (Fault::Cut, false, None),
        (Fault::Status(503), false, Some(503)),
        (Fault::DoneBut(502), true, Some(502)),
        (Fault::Hang, false, None),
        (Fault::DoneThenHang, true, None),
        (Fault::NotJson, true, Some(200)),
        (Fault::Slow(Duration::from_millis(50)), true, Some(200)),
    ] {
        let before = discord.posts(&room).len();
        discord.next(Which::Posts, 1, fault.clone());
        let answer = bot.try_post(&room, "x", SHORT).await;
        assert_eq!(answer.as_ref().ok().map(|answer| answer.status), status, "{fault:?}");
        assert_eq!(answer.is_ok_and(|answer| answer.body.is_null()), matches!(fault, Fault::NotJson), "{fault:?}");
        assert_eq!(discord.posts(&room).len() - before, usize::from(done), "{fault:?}");
        assert_eq!(bot.post(&room, "the next is well").await.status, 200, "{fault:?}");
    }
    discord.next(Which::All, usize::MAX, Fault::Status(500));
    assert_eq!(bot.post(&room, "x").await.status, 500);
    assert_eq!(bot.get("/users/@me").await.status, 500);
    discord.faults().clear();
    assert_eq!(bot.get("/users/@me").await.status, 200);
    assert_eq!(discord.faults().left(), 0);
    discord.finish();
}

#[tokio::test]
async fn a_post_waits_for_the_test_at_the_very_moment() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    for (moment, there) in [(Moment::Before, 0), (Moment::After, 1)] {
        let mut hold = discord.on_post(moment);
        let bot = Client::new(&discord);
        let sender = tokio::spawn({
            let room = room.clone();
            async move { bot.post(&room, "x").await.status }
        });
        let held = hold.next().await;
        assert_eq!(held.request, format!("POST /api/v10/channels/{}/messages", room.id));
        assert_eq!(discord.posts(&room).len(), there);
        // The sender dies while the request is held.
        sender.abort();
        assert!(sender.await.is_err());
        drop((held, hold));
        assert_eq!(Client::new(&discord).get("/users/@me").await.status, 200);
        assert_eq!(discord.posts(&room).len(), there);
    }
    let mut hold = discord.on_post(Moment::After);
    let bot = Client::new(&discord);
    let (answer, ()) = tokio::join!(bot.post(&room, "x"), async { drop(hold.next().await) });
    assert_eq!(answer.status, 200);
    discord.finish();
}

#[tokio::test]
async fn connections_are_refused_and_taken_again() {
    let mut discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let bot = Client::new(&discord);
    assert_eq!(bot.post(&room, "x").await.status, 200);
    discord.refuse_connections().await;
    let refused = bot.try_post(&room, "x", SHORT).await.expect_err("nobody listens");
    assert!(refused.is_connect(), "{refused:?}");
    discord.accept_connections().await;
    assert_eq!(bot.post(&room, "x").await.status, 200);
    assert_eq!(discord.posts(&room).len(), 2);
    discord.finish();
}

#[tokio::test]
async fn the_proxy_breaks_what_passes_through_it() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let mut proxy = ChaosProxy::start(discord.address()).await;
    let bot = Client::at(proxy.url());
    assert_eq!(bot.post(&room, "whole").await.status, 200);

    proxy.break_networking().await;
    assert!(bot.try_post(&room, "broken", SHORT).await.is_err_and(|error| error.is_connect()));
    proxy.restore_networking().await;
    assert_eq!(bot.post(&room, "restored").await.status, 200);

    proxy.half_open();
    assert!(bot.try_post(&room, "into the void", SHORT).await.is_err_and(|error| error.is_timeout()));
    assert_eq!(discord.posts(&room).len(), 2);
    proxy.restore_networking().await;
    assert_eq!(bot.post(&room, "restored").await.status, 200);

    proxy.mute();
    assert!(bot.try_post(&room, "heard, not answered", SHORT).await.is_err_and(|error| error.is_timeout()));
    assert_eq!(discord.posts(&room).len(), 4);
    proxy.restore_networking().await;
    let answer = bot.try_post(&room, "restored", PATIENCE).await.expect("an answer");
    assert_eq!(answer.status, 200);
    discord.finish();
}

#[tokio::test]
async fn a_bot_can_be_killed_at_the_very_moment() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let anna = discord.user("Anna");
    let mut bot = RunningBot::start(&discord);
    bot.ready(&discord).await;
    let mut hold = discord.hold(Which::Callbacks, Moment::After);
    let pending = anna.begin_slash(&room, "who", json!({ "query": "imre nagy" }));
    let held = hold.next().await;
    bot.kill().await;
    drop((held, hold));
    // The answer had arrived, though the bot never knew.
    assert_eq!(pending.answer().await.title(), "Imre Nagy");

    let mut again = RunningBot::start(&discord);
    discord.wait("a new session", |state| state.identifies > 1 && !state.sockets.is_empty()).await;
    assert!(again.lives());
    let mut hold = discord.hold(Which::Callbacks, Moment::Before);
    let _unanswered = anna.begin_slash(&room, "who", json!({ "query": "imre nagy" }));
    let held = hold.next().await;
    again.kill().await;
    drop((held, hold));
    assert_eq!(discord.messages(&room).len(), 1);
    discord.forgive_unanswered();
    discord.finish();
}
