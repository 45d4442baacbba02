//! The files `answers.toml` and `synonyms.toml`.

use schemars::JsonSchema;
use serde::Deserialize;

use super::written_parts::{Located, LocatedText, WrittenClaim, WrittenDispute};

/// One point of an answer that is a list or a table.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenAnswerPoint {
    /// The point's heading ("Political", "1787–89", "The losses"), at most 60 characters.
    #[serde(default)]
    pub heading: Option<LocatedText>,
    /// One sentence in our own words.
    pub text: LocatedText,
    /// The citations: `¶9.3`, `Q1`, or ids of sources.
    pub cite: Located<Vec<LocatedText>>,
}

/// A question that people ask, and its answer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenAnswer {
    /// Kebab-case, unique over all files of answers, at most 40 characters.
    pub id: LocatedText,
    /// Three to ten ways of asking it, which differ in their words and not only in their order.
    pub ask: Located<Vec<LocatedText>>,
    /// The answer: one to three sentences in our own words. The first one must answer by itself.
    pub answer: Located<Vec<WrittenClaim>>,
    /// A list or a table that belongs to the answer: at most 16 points.
    #[serde(default)]
    pub points: Vec<WrittenAnswerPoint>,
    /// Full ids of the entries to open, the most relevant first; at most five.
    #[serde(default)]
    pub open: Vec<LocatedText>,
    /// The id of a discussion in which to write about it.
    #[serde(default)]
    pub discuss: Option<LocatedText>,
    /// Disagreements of sources or historians about the answer.
    #[serde(default)]
    pub differ: Vec<WrittenDispute>,
}

/// Words that mean the same in a question.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenSynonym {
    /// Words or short phrases that mean the same, in lower case; other grammatical forms also match.
    pub words: Located<Vec<LocatedText>>,
    /// Narrower words: a question with one of `words` also matches these, but not the reverse.
    #[serde(default)]
    pub covers: Vec<LocatedText>,
    /// Whether the words are names, so that a question about one is not about another.
    #[serde(default)]
    pub names: bool,
}

/// `answers.toml` (and `answers-NAME.toml`): questions that people ask, with their answers.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code, reason = "only its schema is used; the loader reads entry by entry")]
pub(super) struct AnswersFile {
    /// The answers.
    #[schemars(default)]
    answer: Vec<WrittenAnswer>,
}

/// `synonyms.toml`: words that mean the same in a question.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code, reason = "only its schema is used; the loader reads entry by entry")]
pub(super) struct SynonymsFile {
    /// The groups of words.
    #[schemars(default)]
    synonym: Vec<WrittenSynonym>,
}
