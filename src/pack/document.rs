//! The class document: what its paragraphs and questions are about, not their words.

use super::problem::{File, Report};
use super::types::{Document, Paragraph, StudyQuestion};
use super::written_pack::PackFile;

/// Checks that the paragraphs are numbered without gaps.
pub(super) fn document(written: &PackFile, file: &File<'_>, report: &mut Report) -> Document {
    let document = &written.document;
    for (index, paragraph) in document.paragraphs.iter().enumerate() {
        if usize::from(*paragraph.number.value()) != index + 1 {
            let wrong = format!("paragraph {} stands where paragraph {} is due", paragraph.number.value(), index + 1);
            report.at(file, paragraph.number.span(), wrong, "Number the paragraphs from 1 without a gap".to_owned());
        }
    }
    Document {
        title: document.title.clone(),
        paragraphs: document
            .paragraphs
            .iter()
            .map(|paragraph| Paragraph {
                number: *paragraph.number.value(),
                section: paragraph.section.clone(),
                about: paragraph.about.clone(),
                claims: paragraph.claims,
            })
            .collect(),
        questions: document
            .questions
            .iter()
            .map(|question| StudyQuestion { number: question.number, after: question.after, about: question.about.clone() })
            .collect(),
    }
}
