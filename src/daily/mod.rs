//! The daily post: when it is due, and what it says.
//!
//! Everything here so far is pure: `wall_time` reads the clock time a teacher types, `zones`
//! understands where the class is, `due` turns a local date into the one instant at which its
//! post goes out, `compose` says what stands in it. Nothing here knows of Discord.

mod compose;
mod due;
mod telling;
mod wall_time;
mod zones;

pub use compose::{PostOptions, PostQuestion, compose, question_press};
pub use due::{Due, instant, next_due};
pub use wall_time::{WallTime, WallTimeError};
pub use zones::{ZoneError, name_offset, offer, tzdb_version, understand};
