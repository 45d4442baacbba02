//! A look at a store from outside, for `kronikas doctor`; nothing is changed.

use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Row};

use crate::store::{StoreError, Stored};

/// What an examination found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings {
    /// Whether everything that was looked at is sound.
    pub sound: bool,
    /// One finding a line.
    pub lines: Vec<String>,
}

/// Examines the store at `path`, also while the bot uses it.
///
/// # Errors
/// When there is none, or it cannot be read at all.
pub async fn examine(path: &Path) -> Stored<Findings> {
    if !path.exists() {
        let none = std::io::Error::new(std::io::ErrorKind::NotFound, "there is no such file");
        return Err(StoreError::File(path.to_owned(), none));
    }
    let mut connection = SqliteConnectOptions::new().filename(path).read_only(true).disable_statement_logging().connect().await?;
    let mut lines = Vec::new();
    let schema: i64 =
        sqlx::query_scalar("SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations").fetch_one(&mut connection).await?;
    lines.push(format!("schema: {schema}"));
    let checks: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check(10)").fetch_all(&mut connection).await?;
    let sound = checks.iter().all(|line| line == "ok");
    lines.extend(checks.into_iter().map(|line| format!("integrity: {line}")));
    let counts = sqlx::query(
        "SELECT (SELECT COUNT(*) FROM schedule), (SELECT COUNT(*) FROM schedule WHERE paused IS NOT NULL), \
         (SELECT COUNT(*) FROM delivery), (SELECT COUNT(*) FROM delivery WHERE state IN ('due', 'sending')), \
         (SELECT COUNT(*) FROM delivery WHERE state = 'held'), (SELECT COUNT(*) FROM delivery WHERE state = 'missed')",
    )
    .fetch_one(&mut connection)
    .await?;
    let count = |place: usize| counts.try_get::<i64, _>(place);
    lines.push(format!("schedules: {} ({} paused)", count(0)?, count(1)?));
    lines.push(format!("deliveries: {} ({} open, {} held, {} missed)", count(2)?, count(3)?, count(4)?, count(5)?));
    connection.close().await?;
    Ok(Findings { sound, lines })
}
