//! How sessions are started: faults before one is, kills at any point, and what `/about` says of it.

use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::Timestamp;
use kronikas::store::{DeliveryStore, Sqlite, file_of};
use serde_json::json;
use tokio::time::sleep;

use crate::fake_discord::{self, FakeDiscord};
use crate::support::running::{RunningBot, new_store};

/// A fault that shows before a session is started, over a kill in its middle. `word` is what the log
/// says of each attempt.
async fn before_a_session(fault: fn(&FakeDiscord, bool), word: &str) {
    let discord = FakeDiscord::start().await;
    let store = new_store();
    fault(&discord, true);
    for end in [false, true] {
        let mut bot = RunningBot::with(&discord, &[("DATABASE_URL", &store)]);
        let tried = async {
            while bot.said().matches(word).count() < 4 {
                sleep(Duration::from_millis(20)).await;
            }
        };
        let tried = tokio::time::timeout(fake_discord::PATIENCE, tried).await;
        assert!(tried.is_ok(), "{word} was not said four times:\n{}", bot.said());
        assert_eq!(discord.connections().1, 0, "{word}");
        if !end {
            bot.kill().await;
            continue;
        }
        fault(&discord, false);
        bot.ready(&discord).await;
        bot.stop().await;
    }
    let kept = Sqlite::open(&file_of(&store).expect("a file")).await.expect("a store");
    let sessions = kept.fact("gateway_sessions").await.expect("it is read").expect("it is kept");
    assert!(sessions.split(',').count() <= 2, "{word}: {sessions}");
    assert!(sessions.ends_with('+'), "the last one began well: {sessions}");
    kept.close().await;
    discord.finish();
}

#[tokio::test]
async fn faults_before_a_session_is_started_cost_none_and_end_soon() {
    let page = |discord: &FakeDiscord, on| discord.faults().page_for_gateway.store(on, Ordering::SeqCst);
    let close = |discord: &FakeDiscord, on| discord.faults().close_after_hello.store(on, Ordering::SeqCst);
    // The fake speaks no TLS.
    let no_tls = |discord: &FakeDiscord, on| {
        let scheme = if on { "wss" } else { "ws" };
        discord.gateway_url(&format!("{scheme}://localhost:{}", discord.address().port()));
    };
    before_a_session(page, "does not respond like a gateway").await;
    before_a_session(close, "the gateway connection was closed").await;
    before_a_session(no_tls, "no encrypted connection to localhost").await;
}

#[tokio::test]
async fn about_says_since_when_the_connection_stands() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let anna = discord.user("Anna");
    let mut bot = RunningBot::start(&discord);
    bot.ready(&discord).await;
    let said = anna.slash(&room, "about", json!({})).await.text();
    let minutes = (0..3).map(|idx| Timestamp::now() - jiff::SignedDuration::from_mins(idx));
    let clocks = minutes.map(|at| at.in_tz("Europe/Budapest").expect("a zone").strftime("%H:%M").to_string());
    let since = |clock: String| said.contains(&format!("Connected to Discord since {clock} (Budapest time)."));
    assert!(clocks.into_iter().any(since), "{said}");
    bot.stop().await;
    discord.finish();
}

#[tokio::test]
async fn a_bot_that_is_killed_at_any_point_is_back_and_answers() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let anna = discord.user("Anna");
    let store = new_store();
    let start = || RunningBot::with(&discord, &[("DATABASE_URL", &store)]);
    discord.faults().handshake.store(500, Ordering::SeqCst);
    // Before HELLO; between IDENTIFY and READY; with a session.
    let bot = start();
    discord.wait("a connection", |state| state.connections == 1).await;
    bot.kill().await;
    discord.faults().mute_gateway.store(true, Ordering::SeqCst);
    let bot = start();
    discord.wait("IDENTIFY", |state| state.identifies == 1).await;
    bot.kill().await;
    discord.faults().mute_gateway.store(false, Ordering::SeqCst);
    discord.faults().handshake.store(0, Ordering::SeqCst);
    let mut bot = start();
    bot.ready(&discord).await;
    anna.slash(&room, "who", json!({ "query": "imre nagy" })).await;
    bot.kill().await;
    let bot = start();
    discord.wait("a new session", |state| state.ready == 2).await;
    let said = anna.slash(&room, "who", json!({ "query": "imre nagy" })).await;
    assert_eq!(said.title(), "Imre Nagy");
    assert_eq!(discord.connections().1, 3, "none was started that was not needed");
    bot.stop().await;
    discord.finish();
}
