//! Pauses all requests while a proxy or Cloudflare blocks us, or Discord rejects our token. The pause
//! grows while that repeats. After it, one request tests whether it is over before the others continue.

use std::time::Duration;

use jiff::Timestamp;

/// The longest pause for a ban of our address or a rejected token. Discord counts invalid requests over
/// ten minutes, so one request in that time prolongs no ban.
const LONGEST_BAN: Duration = Duration::from_secs(600);
/// The longest pause for anything else, so that posts come within five minutes of its end.
const LONGEST: Duration = Duration::from_secs(240);
/// A pause of at least this is one for a ban or a token.
const BAN: Duration = Duration::from_secs(60);
/// How long the testing request may take before another one tests.
const TRYING: Duration = Duration::from_secs(15);
/// How long the other requests wait for its result.
const MEANWHILE: Duration = Duration::from_secs(1);

/// A wait that Discord asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wait {
    pub(super) since: Timestamp,
    pub(super) asked: Duration,
}

impl Wait {
    /// How much of it remains. If the clock was set back, the wait ends; it never becomes longer than
    /// Discord asked for. If that is too early, Discord says so again.
    pub(super) fn left(self, now: Timestamp) -> Option<Duration> {
        let past = Duration::try_from(self.since.duration_until(now)).ok()?;
        self.asked.checked_sub(past).filter(|left| !left.is_zero())
    }
}

/// How often in a row requests were blocked, and which request tests whether that is over.
#[derive(Debug, Default)]
pub(super) struct TurnedAway {
    times: u32,
    trying: Option<Wait>,
}

impl TurnedAway {
    /// Counts another blocked request; returns how long all requests pause, at least `least`.
    pub(super) fn again(&mut self, least: Duration) -> Duration {
        let longest = if least >= BAN { LONGEST_BAN } else { LONGEST };
        let doubled = least.saturating_mul(1 << self.times.min(10));
        self.times += 1;
        self.trying = None;
        doubled.min(longest).max(least)
    }

    pub(super) fn over(&mut self) {
        *self = TurnedAway::default();
    }

    /// The testing request got no useful response.
    pub(super) fn unanswered(&mut self) {
        self.trying = None;
    }

    /// Whether a request may be sent. After a pause the first one tests, and the others wait for it.
    ///
    /// # Errors
    /// How long to wait before asking again.
    pub(super) fn admit(&mut self, now: Timestamp) -> Result<(), Duration> {
        if self.times == 0 {
            return Ok(());
        }
        if self.trying.is_some_and(|trying| trying.left(now).is_some()) {
            return Err(MEANWHILE);
        }
        self.trying = Some(Wait { since: now, asked: TRYING });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_grows_to_its_longest_and_begins_anew_once_discord_answers() {
        let grows = |least: u64| {
            let mut away = TurnedAway::default();
            let silences: Vec<u64> = (0..6).map(|_| away.again(Duration::from_secs(least)).as_secs()).collect();
            away.over();
            assert_eq!(away.again(Duration::from_secs(least)).as_secs(), least);
            silences
        };
        assert_eq!(grows(15), [15, 30, 60, 120, 240, 240]);
        assert_eq!(grows(60), [60, 120, 240, 480, 600, 600]);
        assert_eq!(grows(7200), [7200; 6], "what is asked for is never cut");
    }

    #[test]
    fn one_tries_and_the_others_wait_for_it() {
        let (mut away, now) = (TurnedAway::default(), Timestamp::UNIX_EPOCH);
        assert_eq!(away.admit(now), Ok(()));
        assert_eq!(away.admit(now), Ok(()), "nobody waits where nothing is wrong");
        away.again(Duration::from_secs(15));
        assert_eq!(away.admit(now), Ok(()));
        assert_eq!(away.admit(now), Err(MEANWHILE));
        assert_eq!(away.admit(now + TRYING), Ok(()), "one that never ends keeps nobody for ever");
        away.unanswered();
        assert_eq!(away.admit(now + TRYING), Ok(()));
        away.over();
        assert_eq!(away.admit(now), Ok(()));
        assert_eq!(away.admit(now), Ok(()));
    }
}
