//! Short marks of citations: `¶9` for the class document, a number for every other work, and one line at
//! the foot of the card that explains the numbers.

use crate::pack::{Citation, Pack, SourceIdx};

/// The marks of one card, numbered in the order of their first use.
pub struct Marks<'a> {
    pack: &'a Pack,
    sources: Vec<SourceIdx>,
    document: bool,
}

impl<'a> Marks<'a> {
    /// The marks of a new card.
    pub fn new(pack: &'a Pack) -> Marks<'a> {
        Marks { pack, sources: Vec::new(), document: false }
    }

    /// The marks of citations, passages first, without duplicates.
    pub fn of(&mut self, cite: &[Citation]) -> Vec<String> {
        let mut marks: Vec<String> = Vec::new();
        let passages: Vec<String> =
            cite.iter().filter_map(|citation| citation.passage()).map(|passage| passage.to_string()).collect();
        self.document |= !passages.is_empty();
        let numbers: Vec<String> = cite
            .iter()
            .filter_map(|citation| match citation {
                Citation::Background(source) => Some(self.number(*source).to_string()),
                Citation::Document { .. } => None,
            })
            .collect();
        for mark in passages.into_iter().chain(numbers) {
            if !marks.contains(&mark) {
                marks.push(mark);
            }
        }
        marks
    }

    fn number(&mut self, source: SourceIdx) -> usize {
        if let Some(place) = self.sources.iter().position(|known| *known == source) {
            return place + 1;
        }
        self.sources.push(source);
        self.sources.len()
    }

    /// The line that explains the marks; empty if there are none.
    pub fn foot(&self) -> Vec<String> {
        let mut parts = Vec::new();
        if self.document {
            parts.push("¶ the class document".to_owned());
        }
        let sources = self.sources.iter().enumerate();
        parts.extend(sources.map(|(place, source)| format!("{} {}", place + 1, self.pack.source(*source).short)));
        if parts.is_empty() { Vec::new() } else { vec![parts.join(" · ")] }
    }

    /// The numbered sources, in order.
    pub fn sources(&self) -> &[SourceIdx] {
        &self.sources
    }
}
