//! The replay: the days of a pack re-lived hour by hour, in a lesson or as long as they lasted.
//!
//! Pure: `script` puts what happened between two days in order, as posts; `timing` says when each
//! is due; `lasting` reads how long a teacher wants it; `tell` writes the posts. `play` puts steps
//! in line in the [`store`](crate::store) when they are due; from there on they are deliveries like
//! the daily post, with its promises.

mod lasting;
mod play;
mod script;
mod tell;
mod timing;

pub use lasting::{LONGEST, Lasting, LastingError, SHORTEST};
pub use play::{compose, enqueue_due, own_time, zone};
pub use script::{Detail, ReplayStep, Script};
pub use tell::{ReplayRenderer, consider, days, sources};
pub use timing::{FASTEST, gap, schedule, script};
