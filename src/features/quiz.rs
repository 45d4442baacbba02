//! `/quiz [about] [questions] [difficulty]`: questions of all kinds, one after another.

use crate::card::action::Press;
use crate::card::press::{ButtonId, QuizPress};
use crate::card::{Audience, CardResult};
use crate::command::practice::subject::{self, DIFFICULTIES, Wanted};
use crate::command::practice::{self, Practice, quiz};
use crate::command::topic::Topic;
use crate::command::{Command, CommandContext, Completion, Opt, OptKind, Request, stale};
use crate::model::SessionKind;

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
    Ok(quiz::offer(&wanted, request, ctx).await?.seen_by(audience(request)))
}

/// A quiz is private, unless the student wants others to watch.
fn audience(request: &Request) -> Audience {
    if request.given_flag("private") == Some(false) { Audience::Everyone } else { Audience::Asker }
}

async fn press(press: &Press, request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    let card = pressed(press, request, ctx).await?;
    // A quiz continues in its message and so keeps its audience: everybody, if its student wanted others
    // to watch.
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
    quiz::start(&wanted.ok_or_else(stale)?, request, ctx).await
}
