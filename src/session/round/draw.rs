//! Draws the questions of a round.

use crate::session::{AnswerFormat, Filter, Question, Questions};
use crate::store::RoundQuestion;

/// How many questions a round has at most.
pub const MOST_QUESTIONS: usize = 20;
/// How often a draw is repeated before giving up.
const TRIES: usize = 8;

/// Draws up to `count` multiple-choice questions, no two on the same item. Returns fewer if the filter
/// has no more.
pub fn draw(questions: Questions<'_>, filter: &Filter, count: usize, rng: &mut fastrand::Rng) -> Vec<RoundQuestion> {
    let mut filter = Filter { typed: false, ..filter.clone() };
    let mut drawn = Vec::new();
    let mut tries = 0;
    while drawn.len() < count.min(MOST_QUESTIONS) && tries < TRIES {
        let Some(listed) = questions.bank.pick(questions.pack, rng, &filter) else { break };
        filter.but.push(listed.item.clone());
        let seed = rng.u64(..);
        let question = questions.bank.question(questions.pack, &listed.id, seed);
        match question.as_ref().map(|question| &question.form) {
            Some(AnswerFormat::Choice { choices, right }) => {
                let number = |number: usize| u8::try_from(number).unwrap_or(u8::MAX);
                let (choices, right) = (number(choices.len()), number(*right));
                drawn.push(RoundQuestion { id: listed.id.clone(), seed, choices, right });
            }
            _ => tries += 1,
        }
    }
    drawn
}

/// Regenerates a drawn question; `None` if the pack has changed and the question is different now.
pub fn made(questions: Questions<'_>, drawn: &RoundQuestion) -> Option<Question> {
    let question = questions.bank.question(questions.pack, &drawn.id, drawn.seed)?;
    match &question.form {
        AnswerFormat::Choice { choices, right }
            if choices.len() == usize::from(drawn.choices) && *right == usize::from(drawn.right) =>
        {
            Some(question)
        }
        _ => None,
    }
}
