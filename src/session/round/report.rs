//! Reports what a class remembers, from the answers given in it.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::model::Rating;
use crate::session::{Question, QuestionSummary, Questions};
use crate::store::ClassReview;

/// With fewer students, numbers could identify somebody, so nothing is reported.
pub const ENOUGH: usize = 5;

/// How well a class knows one item or theme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemStanding {
    /// The item (see [`Question`]) or the theme.
    pub what: String,
    /// How many students answered; at least [`ENOUGH`].
    pub students: usize,
    /// How many answers there were.
    pub answers: usize,
    /// How many of them were right.
    pub right: usize,
}

impl ItemStanding {
    /// The share of right answers in percent, rounded.
    pub fn percent(&self) -> usize {
        (self.right * 100 + self.answers / 2) / self.answers.max(1)
    }
}

/// The report of a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassReport {
    /// How many students answered anything; 0 if they were fewer than [`ENOUGH`].
    pub students: usize,
    /// How many answers are counted.
    pub answers: usize,
    /// By theme, the weakest first.
    pub themes: Vec<ItemStanding>,
    /// By item, the weakest first.
    pub items: Vec<ItemStanding>,
    /// How many items were answered by too few students.
    pub too_few: usize,
}

/// The rating from which on an answer was right.
const RIGHT: Rating = Rating::Hard;

#[derive(Default)]
struct Count {
    students: HashSet<i64>,
    answers: usize,
    right: usize,
}

impl Count {
    fn add(&mut self, review: &ClassReview) {
        self.students.insert(review.student);
        self.answers += 1;
        self.right += usize::from(review.rating >= RIGHT);
    }
}

/// The report by theme and by item, without anything based on fewer than [`ENOUGH`] students. Leaves out
/// items about which the pack has no questions any more.
pub fn report(reviews: &[ClassReview], questions: Questions<'_>) -> ClassReport {
    let mut known: HashMap<&str, Option<&QuestionSummary>> = HashMap::new();
    let mut everybody = HashSet::new();
    let mut items: BTreeMap<String, Count> = BTreeMap::new();
    let mut themes: BTreeMap<String, Count> = BTreeMap::new();
    let mut counted = 0;
    for review in reviews {
        let listed = known.entry(&review.item).or_insert_with(|| questions.bank.on_item(questions.pack, &review.item).next());
        let Some(listed) = listed else { continue };
        counted += 1;
        everybody.insert(review.student);
        items.entry(review.item.clone()).or_default().add(review);
        for theme in &listed.themes {
            themes.entry(theme.clone()).or_default().add(review);
        }
    }
    let enough = everybody.len() >= ENOUGH;
    let all_items = items.len();
    let items = standings(items);
    ClassReport {
        students: if enough { everybody.len() } else { 0 },
        answers: if enough { counted } else { 0 },
        themes: standings(themes),
        too_few: all_items - items.len(),
        items,
    }
}

/// The results of one student, in all and by theme, the weakest theme first; only for students who
/// agreed to be named. `None` if they answered nothing.
pub fn standing_of(student: i64, reviews: &[ClassReview], questions: Questions<'_>) -> Option<(ItemStanding, Vec<ItemStanding>)> {
    let mut all = Count::default();
    let mut themes: BTreeMap<String, Count> = BTreeMap::new();
    for review in reviews.iter().filter(|review| review.student == student) {
        let Some(listed) = questions.bank.on_item(questions.pack, &review.item).next() else { continue };
        all.add(review);
        for theme in &listed.themes {
            themes.entry(theme.clone()).or_default().add(review);
        }
    }
    let standing = |what: String, count: &Count| ItemStanding { what, students: 1, answers: count.answers, right: count.right };
    let mut by_theme: Vec<ItemStanding> = themes.into_iter().map(|(what, count)| standing(what, &count)).collect();
    by_theme.sort_by_key(|theme| (theme.percent(), std::cmp::Reverse(theme.answers)));
    (all.answers > 0).then(|| (standing(String::new(), &all), by_theme))
}

/// Those with enough students, the weakest first.
fn standings(counts: BTreeMap<String, Count>) -> Vec<ItemStanding> {
    let mut out: Vec<ItemStanding> = counts
        .into_iter()
        .filter(|(_, count)| count.students.len() >= ENOUGH)
        .map(|(what, count)| ItemStanding { what, students: count.students.len(), answers: count.answers, right: count.right })
        .collect();
    // By share, without floats; among equals, the one that more students answered.
    out.sort_by(|a, b| (a.right * b.answers).cmp(&(b.right * a.answers)).then(b.students.cmp(&a.students)));
    out
}

/// A question on an item, preferably multiple-choice; `None` if the pack has none any more.
pub fn example(item: &str, questions: Questions<'_>) -> Option<Question> {
    let all = || questions.bank.on_item(questions.pack, item);
    let listed = all().find(|listed| !listed.is_typed).or_else(|| all().next())?;
    questions.bank.question(questions.pack, &listed.id, 0)
}

/// A report as CSV (RFC 4180, UTF-8): `kind,subject,question,answer,students,answers,right,percent`.
pub fn csv(report: &ClassReport, questions: Questions<'_>) -> Vec<u8> {
    let mut out = csv::Writer::from_writer(Vec::new());
    let rows = report.themes.iter().map(|theme| ("theme", theme)).chain(report.items.iter().map(|item| ("item", item)));
    // Writing to memory cannot fail.
    let _ = out.write_record(["kind", "subject", "question", "answer", "students", "answers", "right", "percent"]);
    for (kind, standing) in rows {
        let question = if kind == "item" { example(&standing.what, questions) } else { None };
        let (ask, answer) =
            question.map_or_else(Default::default, |question| (question.ask.clone(), question.answer().to_owned()));
        let numbers = [standing.students, standing.answers, standing.right, standing.percent()].map(|number| number.to_string());
        let mut record = vec![kind.to_owned(), standing.what.clone(), ask, answer];
        record.extend(numbers);
        let _ = out.write_record(&record);
    }
    out.into_inner().unwrap_or_default()
}
