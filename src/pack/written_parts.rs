//! The parts that entries and the other files have in common.

use std::borrow::Cow;
use std::ops::Range;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use toml::Spanned;

/// One sentence with its citations.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenClaim {
    /// The claim's id within its entry (kebab-case), so that tests and questions can refer to it.
    #[serde(default)]
    pub id: Option<LocatedText>,
    /// One sentence in our own words.
    pub text: LocatedText,
    /// The citations: `¶9.3`, `Q1`, or ids of sources.
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
    /// What the historical record says.
    pub record: String,
    /// The background sources of the record.
    pub cite: Located<Vec<LocatedText>>,
}

/// A disagreement of historians.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenDispute {
    /// One sentence that describes the disagreement.
    pub text: String,
    /// The ids of the disputed claims; without them the whole entry is disputed.
    #[serde(default)]
    pub claims: Vec<LocatedText>,
    /// The sources of each side.
    pub cite: Located<Vec<LocatedText>>,
}

/// A sentence that summarises an event, with its citations.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenLead {
    /// One sentence in our own words, at most 180 characters, that can be understood by itself.
    pub text: LocatedText,
    /// The citations: `¶9.3`, `Q1`, or ids of sources.
    pub cite: Located<Vec<LocatedText>>,
}

/// A person or thing that goes from one place to another during an event.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenMove {
    /// Who or what, in at most 40 characters.
    pub who: LocatedText,
    /// An id of places.toml.
    pub from: LocatedText,
    /// Another id of places.toml.
    pub to: LocatedText,
    /// The citations.
    pub cite: Located<Vec<LocatedText>>,
}

/// How thoroughly an entry was checked.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum WrittenConfidence {
    /// Against the sources it cites.
    #[default]
    Verified,
    /// Only partly; the card says so, and quizzes leave it out.
    Partly,
}

/// A value with its position in the file; in the schema only the value.
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

/// A string with its position in the file.
pub(super) type LocatedText = Located<String>;
