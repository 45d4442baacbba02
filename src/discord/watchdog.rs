//! Keeps a gateway that goes round in circles from being asked thousands of times a second.
//!
//! serenity 0.12.5 resumes without any pause: a gateway that closes with 4000 after every RESUME,
//! or asks to reconnect (op 7) in a loop, is dialled up to 2,700 times a second, and an invalid
//! session (op 9) in a loop identifies every five seconds, 17,280 times a day, where Discord takes
//! 1,000 before it resets the token. The watchdog counts both and says when to stop the client, and
//! for how long.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How many resumes within [`WINDOW`] are a loop. A bad evening has a handful.
const RESUMES: usize = 10;
/// How many identifies within [`WINDOW`] are a loop; each shard of a start needs one.
const IDENTIFIES: usize = 4;
/// The time in which they are counted.
const WINDOW: Duration = Duration::from_secs(60);
/// The first pause, and the longest; each is twice the one before.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// A connection that lived this long was no loop: the next pause is the first again.
const SETTLED: Duration = Duration::from_secs(600);
/// New sessions a day before we stop asking for more; Discord's own line is 1,000.
const DAILY_IDENTIFIES: usize = 900;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What to do with the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Leave it.
    Fine,
    /// Stop it and build it anew after this pause.
    Pause(Duration),
}

/// Counts how often the connection was taken up.
#[derive(Debug)]
pub struct Watchdog {
    resumes: VecDeque<Instant>,
    identifies: VecDeque<Instant>,
    seen: (u64, u64),
    next_pause: Duration,
    last_pause: Option<Instant>,
}

impl Watchdog {
    /// A watchdog that has seen nothing; the counters given to it start at these values.
    pub fn new(resumes: u64, identifies: u64) -> Watchdog {
        Watchdog {
            resumes: VecDeque::new(),
            identifies: VecDeque::new(),
            seen: (resumes, identifies),
            next_pause: FIRST_PAUSE,
            last_pause: None,
        }
    }

    /// Takes the counters as they stand at `now`.
    pub fn look(&mut self, now: Instant, resumes: u64, identifies: u64, shards: usize) -> Verdict {
        for _ in self.seen.0..resumes {
            self.resumes.push_back(now);
        }
        for _ in self.seen.1..identifies {
            self.identifies.push_back(now);
        }
        self.seen = (resumes, identifies);
        forget(&mut self.resumes, now, WINDOW);
        forget(&mut self.identifies, now, DAY);
        if self.identifies.len() >= DAILY_IDENTIFIES {
            // Until the oldest of them is a day old.
            let oldest = self.identifies.front().map_or(Duration::ZERO, |oldest| now.duration_since(*oldest));
            return Verdict::Pause(DAY.saturating_sub(oldest).max(LONGEST_PAUSE));
        }
        let lately = self.identifies.iter().filter(|identify| now.duration_since(**identify) < WINDOW).count();
        if self.resumes.len() > RESUMES * shards || lately > IDENTIFIES * shards {
            return self.pause(now);
        }
        Verdict::Fine
    }

    /// A pause, longer than the one before unless the connection had settled in between; also for
    /// clients that end by themselves.
    pub fn pause(&mut self, now: Instant) -> Verdict {
        if self.last_pause.is_some_and(|last| now.duration_since(last) > SETTLED) {
            self.next_pause = FIRST_PAUSE;
        }
        let pause = self.next_pause;
        self.next_pause = (pause * 2).min(LONGEST_PAUSE);
        self.last_pause = Some(now);
        self.resumes.clear();
        // What was paused for does not count towards the next loop, but towards the day.
        Verdict::Pause(pause)
    }
}

fn forget(times: &mut VecDeque<Instant>, now: Instant, older_than: Duration) {
    while times.front().is_some_and(|time| now.duration_since(*time) >= older_than) {
        times.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resume_loop_is_stopped_and_pauses_grow_to_five_minutes() {
        let start = Instant::now();
        let mut watchdog = Watchdog::new(0, 0);
        let mut resumes = 0;
        let mut pauses = Vec::new();
        let mut now = start;
        for _ in 0..8 {
            resumes += 50;
            now += Duration::from_millis(20);
            match watchdog.look(now, resumes, 1, 1) {
                Verdict::Pause(pause) => {
                    pauses.push(pause.as_secs());
                    now += pause;
                }
                Verdict::Fine => panic!("a loop was let go on"),
            }
        }
        assert_eq!(pauses, [5, 10, 20, 40, 80, 160, 300, 300]);
    }

    #[test]
    fn a_day_of_ordinary_trouble_is_fine() {
        let start = Instant::now();
        let mut watchdog = Watchdog::new(0, 0);
        for hour in 0..24u32 {
            let now = start + Duration::from_secs(3600) * hour;
            assert_eq!(watchdog.look(now, u64::from(hour) * 3, u64::from(hour), 1), Verdict::Fine);
        }
    }

    #[test]
    fn invalid_sessions_in_a_loop_stay_under_the_daily_limit() {
        let start = Instant::now();
        let mut watchdog = Watchdog::new(0, 0);
        let (mut now, mut identifies) = (start, 0u64);
        while now.duration_since(start) < DAY {
            identifies += 1;
            now += Duration::from_secs(5);
            if let Verdict::Pause(pause) = watchdog.look(now, 0, identifies, 1) {
                now += pause;
            }
        }
        assert!(identifies <= DAILY_IDENTIFIES as u64, "{identifies}");
    }

    #[test]
    fn pauses_start_small_again_after_a_settled_connection() {
        let start = Instant::now();
        let mut watchdog = Watchdog::new(0, 0);
        assert_eq!(watchdog.pause(start), Verdict::Pause(FIRST_PAUSE));
        assert_eq!(watchdog.pause(start), Verdict::Pause(FIRST_PAUSE * 2));
        assert_eq!(watchdog.pause(start + SETTLED * 2), Verdict::Pause(FIRST_PAUSE));
    }
}
