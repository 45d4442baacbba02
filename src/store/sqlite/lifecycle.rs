//! Transactions over several tables: outcomes that halt a replay, a guild that removed the bot, and
//! retention. The modules of single tables do not depend on this one.

use jiff::{Timestamp, ToSpan};

use super::row::{stored_id, stored_instant};
use super::writer::Writer;
use super::{deliveries, replays, rounds, schedules};
use crate::model::{GuildId, Key, Missed, State};
use crate::store::{Decision, REMEMBER_ATTEMPT, REMEMBER_DELIVERY, REMEMBER_GUILD, REMEMBER_STUDENT, Stored};

/// Records the outcomes of attempts. If a replay's channel accepts no posts, the replay pauses.
pub(super) async fn record_outcomes(writer: &Writer, decisions: &[(Key, Decision)]) -> Stored<()> {
    let mut transaction = writer.begin().await?;
    for (key, decision) in decisions {
        let (state, at) = match decision {
            Decision::Sent(message, at) => (State::Sent(*message), *at),
            Decision::Skipped(at) => (State::Skipped, *at),
            Decision::Missed(why, at) => (State::Missed(why.clone()), *at),
            Decision::Held(at) => (State::Held, *at),
            Decision::Again { not_before, uncertain_since, trouble } => {
                deliveries::again(&mut transaction, *key, *not_before, *uncertain_since, trouble).await?;
                continue;
            }
        };
        deliveries::decide(&mut transaction, *key, &state, at).await?;
        if let Decision::Missed(Missed::Paused(why), _) = decision {
            replays::refused(&mut transaction, *key, why).await?;
        }
    }
    transaction.commit().await?;
    Ok(())
}

/// Records that a guild removed the bot: its schedules and replays pause. [`forget`] deletes its data
/// later.
pub(super) async fn guild_left(writer: &Writer, guild: GuildId, at: Timestamp) -> Stored<()> {
    let mut transaction = writer.begin().await?;
    sqlx::query("UPDATE guild SET left_at = $2 WHERE id = $1 AND left_at IS NULL")
        .bind(stored_id(guild))
        .bind(stored_instant(at))
        .execute(&mut *transaction)
        .await?;
    schedules::guild_left(&mut transaction, guild).await?;
    replays::guild_left(&mut transaction, guild).await?;
    transaction.commit().await?;
    Ok(())
}

/// Deletes expired data. Returns how many rows.
pub(super) async fn forget(writer: &Writer, now: Timestamp) -> Stored<u64> {
    Ok(forget_students(writer, now).await? + forget_guilds(writer, now).await?)
}

/// Deletes guilds that removed the bot long ago with their deliveries, and the old deliveries, replays
/// and rounds of other guilds.
async fn forget_guilds(writer: &Writer, now: Timestamp) -> Stored<u64> {
    let days_ago = |days: i64| stored_instant(now.checked_sub((24 * days).hours()).unwrap_or(Timestamp::MIN));
    let mut transaction = writer.begin().await?;
    let of_guilds = sqlx::query("DELETE FROM delivery WHERE guild IN (SELECT id FROM guild WHERE left_at <= $1)")
        .bind(days_ago(REMEMBER_GUILD))
        .execute(&mut *transaction)
        .await?;
    let guilds =
        sqlx::query("DELETE FROM guild WHERE left_at <= $1").bind(days_ago(REMEMBER_GUILD)).execute(&mut *transaction).await?;
    let old = sqlx::query("DELETE FROM delivery WHERE decided_at <= $1")
        .bind(days_ago(REMEMBER_DELIVERY))
        .execute(&mut *transaction)
        .await?;
    let replays = replays::forget(&mut transaction, days_ago(REMEMBER_DELIVERY)).await?;
    let rounds = rounds::forget(&mut transaction, now).await?;
    transaction.commit().await?;
    Ok(rounds + replays + of_guilds.rows_affected() + guilds.rows_affected() + old.rows_affected())
}

/// Deletes inactive students, abandoned sessions, and the link between answers and deleted guilds.
/// Returns how many rows.
async fn forget_students(writer: &Writer, now: Timestamp) -> Stored<u64> {
    let days_ago = |days: i64| stored_instant(now.checked_sub((24 * days).hours()).unwrap_or(Timestamp::MIN));
    let gone_guilds = "guild IN (SELECT id FROM guild WHERE left_at <= $1)";
    let mut transaction = writer.begin().await?;
    let mut rows = 0;
    for (text, days) in [
        (
            "DELETE FROM delivery WHERE channel IN (SELECT channel FROM reminder JOIN student ON student.id = reminder.student \
             WHERE seen_at <= $1)"
                .to_owned(),
            REMEMBER_STUDENT,
        ),
        ("DELETE FROM student WHERE seen_at <= $1".to_owned(), REMEMBER_STUDENT),
        ("DELETE FROM attempt WHERE touched_at <= $1".to_owned(), REMEMBER_ATTEMPT),
        (format!("UPDATE review SET guild = NULL WHERE {gone_guilds}"), REMEMBER_GUILD),
        (format!("DELETE FROM share WHERE {gone_guilds}"), REMEMBER_GUILD),
    ] {
        let done = sqlx::query(sqlx::AssertSqlSafe(text)).bind(days_ago(days)).execute(&mut *transaction).await?;
        rows += done.rows_affected();
    }
    transaction.commit().await?;
    Ok(rows)
}
