//! Examines the file of a store without changing a byte of it.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection, SqlitePool};

use super::migrations::newest_schema;
use super::store_file::{KEPT, UNFINISHED, beside};
use crate::store::error::{Fault, damaged, fault};
use crate::store::{StoreError, Stored};

/// The first bytes of every SQLite database.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// How many files in the store's folder are examined as possible copies of it, the newest first.
const COPIES: usize = 20;

/// How thorough a check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Check {
    /// Every page and row is readable. Used at each start.
    Quick,
    /// The indexes also agree with the tables. Used by `kronikas doctor`, and before a restore.
    Full,
}

/// Verifies that a file is a sound store that this version can use; an empty database is one. Returns
/// whether the file exists.
///
/// # Errors
/// [`StoreError::Damaged`], with the newest sound copy in its folder, or [`StoreError::Newer`].
pub(super) async fn usable(path: &Path, check: Check) -> Stored<bool> {
    match found(path, check).await {
        Err(StoreError::Damaged(damage)) => Err(damaged(path, damage.why, newest_copy(path).await)),
        found => found,
    }
}

async fn found(path: &Path, check: Check) -> Stored<bool> {
    if !first_bytes(path)? {
        return Ok(false);
    }
    let checked = async {
        let mut connection = read_only(path).connect().await?;
        let what = contents(&mut connection, path, check).await;
        connection.close().await?;
        what
    };
    match checked.await {
        Ok(()) => Ok(true),
        Err(StoreError::Engine(error)) if fault(&error) == Fault::Damaged => Err(damaged(path, error.to_string(), None)),
        Err(error) => Err(error),
    }
}

/// Whether the file exists and begins like a database.
fn first_bytes(path: &Path) -> Stored<bool> {
    let failed = |error| StoreError::File(path.to_owned(), error);
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(failed(error)),
    };
    if metadata.is_dir() {
        return Err(damaged(path, "it is a folder and not a file (a store in it would be named FOLDER/kronikas.db)", None));
    }
    if metadata.len() == 0 {
        return Err(damaged(path, "it is empty (0 bytes)", None));
    }
    let mut first = [0_u8; 16];
    let mut file = std::fs::File::open(path).map_err(failed)?;
    match file.read_exact(&mut first) {
        Ok(()) if first == *MAGIC => Ok(true),
        Ok(()) => Err(damaged(path, "it is not a database", None)),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Err(damaged(path, "it is not a database", None)),
        Err(error) => Err(failed(error)),
    }
}

/// Options that never change the file. If it has neither a log nor the log's index, nobody has it open,
/// and SQLite must not create them.
pub(super) fn read_only(path: &Path) -> SqliteConnectOptions {
    let unused = !beside(path, "-wal").exists() && !beside(path, "-shm").exists();
    SqliteConnectOptions::new().filename(path).read_only(true).immutable(unused).disable_statement_logging()
}

async fn contents(connection: &mut SqliteConnection, path: &Path, check: Check) -> Stored<()> {
    let text = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
    let tables: Vec<String> = sqlx::query_scalar(text).fetch_all(&mut *connection).await?;
    let ours = ["_sqlx_migrations", "delivery", "fact", "schedule"];
    let has = |name: &&str| tables.iter().any(|table| table == name);
    let fresh = tables.iter().all(|table| table == "_sqlx_migrations");
    if !fresh && !ours.iter().all(has) {
        let some: Vec<&str> = tables.iter().take(3).map(String::as_str).collect();
        return Err(damaged(path, format!("it is a database of another program, with tables such as {}", some.join(", ")), None));
    }
    if has(&"_sqlx_migrations") {
        let text = "SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations";
        let found: i64 = sqlx::query_scalar(text).fetch_one(&mut *connection).await?;
        if found > newest_schema() {
            return Err(StoreError::Newer { path: path.to_owned(), found, known: newest_schema() });
        }
    }
    match faults(connection, check).await?.first() {
        None => Ok(()),
        Some(first) => Err(damaged(path, first.clone(), None)),
    }
}

/// The problems that SQLite's own check finds, at most ten lines; empty if there are none.
pub(super) async fn faults(connection: &mut SqliteConnection, check: Check) -> Stored<Vec<String>> {
    let text = match check {
        Check::Quick => "PRAGMA quick_check(10)",
        Check::Full => "PRAGMA integrity_check(10)",
    };
    let lines: Vec<String> = sqlx::query_scalar(text).fetch_all(connection).await?;
    Ok(lines.into_iter().filter(|line| line != "ok").map(|line| line.replace('\n', " ").trim().to_owned()).collect())
}

/// Verifies that an open store is sound.
///
/// # Errors
/// [`StoreError::Damaged`], with the newest sound copy in its folder.
pub(super) async fn sound(pool: &SqlitePool, path: &Path) -> Stored<()> {
    let found = match pool.acquire().await {
        Ok(mut connection) => faults(&mut connection, Check::Quick).await,
        Err(error) => Err(error.into()),
    };
    let why = match found {
        Ok(faults) => faults.into_iter().next(),
        Err(StoreError::Engine(error)) if fault(&error) == Fault::Damaged => Some(error.to_string()),
        Err(error) => return Err(error),
    };
    match why {
        None => Ok(()),
        Some(why) => Err(damaged(path, why, newest_copy(path).await)),
    }
}

/// The newest file in the store's folder, or in its subfolders `backup` and `backups`, that is a sound
/// copy of a store.
pub(super) async fn newest_copy(path: &Path) -> Option<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut files: Vec<(SystemTime, PathBuf)> = Vec::new();
    for folder in [folder.to_owned(), folder.join("backup"), folder.join("backups")] {
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        files.extend(entries.flatten().filter_map(|entry| {
            let metadata = entry.metadata().ok().filter(std::fs::Metadata::is_file)?;
            Some((metadata.modified().ok()?, entry.path()))
        }));
    }
    files.sort();
    let own = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let parts = [own.clone(), format!("{own}-wal"), format!("{own}-shm"), format!("{own}.lock")];
    let is_copy = |file: &PathBuf| {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let aside = [KEPT, UNFINISHED].iter().any(|word| name.contains(word));
        !parts.contains(&name) && !aside && !name.ends_with("-wal") && !name.ends_with("-shm") && begins_as_database(file)
    };
    for (_, file) in files.into_iter().rev().filter(|(_, file)| is_copy(file)).take(COPIES) {
        if is_store(&file).await {
            return Some(file);
        }
    }
    None
}

fn begins_as_database(file: &Path) -> bool {
    first_bytes(file).unwrap_or(false)
}

/// Whether a file is a sound store with content.
async fn is_store(file: &Path) -> bool {
    let Ok(true) = found(file, Check::Quick).await else { return false };
    let Ok(mut connection) = read_only(file).connect().await else { return false };
    let filled = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM fact").fetch_one(&mut connection).await.is_ok();
    connection.close().await.is_ok() && filled
}
