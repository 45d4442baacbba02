//! Replays: starting, advancing and halting.

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::Sqlite;
use super::deliveries::insert;
use super::replay_row;
use super::row::{stored_guild, stored_id, stored_instant};
use super::schedules::limit_of;
use crate::model::{ChannelId, GuildId, Key, Pause, ReplayState};
use crate::store::{Delivery, Replay, ReplayStore, Stored};

/// The condition that the latest post has no outcome yet.
const OPEN: &str = "EXISTS (SELECT 1 FROM delivery WHERE delivery.channel = replay.channel AND delivery.date = last_date \
                    AND delivery.sequence = last_sequence AND delivery.state IN ('due', 'sending'))";

#[async_trait]
impl ReplayStore for Sqlite {
    async fn start_replay(&self, replay: &Replay) -> Stored<bool> {
        let mut transaction = self.writer.begin().await?;
        let known = "INSERT INTO guild (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET left_at = NULL";
        sqlx::query(known).bind(stored_guild(replay.guild)).execute(&mut *transaction).await?;
        let over = "DELETE FROM replay WHERE channel = $1 AND state IN ('stopped', 'ended')";
        sqlx::query(over).bind(stored_id(replay.channel)).execute(&mut *transaction).await?;
        let started = replay_row::insert(&mut transaction, replay).await?;
        transaction.commit().await?;
        Ok(started)
    }

    async fn replay(&self, channel: ChannelId) -> Stored<Option<Replay>> {
        let found =
            sqlx::query("SELECT * FROM replay WHERE channel = $1").bind(stored_id(channel)).fetch_optional(&self.reader).await?;
        found.as_ref().map(replay_row::read).transpose()
    }

    async fn replays_of(&self, guild: Option<GuildId>) -> Stored<Vec<Replay>> {
        let text = "SELECT * FROM replay WHERE guild = $1 AND state IN ('running', 'paused') ORDER BY started_at, channel";
        read(&sqlx::query(text).bind(stored_guild(guild)).fetch_all(&self.reader).await?)
    }

    async fn due_replays(&self, now: Timestamp, limit: usize) -> Stored<Vec<Replay>> {
        let text = format!(
            "SELECT * FROM replay WHERE state = 'running' AND next_at <= $1 AND NOT {OPEN} ORDER BY next_at, channel LIMIT $2"
        );
        let text = sqlx::AssertSqlSafe(text);
        read(&sqlx::query(text).bind(stored_instant(now)).bind(limit_of(limit)).fetch_all(&self.reader).await?)
    }

    async fn next_replay(&self) -> Stored<Option<Timestamp>> {
        let text = sqlx::AssertSqlSafe(format!("SELECT MIN(next_at) FROM replay WHERE state = 'running' AND NOT {OPEN}"));
        let at: Option<i64> = sqlx::query(text).fetch_one(&self.reader).await?.try_get(0)?;
        Ok(at.and_then(|at| Timestamp::from_second(at).ok()))
    }

    async fn advance_replay(&self, was: u16, moved: &Replay, delivery: &Delivery) -> Stored<Option<u16>> {
        let mut transaction = self.writer.begin().await?;
        let mut delivery = delivery.clone();
        while !insert(&mut transaction, &delivery).await? {
            delivery.key.sequence += 1;
        }
        let Key { date, sequence, .. } = delivery.key;
        let text = "UPDATE replay SET told_from = $3, position = $4, next_step = $5, next_at = $6, last_date = $7, \
                    last_sequence = $8, state = $9 WHERE channel = $1 AND position = $2 AND state = 'running'";
        let done = sqlx::query(text)
            .bind(stored_id(moved.channel))
            .bind(i64::from(was))
            .bind(i64::from(moved.told_from))
            .bind(i64::from(moved.position))
            .bind(&moved.next_step)
            .bind(stored_instant(moved.next_at))
            .bind(date.to_string())
            .bind(i64::from(sequence))
            .bind(replay_row::state(&moved.state).0)
            .execute(&mut *transaction)
            .await?;
        if done.rows_affected() == 0 {
            transaction.rollback().await?;
            return Ok(None);
        }
        transaction.commit().await?;
        Ok(Some(sequence))
    }

    async fn change_replay(&self, changed: &Replay) -> Stored<bool> {
        let (state, paused) = replay_row::state(&changed.state);
        let text = "UPDATE replay SET speed = $3, next_at = $4, state = $5, paused = $6 \
                    WHERE channel = $1 AND position = $2 AND state IN ('running', 'paused')";
        let query = sqlx::query(text)
            .bind(stored_id(changed.channel))
            .bind(i64::from(changed.position))
            .bind(i64::from(changed.speed))
            .bind(stored_instant(changed.next_at))
            .bind(state)
            .bind(paused);
        Ok(self.writer.execute(query).await? > 0)
    }

    async fn halt_replay(&self, channel: ChannelId, state: &ReplayState, now: Timestamp) -> Stored<bool> {
        let mut transaction = self.writer.begin().await?;
        // A post that may be in the channel stays queued, so that it is looked up and never posted
        // twice.
        let taken_back = "UPDATE delivery SET state = 'missed', reason = 'withdrawn', decided_at = $2, lease_until = 0 \
                          WHERE channel = $1 AND subject LIKE 'replay:%' AND state = 'due' AND doubt_since IS NULL";
        let taken_back = sqlx::query(taken_back)
            .bind(stored_id(channel))
            .bind(stored_instant(now))
            .execute(&mut *transaction)
            .await?
            .rows_affected();
        let halted = halt(&mut transaction, channel, state, taken_back > 0).await?;
        transaction.commit().await?;
        Ok(halted)
    }
}

/// Halts an active replay. `again` says whether its latest post must come again.
async fn halt(connection: &mut SqliteConnection, channel: ChannelId, state: &ReplayState, again: bool) -> Stored<bool> {
    let (word, paused) = replay_row::state(state);
    let text = "UPDATE replay SET state = $2, paused = $3, position = CASE WHEN $4 THEN told_from ELSE position END, \
                next_step = CASE WHEN $4 THEN '' ELSE next_step END \
                WHERE channel = $1 AND state IN ('running', 'paused')";
    let halted = sqlx::query(text).bind(stored_id(channel)).bind(word).bind(paused).bind(again).execute(connection).await?;
    Ok(halted.rows_affected() > 0)
}

/// Pauses a replay whose latest post was refused because of the channel; that step comes again when the
/// replay continues.
pub(super) async fn refused(connection: &mut SqliteConnection, key: Key, why: &Pause) -> Stored<()> {
    let text = "UPDATE replay SET state = 'paused', paused = $4, position = told_from, next_step = '' \
                WHERE channel = $1 AND last_date = $2 AND last_sequence = $3 AND state IN ('running', 'paused', 'ended')";
    sqlx::query(text)
        .bind(stored_id(key.channel))
        .bind(key.date.to_string())
        .bind(i64::from(key.sequence))
        .bind(why.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Pauses the replays of a guild that removed the bot.
pub(super) async fn guild_left(connection: &mut SqliteConnection, guild: GuildId) -> Stored<()> {
    let text = "UPDATE replay SET state = 'paused', paused = $2 WHERE guild = $1 AND state = 'running'";
    sqlx::query(text).bind(stored_id(guild)).bind(Pause::Removed.to_string()).execute(connection).await?;
    Ok(())
}

/// Deletes ended replays, as old as their posts.
pub(super) async fn forget(connection: &mut SqliteConnection, before: i64) -> Stored<u64> {
    let text = "DELETE FROM replay WHERE state IN ('stopped', 'ended') AND next_at <= $1";
    Ok(sqlx::query(text).bind(before).execute(connection).await?.rows_affected())
}

fn read(rows: &[SqliteRow]) -> Stored<Vec<Replay>> {
    rows.iter().map(replay_row::read).collect()
}
