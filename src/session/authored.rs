//! The questions that editors wrote.

use super::dates::order_asked;
use super::{AnswerFormat, Difficulty, DraftQuestion, Maker, chance};
use crate::pack::AuthoredForm;

impl Maker<'_> {
    pub(super) fn authored(&mut self) -> Option<DraftQuestion> {
        let authored = self.pack.questions.iter().find(|authored| authored.id == self.subject)?;
        let mut ask = authored.ask.clone();
        let form = match &authored.form {
            AuthoredForm::Choice { right, wrong } => {
                let mut choices: Vec<String> = wrong.iter().chain(std::iter::once(right)).cloned().collect();
                self.rng.shuffle(&mut choices);
                let right = choices.iter().position(|choice| choice == right)?;
                AnswerFormat::Choice { choices, right }
            }
            AuthoredForm::TrueFalse(holds) => {
                ask = format!("True or false? {ask}");
                chance::either(*holds, "True", "False")
            }
            AuthoredForm::Order(events) => {
                let (layout, form) = chance::lettered(&mut self.rng, events.len());
                ask = order_asked(self.pack, &ask, events, &layout);
                form
            }
            AuthoredForm::Typed { shown, accept } => AnswerFormat::Typed { shown: shown.clone(), accept: accept.clone() },
        };
        Some(DraftQuestion {
            difficulty: Difficulty::numbered(authored.difficulty),
            about: authored.about.clone(),
            item: self.item(),
            ask,
            form,
            explain: authored.explain.clone(),
        })
    }
}
