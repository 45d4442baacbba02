//! The files of questions and discussions.

use schemars::JsonSchema;
use serde::Deserialize;

use super::written_parts::{Located, LocatedText, WrittenClaim};

/// The form of a written question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum WrittenAsking {
    /// One right choice among wrong ones.
    Choice,
    /// Whether a statement is true.
    TrueFalse,
    /// Events to put in order.
    Order,
    /// A name or a date to type.
    Typed,
}

/// A question with its answer, written by an editor.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenAuthored {
    /// Kebab-case, unique within the file, at most 40 characters.
    pub id: LocatedText,
    /// The form of the question.
    pub kind: WrittenAsking,
    /// 1 easy, 2 middle, 3 hard.
    pub difficulty: Located<u8>,
    /// The question; for `true-false` the statement.
    pub ask: LocatedText,
    /// Full ids of entries (`event/…`); the first is the one offered after the answer.
    pub about: Located<Vec<LocatedText>>,
    /// The claims it tests, as `entry-id#claim-id`.
    pub tests: Located<Vec<LocatedText>>,
    /// The right answer: the right choice, the answer shown for a typed one, or `true` or `false`.
    #[serde(default)]
    pub right: Option<LocatedText>,
    /// For a choice: two to four plausible wrong answers.
    #[serde(default)]
    pub wrong: Vec<LocatedText>,
    /// For a typed answer: full ids of entries whose names count as right, or a date as in `when`.
    #[serde(default)]
    pub accept: Vec<LocatedText>,
    /// For an order: full ids of three to five events, the earliest first.
    #[serde(default)]
    pub order: Vec<LocatedText>,
    /// The explanation after every answer, right or wrong.
    pub explain: Located<Vec<WrittenClaim>>,
    /// Whether it asks about something that is disputed.
    #[serde(default)]
    pub differ: bool,
}

/// The skill that a discussion trains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum WrittenSkill {
    /// Why something happened.
    Causes,
    /// The results of something.
    Consequences,
    /// How much it mattered.
    Significance,
    /// What changed and what stayed the same.
    Change,
    /// The value of sources.
    Sources,
    /// What might have been.
    WhatIf,
}

/// One point of a model outline.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenPoint {
    /// The point, in a few words.
    pub point: LocatedText,
    /// The supporting sentences.
    pub evidence: Located<Vec<WrittenClaim>>,
}

/// An essay or source question with its hints and outline.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenDiscussion {
    /// Kebab-case, unique within the file, at most 40 characters.
    pub id: LocatedText,
    /// At most 90 characters; it becomes a thread's name.
    pub title: LocatedText,
    /// The question as an exam asks it.
    pub ask: LocatedText,
    /// The skill that it trains.
    pub skill: WrittenSkill,
    /// Passages of the class document it belongs to.
    #[serde(default)]
    pub on: Vec<LocatedText>,
    /// Full ids of entries.
    #[serde(default)]
    pub about: Vec<LocatedText>,
    /// Full ids of terms that a good answer uses.
    #[serde(default)]
    pub terms: Vec<LocatedText>,
    /// Full ids of entries to look up.
    #[serde(default)]
    pub evidence: Vec<LocatedText>,
    /// Three to six hints that state no facts.
    pub hints: Located<Vec<LocatedText>>,
    /// Three to seven points of a model answer.
    pub outline: Located<Vec<WrittenPoint>>,
    /// A possible conclusion of a good answer; no new facts.
    pub judgement: LocatedText,
    /// What the class document leaves out or simplifies about this.
    #[serde(default)]
    pub simplifies: Vec<WrittenClaim>,
}

/// `questions.toml`: questions with their answers.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code, reason = "only its schema is used; the loader reads entry by entry")]
pub(super) struct QuestionsFile {
    /// The questions.
    #[schemars(default)]
    question: Vec<WrittenAuthored>,
}

/// `discussions.toml`: essay and source questions.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code, reason = "only its schema is used; the loader reads entry by entry")]
pub(super) struct DiscussionsFile {
    /// The discussions.
    #[schemars(default)]
    discussion: Vec<WrittenDiscussion>,
}
