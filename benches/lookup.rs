//! The lookup's speed, memory and accuracy on synthetic packs, beside three others on the same
//! queries. Prints a table; criterion and divan show means, and what a student feels is the
//! slowest of a hundred.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench measures and prints"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use kronikas::lookup::{Index, Lookup, Match, NameRole, NamedEntry, Scope, Spelling};
use kronikas::pack::{Kind, built_in, load};
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher};
use rapidfuzz::distance::osa;

/// A small generator (xorshift64*, Vigna 2016): the same names on every machine.
struct Chance(u64);

impl Chance {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % below
    }
}

const STARTS: &[&str] = &[
    "Kov", "Nag", "Szab", "Tót", "Horv", "Var", "Kis", "Moln", "Ném", "Fark", "Bal", "Pap", "Tak", "Juh", "Lak", "Mész", "Simon",
    "Rác", "Fek", "Szil", "Khru", "Malen", "Zhu", "Mik", "Sus", "And", "Gom", "Cyr", "Bier", "Roko", "Eisen", "Dul", "Hammar",
    "Lod", "Chur", "Mac", "Att", "Bev", "Ach", "Tru", "Kál", "Dér", "Illy", "Bib", "Gim", "Losonc", "Dudás", "Pongr", "Szig",
    "Mind",
];
const ENDS: &[&str] = &[
    "ács", "y", "ó", "h", "áth", "ga", "s", "ár", "eth", "as", "ogh", "p", "ács", "ász", "atos", "áros", "ka", "z", "ete",
    "ágyi", "shchev", "kov", "hower", "les", "skjöld", "ge", "chill", "millan", "lee", "in", "eson", "man", "mán", "i", "és",
    "czy", "átz", "ethy", "szenty", "ossy", "ovics", "enko", "ewski", "feld", "berg", "son", "ton", "dale", "ing", "er",
];
const GIVEN: &[&str] = &[
    "Imre",
    "Mátyás",
    "Ernő",
    "János",
    "András",
    "Pál",
    "Béla",
    "József",
    "Anna",
    "László",
    "Júlia",
    "Ferenc",
    "Zoltán",
    "István",
    "Géza",
    "Miklós",
    "Sándor",
    "Péter",
    "Gergely",
    "Mihály",
    "Gábor",
    "György",
    "Tibor",
    "Gyula",
    "Attila",
    "Nikita",
    "Ivan",
    "Yuri",
    "Georgy",
    "Władysław",
    "Dwight",
    "John",
    "Henry",
    "Ervin",
    "Mária",
    "Ilona",
    "Katalin",
    "Erzsébet",
    "Éva",
    "Zsuzsanna",
];

fn names(number: usize) -> Vec<String> {
    let mut chance = Chance(0x1956_1023);
    (0..number)
        .map(|_| {
            let given = GIVEN[chance.next(GIVEN.len())];
            let middle = STARTS[chance.next(STARTS.len())].to_lowercase();
            let start = STARTS[chance.next(STARTS.len())];
            let end = ENDS[chance.next(ENDS.len())];
            let long = number > 10_000 || chance.next(3) == 0;
            if long { format!("{given} {start}{}{end}", &middle) } else { format!("{given} {start}{end}") }
        })
        .collect()
}

/// A name as a student types it: accents lost, a slip or two, sometimes the other way round.
fn misspelt(name: &str, chance: &mut Chance) -> String {
    let mut letters: Vec<char> = any_ascii::any_ascii(name).to_lowercase().chars().collect();
    for _ in 0..=chance.next(2) {
        let place = 1 + chance.next(letters.len() - 2);
        match chance.next(4) {
            0 => drop(letters.remove(place)),
            1 => letters.insert(place, letters[place]),
            2 => letters.swap(place, place - 1),
            _ => letters[place] = "aeioustrkn".as_bytes()[chance.next(10)] as char,
        }
    }
    let typed: String = letters.into_iter().collect();
    match (chance.next(3), typed.split_once(' ')) {
        (0, Some((given, family))) => format!("{family} {given}"),
        _ => typed,
    }
}

/// Median and 99th percentile of a job over the queries, in microseconds, and how often it was right.
fn timed(queries: &[(usize, String)], mut job: impl FnMut(&str) -> Option<usize>) -> (f64, f64, f64) {
    let mut times: Vec<Duration> = Vec::with_capacity(queries.len());
    let mut right = 0;
    for (wanted, query) in queries {
        let start = Instant::now();
        let found = black_box(job(black_box(query)));
        times.push(start.elapsed());
        right += usize::from(found == Some(*wanted));
    }
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e6;
    (at(0.5), at(0.99), right as f64 / queries.len() as f64)
}

fn best(scores: impl Iterator<Item = f64>) -> Option<usize> {
    scores.enumerate().max_by(|a, b| a.1.total_cmp(&b.1)).map(|(idx, _)| idx)
}

fn first(outcome: &Match) -> Option<usize> {
    match outcome {
        Match::Found(hit) => Some(hit.entry.0 as usize),
        Match::Choose(hits) | Match::Nothing(hits) => hits.first().map(|hit| hit.entry.0 as usize),
    }
}

fn main() {
    println!("| names | matcher | median µs | p99 µs | first hit right | built in | memory |");
    println!("|---|---|---|---|---|---|---|");
    for number in [300, 10_000, 100_000] {
        synthetic(number);
    }
    built_in_pack();
}

fn synthetic(number: usize) {
    let names = names(number);
    let subjects: Vec<NamedEntry> = names.iter().map(|_| NamedEntry { kind: Kind::Person, importance: 0, when: None }).collect();
    let spellings: Vec<Spelling> = names
        .iter()
        .enumerate()
        .map(|(idx, name)| Spelling { entry: idx as u32, text: name.clone(), role: NameRole::Name })
        .collect();
    let start = Instant::now();
    let index = Index::build(&subjects, &spellings, &[], &[]);
    let built = start.elapsed();
    let mut chance = Chance(0x2027);
    // Names that are borne twice have no right answer.
    let mut seen = std::collections::HashMap::new();
    names.iter().for_each(|name| *seen.entry(name.as_str()).or_insert(0) += 1);
    let mut queries = Vec::new();
    while queries.len() < 1000 {
        let idx = chance.next(number);
        if seen[names[idx].as_str()] == 1 {
            queries.push((idx, misspelt(&names[idx], &mut chance)));
        }
    }
    for (_, query) in &queries {
        black_box(index.find(query, Scope::ANY));
    }
    let row = |matcher: &str, (median, p99, right): (f64, f64, f64), built: &str, memory: &str| {
        println!("| {number} | {matcher} | {median:.0} | {p99:.0} | {right:.2} | {built} | {memory} |");
    };
    let memory = format!("{} B a name", index.bytes() / number);
    let ours = timed(&queries, |query| first(&index.find(query, Scope::ANY)));
    row("Krónikás, query", ours, &format!("{:.0} ms", built.as_secs_f64() * 1e3), &memory);
    let typed: Vec<(usize, String)> =
        queries.iter().map(|(idx, query)| (*idx, query.chars().take(4 + query.len() / 3).collect())).collect();
    let completed = timed(&typed, |query| index.complete(query, Scope::ANY, 25).first().map(|hit| hit.entry.0 as usize));
    row("Krónikás, completion", completed, "", "");

    let few = &queries[..queries.len().min(20_000_000 / number / 20).max(60)];
    let folded: Vec<String> = names.iter().map(|name| any_ascii::any_ascii(name).to_lowercase()).collect();
    row(
        "strsim Jaro-Winkler, all names",
        timed(few, |query| best(folded.iter().map(|name| strsim::jaro_winkler(query, name)))),
        "",
        "",
    );
    let by_rapidfuzz = |query: &str| {
        let scorer = osa::BatchComparator::new(query.chars());
        best(folded.iter().map(|name| scorer.normalized_similarity(name.chars())))
    };
    row("rapidfuzz OSA", timed(few, by_rapidfuzz), "", "");
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let by_nucleo = |query: &str| {
        let pattern = Pattern::parse(query, CaseMatching::Ignore, Normalization::Smart);
        best(folded.iter().map(|name| {
            let score = pattern.score(nucleo_matcher::Utf32Str::new(name, &mut buffer), &mut matcher);
            score.map_or(-1.0, f64::from)
        }))
    };
    row("nucleo-matcher", timed(few, by_nucleo), "", "");
}

/// The built-in pack with the labelled queries.
fn built_in_pack() {
    let pack = load(&built_in()).unwrap_or_else(|report| panic!("{report}"));
    let start = Instant::now();
    let lookup = Lookup::new(&pack);
    let built = start.elapsed();
    let rows: Vec<&str> = include_str!("../tests/data/queries.tsv").lines().skip(1).collect();
    let queries: Vec<(usize, String)> =
        rows.iter().map(|row| (usize::MAX, row.split('\t').nth(1).unwrap_or_default().to_owned())).collect();
    let job = |query: &str| first(&lookup.find(query, Scope::ANY));
    timed(&queries, job);
    let (median, p99, _) = timed(&queries, job);
    println!("| built-in pack | Krónikás, query | {median:.0} | {p99:.0} | see tests | {:.0} ms | |", built.as_secs_f64() * 1e3);
    let (median, p99, _) =
        timed(&queries, |query| lookup.complete(query, Scope::ANY, 25).first().map(|hit| hit.entry.0 as usize));
    println!("| built-in pack | Krónikás, completion | {median:.0} | {p99:.0} | | | |");
}
