//! How long each kind of picture takes from the knowledge to the PNG, and how large it is. Prints a
//! table: what a student waits for is the slowest of a hundred, not the mean.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench measures and prints"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use jiff::Span;
use jiff::civil::Date;
use kronikas::pack::{EntryIdx, Kind, Pack, built_in, load};
use kronikas::picture::{Svg, draw, graph, map, progress, split, strip, timeline};

/// How many pictures of a kind are drawn.
const ROUNDS: usize = 200;

fn main() {
    let pack = load(&built_in()).unwrap_or_else(|report| panic!("{report}"));
    let events: Vec<EntryIdx> = pack.of_kind(Kind::Event).map(|(idx, _)| idx).collect();
    let pages: Vec<&[EntryIdx]> = events.chunks(15).collect();
    let named: Vec<EntryIdx> = pack
        .numbered()
        .filter(|(idx, entry)| entry.kind != Kind::Event && !pack.events_naming(*idx).is_empty())
        .map(|(idx, _)| idx)
        .collect();
    println!("| picture | layout median ms | median ms | p99 ms | median kB | largest kB |");
    println!("|---|---|---|---|---|---|");
    row("timeline, a page", |idx| timeline(&pack, pages[idx % pages.len()], "A page of events"));
    row("timeline, everything", |_| timeline(&pack, &events, "Everything"));
    row("strip", |idx| strip(&pack, events[idx % events.len()]));
    row("map, an entry", |idx| map(&pack, pack.events_naming(named[idx % named.len()]), "Of an entry").svg);
    row("map, everything", |_| map(&pack, &events, "Everything").svg);
    row("graph", |idx| graph(&pack, events[idx % events.len()]).svg);
    row("progress", |idx| chart(&pack, idx));
    row("split", |idx| split(&choices(&pack, &events, idx), &[idx as u32 % 30, 4, 7, 1], idx % 4));
}

fn choices(pack: &Pack, events: &[EntryIdx], idx: usize) -> Vec<String> {
    (0..4).map(|choice| pack.entry(events[(idx + choice * 17) % events.len()]).name.clone()).collect()
}

fn chart(_: &Pack, idx: usize) -> Svg {
    let themes: Vec<(String, f64, u32)> = ["politics", "protest", "military", "diplomacy", "society"]
        .iter()
        .enumerate()
        .map(|(theme, name)| ((*name).to_owned(), ((idx * 7 + theme * 13) % 100) as f64 / 100.0, (idx + theme) as u32))
        .collect();
    let due: Vec<(Date, u32)> = (0..14)
        .filter_map(|day| {
            Some((Date::constant(2026, 11, 24).checked_add(Span::new().days(day)).ok()?, (idx as u32 * 3 + day as u32 * 5) % 40))
        })
        .collect();
    progress(&themes, &due)
}

fn row(name: &str, lay_out: impl Fn(usize) -> Svg) {
    let mut layout: Vec<Duration> = Vec::new();
    let mut whole: Vec<Duration> = Vec::new();
    let mut sizes: Vec<usize> = Vec::new();
    // The first picture loads the font.
    black_box(draw(&lay_out(0).text));
    for idx in 0..ROUNDS {
        let start = Instant::now();
        let svg = black_box(lay_out(idx));
        layout.push(start.elapsed());
        let png = draw(&svg.text).unwrap_or_else(|| panic!("{name} {idx}"));
        whole.push(start.elapsed());
        sizes.push(png.len());
    }
    layout.sort();
    whole.sort();
    sizes.sort();
    let ms = |times: &[Duration], share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!(
        "| {name} | {:.2} | {:.1} | {:.1} | {:.0} | {:.0} |",
        ms(&layout, 0.5),
        ms(&whole, 0.5),
        ms(&whole, 0.99),
        sizes[sizes.len() / 2] as f64 / 1e3,
        sizes[sizes.len() - 1] as f64 / 1e3
    );
}
