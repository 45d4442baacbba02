//! Two small charts: what a student remembers, and how a class answered.

use jiff::civil::Date;

use super::Svg;
use super::font;
use super::svg::{ACCENT, Anchor, Area, Canvas, HAIR, INK, PALE, PAPER, Pen, SHADE};
use crate::card::format;

const WIDTH: f64 = 400.0;
const MARGIN: f64 = 12.0;
const BAR: &str = "#1f5582";

const TITLE: Pen = Pen::new(14.0).bold();
const NAME: Pen = Pen::new(12.0);
const STRONG: Pen = Pen::new(12.0).bold();
const SMALL: Pen = Pen::new(10.5).in_colour(PALE);

/// How well each theme is remembered, and what comes due on which day.
///
/// `themes`: name, the share recalled (0 to 1; others are taken as the nearer end) and of how many
/// items. `due`: the days in order with how many items; the first 14 are drawn.
pub fn progress(themes: &[(String, f64, u32)], due: &[(Date, u32)]) -> Svg {
    let mut canvas = Canvas::default();
    let mut said = vec!["Progress.".to_owned()];
    canvas.text(MARGIN, 24.0, Anchor::Start, TITLE, "What you remember");
    let mut y = 40.0;
    for (name, share, items) in themes {
        let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
        let percent = (share * 100.0).round();
        row(&mut canvas, y, name, share, &format!("{percent:.0}% of {}", format::count(*items as usize, "item")));
        said.push(format!("{name}: {percent:.0}% of {} remembered.", format::count(*items as usize, "item")));
        y += 34.0;
    }
    if themes.is_empty() {
        canvas.text(MARGIN, y + 10.0, Anchor::Start, NAME, "Nothing yet: the first answers start it.");
        said.push("Nothing is remembered yet.".to_owned());
        y += 24.0;
    }
    y += 22.0;
    canvas.text(MARGIN, y, Anchor::Start, TITLE, "Due in the next days");
    y = days(&mut canvas, y + 12.0, &due[..due.len().min(14)], &mut said);
    Svg::new("progress", canvas, (WIDTH, y), said)
}

/// How well a class remembers each theme: name, percentage of right answers (at most 100) and number of
/// answers. Without themes the picture is empty.
pub fn class(themes: &[(String, u32, u32)]) -> Svg {
    let mut canvas = Canvas::default();
    let mut said = vec!["What the class remembers.".to_owned()];
    canvas.text(MARGIN, 24.0, Anchor::Start, TITLE, "Right answers by theme");
    let mut y = 40.0;
    for (name, percent, answers) in themes {
        let percent = (*percent).min(100);
        let figure = format!("{percent}% of {}", format::count(*answers as usize, "answer"));
        row(&mut canvas, y, name, f64::from(percent) / 100.0, &figure);
        said.push(format!("{name}: {figure} right."));
        y += 34.0;
    }
    Svg::new("class", canvas, (WIDTH, y + 4.0), said)
}

/// A name and a figure above a bar.
fn row(canvas: &mut Canvas, y: f64, name: &str, share: f64, figure: &str) {
    let room = WIDTH - 2.0 * MARGIN;
    let figure_at = WIDTH - MARGIN;
    let name = font::fitted(&font::drawable(name), NAME.size, NAME.weight, room - STRONG.width(figure) - 10.0);
    canvas.text(MARGIN, y + 10.0, Anchor::Start, NAME, &name);
    canvas.text(figure_at, y + 10.0, Anchor::End, STRONG, figure);
    canvas.frame(Area { x: MARGIN, y: y + 15.0, width: room, height: 9.0 }, 4.5, SHADE, HAIR, 0.8, "");
    if share > 0.0 {
        canvas.field(Area { x: MARGIN, y: y + 15.0, width: (room * share).max(9.0), height: 9.0 }, 4.5, BAR);
    }
}

/// A column for each day. Returns the lower end.
fn days(canvas: &mut Canvas, top: f64, due: &[(Date, u32)], said: &mut Vec<String>) -> f64 {
    const HIGH: f64 = 70.0;
    if due.iter().all(|(_, number)| *number == 0) {
        canvas.text(MARGIN, top + 14.0, Anchor::Start, NAME, "Nothing is due.");
        said.push("Nothing is due in the next days.".to_owned());
        return top + 28.0;
    }
    let most = due.iter().map(|(_, number)| *number).max().unwrap_or(1).max(1);
    let step = (WIDTH - 2.0 * MARGIN) / due.len() as f64;
    let base = top + HIGH + 16.0;
    for (idx, (day, number)) in due.iter().enumerate() {
        let middle = MARGIN + (idx as f64 + 0.5) * step;
        let high = HIGH * f64::from(*number) / f64::from(most);
        let wide = (step * 0.62).min(34.0);
        if *number > 0 {
            canvas.field(Area { x: middle - wide / 2.0, y: base - high, width: wide, height: high }, 2.0, BAR);
            canvas.text(middle, base - high - 4.0, Anchor::Middle, if step < 34.0 { SMALL } else { STRONG }, &number.to_string());
        }
        let month: String = format::month(day.month()).chars().take(3).collect();
        canvas.text(middle, base + 14.0, Anchor::Middle, NAME, &day.day().to_string());
        if idx == 0 || day.day() == 1 {
            canvas.text(middle, base + 27.0, Anchor::Middle, SMALL, &month);
        }
        said.push(format!("{} {month}: {number} due.", day.day()));
    }
    canvas.line((MARGIN, base), (WIDTH - MARGIN, base), INK, 1.0, "");
    base + 36.0
}

/// How many students chose each choice of a question. Missing `counts` are zero. `right` is the index of
/// the right choice, which is ticked and framed.
pub fn split(choices: &[String], counts: &[u32], right: usize) -> Svg {
    let mut canvas = Canvas::default();
    let count = |idx: usize| counts.get(idx).copied().unwrap_or(0);
    let all: u32 = (0..choices.len()).map(count).sum();
    let most = (0..choices.len()).map(count).max().unwrap_or(0).max(1);
    let mut said = vec![format!("How the class split: {}.", format::count(all as usize, "answer"))];
    let mut y = 10.0;
    const ROOM: f64 = WIDTH - 2.0 * MARGIN - 30.0;
    for (idx, choice) in choices.iter().enumerate() {
        let is_right = idx == right;
        let pen = if is_right { STRONG } else { NAME };
        let lines = font::wrap(choice, pen.size, pen.weight, ROOM - 66.0, 0.0, 2);
        let high = lines.len() as f64 * 14.0 + 22.0;
        if is_right {
            let frame = Area { x: MARGIN - 6.0, y: y - 2.0, width: WIDTH - 2.0 * MARGIN + 12.0, height: high + 2.0 };
            canvas.frame(frame, 5.0, "#ffffff", INK, 1.6, "");
            tick(&mut canvas, MARGIN + 4.0, y + 11.0);
        }
        for (at, line) in lines.iter().enumerate() {
            canvas.text(MARGIN + 30.0, y + 13.0 + at as f64 * 14.0, Anchor::Start, pen, line);
        }
        if !is_right {
            let letter = char::from_u32('A' as u32 + idx as u32).unwrap_or('?').to_string();
            canvas.text(MARGIN + 10.0, y + 13.0, Anchor::Middle, SMALL, &letter);
        }
        let percent = if all == 0 { 0 } else { (u64::from(count(idx)) * 100 + u64::from(all) / 2) / u64::from(all) };
        canvas.text(WIDTH - MARGIN - 2.0, y + 13.0, Anchor::End, STRONG, &format!("{} · {percent}%", count(idx)));
        let bar = Area { x: MARGIN + 30.0, y: y + high - 15.0, width: ROOM - 2.0, height: 9.0 };
        canvas.frame(bar, 4.5, PAPER, HAIR, 0.8, "");
        if count(idx) > 0 {
            let width = (bar.width * f64::from(count(idx)) / f64::from(most)).max(9.0);
            canvas.field(Area { width, ..bar }, 4.5, if is_right { BAR } else { PALE });
        }
        y += high + 8.0;
        let mark = if is_right { " (right)" } else { "" };
        said.push(format!("{choice}{mark}: {} ({percent}%).", count(idx)));
    }
    Svg::new("split", canvas, (WIDTH, y + 4.0), said)
}

fn tick(canvas: &mut Canvas, x: f64, y: f64) {
    let path = format!("M{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}", x, y, x + 5.0, y + 5.0, x + 13.0, y - 6.0);
    canvas.path(&path, "none", ACCENT, 2.8, "");
}
