//! Putting a backup in a store's place, for `kronikas restore`.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use sqlx::{ConnectOptions, Connection, Executor};

use super::condition::{Check, read_only, usable};
use super::store_file::{KEPT, UNFINISHED, beside, lock};
use crate::store::{StoreError, Stored};

/// The fact that says until when posts may have gone out that a restored store does not know.
pub(super) const RESTORED: &str = "restored-at";

/// What a restore came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// Where the file is that was there before, if there was one.
    pub kept: Option<PathBuf>,
}

/// Puts a copy of `file` in the place of the store at `path`. What is there is kept beside it under
/// another name. Posts that were due before `now` are looked for in their channels before they are
/// posted: the backup may be older than they are.
///
/// # Errors
/// When the store is in use, `file` is no sound store that this version can use, or the disk fails;
/// then the store is as it was.
pub async fn restore(path: &Path, file: &Path, now: Timestamp) -> Stored<Restored> {
    let _lock = lock(path)?;
    let failed = |error| StoreError::File(path.to_owned(), error);
    let same = file.canonicalize().ok().filter(|file| path.canonicalize().is_ok_and(|path| path == *file));
    if same.is_some() {
        let same = std::io::Error::new(std::io::ErrorKind::InvalidInput, "it is the store itself, not a backup of it");
        return Err(StoreError::File(file.to_owned(), same));
    }
    if !usable(file, Check::Full).await? {
        let none = std::io::Error::new(std::io::ErrorKind::NotFound, "there is no such backup");
        return Err(StoreError::File(file.to_owned(), none));
    }
    let unfinished = beside(path, UNFINISHED);
    let _ = std::fs::remove_file(&unfinished);
    if let Err(error) = copy_marked(file, &unfinished, now).await {
        let _ = std::fs::remove_file(&unfinished);
        return Err(error);
    }
    let kept = set_aside(path, now).map_err(failed)?;
    std::fs::rename(&unfinished, path).map_err(failed)?;
    keep_names(path)?;
    Ok(Restored { kept })
}

/// Copies a backup, and writes into the copy what is to be known of it.
async fn copy_marked(file: &Path, copy: &Path, now: Timestamp) -> Stored<()> {
    let name = copy.to_str().ok_or_else(|| StoreError::Address("the store's name is not UTF-8".to_owned()))?;
    let mut connection = read_only(file).connect().await?;
    let copied = sqlx::query("VACUUM INTO $1").bind(name).execute(&mut connection).await;
    connection.close().await?;
    copied?;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(copy).disable_statement_logging();
    let mut connection = options.pragma("synchronous", "FULL").connect().await?;
    let marked = mark(&mut connection, now).await;
    connection.close().await?;
    marked?;
    std::fs::File::open(copy).and_then(|copied| copied.sync_all()).map_err(|error| StoreError::File(copy.to_owned(), error))
}

async fn mark(connection: &mut sqlx::SqliteConnection, now: Timestamp) -> Stored<()> {
    let tables: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name IN ('fact', 'delivery')")
            .fetch_one(&mut *connection)
            .await?;
    if tables < 2 {
        // A store without anything in it.
        return Ok(());
    }
    connection.execute("BEGIN IMMEDIATE").await?;
    let text = "INSERT INTO fact (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    sqlx::query(text).bind(RESTORED).bind(now.as_second().to_string()).execute(&mut *connection).await?;
    let doubt =
        "UPDATE delivery SET doubt_since = COALESCE(doubt_since, due_at) WHERE state IN ('due', 'sending') AND due_at <= $1";
    sqlx::query(doubt).bind(now.as_second()).execute(&mut *connection).await?;
    let rounds: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_master WHERE name = 'round'").fetch_one(&mut *connection).await?;
    if rounds > 0 {
        // Its class has gone on long since.
        let text =
            "UPDATE round SET phase = 'ended', trouble = 'I went back to a backup, so this round ended.' WHERE phase <> 'ended'";
        connection.execute(text).await?;
    }
    connection.execute("COMMIT").await?;
    Ok(())
}

/// Gives what lies at a store's place another name, its log with it; that name.
fn set_aside(path: &Path, now: Timestamp) -> std::io::Result<Option<PathBuf>> {
    let mut kept = beside(path, &format!("{KEPT}{}", now.strftime("%Y%m%dT%H%M%SZ")));
    for again in 2.. {
        if !kept.exists() {
            break;
        }
        kept = beside(path, &format!("{KEPT}{}-{again}", now.strftime("%Y%m%dT%H%M%SZ")));
    }
    let mut there = false;
    // The log goes first: a store with a foreign log beside it would be read with it.
    for ending in ["-wal", "-shm", ""] {
        match std::fs::rename(beside(path, ending), beside(&kept, ending)) {
            Ok(()) => there = true,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(there.then_some(kept))
}

/// Makes a file's new name survive a power cut.
pub(super) fn keep_names(path: &Path) -> Stored<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Where folders cannot be opened, names are kept with their files.
    let Ok(folder) = std::fs::File::open(folder) else { return Ok(()) };
    folder.sync_all().map_err(|error| StoreError::File(path.to_owned(), error))
}
