//! The current time, and sleeping until later: the system's clock, and a simulated one for tests.

#![allow(clippy::disallowed_methods, reason = "this is the clock")]

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use tokio::sync::Notify;

/// The time source of deliveries, rounds and the gateway. Everything else gets the time as a value.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The current time. It may jump, because the machine's clock may be set.
    fn now(&self) -> Timestamp;

    /// Returns once the clock shows `then` or later.
    async fn sleep_until(&self, then: Timestamp);
}

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

/// The longest sleep without checking the clock, which may be set meanwhile.
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

/// A clock that stands still until it is set, so that simulations and tests never wait.
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

    /// Sets the clock, also back.
    pub fn set(&self, now: Timestamp) {
        *self.lock() = now;
        self.moved.notify_waiters();
    }

    /// Moves the clock forward or back. Beyond the range of `Timestamp` it stays unchanged.
    pub fn advance(&self, by: SignedDuration) {
        let mut shown = self.lock();
        *shown = shown.checked_add(by).unwrap_or(*shown);
        drop(shown);
        self.moved.notify_waiters();
    }

    fn lock(&self) -> parking_lot::MutexGuard<'_, Timestamp> {
        // The value is replaced in one step, so a panic elsewhere leaves it consistent.
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
