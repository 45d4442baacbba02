//! `/quiz [about] [questions] [difficulty]`: questions of all kinds, one after another.

use jiff::SignedDuration;

use crate::card::action::Press;
use crate::card::press::{ButtonId, QuizPress, SessionPress};
use crate::card::{Action, Audience, Card, CardResult, Line, Outcome, Refusal, Section};
use crate::command::practice::subject::{self, DIFFICULTIES, Wanted};
use crate::command::practice::{self, Practice, begin, student};
use crate::command::topic::Topic;
use crate::command::{Command, CommandContext, Completion, Opt, OptKind, Request, stale};
use crate::model::SessionKind;
use crate::pack::plain;
use crate::session::{QuestionKind, Questions};
use crate::store::{QuizSession, SessionQuestion};

pub(super) const COMMAND: Command = Command {
    name: "quiz",
    summary: "A few questions, just for you; every answer is explained, right or wrong",
    example: "/quiz about:{person}",
    options: &[
        Opt {
            name: "about",
            summary: "A person, event, place, word or theme",
            kind: OptKind::Text,
            required: false,
            completion: Completion::Subjects,
        },
        Opt {
            name: "questions",
            summary: "How many, 1 to 20; 5 unless you say",
            kind: OptKind::Text,
            required: false,
            completion: Completion::Words(&["3", "5", "10", "15", "20"]),
        },
        Opt {
            name: "difficulty",
            summary: "easy, middle or hard; mixed unless you say",
            kind: OptKind::Text,
            required: false,
            completion: Completion::Words(DIFFICULTIES),
        },
    ],
    answer: |request, ctx| Box::pin(answer(request, ctx)),
    press: |pressed, request, ctx| Box::pin(press(pressed, request, ctx)),
    private: true,
    ..Command::PLAIN
};

/// For how long a quiz that was begun is offered to be gone on with.
const FRESH: SignedDuration = SignedDuration::from_hours(24);
/// Answers up to this length (a letter, true, a paragraph) tell nothing when they come again.
const TELLING: usize = 5;
/// How often another question is drawn when one is of the same kind as the last.
const DRAWS: usize = 4;

async fn answer(request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    let mut wanted = Wanted {
        topic: Topic::Everything,
        questions: subject::questions(request.text("questions"))?,
        difficulty: subject::difficulty(request.text("difficulty"))?,
    };
    match subject::about(request.text("about"), &wanted, ctx) {
        Ok(topic) => wanted.topic = topic,
        Err(card) => return Ok(card.seen_by(audience(request))),
    }
    let (user, services) = (student(request)?, ctx.services()?);
    let running = services.stored(services.store.attempt_at(user, SessionKind::Quiz)).await?;
    let fresh = |attempt: &QuizSession| {
        !attempt.ended
            && attempt.steps.iter().any(|step| step.rating.is_none())
            && attempt.touched_at.duration_until(request.now) < FRESH
    };
    let card = match running.filter(fresh) {
        Some(running) => go_on_or_anew(&running, &wanted, ctx),
        None => start(&wanted, request, ctx).await?,
    };
    Ok(card.seen_by(audience(request)))
}

/// A quiz is private, unless somebody wants the others to look on.
fn audience(request: &Request) -> Audience {
    if request.given_flag("private") == Some(false) { Audience::Everyone } else { Audience::Asker }
}

fn go_on_or_anew(running: &QuizSession, wanted: &Wanted, ctx: &CommandContext<'_>) -> Card {
    let done = running.steps.iter().filter(|step| step.rating.is_some()).count();
    let about = if running.about.is_empty() { String::new() } else { format!(" about {}", subject::named(&running.about, ctx)) };
    let say = format!("You have answered {done} of {} questions of a quiz{about}.", running.steps.len());
    Card::new(Outcome::Choose, "You are in the middle of a quiz").section(Section::opening(vec![Line::new(say)])).buttons(vec![
        Action::new("Go on with it", QuizPress::In(SessionPress::GoOn(running.id)).press()),
        Action::new("Start anew", wanted.press(ctx.pack)),
    ])
}

async fn start(wanted: &Wanted, request: &Request, ctx: &CommandContext<'_>) -> CardResult {
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
    let attempt = QuizSession {
        id: 0,
        session_kind: SessionKind::Quiz,
        about: wanted.topic.to_keep(ctx.pack),
        difficulty: wanted.difficulty,
        steps,
        touched_at: request.now,
        ended: false,
    };
    begin(attempt, request, ctx).await
}

/// Draws questions: no item twice, and rarely two of a kind in a row.
fn draw(wanted: &Wanted, rng: &mut fastrand::Rng, Questions { pack, bank }: Questions<'_>) -> Vec<SessionQuestion> {
    let mut filter = wanted.filter(pack);
    let mut steps = Vec::new();
    let mut last: Option<QuestionKind> = None;
    // What the quiz is about is no answer in it, and nothing is the answer twice.
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

async fn press(press: &Press, request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    let card = pressed(press, request, ctx).await?;
    // A quiz goes on in the message it was begun in, seen by whoever sees that: all, if its student
    // wanted the others to look on.
    Ok(card.seen_by(Audience::Everyone))
}

async fn pressed(press: &Press, request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    let wanted = match QuizPress::read(press).ok_or_else(stale)? {
        QuizPress::Start { topic, questions, difficulty } => Wanted::pressed(&topic, questions, difficulty, ctx.pack),
        QuizPress::Again(id) => {
            let practice = Practice::find(SessionKind::Quiz, id, request, ctx).await?;
            Wanted::like(practice.attempt(), ctx.pack)
        }
        QuizPress::In(press) => return practice::press(SessionKind::Quiz, press, request, ctx).await,
    };
    start(&wanted.ok_or_else(stale)?, request, ctx).await
}
