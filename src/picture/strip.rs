//! A small strip that shows the position of one event among all: one stroke per event, side by side by
//! time, so that crowded days are visible.

use super::Svg;
use super::svg::{ACCENT, Anchor, Canvas, INK, PALE, Pen, SHADE};
use crate::card::format;
use crate::pack::{Entry, EntryIdx, Pack, year_name};

const WIDTH: f64 = 400.0;
const HEIGHT: f64 = 84.0;
const MARGIN: f64 = 12.0;
/// The lower end of the strokes, and the length of the longest one.
const BASE: f64 = 54.0;
const LONGEST: f64 = 24.0;

const SMALL: Pen = Pen::new(10.5).in_colour(PALE);
const HERE: Pen = Pen::new(12.0).bold().in_colour(ACCENT);

/// Consecutive events with a common label.
struct EventRun {
    name: String,
    year: i16,
    /// The month (1–12), or 0 where it is a whole year.
    month: i8,
    first: usize,
    last: usize,
}

/// The strip for one event. The height of a stroke shows how connected its event is. For an entry that
/// is not an event, nothing is marked.
pub fn strip(pack: &Pack, event: EntryIdx) -> Svg {
    let all: Vec<(EntryIdx, &Entry)> = pack.events().map(|(idx, entry, _)| (idx, entry)).collect();
    let mut canvas = Canvas::default();
    let step = (WIDTH - 2.0 * MARGIN) / all.len().max(1) as f64;
    let at = |idx: usize| MARGIN + (idx as f64 + 0.5) * step;
    runs(&mut canvas, &all, step);
    let weightiest = all.iter().map(|(_, entry)| entry.importance).max().unwrap_or(1).max(1);
    let mut path = String::new();
    for (idx, (_, entry)) in all.iter().enumerate() {
        let share = (f64::from(entry.importance) / f64::from(weightiest)).sqrt();
        path.push_str(&format!("M{:.1} {BASE:.1}V{:.1}", at(idx), BASE - 4.0 - share * (LONGEST - 4.0)));
    }
    canvas.path(&path, "none", PALE, (step * 0.5).clamp(0.6, 3.0), "");
    let here = all.iter().position(|(idx, _)| *idx == event);
    let words = match here {
        Some(idx) => {
            let when = all[idx].1.when().map(format::short_moment).unwrap_or_default();
            mark(&mut canvas, at(idx), &when);
            say(&all, idx, &when)
        }
        None => vec!["Strip of all events.".to_owned()],
    };
    Svg::new("strip", canvas, (WIDTH, HEIGHT), words)
}

/// A longer stroke with a dot, and the date above it.
fn mark(canvas: &mut Canvas, x: f64, when: &str) {
    canvas.line((x, BASE + 3.0), (x, BASE - LONGEST - 4.0), ACCENT, 2.4, "");
    canvas.circle(x, BASE - LONGEST - 4.0, 4.0, ACCENT, ACCENT, 0.5);
    let half = HERE.width(when) / 2.0;
    let middle = x.clamp(MARGIN + half, WIDTH - MARGIN - half);
    canvas.text(middle, 16.0, Anchor::Middle, HERE, when);
}

fn say(all: &[(EntryIdx, &Entry)], idx: usize, when: &str) -> Vec<String> {
    let neighbour = |at: Option<usize>| at.and_then(|at| all.get(at)).map(|(_, entry)| entry.name.as_str());
    let mut said =
        vec![format!("Strip: {} ({when}) is number {} of {} events in time order.", all[idx].1.name, idx + 1, all.len())];
    said.extend(neighbour(idx.checked_sub(1)).map(|name| format!("Before it: {name}.")));
    said.extend(neighbour(Some(idx + 1)).map(|name| format!("After it: {name}.")));
    said
}

/// Labels years below the strokes, and months within a year that takes much space. A label is drawn only
/// where its run has space for it.
fn runs(canvas: &mut Canvas, all: &[(EntryIdx, &Entry)], step: f64) {
    let mut runs: Vec<EventRun> = Vec::new();
    for (idx, (_, entry)) in all.iter().enumerate() {
        let Some(day) = entry.when().map(|when| when.first_day()) else { continue };
        let year = day.year();
        let in_year = all.iter().filter(|(_, entry)| entry.when().is_some_and(|when| when.first_day().year() == year)).count();
        // A year with a third of all events is labelled by month.
        let is_told_by_months = in_year * 3 > all.len();
        let month = if is_told_by_months { day.month() } else { 0 };
        let is_new = runs.last().is_none_or(|run| run.year != year);
        let name = if is_told_by_months {
            let short = format::short_month(day.month());
            // The year appears once, at its first month.
            if is_new { format!("{short} {}", year_name(year)) } else { short.to_owned() }
        } else {
            year_name(year)
        };
        match runs.last_mut() {
            Some(run) if (run.year, run.month) == (year, month) => run.last = idx,
            _ => runs.push(EventRun { name, year, month, first: idx, last: idx }),
        }
    }
    let mut free = 0.0;
    for (idx, run) in runs.iter().enumerate() {
        let (left, right) = (MARGIN + run.first as f64 * step, MARGIN + (run.last as f64 + 1.0) * step);
        if idx % 2 == 0 {
            let area = super::svg::Area { x: left, y: BASE - LONGEST - 2.0, width: right - left, height: LONGEST + 8.0 };
            canvas.field(area, 0.0, SHADE);
        }
        canvas.line((left, BASE + 3.0), (left, BASE + 8.0), INK, 0.8, "");
        let width = SMALL.width(&run.name);
        let start = left.max(free).min(WIDTH - MARGIN - width);
        let starts_a_year = run.month > 0 && idx.checked_sub(1).is_none_or(|before| runs[before].year != run.year);
        let is_wide = right - left > 26.0 || idx == 0 || idx + 1 == runs.len() || starts_a_year;
        if is_wide && start >= free && start <= left + 20.0 {
            canvas.text(start, BASE + 20.0, Anchor::Start, SMALL, &run.name);
            free = start + width + 8.0;
        }
    }
    canvas.line((MARGIN, BASE + 3.0), (WIDTH - MARGIN, BASE + 3.0), INK, 1.0, "");
}
