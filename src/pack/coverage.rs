//! Counts the sources of a pack's statements: how many have a firm source, and which have none.

use std::fmt;

use super::citation::Citation;
use super::sources::SourceKind;
use super::types::{Facts, Pack};

/// A statement with its citations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement<'a> {
    /// Its location: `event/1789-07-14-bastille-falls`, `answer/a-dead`, `question/q-gate`, …
    pub place: String,
    /// The sentence, or a text that represents it.
    pub text: &'a str,
    /// Its citations.
    pub cite: &'a [Citation],
}

impl Statement<'_> {
    /// The weightiest kind of its background sources; `None` if it cites only the class document.
    pub fn best(&self, pack: &Pack) -> Option<SourceKind> {
        let kinds = || {
            self.cite.iter().filter_map(|citation| match citation {
                Citation::Background(source) => Some(pack.source(*source).kind),
                Citation::Document { .. } => None,
            })
        };
        SourceKind::ALL.into_iter().find(|kind| kinds().any(|cited| cited == *kind))
    }

    /// Whether it cites the class document, alone or with others.
    pub fn is_from_document(&self) -> bool {
        self.cite.iter().any(|citation| citation.passage().is_some())
    }
}

/// All statements of a pack: claims, gists, notes, disputes, moves, answers and their points,
/// explanations, evidence, the facts at turning points, the almanac.
pub fn statements(pack: &Pack) -> Vec<Statement<'_>> {
    let mut all = Vec::new();
    let mut add = |place: &str, text, cite| all.push(Statement { place: place.to_owned(), text, cite });
    for entry in &pack.entries {
        let place = entry.id.as_str();
        add(place, entry.name.as_str(), entry.cite.as_slice());
        let leads = entry.gist.iter().chain(entry.event().and_then(|facts| facts.mattered.as_ref()));
        for claim in leads.chain(&entry.claims) {
            add(place, &claim.text, &claim.cite);
        }
        for note in &entry.notes {
            add(place, &note.record, &note.cite);
        }
        for dispute in &entry.disputes {
            add(place, &dispute.text, &dispute.cite);
        }
        if let Facts::Event(facts) = &entry.facts {
            for moved in &facts.moves {
                add(place, &moved.who, &moved.cite);
            }
        }
    }
    for answer in &pack.answers {
        let place = format!("answer/{}", answer.id);
        for claim in answer.answer.iter().chain(answer.points.iter().map(|point| &point.claim)) {
            add(&place, &claim.text, &claim.cite);
        }
        for dispute in &answer.disputes {
            add(&place, &dispute.text, &dispute.cite);
        }
    }
    for question in &pack.questions {
        for claim in &question.explain {
            add(&format!("question/{}", question.id), &claim.text, &claim.cite);
        }
    }
    for discussion in &pack.discussions {
        let evidence = discussion.outline.iter().flat_map(|point| &point.evidence);
        for claim in evidence.chain(&discussion.simplifies) {
            add(&format!("discussion/{}", discussion.id), &claim.text, &claim.cite);
        }
    }
    for turning in &pack.turning_points {
        for claim in &turning.known {
            add(&format!("replay/{}", turning.id), &claim.text, &claim.cite);
        }
    }
    for day in &pack.almanac {
        add(&format!("almanac/{}", day.on), &day.said.text, &day.said.cite);
    }
    all
}

/// How a pack's statements are sourced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// How many statements cite only the class document.
    pub document_only: usize,
    /// How many statements have each kind as their weightiest source, in the order of
    /// [`SourceKind::ALL`].
    pub best: [usize; SourceKind::ALL.len()],
    /// Statements that cite only wikis: location and sentence.
    pub wiki_only: Vec<(String, String)>,
    /// Statements with more than three sources besides the class document: location and sentence.
    pub crowded: Vec<(String, String)>,
    /// Ids of sources that nothing cites.
    pub unused: Vec<String>,
}

/// The maximum number of background sources; more show doubt, not care.
const CITATIONS: usize = 3;

impl Coverage {
    /// Counts the sources of a pack's statements.
    pub fn of(pack: &Pack) -> Coverage {
        let mut coverage = Coverage {
            document_only: 0,
            best: [0; SourceKind::ALL.len()],
            wiki_only: Vec::new(),
            crowded: Vec::new(),
            unused: Vec::new(),
        };
        let mut used = vec![false; pack.sources.len()];
        for statement in statements(pack) {
            for citation in statement.cite {
                if let Citation::Background(source) = citation {
                    used[source.0 as usize] = true;
                }
            }
            let said = || (statement.place.clone(), statement.text.to_owned());
            match statement.best(pack) {
                None => coverage.document_only += 1,
                Some(kind) => {
                    coverage.best[SourceKind::ALL.iter().position(|of| *of == kind).unwrap_or_default()] += 1;
                    if kind == SourceKind::Wiki && !statement.is_from_document() {
                        coverage.wiki_only.push(said());
                    }
                }
            }
            let works = statement.cite.iter().filter(|citation| matches!(citation, Citation::Background(_))).count();
            if works > CITATIONS {
                coverage.crowded.push(said());
            }
        }
        let unused = pack.sources.iter().zip(used).filter(|(_, used)| !used);
        coverage.unused = unused.map(|(source, _)| source.id.clone()).collect();
        coverage
    }

    /// The percentage with a primary, scholarly or reference source, of the statements that do not only
    /// cite the class document.
    pub fn firm_percent(&self) -> f64 {
        let firm: usize = SourceKind::ALL.iter().zip(self.best).filter(|(kind, _)| kind.is_firm()).map(|(_, count)| count).sum();
        let all: usize = self.best.iter().sum();
        if all == 0 { 100.0 } else { 100.0 * firm as f64 / all as f64 }
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "statements by their weightiest source")?;
        writeln!(f, "  {:<28}{:>6}", "the class document alone", self.document_only)?;
        for (kind, count) in SourceKind::ALL.iter().zip(self.best) {
            writeln!(f, "  {:<28}{count:>6}", kind.word())?;
        }
        writeln!(f, "primary, scholarly or reference: {:.1} % of those that need a source", self.firm_percent())?;
        writeln!(f, "resting on a wiki alone: {}", self.wiki_only.len())?;
        for (place, text) in &self.wiki_only {
            writeln!(f, "  {place}: {text}")?;
        }
        writeln!(f, "with more than {CITATIONS} sources: {}", self.crowded.len())?;
        for (place, text) in &self.crowded {
            writeln!(f, "  {place}: {text}")?;
        }
        write!(f, "sources that nothing cites: {}", self.unused.len())?;
        if !self.unused.is_empty() {
            write!(f, " ({})", self.unused.join(", "))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::{built_in, load};

    #[test]
    fn every_statement_is_counted_once() {
        let pack = load(&built_in()).unwrap_or_else(|report| panic!("{report}"));
        let coverage = Coverage::of(&pack);
        assert_eq!(coverage.document_only + coverage.best.iter().sum::<usize>(), statements(&pack).len());
        assert!(coverage.to_string().contains("the class document alone"));
    }

    #[test]
    fn a_teacher_accepts_what_the_built_in_pack_rests_on() {
        let pack = load(&built_in()).unwrap_or_else(|report| panic!("{report}"));
        let coverage = Coverage::of(&pack);
        assert!(coverage.wiki_only.is_empty(), "{coverage}");
        assert!(coverage.crowded.is_empty(), "{coverage}");
        assert!(coverage.unused.is_empty(), "{coverage}");
        assert!(coverage.firm_percent() >= 90.0, "{coverage}");
    }
}
