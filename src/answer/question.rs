//! A parsed question: its words with their possible meanings, and its intent.

use super::intent::Intent;
use super::terms::{Feature, Term};

/// A word, name or phrase of a question.
#[derive(Debug, Clone)]
pub(super) struct QueryTerm {
    pub feature: Feature,
    /// The terms that it may mean and how well, itself first; empty for an unknown word.
    pub terms: Vec<(Term, f32)>,
    /// Its weight: rare things weigh more.
    pub weight: f32,
    /// The word as typed.
    pub word: String,
    /// Whether its entries have this name, and are not guesses for a misspelling.
    pub by_name: bool,
}

impl QueryTerm {
    /// Whether the pack does not know the word.
    pub(super) fn is_unknown(&self) -> bool {
        self.terms.is_empty() && self.feature.entries.is_empty()
    }
}

/// A parsed question.
#[derive(Debug, Clone)]
pub(super) struct ParsedQuestion {
    pub words: Vec<String>,
    /// What it asks for.
    pub intent: Intent,
    /// What the question mentions.
    pub asked: Vec<QueryTerm>,
    /// The days of the year in the question, as (month, day).
    pub days: Vec<(i8, i8)>,
    /// The year in the question.
    pub year: Option<i16>,
}
