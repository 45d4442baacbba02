//! One attempt at one delivery: look first where there is doubt, then post, then decide.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::delivery::schedule::plan::LEASE;
use crate::messenger::{FindOutcome, SendError};
use crate::model::{MessageId, Missed, Pause};
use crate::store::{Decision, Delivery};

/// So young a doubt needs no look: Discord still knows the nonce and takes no second post. Its
/// window is "a few minutes", without a number; we rely on one. What is begun now may wait ten
/// seconds for its turn and be ten on its way, and has arrived within that minute.
const NONCE_HOLDS: SignedDuration = SignedDuration::from_secs(30);
/// How far before the first doubtful attempt a look begins: our clock may have differed from
/// Discord's by as much as is tolerated (five minutes), jumped by as much again before that was
/// measured anew, and a minute.
pub(crate) const MARGIN: SignedDuration = SignedDuration::from_secs(11 * 60);
/// How long after the window somebody still asks Discord whether a doubtful post is there.
const LAST_LOOK: SignedDuration = SignedDuration::from_hours(24);
/// The longest request, twice: with less left of the lease, nothing is begun.
const ENOUGH: SignedDuration = SignedDuration::from_secs(20);
/// How long a post waits at once while a moderator has the bot timed out.
const TIMED_OUT: Duration = Duration::from_secs(30 * 60);
/// The longest wait between two attempts.
const LONGEST_WAIT: u64 = 300;

/// What an attempt comes to: a decision, and a pause of the channel's schedule if one is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AttemptOutcome {
    /// What is written down.
    pub decision: Decision,
    /// Why the schedule pauses.
    pub pause: Option<Pause>,
}

impl AttemptOutcome {
    fn new(decision: Decision) -> AttemptOutcome {
        AttemptOutcome { decision, pause: None }
    }

    /// There was nothing to post.
    pub(crate) fn skipped(now: Timestamp) -> AttemptOutcome {
        AttemptOutcome::new(Decision::Skipped(now))
    }

    /// Nothing was done: whoever takes it up next has time for it.
    pub(crate) fn left(delivery: &Delivery, now: Timestamp) -> AttemptOutcome {
        let trouble = delivery.trouble.clone().unwrap_or_else(|| "there was no time left to send it".to_owned());
        AttemptOutcome::again(delivery.uncertain_since, trouble, now, Duration::ZERO)
    }

    /// To be tried again after a wait.
    pub(crate) fn again(uncertain_since: Option<Timestamp>, why: String, now: Timestamp, wait: Duration) -> AttemptOutcome {
        // Whole seconds are stored; rounding down would come back too early.
        let seconds = i64::try_from(wait.as_secs()).unwrap_or(i64::MAX).saturating_add(i64::from(wait.subsec_nanos() > 0));
        let not_before = now.checked_add(SignedDuration::from_secs(seconds.max(1))).unwrap_or(Timestamp::MAX);
        AttemptOutcome::new(Decision::Again { not_before, uncertain_since, trouble: why })
    }

    fn closed(pause: Pause, now: Timestamp) -> AttemptOutcome {
        AttemptOutcome { decision: Decision::Missed(Missed::Paused(pause.clone()), now), pause: Some(pause) }
    }
}

/// What to do with a delivery that was taken up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// Look whether it stands in the channel already.
    Look,
    Post,
    /// The lease is nearly over: leave it to whoever takes it up next.
    Leave,
    /// Its window is closed, and it surely was never posted.
    GiveUp,
}

/// The time of an attempt, for what is written down about it: that of the clock, unless it was set
/// while the lease ran. A wait that began at such a time would last hours, and a doubt would be
/// looked for at a time when nothing was posted.
pub(crate) fn within_lease(delivery: &Delivery, now: Timestamp) -> Timestamp {
    let claimed = delivery.lease_until.checked_sub(LEASE).unwrap_or(Timestamp::MIN);
    now.clamp(claimed, delivery.lease_until)
}

/// The first thing to do. `fresh` is whether the doubt arose in this process, by a clock that was
/// not set since: of any other its age is not known, and it is looked into.
pub(crate) fn next(delivery: &Delivery, now: Timestamp, fresh: bool) -> Next {
    if now.duration_until(delivery.lease_until) < ENOUGH {
        return Next::Leave;
    }
    match delivery.uncertain_since {
        Some(since) if !fresh || now > delivery.until || since.duration_until(now) >= NONCE_HOLDS || now < since => Next::Look,
        None if now > delivery.until => Next::GiveUp,
        _ => Next::Post,
    }
}

/// What a look comes to; `None` when the post is to be made now, without any doubt left.
pub(crate) fn after_look(delivery: &Delivery, sought: FindOutcome, now: Timestamp, wait: Duration) -> Option<AttemptOutcome> {
    Some(match sought {
        FindOutcome::Found(message) => AttemptOutcome::new(Decision::Sent(Some(message), now)),
        FindOutcome::NotThere if now > delivery.until => give_up(delivery, now),
        FindOutcome::NotThere => return None,
        FindOutcome::Unreadable => AttemptOutcome::new(Decision::Held(now)),
        FindOutcome::Unavailable(_) if delivery.until.duration_until(now) > LAST_LOOK => AttemptOutcome::new(Decision::Held(now)),
        FindOutcome::Unavailable(why) => AttemptOutcome::again(delivery.uncertain_since, why, now, wait),
        FindOutcome::Closed(pause) => AttemptOutcome::closed(pause, now),
    })
}

/// What a post comes to. What was in doubt before this attempt stands in the delivery; `began` is when
/// the attempt began.
pub(crate) fn after_post(
    sent: Result<MessageId, SendError>,
    delivery: &Delivery,
    began: Timestamp,
    now: Timestamp,
    wait: Duration,
) -> AttemptOutcome {
    match sent {
        Ok(message) => AttemptOutcome::new(Decision::Sent(Some(message), now)),
        Err(SendError::Deleted) => AttemptOutcome::new(Decision::Sent(None, now)),
        Err(SendError::NotSent { wait: asked, why }) => not_sent(delivery, asked, why, now, wait),
        // It may be taken back before it ends, so it is tried from time to time.
        Err(ref timed_out @ SendError::TimedOut(until)) => {
            let left = Duration::try_from(now.duration_until(until)).unwrap_or_default();
            not_sent(delivery, Some(left.min(TIMED_OUT)), timed_out.why(), now, wait)
        }
        Err(SendError::InDoubt(why)) => AttemptOutcome::again(Some(delivery.uncertain_since.unwrap_or(began)), why, now, wait),
        Err(SendError::Closed { pause, .. }) => AttemptOutcome::closed(pause, now),
        Err(SendError::Refused { code, .. }) => AttemptOutcome::new(Decision::Missed(Missed::Refused(code), now)),
    }
}

/// What an attempt comes to that surely posted nothing, and was asked to wait or not.
fn not_sent(delivery: &Delivery, asked: Option<Duration>, why: String, now: Timestamp, wait: Duration) -> AttemptOutcome {
    match asked {
        Some(asked) if delivery.uncertain_since.is_none() && is_too_long(asked, delivery, now) => {
            let why = format!("{why}, for {} minutes", asked.as_secs().div_ceil(60));
            AttemptOutcome::new(Decision::Missed(Missed::Window(why), now))
        }
        asked => AttemptOutcome::again(delivery.uncertain_since, why, now, wait.max(asked.unwrap_or_default())),
    }
}

/// Whether a wait that was asked for lasts longer than the post may be late.
fn is_too_long(asked: Duration, delivery: &Delivery, now: Timestamp) -> bool {
    SignedDuration::try_from(asked).map_or(true, |asked| asked > now.duration_until(delivery.until))
}

/// The window is closed and the post was surely never made.
pub(crate) fn give_up(delivery: &Delivery, now: Timestamp) -> AttemptOutcome {
    let why = delivery.trouble.clone().unwrap_or_else(|| crate::delivery::schedule::plan::NOT_RUNNING.to_owned());
    AttemptOutcome::new(Decision::Missed(Missed::Window(why), now))
}

/// How long to wait after attempt number `attempts` (from 1): 1 s, doubled to 5 minutes, with full
/// jitter (Brooker, "Exponential Backoff And Jitter", AWS 2015), so that channels that failed
/// together do not come back together.
pub(crate) fn back_off(attempts: u32, chance: &mut fastrand::Rng) -> Duration {
    let longest = 1u64.checked_shl(attempts.saturating_sub(1).min(16)).unwrap_or(LONGEST_WAIT).min(LONGEST_WAIT);
    Duration::from_secs(chance.u64(1..=longest.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ChannelId, DeliverySubject, GuildId, Key, State};
    use jiff::civil::date;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).expect("an instant")
    }

    fn delivery(uncertain_since: Option<i64>, lease: i64) -> Delivery {
        Delivery {
            key: Key { channel: ChannelId(1), date: date(2026, 11, 24), sequence: 0 },
            guild: Some(GuildId(1)),
            subject: DeliverySubject::Day,
            state: State::Sending,
            due_at: at(0),
            until: at(21_600),
            attempts: 1,
            uncertain_since: uncertain_since.map(at),
            not_before: at(0),
            lease_until: at(lease),
            decided_at: None,
            trouble: None,
        }
    }

    #[test]
    fn doubt_older_than_the_nonce_is_looked_into_first() {
        assert_eq!(next(&delivery(None, 100), at(0), true), Next::Post);
        assert_eq!(next(&delivery(Some(0), 100), at(29), true), Next::Post);
        assert_eq!(next(&delivery(Some(0), 200), at(30), true), Next::Look);
        assert_eq!(next(&delivery(Some(0), 30_000), at(21_601), true), Next::Look);
        assert_eq!(next(&delivery(None, 30_000), at(21_601), true), Next::GiveUp);
        assert_eq!(next(&delivery(None, 19), at(0), true), Next::Leave);
        // A clock that was set back makes a doubt look as if it lay ahead.
        assert_eq!(next(&delivery(Some(50), 100), at(0), true), Next::Look);
    }

    #[test]
    fn doubt_of_an_earlier_process_is_looked_into_whatever_its_age_seems() {
        assert_eq!(next(&delivery(Some(0), 100), at(5), false), Next::Look);
        assert_eq!(next(&delivery(None, 100), at(5), false), Next::Post);
    }

    #[test]
    fn a_clock_set_in_the_middle_of_an_attempt_moves_neither_waits_nor_doubts() {
        let claimed = delivery(None, 60);
        assert_eq!(within_lease(&claimed, at(7)), at(7));
        assert_eq!(within_lease(&claimed, at(7 + 8 * 3600)), at(60));
        assert_eq!(within_lease(&claimed, at(7 - 8 * 3600)), at(0));
    }

    #[test]
    fn what_cannot_be_read_is_held_and_what_is_found_is_sent() {
        let doubtful = delivery(Some(0), 200);
        let wait = Duration::from_secs(3);
        let decided = |sought| after_look(&doubtful, sought, at(100), wait).map(|outcome| outcome.decision);
        assert_eq!(decided(FindOutcome::Found(MessageId(5))), Some(Decision::Sent(Some(MessageId(5)), at(100))));
        assert_eq!(decided(FindOutcome::NotThere), None);
        assert_eq!(decided(FindOutcome::Unreadable), Some(Decision::Held(at(100))));
        let again = Decision::Again { not_before: at(103), uncertain_since: Some(at(0)), trouble: "502".to_owned() };
        assert_eq!(decided(FindOutcome::Unavailable("502".to_owned())), Some(again));
    }

    #[test]
    fn only_what_may_have_gone_through_leaves_doubt() {
        let wait = Duration::from_secs(1);
        let doubt = |posted| match after_post(Err(posted), &delivery(None, 60), at(5), at(6), wait).decision {
            Decision::Again { uncertain_since, .. } => uncertain_since,
            other => panic!("{other:?}"),
        };
        assert_eq!(doubt(SendError::NotSent { wait: None, why: String::new() }), None);
        assert_eq!(doubt(SendError::InDoubt(String::new())), Some(at(5)));
        let older = after_post(Err(SendError::InDoubt(String::new())), &delivery(Some(1), 60), at(5), at(6), wait).decision;
        assert!(matches!(older, Decision::Again { uncertain_since: Some(since), .. } if since == at(1)));
    }

    #[test]
    fn what_discord_asks_is_waited_for_and_rounded_up() {
        let posted = SendError::NotSent { wait: Some(Duration::from_millis(30_200)), why: String::new() };
        let decided = after_post(Err(posted), &delivery(None, 60), at(0), at(0), Duration::from_secs(2)).decision;
        assert!(matches!(decided, Decision::Again { not_before, .. } if not_before == at(31)));
    }

    #[test]
    fn a_time_out_is_waited_for_by_the_half_hour_at_most() {
        let decided = |until| {
            let sent = Err(SendError::TimedOut(at(until)));
            after_post(sent, &delivery(None, 60), at(0), at(0), Duration::from_secs(2)).decision
        };
        assert!(matches!(decided(600), Decision::Again { not_before, uncertain_since: None, .. } if not_before == at(600)));
        assert!(matches!(decided(86_400), Decision::Again { not_before, .. } if not_before == at(1800)));
        assert!(matches!(decided(-5), Decision::Again { not_before, .. } if not_before == at(2)), "it is over");
    }

    #[test]
    fn a_wait_beyond_the_window_is_missed_at_once_unless_the_post_may_be_there() {
        let asked = |seconds| SendError::NotSent { wait: Some(Duration::from_secs(seconds)), why: "slow down".to_owned() };
        let decided =
            |seconds, doubt| after_post(Err(asked(seconds)), &delivery(doubt, 60), at(0), at(0), Duration::ZERO).decision;
        assert!(matches!(decided(21_600, None), Decision::Again { .. }), "six hours fit to the second");
        let missed = Decision::Missed(Missed::Window("slow down, for 361 minutes".to_owned()), at(0));
        assert_eq!(decided(21_601, None), missed);
        assert!(matches!(decided(21_601, Some(-100)), Decision::Again { uncertain_since: Some(_), .. }), "it is looked for");
    }

    #[test]
    fn waits_grow_to_five_minutes_and_never_beyond() {
        let mut chance = fastrand::Rng::with_seed(1956);
        for attempts in 1..60 {
            let wait = back_off(attempts, &mut chance).as_secs();
            assert!((1..=LONGEST_WAIT).contains(&wait) && wait <= 1 << attempts.min(20), "{attempts}: {wait}");
        }
    }
}
