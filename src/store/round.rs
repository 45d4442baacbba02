//! Class rounds: one question after another in a channel, and the class's answers.
//!
//! `opening → asking → telling → opening …  → closing → ended`. The row has the round's whole state, so
//! the next process can continue it. A student's latest press on a question counts, once; it becomes a
//! review when the question closes.

use async_trait::async_trait;
use jiff::Timestamp;

use super::Stored;
use crate::model::{CardState, ChannelId, GuildId, MessageId, Phase, Rating, Taken, UserId};

/// How long rounds and their answers are kept, in days.
pub const REMEMBER_ROUND: i64 = 400;

/// A question of a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundQuestion {
    /// The question's id.
    pub id: String,
    /// The seed from which the question is generated again.
    pub seed: u64,
    /// The number of choices.
    pub choices: u8,
    /// The index of the right choice.
    pub right: u8,
}

/// A row of the table `round`, with its questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// Its number; 0 before it is stored.
    pub id: u64,
    /// The channel's id.
    pub channel: ChannelId,
    /// The guild's id.
    pub guild: GuildId,
    /// The topic in our own words; empty for everything.
    pub subject: String,
    /// How many seconds each question is open.
    pub seconds: u16,
    /// Whether the best students are named at the end.
    pub podium: bool,
    /// The questions, in order.
    pub questions: Vec<RoundQuestion>,
    /// How many of them will be asked; fewer than all after the round was stopped.
    pub planned: usize,
    /// The index of the current question.
    pub position: usize,
    pub phase: Phase,
    /// Since when it is in its current phase.
    pub since: Timestamp,
    /// While asking: until when answers count. While telling: how long the solution is shown.
    pub until: Timestamp,
    /// The message of the current question.
    pub message: Option<MessageId>,
    /// When it was started.
    pub started_at: Timestamp,
    /// Why it ended early, if it did.
    pub trouble: Option<String>,
}

/// A press on a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundAnswer {
    /// The round's number, from the button.
    pub round: u64,
    /// The question's index, from the button.
    pub position: usize,
    /// The channel of the pressed message.
    pub channel: ChannelId,
    /// The Discord user's id, of which the store keeps only a pseudonym.
    pub user: UserId,
    /// The index of the choice.
    pub choice: u8,
    /// The id of the press; later presses have larger ids.
    pub interaction: u64,
    /// When the press arrived.
    pub at: Timestamp,
}

/// How many students chose each choice of a question.
pub type Tally = Vec<u32>;

/// One student's answer, for the result of a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The question's index in the round.
    pub position: usize,
    /// The student's number in this store.
    pub student: i64,
    /// Whether it was right.
    pub right: bool,
}

/// How an answer in a round changes what is remembered: from its time, its rating and the previous
/// state, if there was one. Pure.
pub type RoundGrade<'a> = &'a (dyn Fn(Timestamp, Rating, Option<CardState>) -> CardState + Send + Sync);

/// The part of the store for class rounds. See [`Store`](super::Store) for what a caller may rely on.
#[async_trait]
pub trait RoundStore: Send + Sync {
    /// Starts a round and returns its number; `None` if the channel has an unfinished one.
    async fn start_round(&self, round: &Round) -> Stored<Option<u64>>;

    async fn round(&self, id: u64) -> Stored<Option<Round>>;

    /// The unfinished round of a channel.
    async fn round_in(&self, channel: ChannelId) -> Stored<Option<Round>>;

    /// The numbers of all unfinished rounds.
    async fn open_rounds(&self) -> Stored<Vec<u64>>;

    /// Advances a round from the position and phase `from`: position, phase, times, message and trouble
    /// become those of `round`. Returns whether the round was still at `from`.
    async fn move_round(&self, from: (usize, Phase), round: &Round) -> Stored<bool>;

    /// Ends the current question at `now`, and the round with it. Returns whether there was a round to
    /// stop.
    async fn stop_round(&self, channel: ChannelId, now: Timestamp) -> Stored<bool>;

    /// Records presses in one durable transaction, and returns what became of each.
    async fn answer_rounds(&self, answers: &[RoundAnswer]) -> Stored<Vec<Taken>>;

    /// The answers to a question of a round so far.
    async fn tally(&self, round: u64, position: usize) -> Stored<Tally>;

    /// Every answer of a round.
    async fn answers_of_round(&self, round: u64) -> Stored<Vec<Answered>>;

    /// Counts the answers to a question of a round as reviews of `item` in the round's guild, in one
    /// durable transaction. Answers that were counted before do not change. Returns how many were new.
    async fn count_round(&self, round: u64, position: usize, item: &str, grade: RoundGrade<'_>) -> Stored<usize>;

    /// Whether all members of a guild may start a round, not only its teachers.
    async fn rounds_for_everyone(&self, guild: GuildId) -> Stored<bool>;

    /// Sets who may start a round in a guild.
    async fn set_rounds_for_everyone(&self, guild: GuildId, everyone: bool) -> Stored<()>;
}
