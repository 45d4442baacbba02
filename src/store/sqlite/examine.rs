//! Examines a store for `kronikas doctor`, without changing it.

use std::path::Path;

use sqlx::{ConnectOptions, Connection, Row};

use super::condition::{Check, newest_copy, read_only, usable};
use crate::store::{StoreError, Stored};

/// The result of examining a sound store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings {
    /// One finding per line.
    pub lines: Vec<String>,
}

/// Examines the store at `path`; the bot may be using it.
///
/// # Errors
/// If there is no store, or it is unreadable or damaged.
pub async fn examine(path: &Path) -> Stored<Findings> {
    if !usable(path, Check::Full).await? {
        let none = std::io::Error::new(std::io::ErrorKind::NotFound, "there is no such file");
        return Err(StoreError::File(path.to_owned(), none));
    }
    let mut connection = read_only(path).connect().await?;
    let mut lines = Vec::new();
    let schema: i64 =
        sqlx::query_scalar("SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations").fetch_one(&mut connection).await?;
    lines.push(format!("schema: {schema}"));
    lines.push("integrity: ok".to_owned());
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
    let copy = newest_copy(path).await.map_or_else(|| "none found".to_owned(), |copy| copy.display().to_string());
    lines.push(format!("newest copy beside it: {copy}"));
    Ok(Findings { lines })
}
