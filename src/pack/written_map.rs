//! The file of what lies under the places on a map, as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::written::{Located, LocatedText};

/// What covers all of a map before anything is drawn on it.
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

/// What an area is.
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
    /// What it is.
    pub kind: WrittenAreaKind,
    /// Its corners as [longitude, latitude]; at least three.
    pub points: Located<Vec<(f64, f64)>>,
}

/// What a line is.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum WrittenLineKind {
    /// A border, broken.
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
    /// What it is.
    pub kind: WrittenLineKind,
    /// How thick it is, on a map 380 wide: from 0.2 to 30.
    pub width: Located<f64>,
    /// Its points as [longitude, latitude]; at least two.
    pub points: Located<Vec<(f64, f64)>>,
}

/// What a name stands for; it decides how it is written.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum WrittenNameKind {
    /// The country that the map is of.
    Country,
    /// A country around it.
    Neighbour,
    /// A part of a city.
    District,
    /// A river, a lake, a sea.
    Water,
}

/// A name on a map that is no place of the pack.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenMapName {
    /// The name.
    pub text: LocatedText,
    /// What it stands for.
    pub kind: WrittenNameKind,
    /// Where it may be written, as [longitude, latitude]: the first of these with room for it.
    pub at: Located<Vec<(f64, f64)>>,
}

/// A map: a part of the earth and what is drawn there.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenSheet {
    /// What is written over it ("In Paris").
    #[serde(default)]
    pub title: Option<LocatedText>,
    /// Its edges: west, south, east, north.
    pub frame: Located<[f64; 4]>,
    /// What is beyond its edges, but still shown, on the edge: west, south, east, north.
    #[serde(default)]
    pub fringe: Option<Located<[f64; 4]>>,
    /// Of the second map: the id of the place as which all of it is one point on the first.
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
    /// Names, where there is room for them.
    #[serde(default, rename = "name")]
    pub names: Vec<WrittenMapName>,
}

/// `map.toml`: what lies under the places. The first map is of the whole, the second, if there is one, of
/// a part of it in which much happened.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code, reason = "only its schema is used; the loader reads entry by entry")]
pub(super) struct MapFile {
    /// The maps, at most two.
    #[schemars(default)]
    sheet: Vec<WrittenSheet>,
}
