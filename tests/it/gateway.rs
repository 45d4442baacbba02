//! The real bot and its connection to the fake Discord's gateway: lost, refused, looping, slow.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use kronikas::store::{DeliveryStore, Sqlite, file_of};
use serde_json::json;
use tokio::time::sleep;

use crate::fake_discord::{self, FakeDiscord, Fault, Faults, TOKEN, Which};
use crate::support::chaos_proxy::ChaosProxy;
use crate::support::running::{RunningBot, bare, new_store};

/// A free address for health, and what it says.
struct Health(String);

impl Health {
    fn new() -> Health {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        Health(listener.local_addr().expect("an address").to_string())
    }

    async fn get(&self, path: &str) -> (u16, String) {
        let answer = reqwest::get(format!("http://{}{path}", self.0)).await.expect("it is served");
        (answer.status().as_u16(), answer.text().await.expect("text"))
    }

    /// Waits until `/readyz` says this.
    async fn says(&self, bot: &mut RunningBot, words: &[&str]) {
        let said = async {
            loop {
                if let Ok(answer) = reqwest::get(format!("http://{}/readyz", self.0)).await
                    && let Ok(text) = answer.text().await
                    && words.iter().all(|word| text.contains(word))
                {
                    return;
                }
                sleep(Duration::from_millis(20)).await;
            }
        };
        if tokio::time::timeout(fake_discord::PATIENCE, said).await.is_err() {
            panic!("{words:?} was not said; alive: {}; the log:\n{}", bot.lives(), bot.said());
        }
    }
}

async fn until_said(bot: &mut RunningBot, words: &str) {
    let said = async {
        while !bot.said().contains(words) {
            sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(tokio::time::timeout(fake_discord::PATIENCE, said).await.is_ok(), "{words} was not said:\n{}", bot.said());
}

#[tokio::test]
async fn a_lost_connection_is_resumed_where_discord_wants_it_and_nothing_is_missed() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let anna = discord.user("Anna");
    let mut bot = RunningBot::start(&discord);
    bot.ready(&discord).await;
    discord.drop_sockets();
    // Asked while nobody listens: the answer comes after the resume.
    let said = anna.slash(&room, "who", json!({ "query": "imre nagy" })).await;
    assert_eq!(said.title(), "Imre Nagy");
    assert_eq!(discord.connections(), (2, 1, 1));
    for resumes in 2..4 {
        discord.drop_sockets();
        discord.wait("the next resume", |state| state.resumes == resumes && !state.sockets.is_empty()).await;
    }
    anna.slash(&room, "who", json!({ "query": "kruschev" })).await;
    assert_eq!(discord.connections().1, 1);
    assert_eq!(discord.gateway_complaints(), (Vec::new(), 0), "resumed elsewhere than READY said");
    bot.stop().await;
    discord.finish();
}

/// A circle for as long as the old watchdog needed for its first three, and back afterwards.
async fn circle(switch: fn(&Faults) -> &AtomicBool, word: &str) {
    let discord = FakeDiscord::start().await;
    let health = Health::new();
    let mut bot = RunningBot::with(&discord, &[("KRONIKAS_LISTEN", &health.0)]);
    bot.ready(&discord).await;
    discord.faults().handshake.store(300, Ordering::SeqCst);
    switch(discord.faults()).store(true, Ordering::SeqCst);
    discord.drop_sockets();
    health.says(&mut bot, &["gateway: not connected", word, "next attempt at"]).await;
    sleep(Duration::from_secs(11)).await;
    let (connections, identifies, _) = discord.connections();
    assert!(connections <= 20, "{connections} connections");
    assert!(identifies <= 4, "{identifies} identifies");
    switch(discord.faults()).store(false, Ordering::SeqCst);
    assert!(bot.lives());
    while health.get("/readyz").await != (200, "ready\n".to_owned()) {
        sleep(Duration::from_millis(100)).await;
    }
    let (status, _) = bot.stop().await;
    assert!(status.success());
}

#[tokio::test]
async fn a_close_after_every_resume_is_no_storm_and_health_says_why() {
    circle(|faults| &faults.close_after_resume, "4000").await;
}

#[tokio::test]
async fn a_loop_of_reconnects_is_no_storm_and_health_says_why() {
    circle(|faults| &faults.reconnect_loop, "op 7").await;
}

#[tokio::test]
async fn a_loop_of_invalid_sessions_is_no_storm_and_health_says_why() {
    circle(|faults| &faults.invalid_sessions, "op 9").await;
}

fn spent(count: u16, seconds_ago: i64) -> String {
    let now = Timestamp::now().as_millisecond();
    let all: Vec<String> = (0..count).rev().map(|idx| (now - seconds_ago * 1000 - i64::from(idx) * 1000).to_string()).collect();
    all.join(",")
}

async fn store_with_sessions(sessions: &str) -> String {
    let address = new_store();
    let store = Sqlite::open(&file_of(&address).expect("a file")).await.expect("a store");
    store.set_fact("gateway_sessions", sessions).await.expect("it is kept");
    store.close().await;
    address
}

#[tokio::test]
async fn the_budget_of_sessions_is_kept_over_restarts_and_crashes() {
    let discord = FakeDiscord::start().await;
    discord.sessions(|sessions| sessions.strict_pace = true);
    let store = new_store();
    for restart in 1..=3 {
        let mut bot = RunningBot::with(&discord, &[("DATABASE_URL", &store)]);
        discord.wait("a session", |state| state.ready == restart).await;
        assert!(bot.lives());
        bot.kill().await;
    }
    assert_eq!(discord.connections().1, 3, "none came too early and was refused");
    let kept = Sqlite::open(&file_of(&store).expect("a file")).await.expect("a store");
    let sessions = kept.fact("gateway_sessions").await.expect("it is read").expect("it is kept");
    assert_eq!(sessions.split(',').count(), 3, "{sessions}");
    kept.close().await;
}

#[tokio::test]
async fn a_spent_budget_is_waited_for_and_health_says_until_when() {
    for (count, seconds_ago) in [(100, 10), (20, 1)] {
        let discord = FakeDiscord::start().await;
        let health = Health::new();
        let store = store_with_sessions(&spent(count, seconds_ago)).await;
        let mut bot = RunningBot::with(&discord, &[("DATABASE_URL", &store), ("KRONIKAS_LISTEN", &health.0)]);
        health
            .says(&mut bot, &["gateway: not connected", &format!("{count} new sessions within a day"), "next attempt at"])
            .await;
        sleep(Duration::from_secs(7)).await;
        assert_eq!(discord.connections(), (0, 0, 0), "{count} started {seconds_ago} seconds ago");
        let (status, _) = bot.stop().await;
        assert!(status.success());
    }
}

#[tokio::test]
async fn discords_own_limit_is_never_used_up() {
    let discord = FakeDiscord::start().await;
    discord.sessions(|sessions| sessions.left = 49);
    let health = Health::new();
    let mut bot = RunningBot::with(&discord, &[("KRONIKAS_LISTEN", &health.0)]);
    health.says(&mut bot, &["only 49 more sessions", "next attempt at"]).await;
    sleep(Duration::from_secs(2)).await;
    assert_eq!(discord.connections(), (0, 0, 0));
    assert!(bot.lives());
    bot.stop().await;

    let discord = FakeDiscord::start().await;
    discord.sessions(|sessions| sessions.left = 50);
    let mut bot = RunningBot::start(&discord);
    bot.ready(&discord).await;
    bot.stop().await;
    discord.finish();
}

#[tokio::test]
async fn close_codes_that_no_waiting_mends_end_the_bot_with_what_to_do() {
    for (code, status, words) in [
        (4004, 78, "Discord refuses the bot token"),
        (4014, 69, "KRONIKAS_INTENTS=none"),
        (4013, 69, "4013"),
        (4012, 69, "Update it"),
    ] {
        let discord = FakeDiscord::start().await;
        discord.faults().close_after_identify.store(code, Ordering::SeqCst);
        let (ended, said) = RunningBot::start(&discord).ended().await;
        assert_eq!(ended.code(), Some(status), "{code}: {said}");
        assert!(said.contains(words), "{code}: {said}");
        assert_eq!(discord.connections().1, 1, "{code}");
    }
}

#[tokio::test]
async fn a_bot_that_has_grown_asks_for_the_number_of_shards_anew() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let anna = discord.user("Anna");
    let mut bot = RunningBot::start(&discord);
    bot.ready(&discord).await;
    discord.sessions(|sessions| {
        sessions.strict_pace = true;
        sessions.shards = 2;
        sessions.end_all();
    });
    discord.drop_sockets();
    // Each new session waits five seconds for the one before it, the refused one too.
    discord.wait_for("both shards", 3 * fake_discord::PATIENCE, |state| state.ready >= 3).await;
    let said = anna.slash(&room, "who", json!({ "query": "imre nagy" })).await;
    assert_eq!(said.title(), "Imre Nagy");
    assert_eq!(discord.connections().1, 4, "one that was refused, and two");
    assert!(bot.lives());
    bot.stop().await;
    discord.finish();
}

#[tokio::test]
async fn what_the_library_cannot_read_is_answered_all_the_same_and_never_written_down() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let anna = discord.user("Anna");
    let everything = "trace,serenity=trace,serenity::gateway=trace,reqwest=trace,hyper=trace,tungstenite=trace,rustls=trace";
    let mut bot = RunningBot::with(&discord, &[("KRONIKAS_LOG_FILTER", everything)]);
    bot.ready(&discord).await;
    // A part that does not matter has a shape of its own: the question is answered as ever.
    discord.mangle_next("INTERACTION_CREATE", |event| {
        event["entitlements"] = json!("CANARY-shape");
        event["member"]["avatar_decoration_data"] = json!(["CANARY-shape"]);
        event["padding"] = json!("x".repeat(1 << 20));
    });
    let said = anna.slash(&room, "who", json!({ "query": "imre nagy" })).await;
    assert_eq!(said.title(), "Imre Nagy");
    // A message whose embed the library refuses does not stand in the way of a press on it.
    discord.mangle_next("INTERACTION_CREATE", |event| {
        event["message"]["embeds"][0]["video"] = json!({ "proxy_url": "https://CANARY-shape.example" });
    });
    let pressed = anna.press(&said, "Timeline").await;
    assert_eq!(pressed.message, said.message);
    // The data itself cannot be read: there is an answer in words, for the one who asked.
    discord.mangle_next("INTERACTION_CREATE", |event| event["data"] = json!({ "CANARY-shape": [] }));
    let sorry = anna.slash(&room, "who", json!({ "query": "CANARY-shape" })).await;
    assert!(sorry.ephemeral && sorry.text().contains("a form that I cannot read yet"), "{}", sorry.text());
    for (event, data) in [
        ("GUILD_CREATE", json!({ "CANARY-shape": true })),
        ("READY_SUPPLEMENTAL", json!("CANARY-shape")),
        ("CHANNEL_DELETE", json!({ "id": {}, "name": "CANARY-shape" })),
        ("INTERACTION_CREATE", json!(["CANARY-shape"])),
        ("GUILD_CREATE", json!({ "id": "77", "name": "x".repeat(1 << 20), "CANARY-shape": 1 })),
    ] {
        discord.tell(event, &data);
    }
    let still = anna.slash(&room, "term", json!({ "query": "curfew" })).await;
    assert_eq!(still.title(), "curfew");
    let (status, said) = bot.stop().await;
    assert!(status.success());
    for canary in [TOKEN, "CANARY-interaction-token", "CANARY-shape"] {
        assert!(!said.contains(canary), "{canary} was written");
    }
    assert!(said.contains("cannot be parsed"), "that it happened is logged");
    assert_eq!(discord.connections(), (1, 1, 0), "nothing of it ended the connection");
    discord.finish();
}

#[tokio::test]
async fn the_start_waits_while_discord_cannot_be_asked() {
    let discord = FakeDiscord::start().await;
    discord.faults().no_gateway.store(true, Ordering::SeqCst);
    discord.next(Which::All, 1, Fault::Status(503));
    let health = Health::new();
    let mut bot = RunningBot::with(&discord, &[("KRONIKAS_LISTEN", &health.0)]);
    health.says(&mut bot, &["gateway: not connected", "GET /gateway/bot was answered with 500", "next attempt at"]).await;
    until_said(&mut bot, "DISCORD_API_URL").await;
    assert_eq!(discord.connections().0, 0, "nothing else is dialled");
    assert!(bot.lives());
    let asked = discord.asked("GET /gateway/bot") + discord.asked("GET /users/@me");
    assert!(asked < 12, "asked {asked} times");
    discord.faults().no_gateway.store(false, Ordering::SeqCst);
    bot.ready(&discord).await;
    bot.stop().await;
    discord.finish();
}

#[tokio::test]
async fn a_silent_server_is_asked_again() {
    let discord = FakeDiscord::start().await;
    discord.faults().silent.store(true, Ordering::SeqCst);
    let mut bot = RunningBot::start(&discord);
    // Ten seconds, the limit of one request: real time, since the silence is a real socket's.
    until_said(&mut bot, "Discord cannot be reached").await;
    discord.faults().silent.store(false, Ordering::SeqCst);
    bot.ready(&discord).await;
    bot.stop().await;
    discord.finish();
}

#[tokio::test]
async fn only_a_refused_token_ends_the_start() {
    let discord = FakeDiscord::start().await;
    discord.sessions(|sessions| sessions.left = 0);
    let mut command = bare();
    command.env("DISCORD_TOKEN", TOKEN).env("DISCORD_API_URL", discord.rest_url());
    let (status, said) = RunningBot::spawn(command).ended().await;
    assert_eq!(status.code(), Some(78), "{said}");
    assert!(said.contains("Discord refuses the bot token"), "{said}");
}

#[tokio::test]
async fn a_connection_that_carries_nothing_is_noticed_by_its_heartbeats() {
    let discord = FakeDiscord::start().await;
    let mut proxy = ChaosProxy::start(discord.address()).await;
    discord.gateway_at(proxy.address());
    discord.faults().heartbeat_interval.store(1_000, Ordering::SeqCst);
    let health = Health::new();
    let room = discord.room("class");
    let anna = discord.user("Anna");
    let mut bot = RunningBot::with(&discord, &[("KRONIKAS_LISTEN", &health.0)]);
    bot.ready(&discord).await;
    proxy.half_open();
    health.says(&mut bot, &["gateway: not connected"]).await;
    proxy.restore_networking().await;
    let said = anna.slash(&room, "who", json!({ "query": "imre nagy" })).await;
    assert_eq!(said.title(), "Imre Nagy");
    let (_, identifies, resumes) = discord.connections();
    assert_eq!(identifies, 1);
    assert!(resumes >= 1);
    assert_eq!(discord.gateway_complaints(), (Vec::new(), 0));
    bot.stop().await;
    discord.finish();
}

#[tokio::test]
async fn a_network_that_breaks_at_any_point_is_come_back_from() {
    let discord = FakeDiscord::start().await;
    let mut proxy = ChaosProxy::start(discord.address()).await;
    discord.gateway_at(proxy.address());
    discord.faults().handshake.store(200, Ordering::SeqCst);
    let room = discord.room("class");
    let anna = discord.user("Anna");
    let mut bot = RunningBot::start(&discord);
    // Before HELLO, and before anything is accepted at all.
    discord.wait("the first connection", |state| state.connections > 0).await;
    proxy.break_networking().await;
    until_said(&mut bot, "the gateway cannot be reached").await;
    assert_eq!(discord.connections().1, 0, "what is not sent is not counted");
    proxy.restore_networking().await;
    // Right after IDENTIFY, whose answer is lost: it counts.
    discord.wait("IDENTIFY", |state| state.identifies > 0).await;
    proxy.break_networking().await;
    proxy.restore_networking().await;
    bot.ready(&discord).await;
    discord.wait("a session", |state| !state.sockets.is_empty()).await;
    // In the middle of a session, and again while it is resumed.
    for _ in 0..2 {
        let before = discord.connections().0;
        proxy.break_networking().await;
        proxy.restore_networking().await;
        discord.wait("the next connection", |state| state.connections > before).await;
    }
    let said = anna.slash(&room, "who", json!({ "query": "imre nagy" })).await;
    assert_eq!(said.title(), "Imre Nagy");
    assert!(discord.connections().1 <= 3, "{:?}", discord.connections());
    bot.stop().await;
    discord.finish();
}
