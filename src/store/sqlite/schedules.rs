//! Schedules and guilds.

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection, SqlitePool};

use super::row::{self, stored_guild, stored_id, stored_instant, stored_minute};
use super::writer::Writer;
use crate::model::{ChannelId, GuildId, Pause};
use crate::store::{Schedule, Stored};

pub(super) async fn one(pool: &SqlitePool, channel: ChannelId) -> Stored<Option<Schedule>> {
    let found = sqlx::query("SELECT * FROM schedule WHERE channel = $1").bind(stored_id(channel)).fetch_optional(pool).await?;
    found.as_ref().map(row::schedule).transpose()
}

pub(super) async fn of_guild(pool: &SqlitePool, guild: Option<GuildId>) -> Stored<Vec<Schedule>> {
    let text = "SELECT * FROM schedule WHERE guild = $1 ORDER BY set_at, channel";
    read(&sqlx::query(text).bind(stored_guild(guild)).fetch_all(pool).await?)
}

pub(super) async fn all(pool: &SqlitePool) -> Stored<Vec<Schedule>> {
    read(&sqlx::query("SELECT * FROM schedule ORDER BY channel").fetch_all(pool).await?)
}

fn read(rows: &[SqliteRow]) -> Stored<Vec<Schedule>> {
    rows.iter().map(row::schedule).collect()
}

pub(super) async fn put(writer: &Writer, schedule: &Schedule) -> Stored<()> {
    let mut transaction = writer.begin().await?;
    let known = "INSERT INTO guild (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET left_at = NULL";
    sqlx::query(known).bind(stored_guild(schedule.guild)).execute(&mut *transaction).await?;
    let text = "INSERT INTO schedule (channel, guild, zone, minute, quiet, question, picture, catch_up, set_at, next_date, \
                next_due, paused, resting_until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
                ON CONFLICT (channel) DO UPDATE SET guild = excluded.guild, zone = excluded.zone, minute = excluded.minute, \
                quiet = excluded.quiet, question = excluded.question, picture = excluded.picture, catch_up = excluded.catch_up, \
                set_at = excluded.set_at, next_date = excluded.next_date, next_due = excluded.next_due, \
                paused = excluded.paused, resting_until = excluded.resting_until";
    sqlx::query(text)
        .bind(stored_id(schedule.channel))
        .bind(stored_guild(schedule.guild))
        .bind(&schedule.zone)
        .bind(stored_minute(schedule.time))
        .bind(schedule.quiet.word())
        .bind(schedule.question)
        .bind(schedule.picture)
        .bind(schedule.catch_up)
        .bind(stored_instant(schedule.set_at))
        .bind(schedule.next_date.to_string())
        .bind(stored_instant(schedule.next_due))
        .bind(schedule.paused.as_ref().map(ToString::to_string))
        .bind(schedule.resting_until.map(|date| date.to_string()))
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(())
}

pub(super) async fn remove(writer: &Writer, channel: ChannelId) -> Stored<bool> {
    let mut transaction = writer.begin().await?;
    // A delivery that may be in the channel is kept, so that it is not posted again if the channel gets
    // a new schedule. Those that certainly were not posted are deleted.
    sqlx::query("DELETE FROM delivery WHERE channel = $1 AND state = 'due' AND subject = 'day' AND doubt_since IS NULL")
        .bind(stored_id(channel))
        .execute(&mut *transaction)
        .await?;
    let removed =
        sqlx::query("DELETE FROM schedule WHERE channel = $1").bind(stored_id(channel)).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(removed.rows_affected() > 0)
}

pub(super) async fn pause(writer: &Writer, channel: ChannelId, why: &Pause) -> Stored<bool> {
    let text = "UPDATE schedule SET paused = $2, resting_until = NULL WHERE channel = $1 AND paused IS NULL";
    Ok(writer.execute(sqlx::query(text).bind(stored_id(channel)).bind(why.to_string())).await? > 0)
}

/// The due schedules, in order; uses one index.
pub(super) const DUE: &str =
    "SELECT * FROM schedule WHERE paused IS NULL AND next_due <= $1 ORDER BY next_due, set_at, channel LIMIT $2";
/// The earliest thing to do: the first entries of two indexes.
pub(super) const NEXT_WAKE: &str = "SELECT MIN(at) FROM (SELECT MIN(next_due) AS at FROM schedule WHERE paused IS NULL UNION ALL \
    SELECT MIN(MAX(not_before, lease_until)) AS at FROM delivery WHERE state IN ('due', 'sending'))";

pub(super) async fn due(pool: &SqlitePool, now: Timestamp, limit: usize) -> Stored<Vec<Schedule>> {
    let rows = sqlx::query(DUE).bind(stored_instant(now)).bind(limit_of(limit)).fetch_all(pool).await?;
    read(&rows)
}

pub(super) fn limit_of(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

pub(super) async fn next_wake(pool: &SqlitePool) -> Stored<Option<Timestamp>> {
    let at: Option<i64> = sqlx::query(NEXT_WAKE).fetch_one(pool).await?.try_get(0)?;
    Ok(at.and_then(|at| Timestamp::from_second(at).ok()))
}

pub(super) async fn count_due_between(pool: &SqlitePool, from: Timestamp, to: Timestamp) -> Stored<u64> {
    let text = "SELECT COUNT(*) FROM schedule WHERE paused IS NULL AND next_due >= $1 AND next_due < $2";
    let count: i64 = sqlx::query_scalar(text).bind(stored_instant(from)).bind(stored_instant(to)).fetch_one(pool).await?;
    Ok(count.unsigned_abs())
}

/// Records that data of a guild is stored, so that it is deleted after the guild removes the bot.
pub(super) async fn know_guild(connection: &mut SqliteConnection, guild: GuildId) -> Stored<()> {
    let text = "INSERT INTO guild (id) VALUES ($1) ON CONFLICT (id) DO NOTHING";
    sqlx::query(text).bind(stored_id(guild)).execute(connection).await?;
    Ok(())
}

/// Pauses the schedules of a guild that removed the bot.
pub(super) async fn guild_left(connection: &mut SqliteConnection, guild: GuildId) -> Stored<()> {
    sqlx::query("UPDATE schedule SET paused = $2, resting_until = NULL WHERE guild = $1 AND paused IS NULL")
        .bind(stored_id(guild))
        .bind(Pause::Removed.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn guilds(pool: &SqlitePool) -> Stored<Vec<(GuildId, Option<Timestamp>)>> {
    let rows = sqlx::query("SELECT id, left_at FROM guild WHERE id <> 0 ORDER BY id").fetch_all(pool).await?;
    rows.iter().map(|row| Ok((row::id(row, "id")?, row::optional_instant(row, "left_at")?))).collect()
}

pub(super) async fn guild_joined(writer: &Writer, guild: GuildId) -> Stored<()> {
    writer.execute(sqlx::query("UPDATE guild SET left_at = NULL WHERE id = $1").bind(stored_id(guild))).await?;
    Ok(())
}
