//! Opening a store: whose it is, which version wrote it, bringing it to this version's schema.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqlitePool};
use tokio::sync::OnceCell;

use super::Sqlite;
use crate::store::{StoreError, Stored};

/// The schema, step by step. A step that was released is never changed.
static MIGRATIONS: Migrator = sqlx::migrate!("src/store/migrations");

/// How long a write waits for a reader's copy (a backup, a shell) before it fails.
const BUSY: Duration = Duration::from_secs(5);
/// Connections for reading.
const READERS: u32 = 4;

/// The file an address such as `sqlite:kronikas.db` names; a bare path is one as well.
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
    /// Opens a store, making it if there is none, and brings it to this version's schema.
    ///
    /// # Errors
    /// When another process holds it, a newer version wrote it, or the engine refuses.
    pub async fn open(path: &Path) -> Stored<Sqlite> {
        let lock = lock(path)?;
        refuse_newer(path).await?;
        let options = options(path).synchronous(SqliteSynchronous::Full);
        let writer = pool().max_connections(1).min_connections(1).connect_with(options.clone()).await?;
        migrate(&writer, path).await?;
        let reader = pool().max_connections(READERS).connect_with(options).await?;
        Ok(Sqlite { writer, reader, path: path.to_owned(), key: OnceCell::new(), _lock: Some(lock) })
    }

    /// A store without the promise of surviving a power cut and without a lock, for simulations
    /// that open thousands.
    ///
    /// # Errors
    /// When the engine refuses.
    pub async fn open_for_simulation(path: &Path) -> Stored<Sqlite> {
        let options = options(path).synchronous(SqliteSynchronous::Off);
        let writer = pool().max_connections(1).connect_with(options).await?;
        migrate(&writer, path).await?;
        Ok(Sqlite { reader: writer.clone(), writer, path: path.to_owned(), key: OnceCell::new(), _lock: None })
    }
}

/// Connections to a file do not get lost as those to a server do: asking each time whether one is
/// still there would double the work of every statement.
fn pool() -> SqlitePoolOptions {
    SqlitePoolOptions::new().test_before_acquire(false)
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .foreign_keys(true)
        // What is deleted is gone from the file, too: it may be somebody's wish.
        .pragma("secure_delete", "ON")
        .busy_timeout(BUSY)
        .disable_statement_logging()
}

/// Takes the lock file beside the store, and writes down who has it.
fn lock(path: &Path) -> Stored<File> {
    let beside = PathBuf::from(format!("{}.lock", path.display()));
    let failed = |error| StoreError::File(path.to_owned(), error);
    let mut file = OpenOptions::new().create(true).read(true).write(true).truncate(false).open(&beside).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut owner = String::new();
            // Who holds it is good to know, not needed.
            let _ = file.read_to_string(&mut owner);
            let owner = if owner.trim().is_empty() { "unknown process".to_owned() } else { owner.trim().to_owned() };
            return Err(StoreError::Locked { path: path.to_owned(), owner });
        }
        Err(TryLockError::Error(error)) => return Err(failed(error)),
    }
    let noted = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| write!(file, "process {}", std::process::id()));
    noted.map_err(failed)?;
    Ok(file)
}

/// Looks at the schema without touching the file, so that a newer version's store stays as it is to
/// the byte.
async fn refuse_newer(path: &Path) -> Stored<()> {
    if !path.exists() {
        return Ok(());
    }
    let known = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default();
    let options = SqliteConnectOptions::new().filename(path).read_only(true).immutable(true).disable_statement_logging();
    let mut connection = options.connect().await?;
    let found = sqlx::query_scalar::<_, i64>("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(&mut connection).await;
    connection.close().await?;
    match found {
        Ok(found) if found > known => Err(StoreError::Newer { path: path.to_owned(), found, known }),
        // No such table: a store that was only just made.
        _ => Ok(()),
    }
}

/// Runs what migrations are missing, each in a transaction, after keeping a copy of the store.
async fn migrate(writer: &SqlitePool, path: &Path) -> Stored<()> {
    let applied: Option<i64> =
        sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations").fetch_optional(writer).await.unwrap_or_default();
    let newest = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default();
    if let Some(applied) = applied.filter(|applied| *applied > 0 && *applied < newest) {
        let kept = PathBuf::from(format!("{}.before-{newest}", path.display()));
        if !kept.exists() {
            copy(writer, &kept).await?;
        }
        tracing::info!(from = applied, to = newest, "bringing the store to a newer schema; a copy is kept beside it");
    }
    MIGRATIONS.run(writer).await.map_err(|error| StoreError::Migration(path.to_owned(), error))
}

/// Copies a store into a new file, consistent though others write.
pub(super) async fn copy(pool: &SqlitePool, file: &Path) -> Stored<()> {
    if file.exists() {
        let there = std::io::Error::new(std::io::ErrorKind::AlreadyExists, "there is such a file already");
        return Err(StoreError::File(file.to_owned(), there));
    }
    let name = file.to_str().ok_or_else(|| StoreError::Address("the copy's name is not UTF-8".to_owned()))?;
    sqlx::query("VACUUM INTO $1").bind(name).execute(pool).await?;
    Ok(())
}

/// Copies the store at `path` while another process may be using it.
///
/// # Errors
/// When there is no store, or the copy cannot be written.
pub async fn backup_beside(path: &Path, file: &Path) -> Stored<()> {
    let options = options(path).create_if_missing(false);
    let pool = pool().max_connections(1).connect_with(options).await?;
    let copied = copy(&pool, file).await;
    pool.close().await;
    copied
}
