//! Persistent state: schedules, deliveries, students, replays and rounds, behind one trait.
//!
//! The traits say what is stored and what a caller may rely on; an engine implements them. A final
//! decision (a claim, a delivery's outcome) is durable when its method returns. Instants are whole
//! seconds, and civil dates have no zone.

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

/// How many channels of one guild may have a daily post: enough for several classes.
pub const SCHEDULES_PER_GUILD: usize = 10;
/// How long the data of a guild that removed the bot is kept, in days.
pub const REMEMBER_GUILD: i64 = 30;
/// How long a delivery is kept after its outcome, in days.
pub const REMEMBER_DELIVERY: i64 = 90;

/// The persistent state. The built-in engine is [`Sqlite`]; another engine must implement these traits.
pub trait Store: DeliveryStore + RecallStore + ReplayStore + RoundStore {}

impl<T: DeliveryStore + RecallStore + ReplayStore + RoundStore> Store for T {}

/// Schedules and deliveries, and the store itself.
#[async_trait]
pub trait DeliveryStore: Send + Sync {
    /// The schedule of a channel.
    async fn schedule(&self, channel: ChannelId) -> Stored<Option<Schedule>>;

    /// The schedules of a guild, or of a terminal, in the order in which they were created.
    async fn schedules_of(&self, guild: Option<GuildId>) -> Stored<Vec<Schedule>>;

    /// Sets a channel's schedule, and replaces an earlier one.
    async fn put_schedule(&self, schedule: &Schedule) -> Stored<()>;

    /// Removes a channel's schedule and its open deliveries. Returns whether there was one.
    async fn remove_schedule(&self, channel: ChannelId) -> Stored<bool>;

    /// Pauses a channel's schedule, and ends the reminder in that channel. Returns whether either was
    /// active before.
    async fn pause(&self, channel: ChannelId, why: &Pause) -> Stored<bool>;

    /// The schedules due at `now`, except paused ones: the earliest first, then in the order in which
    /// they were created, so that a class keeps its place from day to day.
    async fn due(&self, now: Timestamp, limit: usize) -> Stored<Vec<Schedule>>;

    /// When something is next due: a schedule or an open delivery; `None` if never.
    async fn next_wake(&self) -> Stored<Option<Timestamp>>;

    /// Claims deliveries and advances their schedules in one durable transaction. Returns the rows that
    /// the caller must deliver now, with the lease of the claim. Leaves out dates that were claimed
    /// before.
    async fn claim(&self, claims: &[ClaimRequest]) -> Stored<Vec<Delivery>>;

    /// Takes over open deliveries that are due and whose lease has expired, with a new lease.
    async fn lease_due(&self, now: Timestamp, lease_until: Timestamp, limit: usize) -> Stored<Vec<Delivery>>;

    /// Records the outcomes of attempts in one durable transaction. A delivery that has its final
    /// outcome does not change.
    async fn record_outcomes(&self, decisions: &[(Key, Decision)]) -> Stored<()>;

    /// Expires all leases. Call it at the start, when no other process uses the store.
    async fn expire_leases(&self) -> Stored<u64>;

    /// Enqueues a delivery outside any schedule ("post now", a replay's step), at the first free
    /// sequence number from `key.sequence` on. Returns that number.
    async fn enqueue(&self, delivery: &Delivery) -> Stored<u16>;

    /// Enqueues a held or missed delivery again, to be tried until `until`. Returns whether there was
    /// one.
    async fn requeue(&self, key: Key, now: Timestamp, until: Timestamp) -> Stored<bool>;

    async fn delivery(&self, key: Key) -> Stored<Option<Delivery>>;

    /// The latest deliveries of a channel, the latest first.
    async fn deliveries(&self, channel: ChannelId, limit: usize) -> Stored<Vec<Delivery>>;

    /// Whether a date of a channel's daily post was claimed or has an outcome.
    async fn is_taken(&self, channel: ChannelId, date: Date) -> Stored<bool>;

    /// How many schedules are due in `[from, to)`.
    async fn count_due_between(&self, from: Timestamp, to: Timestamp) -> Stored<u64>;

    /// The number of open deliveries (due or being sent), and of held ones.
    async fn backlog(&self) -> Stored<(u64, u64)>;

    /// Records that a guild removed the bot: its schedules pause, and after [`REMEMBER_GUILD`] days its
    /// data is deleted.
    async fn guild_left(&self, guild: GuildId, at: Timestamp) -> Stored<()>;

    /// Records that a guild has the bot (again).
    async fn guild_joined(&self, guild: GuildId) -> Stored<()>;

    /// The guilds with stored data, each with the instant at which it removed the bot, if it did.
    async fn guilds(&self) -> Stored<Vec<(GuildId, Option<Timestamp>)>>;

    /// Deletes expired data. Returns how many rows.
    async fn forget(&self, now: Timestamp) -> Stored<u64>;

    /// All schedules, ordered by channel, to recompute their instants when time zones change.
    async fn all_schedules(&self) -> Stored<Vec<Schedule>>;

    /// A fact about the store itself, such as the version of the time zone data behind its instants.
    async fn fact(&self, name: &str) -> Stored<Option<String>>;

    /// Sets such a fact.
    async fn set_fact(&self, name: &str, value: &str) -> Stored<()>;

    /// Verifies that the store is durably writable.
    async fn probe(&self) -> Stored<()>;

    /// Verifies that everything in the store is readable. It reads all of it, which takes a while.
    async fn check(&self) -> Stored<()>;

    /// Writes a consistent copy to a new file, while the store stays in use.
    async fn backup(&self, file: &Path) -> Stored<()>;
}
