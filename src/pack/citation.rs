//! Citations: the class document's passages and background sources.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

/// A background source, as an index into the pack's sources. Only valid for its own pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceIdx(pub u32);

/// The kind of work that a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// Made at the time: documents, minutes, telegrams, laws, broadcasts, memoirs of those present.
    Primary,
    /// By historians, or by institutes, archives and museums that employ them.
    Scholarly,
    /// Encyclopaedias, lexicons, dictionaries.
    Reference,
    /// Newspapers, magazines and broadcasters, writing later.
    Press,
    /// Written for schools.
    Education,
    /// Anybody may have written it; only allowed together with another source.
    Wiki,
}

impl SourceKind {
    /// All kinds, the weightiest first.
    pub const ALL: [SourceKind; 6] = [
        SourceKind::Primary,
        SourceKind::Scholarly,
        SourceKind::Reference,
        SourceKind::Press,
        SourceKind::Education,
        SourceKind::Wiki,
    ];

    /// The word used in `sources.toml`.
    pub fn word(self) -> &'static str {
        match self {
            SourceKind::Primary => "primary",
            SourceKind::Scholarly => "scholarly",
            SourceKind::Reference => "reference",
            SourceKind::Press => "press",
            SourceKind::Education => "education",
            SourceKind::Wiki => "wiki",
        }
    }

    /// Whether a source of this kind may support a statement alone.
    pub fn is_firm(self) -> bool {
        matches!(self, SourceKind::Primary | SourceKind::Scholarly | SourceKind::Reference)
    }
}

/// A passage of the class document: a numbered paragraph or a study question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Passage {
    /// `¶9`
    Paragraph(u8),
    /// `Q1`
    Question(u8),
}

impl fmt::Display for Passage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Passage::Paragraph(number) => write!(f, "¶{number}"),
            Passage::Question(number) => write!(f, "Q{number}"),
        }
    }
}

impl Passage {
    /// Parses `¶9`, `Q1`, and what people type instead of `¶`: `9`, `p9`, `par 9`, `paragraph 9`,
    /// `question 1`. Does not check whether the pack has that passage.
    pub fn parse(text: &str) -> Option<Passage> {
        let text = text.trim().to_lowercase();
        let (question, digits) = match text.trim_end_matches(|c: char| c.is_ascii_digit()) {
            "" | "¶" | "p" | "par" | "paragraph" | "§" | "#" => (false, &text[..]),
            "q" | "question" => (true, &text[..]),
            other => match other.trim_end_matches(['.', ' ', ':']) {
                "¶" | "p" | "par" | "para" | "paragraph" | "no" => (false, &text[..]),
                "q" | "question" | "study question" => (true, &text[..]),
                _ => return None,
            },
        };
        let digits = digits.trim_start_matches(|c: char| !c.is_ascii_digit());
        let number = digits.parse().ok().filter(|&number| number > 0)?;
        Some(if question { Passage::Question(number) } else { Passage::Paragraph(number) })
    }
}

/// A passage of the class document, or a background source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Citation {
    /// The class document: the passage, and which of its claims (counted from 1; `None` for the whole
    /// passage).
    Document {
        /// The paragraph or study question.
        passage: Passage,
        /// Which claim of the passage, counted from 1.
        claim: Option<u8>,
    },
    /// A background source of the pack.
    Background(SourceIdx),
}

impl Citation {
    /// The passage of the class document, if it cites one.
    pub fn passage(self) -> Option<Passage> {
        match self {
            Citation::Document { passage, .. } => Some(passage),
            Citation::Background(_) => None,
        }
    }
}

/// Parses a citation of the class document as in the pack's files: `¶9`, `¶9.3`, `Q1`. `None` if the
/// text has another form (it then names a background source).
pub(super) fn parse_document(text: &str) -> Option<(Passage, Option<u8>)> {
    let (question, rest) = match text.strip_prefix('¶') {
        Some(rest) => (false, rest),
        None => (true, text.strip_prefix('Q').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))?),
    };
    let (number, claim) = match rest.split_once('.') {
        Some((number, claim)) => (number, Some(claim.parse().ok()?)),
        None => (rest, None),
    };
    let number = number.parse().ok()?;
    let passage = if question { Passage::Question(number) } else { Passage::Paragraph(number) };
    Some((passage, claim))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passages_are_read_as_people_write_them() {
        for text in ["9", "¶9", "p9", "P 9", "par. 9", "paragraph 9", " ¶ 9 "] {
            assert_eq!(Passage::parse(text), Some(Passage::Paragraph(9)), "{text:?}");
        }
        for text in ["Q1", "q1", "question 1"] {
            assert_eq!(Passage::parse(text), Some(Passage::Question(1)), "{text:?}");
        }
        for text in ["", "0", "¶", "nine", "-3", "999", "¶9.3", "12x"] {
            assert_eq!(Passage::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn citations_in_a_pack_are_strict() {
        assert_eq!(parse_document("¶9.3"), Some((Passage::Paragraph(9), Some(3))));
        assert_eq!(parse_document("¶9"), Some((Passage::Paragraph(9), None)));
        assert_eq!(parse_document("Q1"), Some((Passage::Question(1), None)));
        for text in ["9", "¶", "¶x", "¶9.", "¶9.x", "Quill", "mti-1023"] {
            assert_eq!(parse_document(text), None, "{text:?}");
        }
    }
}
