//! What must survive: schedules and deliveries, behind one trait.
//!
//! The trait says what is kept and what a caller may rely on; an engine says how. Everything that
//! is decided for good (a claim, a delivery's end) is durable when its method returns. Instants are
//! whole seconds, civil dates have no zone, Discord's ids stay numbers.

mod delivery;
mod error;
mod recall;
mod replay;
mod round;
mod schedule;
mod sqlite;

use std::path::Path;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::model::{ChannelId, GuildId, Key, Pause};

pub use delivery::{ClaimRequest, Decision, Delivery};
pub use error::{Damage, StoreError, Stored};
pub use recall::{
    ClassReview, Grade, QuizSession, REMEMBER_ATTEMPT, REMEMBER_STUDENT, RecallStore, Reminder, Reminding, ReviewItem, ReviewLog,
    RoundChoice, SessionAnswer, SessionQuestion, Student,
};
pub use replay::{CLOSING, FIRST_SEQUENCE, Replay, ReplayStore};
pub use round::{Answered, REMEMBER_ROUND, Round, RoundAnswer, RoundGrade, RoundQuestion, RoundStore, Tally};
pub use schedule::Schedule;
pub use sqlite::{Findings, Restored, Sqlite, backup_beside, examine, file_of, restore};

/// How many channels of one guild may have a daily post: several classes, not a flood.
pub const SCHEDULES_PER_GUILD: usize = 10;
/// How long a guild that removed the bot is remembered, in days.
pub const REMEMBER_GUILD: i64 = 30;
/// How long a decided delivery is kept, in days.
pub const REMEMBER_DELIVERY: i64 = 90;

/// What survives a restart. One engine is built in, [`Sqlite`]; another needs only these traits.
pub trait Store: DeliveryStore + RecallStore + ReplayStore + RoundStore {}

impl<T: DeliveryStore + RecallStore + ReplayStore + RoundStore> Store for T {}

/// Schedules and deliveries, and the store itself.
#[async_trait]
pub trait DeliveryStore: Send + Sync {
    /// The schedule of a channel.
    async fn schedule(&self, channel: ChannelId) -> Stored<Option<Schedule>>;

    /// The schedules of a guild, or of a terminal, in the order in which they were set.
    async fn schedules_of(&self, guild: Option<GuildId>) -> Stored<Vec<Schedule>>;

    /// Sets a channel's schedule, in place of the one it had.
    async fn put_schedule(&self, schedule: &Schedule) -> Stored<()>;

    /// Removes a channel's schedule and its open deliveries; whether there was one.
    async fn remove_schedule(&self, channel: ChannelId) -> Stored<bool>;

    /// Pauses a channel's schedule, and ends the reminder in it, if it has one that is not paused or
    /// ended yet; whether it had.
    async fn pause(&self, channel: ChannelId, why: &Pause) -> Stored<bool>;

    /// The schedules due at `now`, the earliest first and then in the order in which they were set,
    /// so that a class keeps its place from day to day. Paused ones are left out.
    async fn due(&self, now: Timestamp, limit: usize) -> Stored<Vec<Schedule>>;

    /// When there is next something to do, if ever: a schedule due, or an open delivery.
    async fn next_wake(&self) -> Stored<Option<Timestamp>>;

    /// Claims deliveries and moves their schedules on, all in one durable step. Gives those rows
    /// that are now the caller's to deliver, under the lease the claim names; a date that somebody
    /// claimed before is left out.
    async fn claim(&self, claims: &[ClaimRequest]) -> Stored<Vec<Delivery>>;

    /// Takes over open deliveries whose time has come and whose lease is over, under a new lease.
    async fn lease_due(&self, now: Timestamp, lease_until: Timestamp, limit: usize) -> Stored<Vec<Delivery>>;

    /// Writes down what became of attempts, all in one durable step. A delivery that is decided
    /// already stays as it is.
    async fn record_outcomes(&self, decisions: &[(Key, Decision)]) -> Stored<()>;

    /// Ends the leases of everybody: for the one owner's start, when nobody else can be at work.
    async fn expire_leases(&self) -> Stored<u64>;

    /// Puts a delivery in line outside any schedule ("post now", a replay's step), at the first
    /// free sequence number from `key.sequence` on; gives that number.
    async fn enqueue(&self, delivery: &Delivery) -> Stored<u16>;

    /// Puts a held or missed delivery in line again, to be tried until `until`; whether there was one.
    async fn requeue(&self, key: Key, now: Timestamp, until: Timestamp) -> Stored<bool>;

    async fn delivery(&self, key: Key) -> Stored<Option<Delivery>>;

    /// The latest deliveries of a channel, the latest first.
    async fn deliveries(&self, channel: ChannelId, limit: usize) -> Stored<Vec<Delivery>>;

    /// Whether a date of a channel's daily post was claimed or decided.
    async fn is_taken(&self, channel: ChannelId, date: Date) -> Stored<bool>;

    /// How many schedules are due in `[from, to)`.
    async fn count_due_between(&self, from: Timestamp, to: Timestamp) -> Stored<u64>;

    /// How many deliveries are open (due or being sent), and how many are held.
    async fn backlog(&self) -> Stored<(u64, u64)>;

    /// Notes that a guild removed the bot: its schedules pause, and after [`REMEMBER_GUILD`] days
    /// its data goes.
    async fn guild_left(&self, guild: GuildId, at: Timestamp) -> Stored<()>;

    /// Notes that a guild has the bot (again).
    async fn guild_joined(&self, guild: GuildId) -> Stored<()>;

    /// The guilds of which anything is kept, each with the instant since when it no longer has the bot.
    async fn guilds(&self) -> Stored<Vec<(GuildId, Option<Timestamp>)>>;

    /// Deletes what need not be remembered any longer; how many rows.
    async fn forget(&self, now: Timestamp) -> Stored<u64>;

    /// Every schedule, in the order of channels; for recomputing them when zones change.
    async fn all_schedules(&self) -> Stored<Vec<Schedule>>;

    /// A fact about the store itself, such as the time zone data its instants were computed with.
    async fn fact(&self, name: &str) -> Stored<Option<String>>;

    /// Writes such a fact.
    async fn set_fact(&self, name: &str, value: &str) -> Stored<()>;

    /// Proves that the store can be written to durably.
    async fn probe(&self) -> Stored<()>;

    /// Proves that everything in the store can be read. It reads all of it, which takes a while.
    async fn check(&self) -> Stored<()>;

    /// Writes a consistent copy into a new file, while everything goes on.
    async fn backup(&self, file: &Path) -> Stored<()>;
}
