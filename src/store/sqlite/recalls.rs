//! Reviews, and what students remember.

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection, SqlitePool};

use super::row::{self, stored_id, stored_instant};
use super::schedules;
use crate::model::{CardState, GuildId};
use crate::store::{ClassReview, Grade, ReviewItem, ReviewLog, RoundChoice, Stored};

/// The number of an item, which is created if necessary.
async fn item(connection: &mut SqliteConnection, name: &str) -> Stored<i64> {
    let known = sqlx::query_scalar("SELECT id FROM item WHERE name = $1").bind(name).fetch_optional(&mut *connection).await?;
    match known {
        Some(id) => Ok(id),
        None => {
            Ok(sqlx::query_scalar("INSERT INTO item (name) VALUES ($1) RETURNING id").bind(name).fetch_one(connection).await?)
        }
    }
}

fn memory(row: &SqliteRow) -> Stored<CardState> {
    Ok(CardState {
        stability: row.try_get::<f64, _>("stability")? as f32,
        difficulty: row.try_get::<f64, _>("difficulty")? as f32,
        last: row::instant(row, "last")?,
        due: row::instant(row, "due")?,
        reviews: row::small(row, "reviews")?,
        lapses: row::small(row, "lapses")?,
    })
}

pub(super) async fn of(pool: &SqlitePool, student: i64) -> Stored<Vec<ReviewItem>> {
    let text = "SELECT item.name AS name, recall.* FROM recall JOIN item ON item.id = recall.item \
                WHERE recall.student = $1 ORDER BY recall.item";
    let rows = sqlx::query(text).bind(student).fetch_all(pool).await?;
    rows.iter().map(|row| Ok(ReviewItem { item: row.try_get("name")?, memory: memory(row)? })).collect()
}

/// Counts a review and updates the state; `None` if its interaction was counted before.
pub(super) async fn count(
    connection: &mut SqliteConnection,
    student: i64,
    review: &ReviewLog,
    grade: Grade<'_>,
) -> Stored<Option<CardState>> {
    let item = item(connection, &review.item).await?;
    let text = "INSERT INTO review (interaction, student, item, at, rating, guild) VALUES ($1, $2, $3, $4, $5, $6) \
                ON CONFLICT (interaction) DO NOTHING";
    let counted = sqlx::query(text)
        .bind(stored_id(review.interaction))
        .bind(student)
        .bind(item)
        .bind(stored_instant(review.at))
        .bind(i64::from(review.rating.number()))
        .bind(review.guild.map(stored_id))
        .execute(&mut *connection)
        .await?;
    if counted.rows_affected() == 0 {
        return Ok(None);
    }
    if let Some(guild) = review.guild {
        schedules::know_guild(connection, guild).await?;
    }
    let text = "SELECT * FROM recall WHERE student = $1 AND item = $2";
    let before = sqlx::query(text).bind(student).bind(item).fetch_optional(&mut *connection).await?;
    let after = grade(before.as_ref().map(memory).transpose()?);
    let text = "INSERT INTO recall (student, item, stability, difficulty, last, due, reviews, lapses) \
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (student, item) DO UPDATE SET \
                stability = excluded.stability, difficulty = excluded.difficulty, last = excluded.last, due = excluded.due, \
                reviews = excluded.reviews, lapses = excluded.lapses";
    sqlx::query(text)
        .bind(student)
        .bind(item)
        .bind(f64::from(after.stability))
        .bind(f64::from(after.difficulty))
        .bind(stored_instant(after.last))
        .bind(stored_instant(after.due))
        .bind(i64::from(after.reviews))
        .bind(i64::from(after.lapses))
        .execute(connection)
        .await?;
    Ok(Some(after))
}

pub(super) async fn reviews(pool: &SqlitePool, student: i64, since: Timestamp) -> Stored<Vec<ReviewLog>> {
    let text = "SELECT review.*, item.name AS name FROM review JOIN item ON item.id = review.item \
                WHERE student = $1 AND at >= $2 ORDER BY at, interaction";
    let rows = sqlx::query(text).bind(student).bind(stored_instant(since)).fetch_all(pool).await?;
    let read = |row: &SqliteRow| {
        Ok(ReviewLog {
            interaction: row::id(row, "interaction")?,
            item: row.try_get("name")?,
            at: row::instant(row, "at")?,
            rating: row::rating(row)?,
            guild: row::optional_id(row, "guild")?,
        })
    };
    rows.iter().map(read).collect()
}

pub(super) async fn round_choices(pool: &SqlitePool, student: i64) -> Stored<Vec<RoundChoice>> {
    let text = "SELECT round_answer.round, round_question.question, round_answer.choice, round_answer.at FROM round_answer \
                JOIN round_question ON round_question.round = round_answer.round \
                AND round_question.position = round_answer.position \
                WHERE round_answer.student = $1 ORDER BY round_answer.at, round_answer.interaction";
    let rows = sqlx::query(text).bind(student).fetch_all(pool).await?;
    let read = |row: &SqliteRow| {
        Ok(RoundChoice {
            round: row::id(row, "round")?,
            question: row.try_get("question")?,
            choice: row::small(row, "choice")?,
            at: row::instant(row, "at")?,
        })
    };
    rows.iter().map(read).collect()
}

pub(super) async fn of_class(pool: &SqlitePool, guild: GuildId, since: Timestamp) -> Stored<Vec<ClassReview>> {
    let text = "SELECT review.*, item.name AS name FROM review JOIN item ON item.id = review.item \
                WHERE guild = $1 AND at >= $2 ORDER BY at, interaction";
    let rows = sqlx::query(text).bind(stored_id(guild)).bind(stored_instant(since)).fetch_all(pool).await?;
    let read = |row: &SqliteRow| {
        Ok(ClassReview {
            student: row.try_get("student")?,
            item: row.try_get("name")?,
            at: row::instant(row, "at")?,
            rating: row::rating(row)?,
        })
    };
    rows.iter().map(read).collect()
}
