//! Stores that are damaged, or none at all: said plainly wherever one is opened, with the way back;
//! and that way.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use jiff::civil::time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sqlx::{ConnectOptions, Connection, Executor};

use crate::fake_discord::{FakeDiscord, PATIENCE};
use crate::support::running::RunningBot;
use kronikas::model::{ChannelId, GuildId, Key, MessageId, Phase, QuietPolicy, State};
use kronikas::store::{DeliveryStore, Round, RoundQuestion, RoundStore, Schedule, Sqlite, StoreError, backup_beside, restore};

fn schedule(channel: u64, next_due: Timestamp) -> Schedule {
    Schedule {
        channel: ChannelId(channel),
        guild: Some(GuildId(7)),
        zone: "Etc/UTC".to_owned(),
        time: time(8, 0, 0, 0),
        quiet: QuietPolicy::Context,
        question: false,
        picture: false,
        catch_up: 6 * 3600,
        set_at: Timestamp::UNIX_EPOCH,
        next_date: TimeZone::UTC.to_datetime(next_due).date(),
        next_due,
        paused: None,
        resting_until: None,
    }
}

/// A store of some pages with a copy beside it.
struct Kept {
    folder: tempfile::TempDir,
    store: PathBuf,
    copy: PathBuf,
}

const SCHEDULES: u64 = 400;

impl Kept {
    async fn new() -> Kept {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, copy) = (folder.path().join("kronikas.db"), folder.path().join("kronikas.db.before-20"));
        let store = Sqlite::open(&path).await.expect("a store");
        let far = Timestamp::now() + SignedDuration::from_hours(24);
        for channel in 1..=SCHEDULES {
            store.put_schedule(&schedule(channel, far)).await.expect("it is kept");
        }
        // Otherwise the bot computes all of them anew, and the latest of each is in its log.
        store.set_fact("tzdb", kronikas::delivery::tzdb_version()).await.expect("it is kept");
        store.backup(&copy).await.expect("a copy");
        store.close().await;
        assert!(!folder.path().join("kronikas.db-wal").exists(), "all is in the file");
        Kept { folder, store: path, copy }
    }

    fn address(&self) -> String {
        format!("sqlite:{}", self.store.display())
    }

    /// Runs the program on this store.
    fn kronikas(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kronikas"));
        command.env_clear().env("NO_COLOR", "1").env("DATABASE_URL", self.address()).current_dir(self.folder.path());
        command.args(arguments).output().expect("the binary starts")
    }
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A way to lose a store: its name, what does it, and what is said of it.
type Damaging = (&'static str, fn(&Path), &'static str);

const PAGE: usize = 4096;
/// What the first byte of a page says that holds entries of an index, <https://sqlite.org/fileformat.html#b_tree_pages>.
const LEAF_OF_INDEX: u8 = 0x0a;

fn change(path: &Path, how: impl Fn(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(path).expect("the store");
    how(&mut bytes);
    std::fs::write(path, bytes).expect("it is written");
}

fn page(bytes: &mut [u8], page_no: usize) -> &mut [u8] {
    &mut bytes[page_no * PAGE..(page_no + 1) * PAGE]
}

fn middle(bytes: &mut [u8]) -> &mut [u8] {
    let page_no = bytes.len() / PAGE / 2;
    page(bytes, page_no)
}

/// The fullest page of an index.
fn page_of_an_index(bytes: &mut [u8]) -> &mut [u8] {
    let entries = |page: &[u8]| u16::from_be_bytes([page[3], page[4]]);
    let of_indexes = bytes.chunks_exact(PAGE).enumerate().filter(|(_, page)| page[0] == LEAF_OF_INDEX);
    let (page_no, _) = of_indexes.max_by_key(|(_, page)| entries(page)).expect("an index");
    page(bytes, page_no)
}

fn damages() -> Vec<Damaging> {
    fn cut(path: &Path, share: usize) {
        let bytes = std::fs::read(path).expect("the store");
        std::fs::write(path, &bytes[..bytes.len() / share]).expect("it is cut");
    }
    vec![
        ("cut to a half", |path| cut(path, 2), "malformed"),
        ("cut to a tenth", |path| cut(path, 10), "malformed"),
        (
            "bytes flipped",
            |path| {
                let mut bytes = std::fs::read(path).expect("the store");
                let mut chance = fastrand::Rng::with_seed(1956);
                for _ in 0..bytes.len() / 50 {
                    // Its first page names the tables: what is there else is not even looked at.
                    let place = chance.usize(4096..bytes.len());
                    bytes[place] ^= chance.u8(1..);
                }
                std::fs::write(path, bytes).expect("it is written");
            },
            "damaged: ",
        ),
        (
            "random bytes",
            |path| {
                let mut bytes = std::fs::read(path).expect("the store");
                fastrand::Rng::with_seed(1956).fill(&mut bytes);
                std::fs::write(path, bytes).expect("written");
            },
            "not a database",
        ),
        ("its header damaged", |path| change(path, |bytes| bytes[16..24].fill(0xff)), "not a database"),
        ("a page in the middle zeroed", |path| change(path, |bytes| middle(bytes).fill(0)), "damaged: "),
        ("a page of an index zeroed", |path| change(path, |bytes| page_of_an_index(bytes).fill(0)), "damaged: "),
        ("emptied", |path| std::fs::write(path, "").expect("it is emptied"), "0 bytes"),
        ("a text file", |path| std::fs::write(path, "Dear diary, today\n".repeat(900)).expect("written"), "not a database"),
        ("a short text file", |path| std::fs::write(path, "hello").expect("written"), "not a database"),
        (
            "a folder",
            |path| {
                std::fs::remove_file(path).expect("it was there");
                std::fs::create_dir(path).expect("a folder");
            },
            "a folder and not a file",
        ),
    ]
}

fn bytes_of(path: &Path) -> Option<Vec<u8>> {
    std::fs::read(path).ok()
}

/// What must be said of a damaged store wherever it is opened.
fn tells(kept: &Kept, name: &str, text: &str, why: &str) {
    let command = format!("kronikas --store {} restore {}", kept.address(), kept.copy.display());
    assert!(text.contains(" is damaged: ") && text.contains(why) && text.contains(&command), "{name}: {text}");
}

#[tokio::test]
async fn a_damaged_store_is_told_with_the_way_back_and_left_as_it_is() {
    for (name, damage, why) in damages() {
        let kept = Kept::new().await;
        damage(&kept.store);
        let before = bytes_of(&kept.store);
        let doctor = kept.kronikas(&["doctor"]);
        assert_eq!(doctor.status.code(), Some(74), "{name}: {}", said(&doctor));
        tells(&kept, name, &said(&doctor), why);
        let asked = kept.kronikas(&["ask", "/who", "kruschev"]);
        assert!(asked.status.success() && said(&asked).contains("Nikita Khrushchev"), "{name}: {}", said(&asked));
        tells(&kept, name, &said(&asked), why);
        let backup = kept.kronikas(&["backup", "new.db"]);
        assert_eq!(backup.status.code(), Some(74), "{name}: {}", said(&backup));
        assert!(!kept.folder.path().join("new.db").exists(), "{name}: what is damaged is no backup");
        assert_eq!(bytes_of(&kept.store), before, "{name}");

        let restored = kept.kronikas(&["restore", kept.copy.to_str().expect("a name")]);
        assert!(restored.status.success(), "{name}: {}", said(&restored));
        let is_aside = |file: &PathBuf| file.display().to_string().contains("kronikas.db.kept-");
        let files = std::fs::read_dir(kept.folder.path()).expect("a folder").flatten().map(|entry| entry.path());
        let aside: Vec<PathBuf> = files.filter(is_aside).collect();
        assert_eq!(aside.len(), 1, "{name}: {aside:?}");
        assert_eq!(bytes_of(&aside[0]), before, "{name}: the damaged file is kept");
        assert!(said(&restored).contains(&aside[0].display().to_string()), "{name}: {}", said(&restored));
        let doctor = kept.kronikas(&["doctor"]);
        assert!(doctor.status.success(), "{name}: {}", said(&doctor));
        assert!(said(&doctor).contains(&format!("schedules: {SCHEDULES} ")), "{name}: {}", said(&doctor));
    }
}

#[tokio::test]
async fn an_index_that_says_other_than_its_table_is_found_by_the_doctor() {
    let kept = Kept::new().await;
    change(&kept.store, |bytes| {
        let page = page_of_an_index(bytes);
        // The last byte of an entry is that of the row it leads to.
        let first = usize::from(u16::from_be_bytes([page[8], page[9]]));
        let length = usize::from(page[first]);
        page[first + length] ^= 1;
    });
    let doctor = kept.kronikas(&["doctor"]);
    assert_eq!(doctor.status.code(), Some(74), "{}", said(&doctor));
    tells(&kept, "an index", &said(&doctor), "index");
}

/// Where in a store an index begins.
async fn root_of(path: &Path, index: &str) -> u64 {
    let mut shell = sqlx::sqlite::SqliteConnectOptions::new().filename(path).connect().await.expect("a shell");
    let page: i64 = sqlx::query_scalar("SELECT rootpage FROM sqlite_master WHERE name = $1")
        .bind(index)
        .fetch_one(&mut shell)
        .await
        .expect("an index");
    shell.close().await.expect("closed");
    (page.unsigned_abs() - 1) * PAGE as u64
}

#[tokio::test]
async fn a_store_that_is_damaged_under_the_running_bot_stays_red_with_the_way_back() {
    use std::os::unix::fs::FileExt;
    let discord = FakeDiscord::start().await;
    let (room, anna) = (discord.room("history"), discord.user("Anna"));
    let kept = Kept::new().await;
    let root = root_of(&kept.store, "schedule_due").await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    drop(listener);
    let health = async || {
        let answer = reqwest::get(format!("http://{address}/readyz")).await.expect("it is served");
        (answer.status().as_u16(), answer.text().await.expect("text"))
    };
    // Without word of servers: in none of them is a channel of this store.
    let environment =
        [("DATABASE_URL", kept.address()), ("KRONIKAS_LISTEN", address.clone()), ("KRONIKAS_INTENTS", "none".to_owned())];
    let environment = environment.each_ref().map(|(name, value)| (*name, value.as_str()));
    let mut bot = RunningBot::with(&discord, &environment);
    bot.ready(&discord).await;
    let began = std::time::Instant::now();
    while health().await.0 != 200 {
        assert!(bot.lives() && began.elapsed() < PATIENCE, "{}", bot.said());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let file = std::fs::File::options().write(true).open(&kept.store).expect("the store");
    file.write_all_at(&[0; PAGE], root).expect("it is damaged");
    let began = std::time::Instant::now();
    let command = format!("kronikas --store {} restore {}", kept.address(), kept.copy.display());
    while !health().await.1.contains(&command) {
        assert!(bot.lives() && began.elapsed() < PATIENCE.max(Duration::from_secs(60)), "{}", bot.said());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let (status, text) = health().await;
    assert_eq!(status, 503, "{text}");
    assert!(text.contains(" is damaged: "), "{text}");
    // Longer than it takes to probe again: what can be written elsewhere in the file changes nothing,
    // and the way back is named all the time.
    for _ in 0..60 {
        let (status, text) = health().await;
        assert!(status == 503 && text.contains(&command), "{text}\n{}", bot.said());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(!bot.said().contains("the store works again"), "{}", bot.said());
    assert_eq!(anna.slash(&room, "who", json!({ "query": "kruschev" })).await.title(), "Nikita Khrushchev");
    bot.stop().await;
    let restored = kept.kronikas(&["restore", kept.copy.to_str().expect("a name")]);
    assert!(restored.status.success(), "{}", said(&restored));
    assert!(kept.kronikas(&["doctor"]).status.success());
    discord.finish();
}

#[tokio::test]
async fn a_bot_on_a_damaged_store_looks_things_up_says_so_and_takes_a_restored_one() {
    let discord = FakeDiscord::start().await;
    let (room, anna) = (discord.room("history"), discord.user("Anna"));
    let kept = Kept::new().await;
    let bytes = std::fs::read(&kept.store).expect("the store");
    std::fs::write(&kept.store, &bytes[..bytes.len() / 2]).expect("it is cut");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let health = format!("http://{}/readyz", listener.local_addr().expect("an address"));
    drop(listener);
    let address = health.trim_start_matches("http://").trim_end_matches("/readyz");
    let mut bot = RunningBot::with(&discord, &[("DATABASE_URL", &kept.address()), ("KRONIKAS_LISTEN", address)]);
    bot.ready(&discord).await;
    let found = anna.slash(&room, "who", json!({ "query": "kruschev" })).await;
    assert_eq!(found.title(), "Nikita Khrushchev");
    tells(&kept, "the log", &bot.said(), "malformed");
    let answer = reqwest::get(&health).await.expect("it is served");
    assert_eq!(answer.status(), 503);
    tells(&kept, "health", &answer.text().await.expect("text"), "malformed");
    assert_eq!(bytes_of(&kept.store).map(|bytes| bytes.len()), Some(bytes.len() / 2));
    // The bot does not hold what it could not open, and tries again every half minute.
    let restored = kept.kronikas(&["restore", kept.copy.to_str().expect("a name")]);
    assert!(restored.status.success(), "{}", said(&restored));
    let began = std::time::Instant::now();
    while reqwest::get(&health).await.expect("it is served").status() != 200 {
        assert!(bot.lives() && began.elapsed() < PATIENCE.max(Duration::from_secs(45)), "{}", bot.said());
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    assert!(bot.said().contains("the store can be opened again"), "{}", bot.said());
    let refused = kept.kronikas(&["restore", kept.copy.to_str().expect("a name")]);
    assert!(refused.status.code() == Some(74) && said(&refused).contains("in use by another"), "{}", said(&refused));
    bot.stop().await;
    discord.finish();
}

#[tokio::test]
async fn another_programs_database_is_not_written_to() {
    let kept = Kept::new().await;
    std::fs::remove_file(&kept.store).expect("it was there");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&kept.store).create_if_missing(true);
    let mut shell = options.connect().await.expect("a shell");
    shell.execute("CREATE TABLE recipe (name TEXT); CREATE TABLE _sqlx_migrations (version INTEGER)").await.expect("tables");
    shell.close().await.expect("closed");
    let before = bytes_of(&kept.store);
    let doctor = kept.kronikas(&["doctor"]);
    tells(&kept, "foreign", &said(&doctor), "another program, with tables such as _sqlx_migrations, recipe");
    let refused = Sqlite::open(&kept.store).await.err().expect("refused");
    assert!(matches!(refused, StoreError::Damaged(_)), "{refused}");
    assert_eq!(bytes_of(&kept.store), before);
}

#[tokio::test]
async fn the_newest_sound_copy_is_named_and_not_a_damaged_or_foreign_one() {
    let kept = Kept::new().await;
    let folder = kept.folder.path();
    std::fs::create_dir(folder.join("backups")).expect("a folder");
    let newest = folder.join("backups/monday copy.db");
    backup_beside(&kept.store, &newest).await.expect("a copy");
    // Newer ones that are of no use.
    let bytes = std::fs::read(&kept.copy).expect("the copy");
    std::fs::write(folder.join("cut.db"), &bytes[..bytes.len() / 2]).expect("written");
    std::fs::write(folder.join("notes.txt"), "nothing").expect("written");
    std::fs::write(&kept.store, "").expect("emptied");
    let doctor = kept.kronikas(&["doctor"]);
    // Its name has a space in it, and the command can be pasted all the same.
    assert!(said(&doctor).contains(&format!("restore '{}' ", newest.display())), "{}", said(&doctor));
    for useless in ["cut.db", "notes.txt", "kronikas.db", "none.db"] {
        let refused = kept.kronikas(&["restore", useless]);
        assert_eq!(refused.status.code(), Some(74), "{useless}: {}", said(&refused));
        assert_eq!(bytes_of(&kept.store).map(|bytes| bytes.len()), Some(0), "{useless}: nothing was touched");
    }
    std::fs::remove_file(&newest).and_then(|()| std::fs::remove_file(&kept.copy)).expect("they were there");
    let doctor = kept.kronikas(&["doctor"]);
    assert!(said(&doctor).contains("no sound copy was found in its folder"), "{}", said(&doctor));
}

#[tokio::test]
async fn a_store_that_was_killed_while_being_made_is_made_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("kronikas.db");
    std::fs::write(folder.path().join("kronikas.db.unfinished"), vec![0; 5000]).expect("left over");
    let store = Sqlite::open(&path).await.expect("a store");
    store.probe().await.expect("it works");
    store.close().await;
    drop(store);
    assert!(!folder.path().join("kronikas.db.unfinished").exists());
    // A log without its file is what is left of a store, not a reason to begin anew.
    std::fs::remove_file(&path).expect("it was there");
    std::fs::write(folder.path().join("kronikas.db-wal"), vec![0x37; 5000]).expect("left over");
    let refused = Sqlite::open(&path).await.err().expect("refused");
    assert!(refused.to_string().contains("its file is missing, though its log is there"), "{refused}");
    assert!(!path.exists());
}

#[tokio::test]
async fn a_restored_backup_that_is_older_than_todays_post_does_not_post_it_again() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("history");
    let folder = tempfile::tempdir().expect("a folder");
    let (path, copy) = (folder.path().join("kronikas.db"), folder.path().join("backup.db"));
    let address = format!("sqlite:{}", path.display());
    // Due at that minute by the schedule's own clock: at another time of day the post would be missed.
    let local = TimeZone::UTC.to_datetime(Timestamp::now() - SignedDuration::from_secs(90));
    let local = local.with().second(0).subsec_nanosecond(0).build().expect("a minute");
    let due = TimeZone::UTC.to_timestamp(local).expect("UTC");
    let guild = room.guild.expect("a guild");
    let store = Sqlite::open(&path).await.expect("a store");
    store
        .put_schedule(&Schedule { guild: Some(GuildId(guild)), time: local.time(), ..schedule(room.id, due) })
        .await
        .expect("kept");
    store.backup(&copy).await.expect("a copy");
    store.close().await;
    drop(store);
    let bot = RunningBot::with(&discord, &[("DATABASE_URL", &address)]);
    discord.posts_to_be(&room, 1).await;
    bot.kill().await;
    // Discord knows a nonce for some minutes only.
    discord.set_nonce_window(0);
    restore(&path, &copy, Timestamp::now()).await.expect("restored");
    let mut again = RunningBot::with(&discord, &[("DATABASE_URL", &address)]);
    let key = Key { channel: ChannelId(room.id), date: TimeZone::UTC.to_datetime(due).date(), sequence: 0 };
    let began = std::time::Instant::now();
    loop {
        let copy = folder.path().join(format!("look-{}.db", began.elapsed().as_nanos()));
        backup_beside(&path, &copy).await.expect("a copy");
        let state = Sqlite::open(&copy).await.expect("it opens").delivery(key).await.expect("read").map(|row| row.state);
        if let Some(State::Sent(message)) = state {
            assert_eq!(message, Some(MessageId(discord.posts(&room)[0].id)), "the one that was there is found");
            break;
        }
        assert!(again.lives() && began.elapsed() < PATIENCE, "{state:?}\n{}", again.said());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(discord.posts(&room).len(), 1, "{}", discord.transcript(&room));
    again.stop().await;
}

#[tokio::test]
async fn a_round_of_an_old_backup_does_not_go_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, copy) = (folder.path().join("kronikas.db"), folder.path().join("backup.db"));
    let store = Sqlite::open(&path).await.expect("a store");
    let at = Timestamp::now();
    let question = RoundQuestion { id: "date.x".to_owned(), seed: 1, choices: 4, right: 0 };
    let round = Round {
        id: 0,
        channel: ChannelId(1),
        guild: GuildId(2),
        subject: String::new(),
        seconds: 20,
        podium: false,
        questions: vec![question],
        planned: 1,
        position: 0,
        phase: Phase::Asking,
        since: at,
        until: at,
        message: Some(MessageId(1)),
        started_at: at,
        trouble: None,
    };
    let id = store.start_round(&round).await.expect("started").expect("the only one");
    store.backup(&copy).await.expect("a copy");
    store.close().await;
    drop(store);
    restore(&path, &copy, Timestamp::now()).await.expect("restored");
    let store = Sqlite::open(&path).await.expect("it opens");
    assert_eq!(store.open_rounds().await.expect("read"), Vec::<u64>::new());
    let ended = store.round(id).await.expect("read").expect("it is there");
    assert!(ended.trouble.is_some_and(|why| why.contains("backup")));
}
