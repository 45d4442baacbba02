//! Recall at scale: the size of the store, and how long `/review` takes in it.
//!
//! `cargo bench --bench recall` fills a store with 100,000 students of 200 items each; a number
//! after `--` takes another number of students. What is timed is the real command through the real
//! store, with a durable write for everything that is kept.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench measures and prints"
)]

#[path = "../tests/it/support/school.rs"]
mod school;
#[path = "../tests/it/support/shared_pack.rs"]
#[allow(dead_code, reason = "for the tests")]
mod shared_pack;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use kronikas::card::action::Press;
use kronikas::command::{Asker, Request, Services};
use kronikas::features;
use kronikas::model::{GuildId, Rating, SessionKind, UserId};
use kronikas::session::recall::path;
use kronikas::store::{RecallStore, Sqlite};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

const ITEMS: usize = 200;
const SITTINGS: u64 = 400;

fn main() {
    let students: u64 = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(100_000);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("store.db");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let now: Timestamp = "2026-11-24T15:00:00Z".parse().expect("an instant");
    let loaded = school::loaded();
    let items = path(&loaded.pack, loaded.questions().bank);
    let items = &items[..ITEMS];

    let began = Instant::now();
    // Real accounts first, made by the store itself; then their items, written in bulk.
    let services = runtime.block_on(async {
        let store = Sqlite::open_for_simulation(&file).await.expect("a store");
        for item in items {
            let review = kronikas::store::ReviewLog {
                interaction: item_no(items, item),
                item: item.clone(),
                at: now,
                rating: Rating::Good,
                guild: None,
            };
            store
                .review(UserId(0), &review, &|before| {
                    kronikas::session::recall::after(before, kronikas::model::Rating::Good, now)
                })
                .await
                .expect("counted");
        }
        for user in 1..=students {
            store.set_share(UserId(user), GuildId(1), false, now).await.expect("an account");
        }
        store.close().await;
        fill(&file, now).await;
        let store = Arc::new(Sqlite::open(&file).await.expect("the store again"));
        Services::new(
            store.clone(),
            Arc::new(school::PrivateRooms),
            Arc::new(school::deliverer(store.clone())),
            school::rounds(store),
        )
    });
    let size = std::fs::metadata(&file).expect("a file").len();
    println!("{students} students × {ITEMS} items: filled in {:.0?}", began.elapsed());
    println!("store: {:.0} MB, {:.1} bytes an item", size as f64 / 1e6, size as f64 / (students as f64 * ITEMS as f64));

    let stride = students / SITTINGS + 1;
    let ctx = loaded.context_with(Some(&services));
    let (mut starts, mut answers, mut recalls) = (Vec::new(), Vec::new(), Vec::new());
    for sitting in 0..SITTINGS {
        // Everybody once: who comes a second time goes on where they were.
        let user = 1 + sitting * stride % students;
        let request = |number: u64| {
            Request::at(now).by(Asker { id: UserId(user), manages: false }, None).numbered(1_000_000 + sitting * 10 + number)
        };
        let start = Instant::now();
        runtime.block_on(services.store.recalls(UserId(user))).expect("read");
        recalls.push(start.elapsed());
        let start = Instant::now();
        let card = runtime
            .block_on(features::answer("review", &request(0), &ctx))
            .unwrap_or_else(|refusal| panic!("{}", refusal.told().text.plain()));
        starts.push(start.elapsed());
        assert!(school::text(&card).contains("question 1 of"), "{}", school::text(&card));
        let attempt =
            runtime.block_on(services.store.attempt_at(UserId(user), SessionKind::Review)).expect("read").expect("begun");
        let press = Press::new("review", [&attempt.id.to_string(), "0", "pass"]).to_string();
        let start = Instant::now();
        runtime
            .block_on(features::press(&press, &request(1), &ctx))
            .unwrap_or_else(|refusal| panic!("{}", refusal.told().text.plain()));
        answers.push(start.elapsed());
    }
    report("what a student remembers, read", recalls);
    report("/review: chosen, kept and asked", starts);
    report("an answer: judged, kept and said", answers);
}

fn item_no(items: &[String], item: &str) -> u64 {
    items.iter().position(|known| known == item).unwrap_or_default() as u64 + 1
}

/// Gives every student every item, a fifth of them due.
async fn fill(file: &Path, now: Timestamp) {
    let options = SqliteConnectOptions::new().filename(file).disable_statement_logging();
    let mut connection = SqliteConnection::connect_with(&options).await.expect("the store's file");
    let (day, now) = (24 * 3600, now.as_second());
    let text = format!(
        "INSERT OR IGNORE INTO recall (student, item, stability, difficulty, last, due, reviews, lapses) \
         SELECT student.id, item.id, 3.1 + (student.id * 31 + item.id * 7) % 200 / 7.0, 5.1171707, \
         {now} - {day} * ((student.id + item.id) % 30), {now} + {day} * ((student.id + item.id) % 30 - 6), \
         1 + (student.id + item.id) % 9, 0 FROM student CROSS JOIN item ORDER BY student.id, item.id"
    );
    sqlx::query(AssertSqlSafe(text)).execute(&mut connection).await.expect("filled");
    connection.close().await.expect("closed");
}

fn report(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!("{what}: median {:.2?}, p99 {:.2?}, slowest {:.2?}", at(0.5), at(0.99), at(1.0));
}
