//! Quiz questions whose answers are never ambiguous: generated from the pack or written by an editor,
//! and judged tolerantly.
//!
//! A question is regenerated from its id and a seed, exactly the same each time, so a button only has to
//! contain these two; [`question_card`] shows it. The wrong choices are certainly wrong. Where the
//! calendar decides (what came before an event is not its effect), it proves that; otherwise everything
//! that the pack's claims, names or links connect with the question is left out. Disputed or only partly
//! checked facts are never asked, except by authored questions about disputes.
//!
//! Generating and judging depend only on the pack and the lookup, and know nothing of students;
//! [`recall`] decides when to ask a student again.

mod asking;
mod authored;
mod bank;
mod candidates;
mod chance;
mod dates;
mod document;
mod judge;
mod links;
mod meanings;
pub mod question_card;
pub mod recall;
pub mod round;
mod text_index;

use crate::card::{Line, format};
use crate::model::Difficulty;
use crate::pack::{Accepted, Citation, Claim, EntryIdx, Pack};

pub use asking::QuestionKind;
pub use bank::{Filter, QuestionBank, Questions};
pub use candidates::QuestionSummary;
pub use judge::{GivenAnswer, Judgement, judge};

use text_index::TextIndex;

/// The form of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerFormat {
    Choice {
        /// Two to five choices of at most 80 characters, all different.
        choices: Vec<String>,
        /// The index of the right choice.
        right: usize,
    },
    /// By typing a name or a date.
    Typed {
        /// The right answer as it is shown.
        shown: String,
        /// What counts as right; never empty.
        accept: Vec<Accepted>,
    },
}

/// A question with its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Its id: at most 60 characters of `[a-z0-9.-]`, stable across versions of the program as long as
    /// the pack's ids are.
    pub id: String,
    /// The seed of its random parts; id and seed give the same question again.
    pub seed: u64,
    /// What it asks for.
    pub kind: QuestionKind,
    /// How hard it is.
    pub difficulty: Difficulty,
    /// The entries that it is about, the one to offer after the answer first; never empty.
    pub about: Vec<EntryIdx>,
    /// The item that it tests: at most 60 characters of `[a-z0-9./-]`. Questions that test the same
    /// knowledge share it.
    pub item: String,
    /// The question in our own words, possibly on several lines.
    pub ask: String,
    /// The form of its answer.
    pub form: AnswerFormat,
    /// The explanation after every answer; never empty, each sentence cited.
    pub explain: Vec<Claim>,
}

impl Question {
    /// The right answer as it is shown.
    pub fn answer(&self) -> &str {
        match &self.form {
            AnswerFormat::Choice { choices, right } => choices.get(*right).map_or("", String::as_str),
            AnswerFormat::Typed { shown, .. } => shown,
        }
    }

    /// The explanation as lines of a card, each with the short names of its citations.
    pub fn lines(&self, pack: &Pack) -> Vec<Line> {
        self.explain.iter().map(|claim| Line::new(claim.text.as_str()).citing(format::citations(pack, &claim.cite))).collect()
    }

    /// The full titles of the explanation's citations, one work per line, for the foot of a card.
    pub fn sources(&self, pack: &Pack) -> Vec<String> {
        let cite: Vec<Citation> = self.explain.iter().flat_map(|claim| claim.cite.iter().copied()).collect();
        format::explained(pack, &cite)
    }
}

/// The question with that id and seed; `None` if the pack has no such question. For many questions use
/// [`QuestionBank::question`], which indexes the pack's texts only once.
pub fn question(pack: &Pack, id: &str, seed: u64) -> Option<Question> {
    make(pack, &TextIndex::new(pack), id, seed)
}

/// All questions of a pack. See [`QuestionBank::new`].
pub fn bank(pack: &Pack) -> QuestionBank {
    QuestionBank::new(pack)
}

/// A multiple-choice question about one of these events. See [`QuestionBank::of_day`].
pub fn of_day(pack: &Pack, events: &[EntryIdx], seed: u64) -> Option<Question> {
    bank::of_day(pack, &TextIndex::new(pack), events, seed)
}

/// The maximum length of an id of a question or an item.
const LONGEST_ID: usize = 60;

/// Generates the question with that id.
fn make(pack: &Pack, text_index: &TextIndex, id: &str, seed: u64) -> Option<Question> {
    if id.len() > LONGEST_ID {
        return None;
    }
    let (kind, subject) = asking::read(id)?;
    let mut maker = Maker::new(pack, text_index, (kind, subject), chance::seeded(id, seed));
    let made = match kind {
        QuestionKind::Date => maker.date(),
        QuestionKind::DateTyped => maker.date_typed(),
        QuestionKind::EventOn => maker.event_on(),
        QuestionKind::Order => maker.order(),
        QuestionKind::First => maker.first(),
        QuestionKind::Who => maker.who(),
        QuestionKind::Place => maker.place(),
        QuestionKind::Effect => maker.effect(),
        QuestionKind::Cause => maker.cause(),
        QuestionKind::Person | QuestionKind::Term | QuestionKind::Group => maker.named_by_gist(),
        QuestionKind::PersonTyped | QuestionKind::TermTyped => maker.typed_by_gist(),
        QuestionKind::Role | QuestionKind::Meaning | QuestionKind::Body => maker.gist_of_name(),
        QuestionKind::TrueGist => maker.true_gist(),
        QuestionKind::Paragraph => maker.paragraph(),
        QuestionKind::Holds => maker.holds(),
        QuestionKind::Authored => maker.authored(),
    }?;
    Some(Question {
        id: id.to_owned(),
        seed,
        kind,
        difficulty: made.difficulty,
        about: made.about,
        item: made.item,
        ask: made.ask,
        form: made.form,
        explain: made.explain,
    })
}

/// The state of generating one question.
struct Maker<'a> {
    pack: &'a Pack,
    text_index: &'a TextIndex,
    kind: QuestionKind,
    /// The part of the id after the kind.
    subject: &'a str,
    rng: fastrand::Rng,
}

/// A generated question without its id and seed.
struct DraftQuestion {
    difficulty: Difficulty,
    about: Vec<EntryIdx>,
    item: String,
    ask: String,
    form: AnswerFormat,
    explain: Vec<Claim>,
}

impl<'a> Maker<'a> {
    fn new(pack: &'a Pack, text_index: &'a TextIndex, (kind, subject): (QuestionKind, &'a str), rng: fastrand::Rng) -> Maker<'a> {
        Maker { pack, text_index, kind, subject, rng }
    }

    fn difficulty(&self, about: EntryIdx) -> Difficulty {
        difficulty(self.kind, self.pack.entry(about).importance)
    }

    /// A new item for knowledge about the question's subject.
    fn item(&self) -> String {
        format!("{}/{}", self.kind.tests(), self.subject)
    }
}

/// The difficulty of a generated question: important topics are easier.
fn difficulty(kind: QuestionKind, importance: u16) -> Difficulty {
    match kind.effort() {
        1 if importance >= 3 => Difficulty::Easy,
        2 if importance >= 8 => Difficulty::Easy,
        2 if importance >= 2 => Difficulty::Middle,
        1 => Difficulty::Middle,
        3 if importance >= 8 => Difficulty::Middle,
        _ => Difficulty::Hard,
    }
}

/// An entry's date and places, as a sentence with its citations.
fn header(pack: &Pack, idx: EntryIdx) -> Claim {
    let entry = pack.entry(idx);
    let said = match (entry.when(), &entry.gist) {
        (Some(when), _) => format::moment(when, pack),
        (None, Some(gist)) => gist.text.trim_end_matches('.').to_owned(),
        (None, None) => format::kind(entry.kind).to_owned(),
    };
    let named = if entry.when().is_some() { format::quoted(&entry.name) } else { entry.name.clone() };
    Claim { id: None, text: format!("{named}: {said}."), cite: entry.cite.clone() }
}

/// The claim for the explanation: the first that names `named`, else the first of all.
fn telling(pack: &Pack, text_index: &TextIndex, idx: EntryIdx, named: Option<EntryIdx>) -> Option<Claim> {
    let claims = &pack.entry(idx).claims;
    let naming = named.and_then(|named| claims.iter().find(|claim| text_index.names_in(named, &claim.text)));
    naming.or_else(|| claims.first()).cloned()
}
