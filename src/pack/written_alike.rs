//! The file of entries that are alike.

use schemars::JsonSchema;
use serde::Deserialize;

use super::written_parts::{Located, LocatedText};

/// Entries of one sort, each of which is a fair wrong choice where another is right.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenAlike {
    /// What they have in common, for editors: "Parties".
    pub name: LocatedText,
    /// Full ids of at least three entries of one kind: `person/jacques-necker`.
    pub entries: Located<Vec<LocatedText>>,
}

/// `alike.toml`: which entries are of one sort, for the wrong choices of generated questions.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code, reason = "only its schema is used; the loader reads entry by entry")]
pub(super) struct AlikeFile {
    /// The lists.
    #[schemars(default)]
    alike: Vec<WrittenAlike>,
}
