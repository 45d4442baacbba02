//! Krónikás, a history tutor for class Discord servers and for the terminal.
//!
//! Three promises, in this order: **true** (every sentence about history cites a paragraph of the class
//! document or a named background source), **reliable** (it answers during the lesson), **kind**
//! (misspellings find the right entry, and it stores little about anybody).
//!
//! | word | meaning |
//! |---|---|
//! | pack | a folder of TOML files with one unit of knowledge; one is built in |
//! | claim, note | a sentence in our own words with its citations; what the document says compared with the historical record |
//! | entry | something that can be looked up: event, person, group, place, term |
//! | moment | a date, no more precise than it is known |
//! | match | the result of a query: found, choose (several), nothing |
//! | card | the answer to a user, as a value |
//! | action | a button or menu on a card; its state is in its id |
//! | refusal, failure | an error that the user can resolve; an error that only the operator can |
//!
//! Dependencies go one way: [`pack`] and [`model`] (small shared types) ← [`lookup`], [`calendar`],
//! [`card`], [`answer`], [`picture`] ← the engines [`delivery`] (posts that are sent exactly once) and
//! [`session`] (questions, grading, repetition, rounds) over the [`store`] and the edges' [`messenger`]
//! ← [`command`] (what commands share) ← [`features`] (the commands). [`discord`] and [`terminal`] are
//! edges: they may use everything, and nothing uses them. [`serve`] monitors them.

// Not in the lints of `Cargo.toml`, because tests and benches share modules of which each uses only a
// part.
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
