//! How far a channel's replay has come.

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;

use super::{Delivery, Stored};
use crate::model::{ChannelId, GuildId, ReplayMode, ReplayState};

/// A step number that stands for the post that closes a replay.
pub const CLOSING: u16 = 9999;
/// Steps of replays have sequence numbers from here on.
pub const FIRST_SEQUENCE: u16 = 100;

/// A channel's replay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// The channel's id.
    pub channel: ChannelId,
    /// The guild it is in; none for a terminal.
    pub guild: Option<GuildId>,
    /// The first day it tells.
    pub from: Date,
    /// The last day it tells.
    pub to: Date,
    /// A lesson, or as it happened.
    pub mode: ReplayMode,
    /// The IANA name of the class's time zone.
    pub zone: String,
    /// How fast a lesson goes, in per cent of what was asked for.
    pub speed: u16,
    /// When it was started.
    pub started_at: Timestamp,
    /// The first step that the latest post tells; lower than the step it stands for when it sums up.
    pub told_from: u16,
    /// The next step, from 0; the script's length when only the closing post is left.
    pub position: u16,
    /// The next step's name, which stays when the pack gets further entries.
    pub next_step: String,
    /// When the next step is due.
    pub next_at: Timestamp,
    /// Date and sequence number of the latest post, once there is one.
    pub last: Option<(Date, u16)>,
    pub state: ReplayState,
}

impl Replay {
    /// Whether it is neither stopped nor over.
    pub fn is_on(&self) -> bool {
        matches!(self.state, ReplayState::Running | ReplayState::Paused(_))
    }
}

/// The part of a store that keeps replays: at most one a channel that is on.
#[async_trait]
pub trait ReplayStore: Send + Sync {
    /// Starts a replay, in place of one that is over; `false` when another one is on in that channel.
    async fn start_replay(&self, replay: &Replay) -> Stored<bool>;

    /// The channel's replay, on or over.
    async fn replay(&self, channel: ChannelId) -> Stored<Option<Replay>>;

    /// The replays of a guild, or of a terminal, that are on, in the order in which they were started.
    async fn replays_of(&self, guild: Option<GuildId>) -> Stored<Vec<Replay>>;

    /// The running replays whose next step is due at `now` and whose latest post is decided, the
    /// earliest first: a channel that takes no posts is not given more.
    async fn due_replays(&self, now: Timestamp, limit: usize) -> Stored<Vec<Replay>>;

    /// When a replay has next a step due, of those whose latest post is decided.
    async fn next_replay(&self) -> Stored<Option<Timestamp>>;

    /// Puts a step in line and moves the replay on, in one durable step; gives the sequence number,
    /// the first free one from the delivery's on. `None` when the replay stands elsewhere than at
    /// `was`, or does not run (any longer): nothing is changed then.
    async fn advance_replay(&self, was: u16, moved: &Replay, delivery: &Delivery) -> Stored<Option<u16>>;

    /// Changes a replay's speed, next instant and state; `false` when it is not on at that
    /// position any more.
    async fn change_replay(&self, changed: &Replay) -> Stored<bool>;

    /// Pauses or stops a replay that is on and takes back a post that waits and surely was never
    /// made; that step comes again when it goes on. `false` when none is on.
    async fn halt_replay(&self, channel: ChannelId, state: &ReplayState, now: Timestamp) -> Stored<bool>;
}
