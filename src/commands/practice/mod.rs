//! Questions one after another for one student: what `/quiz` and `/review` have in common.
//!
//! A button carries the attempt's number, the step and what was done there; the store's row holds
//! the truth. So a press works after a restart, counts once however often it arrives, and does
//! nothing in anybody else's hands.

mod asking;
mod feedback;
pub(super) mod subject;
mod summary;

pub(super) use summary::when_next;

use super::{Answer, Desk, Office, Refusal, Request, stale};
use crate::card::action::{Press, TYPED};
use crate::card::{Audience, Card};
use crate::store::{Attempt, Exercise, Given, Memory, Review, Step};
use crate::tutor::recall::{after, number, rating};
use crate::tutor::{Form, Question, Rating, Verdict, judge};

/// One student's attempt, looked at in answer to a request.
pub(super) struct Practice<'a> {
    attempt: Attempt,
    user: u64,
    request: &'a Request,
    desk: &'a Desk<'a>,
    office: &'a Office,
}

/// A step with its question.
struct Asked<'a> {
    position: usize,
    step: &'a Step,
    question: Question,
}

/// What was done at a step.
enum Done<'a> {
    /// A choice was taken.
    Chosen(usize),
    /// Something was typed, and judged.
    Typed(&'a str, Verdict),
    /// "I don't know."
    Passed,
    /// The student judged themselves.
    Judged(Rating),
    /// It was answered before; as what.
    Before(Rating),
}

/// Who practises.
///
/// # Errors
/// A refusal when nobody in particular asks.
pub(super) fn student(request: &Request) -> Result<u64, Refusal> {
    let nobody =
        || Refusal::new("I cannot tell who you are here, so I cannot keep what you answer. Ask me from your own account.");
    request.asker.map(|asker| asker.id).ok_or_else(nobody)
}

/// Answers a press on an attempt: `[attempt]` goes on, `[attempt, end]` ends it, `[attempt, step,
/// act]` does something at a step.
pub(super) fn press(exercise: Exercise, arguments: &[String], request: &Request, desk: &Desk<'_>) -> Answer {
    let [id, rest @ ..] = arguments else { return Err(stale()) };
    let practice = Practice::find(exercise, id, request, desk)?;
    match rest {
        [] => practice.go_on(),
        [word] if word == "end" => practice.finish(),
        [position, act] => practice.at(position.parse().map_err(|_| stale())?, act),
        _ => Err(stale()),
    }
}

/// Begins an attempt and asks its first question.
///
/// # Errors
/// A refusal when the store does not answer.
pub(super) fn begin(mut attempt: Attempt, request: &Request, desk: &Desk<'_>) -> Answer {
    let (user, office) = (student(request)?, desk.office()?);
    attempt.id = office.stored(office.store.begin(user, &attempt))?;
    Practice { attempt, user, request, desk, office }.go_on()
}

impl<'a> Practice<'a> {
    /// The attempt of that number, if it is the asker's.
    ///
    /// # Errors
    /// A refusal when it is not, or no longer there.
    pub(super) fn find(exercise: Exercise, id: &str, request: &'a Request, desk: &'a Desk<'a>) -> Result<Practice<'a>, Refusal> {
        let (user, office) = (student(request)?, desk.office()?);
        let id: u64 = id.parse().map_err(|_| stale())?;
        let found = office.stored(office.store.attempt(user, id))?.filter(|attempt| attempt.exercise == exercise);
        let attempt = found.ok_or_else(|| {
            let word = exercise.word();
            Refusal::new(format!("This {word} is over, or it is somebody else's. Start one of your own with /{word}."))
        })?;
        Ok(Practice { attempt, user, request, desk, office })
    }

    /// The attempt.
    pub(super) fn attempt(&self) -> &Attempt {
        &self.attempt
    }

    fn press(&self, rest: &[&str]) -> Press {
        let id = self.attempt.id.to_string();
        Press::new(self.attempt.exercise.word(), std::iter::once(id.as_str()).chain(rest.iter().copied()))
    }

    /// A step with its question; `None` when what is taught now has no such question.
    fn asked(&self, position: usize) -> Option<Asked<'_>> {
        let step = self.attempt.steps.get(position)?;
        let question = self.desk.bank().question(self.desk.pack, &step.question, step.seed)?;
        Some(Asked { position, step, question })
    }

    /// The first step that can be asked and is not answered.
    fn open_step(&self) -> Option<Asked<'_>> {
        let open = self.attempt.steps.iter().enumerate().filter(|(_, step)| step.rating.is_none());
        open.map(|(position, _)| position).find_map(|position| self.asked(position))
    }

    /// Asks the next question, or says how it went.
    pub(super) fn go_on(&self) -> Answer {
        if self.attempt.ended {
            return self.finish();
        }
        match self.open_step() {
            Some(asked) => Ok(private(self.ask(&asked))),
            None => self.finish(),
        }
    }

    /// Ends it and says how it went.
    fn finish(&self) -> Answer {
        if !self.attempt.ended {
            self.office.stored(self.office.store.end(self.user, self.attempt.id))?;
        }
        self.summary().map(private)
    }

    fn at(&self, position: usize, act: &str) -> Answer {
        let asked = self.asked(position).ok_or_else(stale)?;
        if asked.step.rating.is_some() || self.attempt.ended {
            return self.as_it_stands(position);
        }
        let (pack, lookup) = (self.desk.pack, self.desk.lookup);
        match (act, &asked.question.form) {
            ("show", _) if asked.step.self_judged => self.reveal(&asked).map(private),
            ("pass", _) => self.count(&asked, &Done::Passed, Rating::Again),
            ("t", Form::Typed { .. }) if !asked.step.self_judged => match self.request.text(TYPED) {
                Some(typed) => {
                    let verdict = judge(pack, lookup, &asked.question, crate::tutor::Answer::Typed(typed));
                    let rating = verdict.rating();
                    self.count(&asked, &Done::Typed(typed, verdict), rating)
                }
                None => Ok(private(self.ask(&asked))),
            },
            (act, form) => match (act.split_at_checked(1), form) {
                (Some(("c", digit)), Form::Choice { choices, right }) if !asked.step.self_judged => {
                    let chosen: usize = digit.parse().map_err(|_| stale())?;
                    if chosen >= choices.len() {
                        return Err(stale());
                    }
                    let rating = if chosen == *right { Rating::Good } else { Rating::Again };
                    self.count(&asked, &Done::Chosen(chosen), rating)
                }
                (Some(("r", digit)), _) if asked.step.self_judged => {
                    let number = digit.parse().ok().filter(|number| (1..=4).contains(number)).ok_or_else(stale)?;
                    self.count(&asked, &Done::Judged(rating(number)), rating(number))
                }
                _ => Err(stale()),
            },
        }
    }

    /// What there is to say of a step that takes no answers any more.
    fn as_it_stands(&self, position: usize) -> Answer {
        let asked = self.asked(position).ok_or_else(stale)?;
        match asked.step.rating {
            Some(number) => self.feedback(&asked, &Done::Before(rating(number)), None).map(private),
            None => self.finish(),
        }
    }

    /// Counts an answer and says what there is to say of it.
    fn count(&self, asked: &Asked<'_>, done: &Done<'_>, rating: Rating) -> Answer {
        let now = self.request.now;
        let chosen = match done {
            Done::Chosen(chosen) => u8::try_from(*chosen).ok(),
            _ => None,
        };
        let review = Review {
            interaction: self.request.id,
            item: asked.question.item.clone(),
            at: now,
            rating: number(rating),
            guild: self.request.place.map(|place| place.guild).filter(|guild| *guild != 0),
        };
        let given = Given { attempt: self.attempt.id, position: asked.position, chosen };
        let grade = |before: Option<Memory>| after(before, rating, now);
        match self.office.stored(self.office.store.answer(self.user, given, &review, &grade))? {
            Some(memory) => self.feedback(asked, done, Some(memory)).map(private),
            // Another press was faster: its answer is the one that counts.
            None => Practice::find(self.attempt.exercise, &self.attempt.id.to_string(), self.request, self.desk)?
                .as_it_stands(asked.position),
        }
    }
}

/// What a student practises is between them and the tutor.
fn private(mut card: Card) -> Card {
    card.audience = Audience::Asker;
    card
}
