//! The file of turning points.

use schemars::JsonSchema;
use serde::Deserialize;

use super::written_parts::{Located, LocatedText, WrittenClaim};

/// An option of those who decided.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenOption {
    /// The label of its button, at most 80 characters.
    pub label: LocatedText,
    /// What to consider about it; no facts.
    pub consider: LocatedText,
}

/// A moment at which history could have taken another course.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenTurning {
    /// Kebab-case, unique within the file, at most 40 characters.
    pub id: LocatedText,
    /// A few words that do not reveal the outcome.
    pub title: LocatedText,
    /// Full id of the event before which it is asked.
    pub before: LocatedText,
    /// Full id of the event that shows the outcome: the same, or a later one.
    pub reveal: LocatedText,
    /// Who decides.
    pub who: LocatedText,
    /// What they could know at the time.
    pub known: Located<Vec<WrittenClaim>>,
    /// The question to those who decide.
    pub ask: LocatedText,
    /// Two to four options.
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
