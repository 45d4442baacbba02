//! Students: pseudonyms, consent, and deletion.

use async_trait::async_trait;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;
use sqlx::{Row, SqliteConnection};

use super::row::{self, stored_id, stored_instant};
use super::{Sqlite, attempts, recalls, reminders, schedules};
use crate::model::{CardState, ChannelId, GuildId, SessionKind, UserId};
use crate::store::{
    ClassReview, DeliveryStore, Grade, QuizSession, RecallStore, Reminder, Reminding, ReviewItem, ReviewLog, RoundChoice,
    SessionAnswer, StoreError, Stored, Student,
};

/// The name of the fact with the key of the pseudonyms.
const KEY: &str = "student-key";

impl Sqlite {
    /// The key of the pseudonyms, created once and stored beside the data it protects. Without the store
    /// nobody can compute a pseudonym; with it, the operator could try user ids one by one.
    async fn key(&self) -> Stored<[u8; 32]> {
        let made = self.key.get_or_try_init(|| async {
            if let Some(kept) = self.fact(KEY).await? {
                return bytes(&kept).ok_or_else(|| StoreError::Row("the key of the pseudonyms".to_owned()));
            }
            let mut drawn = [0_u8; 32];
            getrandom::fill(&mut drawn).map_err(|error| StoreError::Randomness(error.to_string()))?;
            let text = "INSERT INTO fact (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
            self.writer.execute(sqlx::query(text).bind(KEY).bind(hexadecimal(&drawn))).await?;
            let kept = self.fact(KEY).await?.unwrap_or_default();
            bytes(&kept).ok_or_else(|| StoreError::Row("the key of the pseudonyms".to_owned()))
        });
        made.await.copied()
    }

    pub(super) async fn pseudonym(&self, user: UserId) -> Stored<Vec<u8>> {
        hashed(&self.key().await?, user)
    }

    /// The pseudonym without writing, for a store that is not writable. Without a key, no student is
    /// stored.
    async fn known_pseudonym(&self, user: UserId) -> Stored<Option<Vec<u8>>> {
        if self.key.get().is_none() && self.fact(KEY).await?.is_none() {
            return Ok(None);
        }
        self.pseudonym(user).await.map(Some)
    }

    /// The student's number, if there is one.
    async fn number(&self, user: UserId) -> Stored<Option<i64>> {
        let Some(pseudonym) = self.known_pseudonym(user).await? else { return Ok(None) };
        let text = "SELECT id FROM student WHERE pseudonym = $1";
        Ok(sqlx::query_scalar(text).bind(pseudonym).fetch_optional(&self.reader).await?)
    }
}

fn hashed(key: &[u8], user: UserId) -> Stored<Vec<u8>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| StoreError::Row("the key of the pseudonyms".to_owned()))?;
    mac.update(&user.0.to_be_bytes());
    Ok(mac.finalize().into_bytes().to_vec())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(hexadecimal: &str) -> Option<[u8; 32]> {
    let mut out = [0_u8; 32];
    if hexadecimal.len() != 64 || !hexadecimal.is_ascii() {
        return None;
    }
    for (idx, byte) in out.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hexadecimal[2 * idx..2 * idx + 2], 16).ok()?;
    }
    Some(out)
}

/// The student's number, which is created if necessary. Records that the student was active.
pub(super) async fn seen(connection: &mut SqliteConnection, pseudonym: &[u8], now: Timestamp) -> Stored<i64> {
    let text = "INSERT INTO student (pseudonym, seen_at) VALUES ($1, $2) \
                ON CONFLICT (pseudonym) DO UPDATE SET seen_at = MAX(seen_at, excluded.seen_at) RETURNING id";
    Ok(sqlx::query_scalar(text).bind(pseudonym).bind(stored_instant(now)).fetch_one(connection).await?)
}

#[async_trait]
impl RecallStore for Sqlite {
    async fn student(&self, user: UserId) -> Stored<Option<Student>> {
        let Some(pseudonym) = self.known_pseudonym(user).await? else { return Ok(None) };
        let text = "SELECT id, seen_at FROM student WHERE pseudonym = $1";
        let found = sqlx::query(text).bind(&pseudonym).fetch_optional(&self.reader).await?;
        let read = |row| {
            let seen_at = row::instant(&row, "seen_at")?;
            Ok(Student { number: row.try_get("id")?, pseudonym: hexadecimal(&pseudonym), seen_at })
        };
        found.map(read).transpose()
    }

    async fn recalls(&self, user: UserId) -> Stored<Vec<ReviewItem>> {
        match self.number(user).await? {
            Some(student) => recalls::of(&self.reader, student).await,
            None => Ok(Vec::new()),
        }
    }

    async fn review(&self, user: UserId, review: &ReviewLog, grade: Grade<'_>) -> Stored<Option<CardState>> {
        let pseudonym = self.pseudonym(user).await?;
        let mut transaction = self.writer.begin().await?;
        let student = seen(&mut transaction, &pseudonym, review.at).await?;
        let counted = recalls::count(&mut transaction, student, review, grade).await?;
        transaction.commit().await?;
        Ok(counted)
    }

    async fn reviews(&self, user: UserId, since: Timestamp) -> Stored<Vec<ReviewLog>> {
        match self.number(user).await? {
            Some(student) => recalls::reviews(&self.reader, student, since).await,
            None => Ok(Vec::new()),
        }
    }

    async fn round_choices(&self, user: UserId) -> Stored<Vec<RoundChoice>> {
        match self.number(user).await? {
            Some(student) => recalls::round_choices(&self.reader, student).await,
            None => Ok(Vec::new()),
        }
    }

    async fn class_reviews(&self, guild: GuildId, since: Timestamp) -> Stored<Vec<ClassReview>> {
        recalls::of_class(&self.reader, guild, since).await
    }

    async fn begin(&self, user: UserId, attempt: &QuizSession) -> Stored<u64> {
        let pseudonym = self.pseudonym(user).await?;
        let mut transaction = self.writer.begin().await?;
        let student = seen(&mut transaction, &pseudonym, attempt.touched_at).await?;
        let id = attempts::begin(&mut transaction, student, attempt).await?;
        transaction.commit().await?;
        Ok(id)
    }

    async fn attempt(&self, user: UserId, id: u64) -> Stored<Option<QuizSession>> {
        match self.number(user).await? {
            Some(student) => attempts::one(&self.reader, student, id).await,
            None => Ok(None),
        }
    }

    async fn attempt_at(&self, user: UserId, session_kind: SessionKind) -> Stored<Option<QuizSession>> {
        match self.number(user).await? {
            Some(student) => attempts::at(&self.reader, student, session_kind).await,
            None => Ok(None),
        }
    }

    async fn answer(
        &self,
        user: UserId,
        given: SessionAnswer,
        review: &ReviewLog,
        grade: Grade<'_>,
    ) -> Stored<Option<CardState>> {
        let pseudonym = self.pseudonym(user).await?;
        let mut transaction = self.writer.begin().await?;
        let student = seen(&mut transaction, &pseudonym, review.at).await?;
        if !attempts::note(&mut transaction, student, given, review).await? {
            transaction.rollback().await?;
            return Ok(None);
        }
        let counted = recalls::count(&mut transaction, student, review, grade).await?;
        match counted {
            Some(_) => transaction.commit().await?,
            None => transaction.rollback().await?,
        }
        Ok(counted)
    }

    async fn end(&self, user: UserId, id: u64) -> Stored<()> {
        let Some(student) = self.number(user).await? else { return Ok(()) };
        let text = "UPDATE attempt SET ended = 1 WHERE id = $1 AND student = $2";
        self.writer.execute(sqlx::query(text).bind(stored_id(id)).bind(student)).await?;
        Ok(())
    }

    async fn reminder(&self, user: UserId) -> Stored<Option<Reminder>> {
        match self.number(user).await? {
            Some(student) => reminders::of(&self.reader, student).await,
            None => Ok(None),
        }
    }

    async fn set_reminder(&self, user: UserId, reminder: Option<&Reminder>, now: Timestamp) -> Stored<()> {
        let pseudonym = self.pseudonym(user).await?;
        let mut transaction = self.writer.begin().await?;
        let student = seen(&mut transaction, &pseudonym, now).await?;
        reminders::set(&mut transaction, student, reminder).await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn due_reminders(&self, now: Timestamp, limit: usize) -> Stored<Vec<(Reminder, u32)>> {
        reminders::due(&self.reader, now, limit).await
    }

    async fn next_reminder(&self) -> Stored<Option<Timestamp>> {
        reminders::next(&self.reader).await
    }

    async fn remind(&self, remindings: &[Reminding]) -> Stored<usize> {
        reminders::remind(&self.writer, remindings).await
    }

    async fn due_in(&self, channel: ChannelId, now: Timestamp) -> Stored<Option<u32>> {
        reminders::due_in(&self.reader, channel, now).await
    }

    async fn shares(&self, user: UserId) -> Stored<Vec<GuildId>> {
        let Some(student) = self.number(user).await? else { return Ok(Vec::new()) };
        let text = "SELECT guild FROM share WHERE student = $1 ORDER BY guild";
        let guilds: Vec<i64> = sqlx::query_scalar(text).bind(student).fetch_all(&self.reader).await?;
        Ok(guilds.into_iter().map(row::read_id).collect())
    }

    async fn set_share(&self, user: UserId, guild: GuildId, agrees: bool, now: Timestamp) -> Stored<()> {
        let pseudonym = self.pseudonym(user).await?;
        let mut transaction = self.writer.begin().await?;
        let student = seen(&mut transaction, &pseudonym, now).await?;
        schedules::know_guild(&mut transaction, guild).await?;
        let text = if agrees {
            "INSERT INTO share (student, guild, user) VALUES ($1, $2, $3) ON CONFLICT (student, guild) DO NOTHING"
        } else {
            "DELETE FROM share WHERE student = $1 AND guild = $2 AND user = $3"
        };
        sqlx::query(text).bind(student).bind(stored_id(guild)).bind(stored_id(user)).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn sharers(&self, guild: GuildId) -> Stored<Vec<(i64, UserId)>> {
        let text = "SELECT student, user FROM share WHERE guild = $1 ORDER BY student";
        let rows = sqlx::query(text).bind(stored_id(guild)).fetch_all(&self.reader).await?;
        rows.iter().map(|row| Ok((row.try_get("student")?, row::id(row, "user")?))).collect()
    }

    async fn erase(&self, user: UserId) -> Stored<bool> {
        let Some(pseudonym) = self.known_pseudonym(user).await? else { return Ok(false) };
        let mut transaction = self.writer.begin().await?;
        let text = "DELETE FROM delivery WHERE channel IN \
                    (SELECT channel FROM reminder JOIN student ON student.id = reminder.student WHERE pseudonym = $1)";
        sqlx::query(text).bind(&pseudonym).execute(&mut *transaction).await?;
        let erased = sqlx::query("DELETE FROM student WHERE pseudonym = $1").bind(&pseudonym).execute(&mut *transaction).await?;
        transaction.commit().await?;
        // The log still contains the pages as they were.
        self.empty_log().await;
        Ok(erased.rows_affected() > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Rating;

    /// A store from before the migration has answers of guilds that it does not know.
    #[tokio::test]
    async fn guilds_of_answers_kept_earlier_become_known() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Sqlite::open(&folder.path().join("store.db")).await.expect("a store");
        let now = Timestamp::UNIX_EPOCH;
        let memory = |_| CardState { stability: 1.5, difficulty: 5.0, last: now, due: now, reviews: 1, lapses: 0 };
        for (interaction, guild) in [(1, Some(GuildId(7))), (2, Some(GuildId(7))), (3, None)] {
            let review = ReviewLog { interaction, item: "date.a".to_owned(), at: now, rating: Rating::Good, guild };
            store.review(UserId(1), &review, &memory).await.expect("it is counted");
        }
        store.set_share(UserId(2), GuildId(8), true, now).await.expect("it is kept");
        store.writer.execute(sqlx::query("DELETE FROM guild")).await.expect("as it was");
        let migration = include_str!("../migrations/0050_known_guilds.sql");
        store.writer.execute(sqlx::query(migration)).await.expect("it is valid");
        assert_eq!(store.guilds().await.expect("they are read"), [(GuildId(7), None), (GuildId(8), None)]);
    }
}
