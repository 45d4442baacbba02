//! How long an answer to a question in free words takes, over the questions of the test data.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench measures and prints"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use kronikas::answer::Answers;
use kronikas::lookup::Lookup;
use kronikas::pack::{built_in, load};

const QUESTIONS: [&str; 2] = [include_str!("../tests/data/questions_tune.tsv"), include_str!("../tests/data/questions_kept.tsv")];
const ROUNDS: usize = 5;

fn main() {
    let pack = load(&built_in()).unwrap_or_else(|report| panic!("{report}"));
    let began = Instant::now();
    let (lookup, answers) = (Lookup::new(&pack), Answers::new(&pack));
    println!("read in {} ms", began.elapsed().as_millis());
    let questions: Vec<&str> =
        QUESTIONS.iter().flat_map(|set| set.lines().skip(1)).filter_map(|row| row.split('\t').next()).collect();
    let mut times: Vec<Duration> = Vec::new();
    for _ in 0..ROUNDS {
        for question in &questions {
            let began = Instant::now();
            black_box(answers.answer(question, &pack, &lookup));
            times.push(began.elapsed());
        }
    }
    times.sort();
    let at = |thousandths: usize| times[(times.len() - 1) * thousandths / 1000].as_micros();
    println!("{} questions: median {} µs, p99 {} µs, slowest {} µs", times.len(), at(500), at(990), at(1000));
}
