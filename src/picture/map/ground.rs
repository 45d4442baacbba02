//! What lies under the places: Hungary with its rivers, and the middle of Budapest.

use std::sync::LazyLock;

use serde::Deserialize;

use super::super::svg::{Area, Canvas, HAIR, PALE, SHADE};

/// Degrees of longitude and latitude (WGS 84).
pub(super) type Degrees = (f64, f64);

const WATER: &str = "#7fa9c4";
const LAND: &str = "#ffffff";

/// See `assets/map/README.md` for where it comes from.
#[derive(Deserialize, Default)]
struct Outlines {
    outline: Vec<Degrees>,
    borders: Vec<Vec<Degrees>>,
    danube: Vec<Vec<Degrees>>,
    tisza: Vec<Vec<Degrees>>,
    drava: Vec<Vec<Degrees>>,
    lakes: Vec<Vec<Degrees>>,
}

static OUTLINES: LazyLock<Outlines> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../assets/map/hungary.json")).unwrap_or_default());

/// The Danube through Budapest: the middles of its bridges from north to south (Megyeri, Újpest,
/// Árpád, Margaret, Chain, Elisabeth, Liberty, Petőfi, Rákóczi), then the western arm.
const DANUBE: &[Degrees] = &[
    (19.0906, 47.6100),
    (19.0705, 47.5690),
    (19.0530, 47.5380),
    (19.0470, 47.5260),
    (19.0442, 47.5147),
    (19.0425, 47.5070),
    (19.0436, 47.4989),
    (19.0489, 47.4908),
    (19.0550, 47.4858),
    (19.0636, 47.4786),
    (19.0690, 47.4700),
    (19.0660, 47.4590),
    (19.0500, 47.4400),
];
/// The arm east of Csepel island.
const SOROKSAR_ARM: &[Degrees] = &[(19.0690, 47.4640), (19.0790, 47.4560), (19.0920, 47.4340)];

/// A part of the earth as it is drawn: longitudes stretched by the cosine of the middle latitude
/// (equirectangular projection), which at this size is as good as any.
#[derive(Debug, Clone, Copy)]
pub(super) struct BaseMap {
    west: f64,
    north: f64,
    /// Units a degree of longitude and of latitude takes.
    scale: (f64, f64),
    /// Where it stands in the picture.
    pub area: Area,
}

/// Hungary and a strip around it.
const COUNTRY: (Degrees, Degrees) = ((15.95, 45.62), (23.05, 48.78));
/// The middle of Budapest, from Széna tér to the Kerepesi cemetery.
const CITY: (Degrees, Degrees) = ((19.014, 47.474), (19.100, 47.5195));
/// What still counts as Budapest: it is shown on the edge of its map.
const FRINGE: (Degrees, Degrees) = ((18.99, 47.40), (19.21, 47.60));
/// Where Budapest lies on the map of the country.
pub(super) const BUDAPEST: Degrees = (19.05, 47.497);

impl BaseMap {
    fn new(((west, south), (east, north)): (Degrees, Degrees), x: f64, y: f64, width: f64) -> BaseMap {
        let across = width / (east - west);
        let up = across / ((south + north) / 2.0).to_radians().cos();
        BaseMap { west, north, scale: (across, up), area: Area { x, y, width, height: ((north - south) * up).round() } }
    }

    /// The map of Hungary with its upper left corner there.
    pub(super) fn country(x: f64, y: f64, width: f64) -> BaseMap {
        BaseMap::new(COUNTRY, x, y, width)
    }

    /// The map of Budapest with its upper left corner there.
    pub(super) fn city(x: f64, y: f64, width: f64) -> BaseMap {
        BaseMap::new(CITY, x, y, width)
    }

    /// Where a point of the earth lies in the picture.
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

/// Whether a point lies on the map of Hungary.
pub(super) fn is_in_country(point: Degrees) -> bool {
    inside(COUNTRY, point)
}

/// Whether a point lies on the map of Budapest.
pub(super) fn is_in_city(point: Degrees) -> bool {
    inside(CITY, point)
}

/// Whether a point lies in Budapest, but not in the part that is drawn.
pub(super) fn is_on_fringe(point: Degrees) -> bool {
    inside(FRINGE, point) && !is_in_city(point)
}

fn inside(((west, south), (east, north)): (Degrees, Degrees), (x, y): Degrees) -> bool {
    (west..=east).contains(&x) && (south..=north).contains(&y)
}

/// Hungary's outline, the borders of its neighbours in 1956, rivers and Lake Balaton.
pub(super) fn draw_country(canvas: &mut Canvas, ground: &BaseMap) {
    let outlines = &*OUTLINES;
    canvas.clip("country", ground.area);
    canvas.field(ground.area, 0.0, SHADE);
    canvas.path(&format!("{}Z", ground.path(&outlines.outline)), LAND, "none", 0.0, "");
    for border in &outlines.borders {
        canvas.path(&ground.path(border), "none", PALE, 0.8, "4 3");
    }
    for (rivers, thick) in [(&outlines.danube, 2.6), (&outlines.tisza, 1.5), (&outlines.drava, 1.2)] {
        for river in rivers {
            canvas.path(&ground.path(river), "none", WATER, thick, "");
        }
    }
    for lake in &outlines.lakes {
        canvas.path(&format!("{}Z", ground.path(lake)), WATER, WATER, 0.6, "");
    }
    canvas.path(&format!("{}Z", ground.path(&outlines.outline)), "none", PALE, 1.4, "");
    canvas.unclip();
    canvas.frame(ground.area, 0.0, "none", HAIR, 1.0, "");
}

/// The Danube between Buda and Pest.
pub(super) fn draw_city(canvas: &mut Canvas, ground: &BaseMap) {
    canvas.clip("city", ground.area);
    canvas.field(ground.area, 0.0, LAND);
    canvas.path(&ground.path(DANUBE), "none", WATER, 17.0, "");
    canvas.path(&ground.path(SOROKSAR_ARM), "none", WATER, 5.0, "");
    canvas.unclip();
    canvas.frame(ground.area, 0.0, "none", HAIR, 1.0, "");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outlines_are_there() {
        assert!(OUTLINES.outline.len() > 300 && OUTLINES.danube.len() == 4 && OUTLINES.lakes.len() == 1);
        assert!(OUTLINES.outline.iter().all(|point| is_in_country(*point)));
    }

    /// On which side of the Danube a point lies: the river's longitude at its latitude.
    fn is_in_pest((east, north): Degrees) -> bool {
        let pair = DANUBE.windows(2).find(|pair| (pair[1].1..=pair[0].1).contains(&north)).expect("a stretch of the river");
        let share = (pair[0].1 - north) / (pair[0].1 - pair[1].1);
        east > pair[0].0 + share * (pair[1].0 - pair[0].0)
    }

    #[test]
    fn squares_lie_on_their_own_bank() {
        for (name, point, pest) in [
            ("Széna tér", (19.026, 47.508), false),
            ("Bem tér", (19.039, 47.513), false),
            ("Technical University", (19.056, 47.481), false),
            ("Petőfi tér", (19.051, 47.492), true),
            ("Kossuth tér", (19.046, 47.507), true),
            ("Corvin köz", (19.070, 47.486), true),
            ("Buda Castle", (19.0396, 47.4961), false),
        ] {
            assert_eq!(is_in_pest(point), pest, "{name}");
        }
    }
}
