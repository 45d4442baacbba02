//! The file of the base maps.

use schemars::JsonSchema;
use serde::Deserialize;

use super::written::{Located, LocatedText};

/// What covers the whole map before anything is drawn on it.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum WrittenBase {
    /// Land.
    #[default]
    Land,
    /// Other countries.
    Abroad,
    /// The sea.
    Water,
}

/// The kind of an area.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum WrittenAreaKind {
    /// Land, with an outline.
    Land,
    /// A lake or a sea.
    Water,
}

/// An area of a map.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenArea {
    /// The kind of area.
    pub kind: WrittenAreaKind,
    /// Its corners as [longitude, latitude]; at least three.
    pub points: Located<Vec<(f64, f64)>>,
}

/// The kind of a line.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum WrittenLineKind {
    /// A border, drawn dashed.
    Border,
    /// A river.
    River,
    /// A street, a wall.
    Road,
}

/// A line on a map.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenLine {
    /// The kind of line.
    pub kind: WrittenLineKind,
    /// The width, on a map 380 wide: from 0.2 to 30.
    pub width: Located<f64>,
    /// Its points as [longitude, latitude]; at least two.
    pub points: Located<Vec<(f64, f64)>>,
}

/// What a label names, which decides how it is drawn.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum WrittenNameKind {
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
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenMapName {
    /// The name.
    pub text: LocatedText,
    /// What it names.
    pub kind: WrittenNameKind,
    /// Possible positions, as [longitude, latitude]: the first one with enough space is used.
    pub at: Located<Vec<(f64, f64)>>,
}

/// A map: a rectangle on the earth and what is drawn there.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenSheet {
    /// The heading ("In Paris").
    #[serde(default)]
    pub title: Option<LocatedText>,
    /// Its edges: west, south, east, north.
    pub frame: Located<[f64; 4]>,
    /// The larger rectangle whose places are still shown, on the edge of the map: west, south, east,
    /// north.
    #[serde(default)]
    pub fringe: Option<Located<[f64; 4]>>,
    /// For the second map: the id of the place that represents the whole map on the first.
    #[serde(default)]
    pub stands_for: Option<LocatedText>,
    /// What covers it before anything is drawn.
    #[serde(default)]
    pub base: WrittenBase,
    /// Land and water.
    #[serde(default, rename = "area")]
    pub areas: Vec<WrittenArea>,
    /// Borders, rivers, roads.
    #[serde(default, rename = "line")]
    pub lines: Vec<WrittenLine>,
    /// Labels, drawn where there is space.
    #[serde(default, rename = "name")]
    pub names: Vec<WrittenMapName>,
}

/// `map.toml`: the base maps. The first map shows the whole area; an optional second one shows a part of
/// it in which much happened.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code, reason = "only its schema is used; the loader reads entry by entry")]
pub(super) struct MapFile {
    /// The maps, at most two.
    #[schemars(default)]
    sheet: Vec<WrittenSheet>,
}
