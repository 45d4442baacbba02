//! What students remember, under a pseudonym, and what they have under way.
//!
//! Callers name a student by the Discord user's id. A store keeps a keyed hash of it and nothing
//! else: no names, nothing typed. The one exception is whoever agrees to be named in a class's
//! report ([`RecallStore::set_share`]).

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::{Date, Time};

use super::{Delivery, Stored};
use crate::model::{CardState, ChannelId, Difficulty, GuildId, Pause, Rating, SessionKind, UserId};

/// How long a student who answers nothing is remembered, in days.
pub const REMEMBER_STUDENT: i64 = 400;
/// How long a quiz that nobody goes on with is kept, in days.
pub const REMEMBER_ATTEMPT: i64 = 7;

/// An item and how well it is remembered.
#[derive(Debug, Clone, PartialEq)]
pub struct ReviewItem {
    /// What is remembered, as questions call it.
    pub item: String,
    pub memory: CardState,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewLog {
    /// The interaction that brought it: an answer that is delivered twice counts once.
    pub interaction: u64,
    /// The item it was about.
    pub item: String,
    pub at: Timestamp,
    pub rating: Rating,
    /// The guild it was answered in, for that class's report; nowhere in direct messages.
    pub guild: Option<GuildId>,
}

/// One answer given in a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassReview {
    /// The student's number in this store; it says nothing outside it.
    pub student: i64,
    /// The item it was about.
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
    /// Which choice was taken, counted from 0.
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
    /// Whether the student judges themselves: think, then reveal.
    pub self_judged: bool,
    /// Which choice was taken, counted from 0, where one was.
    pub chosen: Option<u8>,
    /// How well it was answered; `None` as long as it is not.
    pub rating: Option<Rating>,
}

impl SessionQuestion {
    /// A question to be asked.
    pub fn new(question: &str, seed: u64, self_judged: bool) -> SessionQuestion {
        SessionQuestion { question: question.to_owned(), seed, self_judged, chosen: None, rating: None }
    }
}

/// A row of questions for one student, and how far they have come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuizSession {
    /// Its number; never given twice.
    pub id: u64,
    pub session_kind: SessionKind,
    /// What it is about: an entry's id, a theme, or nothing.
    pub about: String,
    /// How hard it was asked to be, if that was said.
    pub difficulty: Option<Difficulty>,
    /// The questions, in order.
    pub steps: Vec<SessionQuestion>,
    /// When it was last gone on with.
    pub touched_at: Timestamp,
    /// Whether it is over.
    pub ended: bool,
}

/// An answer to a step of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionAnswer {
    /// The attempt's number.
    pub attempt: u64,
    /// The step, counted from 0.
    pub position: usize,
    /// Which choice was taken, where one was.
    pub chosen: Option<u8>,
}

/// When a student wants to be reminded of what is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminder {
    /// The direct-message channel with them.
    pub channel: ChannelId,
    /// The IANA name of their time zone.
    pub zone: String,
    /// The wall-clock time, to the minute.
    pub time: Time,
    /// The local date of the next look.
    pub next_date: Date,
    /// The instant of the next look.
    pub next_due: Timestamp,
    /// Why it ended, if it did: Discord refused its message. It is kept to be told about.
    pub ended: Option<Pause>,
}

/// A reminder whose time has come, and what comes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminding {
    /// The channel whose reminder it is.
    pub channel: ChannelId,
    /// The next date and instant.
    pub next: (Date, Timestamp),
    /// What to put in line, if anything is due. Its key makes a second one of the same day
    /// impossible.
    pub delivery: Option<Delivery>,
}

/// What a student's account in the store says besides their answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Student {
    /// Their number in this store.
    pub number: i64,
    /// The keyed hash of their user id, as hexadecimal digits.
    pub pseudonym: String,
    /// When they last did something that was kept.
    pub seen_at: Timestamp,
}

/// How an answer changes what is remembered: from the memory before, if there was one. Pure.
pub type Grade<'a> = &'a (dyn Fn(Option<CardState>) -> CardState + Send + Sync);

/// What is kept about students. `user` is always the Discord user's id.
#[async_trait]
pub trait RecallStore: Send + Sync {
    /// The student's account, if anything is kept about them.
    async fn student(&self, user: UserId) -> Stored<Option<Student>>;

    /// Everything a student remembers, in the order of first answers to items.
    async fn recalls(&self, user: UserId) -> Stored<Vec<ReviewItem>>;

    /// Counts an answer outside any attempt; gives what is remembered now, or `None` when this
    /// interaction was counted before.
    async fn review(&self, user: UserId, review: &ReviewLog, grade: Grade<'_>) -> Stored<Option<CardState>>;

    /// A student's answers since an instant, the earliest first.
    async fn reviews(&self, user: UserId, since: Timestamp) -> Stored<Vec<ReviewLog>>;

    /// What a student chose in class rounds, the earliest first.
    async fn round_choices(&self, user: UserId) -> Stored<Vec<RoundChoice>>;

    /// The answers given in a guild since an instant, the earliest first.
    async fn class_reviews(&self, guild: GuildId, since: Timestamp) -> Stored<Vec<ClassReview>>;

    /// Begins an attempt, in place of the student's last one of that exercise; gives its number.
    async fn begin(&self, user: UserId, attempt: &QuizSession) -> Stored<u64>;

    /// One attempt, if it is that student's.
    async fn attempt(&self, user: UserId, id: u64) -> Stored<Option<QuizSession>>;

    /// The student's attempt at an exercise, over or not.
    async fn attempt_at(&self, user: UserId, session_kind: SessionKind) -> Stored<Option<QuizSession>>;

    /// Answers a step: notes the answer, counts the review and moves the memory, all in one durable
    /// step. `None`, and nothing changed, when that step or interaction was counted before or the
    /// attempt is not that student's.
    async fn answer(&self, user: UserId, given: SessionAnswer, review: &ReviewLog, grade: Grade<'_>)
    -> Stored<Option<CardState>>;

    async fn end(&self, user: UserId, id: u64) -> Stored<()>;

    /// The student's reminder.
    async fn reminder(&self, user: UserId) -> Stored<Option<Reminder>>;

    /// Sets the student's reminder, or none.
    async fn set_reminder(&self, user: UserId, reminder: Option<&Reminder>, now: Timestamp) -> Stored<()>;

    /// The reminders whose time has come and that did not end, the earliest first, each with how many
    /// items are due.
    async fn due_reminders(&self, now: Timestamp, limit: usize) -> Stored<Vec<(Reminder, u32)>>;

    /// When the next reminder's time comes, if ever.
    async fn next_reminder(&self) -> Stored<Option<Timestamp>>;

    /// Moves reminders on and puts what comes of them in line, all in one durable step; how many
    /// were put in line.
    async fn remind(&self, remindings: &[Reminding]) -> Stored<usize>;

    /// How many items are due for the student reminded in a channel; `None` when nobody is (any more).
    async fn due_in(&self, channel: ChannelId, now: Timestamp) -> Stored<Option<u32>>;

    /// The guilds in whose reports the student agreed to be named.
    async fn shares(&self, user: UserId) -> Stored<Vec<GuildId>>;

    /// Notes that a student agrees to be named in a guild's report (which keeps their user id), or
    /// no longer does.
    async fn set_share(&self, user: UserId, guild: GuildId, agrees: bool, now: Timestamp) -> Stored<()>;

    /// Who agreed to be named in a guild's report: their number and their user id.
    async fn sharers(&self, guild: GuildId) -> Stored<Vec<(i64, UserId)>>;

    /// Deletes everything about a student, for good; whether there was anything. What is deleted is
    /// overwritten in the store's file.
    async fn erase(&self, user: UserId) -> Stored<bool>;
}
