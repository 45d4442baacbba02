//! The morning burst: 100,000 classes that all want their post at 08:00 of their own clocks.
//!
//! The real store, the real deliverer and the real pace, in simulated time, before a modelled
//! Discord that takes 50 requests a second and five in five seconds to a channel, and counts what it
//! would refuse. Only the seconds that machines need are real: those of the store and of look-ups.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench measures and prints"
)]

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use governor::clock::FakeRelativeClock;
use jiff::civil::{Date, date, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use kronikas::card::{Card, Outcome};
use kronikas::clock::{Clock, SimulatedClock};
use kronikas::delivery::{Deliverer, PostKind, WallTime, instant, key_of, plan};
use kronikas::discord::pace::Pace;
use kronikas::lookup::{Lookup, Scope};
use kronikas::messenger::{Messenger, SendError};
use kronikas::model::{ChannelId, DeliverySubject, GuildId, Key, MessageId, QuietPolicy};
use kronikas::pack::{built_in, load};
use kronikas::store::{Decision, Delivery, DeliveryStore, Schedule, Sqlite, StoreError};

const CHANNELS: usize = 100_000;
const ZONES: usize = 30;
const DAY: Date = date(2026, 11, 24);
/// What Discord takes in a second.
const LIMIT: usize = 50;

/// Discord, as far as it counts requests.
struct Counted {
    pace: Pace<FakeRelativeClock>,
    turns: FakeRelativeClock,
    clock: Arc<SimulatedClock>,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    last: VecDeque<Timestamp>,
    of_channels: HashMap<u64, VecDeque<Timestamp>>,
    refused: usize,
    posted: HashMap<(u64, Date), Timestamp>,
}

/// Whether one more fits under `limit` in a span of time.
fn fits(times: &mut VecDeque<Timestamp>, now: Timestamp, span: SignedDuration, limit: usize) -> bool {
    while times.front().is_some_and(|first| first.duration_until(now) >= span) {
        times.pop_front();
    }
    times.push_back(now);
    times.len() <= limit
}

#[async_trait]
impl Messenger for Counted {
    async fn send(&self, _: ChannelId, nonce: &str, _: &Card) -> Result<MessageId, SendError> {
        let key = key_of(nonce).expect("a delivery");
        while let Err(wait) = self.pace.try_turn() {
            self.turns.advance(wait);
            self.clock.advance(SignedDuration::try_from(wait).expect("a short wait"));
        }
        let now = self.clock.now();
        let mut seen = self.seen.lock().expect("no panic while it was locked");
        let everyone = fits(&mut seen.last, now, SignedDuration::from_secs(1), LIMIT);
        let channel = fits(seen.of_channels.entry(key.channel.0).or_default(), now, SignedDuration::from_secs(5), 5);
        if !everyone || !channel {
            seen.refused += 1;
            return Err(SendError::NotSent { wait: Some(Duration::from_secs(1)), why: "429".to_owned() });
        }
        seen.posted.insert((key.channel.0, key.date), now);
        Ok(MessageId(key.channel.0))
    }
}

/// One card for all: they are composed before the minute.
struct OneCard(Arc<Card>);

#[async_trait]
impl PostKind for OneCard {
    fn is_for(&self, _: &DeliverySubject) -> bool {
        true
    }

    async fn compose(&self, _: &Delivery) -> Result<Option<Arc<Card>>, StoreError> {
        Ok(Some(self.0.clone()))
    }
}

/// Thirty zones with an 08:00 of their own each, the busiest first.
fn zones() -> Vec<(String, TimeZone)> {
    let eight = WallTime::new(8, 0).expect("a time");
    let mut instants = BTreeSet::new();
    let mut zones = Vec::new();
    for name in jiff::tz::db().available() {
        let zone = TimeZone::get(name.as_str()).expect("a zone");
        let due = instant(DAY, eight, &zone).at().expect("it exists");
        if zones.len() < ZONES && name.as_str().contains('/') && instants.insert(due) {
            zones.push((name.to_string(), zone));
        }
    }
    zones
}

/// How many channels each zone has.
fn spread(kind: &str) -> Vec<usize> {
    let weight = |idx: usize| match kind {
        "Zipf" => 1.0 / (idx + 1) as f64,
        "40 % in one" if idx == 0 => 0.4,
        "40 % in one" => 0.6 / (ZONES - 1) as f64,
        _ => 1.0,
    };
    let sum: f64 = (0..ZONES).map(weight).sum();
    let mut sizes: Vec<usize> = (0..ZONES).map(|idx| (weight(idx) / sum * CHANNELS as f64) as usize).collect();
    sizes[0] += CHANNELS - sizes.iter().sum::<usize>();
    sizes
}

fn schedules(sizes: &[usize]) -> Vec<Schedule> {
    let (zones, eight) = (zones(), WallTime::new(8, 0).expect("a time"));
    let set_at: Timestamp = "2026-11-01T00:00:00Z".parse().expect("an instant");
    let mut schedules = Vec::with_capacity(CHANNELS);
    for ((name, zone), size) in zones.iter().zip(sizes) {
        let next_due = instant(DAY, eight, zone).at().expect("it exists");
        for _ in 0..*size {
            let idx = schedules.len() as u64;
            // Set in another order than the ids have, so that keeping the place is seen.
            let set_at = set_at.checked_add(SignedDuration::from_secs((idx * 7919 % 1_000_003) as i64)).expect("in range");
            schedules.push(Schedule {
                channel: ChannelId(1_000_000_000_000_000_000 + idx),
                guild: Some(GuildId(900_000_000_000_000_000 + idx)),
                zone: name.clone(),
                time: time(8, 0, 0, 0),
                quiet: QuietPolicy::Context,
                question: true,
                picture: false,
                catch_up: 6 * 3600,
                set_at,
                next_date: DAY,
                next_due,
                paused: None,
                resting_until: None,
            });
        }
    }
    schedules
}

fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    pages.and_then(|text| text.split(' ').nth(1)?.parse::<usize>().ok()).unwrap_or_default() * 4096
}

async fn filled(path: &Path, schedules: &[Schedule]) -> Sqlite {
    let store = Sqlite::open_for_simulation(path).await.expect("a store");
    for schedule in schedules {
        store.put_schedule(schedule).await.expect("the store takes it");
    }
    store
}

/// Median and 99th percentile, in microseconds.
fn percentiles(mut times: Vec<Duration>) -> (f64, f64) {
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e6;
    (at(0.5), at(0.99))
}

fn burst_row(kind: &str, largest: usize, last: f64, refused: usize, moved: f64, real: f64) {
    let ideal = largest as f64 / LIMIT as f64;
    println!(
        "| {kind} | {largest} | {ideal:.1} s | {last:.1} s | {:.3} | {refused} | {moved:.1} s | {real:.0} s |",
        last / ideal
    );
}

/// Two days of everyone's posts; on the second one, how far a channel is from its place of the first.
async fn burst(kind: &str, folder: &Path, lookup: &Lookup) {
    let sizes = spread(kind);
    let all = schedules(&sizes);
    let store = Arc::new(filled(&folder.join(format!("{}.db", sizes[0])), &all).await);
    let begin = all.iter().map(|schedule| schedule.next_due).min().expect("channels");
    let clock = Arc::new(SimulatedClock::new(begin));
    let turns = FakeRelativeClock::default();
    let pace = Pace::with_clock(turns.clone());
    let discord = Arc::new(Counted { pace, turns, clock: clock.clone(), seen: Mutex::default() });
    let card = OneCard(Arc::new(Card::new(Outcome::Found, "On this day in 1956")));
    let deliverer = Arc::new(Deliverer::new(store.clone(), discord.clone(), vec![Box::new(card)], clock.clone(), 1956));
    let idle = look_ups(lookup, &AtomicBool::new(false), 400);
    let end = begin.checked_add(SignedDuration::from_hours(2 * 24)).expect("in range");
    let running = AtomicBool::new(true);
    let real = Instant::now();
    let during = std::thread::scope(|scope| {
        let meanwhile = scope.spawn(|| look_ups(lookup, &running, usize::MAX));
        tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(async {
                while let Some(wake) = store.next_wake().await.expect("the store works").filter(|wake| *wake < end) {
                    clock.set(wake.max(clock.now()));
                    deliverer.run_until_idle().await;
                }
            });
        });
        running.store(false, Ordering::Relaxed);
        meanwhile.join().expect("no panic")
    });
    let real = real.elapsed().as_secs_f64();
    let seen = discord.seen.lock().expect("no panic while it was locked");
    let (mut last, mut moved) = (0.0f64, 0.0f64);
    for (idx, schedule) in all.iter().enumerate() {
        let first = seen.posted[&(schedule.channel.0, DAY)];
        let place = schedule.next_due.duration_until(first).as_secs_f64();
        if idx < sizes[0] {
            last = last.max(place);
        }
        let again = seen.posted[&(schedule.channel.0, DAY.tomorrow().expect("a date"))];
        // No clocks change on that day.
        moved = moved.max((first.duration_until(again).as_secs_f64() - 86_400.0).abs());
    }
    burst_row(kind, sizes[0], last, seen.refused, moved, real);
    let ((p50, p99), (q50, q99)) = (percentiles(idle), percentiles(during));
    LOOK_UPS.lock().expect("no panic").push(format!("| {kind} | {p50:.0} | {p99:.0} | {q50:.0} | {q99:.0} |"));
}

static LOOK_UPS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Looks things up, one after another with a breath between, while `running` or so many.
fn look_ups(lookup: &Lookup, running: &AtomicBool, number: usize) -> Vec<Duration> {
    let queries: Vec<&str> =
        include_str!("../tests/data/queries.tsv").lines().skip(1).filter_map(|row| row.split('\t').nth(1)).collect();
    let mut times = Vec::new();
    for query in queries.iter().cycle() {
        if times.len() >= number || number == usize::MAX && !running.load(Ordering::Relaxed) {
            break;
        }
        let begin = Instant::now();
        std::hint::black_box(lookup.find(query, Scope::ANY));
        times.push(begin.elapsed());
        std::thread::sleep(Duration::from_millis(2));
    }
    times
}

async fn timed<T>(number: usize, mut work: impl AsyncFnMut() -> T) -> (f64, f64) {
    let mut times = Vec::with_capacity(number);
    for _ in 0..number {
        let begin = Instant::now();
        std::hint::black_box(work().await);
        times.push(begin.elapsed());
    }
    percentiles(times)
}

/// What a look at the store costs at 100,000 schedules.
async fn scans(folder: &Path) {
    let all = schedules(&spread("40 % in one"));
    let before = resident();
    let path = folder.join("scans.db");
    let store = filled(&path, &all).await;
    store.close().await;
    let store = Sqlite::open(&path).await.expect("a store");
    let file = std::fs::metadata(&path).expect("a file").len();
    let first = all.iter().map(|schedule| schedule.next_due).min().expect("channels");
    let busiest = all[0].next_due;
    let early = first.checked_sub(SignedDuration::from_secs(1)).expect("in range");
    println!("\n| a tick at {CHANNELS} schedules | median µs | p99 µs |");
    println!("|---|---|---|");
    let row = |what: &str, (median, p99): (f64, f64)| println!("| {what} | {median:.0} | {p99:.0} |");
    row("when is there something to do? (nothing is)", timed(500, async || store.next_wake().await).await);
    row("what is due? (nothing is)", timed(500, async || store.due(early, 64).await).await);
    row("what is due? (64 of 40,000 and more that are)", timed(500, async || store.due(busiest, 64).await).await);
    let rss = resident().saturating_sub(before);
    let mut claimed = Vec::new();
    let begin = Instant::now();
    let mut claim_times = Vec::new();
    while let Some(due) = Some(store.due(busiest, 64).await.expect("the store works")).filter(|due| !due.is_empty()) {
        let claims: Vec<_> = due.iter().filter_map(|schedule| plan(schedule, busiest, None).ok()).collect();
        let at = Instant::now();
        claimed.extend(store.claim(&claims).await.expect("the store works"));
        claim_times.push(at.elapsed());
    }
    let rate = claimed.len() as f64 / begin.elapsed().as_secs_f64();
    row("claim 64, durably", percentiles(claim_times));
    let again: Vec<(Key, Decision)> = claimed
        .iter()
        .enumerate()
        .map(|(idx, delivery)| {
            let not_before = busiest.checked_add(SignedDuration::from_secs(60 + idx as i64 % 300)).expect("in range");
            (delivery.key, Decision::Again { not_before, uncertain_since: None, trouble: "502".to_owned() })
        })
        .collect();
    for some in again.chunks(64) {
        store.record_outcomes(some).await.expect("the store works");
    }
    let open = claimed.len();
    let later = busiest.checked_add(SignedDuration::from_secs(30)).expect("in range");
    row(
        &format!("when is there something to do? ({open} are to be tried again)"),
        timed(100, async || store.next_wake().await).await,
    );
    row(
        &format!("what is to be tried again? (nothing yet, of {open})"),
        timed(100, async || store.lease_due(later, later, 64).await).await,
    );
    println!("\nClaimed with `synchronous=FULL`: {rate:.0} deliveries a second ({open}).");
    println!("A schedule: {} B of the file, {} B of memory.", file / CHANNELS as u64, rss / CHANNELS);
    store.close().await;
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_time().build().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let pack = load(&built_in()).unwrap_or_else(|report| panic!("{report}"));
    let lookup = Lookup::new(&pack);
    println!(
        "| {CHANNELS} at 08:00 in {ZONES} zones | largest zone | at 50/s | its last post after | ratio | 429s | moved from day to day | real time, two days |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for kind in ["even", "Zipf", "40 % in one"] {
        runtime.block_on(burst(kind, folder.path(), &lookup));
    }
    runtime.block_on(scans(folder.path()));
    println!("\n| look-ups beside the burst | idle median µs | p99 | during, median µs | p99 |");
    println!("|---|---|---|---|---|");
    LOOK_UPS.lock().expect("no panic").iter().for_each(|row| println!("{row}"));
}
