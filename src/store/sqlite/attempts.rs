//! Sessions of questions in progress (the table `attempt`).

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection, SqlitePool};

use super::row::{self, stored_id, stored_instant};
use crate::model::{Difficulty, SessionKind};
use crate::store::{QuizSession, ReviewLog, SessionAnswer, SessionQuestion, Stored};

pub(super) async fn begin(connection: &mut SqliteConnection, student: i64, attempt: &QuizSession) -> Stored<u64> {
    sqlx::query("DELETE FROM attempt WHERE student = $1 AND kind = $2")
        .bind(student)
        .bind(attempt.session_kind.word())
        .execute(&mut *connection)
        .await?;
    let text = "INSERT INTO attempt (student, kind, about, difficulty, touched_at) VALUES ($1, $2, $3, $4, $5) RETURNING id";
    let id: i64 = sqlx::query_scalar(text)
        .bind(student)
        .bind(attempt.session_kind.word())
        .bind(&attempt.about)
        .bind(attempt.difficulty.map_or("", Difficulty::word))
        .bind(stored_instant(attempt.touched_at))
        .fetch_one(&mut *connection)
        .await?;
    for (position, step) in attempt.steps.iter().enumerate() {
        let text = "INSERT INTO attempt_step (attempt, position, question, seed, self) VALUES ($1, $2, $3, $4, $5)";
        sqlx::query(text)
            .bind(id)
            .bind(stored_position(position))
            .bind(&step.question)
            .bind(step.seed.cast_signed())
            .bind(step.self_judged)
            .execute(&mut *connection)
            .await?;
    }
    Ok(id.cast_unsigned())
}

fn stored_position(position: usize) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

pub(super) async fn one(pool: &SqlitePool, student: i64, id: u64) -> Stored<Option<QuizSession>> {
    let text = "SELECT * FROM attempt WHERE id = $1 AND student = $2";
    let found = sqlx::query(text).bind(stored_id(id)).bind(student).fetch_optional(pool).await?;
    with_steps(pool, found).await
}

pub(super) async fn at(pool: &SqlitePool, student: i64, session_kind: SessionKind) -> Stored<Option<QuizSession>> {
    let text = "SELECT * FROM attempt WHERE student = $1 AND kind = $2";
    let found = sqlx::query(text).bind(student).bind(session_kind.word()).fetch_optional(pool).await?;
    with_steps(pool, found).await
}

async fn with_steps(pool: &SqlitePool, found: Option<SqliteRow>) -> Stored<Option<QuizSession>> {
    let Some(found) = found else { return Ok(None) };
    let id: i64 = found.try_get("id")?;
    let text = "SELECT * FROM attempt_step WHERE attempt = $1 ORDER BY position";
    let rows = sqlx::query(text).bind(id).fetch_all(pool).await?;
    let step = |row: &SqliteRow| {
        Ok(SessionQuestion {
            question: row.try_get("question")?,
            seed: row.try_get::<i64, _>("seed")?.cast_unsigned(),
            self_judged: row.try_get("self")?,
            chosen: row::optional_small(row, "chosen")?,
            rating: row::optional_rating(row)?,
        })
    };
    Ok(Some(QuizSession {
        id: id.cast_unsigned(),
        session_kind: row::parsed(&found, "kind")?,
        about: found.try_get("about")?,
        difficulty: found.try_get::<String, _>("difficulty")?.parse().ok(),
        steps: rows.iter().map(step).collect::<Stored<_>>()?,
        touched_at: row::instant(&found, "touched_at")?,
        ended: found.try_get("ended")?,
    }))
}

/// Records an answer. Returns whether that question was open and the session is that student's.
pub(super) async fn note(
    connection: &mut SqliteConnection,
    student: i64,
    given: SessionAnswer,
    review: &ReviewLog,
) -> Stored<bool> {
    let text = "UPDATE attempt_step SET chosen = $4, rating = $5 WHERE attempt = $1 AND position = $2 AND rating IS NULL \
                AND EXISTS (SELECT 1 FROM attempt WHERE id = $1 AND student = $3 AND ended = 0)";
    let noted = sqlx::query(text)
        .bind(stored_id(given.attempt))
        .bind(stored_position(given.position))
        .bind(student)
        .bind(given.chosen.map(i64::from))
        .bind(i64::from(review.rating.number()))
        .execute(&mut *connection)
        .await?;
    if noted.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query("UPDATE attempt SET touched_at = $2 WHERE id = $1")
        .bind(stored_id(given.attempt))
        .bind(stored_instant(review.at))
        .execute(connection)
        .await?;
    Ok(true)
}
