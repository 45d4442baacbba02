//! The store by itself: what it keeps, whom it refuses, that copies of it open.

use jiff::civil::{Date, date, time};
use jiff::{SignedDuration, Timestamp};
use kronikas::delivery::plan;
use kronikas::model::{ChannelId, GuildId, MessageId, Pause, QuietPolicy, State};
use kronikas::store::{Decision, DeliveryStore, Schedule, Sqlite, StoreError, backup_beside, examine, file_of};
use sqlx::{ConnectOptions, Connection, Executor};

const DAY: Date = date(2026, 11, 25);

fn now() -> Timestamp {
    "2026-11-25T07:00:00Z".parse().expect("an instant")
}

fn schedule(channel: u64, guild: u64) -> Schedule {
    Schedule {
        channel: ChannelId(channel),
        guild: Some(GuildId(guild)),
        zone: "Europe/Budapest".to_owned(),
        time: time(8, 0, 0, 0),
        quiet: QuietPolicy::Portrait,
        question: true,
        picture: false,
        catch_up: 3600,
        set_at: now() - SignedDuration::from_secs(i64::try_from(channel % 1000).expect("small")),
        next_date: DAY,
        next_due: now(),
        paused: None,
        resting_until: None,
    }
}

struct Kept {
    store: Sqlite,
    folder: tempfile::TempDir,
}

async fn open() -> Kept {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Sqlite::open(&folder.path().join("class.db")).await.expect("a store");
    Kept { store, folder }
}

#[tokio::test]
async fn a_schedule_is_read_back_as_it_was_put() {
    let Kept { store, folder: _folder } = open().await;
    let put = Schedule { paused: Some(Pause::NoPermission), resting_until: Some(DAY), ..schedule(u64::MAX >> 1, 7) };
    store.put_schedule(&put).await.expect("it is kept");
    assert_eq!(store.schedule(put.channel).await.expect("it is read"), Some(put.clone()));
    assert_eq!(store.schedules_of(Some(GuildId(7))).await.expect("they are read"), std::slice::from_ref(&put));
    assert!(store.due(now(), 10).await.expect("they are read").is_empty(), "a paused one is not due");
    assert!(store.remove_schedule(put.channel).await.expect("it is removed"));
    assert!(!store.remove_schedule(put.channel).await.expect("there is none"));
}

/// A terminal's schedule is in no guild: none is listed, and none can be told that it removed the bot.
#[tokio::test]
async fn a_terminal_is_no_guild() {
    let Kept { store, folder: _folder } = open().await;
    let put = Schedule { guild: None, ..schedule(1, 0) };
    store.put_schedule(&put).await.expect("it is kept");
    assert_eq!(store.schedules_of(None).await.expect("they are read"), std::slice::from_ref(&put));
    assert_eq!(store.guilds().await.expect("they are read"), []);
    let claims = [plan(&put, now(), None).expect("a plan")];
    assert_eq!(store.claim(&claims).await.expect("claimed")[0].guild, None);
    assert_eq!(store.deliveries(put.channel, 1).await.expect("they are read")[0].guild, None);
}

#[tokio::test]
async fn a_date_is_claimed_once_and_places_are_kept() {
    let Kept { store, folder: _folder } = open().await;
    for channel in 1..=5 {
        store.put_schedule(&schedule(channel, 1)).await.expect("it is kept");
    }
    let due = store.due(now(), 10).await.expect("they are read");
    let order: Vec<ChannelId> = due.iter().map(|schedule| schedule.channel).collect();
    assert_eq!(order, [5, 4, 3, 2, 1].map(ChannelId), "in the order in which they were set");
    let claims: Vec<_> = due.iter().map(|schedule| plan(schedule, now(), None).expect("a plan")).collect();
    let ours = store.claim(&claims).await.expect("claimed");
    assert_eq!(ours.len(), 5);
    assert!(store.claim(&claims).await.expect("nothing left").is_empty());
    assert!(store.due(now(), 10).await.expect("they are read").is_empty(), "the schedules moved on");
    assert!(store.is_taken(ChannelId(3), DAY).await.expect("it is read"));

    let lease = now() + SignedDuration::from_secs(60);
    assert!(store.lease_due(now(), lease, 10).await.expect("none").is_empty(), "leased");
    assert_eq!(store.expire_leases().await.expect("ended"), 5);
    let again = store.lease_due(now(), lease, 10).await.expect("all");
    assert_eq!(again.len(), 5);
    assert!(again.iter().all(|delivery| delivery.attempts == 2 && delivery.uncertain_since == Some(now())));
    let key = again[0].key;
    store.record_outcomes(&[(key, Decision::Sent(Some(MessageId(9)), now()))]).await.expect("decided");
    store.record_outcomes(&[(key, Decision::Held(now()))]).await.expect("too late");
    assert_eq!(store.delivery(key).await.expect("it is read").expect("it is there").state, State::Sent(Some(MessageId(9))));
    assert!(!store.requeue(key, now(), lease).await.expect("it is read"), "what was sent is not sent again");
}

#[tokio::test]
async fn a_second_owner_is_refused_until_the_first_is_gone() {
    let Kept { store, folder } = open().await;
    let path = folder.path().join("class.db");
    let refused = Sqlite::open(&path).await.err().expect("refused");
    assert!(matches!(&refused, StoreError::Locked { owner, .. } if owner.contains(&std::process::id().to_string())), "{refused}");
    drop(store);
    assert!(Sqlite::open(&path).await.is_ok());
}

#[tokio::test]
async fn a_newer_versions_store_is_refused_and_stays_as_it_is() {
    let Kept { store, folder } = open().await;
    let path = folder.path().join("class.db");
    store.close().await;
    drop(store);
    let mut shell = sqlx::sqlite::SqliteConnectOptions::new().filename(&path).connect().await.expect("a connection");
    shell
        .execute("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (999999, 'later', 1, x'00', 0)")
        .await
        .expect("written");
    shell.execute("PRAGMA wal_checkpoint(TRUNCATE)").await.expect("all in one file");
    shell.close().await.expect("closed");
    let before = std::fs::read(&path).expect("the file");
    let refused = Sqlite::open(&path).await.err().expect("refused");
    assert!(matches!(refused, StoreError::Newer { found: 999_999, .. }), "{refused}");
    assert!(refused.to_string().contains("newer version"));
    assert_eq!(std::fs::read(&path).expect("the file"), before);
}

#[tokio::test]
async fn a_backup_made_while_writing_opens_and_is_whole() {
    let Kept { store, folder } = open().await;
    for channel in 1..=50 {
        store.put_schedule(&schedule(channel, channel)).await.expect("it is kept");
    }
    let copy = folder.path().join("copy.db");
    backup_beside(store.path(), &copy).await.expect("a copy");
    assert!(backup_beside(store.path(), &copy).await.is_err(), "nothing is overwritten");
    let findings = examine(&copy).await.expect("it is examined");
    assert!(findings.lines.contains(&"integrity: ok".to_owned()), "{findings:?}");
    assert!(findings.lines.contains(&"schedules: 50 (0 paused)".to_owned()), "{findings:?}");
    let opened = Sqlite::open(&copy).await.expect("the copy opens");
    assert_eq!(opened.all_schedules().await.expect("they are read").len(), 50);
}

#[tokio::test]
async fn what_no_version_wrote_is_told_and_not_guessed() {
    let Kept { store, folder } = open().await;
    store.put_schedule(&schedule(1, 1)).await.expect("it is kept");
    let mut shell =
        sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join("class.db")).connect().await.expect("a shell");
    shell.execute("UPDATE schedule SET next_date = 'tomorrow'").await.expect("edited by hand");
    let error = store.schedule(ChannelId(1)).await.expect_err("no date");
    assert!(matches!(&error, StoreError::Row(what) if what.contains("next_date")), "{error}");
    shell.close().await.expect("closed");
}

#[test]
fn addresses_name_files_or_say_why_not() {
    for (address, file) in
        [("sqlite:class.db", "class.db"), ("sqlite:///var/lib/class.db", "/var/lib/class.db"), ("class.db", "class.db")]
    {
        assert_eq!(file_of(address).expect("a file"), std::path::Path::new(file), "{address}");
    }
    for address in ["postgres://localhost/x", "sqlite:", ""] {
        assert!(matches!(file_of(address), Err(StoreError::Address(_))), "{address}");
    }
}
