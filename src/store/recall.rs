//! What students remember, under a pseudonym, and their unfinished quizzes.
//!
//! Callers identify a student by the Discord user's id. The store keeps only a keyed hash of it, no
//! names and nothing typed. The exception is a student who agrees to be named in a class's report
//! ([`RecallStore::set_share`]).

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::{Date, Time};

use super::{Delivery, Stored};
use crate::model::{CardState, ChannelId, Difficulty, GuildId, Pause, Rating, SessionKind, UserId};

/// How long a student's data is kept after the last answer, in days.
pub const REMEMBER_STUDENT: i64 = 400;
/// How long an unfinished quiz is kept, in days.
pub const REMEMBER_ATTEMPT: i64 = 7;

/// An item, and how well a student remembers it.
#[derive(Debug, Clone, PartialEq)]
pub struct ReviewItem {
    /// The item's key, as in the questions.
    pub item: String,
    pub memory: CardState,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewLog {
    /// The interaction of the answer: an answer that is delivered twice counts once.
    pub interaction: u64,
    /// The item that was asked.
    pub item: String,
    pub at: Timestamp,
    pub rating: Rating,
    /// The guild in which it was answered, for that class's report; `None` in direct messages.
    pub guild: Option<GuildId>,
}

/// One answer given in a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassReview {
    /// The student's number in this store, which means nothing elsewhere.
    pub student: i64,
    /// The item that was asked.
    pub item: String,
    pub at: Timestamp,
    pub rating: Rating,
}

/// What a student chose in a class round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundChoice {
    /// The round's number.
    pub round: u64,
    /// The question's id.
    pub question: String,
    /// The index of the choice.
    pub choice: u8,
    pub at: Timestamp,
}

/// One question of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionQuestion {
    /// The question's id.
    pub question: String,
    /// The seed it is made with.
    pub seed: u64,
    /// Whether the student rates their own answer after revealing the solution.
    pub self_judged: bool,
    /// The index of the choice, for questions with choices.
    pub chosen: Option<u8>,
    /// The rating of the answer; `None` before it is answered.
    pub rating: Option<Rating>,
}

impl SessionQuestion {
    /// A question that is not answered yet.
    pub fn new(question: &str, seed: u64, self_judged: bool) -> SessionQuestion {
        SessionQuestion { question: question.to_owned(), seed, self_judged, chosen: None, rating: None }
    }
}

/// A session of questions for one student, and their progress. Stored in the table `attempt`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuizSession {
    /// Its number, which is never reused.
    pub id: u64,
    pub session_kind: SessionKind,
    /// The topic: an entry's id, a theme, or empty.
    pub about: String,
    /// The requested difficulty, if any.
    pub difficulty: Option<Difficulty>,
    /// The questions, in order.
    pub steps: Vec<SessionQuestion>,
    /// When the student last answered or continued.
    pub touched_at: Timestamp,
    /// Whether it is finished.
    pub ended: bool,
}

/// An answer to a question of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionAnswer {
    /// The session's number.
    pub attempt: u64,
    /// The question's index.
    pub position: usize,
    /// The index of the choice, for questions with choices.
    pub chosen: Option<u8>,
}

/// When a student wants a reminder of what is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminder {
    /// The direct-message channel with the student.
    pub channel: ChannelId,
    /// The IANA name of their time zone.
    pub zone: String,
    /// The wall-clock time, to the minute.
    pub time: Time,
    /// The local date of the next reminder.
    pub next_date: Date,
    /// The instant of the next reminder.
    pub next_due: Timestamp,
    /// Why it ended, if Discord refused its message. Kept so that `/review` can say so.
    pub ended: Option<Pause>,
}

/// A due reminder, and what to do for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminding {
    /// The channel whose reminder it is.
    pub channel: ChannelId,
    /// The next date and instant.
    pub next: (Date, Timestamp),
    /// The delivery to enqueue, if any item is due. Its key prevents a second one on the same day.
    pub delivery: Option<Delivery>,
}

/// What the store has about a student besides their answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Student {
    /// The student's number in this store.
    pub number: i64,
    /// The keyed hash of their user id, as hexadecimal digits.
    pub pseudonym: String,
    /// When the student last did something that was stored.
    pub seen_at: Timestamp,
}

/// How an answer changes what is remembered: from the previous state, if there was one, to the new one.
/// Pure.
pub type Grade<'a> = &'a (dyn Fn(Option<CardState>) -> CardState + Send + Sync);

/// What is stored about students. `user` is always the Discord user's id.
#[async_trait]
pub trait RecallStore: Send + Sync {
    /// The student's row, if anything is stored about them.
    async fn student(&self, user: UserId) -> Stored<Option<Student>>;

    /// Everything that a student remembers, in the order in which the items were first answered.
    async fn recalls(&self, user: UserId) -> Stored<Vec<ReviewItem>>;

    /// Counts an answer outside any session. Returns the new state, or `None` if this interaction was
    /// counted before.
    async fn review(&self, user: UserId, review: &ReviewLog, grade: Grade<'_>) -> Stored<Option<CardState>>;

    /// A student's answers since an instant, the earliest first.
    async fn reviews(&self, user: UserId, since: Timestamp) -> Stored<Vec<ReviewLog>>;

    /// What a student chose in class rounds, the earliest first.
    async fn round_choices(&self, user: UserId) -> Stored<Vec<RoundChoice>>;

    /// The answers given in a guild since an instant, the earliest first.
    async fn class_reviews(&self, guild: GuildId, since: Timestamp) -> Stored<Vec<ClassReview>>;

    /// Begins a session, and replaces the student's last one of that kind. Returns its number.
    async fn begin(&self, user: UserId, attempt: &QuizSession) -> Stored<u64>;

    /// A session, if it belongs to that student.
    async fn attempt(&self, user: UserId, id: u64) -> Stored<Option<QuizSession>>;

    /// The student's session of a kind, finished or not.
    async fn attempt_at(&self, user: UserId, session_kind: SessionKind) -> Stored<Option<QuizSession>>;

    /// Records the answer to a question, counts the review and updates the state, in one durable
    /// transaction. Returns `None` and changes nothing if that question or interaction was counted
    /// before, or if the session is not that student's.
    async fn answer(&self, user: UserId, given: SessionAnswer, review: &ReviewLog, grade: Grade<'_>)
    -> Stored<Option<CardState>>;

    async fn end(&self, user: UserId, id: u64) -> Stored<()>;

    /// The student's reminder.
    async fn reminder(&self, user: UserId) -> Stored<Option<Reminder>>;

    /// Sets or removes the student's reminder.
    async fn set_reminder(&self, user: UserId, reminder: Option<&Reminder>, now: Timestamp) -> Stored<()>;

    /// The reminders that are due and have not ended, the earliest first, each with the number of due
    /// items.
    async fn due_reminders(&self, now: Timestamp, limit: usize) -> Stored<Vec<(Reminder, u32)>>;

    /// When the next reminder is due; `None` if never.
    async fn next_reminder(&self) -> Stored<Option<Timestamp>>;

    /// Advances reminders and enqueues their deliveries, in one durable transaction. Returns how many
    /// were enqueued.
    async fn remind(&self, remindings: &[Reminding]) -> Stored<usize>;

    /// How many items are due for the student with a reminder in a channel; `None` if there is no
    /// reminder (any more).
    async fn due_in(&self, channel: ChannelId, now: Timestamp) -> Stored<Option<u32>>;

    /// The guilds in whose reports the student agreed to be named.
    async fn shares(&self, user: UserId) -> Stored<Vec<GuildId>>;

    /// Records whether a student agrees to be named in a guild's report. If so, the store keeps their
    /// user id.
    async fn set_share(&self, user: UserId, guild: GuildId, agrees: bool, now: Timestamp) -> Stored<()>;

    /// The students who agreed to be named in a guild's report: their numbers and user ids.
    async fn sharers(&self, guild: GuildId) -> Stored<Vec<(i64, UserId)>>;

    /// Permanently deletes everything about a student, and overwrites it in the store's file. Returns
    /// whether there was anything.
    async fn erase(&self, user: UserId) -> Stored<bool>;
}
