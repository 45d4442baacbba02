//! Turning points that editors wrote, and their validation.

use super::checker::{Checker, at_most, check_kebab, limits};
use super::claim::{Claim, EntryIdx};
use super::draft::Drafts;
use super::plain::plain;
use super::problem::{File, Report};
use super::written::LocatedText;
use super::written_replay::WrittenTurning;

/// An option of those who decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// A few words for a button, at most 80 characters.
    pub label: String,
    /// What to consider about it; states no facts.
    pub consider: String,
}

/// A moment at which history could have taken another course.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurningPoint {
    /// Kebab-case, unique among the turning points, at most 40 characters.
    pub id: String,
    /// A few words that do not reveal the outcome.
    pub title: String,
    /// The event before which it is asked.
    pub before: EntryIdx,
    /// The event that shows the outcome: the same, or a later one.
    pub reveal: EntryIdx,
    pub who: String,
    /// What they could know at the time; never empty.
    pub known: Vec<Claim>,
    /// The question to those who decide.
    pub ask: String,
    /// Two to four options.
    pub ways: Vec<Way>,
}

/// Checks the turning points. Returns them in the order in which they are asked.
pub(super) fn check(checker: &Checker<'_>, drafts: &Drafts<'_>, report: &mut Report) -> Vec<TurningPoint> {
    let mut check = TurningCheck { checker, file: &drafts.files[9], report };
    let mut points: Vec<TurningPoint> = Vec::new();
    for written in &drafts.turnings {
        let Some(point) = check.turning(written) else { continue };
        if points.iter().any(|other| other.id == point.id) {
            let wrong = format!("there is another turning point with the id \"{}\"", point.id);
            check.refuse(&written.id, wrong, "Every id stands once in its file");
        }
        if points.iter().any(|other| other.before == point.before) {
            let wrong = format!("another turning point is asked before {}", written.before.value());
            check.refuse(&written.before, wrong, "Ask one question at a time");
        }
        points.push(point);
    }
    // Events are numbered by time.
    points.sort_by_key(|point| point.before);
    points
}

/// The state of checking the file.
struct TurningCheck<'a, 'b> {
    checker: &'a Checker<'b>,
    file: &'a File<'a>,
    report: &'a mut Report,
}

impl TurningCheck<'_, '_> {
    fn refuse(&mut self, at: &LocatedText, wrong: impl Into<String>, right: impl Into<String>) {
        self.report.at(self.file, at.span(), wrong.into(), right.into());
    }

    fn length(&mut self, text: &LocatedText, most: usize, what: &str) -> String {
        at_most(text, most, what, self.file, self.report);
        text.value().clone()
    }

    /// An event of which at least the day is known.
    fn event(&mut self, id: &LocatedText) -> Option<EntryIdx> {
        let Some(idx) = self.checker.pack.find(id.value()) else {
            let right = self.checker.nearest_entry(id.value());
            self.refuse(id, format!("there is no entry \"{}\"", id.value()), right);
            return None;
        };
        if self.checker.pack.entry(idx).when().is_none_or(|when| when.day().is_none()) {
            self.refuse(id, format!("{} has no day", id.value()), "Name an event whose day is known");
            return None;
        }
        Some(idx)
    }

    fn turning(&mut self, written: &WrittenTurning) -> Option<TurningPoint> {
        check_kebab(&written.id, self.file, self.report);
        let id = self.length(&written.id, limits::ASKED_ID, "id");
        let title = self.length(&written.title, limits::TITLE, "title");
        let who = self.length(&written.who, limits::GIST, "description of who decides");
        let ask = self.length(&written.ask, limits::ASK, "question");
        let known = self.known(written);
        let ways = self.ways(written);
        let (before, reveal) = (self.event(&written.before), self.event(&written.reveal));
        let (before, reveal) = (before?, reveal?);
        if reveal < before {
            let wrong = format!("{} comes before {}", written.reveal.value(), written.before.value());
            self.refuse(&written.reveal, wrong, "What answers a question happens after it was asked");
        }
        Some(TurningPoint { id, title, before, reveal, who, known, ask, ways })
    }

    fn known(&mut self, written: &WrittenTurning) -> Vec<Claim> {
        let known = written.known.value();
        if known.is_empty() {
            let right = "Say in at least one cited sentence what they could know".to_owned();
            self.report.at(self.file, written.known.span(), "those who decide know nothing here".to_owned(), right);
        }
        let claim = |claim: &super::written::WrittenClaim| Claim {
            id: None,
            text: self.length(&claim.text, limits::SENTENCE, "sentence"),
            cite: self.checker.citations(&claim.cite, self.file, self.report),
        };
        known.iter().map(claim).collect()
    }

    fn ways(&mut self, written: &WrittenTurning) -> Vec<Way> {
        let options = written.options.value();
        if !(2..=4).contains(&options.len()) {
            let wrong = format!("there are {} options", options.len());
            self.report.at(self.file, written.options.span(), wrong, "Give two to four".to_owned());
        }
        let mut ways: Vec<Way> = Vec::new();
        for option in options {
            let label = self.length(&option.label, limits::ANSWER, "option");
            if ways.iter().any(|way| plain(&way.label) == plain(&label)) {
                self.refuse(&option.label, format!("the option \"{label}\" stands here twice"), "No two may read the same");
            }
            ways.push(Way { label, consider: self.length(&option.consider, limits::ASK, "consideration") });
        }
        ways
    }
}
