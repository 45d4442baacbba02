//! What is said of an answer: always why, right or wrong.

use jiff::Timestamp;

use super::asking::question_lines;
use super::{Asked, Done, Practice};
use crate::card::entries::open;
use crate::card::{Action, Card, Line, Outcome, Refusal, Section, Text, words};
use crate::store::{Exercise, Memory};
use crate::tutor::recall::interval;
use crate::tutor::{Form, Rating, Verdict};

impl Practice<'_> {
    /// What is said of an answer; `memory` is what is remembered now, if it was counted now.
    pub(super) fn feedback(&self, asked: &Asked<'_>, done: &Done<'_>, memory: Option<Memory>) -> Result<Card, Refusal> {
        let pack = self.desk.pack;
        let question = &asked.question;
        let (ask, mut lines) = question_lines(question);
        lines.insert(0, Line::new(ask));
        let mut card = Card::new(Outcome::Found, verdict(asked, done));
        card.subtitle = Some(self.subtitle(asked.position));
        card = card
            .section(Section::opening(lines))
            .section(Section::opening(vec![said(asked, done)]))
            .section(Section::headed("Why", question.lines(pack)));
        if let Some(memory) = memory.filter(|_| self.attempt.exercise == Exercise::Review) {
            card = card.section(Section::opening(vec![Line::new(next_time(&memory))]));
        }
        card.sources = question.sources(pack);
        let label = if self.is_last(asked.position) { "How it went ▶" } else { "Next ▶" };
        let mut buttons = vec![Action::new(label, self.press(&[]))];
        for about in question.about.iter().take(2) {
            let entry = pack.entry(*about);
            buttons.push(Action::new(&format!("More: {}", entry.name), open(entry)).beside());
        }
        Ok(card.buttons(buttons))
    }

    /// Whether no other step waits for an answer.
    fn is_last(&self, position: usize) -> bool {
        !self.attempt.steps.iter().enumerate().any(|(other, step)| other != position && step.rating.is_none())
    }
}

fn verdict(asked: &Asked<'_>, done: &Done<'_>) -> &'static str {
    match done {
        Done::Chosen(chosen) => {
            let is_right = matches!(&asked.question.form, Form::Choice { right, .. } if right == chosen);
            by_rating(if is_right { Rating::Good } else { Rating::Again })
        }
        Done::Passed => "Here is the answer",
        Done::Judged(Rating::Again) => "It will come back",
        Done::Judged(_) => "Noted",
        Done::Typed(_, verdict) => by_rating(verdict.rating()),
        Done::Before(rating) => by_rating(*rating),
    }
}

fn by_rating(rating: Rating) -> &'static str {
    match rating {
        Rating::Again => "Not quite",
        Rating::Hard => "Partly right",
        Rating::Good | Rating::Easy => "Right!",
    }
}

/// What was answered, against what is right.
fn said(asked: &Asked<'_>, done: &Done<'_>) -> Line {
    let right = asked.question.answer();
    let the_answer = || Text::from(format!("The answer is: {right}."));
    Line::new(match done {
        Done::Chosen(_) | Done::Passed | Done::Judged(_) => match (done, &asked.question.form) {
            (Done::Chosen(chosen), Form::Choice { choices, right: no }) if chosen != no => {
                let chose = choices.get(*chosen).map_or("", String::as_str);
                Text::from(format!("You chose: {chose}. The answer is: {right}."))
            }
            _ => the_answer(),
        },
        Done::Typed(typed, Verdict::Right { spelt: Some(spelt), .. }) => {
            Text::from("“").typed(typed).and(format!("” is right. It is written: {spelt}."))
        }
        Done::Typed(typed, Verdict::Right { .. }) => Text::from("“").typed(typed).and("” is right."),
        Done::Typed(_, Verdict::Partly { why }) => {
            let why = why.spans().iter().cloned().fold(Text::default(), Text::and_span);
            why.and(format!(" The answer is: {right}."))
        }
        Done::Typed(typed, Verdict::Wrong { instead: Some(instead) }) => {
            Text::from("“").typed(typed).and(format!("” is {instead}. The answer is: {right}."))
        }
        Done::Typed(typed, Verdict::Wrong { instead: None }) => {
            Text::from("You typed “").typed(typed).and(format!("”. The answer is: {right}."))
        }
        Done::Before(_) => {
            let chosen = match (&asked.question.form, asked.step.chosen) {
                (Form::Choice { choices, right: no }, Some(chosen)) if usize::from(chosen) != *no => {
                    choices.get(usize::from(chosen))
                }
                _ => None,
            };
            let chose = chosen.map(|chosen| format!("You chose: {chosen}. ")).unwrap_or_default();
            Text::from(format!("{chose}The answer is: {right}. This was already counted."))
        }
    })
}

/// When an item is asked again.
fn next_time(memory: &Memory) -> String {
    let days = interval(memory);
    match days {
        ..=1 => "I ask you this again tomorrow.".to_owned(),
        days => {
            let day = memory.last.checked_add(jiff::SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MAX);
            let date = crate::clock::date_in_budapest(day);
            format!(
                "I ask you this again in {days} days, on {} {}.",
                words::weekday(date),
                words::day_and_month(date.month(), date.day())
            )
        }
    }
}
