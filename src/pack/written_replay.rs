//! The file of turning points, as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::written_parts::{Located, LocatedText, WrittenClaim};

/// A way that was open to those who decided.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenOption {
    /// What stands on its button, at most 80 characters.
    pub label: LocatedText,
    /// What to weigh about it; no facts.
    pub consider: LocatedText,
}

/// A moment at which the story could have gone another way.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenTurning {
    /// Kebab-case, unique within the file, at most 40 characters.
    pub id: LocatedText,
    /// A few words that do not give the outcome away.
    pub title: LocatedText,
    /// Full id of the event before which it is asked.
    pub before: LocatedText,
    /// Full id of the event that answers it: the same, or a later one.
    pub reveal: LocatedText,
    /// Who decides.
    pub who: LocatedText,
    /// What they could know then.
    pub known: Located<Vec<WrittenClaim>>,
    /// The question to them.
    pub ask: LocatedText,
    /// Two to four ways that were open to them.
    pub options: Located<Vec<WrittenOption>>,
}

/// `replay.toml`: turning points of the story.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code, reason = "only its schema is used; the loader reads entry by entry")]
pub(super) struct ReplayFile {
    /// The turning points.
    #[schemars(default)]
    turning: Vec<WrittenTurning>,
}
