//! The engine that sends posts: [`schedule`] computes when each is due, [`outbox`] delivers it exactly
//! once.

pub mod outbox;
pub mod schedule;

pub use outbox::{Deliverer, DeliveryHealth, PostKind, Status, is_decided, key_of, nonce};
pub use schedule::{
    Due, LEASE, WallTime, WallTimeError, ZoneError, instant, name_offset, next_due, offer, plan, recompute, tzdb_version,
    understand, wall_time,
};
