//! How long a large pack takes to be read, and how long the first that asks for a question waits.
//! Prints two tables. With `-- --write FOLDER` it writes the pack of 5,000 events there instead, for
//! trying it with the program itself.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench measures and prints"
)]

#[path = "../tests/it/support/large_pack.rs"]
mod large_pack;

use std::time::{Duration, Instant};

use kronikas::answer::Answers;
use kronikas::command::LoadedPack;
use kronikas::lookup::Lookup;
use kronikas::pack::{Pack, built_in, load};
use kronikas::session::round;
use kronikas::session::{Filter, Question, QuestionBank, recall};

const LARGE: usize = 5_000;

fn took<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let began = Instant::now();
    let done = work();
    (began.elapsed(), done)
}

fn five(bank: &QuestionBank, pack: &Pack) {
    let mut rng = fastrand::Rng::with_seed(1956);
    for _ in 0..5 {
        let listed = bank.pick(pack, &mut rng, &Filter::default()).expect("a question");
        assert!(bank.question(pack, &listed.id, rng.u64(..)).is_some());
    }
}

/// The first five new items of a review.
fn review(bank: &QuestionBank, pack: &Pack) -> usize {
    let path = recall::path(pack, bank);
    path.iter().filter(|item| bank.on_item(pack, item).next().is_some()).take(5).count()
}

/// A post with its question, of a day with events.
fn post(bank: &QuestionBank, pack: &Pack) -> Option<Question> {
    let (_, _, facts) = pack.events().next().expect("an event");
    let day = facts.when.day().expect("a day");
    let events: Vec<_> = pack.events().filter(|(.., other)| other.when.day() == Some(day)).map(|(idx, ..)| idx).collect();
    bank.of_day(pack, &events, 1956)
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == "--write") {
        let folder = std::path::Path::new(arguments.get(at + 1).expect("a folder"));
        return large_pack::write(folder, LARGE);
    }
    println!("events  read+check ms  lookup ms  answers ms  bank ms  candidates");
    let mut rows = Vec::new();
    for events in [0, 500, 1_000, LARGE] {
        let files = if events == 0 { built_in() } else { large_pack::files(events) };
        let (read, pack) = took(|| load(&files).unwrap_or_else(|report| panic!("{report}")));
        let (indexed, _lookup) = took(|| Lookup::new(&pack));
        let (answering, _answers) = took(|| Answers::new(&pack));
        let (made, bank) = took(|| QuestionBank::new(&pack));
        println!(
            "{:6}  {:13}  {:9}  {:10}  {:7}  {:10}",
            pack.events().count(),
            read.as_millis(),
            indexed.as_millis(),
            answering.as_millis(),
            made.as_millis(),
            bank.candidates().len()
        );
        // Each is the first to ask.
        let quiz = took(|| five(&bank, &pack)).0;
        let tried = bank.tried();
        let fresh = || QuestionBank::new(&pack);
        let (bank, other, third) = (fresh(), fresh(), fresh());
        let review = took(|| assert_eq!(review(&bank, &pack), 5)).0;
        let post = took(|| assert!(post(&other, &pack).is_some())).0;
        let themes = took(|| assert!(!recall::themes(&third).is_empty())).0;
        let loaded = LoadedPack::new(pack);
        loaded.questions();
        let mut rng = fastrand::Rng::with_seed(1956);
        let round = took(|| assert_eq!(round::draw(loaded.questions(), &Filter::default(), 5, &mut rng).len(), 5)).0;
        rows.push((loaded.pack.events().count(), quiz, tried, review, round, post, themes));
    }
    println!("\nevents  first quiz ms (questions tried)  review ms  round ms  post's question ms  progress's themes ms");
    for (events, quiz, tried, review, round, post, themes) in rows {
        println!(
            "{events:6}  {:13} ({tried:4})  {:9}  {:8}  {:18}  {:20}",
            quiz.as_millis(),
            review.as_millis(),
            round.as_millis(),
            post.as_millis(),
            themes.as_millis()
        );
    }
}
