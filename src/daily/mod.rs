//! The daily post: when it is due, what it says, and that it arrives once.
//!
//! Pure: `wall_time` reads the clock time a teacher types, `zones` understands where the class is,
//! `due` turns a local date into the one instant at which its post goes out, `compose` says what
//! stands in it, `plan` says what a schedule owes, `attempt` what to do next with a delivery.
//! `deliver` does it, over the store, the clock and a [`Poster`] that the edges implement.

mod compose;
mod deliver;
mod due;
mod plan;
mod policy;
mod post_builder;
mod poster;
mod recompute;
mod status;
mod wall_time;
mod zones;

pub use compose::{PostOptions, PostQuestion, compose, question_press};
pub use deliver::{Composer, Deliverer, is_decided};
pub use due::{Due, instant, next_due};
pub use plan::{LEASE, plan, wall_time};
pub use poster::{FindOutcome, Posted, Poster};
pub use recompute::recompute;
pub use status::{DeliveryHealth, Status};
pub use wall_time::{WallTime, WallTimeError};
pub use zones::{ZoneError, name_offset, offer, tzdb_version, understand};
