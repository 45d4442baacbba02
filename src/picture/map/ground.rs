//! The base map under the places: the pack's own, or a plain frame.

use super::super::font;
use super::super::svg::{Anchor, Area, Canvas, HAIR, INK, PALE, Pen, SHADE};
use super::SMALL;
use crate::pack::{Base, Degrees, LineKind, MapFrame, MapSheet};

const WATER: &str = "#7fa9c4";
const LAND: &str = "#ffffff";

/// An equirectangular projection of a part of the earth, with longitudes scaled by the cosine of the
/// middle latitude. At this size the distortion is negligible.
#[derive(Debug, Clone, Copy)]
pub(super) struct BaseMap {
    west: f64,
    north: f64,
    /// Units per degree of longitude and of latitude.
    scale: (f64, f64),
    /// Its position in the picture.
    pub area: Area,
}

impl BaseMap {
    /// The map of a frame with its upper left corner at `x`, `y`.
    pub(super) fn new(frame: MapFrame, x: f64, y: f64, width: f64) -> BaseMap {
        let MapFrame { west, south, east, north } = frame;
        let across = width / (east - west);
        let up = across / shrink((south + north) / 2.0);
        BaseMap { west, north, scale: (across, up), area: Area { x, y, width, height: ((north - south) * up).round() } }
    }

    /// The position of a point of the earth in the picture.
    pub(super) fn place(&self, (east, north): Degrees) -> (f64, f64) {
        (self.area.x + (east - self.west) * self.scale.0, self.area.y + (self.north - north) * self.scale.1)
    }

    fn path(&self, line: &[Degrees]) -> String {
        let mut path = String::new();
        for (idx, point) in line.iter().enumerate() {
            let (x, y) = self.place(*point);
            path.push_str(&format!("{}{x:.1} {y:.1}", if idx == 0 { "M" } else { "L" }));
        }
        path
    }
}

/// The length of a degree of longitude relative to one of latitude; never zero, even near a pole.
fn shrink(latitude: f64) -> f64 {
    latitude.to_radians().cos().max(0.05)
}

/// Draws the pack's base map.
pub(super) fn draw(canvas: &mut Canvas, name: &str, sheet: &MapSheet, ground: &BaseMap) {
    canvas.clip(name, ground.area);
    let base = match sheet.base {
        Base::Land => LAND,
        Base::Abroad => SHADE,
        Base::Water => WATER,
    };
    canvas.field(ground.area, 0.0, base);
    for outline in &sheet.land {
        canvas.path(&format!("{}Z", ground.path(outline)), LAND, "none", 0.0, "");
    }
    for line in &sheet.lines {
        let (colour, dash) = match line.kind {
            LineKind::Border => (PALE, "4 3"),
            LineKind::River => (WATER, ""),
            LineKind::Road => (HAIR, ""),
        };
        canvas.path(&ground.path(&line.points), "none", colour, line.width, dash);
    }
    for lake in &sheet.water {
        canvas.path(&format!("{}Z", ground.path(lake)), WATER, WATER, 0.6, "");
    }
    for outline in &sheet.land {
        canvas.path(&format!("{}Z", ground.path(outline)), "none", PALE, 1.4, "");
    }
    canvas.unclip();
    canvas.frame(ground.area, 0.0, "none", HAIR, 1.0, "");
}

/// The smallest height of a plain map, in degrees of latitude: about two kilometres.
const LEAST: f64 = 0.02;
/// The margin around the places, as a share of their extent.
const ROOM: f64 = 0.16;
/// The minimum and maximum height of a plain map, as a share of its width.
const HEIGHT: (f64, f64) = (0.55, 1.1);

/// A plain map around some places, if the pack has no base map.
pub(super) fn plain(places: &[Degrees]) -> MapSheet {
    let span = |of: fn(&Degrees) -> f64| {
        let ends = places.iter().map(|place| (of(place), of(place)));
        ends.reduce(|(least, most), (a, b)| (least.min(a), most.max(b))).unwrap_or_default()
    };
    let (east, north) = (span(|place| place.0), span(|place| place.1));
    let middle = ((east.0 + east.1) / 2.0, (north.0 + north.1) / 2.0);
    let shrunk = shrink(middle.1);
    // As lengths on the ground, in degrees of latitude.
    let across = ((east.1 - east.0) * shrunk * (1.0 + 2.0 * ROOM)).max(LEAST);
    let up = ((north.1 - north.0) * (1.0 + 2.0 * ROOM)).max(LEAST * HEIGHT.0);
    let (across, up) = (across.max(up / HEIGHT.1), up.max(across * HEIGHT.0));
    let (half_across, half_up) = (across / shrunk / 2.0, up / 2.0);
    MapSheet {
        title: None,
        frame: MapFrame {
            west: middle.0 - half_across,
            south: middle.1 - half_up,
            east: middle.0 + half_across,
            north: middle.1 + half_up,
        },
        fringe: None,
        stands_for: None,
        base: Base::Land,
        land: Vec::new(),
        water: Vec::new(),
        lines: Vec::new(),
        names: Vec::new(),
    }
}

/// Kilometres in a degree of latitude.
const DEGREE: f64 = 111.2;

/// A scale bar in the lower left corner, where it covers nothing.
pub(super) fn scale_bar(canvas: &mut Canvas, ground: &BaseMap, taken: &mut Vec<Area>) {
    let longest = ground.area.width / 4.0 / ground.scale.1 * DEGREE;
    let power = 10f64.powf(longest.log10().floor());
    let length = [5.0, 2.0, 1.0].map(|step| step * power).into_iter().find(|length| *length <= longest).unwrap_or(power);
    let units = length / DEGREE * ground.scale.1;
    let said = if length < 1.0 { format!("{:.0} m", length * 1000.0) } else { format!("{length:.0} km") };
    let (x, y) = (ground.area.x + 8.0, ground.area.y + ground.area.height - 8.0);
    let width = units.max(font::width(&said, SMALL.size, SMALL.weight));
    let bar = Area { x, y: y - 16.0, width, height: 18.0 };
    if taken.iter().any(|other| other.overlaps(&bar)) {
        return;
    }
    canvas.line((x, y), (x + units, y), INK, 1.2, "");
    for end in [x, x + units] {
        canvas.line((end, y - 3.0), (end, y), INK, 1.2, "");
    }
    canvas.text(x, y - 5.0, Anchor::Start, Pen::new(10.5).in_colour(PALE), &said);
    taken.push(bar);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_map_holds_its_places_with_room_around_them() {
        for places in [
            &[(2.3692, 48.8533)][..],
            &[(2.3692, 48.8533), (2.1204, 48.8049)],
            &[(12.4766, 41.8955), (12.39, 44.1)],
            &[(-74.0, 40.7), (-74.0, 41.2)],
            &[(20.0, 78.2), (25.0, 78.2)],
            &[(0.0, 89.5), (10.0, 89.9)],
            &[],
        ] {
            let frame = plain(places).frame;
            assert!(places.iter().all(|place| frame.holds(*place)), "{places:?}: {frame:?}");
            let map = BaseMap::new(frame, 0.0, 0.0, 380.0);
            let share = map.area.height / map.area.width;
            assert!((0.54..=1.11).contains(&share), "{places:?}: {share}");
            for place in places {
                let (x, y) = map.place(*place);
                assert!((15.0..=365.0).contains(&x) && y > 15.0 && y < map.area.height - 15.0, "{places:?}: {x} {y}");
            }
        }
    }
}
