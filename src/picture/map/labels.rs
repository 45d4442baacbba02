//! Positions marks and labels on a map without overlaps.

use super::super::font;
use super::super::svg::{Area, Pen};

/// The radius of a mark with a number in it.
pub(super) const MARK: f64 = 8.5;
const AIR: f64 = 3.0;

/// Moves overlapping marks apart, each as little as possible, and keeps them inside `area`.
pub(super) fn apart(points: &[(f64, f64)], area: Area) -> Vec<(f64, f64)> {
    let mut moved = points.to_vec();
    let least = 2.0 * MARK + 1.5;
    for _ in 0..200 {
        let mut is_still = true;
        for a in 0..moved.len() {
            for b in a + 1..moved.len() {
                let (dx, dy) = (moved[b].0 - moved[a].0, moved[b].1 - moved[a].1);
                let distance = (dx * dx + dy * dy).sqrt();
                if distance >= least - 0.01 {
                    continue;
                }
                is_still = false;
                // Marks at the same point move apart horizontally.
                let (ux, uy) = if distance < 0.1 { (1.0, 0.0) } else { (dx / distance, dy / distance) };
                let push = (least - distance) / 2.0;
                moved[a] = (moved[a].0 - ux * push, moved[a].1 - uy * push);
                moved[b] = (moved[b].0 + ux * push, moved[b].1 + uy * push);
            }
        }
        for point in &mut moved {
            let edge = MARK + 2.0;
            point.0 = point.0.clamp(area.x + edge, area.x + area.width - edge);
            point.1 = point.1.clamp(area.y + edge, area.y + area.height - edge);
        }
        if is_still {
            break;
        }
    }
    moved
}

/// A positioned text of one or more lines.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    /// The index of its mark.
    pub of: usize,
    /// The lines, each with its style.
    pub lines: Vec<(String, Pen)>,
    pub area: Area,
}

/// How high a line of a label is.
pub(super) const LEADING: f64 = 12.5;

/// The rectangle of a label with its upper left corner at `x`, `y`.
fn block(lines: &[(String, Pen)], x: f64, y: f64) -> Area {
    let width = lines.iter().map(|(text, pen)| pen.width(text)).fold(0.0, f64::max);
    Area { x, y, width, height: lines.len() as f64 * LEADING }
}

/// The versions of a label, from the longest to the shortest.
pub(super) type Versions = Vec<Vec<(String, Pen)>>;

/// Positions the labels around their marks in this order, each in the longest version that fits. Labels
/// that do not fit are left out.
pub(super) fn beside(
    marks: &[(f64, f64)],
    mut labels: Vec<Versions>,
    order: &[usize],
    taken: &mut Vec<Area>,
    area: Area,
) -> Vec<Placed> {
    let mut placed = Vec::new();
    for &of in order {
        let found = std::mem::take(&mut labels[of]).into_iter().find_map(|lines| {
            let label = around(marks[of], &lines).into_iter().find(|label| {
                let wide = Area { x: label.x - 2.0, y: label.y - 1.0, width: label.width + 4.0, height: label.height + 2.0 };
                area.holds(&wide) && !taken.iter().any(|other| other.overlaps(&wide))
            })?;
            Some(Placed { of, lines, area: label })
        });
        if let Some(label) = found {
            taken.push(label.area);
            placed.push(label);
        }
    }
    placed
}

/// The positions of a label around its mark, the best first: right, left, above, below, the corners.
fn around((x, y): (f64, f64), lines: &[(String, Pen)]) -> Vec<Area> {
    let Area { width, height, .. } = block(lines, 0.0, 0.0);
    let reach = MARK + AIR;
    let corner = MARK * 0.6 + AIR;
    [
        (x + reach, y - height / 2.0),
        (x - reach - width, y - height / 2.0),
        (x - width / 2.0, y - reach - height),
        (x - width / 2.0, y + reach),
        (x + corner, y - corner - height),
        (x + corner, y + corner),
        (x - corner - width, y - corner - height),
        (x - corner - width, y + corner),
        (x + reach, y - LEADING),
        (x + reach, y - height + LEADING),
        (x - reach - width, y - LEADING),
        (x - reach - width, y - height + LEADING),
        (x + reach, y - height + 4.0),
        (x + reach, y - 4.0),
        (x - reach - width, y - height + 4.0),
        (x - reach - width, y - 4.0),
    ]
    .map(|(x, y)| block(lines, x, y))
    .to_vec()
}

/// The first of some positions at which a centred text covers nothing.
pub(super) fn free(text: &str, pen: Pen, places: &[(f64, f64)], taken: &mut Vec<Area>, area: Area) -> Option<(f64, f64)> {
    let width = pen.width(text);
    let (x, y) = *places.iter().find(|(x, y)| {
        let label = Area::of_text(x - width / 2.0, *y, pen.size, pen.weight, text);
        area.holds(&label) && !taken.iter().any(|other| other.overlaps(&label))
    })?;
    taken.push(Area::of_text(x - width / 2.0, y, pen.size, pen.weight, text));
    Some((x, y))
}

/// The square that a mark occupies.
pub(super) fn square((x, y): (f64, f64)) -> Area {
    Area { x: x - MARK - 1.0, y: y - MARK - 1.0, width: 2.0 * MARK + 2.0, height: 2.0 * MARK + 2.0 }
}

/// A name wrapped into lines of at most `room`.
pub(super) fn lines(text: &str, pen: Pen, room: f64, most: usize) -> Vec<(String, Pen)> {
    font::wrap(text, pen.size, pen.weight, room, 0.0, most).into_iter().map(|line| (line, pen)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const AREA: Area = Area { x: 0.0, y: 0.0, width: 400.0, height: 300.0 };

    proptest! {
        #[test]
        fn names_hide_neither_each_other_nor_a_mark(points in proptest::collection::vec((0.0..400.0, 0.0..300.0), 1..25)) {
            let marks = apart(&points, AREA);
            let mut taken: Vec<Area> = marks.iter().map(|mark| square(*mark)).collect();
            let labels = marks.iter().map(|_| vec![lines("Kossuth Square and Parliament", Pen::new(11.0), 90.0, 2), lines("Kossuth", Pen::new(11.0), 90.0, 1)]).collect();
            let order: Vec<usize> = (0..marks.len()).collect();
            let placed = beside(&marks, labels, &order, &mut taken, AREA);
            for (idx, label) in placed.iter().enumerate() {
                prop_assert!(AREA.holds(&label.area));
                prop_assert!(placed[idx + 1..].iter().all(|other| !other.area.overlaps(&label.area)));
                prop_assert!(marks.iter().all(|mark| !square(*mark).overlaps(&label.area)));
            }
        }
    }
}
