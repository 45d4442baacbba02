//! The file of the almanac.

use schemars::JsonSchema;
use serde::Deserialize;

use super::written_parts::{Located, LocatedText};

/// What happened on a day of the pack's year that has no event.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenAlmanacDay {
    /// The day, in the pack's year: `1789-02-19`. Each day occurs once.
    pub on: LocatedText,
    /// The heading, at most 60 characters.
    pub name: LocatedText,
    /// One or two sentences in our own words, at most 300 characters.
    pub text: LocatedText,
    /// Whether it happened in the pack's country or to its people; all other days are marked
    /// “Elsewhere”.
    #[serde(default)]
    pub home: bool,
    /// The citations: at least one primary, scholarly or reference work of sources.toml.
    pub cite: Located<Vec<LocatedText>>,
}

/// `almanac.toml`: days without an event. Only the calendar uses it; nothing in it can be looked up.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code, reason = "only its schema is used; the loader reads entry by entry")]
pub(super) struct AlmanacFile {
    /// The days.
    #[schemars(default)]
    day: Vec<WrittenAlmanacDay>,
}
