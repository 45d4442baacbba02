//! Sessions of questions for one student, shared by `/quiz` and `/review`.
//!
//! A button contains the session's number, the question and the action; the store's row has the state.
//! So a press works after a restart, counts once however often it arrives, and does nothing for other
//! users.

mod asking;
mod feedback;
pub(crate) mod quiz;
pub(crate) mod subject;
mod summary;

pub(crate) use summary::when_next;

use super::{CommandContext, Request, Services, stale};
use crate::card::action::{Press, TYPED};
use crate::card::press::{SessionPress, StepAct};
use crate::card::{Card, CardResult, CommandError, Refusal};
use crate::model::{CardState, Rating, SessionKind, UserId};
use crate::session::recall::after;
use crate::session::{AnswerFormat, Judgement, Question, Questions, judge};
use crate::store::{QuizSession, ReviewLog, SessionAnswer, SessionQuestion};

/// One student's session, loaded for a request.
pub(crate) struct Practice<'a> {
    attempt: QuizSession,
    user: UserId,
    request: &'a Request,
    ctx: &'a CommandContext<'a>,
    questions: Questions<'a>,
    services: &'a Services,
}

/// A question of the session with its index.
struct CurrentQuestion<'a> {
    position: usize,
    step: &'a SessionQuestion,
    question: Question,
}

/// The result of an action on a question.
enum AnswerResult<'a> {
    /// The student took a choice.
    Chosen(usize),
    /// The student typed an answer, which was judged.
    Typed(&'a str, Judgement),
    /// "I don't know."
    Passed,
    /// The student rated themselves.
    Judged(Rating),
    /// It was answered before, with this rating.
    Before(Rating),
}

/// The student.
///
/// # Errors
/// A refusal if there is no user.
pub(crate) fn student(request: &Request) -> Result<UserId, Refusal> {
    let nobody =
        || Refusal::new("I cannot tell who you are here, so I cannot keep what you answer. Ask me from your own account.");
    request.asker.map(|asker| asker.id).ok_or_else(nobody)
}

/// Answers a press in a session.
///
/// # Errors
/// A refusal if the session is not the user's, or no longer exists.
pub(crate) async fn press(
    session_kind: SessionKind,
    press: SessionPress,
    request: &Request,
    ctx: &CommandContext<'_>,
) -> CardResult {
    let (SessionPress::GoOn(id) | SessionPress::End(id) | SessionPress::At { session: id, .. }) = press;
    let practice = Practice::find(session_kind, id, request, ctx).await?;
    match press {
        SessionPress::GoOn(_) => practice.go_on().await,
        SessionPress::End(_) => practice.finish().await,
        SessionPress::At { position, act, .. } => practice.at(position, act).await,
    }
}

/// Begins a session and asks its first question. If that was answered already, `chosen` is the index of
/// the choice.
///
/// # Errors
/// A refusal if the store fails.
pub(crate) async fn begin(
    mut attempt: QuizSession,
    chosen: Option<usize>,
    request: &Request,
    ctx: &CommandContext<'_>,
) -> CardResult {
    let (user, services) = (student(request)?, ctx.services()?);
    attempt.id = services.stored(services.store.begin(user, &attempt)).await?;
    let practice = Practice { attempt, user, request, ctx, questions: ctx.questions().await, services };
    match chosen {
        Some(chosen) => practice.at(0, StepAct::Choose(chosen)).await,
        None => practice.go_on().await,
    }
}

impl<'a> Practice<'a> {
    /// The session with that number, if it is the user's.
    ///
    /// # Errors
    /// A refusal if it is not, or no longer exists.
    pub(crate) async fn find(
        session_kind: SessionKind,
        id: u64,
        request: &'a Request,
        ctx: &'a CommandContext<'a>,
    ) -> Result<Practice<'a>, CommandError> {
        let (user, services) = (student(request)?, ctx.services()?);
        let found =
            services.stored(services.store.attempt(user, id)).await?.filter(|attempt| attempt.session_kind == session_kind);
        let attempt = found.ok_or_else(|| {
            let word = session_kind.word();
            Refusal::new(format!("This {word} is over, or it is somebody else's. Start one of your own with /{word}."))
        })?;
        Ok(Practice { attempt, user, request, ctx, questions: ctx.questions().await, services })
    }

    pub(crate) fn attempt(&self) -> &QuizSession {
        &self.attempt
    }

    fn press(&self, press: SessionPress) -> Press {
        press.press(self.attempt.session_kind)
    }

    /// The press for an action on a question.
    fn act(&self, position: usize, act: StepAct) -> Press {
        self.press(SessionPress::At { session: self.attempt.id, position, act })
    }

    /// A question of the session; `None` if the current pack no longer has it.
    fn asked(&self, position: usize) -> Option<CurrentQuestion<'_>> {
        let step = self.attempt.steps.get(position)?;
        let question = self.questions.bank.question(self.questions.pack, &step.question, step.seed)?;
        Some(CurrentQuestion { position, step, question })
    }

    /// The first open question.
    fn open_step(&self) -> Option<CurrentQuestion<'_>> {
        let open = self.attempt.steps.iter().enumerate().filter(|(_, step)| step.rating.is_none());
        open.map(|(position, _)| position).find_map(|position| self.asked(position))
    }

    /// Asks the next question, or shows the summary.
    pub(crate) async fn go_on(&self) -> CardResult {
        if self.attempt.ended {
            return self.finish().await;
        }
        match self.open_step() {
            Some(asked) => Ok(self.ask(&asked).private()),
            None => self.finish().await,
        }
    }

    /// Ends the session and shows the summary.
    async fn finish(&self) -> CardResult {
        if !self.attempt.ended {
            self.services.stored(self.services.store.end(self.user, self.attempt.id)).await?;
        }
        self.summary().await.map(Card::private)
    }

    async fn at(&self, position: usize, act: StepAct) -> CardResult {
        let asked = self.asked(position).ok_or_else(stale)?;
        if asked.step.rating.is_some() || self.attempt.ended {
            return self.as_it_stands(position).await;
        }
        let (pack, lookup) = (self.ctx.pack, self.ctx.lookup);
        match (act, &asked.question.form) {
            (StepAct::Show, _) if asked.step.self_judged => self.reveal(&asked).await.map(Card::private),
            (StepAct::Rate(rating), _) if asked.step.self_judged => {
                self.count(&asked, &AnswerResult::Judged(rating), rating).await
            }
            (StepAct::Pass, _) => self.count(&asked, &AnswerResult::Passed, Rating::Again).await,
            (StepAct::Type, AnswerFormat::Typed { .. }) if !asked.step.self_judged => match self.request.text(TYPED) {
                Some(typed) => {
                    let verdict = judge(pack, lookup, &asked.question, crate::session::GivenAnswer::Typed(typed));
                    let rating = verdict.rating();
                    self.count(&asked, &AnswerResult::Typed(typed, verdict), rating).await
                }
                None => Ok(self.ask(&asked).private()),
            },
            (StepAct::Choose(chosen), AnswerFormat::Choice { choices, right })
                if !asked.step.self_judged && chosen < choices.len() =>
            {
                let rating = if chosen == *right { Rating::Good } else { Rating::Again };
                self.count(&asked, &AnswerResult::Chosen(chosen), rating).await
            }
            _ => Err(stale().into()),
        }
    }

    /// The card of a question that accepts no more answers.
    async fn as_it_stands(&self, position: usize) -> CardResult {
        let asked = self.asked(position).ok_or_else(stale)?;
        match asked.step.rating {
            Some(rating) => self.feedback(&asked, &AnswerResult::Before(rating), None).map(Card::private),
            None => self.finish().await,
        }
    }

    /// Counts an answer and shows the feedback.
    async fn count(&self, asked: &CurrentQuestion<'_>, done: &AnswerResult<'_>, rating: Rating) -> CardResult {
        let now = self.request.now;
        let chosen = match done {
            AnswerResult::Chosen(chosen) => u8::try_from(*chosen).ok(),
            _ => None,
        };
        let review = ReviewLog {
            interaction: self.request.number()?,
            item: asked.question.item.clone(),
            at: now,
            rating,
            guild: self.request.class().map(|class| class.guild),
        };
        let given = SessionAnswer { attempt: self.attempt.id, position: asked.position, chosen };
        let grade = |before: Option<CardState>| after(before, rating, now);
        match self.services.stored(self.services.store.answer(self.user, given, &review, &grade)).await? {
            Some(memory) => self.feedback(asked, done, Some(memory)).map(Card::private),
            // Another press was faster, so its answer counts.
            None => {
                Practice::find(self.attempt.session_kind, self.attempt.id, self.request, self.ctx)
                    .await?
                    .as_it_stands(asked.position)
                    .await
            }
        }
    }
}
