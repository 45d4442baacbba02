//! Class rounds: one question after another in a channel, and what a class answers.
//!
//! `opening → asking → telling → opening …  → closing → ended`. A row says where a round stands, so
//! that whoever starts next goes on from there. Of a student's presses on a question the latest
//! counts, once; it becomes a review when the question closes.

use async_trait::async_trait;
use jiff::Timestamp;

use super::Stored;
use crate::model::{CardState, ChannelId, GuildId, MessageId, Phase, Rating, Taken, UserId};

/// How long rounds and their answers are kept, in days.
pub const REMEMBER_ROUND: i64 = 400;

/// What is asked at one place of a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundQuestion {
    /// The question's id.
    pub id: String,
    /// The seed that makes it the same again.
    pub seed: u64,
    /// How many answers it offers.
    pub choices: u8,
    /// Which of them is right, from 0.
    pub right: u8,
}

/// A round, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// Its number; 0 before it is stored.
    pub id: u64,
    /// The channel's id.
    pub channel: ChannelId,
    /// The guild's id.
    pub guild: GuildId,
    /// What it is about, in words of ours; empty for everything.
    pub subject: String,
    /// How many seconds each question is open.
    pub seconds: u16,
    /// Whether the best are named at the end.
    pub podium: bool,
    /// The questions, in order.
    pub questions: Vec<RoundQuestion>,
    /// How many of them are to be asked; fewer than all once it was stopped.
    pub planned: usize,
    /// The question that is asked or told, from 0.
    pub position: usize,
    pub phase: Phase,
    /// Since when it stands there.
    pub since: Timestamp,
    /// While asking: until when answers count; while telling: how long the answer is left alone.
    pub until: Timestamp,
    /// The message of the question that is asked or told.
    pub message: Option<MessageId>,
    /// When it was started.
    pub started_at: Timestamp,
    /// Why it ended early, if it did.
    pub trouble: Option<String>,
}

/// One press on an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundAnswer {
    /// The round's number, as the button says.
    pub round: u64,
    /// The question, as the button says.
    pub position: usize,
    /// The channel in which it was pressed.
    pub channel: ChannelId,
    /// Who pressed: the Discord user's id, of which a store keeps a pseudonym only.
    pub user: UserId,
    /// Which answer, from 0.
    pub choice: u8,
    /// The press itself; later ones have larger numbers.
    pub interaction: u64,
    /// When it came in.
    pub at: Timestamp,
}

/// How a class answered one question of a round: how many students chose each answer.
pub type Tally = Vec<u32>;

/// One student's answer, for what a round came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The question's place in the round.
    pub position: usize,
    /// Who answered: the student's number in this store.
    pub student: i64,
    /// Whether it was right.
    pub right: bool,
}

/// How an answer in a round changes what is remembered: from its time, its rating and the
/// memory before, if there was one. Pure.
pub type RoundGrade<'a> = &'a (dyn Fn(Timestamp, Rating, Option<CardState>) -> CardState + Send + Sync);

/// What is kept of class rounds. See [`Store`](super::Store) for what a caller may rely on.
#[async_trait]
pub trait RoundStore: Send + Sync {
    /// Starts a round and gives its number; `None` when the channel has one that is not over.
    async fn start_round(&self, round: &Round) -> Stored<Option<u64>>;

    async fn round(&self, id: u64) -> Stored<Option<Round>>;

    /// The round of a channel that is not over.
    async fn round_in(&self, channel: ChannelId) -> Stored<Option<Round>>;

    /// The numbers of all rounds that are not over.
    async fn open_rounds(&self) -> Stored<Vec<u64>>;

    /// Moves a round on from where it stood (`from`: its position and phase): position, phase,
    /// times, message and trouble become those of `round`. Whether it still stood there.
    async fn move_round(&self, from: (usize, Phase), round: &Round) -> Stored<bool>;

    /// Lets a round end with the question that is asked, whose time is up at `now`; whether there
    /// was one to stop.
    async fn stop_round(&self, channel: ChannelId, now: Timestamp) -> Stored<bool>;

    /// Writes presses down, all in one durable step, and says what became of each.
    async fn answer_rounds(&self, answers: &[RoundAnswer]) -> Stored<Vec<Taken>>;

    /// How a question of a round was answered so far.
    async fn tally(&self, round: u64, position: usize) -> Stored<Tally>;

    /// Every answer of a round.
    async fn answers_of_round(&self, round: u64) -> Stored<Vec<Answered>>;

    /// Counts the answers to a question of a round as reviews of `item` in the round's guild, all in
    /// one durable step; those that were counted before stay as they are. How many were new.
    async fn count_round(&self, round: u64, position: usize, item: &str, grade: RoundGrade<'_>) -> Stored<usize>;

    /// Whether everybody in a guild may start a round, not only its teachers.
    async fn rounds_for_everyone(&self, guild: GuildId) -> Stored<bool>;

    /// Sets who may start a round in a guild.
    async fn set_rounds_for_everyone(&self, guild: GuildId, everyone: bool) -> Stored<()>;
}
