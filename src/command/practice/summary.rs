//! The summary of a session, with entries to look at again.

use jiff::Timestamp;

use super::Practice;
use crate::card::entries::open;
use crate::card::press::{ButtonId, QuizPress, ReviewPress};
use crate::card::{Action, Card, CardResult, Line, Outcome, Section, format};
use crate::model::{Rating, SessionKind};
use crate::pack::{Citation, EntryIdx};
use crate::session::Questions;
use crate::store::ReviewItem;

/// The most entries to look at again: a row of buttons.
const OFFERED: usize = 5;

impl Practice<'_> {
    pub(super) async fn summary(&self) -> CardResult {
        let pack = self.ctx.pack;
        let answered: Vec<(usize, Rating)> = self
            .attempt
            .steps
            .iter()
            .enumerate()
            .filter_map(|(position, step)| step.rating.map(|rating| (position, rating)))
            .collect();
        let known = |(position, rating): &&(usize, Rating)| match rating {
            Rating::Good | Rating::Easy => true,
            // A student who rates themselves "hard" knew the answer.
            Rating::Hard => self.attempt.steps[*position].self_judged,
            Rating::Again => false,
        };
        let right = answered.iter().filter(known).count();
        let title = match (answered.len(), right) {
            (0, _) => "Nothing answered this time".to_owned(),
            (all, right) => format!("{right} of {all} right"),
        };
        let mut card = Card::new(Outcome::Found, title);
        card.subtitle = Some(self.subtitle_of_all(answered.len()));
        let mut lines = Vec::new();
        let mut cited: Vec<Citation> = Vec::new();
        let mut again: Vec<EntryIdx> = Vec::new();
        for (position, _) in answered.iter().filter(|step| !known(step)) {
            let Some(asked) = self.asked(*position) else { continue };
            let about = asked.question.about[0];
            let cite = asked.question.explain.first().map_or(&[][..], |claim| &claim.cite);
            cited.extend(cite);
            let name = pack.entry(about).name.as_str();
            let answer = asked.question.answer().to_owned();
            lines.push(Line::new(answer).led(format!("{name}:")).citing(format::citations(pack, cite)));
            if !again.contains(&about) {
                again.push(about);
            }
        }
        let all_right = lines.is_empty() && !answered.is_empty();
        card = card.section(Section::headed("To look at again", lines));
        if all_right {
            card = card.section(Section::opening(vec![Line::new("Nothing to look at again: you knew all of it.")]));
        }
        let mut further = self.further();
        if self.attempt.session_kind == SessionKind::Review {
            let recalls = self.services.stored(self.services.store.recalls(self.user)).await?;
            card = card.section(Section::opening(vec![Line::new(when_next(&recalls, self.questions, self.request.now))]));
            // Due items come before new ones.
            let left = due_now(&recalls, self.questions, self.request.now);
            if left > 0 {
                further = vec![Action::new(&others(left), ReviewPress::Start.press())];
            }
        }
        card.sources = format::explained(pack, &cited);
        let entries = again.iter().take(OFFERED).map(|idx| pack.entry(*idx));
        Ok(card.buttons(entries.map(|entry| Action::new(&entry.name, open(entry)).beside()).collect()).buttons(further))
    }

    fn subtitle_of_all(&self, answered: usize) -> String {
        let all = self.attempt.steps.len();
        let of = self.name();
        if answered == all { of } else { format!("{of} · stopped after {answered} of {all}") }
    }

    fn further(&self) -> Vec<Action> {
        let review = |label: &str, what: ReviewPress| Action::new(label, what.press());
        match self.attempt.session_kind {
            SessionKind::Quiz => vec![
                Action::new("Another quiz", QuizPress::Again(self.attempt.id).press()),
                review("What is due today", ReviewPress::Start),
            ],
            SessionKind::Review => vec![review("Five new ones", ReviewPress::More)],
        }
    }
}

fn others(left: usize) -> String {
    if left == 1 { "The other one".to_owned() } else { format!("The other {left}") }
}

/// When the items are due that still have a question; a change of the pack may have removed them.
fn due_times(recalls: &[ReviewItem], questions: Questions<'_>) -> impl Iterator<Item = Timestamp> {
    let is_asked = move |recall: &&ReviewItem| questions.bank.on_item(questions.pack, &recall.item).next().is_some();
    recalls.iter().filter(is_asked).map(|recall| recall.memory.due)
}

/// How many due items have a question.
fn due_now(recalls: &[ReviewItem], questions: Questions<'_>, now: Timestamp) -> usize {
    due_times(recalls, questions).filter(|due| *due <= now).count()
}

/// When the next item is due, in words.
pub(crate) fn when_next(recalls: &[ReviewItem], questions: Questions<'_>, now: Timestamp) -> String {
    let ready = due_now(recalls, questions, now);
    if ready > 0 {
        return format!("{} still due today.", if ready == 1 { "1 item is".to_owned() } else { format!("{ready} items are") });
    }
    let Some(next) = due_times(recalls, questions).min() else { return "Nothing is planned yet.".to_owned() };
    let date = questions.pack.date_at(next);
    let today = questions.pack.date_at(now);
    match today.until(date).map_or(0, |span| span.get_days()) {
        ..=0 => "The next ones are due later today.".to_owned(),
        1 => "The next ones are due tomorrow.".to_owned(),
        days => {
            format!(
                "The next ones are due in {days} days, on {} {}.",
                format::weekday(date),
                format::day_and_month(date.month(), date.day())
            )
        }
    }
}
