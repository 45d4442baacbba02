//! Computes when each post of a replay is due. Pure.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::highlights::{PACE, highlights};
use super::script::{Detail, EVENING, ReplayStep, Script, minutes};
use crate::delivery::{Due, WallTime, instant};
use crate::model::{LessonDetail, ReplayMode};
use crate::pack::{EntryIdx, Pack};

/// How long a class needs for one post, in seconds. If a lesson has less time, posts contain more.
const READING: i64 = 20;
/// The minimum time between two posts, in seconds, if the lesson has enough time.
const BREATH: i64 = 5;
/// The absolute minimum, in seconds: a channel accepts five posts in five seconds.
pub const FASTEST: i64 = 1;
/// How long before its event a turning point is asked in a real-time replay.
const ASKED_AHEAD: SignedDuration = SignedDuration::from_mins(20);
/// The distance between posts that would otherwise be simultaneous.
const APART: SignedDuration = SignedDuration::from_mins(10);
/// When the closing post comes after the last step in a real-time replay.
const AFTERWARDS: SignedDuration = SignedDuration::from_hours(1);

/// The script for a mode, as fine as its time allows.
pub fn script(pack: &Pack, from: Date, to: Date, mode: ReplayMode) -> Script {
    let seconds = match mode {
        ReplayMode::Lesson { seconds, detail: LessonDetail::Highlights } => return highlights(pack, from, to, seconds),
        ReplayMode::Lesson { seconds, detail: LessonDetail::All } => seconds,
        ReplayMode::AsItHappened { .. } => i64::MAX,
    };
    let mut script = Script::new(pack, from, to, Detail::Hour);
    for detail in Detail::ALL {
        if reading(&script) <= seconds {
            break;
        }
        script = Script::new(pack, from, to, detail);
    }
    script
}

/// How long a class needs for the script, in seconds.
fn reading(script: &Script) -> i64 {
    script.steps.iter().map(weight).sum::<i64>() * READING / ONE
}

/// The weight of a post with one event.
const ONE: i64 = 20;

/// How much time a post gets, in units of [`ONE`]: a question needs thought, and several events need
/// more reading.
fn weight(step: &ReplayStep) -> i64 {
    match step {
        ReplayStep::Opening => ONE,
        ReplayStep::NextPost(events) => ONE + 6 * i64::try_from(events.len().saturating_sub(1)).unwrap_or(0).min(9),
        ReplayStep::Asked(_) => ONE * 2,
    }
}

/// The instants of a script's steps and of its closing post, strictly increasing.
///
/// A lesson begins at `start` and lasts `seconds` at 100 `speed` per cent. In real time, the opening is
/// at `start` and everything else at its own time in `zone` on its own day of that year; steps before
/// `start` are in the past.
pub fn schedule(pack: &Pack, script: &Script, mode: ReplayMode, start: Timestamp, zone: &TimeZone, speed: u16) -> Vec<Timestamp> {
    match mode {
        ReplayMode::Lesson { seconds, .. } => lesson(script, seconds, start, speed),
        ReplayMode::AsItHappened { year } => as_it_happened(pack, script, year, start, zone),
    }
}

/// The time in a lesson from step `place` to the next one.
pub fn gap(script: &Script, seconds: i64, place: usize, speed: u16) -> SignedDuration {
    let offsets = offsets(script, seconds);
    let gap = offsets.get(place + 1).zip(offsets.get(place)).map_or(FASTEST, |(next, this)| next - this);
    SignedDuration::from_secs(faster(gap, speed))
}

fn faster(gap: i64, speed: u16) -> i64 {
    (gap * 100 / i64::from(speed.max(1))).max(FASTEST)
}

fn lesson(script: &Script, seconds: i64, start: Timestamp, speed: u16) -> Vec<Timestamp> {
    let offsets = offsets(script, seconds);
    let mut at = start;
    let mut instants = vec![start];
    for pair in offsets.windows(2) {
        at = later(at, SignedDuration::from_secs(faster(pair[1] - pair[0], speed)));
        instants.push(at);
    }
    instants
}

/// The seconds from the start to each step and to the closing post. Each step gets the minimum time, and
/// the rest is divided by weight. The closing post is at `seconds` unless there are more posts than
/// seconds.
fn offsets(script: &Script, seconds: i64) -> Vec<i64> {
    let count = i64::try_from(script.steps.len()).unwrap_or(i64::MAX).max(1);
    let breath = (seconds / count).clamp(FASTEST, if script.is_short { PACE } else { BREATH });
    let rest = (seconds - breath * count).max(0);
    let whole: i64 = script.steps.iter().map(weight).sum::<i64>().max(1);
    let (mut offsets, mut weights) = (vec![0], 0);
    for (idx, step) in (1..).zip(&script.steps) {
        weights += weight(step);
        offsets.push(breath * idx + rest * weights / whole);
    }
    offsets
}

fn as_it_happened(pack: &Pack, script: &Script, year: i16, start: Timestamp, zone: &TimeZone) -> Vec<Timestamp> {
    // Questions depend on the event after them, so events come first.
    let mut told: Vec<Option<Timestamp>> = Vec::new();
    let mut before: Option<Timestamp> = None;
    for (place, step) in script.steps.iter().enumerate() {
        let at = match step {
            ReplayStep::NextPost(events) => {
                let wanted = events.first().and_then(|idx| own_time(pack, *idx, year, zone));
                let wanted = wanted.map(|at| deadline(pack, script, place, year, zone).map_or(at, |deadline| at.min(deadline)));
                let bumped = before.map(|before| later(before, APART));
                match (wanted, before) {
                    (Some(wanted), Some(before)) if wanted <= before => bumped,
                    (Some(wanted), _) => Some(wanted),
                    (None, _) => bumped,
                }
            }
            ReplayStep::Opening | ReplayStep::Asked(_) => None,
        };
        before = at.or(before);
        told.push(at);
    }
    let mut instants = Vec::with_capacity(told.len() + 1);
    let mut last: Option<Timestamp> = None;
    for (place, at) in told.iter().enumerate() {
        let next = told[place..].iter().flatten().next().copied();
        let at = match (&script.steps[place], at) {
            (_, Some(at)) => *at,
            (ReplayStep::Opening, None) => next.map_or(start, |next| start.min(later(next, -ASKED_AHEAD * 2))),
            (_, None) => next.map_or(start, |next| ahead(last, next)),
        };
        last = Some(at);
        instants.push(at);
    }
    instants.push(later(last.unwrap_or(start), AFTERWARDS));
    instants
}

/// Some time before the next post, but after the previous one.
fn ahead(last: Option<Timestamp>, next: Timestamp) -> Timestamp {
    let wanted = later(next, -ASKED_AHEAD);
    match last {
        Some(last) if wanted <= last => later(last, last.duration_until(next) / 2),
        _ => wanted,
    }
}

/// The latest time for a step without a known time, if a step with a known time follows on the same day.
fn deadline(pack: &Pack, script: &Script, place: usize, year: i16, zone: &TimeZone) -> Option<Timestamp> {
    let first = |place: usize| match script.steps.get(place) {
        Some(ReplayStep::NextPost(events)) => events.first().copied(),
        _ => None,
    };
    let this = first(place).filter(|idx| minutes(pack, *idx).is_none())?;
    let day = |idx: EntryIdx| pack.entry(idx).when().and_then(|when| when.day());
    let same_day = (place + 1..script.steps.len()).filter_map(first).take_while(|idx| day(*idx) == day(this));
    let (steps, timed) = (1..).zip(same_day).find(|(_, idx)| minutes(pack, *idx).is_some())?;
    Some(later(own_time(pack, timed, year, zone)?, -APART * steps))
}

/// The instant of an event at its own time on its own day of a year.
fn own_time(pack: &Pack, idx: EntryIdx, year: i16, zone: &TimeZone) -> Option<Timestamp> {
    let day = pack.entry(idx).when()?.day()?;
    // In common years, events of 29 February join the day before.
    let date = Date::new(year, day.month(), day.day()).or_else(|_| Date::new(year, day.month(), day.day() - 1)).ok()?;
    let minutes = minutes(pack, idx).unwrap_or(EVENING);
    let time = WallTime::new(i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?)?;
    match instant(date, time, zone) {
        Due::At(at) => Some(at),
        Due::NoSuchDay => None,
    }
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(at)
}
