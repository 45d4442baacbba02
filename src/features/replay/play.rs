//! Plays a replay: enqueues its steps when they are due, and composes their posts.
//!
//! Enqueuing a step and advancing the replay are one durable transaction of the store. A step is
//! enqueued only when the previous post has its outcome, so a channel that accepts no posts gets no
//! further ones. From then on it is a delivery like any other.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::script::{ReplayStep, Script};
use super::tell::ReplayRenderer;
use super::timing;
use crate::card::Card;
use crate::model::{DeliverySubject, Key, ReplayMode, ReplayState, State};
use crate::pack::Pack;
use crate::store::{CLOSING, Delivery, FIRST_SEQUENCE, Replay, Store, StoreError};

/// How late a step of a lesson may be; later it would not fit the lesson any more.
const LESSON_WINDOW: SignedDuration = SignedDuration::from_mins(10);
/// How late a step of a real-time replay may be.
const REAL_WINDOW: SignedDuration = SignedDuration::from_hours(6);
/// If a lesson lost more than this, its remaining steps are postponed by the lost time.
const LOST: SignedDuration = SignedDuration::from_secs(15);
/// The time after a summary post until the next one.
const SOON: SignedDuration = SignedDuration::from_secs(20);
/// How many replays are advanced in one pass.
const BATCH: usize = 64;

/// Enqueues the steps that are due. Returns how many.
///
/// # Errors
/// If the store fails.
pub(super) async fn enqueue_due(pack: &Pack, store: &dyn Store, now: Timestamp) -> Result<usize, StoreError> {
    let mut put = 0;
    for replay in store.due_replays(now, BATCH).await? {
        let (moved, delivery) = next_step(pack, &replay, now);
        if store.advance_replay(replay.position, &moved, &delivery).await?.is_some() {
            put += 1;
        }
    }
    Ok(put)
}

/// The post of a step; `None` if its replay was stopped or replaced meanwhile.
///
/// # Errors
/// If the store fails.
pub(super) async fn compose(pack: &Pack, store: &dyn Store, delivery: &Delivery) -> Result<Option<Card>, StoreError> {
    let DeliverySubject::Replay(step) = delivery.subject else { return Ok(None) };
    let Some(replay) = store.replay(delivery.key.channel).await? else { return Ok(None) };
    let is_latest = replay.last == Some((delivery.key.date, delivery.key.sequence));
    if !is_latest || replay.state == ReplayState::Stopped {
        return Ok(None);
    }
    let script = timing::script(pack, replay.from, replay.to, replay.mode);
    let stage = ReplayRenderer { pack, script: &script, mode: replay.mode };
    Ok(Some(match usize::from(step) {
        step if step == usize::from(CLOSING) => stage.post(script.steps.len()),
        step if usize::from(replay.told_from) < step => stage.summary(usize::from(replay.told_from), step),
        step => stage.post(step),
    }))
}

/// The zone of a replay, or UTC if it is unknown to the current time zone data.
pub fn zone(replay: &Replay) -> TimeZone {
    TimeZone::get(&replay.zone).unwrap_or(TimeZone::UTC)
}

/// When the replay's current step happens, for a real-time replay.
pub fn own_time(pack: &Pack, replay: &Replay) -> Timestamp {
    let script = timing::script(pack, replay.from, replay.to, replay.mode);
    let instants = timing::schedule(pack, &script, replay.mode, replay.started_at, &zone(replay), replay.speed);
    instants.get(usize::from(replay.position)).copied().unwrap_or(replay.next_at)
}

/// The delivery of the due step, and the replay after it.
fn next_step(pack: &Pack, replay: &Replay, now: Timestamp) -> (Replay, Delivery) {
    let script = timing::script(pack, replay.from, replay.to, replay.mode);
    let place = match replay.next_step.as_str() {
        "" => usize::from(replay.position).min(script.steps.len()),
        name => script.place(pack, name, usize::from(replay.position)),
    };
    let told = match replay.mode {
        ReplayMode::Lesson { seconds, .. } => lesson(&script, seconds, place, replay, now),
        ReplayMode::AsItHappened { .. } => as_it_happened(pack, &script, place, replay, now),
    };
    let is_last = told.last >= script.steps.len();
    let next = if is_last { told.last } else { told.last + 1 };
    let moved = Replay {
        told_from: number(place),
        position: number(next),
        next_step: script.name(pack, next),
        next_at: told.next_at,
        state: if is_last { ReplayState::Ended } else { ReplayState::Running },
        ..replay.clone()
    };
    let delivery = Delivery {
        key: Key { channel: replay.channel, date: zone(replay).to_datetime(told.due_at).date(), sequence: FIRST_SEQUENCE },
        guild: replay.guild,
        subject: DeliverySubject::Replay(if is_last { CLOSING } else { number(told.last) }),
        state: State::Due,
        due_at: told.due_at,
        until: later(told.due_at, told.window),
        attempts: 0,
        uncertain_since: None,
        not_before: told.due_at.min(now),
        lease_until: Timestamp::UNIX_EPOCH,
        decided_at: None,
        trouble: None,
    };
    (moved, delivery)
}

/// The next post.
struct NextPost {
    /// The index of the last step it covers; the script's length for the closing post.
    last: usize,
    due_at: Timestamp,
    window: SignedDuration,
    next_at: Timestamp,
}

fn lesson(script: &Script, seconds: i64, place: usize, replay: &Replay, now: Timestamp) -> NextPost {
    let lost = replay.next_at.duration_until(now) > LOST;
    let due_at = if lost { now } else { replay.next_at };
    let next_at = later(due_at, timing::gap(script, seconds, place, replay.speed));
    NextPost { last: place, due_at, window: LESSON_WINDOW, next_at }
}

fn as_it_happened(pack: &Pack, script: &Script, place: usize, replay: &Replay, now: Timestamp) -> NextPost {
    let instants = timing::schedule(pack, script, replay.mode, replay.started_at, &zone(replay), replay.speed);
    let mut last = place;
    // The opening is separate, and missed steps after it are summarised in one post. Questions and the
    // closing post are not summarised; they follow separately.
    while place > 0 && last + 1 < script.steps.len() && instants.get(last + 1).is_some_and(|at| *at <= now) {
        last += 1;
    }
    if last > place && matches!(script.steps.get(last), Some(ReplayStep::Asked(_))) {
        last -= 1;
    }
    let own = instants.get(last).copied().unwrap_or(now);
    let due_at = if own.duration_until(now) > REAL_WINDOW / 2 || place == 0 { now } else { own.min(now) };
    let next_at = instants.get(last + 1).map_or(due_at, |next| (*next).max(later(now, SOON)));
    NextPost { last, due_at, window: REAL_WINDOW, next_at }
}

fn number(place: usize) -> u16 {
    u16::try_from(place).unwrap_or(CLOSING - 1)
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(at)
}
