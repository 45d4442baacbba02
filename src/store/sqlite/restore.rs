//! Replaces a store with a backup, for `kronikas restore`.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use sqlx::{ConnectOptions, Connection, Executor};

use super::condition::{Check, read_only, usable};
use super::store_file::{KEPT, UNFINISHED, beside, lock};
use crate::store::{StoreError, Stored};

/// The name of the fact with the instant of the restore: posts sent before it may be missing from the
/// store.
pub(super) const RESTORED: &str = "restored-at";

/// The result of a restore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The new name of the previous file, if there was one.
    pub kept: Option<PathBuf>,
}

/// Replaces the store at `path` with a copy of `file`, and keeps the previous file in the same folder
/// under another name. Posts that were due before `now` are looked up in their channels before they are
/// posted, because the backup may be older than they are.
///
/// # Errors
/// If the store is in use, `file` is not a sound store that this version can use, or the disk fails. The
/// store is then unchanged.
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

/// Copies a backup, and records the restore in the copy.
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
        // An empty store.
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
        // The class has finished this round long ago.
        let text =
            "UPDATE round SET phase = 'ended', trouble = 'I went back to a backup, so this round ended.' WHERE phase <> 'ended'";
        connection.execute(text).await?;
    }
    connection.execute("COMMIT").await?;
    Ok(())
}

/// Renames the file at a store's place together with its log. Returns the new name.
fn set_aside(path: &Path, now: Timestamp) -> std::io::Result<Option<PathBuf>> {
    let mut kept = beside(path, &format!("{KEPT}{}", now.strftime("%Y%m%dT%H%M%SZ")));
    for again in 2.. {
        if !kept.exists() {
            break;
        }
        kept = beside(path, &format!("{KEPT}{}-{again}", now.strftime("%Y%m%dT%H%M%SZ")));
    }
    let mut there = false;
    // The log is renamed first, because SQLite would apply it to another store under that name.
    for ending in ["-wal", "-shm", ""] {
        match std::fs::rename(beside(path, ending), beside(&kept, ending)) {
            Ok(()) => there = true,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(there.then_some(kept))
}

/// Makes a rename survive a power failure.
pub(super) fn keep_names(path: &Path) -> Stored<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Where folders cannot be opened, syncing the file also syncs its name.
    let Ok(folder) = std::fs::File::open(folder) else { return Ok(()) };
    folder.sync_all().map_err(|error| StoreError::File(path.to_owned(), error))
}
