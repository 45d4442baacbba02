//! Converts between rows of `replay` and values.

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::row::{guild, id, instant, number, optional, parsed, stored_guild, stored_id, stored_instant};
use crate::model::{LessonDetail, Pause, ReplayMode, ReplayState};
use crate::store::{Replay, StoreError, Stored};

/// Inserts a replay unless the channel has one. Returns whether it did.
pub(super) async fn insert(connection: &mut SqliteConnection, replay: &Replay) -> Stored<bool> {
    let (seconds, year, detail) = match replay.mode {
        ReplayMode::Lesson { seconds, detail } => (Some(seconds), None, detail),
        ReplayMode::AsItHappened { year } => (None, Some(i64::from(year)), LessonDetail::All),
    };
    let (word, paused) = state(&replay.state);
    let text = "INSERT INTO replay (channel, guild, first_day, last_day, seconds, year, zone, speed, started_at, told_from, \
                position, next_step, next_at, last_date, last_sequence, state, paused, detail) \
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) \
                ON CONFLICT (channel) DO NOTHING";
    let done = sqlx::query(text)
        .bind(stored_id(replay.channel))
        .bind(stored_guild(replay.guild))
        .bind(replay.from.to_string())
        .bind(replay.to.to_string())
        .bind(seconds)
        .bind(year)
        .bind(&replay.zone)
        .bind(i64::from(replay.speed))
        .bind(stored_instant(replay.started_at))
        .bind(i64::from(replay.told_from))
        .bind(i64::from(replay.position))
        .bind(&replay.next_step)
        .bind(stored_instant(replay.next_at))
        .bind(replay.last.map(|(date, _)| date.to_string()))
        .bind(replay.last.map(|(_, sequence)| i64::from(sequence)))
        .bind(word)
        .bind(paused)
        .bind(detail.word())
        .execute(connection)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// The stored word of a state, and its reason.
pub(super) fn state(state: &ReplayState) -> (&'static str, Option<String>) {
    match state {
        ReplayState::Running => ("running", None),
        ReplayState::Paused(why) => ("paused", Some(why.to_string())),
        ReplayState::Stopped => ("stopped", None),
        ReplayState::Ended => ("ended", None),
    }
}

/// Reads a row of `replay`.
pub(super) fn read(row: &SqliteRow) -> Stored<Replay> {
    let mode = match (row.try_get::<Option<i64>, _>("seconds")?, row.try_get::<Option<i64>, _>("year")?) {
        (Some(seconds), None) => ReplayMode::Lesson { seconds, detail: parsed::<LessonDetail>(row, "detail")? },
        (None, Some(year)) => ReplayMode::AsItHappened { year: small("year", year)? },
        other => return Err(StoreError::Row(format!("a replay's mode is {other:?}"))),
    };
    let word: String = row.try_get("state")?;
    let state = match word.as_str() {
        "running" => ReplayState::Running,
        "paused" => ReplayState::Paused(parsed::<Pause>(row, "paused")?),
        "stopped" => ReplayState::Stopped,
        "ended" => ReplayState::Ended,
        other => return Err(StoreError::Row(format!("a replay's state is “{other}”"))),
    };
    let last = match optional(row, "last_date")? {
        Some(date) => Some((date, small("last_sequence", number(row, "last_sequence")?)?)),
        None => None,
    };
    Ok(Replay {
        channel: id(row, "channel")?,
        guild: guild(row)?,
        from: parsed(row, "first_day")?,
        to: parsed(row, "last_day")?,
        mode,
        zone: row.try_get("zone")?,
        speed: small("speed", number(row, "speed")?)?,
        started_at: instant(row, "started_at")?,
        told_from: small("told_from", number(row, "told_from")?)?,
        position: small("position", number(row, "position")?)?,
        next_step: row.try_get("next_step")?,
        next_at: instant(row, "next_at")?,
        last,
        state,
    })
}

fn small<T: TryFrom<i64>>(column: &str, found: i64) -> Stored<T> {
    T::try_from(found).map_err(|_| StoreError::Row(format!("{column} is {found}")))
}
