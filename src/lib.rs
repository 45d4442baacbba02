//! Krónikás, a history tutor for class Discord servers and for the terminal.
//!
//! Three promises, in this order: **true** (every sentence about history rests on a cited paragraph
//! of the class document or on a named background source), **there** (it answers while the lesson
//! runs), **kind** (bad spelling finds the right entry, nobody's data is kept).
//!
//! | word | meaning |
//! |---|---|
//! | pack | a folder of TOML files holding one unit of knowledge; one is built in |
//! | claim, note | one sentence in our own words with its citations; what the document says against what the record says |
//! | entry | a thing one can look up: event, person, group, place, term |
//! | moment | a date with honest precision |
//! | match | what a query came to: one, few (choose), nothing |
//! | card | what is said back, as a value |
//! | action | a button or menu on a card; its state travels in its id |
//! | refusal, failure | what the person can act on; what only the operator can |
//!
//! Arrows point one way: [`pack`] and [`model`] (small types that everybody shares) ← [`lookup`], [`calendar`],
//! [`card`], [`answer`], [`picture`] ← the engines [`delivery`] (posts that arrive once) and [`session`] (questions,
//! grading, repetition, rounds) over the [`store`] and the edges' [`messenger`] ← [`command`] (what commands share) ←
//! [`features`] (the commands).
//! [`discord`] and [`terminal`] are edges: they see everything, and nothing sees them; [`serve`] watches them.

// Not among the lints of `Cargo.toml`: tests and benches share modules in which one of them reaches less.
#![warn(unreachable_pub)]
#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        clippy::expect_used,
        clippy::print_stdout,
        clippy::unwrap_used,
        reason = "tests may do what the program must not"
    )
)]

pub mod answer;
pub mod calendar;
pub mod card;
pub mod clock;
pub mod command;
pub mod delivery;
pub mod discord;
pub mod features;
pub mod lookup;
pub mod messenger;
pub mod model;
pub mod pack;
pub mod picture;
pub mod serve;
pub mod session;
pub mod settings;
pub mod store;
pub mod terminal;
