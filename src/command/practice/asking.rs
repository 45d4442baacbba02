//! A question as a card.

use super::{CurrentQuestion, Practice, subject};
use crate::card::action::{DATE, MenuItem, NAME};
use crate::card::press::{SessionPress, StepAct};
use crate::card::{Action, Card, CardResult, Line, Outcome, Section, TextPrompt, format};
use crate::model::{Rating, SessionKind};
use crate::pack::Accepted;
use crate::session::recall::{after, interval};
use crate::session::{AnswerFormat, Question};

/// How long an answer may be to stand on a button: a phone cuts what is longer.
const SHORT: usize = 38;

impl Practice<'_> {
    /// What is practised: `Quiz about Jacques Necker`.
    pub(super) fn name(&self) -> String {
        let kind = match self.attempt.session_kind {
            SessionKind::Quiz => "Quiz",
            SessionKind::Review => "Review",
        };
        match self.attempt.about.as_str() {
            "" => kind.to_owned(),
            about => format!("{kind} about {}", subject::named(about, self.ctx)),
        }
    }

    /// Which question it is, and of what.
    pub(super) fn subtitle(&self, position: usize) -> String {
        format!("{} · question {} of {}", self.name(), position + 1, self.attempt.steps.len())
    }

    /// The question, with what can be answered.
    pub(super) fn ask(&self, asked: &CurrentQuestion<'_>) -> Card {
        let act = |act: StepAct| self.act(asked.position, act);
        let (title, mut lines) = question_lines(&asked.question);
        let mut card = Card::new(Outcome::Choose, title);
        card.subtitle = Some(self.subtitle(asked.position));
        let pass = Action::new("I don't know", act(StepAct::Pass));
        let stop = Action::new("Stop here", self.press(SessionPress::End(self.attempt.id)));
        if asked.step.self_judged {
            lines.push(Line::new("Say the answer to yourself first. Then reveal it, and be honest."));
            return card
                .section(Section::opening(lines))
                .buttons(vec![Action::new("Reveal the answer", act(StepAct::Show)), stop]);
        }
        match &asked.question.form {
            AnswerFormat::Typed { accept, .. } => {
                lines.push(Line::new("Type the answer. Bad spelling is fine."));
                let prompt: &'static TextPrompt =
                    if accept.iter().any(|accepted| matches!(accepted, Accepted::Date(_))) { &DATE } else { &NAME };
                let answer = Action::new("Answer …", act(StepAct::Type)).asking(prompt);
                card.section(Section::opening(lines)).buttons(vec![answer, pass, stop])
            }
            AnswerFormat::Choice { choices, .. } if choices.iter().all(|choice| choice.chars().count() <= SHORT) => {
                let choose = |(idx, choice): (usize, &String)| Action::new(choice, act(StepAct::Choose(idx)));
                let buttons = choices.iter().enumerate().map(choose).collect();
                card.section(Section::opening(lines)).buttons(buttons).buttons(vec![pass, stop])
            }
            AnswerFormat::Choice { choices, .. } => {
                let lettered = |(idx, choice): (usize, &String)| Line::new(choice.as_str()).led(format!("{}:", letter(idx)));
                let options = choices.iter().enumerate().map(lettered).collect();
                let item = |(idx, choice): (usize, &String)| {
                    MenuItem::new(&format!("{}: {choice}", letter(idx)), None, act(StepAct::Choose(idx)))
                };
                let items = choices.iter().enumerate().map(item).collect();
                card.section(Section::opening(lines))
                    .section(Section::opening(options))
                    .menu("Choose the answer …", items)
                    .buttons(vec![pass, stop])
            }
        }
    }

    /// The answer to a question that the student judges themselves.
    pub(super) async fn reveal(&self, asked: &CurrentQuestion<'_>) -> CardResult {
        let question = &asked.question;
        let recalls = self.services.stored(self.services.store.recalls(self.user)).await?;
        let before = recalls.into_iter().find(|recall| recall.item == question.item).map(|recall| recall.memory);
        let judged = |(label, rating): (&str, Rating)| {
            let days = interval(&after(before, rating, self.request.now));
            Action::new(
                &format!("{label}: {}", format::count(usize::try_from(days).unwrap_or(1), "day")),
                self.act(asked.position, StepAct::Rate(rating)),
            )
        };
        let (title, mut lines) = question_lines(question);
        lines.push(Line::new(question.answer()).led("The answer:"));
        let mut card = Card::new(Outcome::Choose, title);
        card.subtitle = Some(self.subtitle(asked.position));
        card = card
            .section(Section::opening(lines))
            .section(Section::headed("Why", question.lines(self.ctx.pack)))
            .section(Section::opening(vec![Line::new("How well did you know it? The days say when I ask again.")]));
        card.sources = question.sources(self.ctx.pack);
        let buttons = [("Again", Rating::Again), ("Hard", Rating::Hard), ("Good", Rating::Good), ("Easy", Rating::Easy)];
        Ok(card.buttons(buttons.map(judged).to_vec()))
    }
}

/// A question's first line, which is short enough for a title or else stands in the body, and the
/// other lines.
pub(super) fn question_lines(question: &Question) -> (String, Vec<Line>) {
    let mut lines = question.ask.lines();
    let first = lines.next().unwrap_or_default();
    let mut rest: Vec<Line> = lines.map(Line::new).collect();
    if first.chars().count() <= 200 {
        return (first.to_owned(), rest);
    }
    rest.insert(0, Line::new(first));
    ("A question".to_owned(), rest)
}

/// `A`, `B`, `C` …
pub(super) fn letter(idx: usize) -> char {
    u8::try_from(idx).ok().and_then(|idx| b'A'.checked_add(idx)).map_or('?', char::from)
}
