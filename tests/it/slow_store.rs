//! What a store that answers late, or fails, means for commands.

use futures_util::future::join_all;
use serde_json::json;
use sqlx::{ConnectOptions, Connection, Executor};

use crate::fake_discord::{FakeDiscord, Pending};
use crate::support::running::{RunningBot, new_store};
use kronikas::card::action::base36;
use kronikas::store::file_of;

/// How many wait at once: more than a machine has threads to spare.
const CROWD: usize = 200;

#[tokio::test(flavor = "multi_thread")]
async fn hundreds_who_wait_for_the_store_need_no_threads_and_keep_nobody_else_waiting() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("history");
    let store = new_store();
    let mut bot = RunningBot::with(&discord, &[("DATABASE_URL", &store), ("TOKIO_WORKER_THREADS", "2")]);
    bot.ready(&discord).await;
    bot.says("questions are ready").await;
    let before = threads(&bot);

    // Somebody's shell has a write under way, for which the store waits up to five seconds.
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file_of(&store).expect("a file"));
    let mut shell = options.connect().await.expect("a connection");
    shell.execute("BEGIN IMMEDIATE").await.expect("a lock");
    let share = |idx| discord.user(&format!("Student {idx}")).begin_slash(&room, "my-data share", json!({ "choice": "off" }));
    let crowd: Vec<Pending> = (0..CROWD).map(share).collect();
    // Whoever waits that long is promised an answer.
    let promised = |state: &crate::fake_discord::State| state.interactions.values().filter(|known| known.deferred).count();
    discord.wait("a promise to everybody", |state| promised(state) == CROWD).await;
    let waiting = threads(&bot);
    assert!(waiting < before + 20, "{waiting} threads, {before} before {CROWD} commands waited");
    let said = discord.user("Anna").slash(&room, "who", json!({ "query": "kruschev" })).await;
    assert!(said.text().contains("Khrushchev"), "{}", said.text());
    discord.wait("no promise to Anna", |state| promised(state) == CROWD).await;

    shell.execute("ROLLBACK").await.expect("the lock is given back");
    shell.close().await.expect("it closes");
    let answers = join_all(crowd.into_iter().map(Pending::answer)).await;
    let kept = answers.iter().filter(|said| said.title() == "No report names you").count();
    // On a slow machine the first in line may have given up.
    let failed = answers.iter().filter(|said| said.text().contains("My storage does not respond")).count();
    assert!(kept + failed == CROWD && failed <= 1, "{kept} kept, {failed} failed: {:?}", answers.first());
    bot.stop().await;
    discord.finish();
}

/// How many threads the bot has.
fn threads(bot: &RunningBot) -> usize {
    std::fs::read_dir(format!("/proc/{}/task", bot.id())).expect("a process of ours").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_failed_is_told_apart_from_one_that_was_refused() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("history");
    let store = new_store();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    drop(listener);
    let mut bot = RunningBot::with(&discord, &[("DATABASE_URL", &store), ("KRONIKAS_LISTEN", &address)]);
    bot.ready(&discord).await;
    bot.says("questions are ready").await;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file_of(&store).expect("a file"));
    let mut shell = options.connect().await.expect("a connection");
    let spoil = "CREATE TRIGGER spoilt BEFORE INSERT ON student BEGIN SELECT RAISE(ABORT, 'it is spoilt'); END";
    shell.execute(spoil).await.expect("it is spoilt");
    shell.close().await.expect("it closes");

    let share =
        async |who: &str, choice: &str| discord.user(who).slash(&room, "my-data share", json!({ "choice": choice })).await.text();
    assert!(share("Anna", "perhaps").await.contains("I know on and off"));
    assert!(share("Béla", "on").await.contains("My storage does not respond"));
    let id: u64 = discord.last_interaction()["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
    let code = base36(id);
    let code = &code[code.len().saturating_sub(6)..];
    bot.says("outcome=\"failed\"").await;
    let log = bot.said();
    let failed: Vec<&str> = log.lines().filter(|line| line.contains("a command failed")).collect();
    let [failed] = failed.as_slice() else { panic!("not logged once: {log}") };
    assert!(failed.contains("ERROR") && failed.contains("it is spoilt") && failed.contains(code), "{code}: {failed}");
    assert_eq!(log.matches("outcome=\"refused\"").count(), 1, "{log}");
    assert_eq!(log.matches("outcome=\"failed\"").count(), 1, "{log}");
    let metrics = reqwest::get(format!("http://{address}/metrics")).await.expect("it is served").text().await.expect("text");
    for outcome in ["refused", "failed"] {
        assert!(metrics.contains(&format!("commands_total{{outcome=\"{outcome}\"}} 1")), "{metrics}");
    }
    bot.stop().await;
    discord.finish();
}
