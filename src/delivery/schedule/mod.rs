//! Computes when posts are due. Everything here is pure except `recompute`.
//!
//! `wall_time` parses a clock time, `zones` finds a class's time zone, `due` turns a local date into the
//! instant of its post, `plan` decides which dates of a schedule to post or skip, and `recompute`
//! updates the stored instants when the time zone data changes.

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
