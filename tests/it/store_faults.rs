//! What can happen to a store while it is open: nothing is said to be kept that is not, and it goes
//! on when it can.

use std::path::{Path, PathBuf};

use crate::support::small_disk::SmallDisk;
use jiff::civil::{Date, date, time};
use jiff::{SignedDuration, Timestamp};
use kronikas::delivery::plan;
use kronikas::model::{CardState, ChannelId, GuildId, Key, QuietPolicy, Rating, UserId};
use kronikas::store::{DeliveryStore, RecallStore, ReviewLog, Schedule, Sqlite, StoreError, backup_beside, examine};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor, SqliteConnection};

const DAY: Date = date(2026, 11, 25);

fn now() -> Timestamp {
    "2026-11-25T07:00:00Z".parse().expect("an instant")
}

fn schedule(channel: u64) -> Schedule {
    Schedule {
        channel: ChannelId(channel),
        guild: Some(GuildId(1)),
        zone: "Europe/Budapest".to_owned(),
        time: time(8, 0, 0, 0),
        quiet: QuietPolicy::Portrait,
        question: true,
        picture: false,
        catch_up: 3600,
        set_at: now(),
        next_date: DAY,
        next_due: now(),
        paused: None,
        resting_until: None,
    }
}

/// Opens a store that this process closed. A child that another test is about to start holds the
/// lock for a moment longer.
async fn open(path: &Path) -> Result<Sqlite, StoreError> {
    for _ in 0..100 {
        match Sqlite::open(path).await {
            Err(StoreError::Locked { .. }) => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
            opened => return opened,
        }
    }
    Sqlite::open(path).await
}

async fn store(path: &Path) -> Sqlite {
    let store = open(path).await.expect("a store");
    store.put_schedule(&schedule(1)).await.expect("it is kept");
    store
}

fn temporary() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("class.db");
    (folder, path)
}

async fn shell(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(path).connect().await.expect("a shell")
}

/// How many deliveries somebody else sees.
async fn seen(path: &Path) -> i64 {
    let mut shell = shell(path).await;
    let count = sqlx::query_scalar("SELECT COUNT(*) FROM delivery").fetch_one(&mut shell).await.expect("read");
    shell.close().await.expect("closed");
    count
}

async fn claim(store: &Sqlite) -> Result<usize, StoreError> {
    let due = store.due(now(), 10).await.expect("read");
    let claims: Vec<_> = due.iter().map(|schedule| plan(schedule, now(), None).expect("a plan")).collect();
    store.claim(&claims).await.map(|ours| ours.len())
}

/// A write fails so, twice; when the cause is gone, what is claimed is kept.
async fn survives(spoil: &'static str, mend: &'static str, why: &str) {
    let (_folder, path) = temporary();
    let store = store(&path).await;
    let mut shell = shell(&path).await;
    shell.execute(spoil).await.expect("it is spoilt");
    for _ in 0..2 {
        let failed = claim(&store).await.expect_err("it fails");
        assert!(failed.to_string().contains(why), "{failed}");
        assert_eq!(seen(&path).await, 0);
    }
    shell.execute(mend).await.expect("it is mended");
    assert_eq!(claim(&store).await.expect("it works again"), 1);
    assert_eq!(seen(&path).await, 1, "another connection sees the claim");
    // And the next as well.
    store.put_schedule(&schedule(2)).await.expect("it is kept");
    assert_eq!(claim(&store).await.expect("it works"), 1);
    assert_eq!(seen(&path).await, 2);
    store.probe().await.expect("it works");
}

#[tokio::test]
async fn a_statement_that_fails_leaves_nothing_behind() {
    let spoil = "CREATE TRIGGER spoilt BEFORE INSERT ON delivery BEGIN SELECT RAISE(ABORT, 'spoilt'); END";
    survives(spoil, "DROP TRIGGER spoilt", "spoilt").await;
}

#[tokio::test]
async fn a_statement_that_rolls_everything_back_leaves_nothing_behind() {
    // As SQLite does by itself when the disk is full or fails: there is no transaction any more.
    let spoil = "CREATE TRIGGER spoilt BEFORE INSERT ON delivery BEGIN SELECT RAISE(ROLLBACK, 'spoilt'); END";
    survives(spoil, "DROP TRIGGER spoilt", "spoilt").await;
}

#[tokio::test]
async fn a_commit_that_fails_and_leaves_its_transaction_open_keeps_nothing() {
    let spoil = "CREATE TABLE other (delivery INTEGER REFERENCES schedule (channel) DEFERRABLE INITIALLY DEFERRED) STRICT; \
                 CREATE TRIGGER spoilt AFTER INSERT ON delivery BEGIN INSERT INTO other VALUES (999); END";
    survives(spoil, "DROP TRIGGER spoilt; DROP TABLE other", "FOREIGN KEY").await;
}

#[tokio::test]
async fn a_claim_that_another_connection_cannot_read_is_none() {
    let (_folder, path) = temporary();
    let store = store(&path).await;
    let mut shell = shell(&path).await;
    // Every statement succeeds, and nothing of it is left.
    let spoil = "CREATE TRIGGER spoilt AFTER INSERT ON delivery BEGIN DELETE FROM delivery WHERE channel = NEW.channel; END";
    shell.execute(spoil).await.expect("it is spoilt");
    let failed = claim(&store).await.expect_err("nobody else sees it");
    assert!(matches!(failed, StoreError::NotKept(_)), "{failed}");
    shell.execute("DROP TRIGGER spoilt").await.expect("it is mended");
    store.put_schedule(&schedule(2)).await.expect("it is kept");
    assert_eq!(claim(&store).await.expect("it works again"), 1);
}

#[tokio::test]
async fn a_store_that_another_program_holds_is_waited_for() {
    let (_folder, path) = temporary();
    let store = store(&path).await;
    let mut shell = shell(&path).await;
    shell.execute("BEGIN IMMEDIATE").await.expect("held");
    let failed = claim(&store).await.expect_err("it is held");
    assert!(failed.to_string().contains("locked by another program"), "{failed}");
    shell.execute("ROLLBACK").await.expect("let go");
    assert_eq!(claim(&store).await.expect("it works again"), 1);
    assert_eq!(seen(&path).await, 1);
}

#[tokio::test]
async fn a_file_that_is_deleted_or_replaced_takes_no_writes() {
    let (folder, path) = temporary();
    let store = store(&path).await;
    let aside = folder.path().join("aside.db");
    std::fs::rename(&path, &aside).expect("moved");
    let failed = claim(&store).await.expect_err("it is gone");
    assert!(matches!(failed, StoreError::Gone(_)), "{failed}");
    assert!(store.probe().await.is_err() && !path.exists(), "no empty one is made in its place");
    std::fs::write(&path, "another").expect("written");
    let failed = store.probe().await.expect_err("it is another");
    assert!(matches!(failed, StoreError::Replaced(_)) && failed.to_string().contains("start it again"), "{failed}");
    assert_eq!(std::fs::read(&path).expect("read"), b"another", "what lies there is not written to");
    // Put back, it goes on.
    std::fs::rename(&aside, &path).expect("put back");
    store.probe().await.expect("it works again");
    assert_eq!(claim(&store).await.expect("it works again"), 1);
    assert_eq!(seen(&path).await, 1);
}

#[tokio::test]
async fn a_file_that_is_written_over_or_cut_takes_no_writes_and_gets_none_of_the_log() {
    type Spoiling = (&'static str, fn(&Path, &[u8]));
    let ways: [Spoiling; 3] = [
        // As `cp backup.db kronikas.db` does: the file is the same one, with other contents.
        ("written over", |path, copy| std::fs::write(path, copy).expect("written")),
        ("cut to nothing", |path, _| std::fs::write(path, "").expect("cut")),
        ("cut to a half", |path, _| {
            let file = std::fs::File::options().write(true).open(path).expect("the store");
            file.set_len(file.metadata().expect("its length").len() / 8192 * 4096).expect("cut");
        }),
    ];
    for (name, spoil) in ways {
        for notices in ["a write", "the stop"] {
            let (folder, path) = temporary();
            let store = store(&path).await;
            let copy = folder.path().join("backup.db");
            store.backup(&copy).await.expect("a copy");
            for channel in 2..200 {
                store.put_schedule(&schedule(channel)).await.expect("it is kept");
            }
            spoil(&path, &std::fs::read(&copy).expect("the copy"));
            let spoilt = std::fs::read(&path).expect("read");
            if notices == "a write" {
                let failed = store.put_schedule(&schedule(500)).await.expect_err("it is another");
                assert!(matches!(failed, StoreError::Overwritten(_)), "{name}: {failed}");
                assert!(store.probe().await.is_err() && store.probe().await.is_err(), "{name}: it stays so");
            }
            store.close().await;
            drop(store);
            assert_eq!(std::fs::read(&path).expect("read"), spoilt, "{name}, noticed by {notices}: nothing is written into it");
            if name == "written over" {
                // As the next process finds it: this one keeps its hands on the file.
                let next = tempfile::tempdir().expect("a folder");
                for ending in ["", "-wal"] {
                    let file = format!("class.db{ending}");
                    let _ = std::fs::copy(folder.path().join(&file), next.path().join(&file));
                }
                let again = open(&next.path().join("class.db")).await.expect("the backup opens");
                assert_eq!(again.all_schedules().await.expect("read").len(), 1, "it is what was put there");
                again.check().await.expect("it is sound");
            } else {
                let refused = open(&path).await.err().expect("damaged");
                assert!(refused.to_string().contains(&format!("restore {}", copy.display())), "{name}: {refused}");
            }
        }
    }
}

#[tokio::test]
async fn a_log_that_a_power_cut_left_short_loses_no_more_than_its_end() {
    let (folder, path) = temporary();
    let store = store(&path).await;
    let log = folder.path().join("class.db-wal");
    let length = || std::fs::metadata(&log).expect("the log").len();
    let mut lengths = vec![(length(), 1)];
    for channel in 2..=12 {
        store.put_schedule(&schedule(channel)).await.expect("it is kept");
        lengths.push((length(), channel));
    }
    // What a disk holds at the moment of a power cut: the file, and the log up to somewhere.
    let (file, written) = (std::fs::read(&path).expect("the file"), std::fs::read(&log).expect("the log"));
    let mut chance = fastrand::Rng::with_seed(1956);
    for idx in 0..60 {
        let at = if idx == 0 { written.len() } else { chance.usize(0..written.len()) };
        let cut = tempfile::tempdir().expect("a folder");
        let path = cut.path().join("class.db");
        std::fs::write(&path, &file).expect("written");
        let mut left = written[..at].to_vec();
        if idx % 3 == 2 {
            // Where the disk had not written yet, anything may be.
            left.extend((0..4096).map(|_| chance.u8(..)));
        }
        std::fs::write(cut.path().join("class.db-wal"), left).expect("written");
        let again = open(&path).await.unwrap_or_else(|error| panic!("cut at {at} of {}: {error}", written.len()));
        let kept = again.all_schedules().await.expect("read").len() as u64;
        let whole = lengths.iter().rev().find(|(length, _)| *length <= at as u64).map_or(0, |(_, channel)| *channel);
        assert!(kept >= whole, "cut at {at}: {kept} of {whole} that were written before");
        again.probe().await.expect("it works");
        again.check().await.expect("it is sound");
    }
}

#[tokio::test]
async fn a_log_that_is_deleted_takes_no_writes_and_a_restart_keeps_what_was_written() {
    for part in ["class.db-wal", "class.db-shm"] {
        let (folder, path) = temporary();
        let store = store(&path).await;
        assert_eq!(claim(&store).await.expect("it works"), 1);
        std::fs::remove_file(folder.path().join(part)).expect("it was there");
        let failed = store.put_schedule(&schedule(2)).await.expect_err("its log is gone");
        assert!(matches!(failed, StoreError::LogGone(_)), "{part}: {failed}");
        assert!(store.probe().await.is_err(), "{part}");
        store.close().await;
        drop(store);
        let again = open(&path).await.expect("it opens");
        assert!(again.is_taken(ChannelId(1), DAY).await.expect("read"), "{part}: the claim is kept");
        again.put_schedule(&schedule(2)).await.expect("it works again");
    }
}

#[tokio::test]
async fn a_lock_that_is_deleted_is_taken_again_or_stops_the_writes() {
    let (folder, path) = temporary();
    let store = store(&path).await;
    let lock = folder.path().join("class.db.lock");
    std::fs::remove_file(&lock).expect("it was there");
    store.probe().await.expect("it goes on");
    let refused = Sqlite::open(&path).await.err().expect("it is locked again");
    assert!(matches!(refused, StoreError::Locked { .. }), "{refused}");
    // Deleted again, and somebody else is faster.
    std::fs::remove_file(&lock).expect("it was there");
    let other = std::fs::File::create(&lock).expect("a file");
    other.try_lock().expect("it is free");
    let failed = claim(&store).await.expect_err("another owns it");
    assert!(matches!(failed, StoreError::Locked { .. }), "{failed}");
    drop(other);
    assert_eq!(claim(&store).await.expect("it is ours again"), 1);
}

fn review(interaction: u64, item: &str) -> ReviewLog {
    ReviewLog { interaction, item: item.to_owned(), at: now(), rating: Rating::Good, guild: None }
}

fn remembered(_: Option<CardState>) -> CardState {
    let due = now() + SignedDuration::from_hours(24);
    CardState { stability: 1.0, difficulty: 5.0, last: now(), due, reviews: 1, lapses: 0 }
}

#[tokio::test]
async fn on_a_full_disk_reviews_are_kept_or_refused_and_nobody_is_told_to_be_deleted() {
    let Some(disk) = SmallDisk::mount(1536) else { return };
    let path = disk.path().join("class.db");
    let store = store(&path).await;
    disk.fill();
    assert!(store.student(UserId(41)).await.expect("a full disk can be read").is_none());
    disk.empty();
    store.review(UserId(41), &review(1, "when/before"), &remembered).await.expect("there is room");
    disk.fill();
    let mut kept = 1;
    for idx in 0..200 {
        // Whoever is told so is remembered.
        kept += usize::from(store.review(UserId(41), &review(1000 + idx, &format!("when/{idx}")), &remembered).await.is_ok());
    }
    assert!(kept < 201, "the disk was never full");
    assert_eq!(store.recalls(UserId(41)).await.expect("read").len(), kept);
    let probed = store.probe().await.expect_err("it is full");
    assert_eq!(probed.kind(), "full", "{probed}");
    // Whatever is said of a deletion is true for the next process as well.
    let erased = store.erase(UserId(41)).await;
    let there = store.student(UserId(41)).await.expect("read").is_some();
    assert_eq!(erased.is_ok(), !there, "{erased:?}");
    disk.empty();
    store.probe().await.expect("it works again by itself");
    assert!(erased.is_ok() || store.erase(UserId(41)).await.expect("there is room"), "then it can be done");
    store.close().await;
    drop(store);
    let again = open(&path).await.expect("it opens");
    assert!(again.student(UserId(41)).await.expect("read").is_none());
}

#[tokio::test]
async fn a_small_write_that_a_full_disk_takes_does_not_prove_that_the_store_works() {
    let Some(disk) = SmallDisk::mount(2048) else { return };
    let path = disk.path().join("class.db");
    let store = store(&path).await;
    for round in 0..4 {
        store.set_fact("long", &"x".repeat(40_000 + round)).await.expect("there is room");
    }
    // The log is written over from its beginning now: so much needs no room.
    let mut shell = shell(&path).await;
    let (busy, ..): (i64, i64, i64) = sqlx::query_as("PRAGMA wal_checkpoint(RESTART)").fetch_one(&mut shell).await.expect("done");
    assert_eq!(busy, 0, "nobody reads it");
    shell.close().await.expect("closed");
    disk.fill();
    store.set_fact("short", "x").await.expect("the log has room for it");
    let failed = store.set_fact("long", &"x".repeat(400_000)).await.expect_err("no room");
    assert_eq!(failed.kind(), "full", "{failed}");
    store.set_fact("short", "y").await.expect("the log has room for it");
    let probed = store.probe().await.expect_err("what failed would fail again");
    assert_eq!(probed.kind(), "full", "{probed}");
    disk.empty();
    store.probe().await.expect("it works again");
    store.set_fact("long", &"x".repeat(400_000)).await.expect("there is room");
}

#[tokio::test]
async fn a_backup_onto_a_full_disk_leaves_no_half_of_one() {
    let Some(disk) = SmallDisk::mount(512) else { return };
    let (_folder, path) = temporary();
    let store = store(&path).await;
    disk.fill();
    let copy = disk.path().join("copy.db");
    let failed = store.backup(&copy).await.expect_err("no room");
    assert_eq!(failed.kind(), "full", "{failed}");
    assert!(backup_beside(&path, &copy).await.is_err());
    let left: Vec<_> = std::fs::read_dir(disk.path()).expect("a folder").flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(left, ["filler"], "nothing that could be taken for a backup");
    disk.empty();
    store.backup(&copy).await.expect("there is room");
    examine(&copy).await.expect("it is sound");
}

#[tokio::test]
async fn a_migration_on_a_full_disk_changes_nothing_and_is_done_when_there_is_room() {
    let Some(disk) = SmallDisk::mount(1024) else { return };
    let path = disk.path().join("class.db");
    // As the first version left it.
    let all = sqlx::migrate::Migrator::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/migrations"));
    let mut first = all.await.expect("the migrations");
    first.migrations = first.migrations[..1].to_vec().into();
    let mut shell = SqliteConnectOptions::new().filename(&path).create_if_missing(true).connect().await.expect("a shell");
    first.run(&mut shell).await.expect("an old store");
    shell.execute("INSERT INTO fact (name, value) VALUES ('old', 'yes')").await.expect("written");
    shell.close().await.expect("closed");
    let copies = || {
        let files = std::fs::read_dir(disk.path()).expect("a folder").flatten().map(|entry| entry.path());
        files.filter(|file| file.display().to_string().contains("before")).collect::<Vec<_>>()
    };
    disk.fill();
    for _ in 0..2 {
        let failed = open(&path).await.err().expect("no room");
        assert!(!failed.is_final() && failed.to_string().contains("full"), "it may go on later: {failed}");
    }
    assert_eq!(copies(), Vec::<PathBuf>::new(), "half a copy is none");
    disk.empty();
    let store = open(&path).await.expect("there is room");
    assert_eq!(store.fact("old").await.expect("read").as_deref(), Some("yes"));
    let [copy] = &copies()[..] else { panic!("one copy: {:?}", copies()) };
    let mut shell = self::shell(copy).await;
    let tables: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_master WHERE name = 'student'")
        .fetch_one(&mut shell)
        .await
        .expect("read");
    assert_eq!(tables, 0, "the copy is as the old version left it");
    shell.close().await.expect("closed");
}

/// The disk has room for the files of a new store and of its write-ahead log, once it is emptied.
#[tokio::test]
async fn a_store_that_is_made_on_a_full_disk_is_made_when_there_is_room() {
    let Some(disk) = SmallDisk::mount(1024) else { return };
    let path = disk.path().join("class.db");
    disk.fill();
    let failed = open(&path).await.err().expect("no room");
    assert!(!failed.is_final(), "{failed}");
    assert!(!path.exists(), "half a store is none");
    disk.empty();
    store(&path).await.probe().await.expect("it works");
}

#[tokio::test]
async fn a_disk_that_is_read_only_is_told_and_waited_for() {
    let Some(disk) = SmallDisk::mount(1024) else { return };
    let path = disk.path().join("class.db");
    store(&path).await.close().await;
    disk.read_only(true);
    let failed = open(&path).await.err().expect("read-only");
    assert!(!failed.is_final() && failed.to_string().to_lowercase().contains("read-only"), "{failed}");
    examine(&path).await.expect("it can be looked at");
    disk.read_only(false);
    let store = open(&path).await.expect("it opens");
    assert_eq!(claim(&store).await.expect("it works"), 1);
}

#[tokio::test]
async fn what_was_deleted_leaves_the_log_too_as_soon_as_nobody_reads_it() {
    let (folder, path) = temporary();
    let store = store(&path).await;
    store.review(UserId(41), &review(1, "when/secret-of-41"), &remembered).await.expect("kept");
    let mut shell = shell(&path).await;
    shell.execute("BEGIN").await.expect("begun");
    let _: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM student").fetch_one(&mut shell).await.expect("read");
    assert!(store.erase(UserId(41)).await.expect("deleted"));
    let log = || std::fs::metadata(folder.path().join("class.db-wal")).expect("the log").len();
    let before = log();
    assert!(before > 20_000, "somebody reads it: {before} bytes");
    shell.execute("COMMIT").await.expect("done");
    store.probe().await.expect("it works");
    assert!(log() < before, "emptied, and written to by the probe: {} bytes of {before}", log());
}

#[tokio::test]
async fn a_lease_outlives_a_clock_that_is_set_back() {
    let (_folder, path) = temporary();
    let store = store(&path).await;
    assert_eq!(claim(&store).await.expect("it works"), 1);
    let key = Key { channel: ChannelId(1), date: DAY, sequence: 0 };
    let lease = store.delivery(key).await.expect("read").expect("claimed").lease_until;
    // Set back by a day: nobody else takes it, and it is not due again.
    let before = now() - SignedDuration::from_hours(24);
    assert!(store.lease_due(before, before + SignedDuration::from_secs(60), 10).await.expect("read").is_empty());
    assert!(store.due(before, 10).await.expect("read").is_empty());
    let taken = store.lease_due(lease, lease + SignedDuration::from_secs(60), 10).await.expect("read");
    assert!(taken.len() == 1 && taken[0].uncertain_since == Some(now()), "{taken:?}");
}
