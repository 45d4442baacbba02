//! How often one person may ask.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Five questions at once, then one every two seconds: more than anybody reads.
// Evaluated by the compiler: it would refuse to build were it zero.
const BURST: NonZeroU32 = NonZeroU32::new(5).unwrap();
const EVERY: Duration = Duration::from_secs(2);
/// Answers to a class round cost little and are often changed: eight at once, then two a second.
const ANSWERS: NonZeroU32 = NonZeroU32::new(8).unwrap();
const EVERY_ANSWER: Duration = Duration::from_millis(500);
/// People who have not asked for a while are forgotten when this many are known.
const KNOWN: usize = 10_000;

/// The cooldown of every person.
pub struct Cooldown {
    questions: DefaultKeyedRateLimiter<u64>,
    answers: DefaultKeyedRateLimiter<u64>,
    clock: DefaultClock,
}

impl Cooldown {
    /// A cooldown that knows nobody yet.
    pub fn new() -> Cooldown {
        let limiter = |every, burst| {
            let quota = Quota::with_period(every).map_or(Quota::per_second(NonZeroU32::MIN), |quota| quota.allow_burst(burst));
            RateLimiter::keyed(quota)
        };
        let (questions, answers) = (limiter(EVERY, BURST), limiter(EVERY_ANSWER, ANSWERS));
        Cooldown { questions, answers, clock: DefaultClock::default() }
    }

    /// Counts a question of `user`.
    ///
    /// # Errors
    /// How many seconds to wait (at least 1), when it was one too many.
    pub fn ask(&self, user: u64) -> Result<(), u64> {
        self.count(&self.questions, user)
    }

    /// Counts an answer of `user` to a class round; such count by themselves.
    ///
    /// # Errors
    /// How many seconds to wait (at least 1), when it was one too many.
    pub fn answer(&self, user: u64) -> Result<(), u64> {
        self.count(&self.answers, user)
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
    }

    #[test]
    fn answers_to_a_round_count_by_themselves() {
        let cooldown = Cooldown::new();
        for _ in 0..6 {
            let _ = cooldown.ask(1);
        }
        for _ in 0..8 {
            assert_eq!(cooldown.answer(1), Ok(()));
        }
        assert!(cooldown.answer(1).is_err());
    }
}
