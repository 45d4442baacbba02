//! Decides what comes next in a round: a pure function of its state and the time.

use jiff::{SignedDuration, Timestamp};

use crate::card::Text;
use crate::model::{MessageId, Phase};
use crate::store::Round;

/// The time between two edits that update the count: four of them and the answer are the five edits that
/// Discord allows in five seconds.
pub const PACE: SignedDuration = SignedDuration::from_millis(1250);
/// How long after the time is up presses may still be on their way to the store.
const CLOSING: SignedDuration = SignedDuration::from_secs(1);
/// How long posting a question may be retried. Discord remembers its nonce at least as long, so the
/// question never appears twice.
const OPENING: SignedDuration = SignedDuration::from_secs(60);
/// How long a question waits for the end of a time-out; a time-out of a minute is over by then.
const TIMED_OUT: SignedDuration = SignedDuration::from_secs(55);
/// After a longer wait for its answer, the class has moved on.
const AWAY: SignedDuration = SignedDuration::from_mins(2);
/// How long posting the summary is retried.
const ENDING: SignedDuration = SignedDuration::from_mins(5);
/// The shortest and longest time for reading an answer, in seconds.
const READING: (i64, i64) = (3, 15);

/// What to do in the channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Post the current question.
    Ask,
    /// Show how many have answered.
    Count,
    /// Show the answer and the distribution.
    Tell,
    /// Post the summary.
    Close,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundStep {
    /// The new state of the round, to be stored before the effect.
    pub round: Round,
    /// The effect; repeating it is harmless.
    pub effect: Option<Effect>,
    /// When to take the next step, if nothing happens before.
    pub wake: Timestamp,
}

/// What comes next in a round at an instant. If the round has changed, store it and call this again.
pub fn step(round: &Round, now: Timestamp) -> RoundStep {
    let stay = |effect, wake| RoundStep { round: round.clone(), effect, wake };
    let go = |phase, position, until| RoundStep {
        round: Round { phase, position, until, since: now, ..round.clone() },
        effect: None,
        wake: now,
    };
    match round.phase {
        Phase::Opening if round.position >= round.planned => go(Phase::Closing, round.position, now),
        Phase::Opening if later(round.since, OPENING) < now => late(round, now, Phase::Closing),
        Phase::Opening => stay(Some(Effect::Ask), later(now, PACE)),
        Phase::Asking if now >= later(round.until, CLOSING) => {
            let told = go(Phase::Telling, round.position, later(now, reading(round)));
            if later(round.until, AWAY) < now { late(&told.round, now, Phase::Telling) } else { told }
        }
        Phase::Asking => stay(Some(Effect::Count), later(now, PACE).min(later(round.until, CLOSING))),
        Phase::Telling if now < round.until => stay(Some(Effect::Tell), round.until),
        Phase::Telling if round.trouble.is_none() && round.position + 1 < round.planned => {
            let mut next = go(Phase::Opening, round.position + 1, now);
            next.round.message = None;
            next
        }
        Phase::Telling => go(Phase::Closing, round.position, now),
        Phase::Closing if later(round.since, ENDING) < now => go(Phase::Ended, round.position, now),
        Phase::Closing => stay(Some(Effect::Close), later(now, PACE)),
        Phase::Ended => stay(None, Timestamp::MAX),
    }
}

/// The round after its question was posted.
pub(super) fn asked(round: &Round, message: MessageId, now: Timestamp) -> Round {
    let until = whole(later(now, SignedDuration::from_secs(i64::from(round.seconds))));
    Round { phase: Phase::Asking, since: now, until, message: Some(message), ..round.clone() }
}

/// The round after its end, or when nothing more can be posted.
pub(super) fn ended(round: &Round, trouble: Option<String>, now: Timestamp) -> Round {
    let trouble = trouble.or_else(|| round.trouble.clone());
    Round { phase: Phase::Ended, since: now, until: now, trouble, ..round.clone() }
}

/// The round while a moderator has timed the bot out: it can edit its messages, but not post. A question
/// waits a little for the end of the time-out; otherwise the round ends early, with that reason.
pub(super) fn timed_out(round: &Round, until: Timestamp, now: Timestamp) -> Round {
    if round.phase != Phase::Opening || until <= later(round.since, TIMED_OUT) {
        return round.clone();
    }
    let trouble = format!("A moderator timed me out until {}, so the round ended early.", Text::default().instant(until).plain());
    Round { phase: Phase::Closing, since: now, trouble: Some(trouble), ..round.clone() }
}

/// The round after the bot was down for so long that the round ends early.
fn late(round: &Round, now: Timestamp, phase: Phase) -> RoundStep {
    let trouble = Some("I was restarted during this round, so it ended early.".to_owned());
    RoundStep { round: Round { phase, since: now, trouble, ..round.clone() }, effect: None, wake: now }
}

/// How long an answer stays for reading: half of the question's time.
fn reading(round: &Round) -> SignedDuration {
    SignedDuration::from_secs((i64::from(round.seconds) / 2).clamp(READING.0, READING.1))
}

fn later(instant: Timestamp, by: SignedDuration) -> Timestamp {
    instant.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// The next whole second, because instants are stored without fractions, and no student must lose time.
fn whole(instant: Timestamp) -> Timestamp {
    let up = i64::from(instant.subsec_nanosecond() > 0);
    Timestamp::from_second(instant.as_second() + up).unwrap_or(instant)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ChannelId, GuildId};
    use crate::store::RoundQuestion;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).expect("an instant")
    }

    fn round(phase: Phase, position: usize, since: i64, until: i64) -> Round {
        let question = |idx: u64| RoundQuestion { id: format!("q{idx}"), seed: idx, choices: 4, right: 0 };
        Round {
            id: 1,
            channel: ChannelId(2),
            guild: GuildId(3),
            subject: String::new(),
            seconds: 20,
            podium: false,
            questions: (0..3).map(question).collect(),
            planned: 3,
            position,
            phase,
            since: at(since),
            until: at(until),
            message: Some(MessageId(9)),
            started_at: at(0),
            trouble: None,
        }
    }

    /// Takes steps until something must be done.
    fn settled(round: Round, now: Timestamp) -> RoundStep {
        let mut round = round;
        for _ in 0..5 {
            let next = step(&round, now);
            if next.round == round {
                return next;
            }
            round = next.round;
        }
        panic!("it never settles: {round:?}");
    }

    #[test]
    fn a_round_goes_through_all_its_phases() {
        let mut now = at(0);
        let mut done = Vec::new();
        let mut round = round(Phase::Opening, 0, 0, 0);
        while round.phase != Phase::Ended {
            let next = settled(round.clone(), now);
            round = next.round.clone();
            match next.effect {
                Some(Effect::Ask) => round = asked(&round, MessageId(7), now),
                Some(Effect::Close) => round = ended(&round, None, now),
                Some(_) => now = next.wake,
                None => {}
            }
            if done.last() != Some(&(next.effect, round.position)) {
                done.push((next.effect, round.position));
            }
        }
        let one = |idx| [Effect::Ask, Effect::Count, Effect::Tell].map(|effect| (Some(effect), idx));
        let mut all: Vec<_> = (0..3).flat_map(one).collect();
        all.push((Some(Effect::Close), 2));
        assert_eq!(done, all);
        assert_eq!(now, at(3 * (20 + 1 + 10)));
    }

    #[test]
    fn a_stop_ends_with_the_question_that_is_asked() {
        let stopped = Round { planned: 1, ..round(Phase::Asking, 0, 0, 5) };
        let told = settled(stopped, at(6));
        assert_eq!((told.effect, told.round.phase), (Some(Effect::Tell), Phase::Telling));
        assert_eq!(settled(told.round, at(16)).effect, Some(Effect::Close));
        let before = Round { planned: 1, ..round(Phase::Opening, 1, 0, 0) };
        assert_eq!(settled(before, at(1)).effect, Some(Effect::Close));
    }

    #[test]
    fn after_a_short_absence_it_goes_on_and_after_a_long_one_it_ends_with_what_it_has() {
        let asking = round(Phase::Asking, 0, 0, 20);
        let soon = settled(asking.clone(), at(100));
        assert_eq!((soon.effect, soon.round.trouble.clone()), (Some(Effect::Tell), None));
        assert_eq!(settled(soon.round, at(110)).effect, Some(Effect::Ask));
        let long = settled(asking, at(500));
        assert_eq!(long.effect, Some(Effect::Tell));
        assert!(long.round.trouble.is_some());
        assert_eq!(settled(long.round, at(510)).effect, Some(Effect::Close));
        // A question that may have been posted is not posted again once Discord may have forgotten its
        // nonce.
        assert_eq!(settled(round(Phase::Opening, 1, 0, 0), at(60)).effect, Some(Effect::Ask));
        assert_eq!(settled(round(Phase::Opening, 1, 0, 0), at(61)).effect, Some(Effect::Close));
        assert_eq!(settled(round(Phase::Closing, 1, 0, 0), at(301)).round.phase, Phase::Ended);
    }

    #[test]
    fn edits_never_come_faster_than_discord_takes_them() {
        let mut now = at(0);
        let mut edits = Vec::new();
        let mut standing = round(Phase::Asking, 0, 0, 20);
        while standing.phase == Phase::Asking || standing.position == 0 {
            let next = step(&standing, now);
            standing = next.round;
            match next.effect {
                Some(Effect::Ask) => break,
                Some(_) => edits.push(now),
                None => {}
            }
            now = next.wake;
        }
        assert!(edits.len() > 15, "{}", edits.len());
        assert!(edits.windows(6).all(|six| six[0].duration_until(six[5]) >= SignedDuration::from_secs(5)), "{edits:?}");
    }
}
