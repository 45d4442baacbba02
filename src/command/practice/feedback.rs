//! The feedback on an answer, always with the reason, right or wrong.

use jiff::Timestamp;

use super::{AnswerResult, CurrentQuestion, Practice};
use crate::card::entries::open;
use crate::card::press::SessionPress;
use crate::card::{Action, Card, CardResult, Line, Outcome, Section, Text, format};
use crate::model::{CardState, Rating, SessionKind};
use crate::pack::Pack;
use crate::session::question_card::{explain, text};
use crate::session::recall::interval;
use crate::session::{AnswerFormat, Judgement};

impl Practice<'_> {
    /// The feedback on an answer; `memory` is the new state, if the answer was counted now.
    pub(super) fn feedback(&self, asked: &CurrentQuestion<'_>, done: &AnswerResult<'_>, memory: Option<CardState>) -> CardResult {
        let pack = self.ctx.pack;
        let question = &asked.question;
        let mut card = Card::new(Outcome::Found, verdict(asked, done));
        card.subtitle = Some(self.subtitle(asked.position));
        card = card.section(Section::opening(text(&question.ask))).section(Section::opening(vec![said(asked, done)]));
        card = explain(card, question, pack);
        if let Some(memory) = memory.filter(|_| self.attempt.session_kind == SessionKind::Review) {
            card = card.section(Section::opening(vec![Line::new(next_time(&memory, pack))]));
        }
        let label = if self.is_last(asked.position) { "How it went ▶" } else { "Next ▶" };
        let mut buttons = vec![Action::new(label, self.press(SessionPress::GoOn(self.attempt.id)))];
        for about in question.about.iter().take(2) {
            let entry = pack.entry(*about);
            buttons.push(Action::new(&format!("More: {}", entry.name), open(entry)).beside());
        }
        Ok(card.buttons(buttons))
    }

    /// Whether no other question is open.
    fn is_last(&self, position: usize) -> bool {
        !self.attempt.steps.iter().enumerate().any(|(other, step)| other != position && step.rating.is_none())
    }
}

fn verdict(asked: &CurrentQuestion<'_>, done: &AnswerResult<'_>) -> &'static str {
    match done {
        AnswerResult::Chosen(chosen) => by_rating(if asked.question.is_right(*chosen) { Rating::Good } else { Rating::Again }),
        AnswerResult::Passed => "Here is the answer",
        AnswerResult::Judged(Rating::Again) => "It will come back",
        AnswerResult::Judged(_) => "Noted",
        AnswerResult::Typed(_, verdict) => by_rating(verdict.rating()),
        AnswerResult::Before(rating) => by_rating(*rating),
    }
}

fn by_rating(rating: Rating) -> &'static str {
    match rating {
        Rating::Again => "Not quite",
        Rating::Hard => "Partly right",
        Rating::Good | Rating::Easy => "Right!",
    }
}

/// The answer, compared with the right one.
fn said(asked: &CurrentQuestion<'_>, done: &AnswerResult<'_>) -> Line {
    let right = asked.question.answer();
    let the_answer = || Text::from(format!("The answer is: {right}."));
    Line::new(match done {
        AnswerResult::Chosen(_) | AnswerResult::Passed | AnswerResult::Judged(_) => match (done, &asked.question.form) {
            (AnswerResult::Chosen(chosen), AnswerFormat::Choice { choices, right: idx }) if chosen != idx => {
                let chose = choices.get(*chosen).map_or("", String::as_str);
                Text::from(format!("You chose: {chose}. The answer is: {right}."))
            }
            _ => the_answer(),
        },
        AnswerResult::Typed(typed, Judgement::Right { spelt: Some(spelt), .. }) => {
            Text::from("“").typed(typed).and(format!("” is right. It is written: {spelt}."))
        }
        AnswerResult::Typed(typed, Judgement::Right { .. }) => Text::from("“").typed(typed).and("” is right."),
        AnswerResult::Typed(_, Judgement::Partly { why }) => {
            let why = why.spans().iter().cloned().fold(Text::default(), Text::and_span);
            why.and(format!(" The answer is: {right}."))
        }
        AnswerResult::Typed(typed, Judgement::Wrong { instead: Some(instead) }) => {
            Text::from("“").typed(typed).and(format!("” is {instead}. The answer is: {right}."))
        }
        AnswerResult::Typed(typed, Judgement::Wrong { instead: None }) => {
            Text::from("You typed “").typed(typed).and(format!("”. The answer is: {right}."))
        }
        AnswerResult::Before(_) => {
            let chosen = match (&asked.question.form, asked.step.chosen) {
                (AnswerFormat::Choice { choices, right: idx }, Some(chosen)) if usize::from(chosen) != *idx => {
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
fn next_time(memory: &CardState, pack: &Pack) -> String {
    let days = interval(memory);
    match days {
        ..=1 => "I ask you this again tomorrow.".to_owned(),
        days => {
            let day = memory.last.checked_add(jiff::SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MAX);
            let date = pack.date_at(day);
            format!(
                "I ask you this again in {days} days, on {} {}.",
                format::weekday(date),
                format::day_and_month(date.month(), date.day())
            )
        }
    }
}
