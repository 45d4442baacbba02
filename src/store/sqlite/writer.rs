//! The one connection that writes.
//!
//! Transactions are ours and not sqlx's: after a COMMIT that failed, SQLite has mostly rolled back
//! by itself, and sqlx-sqlite 0.9, which counts depths, makes a savepoint of the next BEGIN, whose
//! release succeeds and keeps nothing. Here a connection is used again only after it committed or
//! rolled back and said so; any other is closed, and the next write opens a new one.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::pool::PoolConnection;
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Executor, SqliteConnection, SqlitePool};

use super::store_file::StoreFile;
use crate::store::{StoreError, Stored};

/// Writes into one store, one transaction after another.
pub(super) struct Writer {
    /// Of one connection.
    pool: SqlitePool,
    /// Where the file must be; `None` in simulations.
    place: Option<StoreFile>,
    /// The store's other connections.
    readers: SqlitePool,
    /// Whether a write failed since one of some size last succeeded.
    suspect: AtomicBool,
}

impl Writer {
    pub(super) fn new(pool: SqlitePool, place: Option<StoreFile>, readers: SqlitePool) -> Writer {
        Writer { pool, place, readers, suspect: AtomicBool::new(false) }
    }

    /// Begins a transaction. Unless it is committed, nothing of it is kept.
    ///
    /// # Errors
    /// When the file is not ours any more, or the engine refuses.
    pub(super) async fn begin(&self) -> Stored<Writing<'_>> {
        let begun = self.try_begin().await;
        if begun.is_err() {
            self.suspect();
        }
        begun
    }

    async fn try_begin(&self) -> Stored<Writing<'_>> {
        self.check_place()?;
        let connection = self.pool.acquire().await?;
        let mut writing = Writing { connection, writer: self, open: true };
        writing.run("BEGIN IMMEDIATE").await?;
        Ok(writing)
    }

    fn check_place(&self) -> Stored<()> {
        let Some(place) = &self.place else { return Ok(()) };
        let was_overwritten = place.is_overwritten();
        let checked = place.check();
        if place.is_overwritten() && !was_overwritten {
            // The last connection that is closed moves the log into the file, which is another now:
            // so these are never closed.
            std::mem::forget((self.pool.clone(), self.readers.clone()));
        }
        checked
    }

    /// Runs one statement in a transaction of its own; how many rows it changed.
    ///
    /// # Errors
    /// As [`Writer::begin`] and [`Writing::commit`].
    pub(super) async fn execute(&self, query: Query<'_, sqlx::Sqlite, SqliteArguments>) -> Stored<u64> {
        let mut transaction = self.begin().await?;
        let done = query.execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(done.rows_affected())
    }

    /// Notes that a write failed: whether the store works is then asked with a write of some size.
    pub(super) fn suspect(&self) {
        self.suspect.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_suspect(&self) -> bool {
        self.suspect.load(Ordering::Relaxed)
    }

    /// Notes that a write of some size succeeded.
    pub(super) fn works(&self) {
        self.suspect.store(false, Ordering::Relaxed);
    }

    /// Moves what was written from the log into the file, and empties the log, so that nothing
    /// stays in it that was deleted; whether it could.
    pub(super) async fn empty_log(&self) -> Stored<bool> {
        self.check_place()?;
        let row: (i64, i64, i64) = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&self.pool).await?;
        // The first number says whether somebody was reading meanwhile.
        Ok(row.0 == 0)
    }

    pub(super) async fn close(&self) {
        // Notices as well what was written over the file since the last write.
        if matches!(self.check_place(), Err(StoreError::Overwritten(_))) {
            return;
        }
        self.readers.close().await;
        self.pool.close().await;
    }
}

/// A transaction under way. Dropped, it is rolled back by closing its connection.
pub(super) struct Writing<'a> {
    connection: PoolConnection<sqlx::Sqlite>,
    writer: &'a Writer,
    open: bool,
}

impl Writing<'_> {
    async fn run(&mut self, statement: &'static str) -> Result<(), sqlx::Error> {
        (&mut *self.connection).execute(statement).await.map(drop)
    }

    /// Keeps what was written.
    ///
    /// # Errors
    /// When the engine refuses: then nothing was kept.
    pub(super) async fn commit(mut self) -> Stored<()> {
        self.run("COMMIT").await.map_err(StoreError::from)?;
        self.open = false;
        Ok(())
    }

    /// Keeps nothing of it, and keeps the connection.
    ///
    /// # Errors
    /// When the engine refuses; nothing was kept all the same.
    pub(super) async fn rollback(mut self) -> Stored<()> {
        self.run("ROLLBACK").await.map_err(StoreError::from)?;
        self.open = false;
        Ok(())
    }
}

impl Deref for Writing<'_> {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.connection
    }
}

impl DerefMut for Writing<'_> {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        if self.open {
            self.writer.suspect();
            self.connection.close_on_drop();
        }
    }
}
