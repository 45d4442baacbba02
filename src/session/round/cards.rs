//! The cards of a round.

use std::collections::{HashMap, HashSet};

use super::made;
use crate::card::action::Press;
use crate::card::entries::open;
use crate::card::press::{ButtonId, RoundPress};
use crate::card::{Action, Card, Line, Outcome, Section, Text, format};
use crate::model::Taken;
use crate::pack::{Citation, Pack};
use crate::picture;
use crate::session::question_card::{ChoiceControls, Recap, explain, letter, offer, text};
use crate::session::{AnswerFormat, Question, Questions};
use crate::store::{Answered, Round};

/// How many of the hardest questions are shown at the end.
const HARDEST: usize = 3;
/// How many places the podium has.
const PLACES: usize = 3;
/// How much of a question the summary repeats, in characters.
const REPEATED: usize = 160;

/// An open question, with a button for each letter, so that nobody can see a choice over a shoulder.
fn open_question(question: &Question, title: String, press: impl Fn(usize) -> Press) -> Card {
    let card = Card::new(Outcome::Choose, title).section(Section::opening(text(&question.ask)));
    offer(card, question.choices(), ChoiceControls::Letters { heading: "Answers" }, press)
}

/// The current question, and how many have answered it.
pub(super) fn question(round: &Round, question: &Question, answered: u32) -> Card {
    let title = format!("Question {} of {}", round.position + 1, round.planned);
    let press = |idx: usize| {
        let choice = u8::try_from(idx).unwrap_or(u8::MAX);
        RoundPress::Answer { round: round.id, position: round.position, choice }.press()
    };
    let mut card = open_question(question, title, press);
    card.subtitle = Some(format!("{} seconds; only you see your answer", round.seconds));
    let count = match answered {
        0 => "Nobody has answered yet.".to_owned(),
        1 => "1 student has answered.".to_owned(),
        many => format!("{many} students have answered."),
    };
    card.section(Section::opening(vec![Line::new(count)]))
}

/// The answer to the current question, and the distribution of the class's answers.
pub(super) fn result(round: &Round, question: &Question, tally: &[u32], pack: &Pack) -> Card {
    let title = format!("Question {} of {}: the answer", round.position + 1, round.planned);
    let all: u32 = tally.iter().sum();
    let line = |(idx, choice): (usize, &String)| {
        let count = tally.get(idx).copied().unwrap_or_default();
        let mark = if question.is_right(idx) { "✓ " } else { "" };
        let share = if all == 0 { String::new() } else { format!(": {count} of {all}") };
        Line::new(format!("{choice}{share}")).led(format!("{mark}{}", letter(idx)))
    };
    let heading = if all == 0 { "Nobody answered" } else { "How the class answered" };
    let split = Section::headed(heading, question.choices().iter().enumerate().map(line).collect());
    let mut card = Card::new(Outcome::Found, title).section(Section::opening(text(&question.ask))).section(split);
    if all > 0
        && let AnswerFormat::Choice { right, .. } = question.form
    {
        card.picture = Some(picture::split(question.choices(), tally, right).picture());
    }
    explained(card, question, pack)
}

/// Adds the explanation of the right answer, its sources and a button for the entry.
fn explained(card: Card, question: &Question, pack: &Pack) -> Card {
    let card = explain(card, question, pack);
    let entry = question.about.first().map(|idx| pack.entry(*idx));
    card.buttons(entry.map(|entry| Action::new(&format!("More: {}", entry.name), open(entry))).into_iter().collect())
}

/// The summary of a round: how many took part, the hardest questions, and the best students if that was
/// requested. `names` contains the display names of students (by their numbers) who agreed to be named.
pub(super) fn summary(round: &Round, answers: &[Answered], questions: Questions<'_>, names: &HashMap<i64, String>) -> Card {
    let students = scores(answers);
    let mut by_question: HashMap<usize, (u32, u32)> = HashMap::new();
    for answer in answers {
        let (right, all) = by_question.entry(answer.position).or_default();
        *right += u32::from(answer.right);
        *all += 1;
    }
    // The current question may not have been posted.
    let asked = round.planned.min(round.position + usize::from(round.message.is_some()));
    let took_part = match students.len() {
        0 => "nobody answered".to_owned(),
        number => format!("{} took part", format::count(number, "student")),
    };
    let mut card = Card::new(Outcome::Found, "The round is over");
    card.subtitle = Some(format!("{}, {took_part}", format::count(asked, "question")));
    if let Some(trouble) = &round.trouble {
        card = card.section(Section::opening(vec![Line::new(trouble.as_str())]));
    }
    let mut hardest: Vec<(usize, u32, u32)> = by_question
        .into_iter()
        .filter(|(_, (right, all))| right < all)
        .map(|(position, (right, all))| (position, right, all))
        .collect();
    // By share, without floats; among equals, the one asked first.
    hardest.sort_by(|(p, r, a), (q, s, b)| (u64::from(*r) * u64::from(*b)).cmp(&(u64::from(*s) * u64::from(*a))).then(p.cmp(q)));
    hardest.truncate(HARDEST);
    if hardest.is_empty() && !students.is_empty() {
        card = card.section(Section::opening(vec![Line::new("Everybody who answered was right, every time.")]));
    }
    let pack = questions.pack;
    let mut lines = Vec::new();
    let mut buttons = Vec::new();
    let mut cited: Vec<Citation> = Vec::new();
    for (position, right, all) in hardest {
        let Some(question) = round.questions.get(position).and_then(|drawn| made(questions, drawn)) else { continue };
        let recap = Recap::of(&question, REPEATED);
        let line = Line::new(recap.text).led(format!("{right} of {all} right:"));
        lines.push(line.citing(format::citations(pack, &recap.cite)));
        cited.extend(recap.cite);
        buttons.extend(recap.about.map(|idx| pack.entry(idx)).map(|entry| Action::new(&entry.name, open(entry))));
    }
    card = card.section(Section::headed("Hardest for the class", lines)).buttons(buttons);
    if round.podium {
        card = card.section(Section::headed("The best", podium(&students, asked, names)));
    }
    card.sources = format::explained(pack, &cited);
    card
}

/// How many answers each student, by number, got right.
fn scores(answers: &[Answered]) -> HashMap<i64, u32> {
    let mut scores: HashMap<i64, u32> = HashMap::new();
    for answer in answers {
        *scores.entry(answer.student).or_default() += u32::from(answer.right);
    }
    scores
}

/// The best scores, the highest first.
fn best(students: &HashMap<i64, u32>) -> Vec<u32> {
    let mut scores: Vec<u32> = students.values().copied().filter(|score| *score > 0).collect();
    scores.sort_unstable_by(|a, b| b.cmp(a));
    scores.dedup();
    scores.truncate(PLACES);
    scores
}

/// The students with one of the best scores, whether or not they agreed to be named.
pub(super) fn on_podium(answers: &[Answered]) -> HashSet<i64> {
    let students = scores(answers);
    let best = best(&students);
    students.into_iter().filter(|(_, score)| best.contains(score)).map(|(student, _)| student).collect()
}

/// The best scores. Only students who agreed are named; the others are counted.
fn podium(students: &HashMap<i64, u32>, asked: usize, names: &HashMap<i64, String>) -> Vec<Line> {
    let line = |score: &u32| {
        let with = students.iter().filter(|(_, own)| *own == score);
        let mut named: Vec<String> = with.clone().filter_map(|(student, _)| names.get(student).cloned()).collect();
        named.sort();
        let others = with.count() - named.len();
        let others = match (others, named.is_empty()) {
            (0, _) => None,
            (number, true) => Some(format::count(number, "student")),
            (1, false) => Some("1 other".to_owned()),
            (number, false) => Some(format!("{number} others")),
        };
        let mut text = Text::default();
        for (idx, name) in named.iter().enumerate() {
            text = if idx == 0 { text } else { text.and(", ") };
            text = text.typed(name);
        }
        if let Some(others) = others {
            text = if named.is_empty() { text.and(others) } else { text.and(format!(" and {others}")) };
        }
        Line::new(text).led(format!("{score} of {asked}:"))
    };
    best(students).iter().map(line).collect()
}

/// The private message to a student after a press; `None` if the question is closed or does not exist.
pub fn answered(choice: u8, taken: Taken) -> Option<Card> {
    let letter = letter(usize::from(choice));
    let say = match taken {
        Taken::Counted => "It counts. You can change it until time is up.",
        Taken::Changed => "It replaces your earlier answer. You can change it until time is up.",
        Taken::Known => "It was already counted.",
        Taken::Late | Taken::Unknown => return None,
    };
    let card = Card::new(Outcome::Found, format!("You answered {letter}")).section(Section::opening(vec![Line::new(say)]));
    Some(card.private())
}
