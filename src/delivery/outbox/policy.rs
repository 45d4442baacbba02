//! Decides about one attempt at a delivery: look it up if there is doubt, then post, then record the
//! outcome.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::delivery::schedule::plan::LEASE;
use crate::messenger::{FindOutcome, SendError};
use crate::model::{MessageId, Missed, Pause};
use crate::store::{Decision, Delivery};

/// An uncertain attempt younger than this is retried with the same nonce, because Discord still
/// de-duplicates it. Discord documents the window only as "a few minutes"; we rely on one minute. A
/// request that begins within 30 seconds may wait ten seconds for its turn and take ten more, and still
/// arrives within that minute.
const NONCE_HOLDS: SignedDuration = SignedDuration::from_secs(30);
/// How far before the first uncertain attempt the search begins. Our clock may have differed from
/// Discord's by the tolerated five minutes, and jumped by as much again before that was measured; plus
/// one minute.
pub(crate) const MARGIN: SignedDuration = SignedDuration::from_secs(11 * 60);
/// How long after the window the bot still checks whether an uncertain post was sent.
const LAST_LOOK: SignedDuration = SignedDuration::from_hours(24);
/// Twice the longest request. If less remains of the lease, nothing is begun.
const ENOUGH: SignedDuration = SignedDuration::from_secs(20);
/// How long a post waits before the next attempt while the bot is timed out by a moderator.
const TIMED_OUT: Duration = Duration::from_secs(30 * 60);
/// The longest wait between two attempts, in seconds.
const LONGEST_WAIT: u64 = 300;

/// The outcome of an attempt, and a pause of the channel's schedule if the channel is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AttemptOutcome {
    /// What is recorded.
    pub decision: Decision,
    /// Why the schedule pauses, if it does.
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

    /// Nothing was done; the next attempt can take its time.
    pub(crate) fn left(delivery: &Delivery, now: Timestamp) -> AttemptOutcome {
        let trouble = delivery.trouble.clone().unwrap_or_else(|| "there was no time left to send it".to_owned());
        AttemptOutcome::again(delivery.uncertain_since, trouble, now, Duration::ZERO)
    }

    /// Try again after a wait.
    pub(crate) fn again(uncertain_since: Option<Timestamp>, why: String, now: Timestamp, wait: Duration) -> AttemptOutcome {
        // The store has whole seconds; rounding down would come back too early.
        let seconds = i64::try_from(wait.as_secs()).unwrap_or(i64::MAX).saturating_add(i64::from(wait.subsec_nanos() > 0));
        let not_before = now.checked_add(SignedDuration::from_secs(seconds.max(1))).unwrap_or(Timestamp::MAX);
        AttemptOutcome::new(Decision::Again { not_before, uncertain_since, trouble: why })
    }

    fn closed(pause: Pause, now: Timestamp) -> AttemptOutcome {
        AttemptOutcome { decision: Decision::Missed(Missed::Paused(pause.clone()), now), pause: Some(pause) }
    }
}

/// What to do with a delivery that was taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// Check whether it is in the channel already.
    Look,
    Post,
    /// The lease is nearly over; leave it to the next attempt.
    Leave,
    /// Its window is over, and it certainly was never posted.
    GiveUp,
}

/// The time that is recorded for an attempt: the clock's, limited to the lease in case the clock was set
/// meanwhile. Otherwise a wait could last hours, or a search could begin at a time when nothing was
/// posted.
pub(crate) fn within_lease(delivery: &Delivery, now: Timestamp) -> Timestamp {
    let claimed = delivery.lease_until.checked_sub(LEASE).unwrap_or(Timestamp::MIN);
    now.clamp(claimed, delivery.lease_until)
}

/// The first step of an attempt. `fresh` says whether the doubt arose in this process and its clock was
/// not set back since; otherwise the age of the doubt is unknown, and the delivery is looked up.
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

/// The outcome of a search; `None` if the post was certainly not sent and must be sent now.
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

/// The outcome of posting. The delivery still has the doubt of earlier attempts. `began` is when this
/// attempt began.
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
        // A moderator may lift the time-out early, so the post is tried from time to time.
        Err(ref timed_out @ SendError::TimedOut(until)) => {
            let left = Duration::try_from(now.duration_until(until)).unwrap_or_default();
            not_sent(delivery, Some(left.min(TIMED_OUT)), timed_out.why(), now, wait)
        }
        Err(SendError::InDoubt(why)) => AttemptOutcome::again(Some(delivery.uncertain_since.unwrap_or(began)), why, now, wait),
        Err(SendError::Closed { pause, .. }) => AttemptOutcome::closed(pause, now),
        Err(SendError::Refused { code, .. }) => AttemptOutcome::new(Decision::Missed(Missed::Refused(code), now)),
    }
}

/// The outcome of an attempt that certainly posted nothing. `asked` is the wait that Discord asked for,
/// if any.
fn not_sent(delivery: &Delivery, asked: Option<Duration>, why: String, now: Timestamp, wait: Duration) -> AttemptOutcome {
    match asked {
        Some(asked) if delivery.uncertain_since.is_none() && is_too_long(asked, delivery, now) => {
            let why = format!("{why}, for {} minutes", asked.as_secs().div_ceil(60));
            AttemptOutcome::new(Decision::Missed(Missed::Window(why), now))
        }
        asked => AttemptOutcome::again(delivery.uncertain_since, why, now, wait.max(asked.unwrap_or_default())),
    }
}

/// Whether the wait that Discord asked for exceeds the delivery's window.
fn is_too_long(asked: Duration, delivery: &Delivery, now: Timestamp) -> bool {
    SignedDuration::try_from(asked).map_or(true, |asked| asked > now.duration_until(delivery.until))
}

/// The window is over, and the post certainly was never sent.
pub(crate) fn give_up(delivery: &Delivery, now: Timestamp) -> AttemptOutcome {
    let why = delivery.trouble.clone().unwrap_or_else(|| crate::delivery::schedule::plan::NOT_RUNNING.to_owned());
    AttemptOutcome::new(Decision::Missed(Missed::Window(why), now))
}

/// The wait after attempt number `attempts` (from 1): 1 s, doubled up to 5 minutes, with full jitter
/// (Brooker, "Exponential Backoff And Jitter", AWS 2015), so that channels that failed together do not
/// retry together.
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
        // After the clock was set back, the doubt seems to begin in the future.
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
