//! Reminders: settings, due times and deliveries.

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection, SqlitePool};

use super::deliveries;
use super::row::{self, stored_id, stored_instant, stored_minute};
use super::schedules::limit_of;
use super::writer::Writer;
use crate::model::{ChannelId, Pause};
use crate::store::{Reminder, Reminding, Stored};

fn reminder(row: &SqliteRow) -> Stored<Reminder> {
    Ok(Reminder {
        channel: row::id(row, "channel")?,
        zone: row.try_get("zone")?,
        time: row::time(row)?,
        next_date: row::parsed(row, "next_date")?,
        next_due: row::instant(row, "next_due")?,
        ended: row::optional(row, "ended")?,
    })
}

pub(super) async fn of(pool: &SqlitePool, student: i64) -> Stored<Option<Reminder>> {
    let found = sqlx::query("SELECT * FROM reminder WHERE student = $1").bind(student).fetch_optional(pool).await?;
    found.as_ref().map(reminder).transpose()
}

pub(super) async fn set(connection: &mut SqliteConnection, student: i64, reminder: Option<&Reminder>) -> Stored<()> {
    // A queued reminder is removed together with its setting.
    sqlx::query("DELETE FROM delivery WHERE state = 'due' AND channel IN (SELECT channel FROM reminder WHERE student = $1)")
        .bind(student)
        .execute(&mut *connection)
        .await?;
    sqlx::query("DELETE FROM reminder WHERE student = $1").bind(student).execute(&mut *connection).await?;
    let Some(reminder) = reminder else { return Ok(()) };
    let text =
        "INSERT INTO reminder (student, channel, zone, minute, next_date, next_due, ended) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    sqlx::query(text)
        .bind(student)
        .bind(stored_id(reminder.channel))
        .bind(&reminder.zone)
        .bind(stored_minute(reminder.time))
        .bind(reminder.next_date.to_string())
        .bind(stored_instant(reminder.next_due))
        .bind(reminder.ended.as_ref().map(ToString::to_string))
        .execute(connection)
        .await?;
    Ok(())
}

/// Ends the reminder in a channel. Returns whether there was one that had not ended.
pub(super) async fn end(writer: &Writer, channel: ChannelId, why: &Pause) -> Stored<bool> {
    let text = "UPDATE reminder SET ended = $2 WHERE channel = $1 AND ended IS NULL";
    Ok(writer.execute(sqlx::query(text).bind(stored_id(channel)).bind(why.to_string())).await? > 0)
}

pub(super) async fn due(pool: &SqlitePool, now: Timestamp, limit: usize) -> Stored<Vec<(Reminder, u32)>> {
    let text = "SELECT reminder.*, (SELECT COUNT(*) FROM recall WHERE recall.student = reminder.student AND due <= $1) AS items \
                FROM reminder WHERE ended IS NULL AND next_due <= $1 ORDER BY next_due, channel LIMIT $2";
    let rows = sqlx::query(text).bind(stored_instant(now)).bind(limit_of(limit)).fetch_all(pool).await?;
    rows.iter().map(|row| Ok((reminder(row)?, row::small(row, "items")?))).collect()
}

pub(super) async fn next(pool: &SqlitePool) -> Stored<Option<Timestamp>> {
    let at: Option<i64> = sqlx::query_scalar("SELECT MIN(next_due) FROM reminder WHERE ended IS NULL").fetch_one(pool).await?;
    Ok(at.and_then(|at| Timestamp::from_second(at).ok()))
}

pub(super) async fn remind(writer: &Writer, remindings: &[Reminding]) -> Stored<usize> {
    let mut transaction = writer.begin().await?;
    let mut put = 0;
    for reminding in remindings {
        let text = "UPDATE reminder SET next_date = $2, next_due = $3 WHERE channel = $1";
        let moved = sqlx::query(text)
            .bind(stored_id(reminding.channel))
            .bind(reminding.next.0.to_string())
            .bind(stored_instant(reminding.next.1))
            .execute(&mut *transaction)
            .await?;
        if moved.rows_affected() > 0
            && let Some(delivery) = &reminding.delivery
            && deliveries::insert(&mut transaction, delivery).await?
        {
            put += 1;
        }
    }
    transaction.commit().await?;
    Ok(put)
}

pub(super) async fn due_in(pool: &SqlitePool, channel: ChannelId, now: Timestamp) -> Stored<Option<u32>> {
    let text = "SELECT (SELECT COUNT(*) FROM recall WHERE recall.student = reminder.student AND due <= $2) AS items \
                FROM reminder WHERE channel = $1 AND ended IS NULL";
    let found = sqlx::query(text).bind(stored_id(channel)).bind(stored_instant(now)).fetch_optional(pool).await?;
    found.map(|row| row::small(&row, "items")).transpose()
}
