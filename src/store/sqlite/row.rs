//! Converts between rows and values. Values that are read are validated, because a store can be edited
//! or damaged.

use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::model::{GuildId, Key, Missed, Rating, State};
use crate::store::{Answered, Delivery, Round, RoundQuestion, Schedule, StoreError, Stored};

/// A Discord id as SQLite stores it: the same 64 bits, signed.
pub(super) fn stored_id(id: impl Into<u64>) -> i64 {
    id.into().cast_signed()
}

/// The value of a NOT NULL guild column if there is no guild.
const NO_GUILD: i64 = 0;

/// A guild as SQLite stores it.
pub(super) fn stored_guild(guild: Option<GuildId>) -> i64 {
    guild.map_or(NO_GUILD, stored_id)
}

/// An instant as SQLite stores it, in seconds.
pub(super) fn stored_instant(instant: Timestamp) -> i64 {
    instant.as_second()
}

/// Reads a Discord id.
pub(super) fn id<T: From<u64>>(row: &SqliteRow, column: &str) -> Stored<T> {
    Ok(read_id(row.try_get(column)?))
}

/// Converts an id that a query returned without a row.
pub(super) fn read_id<T: From<u64>>(id: i64) -> T {
    T::from(id.cast_unsigned())
}

/// Reads an optional Discord id.
pub(super) fn optional_id<T: From<u64>>(row: &SqliteRow, column: &str) -> Stored<Option<T>> {
    Ok(row.try_get::<Option<i64>, _>(column)?.map(read_id))
}

/// Reads the guild of a row, if it has one.
pub(super) fn guild(row: &SqliteRow) -> Stored<Option<GuildId>> {
    let guild = row.try_get("guild")?;
    Ok((guild != NO_GUILD).then(|| read_id(guild)))
}

pub(super) fn instant(row: &SqliteRow, column: &str) -> Stored<Timestamp> {
    let seconds: i64 = row.try_get(column)?;
    Timestamp::from_second(seconds).map_err(|_| StoreError::Row(format!("{column} is {seconds}")))
}

pub(super) fn optional_instant(row: &SqliteRow, column: &str) -> Stored<Option<Timestamp>> {
    match row.try_get::<Option<i64>, _>(column)? {
        None => Ok(None),
        Some(_) => instant(row, column).map(Some),
    }
}

/// Reads a value that is stored as text.
pub(super) fn parsed<T: FromStr>(row: &SqliteRow, column: &str) -> Stored<T> {
    let text: String = row.try_get(column)?;
    text.parse().map_err(|_| StoreError::Row(format!("{column} is “{text}”")))
}

/// Reads a small non-negative number.
pub(super) fn small<T: TryFrom<i64>>(row: &SqliteRow, column: &str) -> Stored<T> {
    let number: i64 = row.try_get(column)?;
    T::try_from(number).map_err(|_| StoreError::Row(format!("{column} is {number}")))
}

/// Reads an optional small non-negative number.
pub(super) fn optional_small<T: TryFrom<i64>>(row: &SqliteRow, column: &str) -> Stored<Option<T>> {
    match row.try_get::<Option<i64>, _>(column)? {
        None => Ok(None),
        Some(_) => small(row, column).map(Some),
    }
}

pub(super) fn optional<T: FromStr>(row: &SqliteRow, column: &str) -> Stored<Option<T>> {
    match row.try_get::<Option<String>, _>(column)? {
        None => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|_| StoreError::Row(format!("{column} is “{text}”"))),
    }
}

pub(super) fn number(row: &SqliteRow, column: &str) -> Stored<i64> {
    Ok(row.try_get(column)?)
}

/// The time of day as SQLite stores it, in minutes.
pub(super) fn stored_minute(time: Time) -> i64 {
    i64::from(time.hour()) * 60 + i64::from(time.minute())
}

/// Reads a time of day.
pub(super) fn time(row: &SqliteRow) -> Stored<Time> {
    let minute: i64 = row.try_get("minute")?;
    let part = |number: i64| i8::try_from(number).ok();
    part(minute / 60)
        .zip(part(minute % 60))
        .and_then(|(hour, minute)| Time::new(hour, minute, 0, 0).ok())
        .ok_or_else(|| StoreError::Row(format!("minute is {minute}")))
}

/// Reads a rating.
pub(super) fn rating(row: &SqliteRow) -> Stored<Rating> {
    read_rating(number(row, "rating")?)
}

/// Reads the rating of an answer, if there is one.
pub(super) fn optional_rating(row: &SqliteRow) -> Stored<Option<Rating>> {
    row.try_get::<Option<i64>, _>("rating")?.map(read_rating).transpose()
}

fn read_rating(number: i64) -> Stored<Rating> {
    u8::try_from(number).ok().and_then(Rating::numbered).ok_or_else(|| StoreError::Row(format!("rating is {number}")))
}

/// Reads a row of `schedule`.
pub(super) fn schedule(row: &SqliteRow) -> Stored<Schedule> {
    Ok(Schedule {
        channel: id(row, "channel")?,
        guild: guild(row)?,
        zone: row.try_get("zone")?,
        time: time(row)?,
        // An unknown word must not keep all other classes from their posts.
        quiet: row.try_get::<String, _>("quiet")?.parse().unwrap_or_default(),
        question: row.try_get("question")?,
        picture: row.try_get("picture")?,
        catch_up: row.try_get("catch_up")?,
        set_at: instant(row, "set_at")?,
        next_date: parsed(row, "next_date")?,
        next_due: instant(row, "next_due")?,
        paused: optional(row, "paused")?,
        resting_until: optional(row, "resting_until")?,
    })
}

/// The stored word of a state, its reason, and its message.
pub(super) fn stored_state(state: &State) -> (&'static str, Option<String>, Option<i64>) {
    match state {
        State::Due => ("due", None, None),
        State::Sending => ("sending", None, None),
        State::Sent(message) => ("sent", None, message.map(stored_id)),
        State::Skipped => ("skipped", None, None),
        State::Missed(why) => ("missed", Some(why.to_string()), None),
        State::Held => ("held", None, None),
    }
}

fn state(row: &SqliteRow) -> Stored<State> {
    let word: String = row.try_get("state")?;
    Ok(match word.as_str() {
        "due" => State::Due,
        "sending" => State::Sending,
        "sent" => State::Sent(optional_id(row, "message")?),
        "skipped" => State::Skipped,
        "missed" => State::Missed(parsed::<Missed>(row, "reason")?),
        "held" => State::Held,
        other => return Err(StoreError::Row(format!("state is “{other}”"))),
    })
}

/// Reads a row of `delivery`.
pub(super) fn delivery(row: &SqliteRow) -> Stored<Delivery> {
    let sequence = number(row, "sequence")?;
    let state = state(row)?;
    let open = matches!(state, State::Due | State::Sending);
    Ok(Delivery {
        key: Key {
            channel: id(row, "channel")?,
            date: parsed::<Date>(row, "date")?,
            sequence: u16::try_from(sequence).map_err(|_| StoreError::Row(format!("sequence is {sequence}")))?,
        },
        guild: guild(row)?,
        subject: parsed(row, "subject")?,
        state,
        due_at: instant(row, "due_at")?,
        until: instant(row, "until")?,
        attempts: u32::try_from(number(row, "attempts")?).unwrap_or(u32::MAX),
        uncertain_since: optional_instant(row, "doubt_since")?,
        not_before: instant(row, "not_before")?,
        lease_until: instant(row, "lease_until")?,
        decided_at: optional_instant(row, "decided_at")?,
        trouble: if open { row.try_get("reason")? } else { None },
    })
}

/// Reads a row of `round` with its rows of `round_question`, in order.
pub(super) fn round(row: &SqliteRow, questions: &[SqliteRow]) -> Stored<Round> {
    let question = |row: &SqliteRow| -> Stored<RoundQuestion> {
        Ok(RoundQuestion {
            id: row.try_get("question")?,
            seed: id(row, "seed")?,
            choices: small(row, "choices")?,
            right: small(row, "correct")?,
        })
    };
    Ok(Round {
        id: id(row, "id")?,
        channel: id(row, "channel")?,
        guild: id(row, "guild")?,
        subject: row.try_get("subject")?,
        seconds: small(row, "seconds")?,
        podium: row.try_get("podium")?,
        questions: questions.iter().map(question).collect::<Stored<_>>()?,
        planned: small(row, "planned")?,
        position: small(row, "position")?,
        phase: parsed(row, "phase")?,
        since: instant(row, "since")?,
        until: instant(row, "until")?,
        message: optional_id(row, "message")?,
        started_at: instant(row, "started_at")?,
        trouble: row.try_get("trouble")?,
    })
}

/// Reads one student's answer in a round.
pub(super) fn answered(row: &SqliteRow) -> Stored<Answered> {
    Ok(Answered { position: small(row, "position")?, student: row.try_get("student")?, right: row.try_get("is_right")? })
}
