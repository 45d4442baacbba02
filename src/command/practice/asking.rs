//! Shows a question as a card.

use super::{CurrentQuestion, Practice, subject};
use crate::card::action::{DATE, NAME};
use crate::card::press::{SessionPress, StepAct};
use crate::card::{Action, Card, CardResult, Line, Outcome, Section, TextPrompt, format};
use crate::model::{Rating, SessionKind};
use crate::pack::Accepted;
use crate::session::AnswerFormat;
use crate::session::question_card::{ChoiceControls, LabelledChoices, explain, offer, title_and_text};
use crate::session::recall::{after, interval};

/// The controls of all questions with choices.
const CONTROLS: ChoiceControls =
    ChoiceControls::Labels(LabelledChoices { longest: 38, most: 5, placeholder: "Choose the answer …", in_text: true });

impl Practice<'_> {
    /// The name of the session: `Quiz about Jacques Necker`.
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

    /// The number of the question, and the total.
    pub(super) fn subtitle(&self, position: usize) -> String {
        format!("{} · question {} of {}", self.name(), position + 1, self.attempt.steps.len())
    }

    /// The question with its choices.
    pub(super) fn ask(&self, asked: &CurrentQuestion<'_>) -> Card {
        let act = |act: StepAct| self.act(asked.position, act);
        let (title, mut lines) = title_and_text(&asked.question.ask);
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
            AnswerFormat::Choice { choices, .. } => {
                let card = card.section(Section::opening(lines));
                offer(card, choices, CONTROLS, |idx| act(StepAct::Choose(idx))).buttons(vec![pass, stop])
            }
        }
    }

    /// The answer to a question that students rate themselves on.
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
        let (title, mut lines) = title_and_text(&question.ask);
        lines.push(Line::new(question.answer()).led("The answer:"));
        let mut card = Card::new(Outcome::Choose, title);
        card.subtitle = Some(self.subtitle(asked.position));
        card = explain(card.section(Section::opening(lines)), question, self.ctx.pack)
            .section(Section::opening(vec![Line::new("How well did you know it? The days say when I ask again.")]));
        let buttons = [("Again", Rating::Again), ("Hard", Rating::Hard), ("Good", Rating::Good), ("Easy", Rating::Easy)];
        Ok(card.buttons(buttons.map(judged).to_vec()))
    }
}
