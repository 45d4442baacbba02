//! Class rounds.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use async_trait::async_trait;
use jiff::{Timestamp, ToSpan};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection, SqlitePool};

use super::row::{self, stored_id, stored_instant};
use super::{Sqlite, recalls, students};
use crate::model::{CardState, ChannelId, GuildId, Phase, Rating, Taken};
use crate::store::{Answered, REMEMBER_ROUND, ReviewLog, Round, RoundAnswer, RoundGrade, RoundStore, Stored, Tally};

fn place(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Records a guild, so that its data is deleted after it removes the bot.
async fn know_guild(connection: &mut SqliteConnection, guild: GuildId) -> Stored<()> {
    let text = "INSERT INTO guild (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET left_at = NULL";
    sqlx::query(text).bind(stored_id(guild)).execute(connection).await?;
    Ok(())
}

async fn with_questions(pool: &SqlitePool, row: &SqliteRow) -> Stored<Round> {
    let id: i64 = row.try_get("id")?;
    let text = "SELECT * FROM round_question WHERE round = $1 ORDER BY position";
    let questions = sqlx::query(text).bind(id).fetch_all(pool).await?;
    row::round(row, &questions)
}

/// The part of a round's state that a press needs.
struct RoundState {
    channel: ChannelId,
    position: i64,
    /// True from just before the question is posted, because students may see it before we know that it
    /// was posted.
    is_open: bool,
    until: i64,
    choices: i64,
}

async fn standing(connection: &mut SqliteConnection, answer: &RoundAnswer) -> Stored<Option<RoundState>> {
    let text = "SELECT channel, round.position AS position, phase, until, choices FROM round JOIN round_question \
                ON round_question.round = round.id AND round_question.position = $2 WHERE id = $1";
    let found = sqlx::query(text).bind(stored_id(answer.round)).bind(place(answer.position)).fetch_optional(connection).await?;
    let Some(row) = found else { return Ok(None) };
    let phase: Phase = row::parsed(&row, "phase")?;
    Ok(Some(RoundState {
        channel: row::id(&row, "channel")?,
        position: row.try_get("position")?,
        is_open: matches!(phase, Phase::Opening | Phase::Asking),
        until: if phase == Phase::Opening { i64::MAX } else { row.try_get("until")? },
        choices: row.try_get("choices")?,
    }))
}

async fn write_answer(connection: &mut SqliteConnection, answer: &RoundAnswer, student: i64) -> Stored<Taken> {
    let key = "SELECT interaction FROM round_answer WHERE round = $1 AND position = $2 AND student = $3";
    let before: Option<i64> = sqlx::query_scalar(key)
        .bind(stored_id(answer.round))
        .bind(place(answer.position))
        .bind(student)
        .fetch_optional(&mut *connection)
        .await?;
    if before.is_some_and(|before| before >= stored_id(answer.interaction)) {
        return Ok(Taken::Known);
    }
    let text = "INSERT INTO round_answer (round, position, student, choice, interaction, at) VALUES ($1, $2, $3, $4, $5, $6) \
                ON CONFLICT (round, position, student) \
                DO UPDATE SET choice = excluded.choice, interaction = excluded.interaction, at = excluded.at \
                ON CONFLICT (interaction) DO NOTHING";
    let done = sqlx::query(text)
        .bind(stored_id(answer.round))
        .bind(place(answer.position))
        .bind(student)
        .bind(i64::from(answer.choice))
        .bind(stored_id(answer.interaction))
        .bind(stored_instant(answer.at))
        .execute(connection)
        .await?;
    Ok(match before {
        _ if done.rows_affected() == 0 => Taken::Known,
        Some(_) => Taken::Changed,
        None => Taken::Counted,
    })
}

/// Deletes expired rounds. Returns how many.
pub(super) async fn forget(connection: &mut SqliteConnection, now: Timestamp) -> Stored<u64> {
    let before = now.checked_sub((24 * REMEMBER_ROUND).hours()).unwrap_or(Timestamp::MIN);
    let done = sqlx::query("DELETE FROM round WHERE started_at <= $1").bind(stored_instant(before)).execute(connection).await?;
    Ok(done.rows_affected())
}

#[async_trait]
impl RoundStore for Sqlite {
    async fn start_round(&self, round: &Round) -> Stored<Option<u64>> {
        let mut transaction = self.writer.begin().await?;
        know_guild(&mut transaction, round.guild).await?;
        let text = "INSERT INTO round (channel, guild, subject, seconds, podium, planned, position, phase, since, \
                    until, message, started_at, trouble) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
                    ON CONFLICT DO NOTHING RETURNING id";
        let id: Option<i64> = sqlx::query_scalar(text)
            .bind(stored_id(round.channel))
            .bind(stored_id(round.guild))
            .bind(&round.subject)
            .bind(i64::from(round.seconds))
            .bind(round.podium)
            .bind(place(round.planned))
            .bind(place(round.position))
            .bind(round.phase.to_string())
            .bind(stored_instant(round.since))
            .bind(stored_instant(round.until))
            .bind(round.message.map(stored_id))
            .bind(stored_instant(round.started_at))
            .bind(&round.trouble)
            .fetch_optional(&mut *transaction)
            .await?;
        let Some(id) = id else {
            transaction.rollback().await?;
            return Ok(None);
        };
        for (position, question) in round.questions.iter().enumerate() {
            let text = "INSERT INTO round_question (round, position, question, seed, choices, correct) \
                        VALUES ($1, $2, $3, $4, $5, $6)";
            sqlx::query(text)
                .bind(id)
                .bind(place(position))
                .bind(&question.id)
                .bind(stored_id(question.seed))
                .bind(i64::from(question.choices))
                .bind(i64::from(question.right))
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(Some(id.cast_unsigned()))
    }

    async fn round(&self, id: u64) -> Stored<Option<Round>> {
        let found = sqlx::query("SELECT * FROM round WHERE id = $1").bind(stored_id(id)).fetch_optional(&self.reader).await?;
        match found {
            Some(row) => with_questions(&self.reader, &row).await.map(Some),
            None => Ok(None),
        }
    }

    async fn round_in(&self, channel: ChannelId) -> Stored<Option<Round>> {
        let text = "SELECT * FROM round WHERE channel = $1 AND phase <> 'ended'";
        match sqlx::query(text).bind(stored_id(channel)).fetch_optional(&self.reader).await? {
            Some(row) => with_questions(&self.reader, &row).await.map(Some),
            None => Ok(None),
        }
    }

    async fn open_rounds(&self) -> Stored<Vec<u64>> {
        let text = "SELECT id FROM round WHERE phase <> 'ended' ORDER BY id";
        let ids: Vec<i64> = sqlx::query_scalar(text).fetch_all(&self.reader).await?;
        Ok(ids.into_iter().map(i64::cast_unsigned).collect())
    }

    async fn move_round(&self, from: (usize, Phase), round: &Round) -> Stored<bool> {
        let text = "UPDATE round SET position = $4, phase = $5, since = $6, until = $7, message = $8, trouble = $9 \
                    WHERE id = $1 AND position = $2 AND phase = $3";
        let query = sqlx::query(text)
            .bind(stored_id(round.id))
            .bind(place(from.0))
            .bind(from.1.to_string())
            .bind(place(round.position))
            .bind(round.phase.to_string())
            .bind(stored_instant(round.since))
            .bind(stored_instant(round.until))
            .bind(round.message.map(stored_id))
            .bind(&round.trouble);
        Ok(self.writer.execute(query).await? > 0)
    }

    async fn stop_round(&self, channel: ChannelId, now: Timestamp) -> Stored<bool> {
        // A question that is not posted yet is skipped.
        let text = "UPDATE round SET planned = MIN(planned, position + (phase <> 'opening')), until = MIN(until, $2) \
                    WHERE channel = $1 AND phase IN ('opening', 'asking', 'telling')";
        Ok(self.writer.execute(sqlx::query(text).bind(stored_id(channel)).bind(stored_instant(now))).await? > 0)
    }

    async fn answer_rounds(&self, answers: &[RoundAnswer]) -> Stored<Vec<Taken>> {
        let mut pseudonyms = Vec::with_capacity(answers.len());
        for answer in answers {
            pseudonyms.push(self.pseudonym(answer.user).await?);
        }
        let mut transaction = self.writer.begin().await?;
        let mut standings: HashMap<(u64, usize), Option<RoundState>> = HashMap::new();
        let mut taken = Vec::with_capacity(answers.len());
        for (answer, pseudonym) in answers.iter().zip(&pseudonyms) {
            let key = (answer.round, answer.position);
            let known = match standings.entry(key) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(unknown) => unknown.insert(standing(&mut transaction, answer).await?),
            };
            let fits = |known: &&mut RoundState| known.channel == answer.channel && i64::from(answer.choice) < known.choices;
            let known = known.as_mut().filter(fits);
            taken.push(match known {
                None => Taken::Unknown,
                Some(known)
                    if known.position == place(answer.position) && known.is_open && stored_instant(answer.at) <= known.until =>
                {
                    let student = students::seen(&mut transaction, pseudonym, answer.at).await?;
                    write_answer(&mut transaction, answer, student).await?
                }
                Some(_) => Taken::Late,
            });
        }
        transaction.commit().await?;
        Ok(taken)
    }

    async fn tally(&self, round: u64, position: usize) -> Stored<Tally> {
        let text = "SELECT choices FROM round_question WHERE round = $1 AND position = $2";
        let choices: Option<i64> =
            sqlx::query_scalar(text).bind(stored_id(round)).bind(place(position)).fetch_optional(&self.reader).await?;
        let mut tally = vec![0; usize::try_from(choices.unwrap_or_default()).unwrap_or_default()];
        let text = "SELECT choice, COUNT(*) AS students FROM round_answer WHERE round = $1 AND position = $2 GROUP BY choice";
        let rows = sqlx::query(text).bind(stored_id(round)).bind(place(position)).fetch_all(&self.reader).await?;
        for row in rows {
            let choice: i64 = row.try_get("choice")?;
            let students: i64 = row.try_get("students")?;
            if let Some(count) = usize::try_from(choice).ok().and_then(|choice| tally.get_mut(choice)) {
                *count = u32::try_from(students).unwrap_or(u32::MAX);
            }
        }
        Ok(tally)
    }

    async fn answers_of_round(&self, round: u64) -> Stored<Vec<Answered>> {
        let text = "SELECT position, student, choice = correct AS is_right FROM round_answer \
                    JOIN round_question USING (round, position) WHERE round = $1 ORDER BY position, student";
        let rows = sqlx::query(text).bind(stored_id(round)).fetch_all(&self.reader).await?;
        rows.iter().map(row::answered).collect()
    }

    async fn count_round(&self, round: u64, position: usize, item: &str, grade: RoundGrade<'_>) -> Stored<usize> {
        let text = "SELECT student, interaction, at, guild, choice = correct AS is_right FROM round_answer \
                    JOIN round_question USING (round, position) JOIN round ON round.id = round_answer.round \
                    WHERE round_answer.round = $1 AND round_answer.position = $2 ORDER BY interaction";
        let mut transaction = self.writer.begin().await?;
        let rows = sqlx::query(text).bind(stored_id(round)).bind(place(position)).fetch_all(&mut *transaction).await?;
        let mut counted = 0;
        for row in &rows {
            let review = ReviewLog {
                interaction: row::id(row, "interaction")?,
                item: item.to_owned(),
                at: row::instant(row, "at")?,
                rating: if row.try_get("is_right")? { Rating::Good } else { Rating::Again },
                guild: Some(row::id(row, "guild")?),
            };
            let after = |before: Option<CardState>| grade(review.at, review.rating, before);
            let new = recalls::count(&mut transaction, row.try_get("student")?, &review, &after).await?;
            counted += usize::from(new.is_some());
        }
        transaction.commit().await?;
        Ok(counted)
    }

    async fn rounds_for_everyone(&self, guild: GuildId) -> Stored<bool> {
        let text = "SELECT guild FROM round_for_everyone WHERE guild = $1";
        let found: Option<i64> = sqlx::query_scalar(text).bind(stored_id(guild)).fetch_optional(&self.reader).await?;
        Ok(found.is_some())
    }

    async fn set_rounds_for_everyone(&self, guild: GuildId, everyone: bool) -> Stored<()> {
        let mut transaction = self.writer.begin().await?;
        know_guild(&mut transaction, guild).await?;
        let text = if everyone {
            "INSERT INTO round_for_everyone (guild) VALUES ($1) ON CONFLICT DO NOTHING"
        } else {
            "DELETE FROM round_for_everyone WHERE guild = $1"
        };
        sqlx::query(text).bind(stored_id(guild)).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(())
    }
}
