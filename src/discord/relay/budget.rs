//! Decides how many sessions may be started, and when: a pure count over the last 24 hours.
//!
//! Discord resets the token of a bot that identifies a thousand times a day. We stay at a tenth of that,
//! across restarts: the pace depends on the sessions that were started, whichever process started them.
//! So a process that crashes in a loop is slowed down like one whose gateway calls every session
//! invalid.
//!
//! If the gateway accepts connections but refuses sessions, called a storm here, each probe costs a
//! session. For four hours we probe every five minutes, which costs 54 sessions. The other 40 of
//! [`Budget::for_storms`] are spread evenly over the remaining 20 hours, one every half hour. No
//! schedule does better: every five minutes for a whole day would cost 288, and with 54 spent in the
//! first four hours the rest cannot be denser. After 24 hours the first sessions no longer count, and
//! the cycle repeats.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

/// New sessions per day for up to ten shards; a larger bot gets ten per shard.
const A_DAY: usize = 100;
const A_DAY_EACH: usize = 10;
/// How many sessions (per shard) a storm may not use, because restarts and lost sessions need some.
const KEPT: usize = 6;
/// How many sessions (per shard) that began well but did not last are normal: restarts, updates.
const ORDINARY: usize = 8;
/// The waits between sessions of a storm. The first ones are short, so that the bot is back soon after a
/// short storm. The last one leaves ten of the five minutes' seconds for the connection itself.
const WAITS: [SignedDuration; 4] =
    [SignedDuration::from_secs(10), SignedDuration::from_secs(30), SignedDuration::from_secs(90), SignedDuration::from_secs(290)];
/// The longest even spacing that a storm may lead to. A shorter value would end the five-minute probes
/// earlier.
const LONGEST: SignedDuration = SignedDuration::from_mins(31);
/// Sessions that are further apart belong to different storms. Longer than [`LONGEST`].
const APART: SignedDuration = SignedDuration::from_hours(1);
/// Discord allows one new session every five seconds (per concurrent start); the margin is for clocks
/// that differ.
pub(super) const BETWEEN: SignedDuration = SignedDuration::from_millis(5_250);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A session that was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Start {
    at: Timestamp,
    ready: bool,
}

/// The sessions that were started within the last 24 hours.
#[derive(Debug, Clone)]
pub(super) struct Budget {
    /// Oldest first.
    started: VecDeque<Start>,
    shards: usize,
}

impl Budget {
    /// An empty budget for a bot with that many shards.
    pub(super) fn new(shards: u32) -> Budget {
        Budget { started: VecDeque::new(), shards: usize::try_from(shards).unwrap_or(usize::MAX).max(1) }
    }

    /// How many sessions may be started within 24 hours.
    pub(super) fn a_day(&self) -> usize {
        A_DAY.max(self.shards.saturating_mul(A_DAY_EACH))
    }

    /// How many of them storms may use. The rest always allows a restart of all shards.
    fn for_storms(&self) -> usize {
        self.a_day() - KEPT.max(self.shards)
    }

    /// Adds the sessions of an earlier process, as [`Budget::written`] wrote them. Skips what it cannot
    /// parse.
    pub(super) fn add_written(&mut self, text: &str) {
        let mut all: Vec<Start> = text.split(',').filter_map(|part| Start::read(part.trim())).collect();
        all.extend(&self.started);
        all.sort_unstable_by_key(|start| (start.at, !start.ready));
        all.dedup_by_key(|start| start.at);
        self.started = all.into();
    }

    /// The format that [`Budget::add_written`] reads: milliseconds since 1970, separated by commas, each
    /// followed by `+` if READY came.
    pub(super) fn written(&self) -> String {
        let parts: Vec<String> = self.started.iter().map(Start::written).collect();
        parts.join(",")
    }

    /// When the latest session was started, if one is known.
    pub(super) fn latest(&self) -> Option<Timestamp> {
        self.started.back().map(|start| start.at)
    }

    /// How long ago the latest session was started, if READY did not come for it.
    pub(super) fn doubtful(&self, now: Timestamp) -> Option<SignedDuration> {
        self.started.back().filter(|start| !start.ready).map(|start| start.at.duration_until(now))
    }

    /// Counts a session that starts at `now`. Returns the instant that identifies it.
    pub(super) fn spend(&mut self, now: Timestamp) -> Timestamp {
        self.forget(now);
        // Rounded as it is stored.
        let at = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
        self.started.push_back(Start { at, ready: false });
        at
    }

    /// Records that READY came for the session with that instant.
    pub(super) fn began_well(&mut self, at: Timestamp) {
        if let Some(start) = self.started.iter_mut().rev().find(|start| start.at == at) {
            start.ready = true;
        }
    }

    /// How many sessions were started within the last 24 hours.
    pub(super) fn spent(&self) -> usize {
        self.started.len()
    }

    /// The earliest instant at which the next session may be started; at once if it is not after `now`.
    /// Ask again while waiting, because it comes nearer as older sessions expire.
    pub(super) fn next(&mut self, now: Timestamp) -> Timestamp {
        self.forget(now);
        let (Some(oldest), Some(latest)) = (self.started.front(), self.started.back()) else { return now };
        if self.started.len() >= self.a_day() {
            return oldest.at + DAY;
        }
        let (failed, well) = self.storm();
        let too_many = well.saturating_sub(ORDINARY * self.shards);
        if latest.ready && too_many == 0 {
            return latest.at;
        }
        // Each shard tries once at once, and then one for all of them.
        let wait = wait_after(failed.saturating_sub(self.shards) + too_many);
        let soon = latest.at + wait;
        if self.can_afford(soon) { soon } else { latest.at + self.spacing() }
    }

    /// Whether a session of a storm at `then` leaves a spacing of at most [`LONGEST`] for the rest.
    fn can_afford(&self, then: Timestamp) -> bool {
        if self.freed(1).is_some_and(|free| free > then) {
            return false;
        }
        let mut with_it = self.clone();
        with_it.started.push_back(Start { at: then, ready: false });
        with_it.spacing() <= LONGEST
    }

    /// When storms may use `more` further sessions; `None` if they may now.
    fn freed(&self, more: usize) -> Option<Timestamp> {
        let index = (self.started.len() + more).checked_sub(self.for_storms() + 1)?;
        Some(self.started.get(index)?.at + DAY)
    }

    /// The latest storm: how many of its sessions failed, and how many began well.
    fn storm(&self) -> (usize, usize) {
        let (mut failed, mut well) = (0, 0);
        let mut later: Option<Timestamp> = None;
        for start in self.started.iter().rev() {
            if later.is_some_and(|later| start.at.duration_until(later) >= APART) {
                break;
            }
            later = Some(start.at);
            if start.ready {
                well += 1;
            } else {
                failed += 1;
            }
        }
        (failed, well)
    }

    /// The shortest even spacing of sessions from the latest on that never exceeds the budget for
    /// storms, however long the storm lasts.
    fn spacing(&self) -> SignedDuration {
        let Some(latest) = self.latest().map(Timestamp::as_millisecond) else { return SignedDuration::ZERO };
        let mut least = DAY.as_millis() / self.for_storms().max(1) as i128;
        for more in 1..=self.for_storms() {
            let Some(free) = self.freed(more) else { continue };
            least = least.max(i128::from(free.as_millisecond() - latest) / more as i128);
        }
        SignedDuration::from_millis(i64::try_from(least).unwrap_or(i64::MAX))
    }

    /// Drops sessions older than a day. An instant in the future (the clock was set back) counts as now;
    /// otherwise it would block for as long as the clock was wrong.
    fn forget(&mut self, now: Timestamp) {
        while self.started.front().is_some_and(|start| start.at.duration_until(now) >= DAY) {
            self.started.pop_front();
        }
        for start in &mut self.started {
            start.at = start.at.min(now);
        }
    }
}

impl Start {
    fn read(text: &str) -> Option<Start> {
        let (milliseconds, ready) = text.strip_suffix('+').map_or((text, false), |text| (text, true));
        Some(Start { at: Timestamp::from_millisecond(milliseconds.parse().ok()?).ok()?, ready })
    }

    fn written(&self) -> String {
        format!("{}{}", self.at.as_millisecond(), if self.ready { "+" } else { "" })
    }
}

/// The wait after this many sessions of a storm.
fn wait_after(sessions: usize) -> SignedDuration {
    match sessions.checked_sub(1) {
        None => SignedDuration::ZERO,
        Some(idx) => WAITS[idx.min(WAITS.len() - 1)],
    }
}

#[cfg(test)]
#[path = "budget_tests.rs"]
mod tests;
