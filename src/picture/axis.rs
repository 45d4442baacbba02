//! A time axis that skips empty periods, expands crowded ones, and adds no precision.
//!
//! The axis is a sequence of [`Cell`]s: years, months or days in which something begins. A year with
//! many events is divided into months, a month into days, and a day into hours. Within a cell time is
//! linear; cells that are not adjacent have a break between them.

use jiff::civil::Date;

use crate::card::format;
use crate::pack::{Moment, PartOfDay, Point, TimeOfDay, year_name};

/// A minute of local time, counted from 1 January 1900; earlier ones are negative.
pub(super) type Minute = i64;

const DAY: Minute = 24 * 60;
/// From this many events on, a year is divided into months, and a month into days.
const CROWDED: usize = 3;

/// The extent of a moment on the axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// At that minute; `about` if the source says so.
    Clock { at: Minute, about: bool },
    /// Some time on that day.
    Day { from: Minute },
    /// From one minute to before another: a part of a day, a month, a year, a range.
    Band { from: Minute, to: Minute },
}

impl Extent {
    pub(super) fn of(when: Moment) -> Extent {
        match (when.from, when.to) {
            (Point::Day(day, None), None) => Extent::Day { from: start(day) },
            (Point::Day(day, Some(TimeOfDay::Exact { hour, minute })), None) => {
                Extent::Clock { at: start(day) + clock(hour, minute), about: false }
            }
            (Point::Day(day, Some(TimeOfDay::About { hour, minute })), None) => {
                Extent::Clock { at: start(day) + clock(hour, minute), about: true }
            }
            (from, to) => Extent::Band { from: begin(from), to: end(to.unwrap_or(from)) },
        }
    }

    /// Whether the axis can show its time of day.
    fn has_hours(self) -> bool {
        match self {
            Extent::Clock { .. } => true,
            Extent::Day { .. } => false,
            Extent::Band { from, to } => to - from < DAY,
        }
    }
}

fn start(day: Date) -> Minute {
    day.duration_since(Date::constant(1900, 1, 1)).as_hours() * 60
}

fn clock(hour: u8, minute: u8) -> Minute {
    Minute::from(hour) * 60 + Minute::from(minute)
}

/// The widest range of hours that a part of the day can mean.
fn hours(part: PartOfDay) -> (Minute, Minute) {
    match part {
        PartOfDay::Dawn => (4, 7),
        PartOfDay::Morning => (6, 12),
        PartOfDay::Noon => (11, 13),
        PartOfDay::Afternoon => (12, 18),
        PartOfDay::Evening => (17, 22),
        PartOfDay::Night => (20, 24),
    }
}

fn begin(point: Point) -> Minute {
    match point {
        Point::Day(day, Some(TimeOfDay::Part(part))) => start(day) + hours(part).0 * 60,
        Point::Day(day, Some(TimeOfDay::Exact { hour, minute } | TimeOfDay::About { hour, minute })) => {
            start(day) + clock(hour, minute)
        }
        other => start(other.first_day()),
    }
}

fn end(point: Point) -> Minute {
    match point {
        Point::Day(day, Some(TimeOfDay::Part(part))) => start(day) + hours(part).1 * 60,
        Point::Day(day, Some(TimeOfDay::Exact { hour, minute } | TimeOfDay::About { hour, minute })) => {
            start(day) + clock(hour, minute)
        }
        other => start(other.last_day()) + DAY,
    }
}

/// The unit of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unit {
    Year,
    Month,
    Day,
}

/// A part of the axis within which time is linear.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub unit: Unit,
    pub first: Date,
    pub from: Minute,
    pub to: Minute,
    /// The events that begin in it, as indices into the given list.
    pub events: Vec<usize>,
    /// Its upper edge and height, set by [`Axis::stretch`].
    pub top: f64,
    pub height: f64,
    /// How much of the height, from the top, shows hours; events of the day without a known hour are
    /// below.
    pub timed: f64,
}

impl Cell {
    /// Its name: `1789`, `Feb 1789`, `14 Jul`.
    pub(super) fn name(&self) -> String {
        let month = format::short_month(self.first.month());
        match self.unit {
            Unit::Year => year_name(self.first.year()),
            Unit::Month => format!("{month} {}", year_name(self.first.year())),
            Unit::Day => format!("{} {month}", self.first.day()),
        }
    }

    /// Whether it is a day divided into hours.
    pub(super) fn is_hourly(&self) -> bool {
        self.unit == Unit::Day && self.timed > 0.0
    }

    /// The position of a minute; minutes outside are on the edges.
    pub(super) fn place(&self, minute: Minute) -> f64 {
        let share = (minute - self.from) as f64 / (self.to - self.from).max(1) as f64;
        self.top + share.clamp(0.0, 1.0) * self.timed
    }
}

pub(super) struct Axis {
    pub cells: Vec<Cell>,
}

impl Axis {
    /// An axis for events with these moments, in time order.
    pub(super) fn new(moments: &[Moment]) -> Axis {
        let mut cells: Vec<Cell> = Vec::new();
        let all: Vec<usize> = (0..moments.len()).collect();
        for (year, events) in runs(&all, moments, |day| Date::constant(day.year(), 1, 1)) {
            let (coarse, fine): (Vec<usize>, Vec<usize>) = split(&events, |idx| matches!(moments[idx].from, Point::Year(_)));
            if fine.len() < CROWDED {
                cells.push(cell(Unit::Year, year, events));
                continue;
            }
            cells.extend(head(Unit::Year, year, coarse));
            for (month, events) in runs(&fine, moments, |day| day.first_of_month()) {
                let (coarse, fine) = split(&events, |idx| moments[idx].day().is_none());
                if fine.len() < CROWDED {
                    cells.push(cell(Unit::Month, month, events));
                    continue;
                }
                cells.extend(head(Unit::Month, month, coarse));
                cells.extend(runs(&fine, moments, |day| day).into_iter().map(|(day, events)| cell(Unit::Day, day, events)));
            }
        }
        Axis { cells }
    }

    /// Positions all cells. `needs` returns the height of an event's label. Returns the lower end.
    pub(super) fn stretch(&mut self, top: f64, moments: &[Moment], needs: impl Fn(usize) -> f64) -> f64 {
        let mut y = top;
        let mut before: Option<Minute> = None;
        let mut year = None;
        for cell in &mut self.cells {
            // A break between cells that are not adjacent, a small gap between those that are.
            y += before.map_or(0.0, |before| if before == cell.from { 4.0 } else { 10.0 });
            before = Some(cell.to);
            cell.top = y;
            let is_new_year = cell.unit == Unit::Day && year != Some(cell.first.year());
            year = Some(cell.first.year());
            // The year is written over the first of its days.
            let least = if is_new_year { 32.0 } else { 18.0 };
            let height = |events: &mut dyn Iterator<Item = &usize>| events.map(|idx| needs(*idx)).sum::<f64>();
            if cell.unit == Unit::Day {
                let extents: Vec<Extent> = cell.events.iter().map(|idx| Extent::of(moments[*idx])).collect();
                let timed = height(&mut cell.events.iter().filter(|idx| Extent::of(moments[**idx]).has_hours()));
                let loose = height(&mut cell.events.iter().filter(|idx| !Extent::of(moments[**idx]).has_hours()));
                let hours = hours_of(&extents);
                if let Some((from, to)) = hours {
                    (cell.from, cell.to) = (from, to);
                }
                cell.timed = if hours.is_some() { timed.max(24.0) } else { 0.0 };
                cell.height = (cell.timed + loose).max(least);
            } else {
                cell.height = height(&mut cell.events.iter()).max(least);
                cell.timed = cell.height;
            }
            y += cell.height;
        }
        y
    }

    /// The cell of the event `idx`.
    pub(super) fn of_event(&self, idx: usize) -> Option<&Cell> {
        self.cells.iter().find(|cell| cell.events.contains(&idx))
    }

    /// The position of a minute on the whole axis: in its cell, or on the edge of the next one.
    pub(super) fn place(&self, minute: Minute) -> f64 {
        let inside = self.cells.iter().find(|cell| {
            let last = if cell.unit == Unit::Day { start(cell.first) + DAY } else { cell.to };
            minute <= last
        });
        match (inside, self.cells.last()) {
            (Some(cell), _) => cell.place(minute),
            (None, Some(last)) => last.top + last.height,
            (None, None) => 0.0,
        }
    }

    /// Whether a minute is after everything on the axis.
    pub(super) fn is_beyond(&self, minute: Minute) -> bool {
        self.cells.last().is_none_or(|last| {
            let end = if last.unit == Unit::Day { start(last.first) + DAY } else { last.to };
            minute > end
        })
    }
}

/// The range of whole hours that includes all known times.
fn hours_of(extents: &[Extent]) -> Option<(Minute, Minute)> {
    let timed = extents.iter().filter(|extent| extent.has_hours());
    let ends = timed.map(|extent| match *extent {
        Extent::Clock { at, .. } => (at, at + 1),
        Extent::Day { from } => (from, from),
        Extent::Band { from, to } => (from, to),
    });
    let (from, to) = ends.reduce(|(a, b), (c, d)| (a.min(c), b.max(d)))?;
    Some((from.div_euclid(60) * 60, (to + 59).div_euclid(60) * 60))
}

/// A cell of zero length at the beginning of a divided year or month, for events that are not known more
/// precisely.
fn head(unit: Unit, first: Date, events: Vec<usize>) -> Option<Cell> {
    (!events.is_empty()).then(|| Cell { to: start(first), ..cell(unit, first, events) })
}

fn split(events: &[usize], is_coarse: impl Fn(usize) -> bool) -> (Vec<usize>, Vec<usize>) {
    events.iter().partition(|idx| is_coarse(**idx))
}

fn cell(unit: Unit, first: Date, events: Vec<usize>) -> Cell {
    let last = match unit {
        Unit::Year => Date::constant(first.year(), 12, 31),
        Unit::Month => first.last_of_month(),
        Unit::Day => first,
    };
    Cell { unit, first, from: start(first), to: start(last) + DAY, events, top: 0.0, height: 0.0, timed: 0.0 }
}

/// Consecutive events that begin in the same year, month or day.
fn runs(events: &[usize], moments: &[Moment], unit: impl Fn(Date) -> Date) -> Vec<(Date, Vec<usize>)> {
    let mut found: Vec<(Date, Vec<usize>)> = Vec::new();
    for &idx in events {
        let first = unit(moments[idx].first_day());
        match found.last_mut() {
            Some((same, events)) if *same == first => events.push(idx),
            _ => found.push((first, vec![idx])),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(texts: &[&str]) -> Vec<Moment> {
        texts.iter().map(|text| text.parse().expect("a moment")).collect()
    }

    fn names(axis: &Axis) -> Vec<String> {
        axis.cells.iter().map(Cell::name).collect()
    }

    #[test]
    fn crowded_stretches_unfold_and_empty_ones_do_not_exist() {
        let given = moments(&[
            "1949-02",
            "1953-03-05",
            "1956-02",
            "1956-06-28",
            "1956-10-22",
            "1956-10-23T14:00~",
            "1956-10-23T21:30~",
            "1956-10-23",
        ]);
        let mut axis = Axis::new(&given);
        assert_eq!(names(&axis), ["1949", "1953", "Feb 1956", "Jun 1956", "22 Oct", "23 Oct"]);
        axis.stretch(0.0, &given, |_| 20.0);
        assert!(axis.cells[5].is_hourly() && !axis.cells[4].is_hourly());
        // By the hour: from 14:00 to 22:00, and below it what has no hour.
        assert_eq!((axis.cells[5].to - axis.cells[5].from) / 60, 8);
        assert!(axis.cells[5].timed < axis.cells[5].height);
    }

    #[test]
    fn what_is_known_to_the_month_makes_no_day() {
        let given = moments(&["1956", "1956-01", "1956-01-18", "1956-01-26", "1956-01-27"]);
        assert_eq!(names(&Axis::new(&given)), ["1956", "Jan 1956", "18 Jan", "26 Jan", "27 Jan"]);
    }

    #[test]
    fn what_is_later_stands_lower() {
        for given in [
            ["1949-02", "1953-03-05", "1956-10-23T14:00~", "1956-10-23T21:30~", "1956-10-24", "1957", "1958-06-16"],
            ["753-04-21 BC", "49-01 BC", "44-03-15 BC dawn", "44-03-15 BC evening", "44-03-17 BC", "1 BC", "14 AD"],
        ] {
            let given = moments(&given);
            let mut axis = Axis::new(&given);
            axis.stretch(0.0, &given, |_| 20.0);
            let places: Vec<f64> = given.iter().map(|when| axis.place(begin(when.from))).collect();
            for pair in places.windows(2) {
                assert!(pair[0] < pair[1], "{places:?}");
            }
        }
    }

    #[test]
    fn years_before_christ_are_named_so() {
        let given = moments(&["49-01 BC", "44-02-15 BC", "44-03-15 BC", "44-03-17 BC", "44-03-20 BC", "14 AD"]);
        assert_eq!(names(&Axis::new(&given)), ["49 BC", "Feb 44 BC", "15 Mar", "17 Mar", "20 Mar", "14 AD"]);
    }

    #[test]
    fn a_month_is_a_band_and_a_day_is_not() {
        let extent = |text: &str| Extent::of(text.parse().expect("a moment"));
        assert!(matches!(extent("1956-02"), Extent::Band { from, to } if to - from == 29 * DAY));
        assert!(matches!(extent("1956-10-23"), Extent::Day { .. }));
        assert!(matches!(extent("1956-10-23T21:30~"), Extent::Clock { about: true, .. }));
        assert!(matches!(extent("1956-10-24 dawn"), Extent::Band { from, to } if to - from == 3 * 60));
    }
}
