//! Starts quizzes: a new one, or the choice to continue an unfinished one.

use jiff::SignedDuration;

use super::subject::{self, Wanted};
use super::{begin, student};
use crate::card::press::{ButtonId, QuizPress, SessionPress};
use crate::card::{Action, Card, CardResult, Line, Outcome, Refusal, Section};
use crate::command::topic::Topic;
use crate::command::{CommandContext, Request};
use crate::model::SessionKind;
use crate::pack::plain;
use crate::session::{QuestionKind, Questions};
use crate::store::{QuizSession, SessionQuestion};

/// For how long an unfinished quiz is offered for continuation.
const FRESH: SignedDuration = SignedDuration::from_hours(24);
/// Answers up to this length (a letter, true, a paragraph) reveal nothing when they come again.
const TELLING: usize = 5;
/// How often another question is drawn if one is of the same kind as the last.
const DRAWS: usize = 4;

/// Starts a quiz. If the user has an unfinished one, asks which one is meant.
///
/// # Errors
/// A refusal if there are no such questions; a failure if the store fails.
pub(crate) async fn offer(wanted: &Wanted, request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    let (user, services) = (student(request)?, ctx.services()?);
    let running = services.stored(services.store.attempt_at(user, SessionKind::Quiz)).await?;
    let fresh = |attempt: &QuizSession| {
        !attempt.ended
            && attempt.steps.iter().any(|step| step.rating.is_none())
            && attempt.touched_at.duration_until(request.now) < FRESH
    };
    match running.filter(fresh) {
        Some(running) => Ok(go_on_or_anew(&running, wanted, ctx)),
        None => start(wanted, request, ctx).await,
    }
}

fn go_on_or_anew(running: &QuizSession, wanted: &Wanted, ctx: &CommandContext<'_>) -> Card {
    let done = running.steps.iter().filter(|step| step.rating.is_some()).count();
    let about = if running.about.is_empty() { String::new() } else { format!(" about {}", subject::named(&running.about, ctx)) };
    let say = format!("You have answered {done} of {} questions of a quiz{about}.", running.steps.len());
    Card::new(Outcome::Choose, "You are in the middle of a quiz").section(Section::opening(vec![Line::new(say)])).buttons(vec![
        Action::new("Continue this quiz", QuizPress::In(SessionPress::GoOn(running.id)).press()),
        Action::new("Start a new one", wanted.press(ctx.pack)),
    ])
}

/// Starts a quiz, even if another one is unfinished.
///
/// # Errors
/// See [`offer`].
pub(crate) async fn start(wanted: &Wanted, request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    let (drawn, seed) = (wanted.clone(), request.id.unwrap_or_default());
    let steps = ctx.with_questions(move |questions| draw(&drawn, &mut fastrand::Rng::with_seed(seed), questions)).await;
    if steps.is_empty() {
        let what = wanted.topic.name(ctx.pack).unwrap_or("that");
        let hard = wanted.difficulty.map_or(String::new(), |difficulty| format!(" {}", difficulty.word()));
        return Err(Refusal::new(format!(
            "I have no{hard} questions about {what}. Leave something out, or try a theme such as protest."
        ))
        .into());
    }
    begin(session(wanted, steps, request, ctx), None, request, ctx).await
}

/// A new session with these questions.
pub(crate) fn session(wanted: &Wanted, steps: Vec<SessionQuestion>, request: &Request, ctx: &CommandContext<'_>) -> QuizSession {
    QuizSession {
        id: 0,
        session_kind: SessionKind::Quiz,
        about: wanted.topic.to_keep(ctx.pack),
        difficulty: wanted.difficulty,
        steps,
        touched_at: request.now,
        ended: false,
    }
}

/// Draws questions: no item twice, and rarely two of a kind in a row.
fn draw(wanted: &Wanted, rng: &mut fastrand::Rng, Questions { pack, bank }: Questions<'_>) -> Vec<SessionQuestion> {
    let mut filter = wanted.filter(pack);
    let mut steps = Vec::new();
    let mut last: Option<QuestionKind> = None;
    // The quiz's topic is never an answer in it, and nothing is the answer twice.
    let mut answers: Vec<String> = match wanted.topic {
        Topic::Entry(idx) => vec![plain(&pack.entry(idx).name)],
        Topic::Everything | Topic::Theme(_) => Vec::new(),
    };
    while steps.len() < wanted.questions {
        let mut drawn = bank.pick(pack, rng, &filter);
        for _ in 1..DRAWS {
            if drawn.is_none_or(|listed| Some(listed.kind) != last) {
                break;
            }
            drawn = bank.pick(pack, rng, &filter);
        }
        let Some(listed) = drawn else { break };
        filter.but.push(listed.item.clone());
        let seed = rng.u64(..);
        let Some(question) = bank.question(pack, &listed.id, seed) else { continue };
        let answer = plain(question.answer());
        let says = |known: &String| *known == answer;
        if question.answer().chars().count() > TELLING && answers.iter().any(says) {
            continue;
        }
        answers.push(answer);
        steps.push(SessionQuestion::new(&listed.id, seed, false));
        last = Some(listed.kind);
    }
    steps
}
