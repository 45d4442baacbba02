//! How long each kind of picture takes from the knowledge to the PNG, and how large it is. Prints a
//! table: what a student waits for is the slowest of a hundred, not the mean.

use std::hint::black_box;
use std::time::{Duration, Instant};

use jiff::Span;
use jiff::civil::Date;
use kronikas::knowledge::{EntryNo, Kind, Pack, built_in, load};
use kronikas::picture::{Svg, draw, graph, map, progress, split, strip, timeline};

/// How many pictures of a kind are drawn.
const ROUNDS: usize = 200;

fn main() {
    let pack = load(&built_in()).unwrap_or_else(|report| panic!("{report}"));
    let events: Vec<EntryNo> = pack.of_kind(Kind::Event).map(|(no, _)| no).collect();
    let pages: Vec<&[EntryNo]> = events.chunks(15).collect();
    let named: Vec<EntryNo> = pack
        .numbered()
        .filter(|(no, entry)| entry.kind != Kind::Event && !pack.events_naming(*no).is_empty())
        .map(|(no, _)| no)
        .collect();
    println!("| picture | layout median ms | median ms | p99 ms | median kB | largest kB |");
    println!("|---|---|---|---|---|---|");
    row("timeline, a page", |no| timeline(&pack, pages[no % pages.len()], "A page of events"));
    row("timeline, everything", |_| timeline(&pack, &events, "Everything"));
    row("strip", |no| strip(&pack, events[no % events.len()]));
    row("map, an entry", |no| map(&pack, pack.events_naming(named[no % named.len()]), "Of an entry").svg);
    row("map, everything", |_| map(&pack, &events, "Everything").svg);
    row("graph", |no| graph(&pack, events[no % events.len()]).svg);
    row("progress", |no| chart(&pack, no));
    row("split", |no| split(&choices(&pack, &events, no), &[no as u32 % 30, 4, 7, 1], no % 4));
}

fn choices(pack: &Pack, events: &[EntryNo], no: usize) -> Vec<String> {
    (0..4).map(|choice| pack.entry(events[(no + choice * 17) % events.len()]).name.clone()).collect()
}

fn chart(_: &Pack, no: usize) -> Svg {
    let themes: Vec<(String, f64, u32)> = ["politics", "protest", "military", "diplomacy", "society"]
        .iter()
        .enumerate()
        .map(|(theme, name)| ((*name).to_owned(), ((no * 7 + theme * 13) % 100) as f64 / 100.0, (no + theme) as u32))
        .collect();
    let due: Vec<(Date, u32)> = (0..14)
        .filter_map(|day| {
            Some((Date::constant(2026, 11, 24).checked_add(Span::new().days(day)).ok()?, (no as u32 * 3 + day as u32 * 5) % 40))
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
    for no in 0..ROUNDS {
        let start = Instant::now();
        let svg = black_box(lay_out(no));
        layout.push(start.elapsed());
        let png = draw(&svg.text).unwrap_or_else(|| panic!("{name} {no}"));
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
