//! Questions and discussions that editors wrote, and their validation.

use super::checker::{Checker, at_most, check_kebab, limits};
use super::citation::Citation;
use super::claim::{Claim, Confidence, EntryIdx, Kind};
use super::draft::Drafts;
use super::moment::Moment;
use super::plain::plain;
use super::problem::{File, Report};
use super::written::{Located, LocatedText, WrittenClaim};
use super::written_questions::{WrittenAsking, WrittenAuthored, WrittenDiscussion, WrittenSkill};

/// What a right typed answer must name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// An entry, by any of its names.
    Entry(EntryIdx),
    /// A date, in any common form.
    Date(Moment),
}

/// The form of an authored question, with its right and wrong answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthoredForm {
    /// One right choice among two to four wrong ones, each at most 80 characters.
    Choice { right: String, wrong: Vec<String> },
    /// Whether the statement is true.
    TrueFalse(bool),
    /// Three to five events, the earliest first; each ends before the next begins.
    Order(Vec<EntryIdx>),
    /// A name or a date to type.
    Typed {
        /// The right answer as it is shown.
        shown: String,
        /// What counts as right; never empty.
        accept: Vec<Accepted>,
    },
}

/// A question with its answer, written by an editor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authored {
    /// Kebab-case, unique among the authored questions.
    pub id: String,
    /// 1 easy, 2 middle, 3 hard.
    pub difficulty: u8,
    /// The question; for true-or-false questions, the statement.
    pub ask: String,
    /// What it is about, the entry to offer first; never empty.
    pub about: Vec<EntryIdx>,
    /// The claims that it tests: the entry, and the claim's id; never empty.
    pub tests: Vec<(EntryIdx, String)>,
    /// What it asks for.
    pub form: AuthoredForm,
    /// The explanation after every answer; never empty.
    pub explain: Vec<Claim>,
    /// Whether it asks about something that is disputed.
    pub differ: bool,
}

/// The skill that a discussion trains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Skill {
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutlinePoint {
    /// The point, in a few words.
    pub point: String,
    /// The supporting sentences; never empty.
    pub evidence: Vec<Claim>,
}

/// An essay or source question with its hints and outline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discussion {
    /// Kebab-case, unique among the discussions.
    pub id: String,
    /// At most 90 characters; it becomes a thread's name.
    pub title: String,
    /// The question as an exam asks it.
    pub ask: String,
    pub skill: Skill,
    /// Passages of the class document it belongs to.
    pub on: Vec<Citation>,
    /// What it is about.
    pub about: Vec<EntryIdx>,
    /// Terms that a good answer uses.
    pub terms: Vec<EntryIdx>,
    /// Entries to look up.
    pub evidence: Vec<EntryIdx>,
    /// Three to six hints that state no facts.
    pub hints: Vec<String>,
    /// Three to seven points of a model answer.
    pub outline: Vec<OutlinePoint>,
    /// A possible conclusion of a good answer.
    pub judgement: String,
    /// What the class document leaves out or simplifies about this.
    pub simplifies: Vec<Claim>,
}

/// Checks the editors' questions and discussions. Reports and leaves out invalid ones.
pub(super) fn check(checker: &Checker<'_>, drafts: &Drafts<'_>, report: &mut Report) -> (Vec<Authored>, Vec<Discussion>) {
    let mut check = FileCheck { checker, file: &drafts.files[7], report };
    check.ids(drafts.questions.iter().map(|question| &question.id));
    let questions = drafts.questions.iter().filter_map(|question| check.question(question)).collect();
    let mut check = FileCheck { checker, file: &drafts.files[8], report };
    check.ids(drafts.discussions.iter().map(|discussion| &discussion.id));
    let discussions = drafts.discussions.iter().map(|discussion| check.discussion(discussion)).collect();
    (questions, discussions)
}

/// The state of checking one of the two files.
struct FileCheck<'a, 'b> {
    checker: &'a Checker<'b>,
    file: &'a File<'a>,
    report: &'a mut Report,
}

impl FileCheck<'_, '_> {
    fn refuse(&mut self, span: std::ops::Range<usize>, wrong: impl Into<String>, right: impl Into<String>) {
        self.report.at(self.file, span, wrong.into(), right.into());
    }

    fn ids<'t>(&mut self, ids: impl Iterator<Item = &'t LocatedText>) {
        let mut seen: Vec<&str> = Vec::new();
        for id in ids {
            check_kebab(id, self.file, self.report);
            at_most(id, limits::ASKED_ID, "id", self.file, self.report);
            if seen.contains(&id.value().as_str()) {
                let wrong = format!("there is another one with the id \"{}\"", id.value());
                self.refuse(id.span(), wrong, "Every id stands once in its file");
            }
            seen.push(id.value());
        }
    }

    fn length(&mut self, text: &LocatedText, most: usize, what: &str) -> String {
        at_most(text, most, what, self.file, self.report);
        text.value().clone()
    }

    fn claims(&mut self, claims: &[WrittenClaim]) -> Vec<Claim> {
        let mut made = Vec::new();
        for claim in claims {
            made.push(Claim {
                id: claim.id.as_ref().map(|id| id.value().clone()),
                text: self.length(&claim.text, limits::SENTENCE, "sentence"),
                cite: self.checker.citations(&claim.cite, self.file, self.report),
            });
        }
        made
    }

    fn some_claims(&mut self, claims: &Located<Vec<WrittenClaim>>) -> Vec<Claim> {
        if claims.value().is_empty() {
            self.refuse(claims.span(), "nothing is said here", "Give at least one sentence with its citation");
        }
        self.claims(claims.value())
    }

    /// The entry with a full id.
    fn entry(&mut self, id: &LocatedText) -> Option<EntryIdx> {
        let found = self.checker.pack.find(id.value());
        if found.is_none() {
            let right = self.checker.nearest_entry(id.value());
            self.refuse(id.span(), format!("there is no entry \"{}\"", id.value()), right);
        }
        found
    }

    fn entries(&mut self, ids: &[LocatedText]) -> Vec<EntryIdx> {
        ids.iter().filter_map(|id| self.entry(id)).collect()
    }

    fn question(&mut self, written: &WrittenAuthored) -> Option<Authored> {
        let ask = self.length(&written.ask, limits::ASK, "question");
        if !(1..=3).contains(written.difficulty.value()) {
            self.refuse(written.difficulty.span(), "there is no such difficulty", "Write 1 (easy), 2 (middle) or 3 (hard)");
        }
        let about = self.entries(written.about.value());
        if written.about.value().is_empty() {
            self.refuse(written.about.span(), "this question is about nothing", "Name at least one entry");
        }
        let tests = self.tests(written);
        let explain = self.some_claims(&written.explain);
        let form = match written.kind {
            WrittenAsking::Choice => self.choice(written),
            WrittenAsking::TrueFalse => self.true_false(written),
            WrittenAsking::Order => self.order(written),
            WrittenAsking::Typed => self.typed(written),
        };
        self.only_what_belongs(written);
        Some(Authored {
            id: written.id.value().clone(),
            difficulty: *written.difficulty.value(),
            ask,
            about,
            tests,
            form: form?,
            explain,
            differ: written.differ,
        })
    }

    /// The claims that a question tests. Their entries must be allowed in quizzes, unless the dispute is
    /// the topic.
    fn tests(&mut self, written: &WrittenAuthored) -> Vec<(EntryIdx, String)> {
        if written.tests.value().is_empty() {
            self.refuse(written.tests.span(), "this question tests no claim", "Write entry-id#claim-id");
        }
        let mut tests = Vec::new();
        for text in written.tests.value() {
            let Some((id, claim)) = text.value().split_once('#') else {
                self.refuse(text.span(), format!("\"{}\" names no claim", text.value()), "Write entry-id#claim-id");
                continue;
            };
            let Some(idx) = self.checker.pack.find(id) else {
                let right = self.checker.nearest_entry(id);
                self.refuse(text.span(), format!("there is no entry \"{id}\""), right);
                continue;
            };
            let entry = self.checker.pack.entry(idx);
            if !entry.claims.iter().any(|known| known.id.as_deref() == Some(claim)) {
                let known: Vec<&str> = entry.claims.iter().filter_map(|claim| claim.id.as_deref()).collect();
                let right = match known.as_slice() {
                    [] => format!("Give the claim of {id} an id first"),
                    known => format!("Its claims with an id are {}", known.join(", ")),
                };
                self.refuse(text.span(), format!("{id} has no claim \"{claim}\""), right);
                continue;
            }
            self.quizzable(idx, text, written.differ);
            tests.push((idx, claim.to_owned()));
        }
        tests
    }

    fn quizzable(&mut self, idx: EntryIdx, text: &LocatedText, differ: bool) {
        let entry = self.checker.pack.entry(idx);
        let why = match entry.confidence {
            _ if differ => return,
            Confidence::Partly => "was only partly checked",
            Confidence::Verified if entry.is_disputed() => "is disputed",
            Confidence::Verified => return,
        };
        let wrong = format!("{} {why}, and such facts are not quizzed", entry.id);
        self.refuse(text.span(), wrong, "Test another claim, or make the dispute the topic and write differ = true");
    }

    fn right<'w>(&mut self, written: &'w WrittenAuthored) -> Option<&'w LocatedText> {
        if written.right.is_none() {
            self.refuse(written.ask.span(), "this question has no right answer", "Add right = …");
        }
        written.right.as_ref()
    }

    fn choice(&mut self, written: &WrittenAuthored) -> Option<AuthoredForm> {
        let right = self.right(written)?;
        if !(2..=4).contains(&written.wrong.len()) {
            let wrong = format!("this question has {} wrong answers", written.wrong.len());
            self.refuse(written.ask.span(), wrong, "Give two to four in wrong = […]");
        }
        let mut seen: Vec<String> = Vec::new();
        for answer in std::iter::once(right).chain(&written.wrong) {
            at_most(answer, limits::ANSWER, "answer", self.file, self.report);
            let key = plain(answer.value());
            if seen.contains(&key) {
                let wrong = format!("the answer \"{}\" stands here twice", answer.value());
                self.refuse(answer.span(), wrong, "No two answers may read the same, accents and case aside");
            }
            seen.push(key);
        }
        let wrong = written.wrong.iter().map(|text| text.value().clone()).collect();
        Some(AuthoredForm::Choice { right: right.value().clone(), wrong })
    }

    fn true_false(&mut self, written: &WrittenAuthored) -> Option<AuthoredForm> {
        let right = self.right(written)?;
        match right.value().as_str() {
            "true" => Some(AuthoredForm::TrueFalse(true)),
            "false" => Some(AuthoredForm::TrueFalse(false)),
            other => {
                self.refuse(right.span(), format!("\"{other}\" is neither true nor false"), "Write \"true\" or \"false\"");
                None
            }
        }
    }

    fn order(&mut self, written: &WrittenAuthored) -> Option<AuthoredForm> {
        if !(3..=5).contains(&written.order.len()) {
            let wrong = format!("{} events are to be put in order", written.order.len());
            self.refuse(written.ask.span(), wrong, "Name three to five in order = […]");
        }
        let mut events: Vec<EntryIdx> = Vec::new();
        for text in &written.order {
            let Some(idx) = self.entry(text) else { continue };
            let Some(when) = self.checker.pack.entry(idx).when() else {
                self.refuse(text.span(), format!("{} is no event", text.value()), "Only events are put in order");
                continue;
            };
            self.quizzable(idx, text, written.differ);
            let before = events.last().and_then(|before| self.checker.pack.entry(*before).when());
            if before.is_some_and(|before| !before.is_before(when)) {
                let wrong = format!("{} is not surely later than the one before it", text.value());
                self.refuse(text.span(), wrong, "Each event must be over before the next begins");
            }
            events.push(idx);
        }
        Some(AuthoredForm::Order(events))
    }

    fn typed(&mut self, written: &WrittenAuthored) -> Option<AuthoredForm> {
        let right = self.right(written)?;
        if written.accept.is_empty() {
            self.refuse(written.ask.span(), "nothing that is typed counts as right", "Add accept = [\"person/…\"] or a date");
        }
        let mut accept = Vec::new();
        for text in &written.accept {
            match text.value().parse::<Moment>() {
                Ok(moment) => accept.push(Accepted::Date(moment)),
                Err(_) => accept.extend(self.entry(text).map(Accepted::Entry)),
            }
        }
        Some(AuthoredForm::Typed { shown: self.length(right, limits::ANSWER, "answer"), accept })
    }

    /// Refuses fields that do not belong to questions of this form.
    fn only_what_belongs(&mut self, written: &WrittenAuthored) {
        let kind = written.kind;
        let strays = [
            (written.wrong.first(), "wrong", kind == WrittenAsking::Choice),
            (written.accept.first(), "accept", kind == WrittenAsking::Typed),
            (written.order.first(), "order", kind == WrittenAsking::Order),
            (written.right.as_ref(), "right", kind != WrittenAsking::Order),
        ];
        for (field, name, belongs) in strays {
            if let (Some(text), false) = (field, belongs) {
                self.refuse(text.span(), format!("a question of this kind has no `{name}`"), "Take it out, or change `kind`");
            }
        }
    }

    fn discussion(&mut self, written: &WrittenDiscussion) -> Discussion {
        let (hints, outline) = (written.hints.value(), written.outline.value());
        if !(3..=6).contains(&hints.len()) {
            self.refuse(written.hints.span(), format!("there are {} hints", hints.len()), "Give three to six");
        }
        if !(3..=7).contains(&outline.len()) {
            self.refuse(written.outline.span(), format!("the outline has {} points", outline.len()), "Give three to seven");
        }
        for term in &written.terms {
            if self.checker.pack.find(term.value()).is_some_and(|idx| self.checker.pack.entry(idx).kind != Kind::Term) {
                self.refuse(term.span(), format!("{} is no term", term.value()), "Other entries go under evidence");
            }
        }
        let mut on = Vec::new();
        for passage in &written.on {
            let citation = self.checker.citation(passage, self.file, self.report);
            if citation.is_some_and(|citation| citation.passage().is_none()) {
                self.refuse(passage.span(), "this is no passage of the class document", "Write \"Q1\" or \"¶9\"");
            }
            on.extend(citation);
        }
        Discussion {
            id: written.id.value().clone(),
            title: self.length(&written.title, limits::TITLE, "title"),
            ask: self.length(&written.ask, limits::ASK, "question"),
            skill: skill(written.skill),
            on,
            about: self.entries(&written.about),
            terms: self.entries(&written.terms),
            evidence: self.entries(&written.evidence),
            hints: hints.iter().map(|hint| self.length(hint, limits::ASK, "hint")).collect(),
            outline: outline
                .iter()
                .map(|point| OutlinePoint {
                    point: self.length(&point.point, limits::GIST, "point"),
                    evidence: self.some_claims(&point.evidence),
                })
                .collect(),
            judgement: self.length(&written.judgement, limits::SENTENCE, "judgement"),
            simplifies: self.claims(&written.simplifies),
        }
    }
}

fn skill(written: WrittenSkill) -> Skill {
    match written {
        WrittenSkill::Causes => Skill::Causes,
        WrittenSkill::Consequences => Skill::Consequences,
        WrittenSkill::Significance => Skill::Significance,
        WrittenSkill::Change => Skill::Change,
        WrittenSkill::Sources => Skill::Sources,
        WrittenSkill::WhatIf => Skill::WhatIf,
    }
}
