//! Answers that editors wrote to common questions, and their validation.

use std::collections::HashMap;

use super::checker::{Checker, at_most, check_kebab, limits};
use super::claim::{Claim, Dispute, EntryIdx};
use super::draft::Drafts;
use super::plain::plain;
use super::problem::{File, Report};
use super::questions::Discussion;
use super::written::LocatedText;
use super::written_answers::{WrittenAnswer, WrittenAnswerPoint, WrittenSynonym};

/// One point of an answer that is a list or a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerPoint {
    /// The point's heading, at most 60 characters.
    pub heading: Option<String>,
    /// The point itself, cited.
    pub claim: Claim,
}

/// A question that people ask, with its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthoredAnswer {
    /// Kebab-case, unique among the answers.
    pub id: String,
    /// Three to ten ways of asking, none of which another answer has.
    pub asks: Vec<String>,
    /// One to three sentences; the first answers by itself.
    pub answer: Vec<Claim>,
    /// A list or a table that belongs to the answer; at most 16 points.
    pub points: Vec<AnswerPoint>,
    /// The entries to open, the most relevant first; at most five.
    pub open: Vec<EntryIdx>,
    /// The discussion in which to write about it, as an index into
    /// [`Pack::discussions`](super::Pack::discussions).
    pub discuss: Option<usize>,
    /// Where sources disagree about it.
    pub disputes: Vec<Dispute>,
}

/// Words that mean the same in a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synonyms {
    /// Words or short phrases that mean the same; at least one.
    pub words: Vec<String>,
    /// Narrower words that also match `words`.
    pub covers: Vec<String>,
    /// Whether the words are names, so that a question about one is not about another.
    pub names: bool,
}

/// The number of ways of asking that an answer must have.
const ASKS: std::ops::RangeInclusive<usize> = 3..=10;
/// The number of sentences that an answer may have.
const SENTENCES: std::ops::RangeInclusive<usize> = 1..=3;
const POINTS: usize = 16;
const OPEN: usize = 5;

/// Checks the answers of all files. Reports and leaves out what cannot be resolved.
pub(super) fn check(
    checker: &Checker<'_>,
    drafts: &Drafts<'_>,
    discussions: &[Discussion],
    report: &mut Report,
) -> Vec<AuthoredAnswer> {
    let mut ids: Vec<&str> = Vec::new();
    let mut asked: HashMap<String, &str> = HashMap::new();
    let mut answers = Vec::new();
    for (file, written) in &drafts.answers {
        let mut one = AnswerCheck { checker, file, discussions, report };
        for answer in written {
            let id = answer.id.value().as_str();
            if ids.contains(&id) {
                one.refuse(&answer.id, format!("there is another answer with the id \"{id}\""), "Every id stands once");
            }
            ids.push(id);
            for ask in answer.ask.value() {
                if let Some(other) = asked.insert(plain(ask.value()), id) {
                    let wrong = format!("\"{}\" is also a way of asking \"{other}\"", ask.value());
                    one.refuse(ask, wrong, "Ask each question of one answer only");
                }
            }
            answers.push(one.answer(answer));
        }
    }
    answers
}

/// Checks the groups of synonyms.
pub(super) fn check_synonyms(written: &[WrittenSynonym], file: &File<'_>, report: &mut Report) -> Vec<Synonyms> {
    let mut groups = Vec::new();
    for group in written {
        if group.words.value().len() + group.covers.len() < 2 || group.words.value().is_empty() {
            let wrong = "this group has nothing to compare".to_owned();
            report.at(file, group.words.span(), wrong, "Give at least two words, one of them in `words`".to_owned());
        }
        for word in group.words.value().iter().chain(&group.covers) {
            at_most(word, limits::SYNONYM, "word", file, report);
        }
        let texts = |texts: &[LocatedText]| texts.iter().map(|text| text.value().clone()).collect();
        groups.push(Synonyms { words: texts(group.words.value()), covers: texts(&group.covers), names: group.names });
    }
    groups
}

/// The state of checking one file of answers.
struct AnswerCheck<'a, 'b> {
    checker: &'a Checker<'b>,
    file: &'a File<'a>,
    discussions: &'a [Discussion],
    report: &'a mut Report,
}

impl AnswerCheck<'_, '_> {
    fn refuse(&mut self, at: &LocatedText, wrong: impl Into<String>, right: impl Into<String>) {
        self.report.at(self.file, at.span(), wrong.into(), right.into());
    }

    fn length(&mut self, text: &LocatedText, most: usize, what: &str) -> String {
        at_most(text, most, what, self.file, self.report);
        text.value().clone()
    }

    fn answer(&mut self, written: &WrittenAnswer) -> AuthoredAnswer {
        check_kebab(&written.id, self.file, self.report);
        let id = self.length(&written.id, limits::ASKED_ID, "id");
        self.counts(written);
        let claims = written.answer.value().iter();
        let mut sentence = |text: &LocatedText, cite| Claim {
            id: None,
            text: self.length(text, limits::ANSWER_SENTENCE, "sentence"),
            cite: self.checker.citations(cite, self.file, self.report),
        };
        let answer = claims.map(|claim| sentence(&claim.text, &claim.cite)).collect();
        let points = written.points.iter().map(|point| self.point(point)).collect();
        let disputes = written.differ.iter().map(|dispute| Dispute {
            claims: Vec::new(),
            text: dispute.text.clone(),
            cite: self.checker.citations(&dispute.cite, self.file, self.report),
        });
        let disputes = disputes.collect();
        AuthoredAnswer {
            id,
            asks: written.ask.value().iter().map(|ask| self.length(ask, limits::QUESTION, "question")).collect(),
            answer,
            points,
            open: written.open.iter().filter_map(|id| self.entry(id)).collect(),
            discuss: written.discuss.as_ref().and_then(|id| self.discussion(id)),
            disputes,
        }
    }

    fn counts(&mut self, written: &WrittenAnswer) {
        let asks = written.ask.value().len();
        if !ASKS.contains(&asks) {
            let right = format!("Give {} to {}", ASKS.start(), ASKS.end());
            self.report.at(self.file, written.ask.span(), format!("there are {asks} ways of asking"), right);
        }
        let sentences = written.answer.value().len();
        if !SENTENCES.contains(&sentences) {
            let right = format!("Give {} to {}; lists go under points", SENTENCES.start(), SENTENCES.end());
            self.report.at(self.file, written.answer.span(), format!("this answer has {sentences} sentences"), right);
        }
        if written.points.len() > POINTS {
            let wrong = format!("this answer has {} points", written.points.len());
            self.refuse(&written.id, wrong, format!("Give at most {POINTS}"));
        }
        if written.open.len() > OPEN {
            let wrong = format!("this answer opens {} entries", written.open.len());
            self.refuse(&written.id, wrong, format!("Name at most {OPEN}, the most fitting first"));
        }
    }

    fn point(&mut self, written: &WrittenAnswerPoint) -> AnswerPoint {
        AnswerPoint {
            heading: written.heading.as_ref().map(|heading| self.length(heading, limits::HEADING, "heading")),
            claim: Claim {
                id: None,
                text: self.length(&written.text, limits::ANSWER_SENTENCE, "sentence"),
                cite: self.checker.citations(&written.cite, self.file, self.report),
            },
        }
    }

    /// The entry with a full id.
    fn entry(&mut self, id: &LocatedText) -> Option<EntryIdx> {
        let found = self.checker.pack.find(id.value());
        if found.is_none() {
            let right = self.checker.nearest_entry(id.value());
            self.refuse(id, format!("there is no entry \"{}\"", id.value()), right);
        }
        found
    }

    /// The index of a discussion.
    fn discussion(&mut self, id: &LocatedText) -> Option<usize> {
        let found = self.discussions.iter().position(|discussion| discussion.id == *id.value());
        if found.is_none() {
            let wrong = format!("there is no discussion \"{}\"", id.value());
            self.refuse(id, wrong, "Name an id of discussions.toml");
        }
        found
    }
}
