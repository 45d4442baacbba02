//! How many sessions may be started, and when: a pure count over the last day.
//!
//! Discord resets the token of a bot that identifies a thousand times a day. We stay at a tenth of
//! that, also over restarts: the pace depends on what was started, whoever started it, so a process
//! that crashes in a loop is slowed down like a gateway that calls every session invalid.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

/// New sessions a day for up to ten shards; a larger bot has ten for each shard.
const A_DAY: usize = 100;
const A_DAY_EACH: usize = 10;
/// So many in an hour (for each shard) are ordinary, restarts and updates among them.
const ORDINARY: usize = 8;
/// What comes after those waits this long, then twice as long each time, up to `LONGEST`. The
/// longest wait is short enough to be back within five minutes when a storm is over.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(10);
const LONGEST: SignedDuration = SignedDuration::from_secs(270);
/// The last sessions of a day are spread over what is left of it, in per cent of the whole.
const SPREAD: usize = 30;
/// Discord takes one new session in five seconds (for each concurrent start); a little more is kept
/// for clocks that disagree.
pub const BETWEEN: SignedDuration = SignedDuration::from_millis(5_250);
const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The sessions started within the last 24 hours.
#[derive(Debug, Clone)]
pub struct Budget {
    /// Oldest first.
    started: VecDeque<Timestamp>,
    shards: usize,
}

impl Budget {
    /// A budget for a bot with that many shards, of which nothing is spent.
    pub fn new(shards: u32) -> Budget {
        Budget { started: VecDeque::new(), shards: usize::try_from(shards).unwrap_or(usize::MAX).max(1) }
    }

    /// How many sessions may be started within 24 hours.
    pub fn a_day(&self) -> usize {
        A_DAY.max(self.shards.saturating_mul(A_DAY_EACH))
    }

    /// Adds what an earlier process has written with [`Budget::written`]. What cannot be read is
    /// left out.
    pub fn add_written(&mut self, text: &str) {
        let read = text.split(',').filter_map(|part| part.trim().parse().ok());
        let read = read.filter_map(|milliseconds| Timestamp::from_millisecond(milliseconds).ok());
        let mut all: Vec<Timestamp> = read.chain(self.started.iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        self.started = all.into();
    }

    /// What [`Budget::add_written`] reads: milliseconds since 1970, separated by commas.
    pub fn written(&self) -> String {
        let parts: Vec<String> = self.started.iter().map(|at| at.as_millisecond().to_string()).collect();
        parts.join(",")
    }

    /// The latest start, if one is known.
    pub fn latest(&self) -> Option<Timestamp> {
        self.started.back().copied()
    }

    /// Counts a session that is started at `now`.
    pub fn spend(&mut self, now: Timestamp) {
        self.forget(now);
        self.started.push_back(now);
    }

    /// How many were started within the last 24 hours.
    pub fn spent(&self) -> usize {
        self.started.len()
    }

    /// The earliest instant at which the next session may be started; `now` or before it if at once.
    pub fn next(&mut self, now: Timestamp) -> Timestamp {
        self.forget(now);
        let (Some(oldest), Some(latest)) = (self.started.front(), self.started.back()) else { return now };
        let free_again = *oldest + DAY;
        let left = self.a_day().saturating_sub(self.started.len());
        if left == 0 {
            return free_again;
        }
        let lately = self.started.iter().filter(|at| at.duration_until(now) < HOUR).count() / self.shards;
        let mut wait = pace(lately);
        if left <= self.a_day() * SPREAD / 100 {
            let share = i32::try_from(left).unwrap_or(i32::MAX);
            wait = wait.max(now.duration_until(free_again) / share);
        }
        *latest + wait
    }

    /// Drops what is older than a day. An instant in the future (the clock was set back) counts as
    /// now, or it would block for as long as the clock was wrong.
    fn forget(&mut self, now: Timestamp) {
        while self.started.front().is_some_and(|at| at.duration_until(now) >= DAY) {
            self.started.pop_front();
        }
        for at in &mut self.started {
            *at = (*at).min(now);
        }
    }
}

/// The wait after so many sessions within an hour.
fn pace(lately: usize) -> SignedDuration {
    let Some(more) = lately.checked_sub(ORDINARY) else { return SignedDuration::ZERO };
    let doubled = u32::try_from(more).ok().and_then(|more| 2_i32.checked_pow(more));
    doubled.and_then(|factor| FIRST_WAIT.checked_mul(factor)).map_or(LONGEST, |wait| wait.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + seconds).expect("an instant")
    }

    /// Starts a session whenever it is allowed, from `from` to `to`; the seconds at which it did.
    fn storm(budget: &mut Budget, from: i64, to: i64) -> Vec<i64> {
        let mut now = from;
        let mut started = Vec::new();
        loop {
            let next = budget.next(at(now));
            now = now.max(next.as_second() - at(0).as_second() + 1);
            if now >= to {
                return started;
            }
            budget.spend(at(now));
            started.push(now);
            // The handshake, and what Discord asks to wait after an invalid session.
            now += 5;
        }
    }

    #[test]
    fn a_day_of_invalid_sessions_costs_a_hundred_at_most() {
        let mut budget = Budget::new(1);
        let days = 3 * 86_400;
        let started = storm(&mut budget, 0, days);
        for first in &started {
            let within = started.iter().filter(|at| (*first..first + 86_400).contains(at)).count();
            assert!(within <= 100, "{within} within a day from second {first}");
        }
        // The first hours try every few minutes, and so does the second day: back within five.
        let longest = started.windows(2).filter(|pair| pair[1] < 4 * 3600).map(|pair| pair[1] - pair[0]).max();
        assert!(longest <= Some(290), "{longest:?}");
        // Never silent for long, even when the budget runs low.
        let longest = started.windows(2).map(|pair| pair[1] - pair[0]).max();
        assert!(longest <= Some(3600), "{longest:?}");
    }

    #[test]
    fn after_a_whole_day_it_is_tried_every_five_minutes_again() {
        let mut budget = Budget::new(1);
        storm(&mut budget, 0, 86_400);
        let next = budget.next(at(86_400)).as_second() - at(86_400).as_second();
        assert!(next <= 300, "{next} seconds after the end");
    }

    #[test]
    fn a_process_that_crashes_in_a_loop_spends_the_same_budget() {
        let mut written = String::new();
        let mut now = 0;
        let mut started = 0;
        while now < 86_400 {
            let mut budget = Budget::new(1);
            budget.add_written(&written);
            now = now.max(budget.next(at(now)).as_second() - at(0).as_second() + 1);
            budget.spend(at(now));
            written = budget.written();
            started += 1;
            now += 1;
        }
        assert!(started <= 101, "{started}");
    }

    #[test]
    fn ordinary_restarts_are_not_held_up() {
        let mut budget = Budget::new(1);
        for second in 0..8 {
            assert!(budget.next(at(second * 10)) <= at(second * 10));
            budget.spend(at(second * 10));
        }
        assert!(budget.next(at(71)) > at(71), "the ninth within minutes is");
    }

    #[test]
    fn a_clock_that_was_ahead_does_not_block_for_years() {
        let mut budget = Budget::new(1);
        budget.add_written("4000000000000,nonsense,,1");
        assert!(budget.next(at(0)) <= at(0));
        assert_eq!(budget.spent(), 1);
        assert!(budget.next(at(86_401)) <= at(86_401));
    }

    #[test]
    fn a_large_bot_has_ten_a_day_for_each_shard() {
        assert_eq!(Budget::new(4).a_day(), 100);
        let mut budget = Budget::new(64);
        assert_eq!(budget.a_day(), 640);
        for _ in 0..64 {
            budget.spend(at(0));
        }
        assert!(budget.next(at(1)) <= at(1), "a start of all shards is ordinary");
    }
}
