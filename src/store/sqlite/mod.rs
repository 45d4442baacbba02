//! The SQLite engine: one file, one process, one writing connection.
//!
//! WAL with `synchronous=FULL`, so that a claim survives a power failure; STRICT tables; a lock file,
//! because SQLite lets a second process write, which would claim posts too. Reads use their own pool and
//! never wait for writes.
//!
//! The file must be on a local disk, because SQLite's locks are unreliable on network file systems.

mod attempts;
mod condition;
mod deliveries;
mod examine;
mod lifecycle;
mod migrations;
mod open;
mod recalls;
mod reminders;
mod replay_row;
mod replays;
mod restore;
mod rounds;
mod row;
mod schedules;
mod store_file;
mod students;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::SqlitePool;
use tokio::sync::OnceCell;

use super::{ClaimRequest, Decision, Delivery, DeliveryStore, Schedule, StoreError, Stored};
use crate::model::{ChannelId, GuildId, Key, Pause};
use writer::Writer;

pub use examine::{Findings, examine};
pub use open::{backup_beside, file_of};
pub use restore::{Restored, restore};

/// The size in characters of the write that shows that the disk has space again: more than the largest
/// batch of claims or answers.
const PROBE: usize = 256 * 1024;

/// A store in one file.
pub struct Sqlite {
    /// One connection, so that writes happen in order.
    writer: Writer,
    reader: SqlitePool,
    path: PathBuf,
    /// The key for hashing user ids, once it was read or created.
    key: OnceCell<[u8; 32]>,
    /// Whether the log still contains data that was deleted from the file.
    log_is_full: AtomicBool,
}

impl Sqlite {
    fn of(writer: Writer, reader: SqlitePool, path: &Path) -> Sqlite {
        Sqlite { writer, reader, path: path.to_owned(), key: OnceCell::new(), log_is_full: AtomicBool::new(false) }
    }

    /// Empties the log, so that it contains no deleted data. If somebody is reading, or the disk is
    /// full, the next probe tries again.
    async fn empty_log(&self) {
        let emptied = self.writer.empty_log().await;
        self.log_is_full.store(!matches!(emptied, Ok(true)), Ordering::Relaxed);
        if let Err(error) = emptied {
            tracing::warn!(%error, "deleted data remains in the store's log until there is disk space");
        }
    }

    /// Verifies that another connection can read a claim. A claim that only its writer sees is not
    /// durable.
    async fn kept(&self, claimed: Vec<Delivery>) -> Stored<Vec<Delivery>> {
        let read = deliveries::leased(&self.reader, &claimed).await?;
        if read == claimed.len() {
            return Ok(claimed);
        }
        self.writer.suspect();
        Err(StoreError::NotKept("claims of posts"))
    }

    /// The store's file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Closes the store, after the operations in progress.
    pub async fn close(&self) {
        self.writer.close().await;
    }
}

#[async_trait]
impl DeliveryStore for Sqlite {
    async fn schedule(&self, channel: ChannelId) -> Stored<Option<Schedule>> {
        schedules::one(&self.reader, channel).await
    }

    async fn schedules_of(&self, guild: Option<GuildId>) -> Stored<Vec<Schedule>> {
        schedules::of_guild(&self.reader, guild).await
    }

    async fn put_schedule(&self, schedule: &Schedule) -> Stored<()> {
        schedules::put(&self.writer, schedule).await
    }

    async fn remove_schedule(&self, channel: ChannelId) -> Stored<bool> {
        schedules::remove(&self.writer, channel).await
    }

    async fn pause(&self, channel: ChannelId, why: &Pause) -> Stored<bool> {
        let paused = schedules::pause(&self.writer, channel, why).await?;
        Ok(reminders::end(&self.writer, channel, why).await? || paused)
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Stored<Vec<Schedule>> {
        schedules::due(&self.reader, now, limit).await
    }

    async fn next_wake(&self) -> Stored<Option<Timestamp>> {
        schedules::next_wake(&self.reader).await
    }

    async fn claim(&self, claims: &[ClaimRequest]) -> Stored<Vec<Delivery>> {
        self.kept(deliveries::claim(&self.writer, claims).await?).await
    }

    async fn lease_due(&self, now: Timestamp, lease_until: Timestamp, limit: usize) -> Stored<Vec<Delivery>> {
        self.kept(deliveries::lease_due((&self.reader, &self.writer), now, lease_until, limit).await?).await
    }

    async fn record_outcomes(&self, decisions: &[(Key, Decision)]) -> Stored<()> {
        lifecycle::record_outcomes(&self.writer, decisions).await
    }

    async fn expire_leases(&self) -> Stored<u64> {
        deliveries::expire_leases(&self.writer).await
    }

    async fn enqueue(&self, delivery: &Delivery) -> Stored<u16> {
        deliveries::enqueue(&self.writer, delivery).await
    }

    async fn requeue(&self, key: Key, now: Timestamp, until: Timestamp) -> Stored<bool> {
        deliveries::requeue(&self.writer, key, now, until).await
    }

    async fn delivery(&self, key: Key) -> Stored<Option<Delivery>> {
        deliveries::one(&self.reader, key).await
    }

    async fn deliveries(&self, channel: ChannelId, limit: usize) -> Stored<Vec<Delivery>> {
        deliveries::latest(&self.reader, channel, limit).await
    }

    async fn is_taken(&self, channel: ChannelId, date: Date) -> Stored<bool> {
        Ok(deliveries::one(&self.reader, Key { channel, date, sequence: 0 }).await?.is_some())
    }

    async fn count_due_between(&self, from: Timestamp, to: Timestamp) -> Stored<u64> {
        schedules::count_due_between(&self.reader, from, to).await
    }

    async fn backlog(&self) -> Stored<(u64, u64)> {
        deliveries::backlog(&self.reader).await
    }

    async fn guild_left(&self, guild: GuildId, at: Timestamp) -> Stored<()> {
        lifecycle::guild_left(&self.writer, guild, at).await
    }

    async fn guild_joined(&self, guild: GuildId) -> Stored<()> {
        schedules::guild_joined(&self.writer, guild).await
    }

    async fn guilds(&self) -> Stored<Vec<(GuildId, Option<Timestamp>)>> {
        schedules::guilds(&self.reader).await
    }

    async fn forget(&self, now: Timestamp) -> Stored<u64> {
        lifecycle::forget(&self.writer, now).await
    }

    async fn all_schedules(&self) -> Stored<Vec<Schedule>> {
        schedules::all(&self.reader).await
    }

    async fn fact(&self, name: &str) -> Stored<Option<String>> {
        Ok(sqlx::query_scalar("SELECT value FROM fact WHERE name = $1").bind(name).fetch_optional(&self.reader).await?)
    }

    async fn set_fact(&self, name: &str, value: &str) -> Stored<()> {
        let text = "INSERT INTO fact (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        self.writer.execute(sqlx::query(text).bind(name).bind(value)).await?;
        Ok(())
    }

    async fn probe(&self) -> Stored<()> {
        if self.log_is_full.load(Ordering::Relaxed) {
            self.empty_log().await;
        }
        // On a full disk, a small write may succeed because it reuses the beginning of the log.
        if self.writer.is_suspect() {
            self.set_fact("probe", &"x".repeat(PROBE)).await?;
        }
        let mark = fastrand::u64(..).to_string();
        self.set_fact("probe", &mark).await?;
        if self.fact("probe").await?.as_ref() != Some(&mark) {
            self.writer.suspect();
            return Err(StoreError::NotKept("a probe"));
        }
        self.writer.works();
        Ok(())
    }

    async fn check(&self) -> Stored<()> {
        condition::sound(&self.reader, &self.path).await
    }

    async fn backup(&self, file: &Path) -> Stored<()> {
        open::copy(&self.reader, file).await
    }
}
