//! The only connection that writes.
//!
//! We manage transactions ourselves instead of using sqlx's. After a failed COMMIT, SQLite has usually
//! rolled back. sqlx-sqlite 0.9 counts nesting depths, so it would turn the next BEGIN into a savepoint,
//! whose release succeeds without keeping anything. Here a connection is used again only after a
//! confirmed commit or rollback. Any other connection is closed, and the next write opens a new one.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::pool::PoolConnection;
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Executor, SqliteConnection, SqlitePool};

use super::store_file::StoreFile;
use crate::store::{StoreError, Stored};

/// Writes to one store, one transaction after another.
pub(super) struct Writer {
    /// A pool of one connection.
    pool: SqlitePool,
    /// The store's file; `None` in simulations.
    place: Option<StoreFile>,
    /// The reading connections.
    readers: SqlitePool,
    /// Whether a write failed since a large one last succeeded.
    suspect: AtomicBool,
}

impl Writer {
    pub(super) fn new(pool: SqlitePool, place: Option<StoreFile>, readers: SqlitePool) -> Writer {
        Writer { pool, place, readers, suspect: AtomicBool::new(false) }
    }

    /// Begins a transaction. Without a commit, nothing of it is kept.
    ///
    /// # Errors
    /// If the file is not ours any more, or SQLite returns an error.
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
            // Closing the last connection would apply the log to the file, which now has other content.
            // So these connections are never closed.
            std::mem::forget((self.pool.clone(), self.readers.clone()));
        }
        checked
    }

    /// Runs one statement in its own transaction. Returns how many rows it changed.
    ///
    /// # Errors
    /// See [`Writer::begin`] and [`Writing::commit`].
    pub(super) async fn execute(&self, query: Query<'_, sqlx::Sqlite, SqliteArguments>) -> Stored<u64> {
        let mut transaction = self.begin().await?;
        let done = query.execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(done.rows_affected())
    }

    /// Records that a write failed. The next probe then uses a large write.
    pub(super) fn suspect(&self) {
        self.suspect.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_suspect(&self) -> bool {
        self.suspect.load(Ordering::Relaxed)
    }

    /// Records that a large write succeeded.
    pub(super) fn works(&self) {
        self.suspect.store(false, Ordering::Relaxed);
    }

    /// Moves the content of the log into the file and empties the log, so that it contains no deleted
    /// data. Returns whether that was possible.
    pub(super) async fn empty_log(&self) -> Stored<bool> {
        self.check_place()?;
        let row: (i64, i64, i64) = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&self.pool).await?;
        // The first number says whether a reader prevented it.
        Ok(row.0 == 0)
    }

    pub(super) async fn close(&self) {
        // Also detects whether the file was overwritten since the last write.
        if matches!(self.check_place(), Err(StoreError::Overwritten(_))) {
            return;
        }
        self.readers.close().await;
        self.pool.close().await;
    }
}

/// An open transaction. If it is dropped, closing its connection rolls it back.
pub(super) struct Writing<'a> {
    connection: PoolConnection<sqlx::Sqlite>,
    writer: &'a Writer,
    open: bool,
}

impl Writing<'_> {
    async fn run(&mut self, statement: &'static str) -> Result<(), sqlx::Error> {
        (&mut *self.connection).execute(statement).await.map(drop)
    }

    /// Commits the transaction.
    ///
    /// # Errors
    /// If SQLite returns an error; then nothing was kept.
    pub(super) async fn commit(mut self) -> Stored<()> {
        self.run("COMMIT").await.map_err(StoreError::from)?;
        self.open = false;
        Ok(())
    }

    /// Rolls the transaction back, and keeps the connection.
    ///
    /// # Errors
    /// If SQLite returns an error; nothing was kept in that case either.
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
