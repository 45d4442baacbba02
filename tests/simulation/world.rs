//! What everything in a simulation shares: the true time, the machine's clock, who sleeps until
//! when, what is wrong at present, and when the process dies.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard};

use jiff::Timestamp;
use kronikas::clock::SimulatedClock;
use tokio::sync::{Notify, oneshot};

/// Milliseconds since 1970 of true time, or a length of it.
pub type Ms = i64;
pub const SECOND: Ms = 1_000;
pub const MINUTE: Ms = 60 * SECOND;
pub const HOUR: Ms = 60 * MINUTE;
pub const DAY: Ms = 24 * HOUR;

/// A weakness put in on purpose, to prove that the simulation finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    None,
    /// The look into the channel after doubt sees nothing.
    BlindLook,
    /// Discord is not given the nonce.
    NoNonce,
    /// A post is marked as sent when it is claimed.
    MarkedBeforePost,
    /// Nothing is claimed: what became of a post is only written down afterwards.
    MarkedAfterPost,
}

/// A time in which something was wrong, for everyone or for one channel.
#[derive(Debug, Clone, Copy)]
pub struct Trouble {
    pub from: Ms,
    pub to: Ms,
    pub channel: Option<u64>,
}

/// What ails the machine for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ailment {
    Clock,
    Date,
    Store,
}

/// A moment at which a teacher's command meets the deliverer in the middle of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Awkward {
    /// The schedule was read as due, and is not claimed yet.
    BetweenDueAndClaim,
    /// A post may be in the channel, and nobody knows.
    InDoubt,
}

/// What the store does instead of working.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreFault {
    /// It refuses before anything is done (full, locked).
    Refuses,
    /// It does it, and says that it failed.
    LosesAnswers,
}

#[derive(Default)]
pub struct Now {
    /// True time.
    pub at: Ms,
    /// How far the machine's clock is ahead.
    pub offset: Ms,
    /// How far Discord's `Date` header is ahead of true time.
    pub date_error: Ms,
    pub store_fault: Option<StoreFault>,
    /// How slow the store is at times, of 1000 calls.
    pub slow_store: u32,
    sleepers: BinaryHeap<Reverse<Sleeper>>,
    slept: u64,
    /// Await points passed; a kill or a jump of the clock waits for one.
    pub steps: u64,
    pub dies_at: Option<u64>,
    pub jumps_at: Option<(u64, Ms)>,
    pub dead: bool,
    in_flight: usize,
    /// Channels whose teacher acts at an awkward moment, and those for which it has come.
    pub ambushes: BTreeMap<u64, Awkward>,
    pub sprung: Vec<(u64, Awkward)>,
    pub troubles: Vec<Trouble>,
    ailing: Vec<(Ailment, usize)>,
    /// What must not happen, and did.
    pub violations: Vec<String>,
}

struct Sleeper {
    at: Ms,
    idx: u64,
    wake: oneshot::Sender<()>,
}

impl PartialEq for Sleeper {
    fn eq(&self, other: &Sleeper) -> bool {
        (self.at, self.idx) == (other.at, other.idx)
    }
}
impl Eq for Sleeper {}
impl PartialOrd for Sleeper {
    fn partial_cmp(&self, other: &Sleeper) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Sleeper {
    fn cmp(&self, other: &Sleeper) -> std::cmp::Ordering {
        (self.at, self.idx).cmp(&(other.at, other.idx))
    }
}

pub struct World {
    pub clock: Arc<SimulatedClock>,
    pub seed: u64,
    pub flaw: Flaw,
    now: Mutex<Now>,
    returned: Notify,
    turn: tokio::sync::Mutex<()>,
}

pub fn timestamp(at: Ms) -> Timestamp {
    Timestamp::from_millisecond(at).expect("within the calendar")
}

impl World {
    pub fn new(seed: u64, flaw: Flaw, at: Ms) -> World {
        let now = Now { at, ..Now::default() };
        World {
            clock: Arc::new(SimulatedClock::new(timestamp(at))),
            seed,
            flaw,
            now: Mutex::new(now),
            returned: Notify::new(),
            turn: tokio::sync::Mutex::default(),
        }
    }

    pub fn lock(&self) -> MutexGuard<'_, Now> {
        self.now.lock().expect("no panic while it was locked")
    }

    pub fn at(&self) -> Ms {
        self.lock().at
    }

    /// The machine's time as true time has it.
    pub fn true_time(&self, shown: Timestamp) -> Ms {
        shown.as_millisecond() - self.lock().offset
    }

    pub fn set_offset(&self, offset: Ms) {
        let mut now = self.lock();
        now.offset = offset;
        self.clock.set(timestamp(now.at + offset));
    }

    pub fn trouble(&self, length: Ms, channel: Option<u64>) {
        let mut now = self.lock();
        let (from, to) = (now.at, now.at + length);
        now.troubles.push(Trouble { from, to, channel });
    }

    /// Something ails the machine from now on, or no longer.
    pub fn ailing(&self, what: Ailment, begins: bool) {
        let mut now = self.lock();
        let known = now.ailing.iter().position(|(one, _)| *one == what);
        match (known, begins) {
            (None, true) => {
                let (from, idx) = (now.at, now.troubles.len());
                now.troubles.push(Trouble { from, to: Ms::MAX, channel: None });
                now.ailing.push((what, idx));
            }
            (Some(known), false) => {
                let (_, idx) = now.ailing.swap_remove(known);
                now.troubles[idx].to = now.at + 10 * MINUTE;
            }
            _ => {}
        }
    }

    pub fn violation(&self, what: String) {
        let mut now = self.lock();
        let when = timestamp(now.at);
        now.violations.push(format!("{when}: {what}"));
    }

    /// Moves true time on; nobody wakes yet.
    pub fn advance_to(&self, at: Ms) {
        let mut now = self.lock();
        now.at = now.at.max(at);
        self.clock.set(timestamp(now.at + now.offset));
    }

    /// Wakes who slept until now.
    pub fn wake(&self) {
        let mut now = self.lock();
        while now.sleepers.peek().is_some_and(|next| next.0.at <= now.at) {
            if let Some(Reverse(sleeper)) = now.sleepers.pop() {
                // Whoever slept may be dead.
                let _ = sleeper.wake.send(());
            }
        }
    }

    /// When the first of those who sleep wakes.
    pub fn first_sleeper(&self) -> Option<Ms> {
        let mut now = self.lock();
        while now.sleepers.peek().is_some_and(|next| next.0.wake.is_closed()) {
            now.sleepers.pop();
        }
        now.sleepers.peek().map(|next| next.0.at)
    }

    pub async fn sleep_until(&self, at: Ms) {
        let slept = {
            let mut now = self.lock();
            if at <= now.at {
                return;
            }
            let (wake, slept) = oneshot::channel();
            let idx = now.slept;
            now.slept += 1;
            now.sleepers.push(Reverse(Sleeper { at, idx, wake }));
            slept
        };
        let _ = slept.await;
    }

    pub async fn sleep(&self, length: Ms) {
        let at = self.at() + length;
        self.sleep_until(at).await;
    }

    /// Whether a teacher acts just now, which is when that moment comes for that channel.
    pub fn springs(&self, channel: u64, moment: Awkward) -> bool {
        let mut now = self.lock();
        let springs = now.ambushes.get(&channel) == Some(&moment);
        if springs {
            now.ambushes.remove(&channel);
            now.sprung.push((channel, moment));
        }
        springs
    }

    /// A point at which the process may die, and then never goes on.
    pub async fn step(&self) {
        let dead = {
            let mut now = self.lock();
            now.steps += 1;
            if let Some((step, by)) = now.jumps_at
                && now.steps >= step
            {
                now.jumps_at = None;
                now.offset += by;
                self.clock.set(timestamp(now.at + now.offset));
            }
            now.dead |= now.dies_at.is_some_and(|step| now.steps >= step);
            now.dead
        };
        if dead {
            std::future::pending::<()>().await;
        }
    }

    /// Waits for something that another thread does, and lets nobody take us for idle meanwhile.
    pub async fn elsewhere<T>(&self, work: impl Future<Output = T>) -> T {
        struct InFlight<'a>(&'a World);
        impl Drop for InFlight<'_> {
            fn drop(&mut self) {
                self.0.lock().in_flight -= 1;
                self.0.returned.notify_one();
            }
        }
        self.lock().in_flight += 1;
        let _in_flight = InFlight(self);
        // One after another, and taken up when everybody else has done what he can, however fast or
        // slow the other thread was: a seed always comes to the same.
        let _turn = self.turn.lock().await;
        let done = work.await;
        self.nobody_moves().await;
        done
    }

    /// Returns when everybody sleeps, or is dead or done: only then may time go on.
    pub async fn quiet(&self) {
        loop {
            let returned = self.returned.notified();
            self.nobody_moves().await;
            if self.lock().in_flight == 0 {
                return;
            }
            returned.await;
        }
    }

    /// Returns when nobody in this thread has anything to do but wait.
    async fn nobody_moves(&self) {
        let (mut before, mut same) = (u64::MAX, 0);
        while same < 4 {
            let mut yielded = false;
            // To the end of the line; the runtime's own way would sleep in between.
            std::future::poll_fn(|context| {
                if std::mem::replace(&mut yielded, true) {
                    return std::task::Poll::Ready(());
                }
                context.waker().wake_by_ref();
                std::task::Poll::Pending
            })
            .await;
            let moves = {
                let now = self.lock();
                now.steps + now.slept
            };
            same = if moves == before { same + 1 } else { 0 };
            before = moves;
        }
    }

    /// Chance for one request: the same for the same seed, whatever else happens.
    pub fn chance(&self, about: u64, idx: u64) -> fastrand::Rng {
        let mixed = self.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ about.wrapping_mul(0xD1B5_4A32_D192_ED03);
        fastrand::Rng::with_seed(mixed.rotate_left(17) ^ idx.wrapping_mul(0x2545_F491_4F6C_DD1D))
    }
}
