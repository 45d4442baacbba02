//! Ids and small domain types that the store shares with other modules, each with the word or number
//! that the database stores.
//!
//! They know neither tables nor commands. What is stored as a whole (a schedule, a delivery, a round) is
//! in [`store`](crate::store), with the traits that store it.

mod delivery;
mod ids;
mod pause;
mod practice;
mod quiet;
mod replay;
mod round;

pub use delivery::{DeliverySubject, Key, Missed, State};
pub use ids::{ChannelId, GuildId, MessageId, UserId};
pub use pause::Pause;
pub use practice::{CardState, Difficulty, Rating, SessionKind};
pub use quiet::{QuietError, QuietPolicy};
pub use replay::{LessonDetail, ReplayMode, ReplayState};
pub use round::{Phase, Taken};
