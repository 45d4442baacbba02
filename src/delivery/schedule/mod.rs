//! When a post is due, all of it pure but `recompute`.
//!
//! `wall_time` reads the clock time a teacher types, `zones` understands where the class is, `due` turns
//! a local date into the one instant at which its post goes out, `plan` says what a schedule owes,
//! `recompute` computes next posts anew when the time zone data is another than before.

pub(crate) mod due;
pub(crate) mod plan;
pub(crate) mod recompute;
pub(crate) mod wall_time;
pub(crate) mod zones;

pub use due::{Due, instant, next_due};
pub use plan::{LEASE, plan, wall_time};
pub use recompute::recompute;
pub use wall_time::{WallTime, WallTimeError};
pub use zones::{ZoneError, name_offset, offer, tzdb_version, understand};
