//! The integration tests: one binary, so that what they share is compiled and linked once.
//! `cargo test --test it promises::` runs one module.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests may do what the program must not"
)]

#[path = "../fake_discord/mod.rs"]
mod fake_discord;
mod support;

mod answers;
mod architecture;
mod ask;
mod button_ids;
mod calendar;
mod cards;
mod channels;
mod class;
mod daily;
mod daily_commands;
mod daily_next;
mod damaged_store;
mod direct;
mod discord;
mod edge;
mod fake;
mod fake_edge;
mod fake_faults;
mod fake_gateway;
mod fake_interactions;
mod full_disk;
mod gateway;
mod gateway_starts;
mod gateway_tls;
mod limits;
mod lookup;
mod membership;
mod pack;
mod packs;
mod pictures;
mod post;
mod practice;
mod promises;
mod questions;
mod questions_asked;
mod quiz;
mod read_back;
mod recall_store;
mod registration;
mod replay;
mod replay_discord;
mod replay_store;
mod rounds;
mod simulation;
mod slow_store;
mod store;
mod store_faults;
mod suite;
mod terminal;
mod turning;
mod verdicts;
mod waits;
