//! The state of a channel's replay.

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;

use super::{Delivery, Stored};
use crate::model::{ChannelId, GuildId, ReplayMode, ReplayState};

/// The step number of the closing post of a replay.
pub const CLOSING: u16 = 9999;
/// The first sequence number of a replay's steps; smaller ones are daily posts.
pub const FIRST_SEQUENCE: u16 = 100;

/// A channel's replay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// The channel's id.
    pub channel: ChannelId,
    /// The guild it is in; none for a terminal.
    pub guild: Option<GuildId>,
    /// The first day of the replay.
    pub from: Date,
    /// The last day of the replay.
    pub to: Date,
    /// A lesson, or the real days.
    pub mode: ReplayMode,
    /// The IANA name of the class's time zone.
    pub zone: String,
    /// The speed of a lesson, in per cent of the requested one.
    pub speed: u16,
    /// When it was started.
    pub started_at: Timestamp,
    /// The first step that the latest post covers; lower than its own step if it summarises several.
    pub told_from: u16,
    /// The index of the next step; the script's length if only the closing post remains.
    pub position: u16,
    /// The name of the next step, which stays the same when entries are added to the pack.
    pub next_step: String,
    /// When the next step is due.
    pub next_at: Timestamp,
    /// Date and sequence number of the latest post, if there is one.
    pub last: Option<(Date, u16)>,
    pub state: ReplayState,
}

impl Replay {
    /// Whether it is running or paused, not stopped or finished.
    pub fn is_on(&self) -> bool {
        matches!(self.state, ReplayState::Running | ReplayState::Paused(_))
    }
}

/// The part of the store for replays. A channel has at most one replay that is running or paused.
#[async_trait]
pub trait ReplayStore: Send + Sync {
    /// Starts a replay, and replaces a finished one; `false` if another one is running or paused in that
    /// channel.
    async fn start_replay(&self, replay: &Replay) -> Stored<bool>;

    /// The channel's replay, finished or not.
    async fn replay(&self, channel: ChannelId) -> Stored<Option<Replay>>;

    /// The running and paused replays of a guild, or of a terminal, in the order in which they were
    /// started.
    async fn replays_of(&self, guild: Option<GuildId>) -> Stored<Vec<Replay>>;

    /// The running replays whose next step is due at `now` and whose latest post has its outcome, the
    /// earliest first. A channel that accepts no posts gets no further ones.
    async fn due_replays(&self, now: Timestamp, limit: usize) -> Stored<Vec<Replay>>;

    /// When the next step of a replay is due, among those whose latest post has its outcome.
    async fn next_replay(&self) -> Stored<Option<Timestamp>>;

    /// Enqueues a step and advances the replay, in one durable transaction. Returns the sequence number,
    /// the first free one from the delivery's on. Returns `None` and changes nothing if the replay's
    /// position is not `was`, or if it is not running.
    async fn advance_replay(&self, was: u16, moved: &Replay, delivery: &Delivery) -> Stored<Option<u16>>;

    /// Changes a replay's speed, next instant and state; `false` if it is not at that position any more,
    /// or has ended.
    async fn change_replay(&self, changed: &Replay) -> Stored<bool>;

    /// Pauses or stops a replay, and withdraws a queued post that certainly was not sent; that step
    /// comes again when the replay continues. `false` if there is none.
    async fn halt_replay(&self, channel: ChannelId, state: &ReplayState, now: Timestamp) -> Stored<bool>;
}
