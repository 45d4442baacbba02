//! Places on a map with what happened there, on the pack's base map or in a plain frame.

mod ground;
mod labels;
mod legend;

use super::svg::{ACCENT, Anchor, Area, Canvas, INK, PALE, PAPER, Pen};
use super::{Svg, font};
use crate::card::format;
use crate::pack::{Degrees, EntryIdx, Facts, Kind, MapSheet, Move, NameKind, Pack};
use ground::BaseMap;

const WIDTH: f64 = 400.0;
const MARGIN: f64 = 10.0;
/// Up to this many places on one map, each label says what happened there.
const FEW: usize = 6;
/// The most marked places per map; the others are only listed.
const MOST: usize = 26;
/// The most lines of text below the maps.
const LEGEND: usize = 10;

const TITLE: Pen = Pen::new(16.0).bold();
const HEAD: Pen = Pen::new(12.0).bold();
const NAME: Pen = Pen::new(11.0).bold().with_halo();
const TOLD: Pen = Pen::new(10.5).with_halo();
const SAY: Pen = Pen::new(10.5);
const SMALL: Pen = Pen::new(10.5).in_colour(PALE);
const NUMBER: Pen = Pen::new(10.5).bold().in_colour(PAPER);
const WATER: Pen = Pen::new(10.0).in_colour("#2f6485").with_halo();

/// A place on the map, with its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The number in its mark, from 1, in the order in which the story reaches the places.
    pub number: usize,
    pub place: EntryIdx,
    /// The requested events that happened there, by time.
    pub events: Vec<EntryIdx>,
    /// Who went from or to the place: `The crowd → Kossuth Square`. A place without events is on the map
    /// because of these.
    pub moves: Vec<String>,
}

/// A place outside the map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beyond {
    pub place: EntryIdx,
    /// The requested events that happened there, by time.
    pub events: Vec<EntryIdx>,
}

/// A map and what its numbers mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Map {
    pub svg: Svg,
    /// The places on the map, by number. At most 26 are marked on each map: those with the most events.
    pub spots: Vec<Spot>,
    /// The places that are not on it, those with the most events first.
    pub beyond: Vec<Beyond>,
}

/// The maps of a pack: of the whole, and optionally of a part of it.
struct Sheets<'a> {
    pack: &'a Pack,
    all: &'a [MapSheet],
}

/// The index of a map: 0 is the whole.
type SheetNo = usize;

/// The map of where `events` (sorted by time) happened, under `title`. Arrows are drawn only if an event
/// of the pack says who moved from where to where.
pub fn map(pack: &Pack, events: &[EntryIdx], title: &str) -> Map {
    let moves = moves(pack, events);
    let plain = [ground::plain(&all_degrees(pack, events))];
    let sheets = Sheets { pack, all: if pack.map.is_empty() { &plain } else { &pack.map } };
    let (spots, beyond) = spots(&sheets, events);
    let mut canvas = Canvas::default();
    let mut y = 10.0;
    for line in font::wrap(title, TITLE.size, TITLE.weight, WIDTH - 2.0 * MARGIN, 0.0, 2) {
        y += 17.0;
        canvas.text(MARGIN, y, Anchor::Start, TITLE, &line);
    }
    y += 10.0;
    let far = legend::far_away(pack, &beyond);
    let mut room = LEGEND - far.len();
    let mut unmarked = 0;
    for (sheet_no, drawn) in sheets.all.iter().enumerate() {
        let mut on: Vec<&Spot> = spots.iter().filter(|spot| sheets.of(spot.place) == Some(sheet_no)).collect();
        // The first map is drawn unless everything is on the second.
        let is_wanted = !on.is_empty() || (sheet_no == 0 && spots.is_empty());
        if !is_wanted {
            continue;
        }
        unmarked += on.len().saturating_sub(MOST);
        on.sort_by_key(|spot| (std::cmp::Reverse(spot.events.len()), spot.number));
        on.truncate(MOST);
        on.sort_by_key(|spot| spot.number);
        if let Some(title) = &drawn.title {
            canvas.text(MARGIN, y + 14.0, Anchor::Start, HEAD, title);
            y += 20.0;
        }
        let ground = BaseMap::new(drawn.frame, MARGIN, y, WIDTH - 2.0 * MARGIN);
        ground::draw(&mut canvas, if sheet_no == 0 { "country" } else { "city" }, drawn, &ground);
        y = sheet(&mut canvas, &sheets, &ground, sheet_no, &on, &moves, &mut room);
    }
    if unmarked > 0 && room > 0 {
        y += 13.0;
        let say = format!("{} not marked: see the list.", format::count(unmarked, "more place"));
        canvas.text(MARGIN, y, Anchor::Start, SMALL, &say);
    }
    for line in far {
        y += 13.0;
        canvas.text(MARGIN, y, Anchor::Start, SMALL, &line);
    }
    let said = describe(pack, title, &spots, &beyond, &moves);
    let svg = Svg::new("map", canvas, (WIDTH, y + 10.0), said);
    Map { svg, spots, beyond }
}

fn degrees(pack: &Pack, place: EntryIdx) -> Degrees {
    match pack.entry(place).facts {
        Facts::Place { latitude, longitude } => (longitude, latitude),
        _ => (0.0, 0.0),
    }
}

/// The positions of everything connected with some events; if there are none, of all of the pack's
/// places.
fn all_degrees(pack: &Pack, events: &[EntryIdx]) -> Vec<Degrees> {
    let facts = events.iter().filter_map(|idx| pack.entry(*idx).event());
    let places =
        facts.flat_map(|facts| facts.places.iter().copied().chain(facts.moves.iter().flat_map(|moved| [moved.from, moved.to])));
    let found: Vec<Degrees> = places.map(|place| degrees(pack, place)).collect();
    if !found.is_empty() {
        return found;
    }
    pack.of_kind(Kind::Place).map(|(idx, _)| degrees(pack, idx)).collect()
}

impl Sheets<'_> {
    /// The map on which a place is marked: the most detailed one that contains it.
    fn of(&self, place: EntryIdx) -> Option<SheetNo> {
        let at = degrees(self.pack, place);
        if self.all.iter().any(|sheet| sheet.stands_for == Some(place)) {
            return Some(0);
        }
        let has = |sheet: &MapSheet| sheet.frame.holds(at) || sheet.fringe.is_some_and(|fringe| fringe.holds(at));
        self.all.iter().rposition(has)
    }

    /// The position of a place on a map. On the first map, all places of the second are one point.
    fn place(&self, ground: &BaseMap, sheet_no: SheetNo, place: EntryIdx) -> (f64, f64) {
        let finer = self.of(place).filter(|own| *own > sheet_no).and_then(|own| self.all.get(own));
        let at = match finer {
            Some(sheet) => sheet.stands_for.map_or_else(|| middle(sheet), |point| degrees(self.pack, point)),
            None => degrees(self.pack, place),
        };
        ground.place(at)
    }
}

fn middle(sheet: &MapSheet) -> Degrees {
    ((sheet.frame.west + sheet.frame.east) / 2.0, (sheet.frame.south + sheet.frame.north) / 2.0)
}

/// The places of the events on the maps, by time, and outside them, those with the most events first.
fn spots(sheets: &Sheets<'_>, events: &[EntryIdx]) -> (Vec<Spot>, Vec<Beyond>) {
    let pack = sheets.pack;
    // Events are numbered by time, so this is the order in which the story reaches the places.
    let mut found: Vec<Beyond> = Vec::new();
    let mut note = |place: EntryIdx, event: EntryIdx, happened: bool| {
        let own = happened.then_some(event);
        match found.iter_mut().find(|known| known.place == place) {
            Some(known) => known.events.extend(own),
            None => found.push(Beyond { place, events: own.into_iter().collect() }),
        }
    };
    for &event in events {
        let Some(facts) = pack.entry(event).event() else { continue };
        // Who went somewhere was first where they came from.
        facts.moves.iter().for_each(|moved| note(moved.from, event, false));
        facts.places.iter().for_each(|place| note(*place, event, true));
        facts.moves.iter().for_each(|moved| note(moved.to, event, false));
    }
    let (near, mut far): (Vec<Beyond>, Vec<Beyond>) = found.into_iter().partition(|known| sheets.of(known.place).is_some());
    far.sort_by_key(|known| (std::cmp::Reverse(known.events.len()), known.place));
    let all = moves(pack, events);
    let spot = |(idx, Beyond { place, events }): (usize, Beyond)| Spot {
        number: idx + 1,
        place,
        events,
        moves: comings_and_goings(pack, place, &all),
    };
    let spots = near.into_iter().enumerate().map(spot).collect();
    (spots, far)
}

/// Who went from a place to where (`Students → Bem Square`), and who came to it from where (`Students ←
/// Petőfi Square`).
fn comings_and_goings(pack: &Pack, place: EntryIdx, moves: &[&Move]) -> Vec<String> {
    let mut said = Vec::new();
    for moved in moves {
        if moved.from == place {
            said.push(format!("{} → {}", moved.who, pack.entry(moved.to).name));
        } else if moved.to == place {
            said.push(format!("{} ← {}", moved.who, pack.entry(moved.from).name));
        }
    }
    said
}

/// Who moved from where to where, without duplicates, by time.
fn moves<'a>(pack: &'a Pack, events: &[EntryIdx]) -> Vec<&'a Move> {
    let mut found: Vec<&Move> = Vec::new();
    for moved in events.iter().filter_map(|idx| pack.entry(*idx).event()).flat_map(|facts| &facts.moves) {
        if !found.contains(&moved) {
            found.push(moved);
        }
    }
    found
}

/// The point on the edge of the map in the direction of a point outside.
fn onto(area: Area, (x, y): (f64, f64)) -> ((f64, f64), bool) {
    let edge = labels::MARK + 4.0;
    let inside = (x.clamp(area.x + edge, area.x + area.width - edge), y.clamp(area.y + edge, area.y + area.height - edge));
    (inside, (inside.0 - x).abs() + (inside.1 - y).abs() > 20.0)
}

/// Draws the marks, labels and arrows of a map, with at most `room` lines below it. Returns its lower end.
fn sheet(
    canvas: &mut Canvas,
    sheets: &Sheets<'_>,
    ground: &BaseMap,
    sheet_no: SheetNo,
    spots: &[&Spot],
    moves: &[&Move],
    room: &mut usize,
) -> f64 {
    let (area, pack) = (ground.area, sheets.pack);
    let places: Vec<((f64, f64), bool)> =
        spots.iter().map(|spot| onto(area, sheets.place(ground, sheet_no, spot.place))).collect();
    let points: Vec<(f64, f64)> = places.iter().map(|(point, _)| *point).collect();
    let marks = labels::apart(&points, area);
    let mut taken: Vec<Area> = marks.iter().map(|mark| labels::square(*mark)).collect();
    let arrows = arrows(sheets, ground, sheet_no, moves, spots, &marks);
    arrows.iter().for_each(|(from, to, _)| draw_arrow(canvas, *from, *to, &mut taken));

    let wanted =
        spots.iter().zip(&places).map(|(spot, (_, is_outside))| label(pack, spot, *is_outside, spots.len() <= FEW)).collect();
    // The names of the places with the most events are placed first.
    let mut order: Vec<usize> = (0..spots.len()).collect();
    order.sort_by_key(|idx| (std::cmp::Reverse(spots[*idx].events.len()), *idx));
    let placed = labels::beside(&marks, wanted, &order, &mut taken, area);
    for (idx, (spot, mark)) in spots.iter().zip(&marks).enumerate() {
        let (point, is_outside) = places[idx];
        if (point.0 - mark.0).abs() + (point.1 - mark.1).abs() > 2.0 {
            canvas.line(point, *mark, INK, 0.9, "");
            canvas.circle(point.0, point.1, 1.8, INK, INK, 0.5);
        }
        let colour = if is_outside { PALE } else { ACCENT };
        canvas.circle(mark.0, mark.1, labels::MARK, colour, PAPER, 1.2);
        canvas.text(mark.0, mark.1 + 3.8, Anchor::Middle, NUMBER, &spot.number.to_string());
    }
    for label in &placed {
        let mark = marks[label.of];
        for (idx, (line, pen)) in label.lines.iter().enumerate() {
            let y = label.area.y + 9.8 + idx as f64 * labels::LEADING;
            // Next to its mark, a name starts or ends there.
            let is_left = label.area.x + label.area.width < mark.0;
            let (x, anchor) =
                if is_left { (label.area.x + label.area.width, Anchor::End) } else { (label.area.x, Anchor::Start) };
            canvas.text(x, y, anchor, *pen, line);
        }
    }
    if pack.map.is_empty() {
        ground::scale_bar(canvas, ground, &mut taken);
    }
    names_of_ground(canvas, ground, &sheets.all[sheet_no], &mut taken);
    legend::draw(canvas, pack, area, (spots, &placed, &arrows), room)
}

/// The name of a place with its number of events; with few places also what happened there.
fn label(pack: &Pack, spot: &Spot, is_outside: bool, is_told: bool) -> labels::Versions {
    let count = if spot.events.len() > 1 { format!(" ({})", spot.events.len()) } else { String::new() };
    let name = format!("{}{count}", pack.entry(spot.place).name);
    let mut named = labels::lines(&name, NAME, 100.0, 3);
    if is_outside {
        named.push(("further out".to_owned(), SMALL));
    }
    let told = |say: &str, room: f64| named.iter().cloned().chain(labels::lines(say, TOLD, room, 5)).collect();
    let mut versions: labels::Versions = Vec::new();
    let weightiest = spot.events.iter().max_by_key(|idx| (pack.entry(**idx).importance, std::cmp::Reverse(**idx)));
    if let Some(event) = weightiest.map(|idx| pack.entry(*idx)).filter(|_| is_told) {
        let when = event.when().map(format::short_moment).unwrap_or_default();
        versions.extend([118.0, 84.0].map(|room| told(&format!("{when}: {}", event.name), room)));
    } else if let Some(moved) = spot.moves.first().filter(|_| is_told) {
        versions.extend([118.0, 84.0].map(|room| told(moved, room)));
    }
    versions.push(named.clone());
    versions
}

/// An arrow on a map: from, to, and its move.
type Arrow<'a> = ((f64, f64), (f64, f64), &'a Move);

/// The arrows of a map.
fn arrows<'a>(
    sheets: &Sheets<'_>,
    ground: &BaseMap,
    sheet_no: SheetNo,
    moves: &[&'a Move],
    spots: &[&Spot],
    marks: &[(f64, f64)],
) -> Vec<Arrow<'a>> {
    let at = |place: EntryIdx| match spots.iter().position(|spot| spot.place == place) {
        Some(idx) => marks[idx],
        None => sheets.place(ground, sheet_no, place),
    };
    let mut found = Vec::new();
    for moved in moves {
        // On the detailed map if both ends are there, else on the first.
        let is_here = match (sheets.of(moved.from), sheets.of(moved.to)) {
            (Some(from), Some(to)) if sheet_no > 0 => from == sheet_no && to == sheet_no,
            (Some(from), Some(to)) => from == 0 || to == 0,
            _ => false,
        };
        if is_here {
            found.push((at(moved.from), at(moved.to), *moved));
        }
    }
    found
}

/// Draws a bent arrow from one mark to another, on the side with fewer obstacles, and reserves the space
/// along it.
fn draw_arrow(canvas: &mut Canvas, from: (f64, f64), to: (f64, f64), taken: &mut Vec<Area>) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = (dx * dx + dy * dy).sqrt();
    if length < 2.0 * labels::MARK + 8.0 {
        return;
    }
    let (ux, uy) = (dx / length, dy / length);
    let bend = (length * 0.16).min(26.0);
    let ways = [bend, -bend, 2.2 * bend, -2.2 * bend].map(|bend| {
        let middle = ((from.0 + to.0) / 2.0 - uy * bend, (from.1 + to.1) / 2.0 + ux * bend);
        let point = |t: f64| {
            let at = |a: f64, b: f64, c: f64| (1.0 - t) * (1.0 - t) * a + 2.0 * t * (1.0 - t) * b + t * t * c;
            (at(from.0, middle.0, to.0), at(from.1, middle.1, to.1))
        };
        // Without the ends, which belong to the marks.
        let gap = (labels::MARK + 2.5) / length;
        (0..=16).map(|step| point(gap + (1.0 - 2.0 * gap) * f64::from(step) / 16.0)).collect::<Vec<_>>()
    });
    let around = |(x, y): (f64, f64)| Area { x: x - 3.0, y: y - 3.0, width: 6.0, height: 6.0 };
    let hits = |way: &Vec<(f64, f64)>| {
        way[2..15].iter().filter(|point| taken.iter().any(|other| other.overlaps(&around(**point)))).count()
    };
    let Some(way) = ways.iter().min_by_key(|way| hits(way)) else { return };
    let path: Vec<String> = way[..16].iter().map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
    let path = format!("M{}", path.join("L"));
    canvas.path(&path, "none", PAPER, 5.0, "");
    canvas.path(&path, "none", INK, 2.4, "");
    canvas.arrow_head(way[13], way[16], 10.0, INK);
    let way: Vec<Area> = way.iter().map(|point| around(*point)).collect();
    taken.extend(way);
}

/// Draws the labels of countries, rivers and districts where there is space.
fn names_of_ground(canvas: &mut Canvas, ground: &BaseMap, sheet: &MapSheet, taken: &mut Vec<Area>) {
    for name in &sheet.names {
        let pen = match name.kind {
            NameKind::Country => HEAD.in_colour(PALE).with_halo(),
            NameKind::Neighbour => SMALL,
            NameKind::District => Pen::new(15.0).bold().in_colour(PALE),
            NameKind::Water => WATER,
        };
        let places: Vec<(f64, f64)> = name.at.iter().map(|place| ground.place(*place)).collect();
        if let Some((x, y)) = labels::free(&name.text, pen, &places, taken, ground.area) {
            canvas.text(x, y, Anchor::Middle, pen, &name.text);
        }
    }
}

/// A move in words: `Students: Petőfi Square → Bem Square`.
fn way(pack: &Pack, moved: &Move) -> String {
    format!("{}: {} → {}", moved.who, pack.entry(moved.from).name, pack.entry(moved.to).name)
}

fn describe(pack: &Pack, title: &str, spots: &[Spot], beyond: &[Beyond], moves: &[&Move]) -> Vec<String> {
    let mut said = vec![format!("Map: {title}.")];
    let line = |place: EntryIdx, events: &[EntryIdx], moves: &[String]| {
        let weightiest = events.iter().max_by_key(|idx| (pack.entry(**idx).importance, std::cmp::Reverse(**idx)));
        let what = weightiest.map(|idx| pack.entry(*idx)).map_or(format!(": {}", moves.join(", ")), |event| {
            format!(": {} ({})", event.name, event.when().map(format::short_moment).unwrap_or_default())
        });
        let more = if events.len() > 1 { format!(", and {} more", events.len() - 1) } else { String::new() };
        format!("{}{what}{more}.", pack.entry(place).name)
    };
    said.extend(moves.iter().map(|moved| format!("Arrow: {}.", way(pack, moved))));
    said.extend(spots.iter().map(|spot| format!("{} {}", spot.number, line(spot.place, &spot.events, &spot.moves))));
    if !beyond.is_empty() {
        said.push("Too far for this map:".to_owned());
        said.extend(beyond.iter().map(|far| line(far.place, &far.events, &[])));
    }
    said
}
