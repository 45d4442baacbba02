//! Deliveries: claims, leases and outcomes.

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection, SqlitePool};

use super::restore::RESTORED;
use super::row::{self, stored_guild, stored_id, stored_instant, stored_state};
use super::schedules::limit_of;
use super::writer::Writer;
use crate::model::{ChannelId, Key, Missed, State};
use crate::store::{ClaimRequest, Delivery, Stored};

pub(super) async fn claim(writer: &Writer, claims: &[ClaimRequest]) -> Stored<Vec<Delivery>> {
    let mut transaction = writer.begin().await?;
    let restored = restored_at(&mut transaction).await?;
    let mut ours = Vec::new();
    for claim in claims {
        // The caller read the schedule earlier. If a teacher has changed it since, it is no longer due,
        // and the plan is void.
        let text =
            "UPDATE schedule SET next_date = $2, next_due = $3, resting_until = NULL WHERE channel = $1 AND next_due <= $4";
        let moved = sqlx::query(text)
            .bind(stored_id(claim.channel))
            .bind(claim.next.0.to_string())
            .bind(stored_instant(claim.next.1))
            .bind(stored_instant(claim.now))
            .execute(&mut *transaction)
            .await?;
        if moved.rows_affected() == 0 {
            continue;
        }
        for (date, due_at, why) in &claim.missed {
            insert(&mut transaction, &passed_over(claim, *date, *due_at, why)).await?;
        }
        if let Some(delivery) = &claim.delivery
            && insert(&mut transaction, delivery).await?
        {
            // The row records the doubt in case the process dies. The caller has no doubt yet, unless
            // the store was restored from a backup that may be older than the post.
            let uncertain_since = restored.filter(|restored| delivery.due_at <= *restored).map(|_| delivery.due_at);
            ours.push(Delivery { uncertain_since, ..delivery.clone() });
        }
    }
    transaction.commit().await?;
    Ok(ours)
}

/// When this store was restored from a backup, if it was: posts that were due before may have been sent.
async fn restored_at(connection: &mut SqliteConnection) -> Stored<Option<Timestamp>> {
    let text = "SELECT CAST(value AS INTEGER) FROM fact WHERE name = $1";
    let at: Option<i64> = sqlx::query_scalar(text).bind(RESTORED).fetch_optional(connection).await?;
    Ok(at.and_then(|at| Timestamp::from_second(at).ok()))
}

/// How many of these deliveries another connection finds with their lease.
pub(super) async fn leased(reader: &SqlitePool, claimed: &[Delivery]) -> Stored<usize> {
    let mut found = 0;
    for delivery in claimed {
        let text = "SELECT COUNT(*) FROM delivery WHERE channel = $1 AND date = $2 AND sequence = $3 AND lease_until = $4";
        let count: i64 = sqlx::query_scalar(text)
            .bind(stored_id(delivery.key.channel))
            .bind(delivery.key.date.to_string())
            .bind(i64::from(delivery.key.sequence))
            .bind(stored_instant(delivery.lease_until))
            .fetch_one(reader)
            .await?;
        found += usize::from(count > 0);
    }
    Ok(found)
}

/// The row of a date that gets no post.
fn passed_over(claim: &ClaimRequest, date: jiff::civil::Date, due_at: Timestamp, why: &Missed) -> Delivery {
    Delivery {
        key: Key { channel: claim.channel, date, sequence: 0 },
        guild: claim.guild,
        subject: crate::model::DeliverySubject::Day,
        state: State::Missed(why.clone()),
        due_at,
        until: due_at,
        attempts: 0,
        uncertain_since: None,
        not_before: due_at,
        lease_until: due_at,
        decided_at: Some(claim.now),
        trouble: None,
    }
}

/// Inserts a row unless its key exists. Returns whether it did.
pub(super) async fn insert(connection: &mut SqliteConnection, delivery: &Delivery) -> Stored<bool> {
    let (state, reason, message) = stored_state(&delivery.state);
    let text = "INSERT INTO delivery (channel, date, sequence, guild, subject, state, reason, due_at, until, attempts, \
                doubt_since, not_before, lease_until, message, decided_at) \
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, \
                COALESCE($11, (SELECT $8 FROM fact WHERE name = 'restored-at' AND CAST(value AS INTEGER) >= $8)), \
                $12, $13, $14, $15) \
                ON CONFLICT (channel, date, sequence) DO NOTHING";
    let done = sqlx::query(text)
        .bind(stored_id(delivery.key.channel))
        .bind(delivery.key.date.to_string())
        .bind(i64::from(delivery.key.sequence))
        .bind(stored_guild(delivery.guild))
        .bind(delivery.subject.to_string())
        .bind(state)
        .bind(reason)
        .bind(stored_instant(delivery.due_at))
        .bind(stored_instant(delivery.until))
        .bind(i64::from(delivery.attempts))
        .bind(delivery.uncertain_since.map(stored_instant))
        .bind(stored_instant(delivery.not_before))
        .bind(stored_instant(delivery.lease_until))
        .bind(message)
        .bind(delivery.decided_at.map(stored_instant))
        .execute(connection)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Open deliveries that are due and whose lease has expired, the longest waiting first. Uses one index,
/// because after an outage tens of thousands may wait.
const OPEN: &str = "SELECT * FROM delivery WHERE state IN ('due', 'sending') AND MAX(not_before, lease_until) <= $1 \
    ORDER BY MAX(not_before, lease_until), channel LIMIT $2";
/// Those of them whose daily post a teacher turned off meanwhile.
const TURNED_OFF: &str = "UPDATE delivery SET state = 'missed', reason = $2, decided_at = $1, lease_until = 0 \
    WHERE state IN ('due', 'sending') AND MAX(not_before, lease_until) <= $1 AND subject = 'day' \
    AND NOT EXISTS (SELECT 1 FROM schedule WHERE schedule.channel = delivery.channel)";

pub(super) async fn lease_due(
    (reader, writer): (&SqlitePool, &Writer),
    now: Timestamp,
    lease_until: Timestamp,
    limit: usize,
) -> Stored<Vec<Delivery>> {
    let open = || sqlx::query(OPEN).bind(stored_instant(now)).bind(limit_of(limit));
    if open().fetch_optional(reader).await?.is_none() {
        return Ok(Vec::new());
    }
    // The doubt is recorded before anything is sent, in case the process dies. The caller gets the row's
    // previous doubt, which it needs.
    let mut transaction = writer.begin().await?;
    sqlx::query(TURNED_OFF).bind(stored_instant(now)).bind(Missed::Withdrawn.to_string()).execute(&mut *transaction).await?;
    let rows = open().fetch_all(&mut *transaction).await?;
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

/// Records the final outcome of an open delivery.
pub(super) async fn decide(connection: &mut SqliteConnection, key: Key, state: &State, at: Timestamp) -> Stored<()> {
    let (word, reason, message) = stored_state(state);
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
        .execute(connection)
        .await?;
    Ok(())
}

/// Enqueues an open delivery again.
pub(super) async fn again(
    connection: &mut SqliteConnection,
    key: Key,
    not_before: Timestamp,
    uncertain_since: Option<Timestamp>,
    trouble: &str,
) -> Stored<()> {
    let text = "UPDATE delivery SET state = 'due', not_before = $4, doubt_since = $5, reason = $6, lease_until = 0 \
                WHERE channel = $1 AND date = $2 AND sequence = $3 AND state IN ('due', 'sending')";
    sqlx::query(text)
        .bind(stored_id(key.channel))
        .bind(key.date.to_string())
        .bind(i64::from(key.sequence))
        .bind(stored_instant(not_before))
        .bind(uncertain_since.map(stored_instant))
        .bind(trouble)
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn expire_leases(writer: &Writer) -> Stored<u64> {
    writer.execute(sqlx::query("UPDATE delivery SET lease_until = 0 WHERE state = 'sending'")).await
}

pub(super) async fn enqueue(writer: &Writer, delivery: &Delivery) -> Stored<u16> {
    let mut transaction = writer.begin().await?;
    let mut delivery = delivery.clone();
    while !insert(&mut transaction, &delivery).await? {
        delivery.key.sequence += 1;
    }
    transaction.commit().await?;
    Ok(delivery.key.sequence)
}

pub(super) async fn requeue(writer: &Writer, key: Key, now: Timestamp, until: Timestamp) -> Stored<bool> {
    // A teacher who requests a held post accepts that it may exist already. A missed post may exist too,
    // against appearances, so it is looked up first.
    let text = "UPDATE delivery SET state = 'due', reason = NULL, decided_at = NULL, attempts = 0, \
                doubt_since = CASE state WHEN 'missed' THEN doubt_since END, \
                not_before = $4, until = $5, lease_until = 0 \
                WHERE channel = $1 AND date = $2 AND sequence = $3 AND state IN ('held', 'missed', 'skipped')";
    let query = sqlx::query(text)
        .bind(stored_id(key.channel))
        .bind(key.date.to_string())
        .bind(i64::from(key.sequence))
        .bind(stored_instant(now))
        .bind(stored_instant(until));
    Ok(writer.execute(query).await? > 0)
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

pub(super) async fn latest(pool: &SqlitePool, channel: ChannelId, limit: usize) -> Stored<Vec<Delivery>> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DeliverySubject, GuildId, QuietPolicy};
    use crate::store::{Decision, DeliveryStore, Schedule, Sqlite};
    use jiff::civil::{Date, date, time};

    const DAY: Date = date(2026, 11, 24);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_795_000_000 + seconds).expect("an instant")
    }

    fn schedule(next_date: Date, next_due: Timestamp) -> Schedule {
        Schedule {
            channel: ChannelId(7),
            guild: Some(GuildId(3)),
            zone: "Europe/Budapest".to_owned(),
            time: time(8, 0, 0, 0),
            quiet: QuietPolicy::Context,
            question: true,
            picture: false,
            catch_up: 6 * 3600,
            set_at: at(-1000),
            next_date,
            next_due,
            paused: None,
            resting_until: None,
        }
    }

    fn delivery(uncertain_since: Option<Timestamp>) -> Delivery {
        Delivery {
            key: Key { channel: ChannelId(7), date: DAY, sequence: 0 },
            guild: Some(GuildId(3)),
            subject: DeliverySubject::Day,
            state: State::Sending,
            due_at: at(0),
            until: at(6 * 3600),
            attempts: 1,
            uncertain_since,
            not_before: at(0),
            lease_until: at(60),
            decided_at: None,
            trouble: None,
        }
    }

    fn claim_at(now: Timestamp) -> ClaimRequest {
        let tomorrow = DAY.tomorrow().expect("a date");
        let delivery = Some(delivery(Some(now)));
        ClaimRequest {
            channel: ChannelId(7),
            guild: Some(GuildId(3)),
            missed: Vec::new(),
            delivery,
            next: (tomorrow, at(86_400)),
            now,
        }
    }

    async fn store(schedules: &[Schedule]) -> (tempfile::TempDir, Sqlite) {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Sqlite::open_for_simulation(&folder.path().join("kronikas.db")).await.expect("a store");
        for schedule in schedules {
            store.put_schedule(schedule).await.expect("it is put");
        }
        (folder, store)
    }

    #[tokio::test]
    async fn a_claim_by_a_schedule_that_was_changed_since_is_void() {
        let (_folder, store) = store(&[schedule(DAY, at(0))]).await;
        // The schedule was read as due, and then a teacher chose a later time.
        let moved = schedule(DAY, at(3600));
        store.put_schedule(&moved).await.expect("it is put");
        assert_eq!(store.claim(&[claim_at(at(1))]).await.expect("it is asked"), []);
        assert_eq!(store.schedule(ChannelId(7)).await.expect("it is read"), Some(moved));
        assert!(!store.is_taken(ChannelId(7), DAY).await.expect("it is read"));
        // A schedule that was turned off is not claimed.
        store.remove_schedule(ChannelId(7)).await.expect("it is removed");
        assert_eq!(store.claim(&[claim_at(at(3600))]).await.expect("it is asked"), []);
        assert!(!store.is_taken(ChannelId(7), DAY).await.expect("it is read"));
    }

    #[tokio::test]
    async fn what_may_be_in_the_channel_outlives_being_turned_off_and_is_not_posted() {
        let (_folder, store) = store(&[schedule(DAY, at(0))]).await;
        let ours = store.claim(&[claim_at(at(0))]).await.expect("it is claimed");
        let again = Decision::Again { not_before: at(5), uncertain_since: Some(at(0)), trouble: "502".to_owned() };
        store.record_outcomes(&[(ours[0].key, again)]).await.expect("it is decided");
        store.remove_schedule(ChannelId(7)).await.expect("it is removed");
        assert!(store.is_taken(ChannelId(7), DAY).await.expect("it is read"), "a new schedule would post the day again");
        assert_eq!(store.lease_due(at(10), at(70), 64).await.expect("it is asked"), []);
        let row = store.delivery(ours[0].key).await.expect("it is read").expect("it is there");
        assert_eq!(row.state, State::Missed(Missed::Withdrawn));
    }

    #[tokio::test]
    async fn what_surely_is_not_in_the_channel_is_forgotten_when_turned_off() {
        let (_folder, store) = store(&[schedule(DAY, at(0))]).await;
        let ours = store.claim(&[claim_at(at(0))]).await.expect("it is claimed");
        let again = Decision::Again { not_before: at(5), uncertain_since: None, trouble: "no connection".to_owned() };
        store.record_outcomes(&[(ours[0].key, again)]).await.expect("it is decided");
        store.remove_schedule(ChannelId(7)).await.expect("it is removed");
        assert!(!store.is_taken(ChannelId(7), DAY).await.expect("it is read"));
    }

    #[tokio::test]
    async fn a_missed_post_asked_for_again_is_looked_for_and_a_held_one_is_not() {
        for (decision, doubt) in [(Decision::Missed(Missed::Refused(1), at(9)), Some(at(0))), (Decision::Held(at(9)), None)] {
            let (_folder, store) = store(&[schedule(DAY, at(0))]).await;
            let ours = store.claim(&[claim_at(at(0))]).await.expect("it is claimed");
            store.record_outcomes(&[(ours[0].key, decision)]).await.expect("it is decided");
            assert!(store.requeue(ours[0].key, at(100), at(200)).await.expect("it is asked"));
            let taken = store.lease_due(at(100), at(160), 64).await.expect("it is asked");
            assert_eq!(taken[0].uncertain_since, doubt);
        }
    }

    #[tokio::test]
    async fn looking_for_what_is_due_never_walks_a_table() {
        let (_folder, store) = store(&[]).await;
        for (text, indexes) in [
            (super::super::schedules::DUE, &["schedule_due"][..]),
            (super::super::schedules::NEXT_WAKE, &["schedule_due", "delivery_open"]),
            (OPEN, &["delivery_open"]),
            (TURNED_OFF, &["delivery_open"]),
        ] {
            let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {text}"));
            let rows = sqlx::query(explain).bind(1i64).bind(1i64).fetch_all(&store.reader).await.expect("a plan");
            let steps: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
            let all = steps.join("\n");
            assert!(indexes.iter().all(|index| all.contains(index)), "{text}\n{all}");
            assert!(!all.contains("TEMP B-TREE"), "{text}\n{all}");
            let walks = |step: &&String| {
                (step.starts_with("SCAN schedule") || step.starts_with("SCAN delivery")) && !step.contains("USING")
            };
            assert_eq!(steps.iter().find(walks), None, "{text}\n{all}");
        }
    }
}
