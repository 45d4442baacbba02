//! How often one person may ask.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Five questions at once, then one every two seconds: more than anybody reads.
// Evaluated by the compiler: it would refuse to build were it zero.
const BURST: NonZeroU32 = NonZeroU32::new(5).unwrap();
const EVERY: Duration = Duration::from_secs(2);
/// People who have not asked for a while are forgotten when this many are known.
const KNOWN: usize = 10_000;

/// The cooldown of every person.
pub struct Cooldown {
    limiter: DefaultKeyedRateLimiter<u64>,
    clock: DefaultClock,
}

impl Cooldown {
    /// A cooldown that knows nobody yet.
    pub fn new() -> Cooldown {
        let quota = Quota::with_period(EVERY).map_or(Quota::per_second(NonZeroU32::MIN), |quota| quota.allow_burst(BURST));
        Cooldown { limiter: RateLimiter::keyed(quota), clock: DefaultClock::default() }
    }

    /// Counts a question of `user`.
    ///
    /// # Errors
    /// How many seconds to wait (at least 1), when it was one too many.
    pub fn ask(&self, user: u64) -> Result<(), u64> {
        if self.limiter.len() > KNOWN {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(&user).map_err(|early| early.wait_time_from(self.clock.now()).as_secs() + 1)
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
    }
}
