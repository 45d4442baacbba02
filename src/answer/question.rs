//! A question as it was understood: its words with what each may stand for, and what it asks for.

use super::intent::Intent;
use super::terms::{Feature, Term};

/// One thing a question speaks of.
#[derive(Debug, Clone)]
pub(super) struct QueryTerm {
    pub feature: Feature,
    /// The terms it may stand for and how well, itself first; none for a word that is not known.
    pub terms: Vec<(Term, f32)>,
    /// How much it tells: rare things more than common ones.
    pub weight: f32,
    /// As it was typed.
    pub word: String,
    /// Whether its entries bear it as their name, and are not guesses of what was misspelt.
    pub by_name: bool,
}

impl QueryTerm {
    /// Whether the pack knows nothing of it.
    pub(super) fn is_unknown(&self) -> bool {
        self.terms.is_empty() && self.feature.entries.is_empty()
    }
}

/// A question that was read.
#[derive(Debug, Clone)]
pub(super) struct ParsedQuestion {
    pub words: Vec<String>,
    /// What it asks for.
    pub intent: Intent,
    /// What it speaks of.
    pub asked: Vec<QueryTerm>,
    /// The days of the year it names, as (month, day).
    pub days: Vec<(i8, i8)>,
    /// The year it names.
    pub year: Option<i16>,
}
