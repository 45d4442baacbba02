//! The terminal edge: the same commands and cards, without Discord.
//!
//! In a terminal it is interactive; with input from a pipe it answers line by line; with neither it
//! answers three questions and exits. It needs no network and no token.

#![allow(clippy::disallowed_methods, reason = "an edge: it measures how long an answer took")]

pub mod calendar;
mod conversation;
mod draw;
mod editor;
mod line;
mod lookup;
mod services;

pub use conversation::{ask_once, demonstrate, picture_last, piped, talk};
pub use draw::Look;
pub use lookup::serve_lines;
pub use services::TerminalServices;
