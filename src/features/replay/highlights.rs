//! The short script of a lesson: the weightiest events and turning points, at a pace that a class can
//! read.

use std::collections::HashSet;

use jiff::civil::Date;

use super::script::{ReplayStep, Script, events};
use crate::pack::{EntryIdx, Pack, TurningPoint};

/// The minimum time between two posts, in seconds: to read one, and to talk about it.
pub(super) const PACE: i64 = 90;
/// How long a class needs for a turning point, in seconds.
const QUESTION: i64 = 120;
/// Turning points take at most one part in this many of the time.
const SHARE: i64 = 3;
/// The fewest events, also in the shortest lesson.
const FEWEST: usize = 3;

/// The script of a lesson of that many seconds.
pub(super) fn highlights(pack: &Pack, from: Date, to: Date, seconds: i64) -> Script {
    let all = events(pack, from, to);
    let room = |seconds: i64, each: i64| usize::try_from(seconds / each).unwrap_or_default();
    let points = points(pack, &all, room(seconds / SHARE, QUESTION));
    let questions = i64::try_from(points.len()).unwrap_or_default() * QUESTION;
    let chosen = chosen(pack, &all, &points, room(seconds - questions - PACE, PACE).max(FEWEST));
    let mut steps = vec![ReplayStep::Opening];
    for idx in chosen {
        let asked = points.iter().find(|place| pack.turning_points[**place].before == idx);
        steps.extend(asked.map(|place| ReplayStep::Asked(*place)));
        steps.push(ReplayStep::NextPost(vec![idx]));
    }
    Script { from, to, steps, is_short: true }
}

/// The turning points to ask, by their indices: those of the weightiest events.
fn points(pack: &Pack, all: &[EntryIdx], most: usize) -> Vec<usize> {
    let is_told = |point: &TurningPoint| all.contains(&point.before) && all.contains(&point.reveal);
    let weight = |point: &TurningPoint| pack.entry(point.before).importance.max(pack.entry(point.reveal).importance);
    let known = pack.turning_points.iter().enumerate().filter(|(_, point)| is_told(point));
    let mut points: Vec<(u16, usize)> = known.map(|(place, point)| (weight(point), place)).collect();
    points.sort_by_key(|(weight, place)| (std::cmp::Reverse(*weight), *place));
    points.into_iter().take(most).map(|(_, place)| place).collect()
}

/// The events to tell, in their order: those of the turning points, the weightiest of each day, and then
/// the weightiest of all.
fn chosen(pack: &Pack, all: &[EntryIdx], points: &[usize], most: usize) -> Vec<EntryIdx> {
    let mut by_weight = all.to_vec();
    by_weight.sort_by_key(|idx| (std::cmp::Reverse(pack.entry(*idx).importance), *idx));
    let mut days: HashSet<Option<Date>> = HashSet::new();
    let of_each_day = by_weight.iter().filter(|idx| days.insert(pack.entry(**idx).when().and_then(|when| when.day())));
    let of_points = points.iter().flat_map(|place| [pack.turning_points[*place].before, pack.turning_points[*place].reveal]);
    let mut kept: Vec<EntryIdx> = Vec::new();
    for idx in of_points.chain(of_each_day.copied().collect::<Vec<_>>()).chain(by_weight.iter().copied()) {
        if kept.len() < most && !kept.contains(&idx) {
            kept.push(idx);
        }
    }
    all.iter().copied().filter(|idx| kept.contains(idx)).collect()
}
