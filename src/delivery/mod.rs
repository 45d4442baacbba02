//! The engine of posts: when each is due ([`schedule`]), and that it arrives once ([`outbox`]).

pub mod outbox;
pub mod schedule;

pub use outbox::{Deliverer, DeliveryHealth, PostKind, Status, is_decided, key_of, nonce};
pub use schedule::{
    Due, LEASE, WallTime, WallTimeError, ZoneError, instant, name_offset, next_due, offer, plan, recompute, tzdb_version,
    understand, wall_time,
};
