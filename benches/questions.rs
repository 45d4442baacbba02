//! How long a large pack takes to be read, and how long the first quiz on it waits. Prints a table.

#[path = "../tests/it/support/large_pack.rs"]
mod large_pack;

use std::time::Instant;

use kronikas::knowledge::{built_in, load};
use kronikas::lookup::Lookup;
use kronikas::tutor::{Filter, QuestionBank};

fn main() {
    println!("events  read+check ms  lookup ms  bank ms  first five ms  tried  candidates");
    for events in [0, 500, 1000] {
        let files = if events == 0 { built_in() } else { large_pack::files(events) };
        let began = Instant::now();
        let pack = load(&files).unwrap_or_else(|report| panic!("{report}"));
        let read = began.elapsed();
        let began = Instant::now();
        let lookup = Lookup::new(&pack);
        let indexed = began.elapsed();
        let began = Instant::now();
        let bank = QuestionBank::new(&pack);
        let made = began.elapsed();
        let began = Instant::now();
        let mut rng = fastrand::Rng::with_seed(1956);
        for _ in 0..5 {
            let listed = bank.pick(&pack, &mut rng, &Filter::default()).expect("a question");
            assert!(bank.question(&pack, &listed.id, rng.u64(..)).is_some());
        }
        let drawn = began.elapsed();
        drop(lookup);
        println!(
            "{:6}  {:13}  {:9}  {:7}  {:13}  {:5}  {:10}",
            pack.events().count(),
            read.as_millis(),
            indexed.as_millis(),
            made.as_millis(),
            drawn.as_millis(),
            bank.tried(),
            bank.candidates().len()
        );
    }
}
