//! Limits how often each user may use the bot.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

/// Commands: five at once, then one every two seconds, which is faster than anybody reads.
// Evaluated at compile time; zero would not compile.
const BURST: NonZeroU32 = NonZeroU32::new(5).unwrap();
const EVERY: Duration = Duration::from_secs(2);
/// Presses: ten at once, because a student answers a question and calls for the next one quickly.
// Evaluated at compile time; zero would not compile.
const PRESSES: NonZeroU32 = NonZeroU32::new(10).unwrap();
const EVERY_PRESS: Duration = Duration::from_millis(750);
/// When this many users are known, those who have not used the bot for a while are dropped.
const KNOWN: usize = 10_000;

type Limiter<C> = RateLimiter<u64, DashMapStateStore<u64>, C, NoOpMiddleware<<C as Clock>::Instant>>;

/// The cooldown of each user.
pub(super) struct Cooldown<C: Clock = DefaultClock> {
    questions: Limiter<C>,
    presses: Limiter<C>,
    clock: C,
}

impl<C: Clock + Clone> Cooldown<C> {
    /// A cooldown that uses `clock`, with no users yet.
    pub(super) fn new(clock: C) -> Cooldown<C> {
        let quota = |every: Duration, burst| {
            Quota::with_period(every).map_or(Quota::per_second(NonZeroU32::MIN), |quota| quota.allow_burst(burst))
        };
        Cooldown {
            questions: RateLimiter::dashmap_with_clock(quota(EVERY, BURST), clock.clone()),
            presses: RateLimiter::dashmap_with_clock(quota(EVERY_PRESS, PRESSES), clock.clone()),
            clock,
        }
    }

    /// Counts a command of `user`.
    ///
    /// # Errors
    /// If it was one too many: how many seconds to wait, at least 1.
    pub(super) fn ask(&self, user: u64) -> Result<(), u64> {
        self.count(&self.questions, user)
    }

    /// Counts a press of `user`.
    ///
    /// # Errors
    /// As with [`ask`](Cooldown::ask).
    pub(super) fn press(&self, user: u64) -> Result<(), u64> {
        self.count(&self.presses, user)
    }

    fn count(&self, limiter: &Limiter<C>, user: u64) -> Result<(), u64> {
        if limiter.len() > KNOWN {
            limiter.retain_recent();
        }
        limiter.check_key(&user).map_err(|early| early.wait_time_from(self.clock.now()).as_secs() + 1)
    }
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;

    #[test]
    fn the_sixth_question_waits_and_others_do_not() {
        let clock = FakeRelativeClock::default();
        let cooldown = Cooldown::new(clock.clone());
        for _ in 0..5 {
            assert_eq!(cooldown.ask(1), Ok(()));
        }
        assert_eq!(cooldown.ask(1), Err(3), "two seconds, and the one that is begun");
        assert_eq!(cooldown.ask(2), Ok(()));
        clock.advance(Duration::from_millis(1999));
        assert_eq!(cooldown.ask(1), Err(1));
        clock.advance(Duration::from_millis(1));
        assert_eq!(cooldown.ask(1), Ok(()));
        assert!(cooldown.ask(1).is_err());
    }

    #[test]
    fn presses_are_counted_apart_and_come_back_sooner() {
        let clock = FakeRelativeClock::default();
        let cooldown = Cooldown::new(clock.clone());
        for _ in 0..10 {
            assert_eq!(cooldown.press(1), Ok(()));
        }
        assert_eq!(cooldown.press(1), Err(1));
        assert_eq!(cooldown.ask(1), Ok(()));
        clock.advance(EVERY_PRESS);
        assert_eq!(cooldown.press(1), Ok(()));
        clock.advance(Duration::from_secs(3600));
        for _ in 0..10 {
            assert_eq!(cooldown.press(1), Ok(()));
        }
        assert!(cooldown.press(1).is_err());
    }
}
