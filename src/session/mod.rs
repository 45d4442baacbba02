//! Questions that are never wrong: made from the pack or written by an editor, and judged kindly.
//!
//! A question is rebuilt from its id and a seed, the same to the letter, so that a button has to
//! carry no more than these two; [`question_card`] shows it wherever it is asked. What is wrong to choose is proven not to be right as well: by the
//! calendar where that decides (what came before a thing is none of its effects), and otherwise by
//! leaving out everything the pack's claims, names or links bring near the question. Facts that are
//! disputed or only partly checked are never asked, save by authored questions on where historians
//! differ.
//!
//! Making and judging read the pack and the lookup, keep nothing and know no students; [`recall`] says when
//! to ask a student again.

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

/// How a question is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerFormat {
    Choice {
        /// Two to five answers of at most 80 characters, no two of which read the same.
        choices: Vec<String>,
        /// Which of them is right, counted from 0.
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
    /// What it was made from: at most 60 characters of `[a-z0-9.-]`, stable between versions of the
    /// program as long as the pack's ids are.
    pub id: String,
    /// What was left to chance; id and seed make the same question again.
    pub seed: u64,
    /// What it asks for.
    pub kind: QuestionKind,
    /// How hard it is.
    pub difficulty: Difficulty,
    /// What it is about, the entry to offer after the answer first; never empty.
    pub about: Vec<EntryIdx>,
    /// What is remembered by whoever answers it: at most 60 characters of `[a-z0-9./-]`. Questions
    /// that test the same knowledge share it.
    pub item: String,
    /// The question, perhaps of several lines; all of it is ours.
    pub ask: String,
    /// How it is answered.
    pub form: AnswerFormat,
    /// What is said after every answer, right or wrong; never empty, each sentence cited.
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

    /// The explanation as lines of a card, each with the short names of what it rests on.
    pub fn lines(&self, pack: &Pack) -> Vec<Line> {
        self.explain.iter().map(|claim| Line::new(claim.text.as_str()).citing(format::citations(pack, &claim.cite))).collect()
    }

    /// What the explanation's short names stand for, one work a line, for the foot of a card.
    pub fn sources(&self, pack: &Pack) -> Vec<String> {
        let cite: Vec<Citation> = self.explain.iter().flat_map(|claim| claim.cite.iter().copied()).collect();
        format::explained(pack, &cite)
    }
}

/// The question of that id, made with that seed. `None` for an id that this pack has no question
/// for. For many questions use [`QuestionBank::question`], which reads the pack's texts once.
pub fn question(pack: &Pack, id: &str, seed: u64) -> Option<Question> {
    make(pack, &TextIndex::new(pack), id, seed)
}

/// All questions of a pack. See [`QuestionBank::new`].
pub fn bank(pack: &Pack) -> QuestionBank {
    QuestionBank::new(pack)
}

/// A question to choose an answer to, about one of these events. See [`QuestionBank::of_day`].
pub fn of_day(pack: &Pack, events: &[EntryIdx], seed: u64) -> Option<Question> {
    bank::of_day(pack, &TextIndex::new(pack), events, seed)
}

/// The longest id a question or an item may have.
const LONGEST_ID: usize = 60;

/// Makes the question of that id.
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

/// One question while it is made.
struct Maker<'a> {
    pack: &'a Pack,
    text_index: &'a TextIndex,
    kind: QuestionKind,
    /// What the id says after the kind.
    subject: &'a str,
    rng: fastrand::Rng,
}

/// What a maker comes to.
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

    /// An item of its own for what is remembered of the question's subject.
    fn item(&self) -> String {
        format!("{}/{}", self.kind.tests(), self.subject)
    }
}

/// The difficulty of a generated question: what much hangs on is known sooner.
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

/// What an entry's header says, as a sentence with what it rests on.
fn header(pack: &Pack, idx: EntryIdx) -> Claim {
    let entry = pack.entry(idx);
    let said = match (entry.when(), &entry.gist) {
        (Some(when), _) => format::moment(when, pack),
        (None, Some(gist)) => gist.text.trim_end_matches('.').to_owned(),
        (None, None) => format::kind(entry.kind).to_owned(),
    };
    let named = if entry.when().is_some() { format!("“{}”", entry.name) } else { entry.name.clone() };
    Claim { id: None, text: format!("{named}: {said}."), cite: entry.cite.clone() }
}

/// The claim to say after an answer: the first that names `named`, or the first of all.
fn telling(pack: &Pack, text_index: &TextIndex, idx: EntryIdx, named: Option<EntryIdx>) -> Option<Claim> {
    let claims = &pack.entry(idx).claims;
    let naming = named.and_then(|named| claims.iter().find(|claim| text_index.names_in(named, &claim.text)));
    naming.or_else(|| claims.first()).cloned()
}
