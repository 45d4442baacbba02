//! Events along a vertical line: time on the left, a lane for each theme, names on the right.

use super::Svg;
use super::axis::{Axis, Cell, Extent, Unit};
use super::font::{self, Weight};
use super::svg::{Anchor, Area, Canvas, HAIR, INK, PALE, Pen, SHADE};
use super::theme::Theme;
use crate::card::format;
use crate::pack::{EntryIdx, Moment, Pack, Point, TimeOfDay, year_name};

const WIDTH: f64 = 400.0;
const MARGIN: f64 = 10.0;
/// The position of the time line.
const LINE: f64 = 70.0;
/// The width of a lane, and the distance between tracks for bands within it.
const LANE: f64 = 16.0;
const TRACK: f64 = 5.0;
/// The most events that one picture can show clearly.
const MOST: usize = 20;
/// The most lines of a label, and their height.
const LINES: usize = 3;
const LEADING: f64 = 14.0;

const TITLE: Pen = Pen::new(16.0).bold();
const SMALL: Pen = Pen::new(10.5).in_colour(PALE);
const NAME: Pen = Pen::new(12.0);
const LEAD: Pen = Pen::new(12.0).bold();
const UNIT: Pen = Pen::new(11.0).bold();

/// One event as it is drawn.
struct DrawnEvent {
    idx: EntryIdx,
    when: Moment,
    themes: Vec<Theme>,
    lead: String,
    lines: Vec<String>,
}

impl DrawnEvent {
    /// The height of its label, including the space below.
    fn height(&self) -> f64 {
        self.lines.len() as f64 * LEADING + 5.0
    }
}

/// A timeline of `events`, sorted by time, under `title`. If there are more than 20, it shows the most
/// important ones and says how many are left out.
pub fn timeline(pack: &Pack, events: &[EntryIdx], title: &str) -> Svg {
    let kept = weightiest(pack, events);
    let moments: Vec<Moment> = kept.iter().filter_map(|idx| pack.entry(*idx).when()).collect();
    let mut axis = Axis::new(&moments);
    let lanes = lanes(pack, &kept);
    let names_at = LINE + 14.0 + lanes.len() as f64 * LANE + 12.0;
    let shown: Vec<DrawnEvent> = kept.iter().enumerate().filter_map(|(at, idx)| show(pack, &axis, at, *idx, names_at)).collect();

    let mut canvas = Canvas::default();
    let top = head(&mut canvas, title, &lanes, names_at);
    let bottom = axis.stretch(top, &moments, |at| shown.get(at).map_or(20.0, DrawnEvent::height));
    let places = spread(&axis, &shown, top);
    let bottom = places.iter().zip(&shown).map(|(y, event)| y + event.height()).fold(bottom, f64::max);
    for idx in 0..lanes.len() {
        let x = lane_at(idx);
        canvas.line((x, top - 4.0), (x, bottom + 4.0), SHADE, LANE - 4.0, "");
    }
    draw_axis(&mut canvas, &axis, top, bottom);
    draw_events(&mut canvas, &axis, &shown, &places, &lanes, (names_at, bottom));
    let bottom = foot(&mut canvas, &shown, events.len() - kept.len(), bottom);
    Svg::new("timeline", canvas, (WIDTH, bottom), describe(pack, &shown, events.len() - kept.len(), title))
}

/// At most [`MOST`] events: the most connected ones, by time.
fn weightiest(pack: &Pack, events: &[EntryIdx]) -> Vec<EntryIdx> {
    let mut kept: Vec<EntryIdx> = events.iter().copied().filter(|idx| pack.entry(*idx).when().is_some()).collect();
    if kept.len() > MOST {
        kept.sort_by_key(|idx| (std::cmp::Reverse(pack.entry(*idx).importance), *idx));
        kept.truncate(MOST);
        kept.sort();
    }
    kept
}

fn lanes(pack: &Pack, events: &[EntryIdx]) -> Vec<Theme> {
    let mut found: Vec<Theme> = events.iter().filter_map(|idx| pack.entry(*idx).event()).flat_map(Theme::of).collect();
    found.sort();
    found.dedup();
    found
}

fn lane_at(idx: usize) -> f64 {
    LINE + 14.0 + (idx as f64 + 0.5) * LANE
}

fn show(pack: &Pack, axis: &Axis, at: usize, idx: EntryIdx, names_at: f64) -> Option<DrawnEvent> {
    let entry = pack.entry(idx);
    let facts = entry.event()?;
    let unit = axis.of_event(at).map_or(Unit::Year, |cell| cell.unit);
    let lead = lead(facts.when, unit);
    let indent = if lead.is_empty() { 0.0 } else { LEAD.width(&lead) + 5.0 };
    let lines = font::wrap(&entry.name, NAME.size, Weight::Regular, WIDTH - MARGIN - names_at, indent, LINES);
    Some(DrawnEvent { idx, when: facts.when, themes: Theme::of(facts), lead, lines })
}

/// The part of a moment that the axis does not show yet: the time of a day, the day of a month, a range.
fn lead(when: Moment, unit: Unit) -> String {
    let day_of = |point: Point, years: bool| {
        let year = if years { format!(" {}", year_name(point.first_day().year())) } else { String::new() };
        match point {
            Point::Year(year) => year_name(year),
            Point::Month(_, month_no) => format!("{}{year}", format::short_month(month_no as i8)),
            Point::Day(day, _) => format!("{} {}{year}", day.day(), format::short_month(day.month())),
        }
    };
    let time = |point: Point| match point {
        Point::Day(_, Some(time)) => Some(match time {
            TimeOfDay::Part(part) => part.word().to_owned(),
            time => format::clock(time),
        }),
        _ => None,
    };
    if let Some(to) = when.to {
        let years = when.first_day().year() != when.last_day().year();
        return match (when.day(), to) {
            (Some(from), Point::Day(to, _)) if from == to => {
                format!("{}–{}", time(when.from).unwrap_or_default(), time(Point::Day(to, None)).unwrap_or_default())
            }
            (Some(from), Point::Day(to, _)) if (from.year(), from.month()) == (to.year(), to.month()) => {
                format!("{}–{} {}", from.day(), to.day(), format::short_month(to.month()))
            }
            _ => format!("{} – {}", day_of(when.from, years), day_of(to, years)),
        };
    }
    match unit {
        Unit::Day => time(when.from).unwrap_or_default(),
        Unit::Month if matches!(when.from, Point::Month(..)) => String::new(),
        Unit::Year if matches!(when.from, Point::Year(_)) => String::new(),
        Unit::Month | Unit::Year => match time(when.from) {
            Some(time) => format!("{}, {time}", day_of(when.from, false)),
            None => day_of(when.from, false),
        },
    }
}

/// Draws the title and the names of the lanes. Returns where the axis may begin.
fn head(canvas: &mut Canvas, title: &str, lanes: &[Theme], names_at: f64) -> f64 {
    let mut y = 24.0;
    for line in font::wrap(title, TITLE.size, TITLE.weight, WIDTH - 2.0 * MARGIN, 0.0, 2) {
        canvas.text(MARGIN, y, Anchor::Start, TITLE, &line);
        y += 19.0;
    }
    let longest = lanes.iter().map(|theme| SMALL.width(theme.word())).fold(44.0, f64::max);
    let base = y - 4.0 + longest;
    for (idx, theme) in lanes.iter().enumerate() {
        canvas.text_upwards(lane_at(idx) + 3.5, base, SMALL.in_colour(theme.colour()), theme.word());
        theme.mark(canvas, lane_at(idx), base + 10.0, 4.0, false);
    }
    let mut y = base - 28.0;
    for line in ["Filled mark: time or day known.", "Hollow: about then. Bar: some time in it."] {
        canvas.text(names_at, y, Anchor::Start, SMALL, line);
        y += 14.0;
    }
    base + 26.0
}

/// The positions of the labels: each as near to its mark as the others allow, in the order of the marks,
/// so that no two connecting lines cross.
fn spread(axis: &Axis, shown: &[DrawnEvent], top: f64) -> Vec<f64> {
    let marks: Vec<f64> = (0..shown.len()).map(|at| mark_at(axis, shown, at)).collect();
    let mut order: Vec<usize> = (0..shown.len()).collect();
    order.sort_by(|a, b| marks[*a].total_cmp(&marks[*b]).then(a.cmp(b)));
    // Least squares with a fixed order, by pooling adjacent blocks that overlap (pool adjacent
    // violators, Ayer et al. 1955): each block has the sum of its desired positions and its height.
    let mut blocks: Vec<(Vec<usize>, f64, f64)> = Vec::new();
    for at in order {
        blocks.push((vec![at], marks[at] - LEADING / 2.0, shown[at].height()));
        while let [.., above, below] = blocks.as_slice() {
            let y = |block: &(Vec<usize>, f64, f64)| (block.1 / block.0.len() as f64).max(top - LEADING / 2.0);
            if y(above) + above.2 <= y(below) {
                break;
            }
            let Some((events, wishes, height)) = blocks.pop() else { break };
            let Some(above) = blocks.last_mut() else { break };
            // The lower block's positions are relative to its own top; the merged block starts higher.
            above.1 += wishes - above.2 * events.len() as f64;
            above.2 += height;
            above.0.extend(events);
        }
    }
    let mut places = vec![0.0; shown.len()];
    for (events, wishes, _) in blocks {
        let mut y = (wishes / events.len() as f64).max(top - LEADING / 2.0);
        for at in events {
            places[at] = y;
            y += shown[at].height();
        }
    }
    places
}

/// The position of an event's mark on the axis.
fn mark_at(axis: &Axis, shown: &[DrawnEvent], at: usize) -> f64 {
    let Some(cell) = axis.of_event(at) else { return 0.0 };
    match Extent::of(shown[at].when) {
        Extent::Day { .. } if cell.unit == Unit::Day => {
            // Events without a known hour are below the hours, in order.
            let is_loose = |idx: usize| matches!(Extent::of(shown[idx].when), Extent::Day { .. });
            let before: f64 =
                cell.events.iter().filter(|idx| **idx < at && is_loose(**idx)).map(|idx| shown[*idx].height()).sum();
            cell.top + cell.timed + before + LEADING / 2.0
        }
        Extent::Day { from } => cell.place(from + 12 * 60),
        Extent::Clock { at, .. } => cell.place(at),
        Extent::Band { from, to } => (cell.place(from) + 6.0).min((cell.place(from) + axis.place(to)) / 2.0),
    }
}

fn draw_axis(canvas: &mut Canvas, axis: &Axis, top: f64, bottom: f64) {
    let mut taken: Vec<Area> = Vec::new();
    let mut year = None;
    for (idx, cell) in axis.cells.iter().enumerate() {
        let end = cell.top + cell.height;
        let next = axis.cells.get(idx + 1).map_or(bottom.max(end), |next| next.top);
        canvas.line((LINE, cell.top), (LINE, end), INK, 2.0, "");
        if axis.cells.get(idx + 1).is_some() {
            canvas.line((LINE, end), (LINE, next), PALE, 1.6, "1.5 3");
        }
        canvas.line((LINE - 5.0, cell.top), (LINE + 5.0, cell.top), INK, 1.2, "");
        let mut y = cell.top + 9.0;
        let mut put = |canvas: &mut Canvas, y: f64, pen: Pen, text: &str| {
            let area = Area::of_text(LINE - 8.0 - pen.width(text), y, pen.size, pen.weight, text);
            if area.y < top - 12.0 || taken.iter().any(|other| other.overlaps(&area)) {
                return false;
            }
            taken.push(canvas.text(LINE - 8.0, y, Anchor::End, pen, text));
            true
        };
        if cell.unit == Unit::Day && year != Some(cell.first.year()) {
            put(canvas, y, SMALL, &year_name(cell.first.year()));
            y += 13.0;
        }
        year = Some(cell.first.year());
        while !put(canvas, y, UNIT, &cell.name()) && y < end {
            y += 3.0;
        }
        if cell.is_hourly() {
            for hour in ticks(cell) {
                let minute = cell.from.div_euclid(24 * 60) * 24 * 60 + hour * 60;
                let at = cell.place(minute);
                if put(canvas, at + 4.0, SMALL, &format!("{hour:02}:00")) {
                    canvas.line((LINE - 4.0, at), (LINE, at), INK, 1.0, "");
                }
            }
        }
    }
}

/// The hours to label next to a day: as many as fit.
fn ticks(cell: &Cell) -> Vec<i64> {
    let (first, last) = (cell.from.rem_euclid(24 * 60) / 60, (cell.to - cell.from) / 60);
    let step = [1, 2, 3, 4, 6, 12].into_iter().find(|step| cell.timed / (last as f64 / *step as f64).max(1.0) >= 18.0);
    let step = step.unwrap_or(12);
    (first..=first + last).filter(|hour| hour % step == 0 && *hour <= 24).collect()
}

fn draw_events(
    canvas: &mut Canvas,
    axis: &Axis,
    shown: &[DrawnEvent],
    places: &[f64],
    lanes: &[Theme],
    (names_at, bottom): (f64, f64),
) {
    let lane_of = |theme: &Theme| lanes.iter().position(|lane| lane == theme).map_or(LINE, lane_at);
    // Bands are drawn first, side by side where they overlap.
    let mut tracks: Vec<(Theme, usize, f64)> = Vec::new();
    let mut band_at: Vec<Option<f64>> = vec![None; shown.len()];
    for (at, event) in shown.iter().enumerate() {
        let Extent::Band { from, to } = Extent::of(event.when) else { continue };
        let Some(cell) = axis.of_event(at) else { continue };
        let theme = event.themes[0];
        let (start, end) = (cell.place(from), axis.place(to).max(cell.place(from) + 8.0).min(bottom + 2.0));
        let taken = |track: usize| tracks.iter().any(|(other, idx, until)| *other == theme && *idx == track && *until > start);
        let track = [0, 1, 2].into_iter().find(|track| !taken(*track)).unwrap_or(0);
        tracks.push((theme, track, end));
        let x = lane_of(&theme) + [0.0, -TRACK, TRACK][track];
        band_at[at] = Some(x);
        canvas.field(Area { x: x - 2.0, y: start, width: 4.0, height: end - start }, 2.0, theme.colour());
        if axis.is_beyond(to) {
            canvas.arrow_head((x, end - 8.0), (x, end + 6.0), 7.0, theme.colour());
        }
    }
    for (at, event) in shown.iter().enumerate() {
        let y = mark_at(axis, shown, at);
        let label = places[at] + LEADING / 2.0;
        let mut columns: Vec<f64> = event.themes.iter().map(lane_of).collect();
        columns[0] = band_at[at].unwrap_or(columns[0]);
        let first = columns.iter().copied().fold(f64::INFINITY, f64::min);
        let last = columns.iter().copied().fold(0.0, f64::max);
        canvas.line((LINE, y), (first, y), HAIR, 1.0, "");
        canvas.line((first, y), (last, y), PALE, 1.2, "");
        let edge = names_at - 10.0;
        canvas.path(&format!("M{last:.1} {y:.1}L{edge:.1} {y:.1}L{:.1} {label:.1}", names_at - 3.0), "none", PALE, 0.8, "");
        let hollow = matches!(Extent::of(event.when), Extent::Clock { about: true, .. });
        for (theme, x) in event.themes.iter().zip(&columns) {
            theme.mark(canvas, *x, y, if band_at[at].is_some() { 3.2 } else { 4.4 }, hollow);
        }
        let mut indent = 0.0;
        if !event.lead.is_empty() {
            canvas.text(names_at, label + 4.0, Anchor::Start, LEAD, &event.lead);
            indent = LEAD.width(&event.lead) + 5.0;
        }
        for (idx, line) in event.lines.iter().enumerate() {
            let x = names_at + if idx == 0 { indent } else { 0.0 };
            if !line.is_empty() {
                canvas.text(x, label + 4.0 + idx as f64 * LEADING, Anchor::Start, NAME, line);
            }
        }
    }
}

/// Says what is left out. Returns the lower end of the picture.
fn foot(canvas: &mut Canvas, shown: &[DrawnEvent], more: usize, bottom: f64) -> f64 {
    if shown.is_empty() {
        canvas.text(MARGIN, bottom + 10.0, Anchor::Start, NAME, "Nothing to show.");
        return bottom + 24.0;
    }
    if more == 0 {
        return bottom + 10.0;
    }
    let say = format!("And {}.", format::count(more, "less important event"));
    canvas.text(MARGIN, bottom + 18.0, Anchor::Start, SMALL, &say);
    bottom + 28.0
}

fn describe(pack: &Pack, shown: &[DrawnEvent], more: usize, title: &str) -> Vec<String> {
    let mut said = vec![format!("Timeline: {title}.")];
    for event in shown {
        let themes: Vec<&str> = event.themes.iter().map(|theme| theme.word()).collect();
        said.push(format!("{}: {} ({}).", format::short_moment(event.when), pack.entry(event.idx).name, themes.join(", ")));
    }
    if more > 0 {
        said.push(format!("And {}.", format::count(more, "less important event")));
    }
    said
}
