//! Now, and sleeping until later: the system's clock, and one that a test sets.

#![allow(clippy::disallowed_methods, reason = "this is the clock")]

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use tokio::sync::Notify;

/// A clock: what the daily post goes by. Everything else gets the time as a value.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The instant it shows; it may jump, as clocks of machines do.
    fn now(&self) -> Timestamp;

    /// Returns once it shows `then` or later.
    async fn sleep_until(&self, then: Timestamp);
}

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

/// The longest sleep without a look at the clock, which may have been set meanwhile.
const LONGEST_SLEEP: std::time::Duration = std::time::Duration::from_secs(20);

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn sleep_until(&self, then: Timestamp) {
        loop {
            let left = self.now().duration_until(then);
            match std::time::Duration::try_from(left) {
                Ok(left) if !left.is_zero() => tokio::time::sleep(left.min(LONGEST_SLEEP)).await,
                _ => return,
            }
        }
    }
}

/// A clock that stands until it is set: simulations and tests go by it, and nobody waits.
#[derive(Debug)]
pub struct SimulatedClock {
    shown: Mutex<Timestamp>,
    moved: Notify,
}

impl SimulatedClock {
    /// A clock that shows `now`.
    pub fn new(now: Timestamp) -> SimulatedClock {
        SimulatedClock { shown: Mutex::new(now), moved: Notify::new() }
    }

    /// Sets it, also back.
    pub fn set(&self, now: Timestamp) {
        *self.lock() = now;
        self.moved.notify_waiters();
    }

    /// Puts it forward (or back); beyond the calendar's ends it stays as it is.
    pub fn advance(&self, by: SignedDuration) {
        let mut shown = self.lock();
        *shown = shown.checked_add(by).unwrap_or(*shown);
        drop(shown);
        self.moved.notify_waiters();
    }

    fn lock(&self) -> parking_lot::MutexGuard<'_, Timestamp> {
        // An instant is whole or not there: a panic elsewhere cannot have left half of one.
        self.shown.lock()
    }
}

#[async_trait]
impl Clock for SimulatedClock {
    fn now(&self) -> Timestamp {
        *self.lock()
    }

    async fn sleep_until(&self, then: Timestamp) {
        loop {
            let moved = self.moved.notified();
            if self.now() >= then {
                return;
            }
            moved.await;
        }
    }
}
