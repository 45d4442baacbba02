//! The causes and consequences of one event, drawn from left to right: its causes, the event, its
//! consequences. In each column, time runs downwards.

use super::svg::{ACCENT, Anchor, Area, Canvas, INK, PALE, PAPER, Pen};
use super::{Svg, font};
use crate::card::format;
use crate::pack::{EntryIdx, Pack};

const WIDTH: f64 = 440.0;
/// The boxes: how wide, and where the three columns begin.
const BOX: f64 = 118.0;
const COLUMNS: [f64; 3] = [18.0, 161.0, 304.0];
const GAP: f64 = 9.0;
const PADDING: f64 = 6.0;
/// The most boxes in a column.
const MOST: usize = 6;
const LINES: usize = 5;
const LEADING: f64 = 13.0;

const DATE: Pen = Pen::new(10.5).bold().in_colour(PALE);
const NAME: Pen = Pen::new(11.5);
const HEAD: Pen = Pen::new(12.5).bold();
const SMALL: Pen = Pen::new(10.5).in_colour(PALE);

/// A box for an event.
struct Node {
    idx: EntryIdx,
    area: Area,
    /// Whether it is linked to the event itself, or only to one of its neighbours.
    direct: bool,
}

/// One side of the event: its causes, or its consequences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// The events linked to the event itself, by time.
    pub direct: Vec<EntryIdx>,
    /// Events one step further that are drawn, by time.
    pub further: Vec<EntryIdx>,
    /// How many linked events are not drawn.
    pub more: usize,
}

/// A graph and its content.
#[derive(Debug, Clone, PartialEq)]
pub struct Graph {
    pub svg: Svg,
    /// What led to the event.
    pub causes: Branch,
    /// What came of it.
    pub effects: Branch,
}

/// The graph around one event, with at most six events on each side: those linked to the event itself,
/// the most important first, and then some that are one step further.
pub fn graph(pack: &Pack, event: EntryIdx) -> Graph {
    let causes = branch(pack, event, |idx| pack.entry(idx).event().map_or(&[][..], |facts| &facts.led_from));
    let effects = branch(pack, event, |idx| pack.entry(idx).event().map_or(&[][..], |facts| &facts.leads_to));
    let mut canvas = Canvas::default();
    let top = 42.0;
    for (idx, heading) in ["What led to it", "The event", "What came of it"].iter().enumerate() {
        canvas.text(COLUMNS[idx] + BOX / 2.0, 24.0, Anchor::Middle, HEAD, heading);
    }
    let left = column(pack, &causes, COLUMNS[0], NAME);
    let right = column(pack, &effects, COLUMNS[2], NAME);
    let middle = column(pack, &Branch { direct: vec![event], further: Vec::new(), more: 0 }, COLUMNS[1], NAME.bold());
    let heights = [&left, &middle, &right].map(|nodes| nodes.last().map_or(40.0, |last| last.area.y + last.area.height));
    let height = heights.iter().copied().fold(60.0, f64::max);
    let mut nodes: Vec<Node> = Vec::new();
    for (column, own) in [left, middle, right].into_iter().zip(heights) {
        // Each column is centred vertically.
        let down = top + (height - own) / 2.0;
        nodes.extend(column.into_iter().map(|mut node| {
            node.area.y += down;
            node
        }));
    }
    draw_links(&mut canvas, pack, &nodes, event);
    nodes.iter().for_each(|node| draw_box(&mut canvas, pack, node, event));
    let mut bottom = top + height + 12.0;
    for (branch, column) in [(&causes, COLUMNS[0]), (&effects, COLUMNS[2])] {
        if branch.direct.is_empty() {
            canvas.text(column + BOX / 2.0, top + height / 2.0, Anchor::Middle, SMALL, "I know of none.");
        } else if branch.more > 0 {
            canvas.text(column + BOX / 2.0, top + height + 16.0, Anchor::Middle, SMALL, &format!("and {} more", branch.more));
            bottom = top + height + 26.0;
        }
    }
    if nodes.iter().any(|node| !node.direct) {
        canvas.text(WIDTH / 2.0, top + height + 16.0, Anchor::Middle, SMALL, "Dashed: one step further");
        bottom = top + height + 26.0;
    }
    let svg = Svg::new("graph", canvas, (WIDTH, bottom), describe(pack, event, &causes, &effects));
    Graph { svg, causes, effects }
}

fn branch<'a>(pack: &'a Pack, event: EntryIdx, next: impl Fn(EntryIdx) -> &'a [EntryIdx]) -> Branch {
    let weight = |idx: &EntryIdx| (std::cmp::Reverse(pack.entry(*idx).importance), *idx);
    let mut direct: Vec<EntryIdx> = next(event).to_vec();
    direct.sort_by_key(weight);
    let more = direct.len().saturating_sub(MOST);
    direct.truncate(MOST);
    let mut further: Vec<EntryIdx> = direct.iter().flat_map(|idx| next(*idx)).copied().collect();
    further.sort_by_key(weight);
    further.dedup();
    further.retain(|idx| *idx != event && !next(event).contains(idx));
    // Only as many as fit, and few of them, so that the direct ones dominate.
    further.truncate((MOST - direct.len()).min(3));
    direct.sort();
    further.sort();
    Branch { direct, further, more }
}

/// The boxes of a column from 0 downwards, by time.
fn column(pack: &Pack, branch: &Branch, x: f64, pen: Pen) -> Vec<Node> {
    let direct = branch.direct.iter().map(|idx| (*idx, true));
    let mut order: Vec<(EntryIdx, bool)> = direct.chain(branch.further.iter().map(|idx| (*idx, false))).collect();
    order.sort();
    let mut y = 0.0;
    let place = |(idx, direct): (EntryIdx, bool)| {
        let lines = lines(pack, idx, pen).len() + dates(pack, idx).len();
        let area = Area { x, y, width: BOX, height: lines as f64 * LEADING + 2.0 * PADDING };
        y += area.height + GAP;
        Node { idx, area, direct }
    };
    order.into_iter().map(place).collect()
}

fn lines(pack: &Pack, idx: EntryIdx, pen: Pen) -> Vec<String> {
    font::wrap(&pack.entry(idx).name, pen.size, pen.weight, BOX - 2.0 * PADDING, 0.0, LINES)
}

fn dates(pack: &Pack, idx: EntryIdx) -> Vec<String> {
    let when = pack.entry(idx).when().map(format::short_moment).unwrap_or_default();
    font::wrap(&when, DATE.size, DATE.weight, BOX - 2.0 * PADDING, 0.0, 2)
}

fn draw_box(canvas: &mut Canvas, pack: &Pack, node: &Node, event: EntryIdx) {
    let is_event = node.idx == event;
    let (edge, thick, dash) = match (is_event, node.direct) {
        (true, _) => (ACCENT, 2.6, ""),
        (false, true) => (INK, 1.2, ""),
        (false, false) => (PALE, 1.0, "3 2.5"),
    };
    canvas.frame(node.area, 5.0, if is_event { "#ffffff" } else { PAPER }, edge, thick, dash);
    let x = node.area.x + PADDING;
    let mut y = node.area.y + PADDING + 10.0;
    for line in dates(pack, node.idx) {
        canvas.text(x, y, Anchor::Start, DATE, &line);
        y += LEADING;
    }
    let pen = if is_event { NAME.bold() } else { NAME };
    for line in lines(pack, node.idx, pen) {
        canvas.text(x, y, Anchor::Start, pen, &line);
        y += LEADING;
    }
}

/// Draws arrows: between columns through the gaps, within a column around the outside.
fn draw_links(canvas: &mut Canvas, pack: &Pack, nodes: &[Node], event: EntryIdx) {
    let Some(centre) = nodes.iter().find(|node| node.idx == event) else { return };
    let links = |from: &Node, to: &Node| pack.entry(from.idx).event().is_some_and(|facts| facts.leads_to.contains(&to.idx));
    let causes: Vec<&Node> = nodes.iter().filter(|node| node.area.x < centre.area.x).collect();
    let effects: Vec<&Node> = nodes.iter().filter(|node| node.area.x > centre.area.x).collect();
    let port = |idx: usize, of: usize| centre.area.y + centre.area.height * (idx as f64 + 1.0) / (of as f64 + 1.0);
    let entering: Vec<&&Node> = causes.iter().filter(|node| links(node, centre)).collect();
    for (idx, node) in entering.iter().enumerate() {
        let from = (node.area.x + BOX, node.area.y + node.area.height / 2.0);
        curve(canvas, from, (centre.area.x, port(idx, entering.len())), INK, 1.3);
    }
    let leaving: Vec<&&Node> = effects.iter().filter(|node| links(centre, node)).collect();
    for (idx, node) in leaving.iter().enumerate() {
        let to = (node.area.x, node.area.y + node.area.height / 2.0);
        curve(canvas, (centre.area.x + BOX, port(idx, leaving.len())), to, INK, 1.3);
    }
    for (column, outside) in [(&causes, -1.0), (&effects, 1.0)] {
        for from in column.iter() {
            for to in column.iter().filter(|to| links(from, to)) {
                let x = if outside < 0.0 { from.area.x } else { from.area.x + BOX };
                round(canvas, x, from.area, to.area, outside);
            }
        }
    }
}

fn curve(canvas: &mut Canvas, from: (f64, f64), to: (f64, f64), edge: &str, thick: f64) {
    let middle = (from.0 + to.0) / 2.0;
    let end = to.0 - 5.0;
    let path = format!("M{:.1} {:.1}C{middle:.1} {:.1} {middle:.1} {:.1} {end:.1} {:.1}", from.0, from.1, from.1, to.1, to.1);
    canvas.path(&path, "none", edge, thick, "");
    canvas.arrow_head((to.0 - 12.0, to.1), to, 7.0, edge);
}

/// From one box to a later one of the same column, around the outside.
fn round(canvas: &mut Canvas, x: f64, from: Area, to: Area, outside: f64) {
    let (start, end) = (from.y + from.height - 10.0, to.y + 10.0);
    // Longer arrows bend further, so that they can be distinguished.
    let swing = outside * (6.0 + ((end - start).abs() / 40.0).min(9.0));
    let path =
        format!("M{x:.1} {start:.1}C{:.1} {start:.1} {:.1} {end:.1} {:.1} {end:.1}", x + swing, x + swing, x + outside * 4.0);
    canvas.path(&path, "none", PALE, 1.1, "");
    canvas.arrow_head((x + outside * 9.0, end), (x, end), 6.0, PALE);
}

fn describe(pack: &Pack, event: EntryIdx, causes: &Branch, effects: &Branch) -> Vec<String> {
    let name = |idx: &EntryIdx| {
        let entry = pack.entry(*idx);
        format!("{} ({})", entry.name, entry.when().map(format::short_moment).unwrap_or_default())
    };
    let list = |events: &[EntryIdx]| events.iter().map(name).collect::<Vec<_>>().join("; ");
    let mut said = vec![format!("Graph of causes and consequences of: {}.", name(&event))];
    for (branch, direct, further) in [(causes, "What led to it", "Further back"), (effects, "What came of it", "Further on")] {
        let more = if branch.more > 0 { format!("; and {} more", branch.more) } else { String::new() };
        match branch.direct.as_slice() {
            [] => said.push(format!("{direct}: I know of none.")),
            events => said.push(format!("{direct}: {}{more}.", list(events))),
        }
        if !branch.further.is_empty() {
            said.push(format!("{further}: {}.", list(&branch.further)));
        }
    }
    said
}
