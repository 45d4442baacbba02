//! How often one person may ask.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Five questions at once, then one every two seconds: more than anybody reads.
// Evaluated by the compiler: it would refuse to build were it zero.
const BURST: NonZeroU32 = NonZeroU32::new(5).unwrap();
const EVERY: Duration = Duration::from_secs(2);
/// Pressing goes faster than asking: a question is answered and the next one called for.
// Evaluated by the compiler as well.
const PRESSES: NonZeroU32 = NonZeroU32::new(10).unwrap();
const EVERY_PRESS: Duration = Duration::from_millis(750);
/// People who have not asked for a while are forgotten when this many are known.
const KNOWN: usize = 10_000;

/// The cooldown of every person.
pub struct Cooldown {
    questions: DefaultKeyedRateLimiter<u64>,
    presses: DefaultKeyedRateLimiter<u64>,
    clock: DefaultClock,
}

impl Cooldown {
    /// A cooldown that knows nobody yet.
    pub fn new() -> Cooldown {
        let quota = |every: Duration, burst| {
            Quota::with_period(every).map_or(Quota::per_second(NonZeroU32::MIN), |quota| quota.allow_burst(burst))
        };
        Cooldown {
            questions: RateLimiter::keyed(quota(EVERY, BURST)),
            presses: RateLimiter::keyed(quota(EVERY_PRESS, PRESSES)),
            clock: DefaultClock::default(),
        }
    }

    /// Counts a question of `user`.
    ///
    /// # Errors
    /// How many seconds to wait (at least 1), when it was one too many.
    pub fn ask(&self, user: u64) -> Result<(), u64> {
        self.count(&self.questions, user)
    }

    /// Counts a press of `user`.
    ///
    /// # Errors
    /// As with [`ask`](Cooldown::ask).
    pub fn press(&self, user: u64) -> Result<(), u64> {
        self.count(&self.presses, user)
    }

    fn count(&self, limiter: &DefaultKeyedRateLimiter<u64>, user: u64) -> Result<(), u64> {
        if limiter.len() > KNOWN {
            limiter.retain_recent();
        }
        limiter.check_key(&user).map_err(|early| early.wait_time_from(self.clock.now()).as_secs() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_question_waits_and_others_do_not() {
        let cooldown = Cooldown::new();
        for _ in 0..5 {
            assert_eq!(cooldown.ask(1), Ok(()));
        }
        assert!(cooldown.ask(1).is_err_and(|seconds| (1..=3).contains(&seconds)));
        assert_eq!(cooldown.ask(2), Ok(()));
        // Presses are counted apart.
        for _ in 0..10 {
            assert_eq!(cooldown.press(1), Ok(()));
        }
        assert!(cooldown.press(1).is_err());
    }
}
