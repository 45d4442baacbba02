//! Deliveries: claimed, taken over, decided.

use jiff::{Timestamp, ToSpan};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection, SqlitePool};

use super::schedules::limit_of;
use crate::store::row::{self, stored_id, stored_instant, stored_state};
use crate::store::{Claim, Decision, Delivery, Key, Missed, REMEMBER_DELIVERY, REMEMBER_GUILD, State, Stored};

pub(super) async fn claim(pool: &SqlitePool, claims: &[Claim]) -> Stored<Vec<Delivery>> {
    let mut transaction = pool.begin().await?;
    let mut ours = Vec::new();
    for claim in claims {
        for (date, due_at, why) in &claim.missed {
            insert(&mut transaction, &passed_over(claim, *date, *due_at, why)).await?;
        }
        if let Some(delivery) = &claim.delivery
            && insert(&mut transaction, delivery).await?
        {
            // The row says since when there is doubt, should we die; the caller has none yet.
            ours.push(Delivery { doubt_since: None, ..delivery.clone() });
        }
        let text = "UPDATE schedule SET next_date = $2, next_due = $3, resting_until = NULL WHERE channel = $1";
        sqlx::query(text)
            .bind(stored_id(claim.channel))
            .bind(claim.next.0.to_string())
            .bind(stored_instant(claim.next.1))
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(ours)
}

/// The row of a date that has no post.
fn passed_over(claim: &Claim, date: jiff::civil::Date, due_at: Timestamp, why: &Missed) -> Delivery {
    Delivery {
        key: Key { channel: claim.channel, date, sequence: 0 },
        guild: claim.guild,
        subject: crate::store::Subject::Day,
        state: State::Missed(why.clone()),
        due_at,
        until: due_at,
        attempts: 0,
        doubt_since: None,
        not_before: due_at,
        lease_until: due_at,
        decided_at: Some(claim.now),
        trouble: None,
    }
}

/// Inserts a row unless there is one of its key; whether it did.
pub(super) async fn insert(connection: &mut SqliteConnection, delivery: &Delivery) -> Stored<bool> {
    let (state, reason, message) = stored_state(&delivery.state);
    let text = "INSERT INTO delivery (channel, date, sequence, guild, subject, state, reason, due_at, until, attempts, \
                doubt_since, not_before, lease_until, message, decided_at) \
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) \
                ON CONFLICT (channel, date, sequence) DO NOTHING";
    let done = sqlx::query(text)
        .bind(stored_id(delivery.key.channel))
        .bind(delivery.key.date.to_string())
        .bind(i64::from(delivery.key.sequence))
        .bind(stored_id(delivery.guild))
        .bind(delivery.subject.to_string())
        .bind(state)
        .bind(reason)
        .bind(stored_instant(delivery.due_at))
        .bind(stored_instant(delivery.until))
        .bind(i64::from(delivery.attempts))
        .bind(delivery.doubt_since.map(stored_instant))
        .bind(stored_instant(delivery.not_before))
        .bind(stored_instant(delivery.lease_until))
        .bind(message)
        .bind(delivery.decided_at.map(stored_instant))
        .execute(connection)
        .await?;
    Ok(done.rows_affected() > 0)
}

pub(super) async fn take_open(pool: &SqlitePool, now: Timestamp, lease_until: Timestamp, limit: usize) -> Stored<Vec<Delivery>> {
    // Doubt is written down before anything is sent: should we die meanwhile, it is there. What the
    // row said before goes back to the caller, who must know it.
    let open = "SELECT * FROM delivery WHERE state IN ('due', 'sending') AND not_before <= $1 AND lease_until <= $1 \
                ORDER BY not_before, channel LIMIT $2";
    let mut transaction = pool.begin().await?;
    let rows = sqlx::query(open).bind(stored_instant(now)).bind(limit_of(limit)).fetch_all(&mut *transaction).await?;
    let mut taken = read(&rows)?;
    for delivery in &mut taken {
        let text = "UPDATE delivery SET state = 'sending', attempts = attempts + 1, lease_until = $4, \
                    doubt_since = COALESCE(doubt_since, $5) WHERE channel = $1 AND date = $2 AND sequence = $3";
        sqlx::query(text)
            .bind(stored_id(delivery.key.channel))
            .bind(delivery.key.date.to_string())
            .bind(i64::from(delivery.key.sequence))
            .bind(stored_instant(lease_until))
            .bind(stored_instant(now))
            .execute(&mut *transaction)
            .await?;
        delivery.attempts += 1;
        delivery.state = State::Sending;
        delivery.lease_until = lease_until;
    }
    transaction.commit().await?;
    Ok(taken)
}

pub(super) async fn decide(pool: &SqlitePool, decisions: &[(Key, Decision)]) -> Stored<()> {
    let mut transaction = pool.begin().await?;
    for (key, decision) in decisions {
        let (state, at) = match decision {
            Decision::Sent(message, at) => (State::Sent(*message), *at),
            Decision::Skipped(at) => (State::Skipped, *at),
            Decision::Missed(why, at) => (State::Missed(why.clone()), *at),
            Decision::Held(at) => (State::Held, *at),
            Decision::Again { not_before, doubt_since, trouble } => {
                again(&mut transaction, *key, *not_before, *doubt_since, trouble).await?;
                continue;
            }
        };
        let (word, reason, message) = stored_state(&state);
        let text = "UPDATE delivery SET state = $4, reason = $5, message = $6, decided_at = $7, lease_until = 0 \
                    WHERE channel = $1 AND date = $2 AND sequence = $3 AND state IN ('due', 'sending')";
        sqlx::query(text)
            .bind(stored_id(key.channel))
            .bind(key.date.to_string())
            .bind(i64::from(key.sequence))
            .bind(word)
            .bind(reason)
            .bind(message)
            .bind(stored_instant(at))
            .execute(&mut *transaction)
            .await?;
        if let Decision::Missed(Missed::Paused(why), _) = decision {
            super::replays::refused(&mut transaction, *key, why).await?;
        }
    }
    transaction.commit().await?;
    Ok(())
}

async fn again(
    connection: &mut SqliteConnection,
    key: Key,
    not_before: Timestamp,
    doubt_since: Option<Timestamp>,
    trouble: &str,
) -> Stored<()> {
    let text = "UPDATE delivery SET state = 'due', not_before = $4, doubt_since = $5, reason = $6, lease_until = 0 \
                WHERE channel = $1 AND date = $2 AND sequence = $3 AND state IN ('due', 'sending')";
    sqlx::query(text)
        .bind(stored_id(key.channel))
        .bind(key.date.to_string())
        .bind(i64::from(key.sequence))
        .bind(stored_instant(not_before))
        .bind(doubt_since.map(stored_instant))
        .bind(trouble)
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn end_leases(pool: &SqlitePool) -> Stored<u64> {
    let ended = sqlx::query("UPDATE delivery SET lease_until = 0 WHERE state = 'sending'").execute(pool).await?;
    Ok(ended.rows_affected())
}

pub(super) async fn enqueue(pool: &SqlitePool, delivery: &Delivery) -> Stored<u16> {
    let mut transaction = pool.begin().await?;
    let mut delivery = delivery.clone();
    while !insert(&mut transaction, &delivery).await? {
        delivery.key.sequence += 1;
    }
    transaction.commit().await?;
    Ok(delivery.key.sequence)
}

pub(super) async fn requeue(pool: &SqlitePool, key: Key, now: Timestamp, until: Timestamp) -> Stored<bool> {
    let text = "UPDATE delivery SET state = 'due', reason = NULL, decided_at = NULL, doubt_since = NULL, attempts = 0, \
                not_before = $4, until = $5, lease_until = 0 \
                WHERE channel = $1 AND date = $2 AND sequence = $3 AND state IN ('held', 'missed', 'skipped')";
    let done = sqlx::query(text)
        .bind(stored_id(key.channel))
        .bind(key.date.to_string())
        .bind(i64::from(key.sequence))
        .bind(stored_instant(now))
        .bind(stored_instant(until))
        .execute(pool)
        .await?;
    Ok(done.rows_affected() > 0)
}

pub(super) async fn one(pool: &SqlitePool, key: Key) -> Stored<Option<Delivery>> {
    let found = sqlx::query("SELECT * FROM delivery WHERE channel = $1 AND date = $2 AND sequence = $3")
        .bind(stored_id(key.channel))
        .bind(key.date.to_string())
        .bind(i64::from(key.sequence))
        .fetch_optional(pool)
        .await?;
    found.as_ref().map(row::delivery).transpose()
}

pub(super) async fn latest(pool: &SqlitePool, channel: u64, limit: usize) -> Stored<Vec<Delivery>> {
    let text = "SELECT * FROM delivery WHERE channel = $1 ORDER BY date DESC, sequence DESC LIMIT $2";
    read(&sqlx::query(text).bind(stored_id(channel)).bind(limit_of(limit)).fetch_all(pool).await?)
}

fn read(rows: &[SqliteRow]) -> Stored<Vec<Delivery>> {
    rows.iter().map(row::delivery).collect()
}

pub(super) async fn backlog(pool: &SqlitePool) -> Stored<(u64, u64)> {
    let text = "SELECT (SELECT COUNT(*) FROM delivery WHERE state IN ('due', 'sending')), \
                (SELECT COUNT(*) FROM delivery WHERE state = 'held')";
    let row = sqlx::query(text).fetch_one(pool).await?;
    Ok((row.try_get::<i64, _>(0)?.unsigned_abs(), row.try_get::<i64, _>(1)?.unsigned_abs()))
}

pub(super) async fn forget(pool: &SqlitePool, now: Timestamp) -> Stored<u64> {
    let days_ago = |days: i64| stored_instant(now.checked_sub((24 * days).hours()).unwrap_or(Timestamp::MIN));
    let mut transaction = pool.begin().await?;
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
    let replays = super::replays::forget(&mut transaction, days_ago(REMEMBER_DELIVERY)).await?;
    let rounds = super::rounds::forget(&mut transaction, now).await?;
    transaction.commit().await?;
    Ok(rounds + replays + of_guilds.rows_affected() + guilds.rows_affected() + old.rows_affected())
}
