//! What `kronikas serve` needs besides the Discord edge: the log, health and metrics.

#![allow(clippy::disallowed_methods, clippy::print_stderr, reason = "it tells the present, also where there is no log yet")]

pub mod health;
pub mod log;
mod panics;
