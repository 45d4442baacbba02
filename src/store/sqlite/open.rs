//! Opens a store: takes the lock, checks the file, and migrates it to this version's schema.

use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::migrate::MigrateError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, SqlitePool};

use super::condition::{Check, usable};
use super::migrations::{MIGRATIONS, newest_schema};
use super::store_file::{MARK, StoreFile, UNFINISHED, beside, lock};
use super::writer::Writer;
use super::{Sqlite, restore};
use crate::store::error::{Fault, fault};
use crate::store::{StoreError, Stored};

/// How long a write waits for a lock (a backup, a shell) before it fails.
const BUSY: Duration = Duration::from_secs(5);
/// The number of reading connections.
const READERS: u32 = 4;

/// The file of an address such as `sqlite:kronikas.db`, or of a bare path.
///
/// # Errors
/// [`StoreError::Address`] for any other engine.
pub fn file_of(address: &str) -> Stored<PathBuf> {
    let address = address.trim();
    let path = match address.split_once(':') {
        Some(("sqlite", path)) => path.trim_start_matches("//"),
        Some((engine @ ("postgres" | "postgresql" | "mysql"), _)) => {
            return Err(StoreError::Address(format!("{engine} is not built into this version")));
        }
        _ => address,
    };
    let path = path.split('?').next().unwrap_or_default();
    if path.is_empty() {
        return Err(StoreError::Address("it names no file".to_owned()));
    }
    Ok(PathBuf::from(path))
}

impl Sqlite {
    /// Opens a store, creates it if necessary, and migrates it to this version's schema.
    ///
    /// # Errors
    /// If another process uses it, a newer version wrote it, it is damaged, or SQLite returns an error.
    pub async fn open(path: &Path) -> Stored<Sqlite> {
        let lock = lock(path)?;
        if !usable(path, Check::Quick).await? {
            create(path).await?;
        }
        // Keep what a killed process left in the log: moving it into the file needs space, which the
        // disk may not have.
        let log_is_empty = std::fs::metadata(beside(path, "-wal")).map_or(true, |log| log.len() == 0);
        let options = options(path).synchronous(SqliteSynchronous::Full);
        let pool = pool().max_connections(1).min_connections(1).connect_with(options.clone()).await?;
        migrate(&pool, path).await?;
        let mark = if log_is_empty { mark(&pool).await? } else { None };
        // The first write creates the log.
        sqlx::query(
            "INSERT INTO fact (name, value) VALUES ('opened', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )
        .bind(std::process::id().to_string())
        .execute(&pool)
        .await?;
        let place = StoreFile::new(path, lock, mark)?;
        let reader = self::pool().max_connections(READERS).connect_with(options).await?;
        Ok(Sqlite::of(Writer::new(pool, Some(place), reader.clone()), reader, path))
    }

    /// Opens a store without durability and without a lock, for simulations that open thousands.
    ///
    /// # Errors
    /// If SQLite returns an error.
    pub async fn open_for_simulation(path: &Path) -> Stored<Sqlite> {
        let options = options(path).create_if_missing(true).synchronous(SqliteSynchronous::Off);
        let pool = pool().max_connections(1).connect_with(options).await?;
        migrate(&pool, path).await?;
        Ok(Sqlite::of(Writer::new(pool.clone(), None, pool.clone()), pool, path))
    }
}

/// Writes a number into the file that identifies it while it is open, and returns the bytes. `None` if
/// it is still only in the log, because somebody was reading or the disk is full.
async fn mark(pool: &SqlitePool) -> Stored<Option<[u8; 4]>> {
    let mark = fastrand::i32(1..);
    sqlx::query(sqlx::AssertSqlSafe(format!("PRAGMA user_version = {mark}"))).execute(pool).await?;
    let emptied: Result<(i64, i64, i64), _> = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(pool).await;
    Ok(emptied.is_ok_and(|(busy, ..)| busy == 0).then_some(mark.to_be_bytes()))
}

/// Removes the number from a copy. Otherwise a copy that overwrites its store would look like it.
fn unmark(copy: &Path) -> std::io::Result<()> {
    let mut file = std::fs::File::options().write(true).open(copy)?;
    file.seek(SeekFrom::Start(MARK))?;
    file.write_all(&[0; 4])?;
    file.sync_all()
}

/// Creates an empty store under a temporary name and renames it, so that a store is never half made.
async fn create(path: &Path) -> Stored<()> {
    let failed = |error| StoreError::File(path.to_owned(), error);
    let log = beside(path, "-wal");
    if std::fs::metadata(&log).is_ok_and(|metadata| metadata.len() > 0) {
        let copy = super::condition::newest_copy(path).await;
        return Err(crate::store::error::damaged(path, "its file is missing, though its log is there", copy));
    }
    let unfinished = beside(path, UNFINISHED);
    for ending in ["", "-wal", "-shm"] {
        match std::fs::remove_file(beside(&unfinished, ending)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
    }
    let options = options(&unfinished).create_if_missing(true).synchronous(SqliteSynchronous::Full);
    let pool = pool().max_connections(1).connect_with(options).await?;
    let made = migrate(&pool, &unfinished).await;
    pool.close().await;
    made?;
    std::fs::rename(&unfinished, path).map_err(failed)?;
    restore::keep_names(path)?;
    tracing::info!(path = %path.display(), "created a new, empty store");
    Ok(())
}

/// Connections to a file do not break like those to a server. Testing each before use would double the
/// work of every statement, and no connection is ever too old.
fn pool() -> SqlitePoolOptions {
    SqlitePoolOptions::new().test_before_acquire(false).idle_timeout(None).max_lifetime(None)
}

/// The options for opening an existing store.
fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        .foreign_keys(true)
        // Deleted data is overwritten in the file, because a student may have asked for it.
        .pragma("secure_delete", "ON")
        .busy_timeout(BUSY)
        .disable_statement_logging()
}

/// Runs the missing migrations, each in a transaction, after copying the store.
async fn migrate(pool: &SqlitePool, path: &Path) -> Stored<()> {
    let applied: Option<i64> =
        sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations").fetch_optional(pool).await.unwrap_or_default();
    let newest = newest_schema();
    if let Some(applied) = applied.filter(|applied| *applied > 0 && *applied < newest) {
        let kept = beside(path, &format!(".before-{newest}"));
        if !kept.exists() {
            copy(pool, &kept).await?;
        }
        tracing::info!(from = applied, to = newest, "migrating the store to a newer schema; a copy is kept in the same folder");
    }
    MIGRATIONS.run(pool).await.map_err(|error| match error {
        // A full disk may have space later.
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) if fault(&error) != Fault::Other => error.into(),
        error => StoreError::Migration(path.to_owned(), error),
    })
}

/// Copies a store to a new file, consistently while others write. The file gets its name when it is
/// complete.
pub(super) async fn copy(pool: &SqlitePool, file: &Path) -> Stored<()> {
    let failed = |error| StoreError::File(file.to_owned(), error);
    if file.exists() {
        return Err(failed(std::io::Error::new(std::io::ErrorKind::AlreadyExists, "there is such a file already")));
    }
    let unfinished = beside(file, UNFINISHED);
    let name = unfinished.to_str().ok_or_else(|| StoreError::Address("the copy's name is not UTF-8".to_owned()))?;
    // Left by an earlier attempt, for example on a full disk.
    let _ = std::fs::remove_file(&unfinished);
    if let Err(error) = sqlx::query("VACUUM INTO $1").bind(name).execute(pool).await {
        let _ = std::fs::remove_file(&unfinished);
        return Err(error.into());
    }
    unmark(&unfinished).map_err(failed)?;
    std::fs::rename(&unfinished, file).map_err(failed)?;
    restore::keep_names(file)
}

/// Copies the store at `path`, which another process may be using.
///
/// # Errors
/// If there is no store, or the copy cannot be written.
pub async fn backup_beside(path: &Path, file: &Path) -> Stored<()> {
    if !usable(path, Check::Quick).await? {
        let none = std::io::Error::new(std::io::ErrorKind::NotFound, "there is no such file");
        return Err(StoreError::File(path.to_owned(), none));
    }
    let pool = pool().max_connections(1).connect_with(options(path)).await?;
    let copied = copy(&pool, file).await;
    pool.close().await;
    copied
}
