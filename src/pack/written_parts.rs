//! What entries and the other files of a pack have in common, as it is written.

use std::borrow::Cow;
use std::ops::Range;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use toml::Spanned;

/// One sentence and what it rests on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenClaim {
    /// A name for the claim within its entry (kebab-case), so that tests and questions can point at it.
    #[serde(default)]
    pub id: Option<LocatedText>,
    /// One sentence in our own words.
    pub text: LocatedText,
    /// What it rests on: `¶9.3`, `Q1`, or ids of sources.
    pub cite: Located<Vec<LocatedText>>,
}

/// An editor's note on what the class document says.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenNote {
    /// The passages it is about.
    pub on: Located<Vec<LocatedText>>,
    /// What the document says.
    pub document: String,
    /// What the record says.
    pub record: String,
    /// Background sources of the record.
    pub cite: Located<Vec<LocatedText>>,
}

/// Where historians differ.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenDispute {
    /// One sentence that says how.
    pub text: String,
    /// The claims of the entry that it is about, by their ids; without them the whole entry is disputed.
    #[serde(default)]
    pub claims: Vec<LocatedText>,
    /// Who says what.
    pub cite: Located<Vec<LocatedText>>,
}

/// A sentence that stands for an event, and what it rests on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenLead {
    /// One sentence in our own words, at most 180 characters, that can be understood alone.
    pub text: LocatedText,
    /// What it rests on: `¶9.3`, `Q1`, or ids of sources.
    pub cite: Located<Vec<LocatedText>>,
}

/// Somebody or something going from one place to another in the course of an event.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenMove {
    /// Who or what, in at most 40 characters.
    pub who: LocatedText,
    /// An id of places.toml.
    pub from: LocatedText,
    /// Another id of places.toml.
    pub to: LocatedText,
    /// What it rests on.
    pub cite: Located<Vec<LocatedText>>,
}

/// How well an entry was checked.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum WrittenConfidence {
    /// Against the sources it cites.
    #[default]
    Verified,
    /// Only partly; said on the card and never quizzed.
    Partly,
}

/// A value whose place in the file is kept; to the schema it is the value alone.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub(super) struct Located<T>(Spanned<T>);

impl<T> Located<T> {
    pub(super) fn value(&self) -> &T {
        self.0.get_ref()
    }

    pub(super) fn span(&self) -> Range<usize> {
        self.0.span()
    }
}

impl<T: JsonSchema> JsonSchema for Located<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// A string whose place in the file is kept.
pub(super) type LocatedText = Located<String>;
