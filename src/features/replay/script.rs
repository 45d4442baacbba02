//! The script of a replay: the events between two days, by time, grouped into posts.

use jiff::civil::Date;

use crate::pack::{EntryIdx, Pack, Point, TimeOfDay};

/// How much one post contains: the less time there is, the more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// Events within an hour, at most three.
    Hour,
    /// Events within a quarter of a day, at most five.
    Quarter,
    /// Events of a day.
    Day,
}

impl Detail {
    /// From the finest to the coarsest.
    pub const ALL: [Detail; 3] = [Detail::Hour, Detail::Quarter, Detail::Day];

    fn most(self) -> usize {
        match self {
            Detail::Hour => 3,
            Detail::Quarter => 5,
            Detail::Day => usize::MAX,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplayStep {
    /// The introduction.
    Opening,
    /// Events by time; never empty, all on one day.
    NextPost(Vec<EntryIdx>),
    /// A turning point, by its index in the pack.
    Asked(usize),
}

/// The steps in order. The closing post comes after the last step and is not one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    pub from: Date,
    pub to: Date,
    /// The steps; the first is the opening.
    pub steps: Vec<ReplayStep>,
    /// Whether it tells only the weightiest events, in short posts.
    pub is_short: bool,
}

impl Script {
    /// The script from one day to another, inclusive.
    ///
    /// An event belongs to the day on which it began. An event longer than a day is represented by its
    /// parts. A turning point is asked just before its event, if the script contains both that event and
    /// the one that reveals the outcome.
    pub fn new(pack: &Pack, from: Date, to: Date, detail: Detail) -> Script {
        let events = events(pack, from, to);
        let asked = |idx: EntryIdx| {
            let points = pack.turning_points.iter().enumerate();
            points
                .filter(|(_, point)| events.contains(&point.reveal))
                .find(|(_, point)| point.before == idx)
                .map(|(place, _)| place)
        };
        let mut steps = vec![ReplayStep::Opening];
        let mut last: Option<Slot> = None;
        for idx in &events {
            let slot = slot(pack, *idx, detail);
            if let Some(place) = asked(*idx) {
                steps.push(ReplayStep::Asked(place));
            }
            match steps.last_mut() {
                Some(ReplayStep::NextPost(told)) if last == Some(slot) && told.len() < detail.most() => told.push(*idx),
                _ => steps.push(ReplayStep::NextPost(vec![*idx])),
            }
            last = Some(slot);
        }
        Script { from, to, steps, is_short: false }
    }

    /// Whether there are no events between the two days.
    pub fn is_empty(&self) -> bool {
        self.steps.len() <= 1
    }

    /// The number of turning points.
    pub fn questions(&self) -> usize {
        self.steps.iter().filter(|step| matches!(step, ReplayStep::Asked(_))).count()
    }

    /// A name for a step that stays the same when entries are added to the pack; `closing` after the
    /// last.
    pub fn name(&self, pack: &Pack, place: usize) -> String {
        match self.steps.get(place) {
            Some(ReplayStep::Opening) => "opening".to_owned(),
            Some(ReplayStep::NextPost(events)) => events.first().map(|idx| pack.entry(*idx).id.clone()).unwrap_or_default(),
            Some(ReplayStep::Asked(point)) => format!("turning/{}", pack.turning_points[*point].id),
            None => "closing".to_owned(),
        }
    }

    /// The index of the step with that name; if there is none any more, `fallback` or the end.
    pub fn place(&self, pack: &Pack, name: &str, fallback: usize) -> usize {
        let mut places = 0..=self.steps.len();
        places.find(|place| self.name(pack, *place) == name).unwrap_or(fallback.min(self.steps.len()))
    }
}

/// All events between two days, inclusive, in the order in which a replay tells them.
pub(super) fn events(pack: &Pack, from: Date, to: Date) -> Vec<EntryIdx> {
    let mut events: Vec<EntryIdx> =
        pack.events().filter(|(idx, ..)| is_told(pack, *idx, from, to)).map(|(idx, ..)| idx).collect();
    events.sort_by_key(|idx| (on_its_day(pack, *idx), *idx));
    causes_first(pack, events)
}

/// The place of an event in the replay: its day and the minute at which it is told. An event known only
/// by its day is told in the evening, before what happened at night, but after its causes of that day.
fn on_its_day(pack: &Pack, idx: EntryIdx) -> (Option<Date>, u16) {
    let day = |idx: EntryIdx| pack.entry(idx).when().and_then(|when| when.day());
    let causes = pack.entry(idx).event().map(|facts| facts.led_from.as_slice()).unwrap_or_default();
    let at = minutes(pack, idx).unwrap_or_else(|| {
        let on_the_day = causes.iter().filter(|cause| day(**cause) == day(idx));
        on_the_day.filter_map(|cause| minutes(pack, *cause)).fold(EVENING, u16::max)
    });
    (day(idx), at)
}

/// Moves the causes of an event that would be told after it to just before it: a cause known only by
/// its day, of an event with a known time on that day.
fn causes_first(pack: &Pack, events: Vec<EntryIdx>) -> Vec<EntryIdx> {
    fn put(pack: &Pack, idx: EntryIdx, events: &[EntryIdx], placed: &mut Vec<EntryIdx>) {
        if placed.contains(&idx) || !events.contains(&idx) {
            return;
        }
        let day = |idx: EntryIdx| pack.entry(idx).when().and_then(|when| when.day());
        // A pack's links have no cycles.
        let causes = pack.entry(idx).event().map(|facts| facts.led_from.as_slice()).unwrap_or_default();
        for cause in causes.iter().filter(|cause| day(**cause) == day(idx)) {
            put(pack, *cause, events, placed);
        }
        placed.push(idx);
    }
    let mut placed = Vec::with_capacity(events.len());
    for idx in &events {
        put(pack, *idx, &events, &mut placed);
    }
    placed
}

fn is_told(pack: &Pack, idx: EntryIdx, from: Date, to: Date) -> bool {
    let Some(when) = pack.entry(idx).when() else { return false };
    when.day().is_some_and(|day| (from..=to).contains(&day) && when.last_day() == day)
}

/// When events known only by their day are told, in minutes after midnight.
pub(super) const EVENING: u16 = 20 * 60 + 30;

/// Events with the same slot may share a post.
type Slot = (Date, Option<u16>);

fn slot(pack: &Pack, idx: EntryIdx, detail: Detail) -> Slot {
    let when = pack.entry(idx).when();
    let Some(Point::Day(day, time)) = when.map(|when| when.from) else { return (Date::ZERO, None) };
    let minutes = minutes(pack, idx);
    let part = match (detail, time) {
        (Detail::Day, _) => Some(0),
        (_, None) => None,
        // Parts of the day are kept apart from exact times.
        (Detail::Hour, Some(TimeOfDay::Part(_))) => minutes.map(|minutes| 100 + minutes / 60),
        (Detail::Hour, Some(_)) => minutes.map(|minutes| minutes / 60),
        (Detail::Quarter, Some(_)) => minutes.map(|minutes| minutes / 360),
    };
    (day, part)
}

/// The minutes after midnight for sorting an event, if more than its day is known. For a part of the day
/// it is a guess that must never be shown.
pub(super) fn minutes(pack: &Pack, idx: EntryIdx) -> Option<u16> {
    let when = pack.entry(idx).when()?;
    matches!(when.from, Point::Day(_, Some(_))).then(|| when.order().1.saturating_sub(3))
}
