//! The base maps under a pack's places, validated.

use super::checker::{Checker, at_most, full_id, limits};
use super::draft::Drafts;
use super::problem::{File, Report};
use super::types::{EntryIdx, Kind};
use super::written::Located;
use super::written_map::{
    WrittenArea, WrittenAreaKind, WrittenBase, WrittenLine, WrittenLineKind, WrittenMapName, WrittenNameKind, WrittenSheet,
};

/// Longitude and latitude in degrees (WGS 84).
pub type Degrees = (f64, f64);

/// A rectangle on the earth by its edges, in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MapFrame {
    pub west: f64,
    pub south: f64,
    pub east: f64,
    pub north: f64,
}

impl MapFrame {
    /// Whether a point lies within it.
    pub fn holds(&self, (east, north): Degrees) -> bool {
        (self.west..=self.east).contains(&east) && (self.south..=self.north).contains(&north)
    }
}

/// What covers the whole map before anything is drawn on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    Land,
    Abroad,
    Water,
}

/// The kinds of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    Border,
    River,
    /// A street, a wall.
    Road,
}

/// A line on a map.
#[derive(Debug, Clone, PartialEq)]
pub struct MapLine {
    pub kind: LineKind,
    /// The width in units of the drawing.
    pub width: f64,
    /// The points; at least two.
    pub points: Vec<Degrees>,
}

/// What a label names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameKind {
    /// The country that the map shows.
    Country,
    /// A neighbouring country.
    Neighbour,
    /// A part of a city.
    District,
    /// A river, a lake, a sea.
    Water,
}

/// A label that is not a place of the pack.
#[derive(Debug, Clone, PartialEq)]
pub struct MapName {
    pub text: String,
    /// What it names.
    pub kind: NameKind,
    /// Possible positions; the first one with enough space is used.
    pub at: Vec<Degrees>,
}

/// A map: a rectangle on the earth and what is drawn there.
#[derive(Debug, Clone, PartialEq)]
pub struct MapSheet {
    /// The heading.
    pub title: Option<String>,
    pub frame: MapFrame,
    /// The larger rectangle whose places are still shown, on the edge of the map.
    pub fringe: Option<MapFrame>,
    /// The place that represents the whole second map on the first.
    pub stands_for: Option<EntryIdx>,
    /// What covers it before anything is drawn.
    pub base: Base,
    /// Outlines of land, each with at least three points.
    pub land: Vec<Vec<Degrees>>,
    /// Outlines of lakes and seas, each with at least three points.
    pub water: Vec<Vec<Degrees>>,
    pub lines: Vec<MapLine>,
    /// Labels, drawn where there is space.
    pub names: Vec<MapName>,
}

/// The most maps in a picture.
const SHEETS: usize = 2;
/// The possible widths of a line.
const WIDTHS: std::ops::RangeInclusive<f64> = 0.2..=30.0;

pub(super) fn check(checker: &Checker<'_>, drafts: &Drafts<'_>, report: &mut Report) -> Vec<MapSheet> {
    let mut check = MapCheck { checker, file: &drafts.files[12], report };
    if let Some(third) = drafts.sheets.get(SHEETS) {
        check.refuse(&third.frame, format!("there are {} maps", drafts.sheets.len()), "Give at most two".to_owned());
    }
    drafts.sheets.iter().take(SHEETS).enumerate().filter_map(|(place, sheet)| check.sheet(place, sheet)).collect()
}

/// The state of checking the file.
struct MapCheck<'a, 'b> {
    checker: &'a Checker<'b>,
    file: &'a File<'a>,
    report: &'a mut Report,
}

impl MapCheck<'_, '_> {
    fn refuse<T>(&mut self, at: &Located<T>, wrong: String, right: String) {
        self.report.at(self.file, at.span(), wrong, right);
    }

    fn sheet(&mut self, place: usize, written: &WrittenSheet) -> Option<MapSheet> {
        if let Some(title) = &written.title {
            at_most(title, limits::HEADING, "title", self.file, self.report);
        }
        let frame = self.frame(&written.frame);
        let of_kind = |kind: fn(&WrittenAreaKind) -> bool| written.areas.iter().filter(move |area| kind(&area.kind));
        Some(MapSheet {
            title: written.title.as_ref().map(|title| title.value().clone()),
            fringe: written.fringe.as_ref().and_then(|fringe| self.frame(fringe)),
            stands_for: self.stands_for(place, written),
            base: match written.base {
                WrittenBase::Land => Base::Land,
                WrittenBase::Abroad => Base::Abroad,
                WrittenBase::Water => Base::Water,
            },
            land: of_kind(|kind| matches!(kind, WrittenAreaKind::Land)).map(|area| self.area(area)).collect(),
            water: of_kind(|kind| matches!(kind, WrittenAreaKind::Water)).map(|area| self.area(area)).collect(),
            lines: written.lines.iter().map(|line| self.line(line)).collect(),
            names: written.names.iter().map(|name| self.name(name)).collect(),
            frame: frame?,
        })
    }

    fn frame(&mut self, written: &Located<[f64; 4]>) -> Option<MapFrame> {
        let [west, south, east, north] = *written.value();
        let holds = (-180.0..=180.0).contains(&west)
            && (-180.0..=180.0).contains(&east)
            && (-89.0..=89.0).contains(&south)
            && (-89.0..=89.0).contains(&north);
        if !holds || west >= east || south >= north {
            let right = "Write the edges as [west, south, east, north] in degrees".to_owned();
            self.refuse(written, "these are no edges of a map".to_owned(), right);
            return None;
        }
        Some(MapFrame { west, south, east, north })
    }

    fn stands_for(&mut self, place: usize, written: &WrittenSheet) -> Option<EntryIdx> {
        let id = written.stands_for.as_ref()?;
        let full = full_id(Kind::Place, id.value());
        if place == 0 {
            self.refuse(id, "the first map stands for no place".to_owned(), "Move this line to the second map".to_owned());
        }
        let found = self.checker.pack.find(&full);
        if found.is_none() {
            let right = self.checker.nearest_entry(&full);
            self.refuse(id, format!("there is no place \"{}\"", id.value()), right);
        }
        found
    }

    fn points(&mut self, written: &Located<Vec<Degrees>>, least: usize) -> Vec<Degrees> {
        let points = written.value();
        if points.len() < least {
            let wrong = format!("there are {} points", points.len());
            self.refuse(written, wrong, format!("Give at least {least}, as [longitude, latitude]"));
        }
        let on_earth = |(east, north): &Degrees| east.abs() <= 180.0 && north.abs() <= 90.0;
        if let Some((east, north)) = points.iter().find(|point| !on_earth(point)) {
            let wrong = format!("[{east}, {north}] is nowhere on earth");
            self.refuse(written, wrong, "Write [longitude, latitude] in degrees".to_owned());
        }
        points.clone()
    }

    fn area(&mut self, written: &WrittenArea) -> Vec<Degrees> {
        self.points(&written.points, 3)
    }

    fn line(&mut self, written: &WrittenLine) -> MapLine {
        let width = *written.width.value();
        if !WIDTHS.contains(&width) {
            let right = format!("Write a number from {} to {}", WIDTHS.start(), WIDTHS.end());
            self.refuse(&written.width, format!("no line is {width} thick"), right);
        }
        let kind = match written.kind {
            WrittenLineKind::Border => LineKind::Border,
            WrittenLineKind::River => LineKind::River,
            WrittenLineKind::Road => LineKind::Road,
        };
        MapLine { kind, width, points: self.points(&written.points, 2) }
    }

    fn name(&mut self, written: &WrittenMapName) -> MapName {
        at_most(&written.text, limits::WHO, "name", self.file, self.report);
        let kind = match written.kind {
            WrittenNameKind::Country => NameKind::Country,
            WrittenNameKind::Neighbour => NameKind::Neighbour,
            WrittenNameKind::District => NameKind::District,
            WrittenNameKind::Water => NameKind::Water,
        };
        MapName { text: written.text.value().clone(), kind, at: self.points(&written.at, 1) }
    }
}
