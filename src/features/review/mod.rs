//! `/review`: what is due today by spaced repetition, then something new.

mod choose;
mod remind;

use crate::card::action::Press;
use crate::card::press::{ButtonId, ReviewPress, SessionPress};
use crate::card::{Action, Card, CardResult, Line, Outcome, Section};
use crate::command::practice::{self, begin, student, when_next};
use crate::command::{Command, CommandContext, Completion, Opt, OptKind, Request, stale};
use crate::model::SessionKind;
use crate::pack::Pack;
use crate::store::QuizSession;

pub(crate) use remind::Reminders;

pub(super) const COMMAND: Command = Command {
    name: "review",
    summary: "What you should look at today, before you forget it; then something new",
    example: "/review",
    options: &[
        Opt {
            name: "remind",
            summary: "A time of day to be reminded at by direct message, such as 18:00; or off",
            kind: OptKind::Text,
            required: false,
            completion: Completion::Words(&["off", "7:30", "16:00", "18:00", "20:00"]),
        },
        Opt {
            name: "zone",
            summary: "The time zone of that time: a city or a zone, such as London",
            kind: OptKind::Text,
            required: false,
            completion: Completion::Zones,
        },
    ],
    answer: |request, ctx| Box::pin(answer(request, ctx)),
    press: |pressed, request, ctx| Box::pin(press(pressed, request, ctx)),
    private: true,
    ..Command::PLAIN
};

/// How long an unfinished review is continued, in hours; after a night a new one is made.
const FRESH: i64 = 8;

async fn answer(request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    match (request.text("remind"), request.text("zone")) {
        (None, None) => with_news(start(false, request, ctx).await?, request, ctx).await,
        (time, zone) => remind::set(time, zone, request, ctx).await,
    }
}

/// Adds to a card that a reminder ended, if it did.
async fn with_news(card: Card, request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    let (user, services) = (student(request)?, ctx.services()?);
    let reminder = services.stored(services.store.reminder(user)).await?;
    Ok(match reminder.as_ref().and_then(remind::ended) {
        Some(section) => card.section(section),
        None => card,
    })
}

async fn press(pressed: &Press, request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    match ReviewPress::read(pressed).ok_or_else(stale)? {
        ReviewPress::Start => start(false, request, ctx).await,
        ReviewPress::More => start(true, request, ctx).await,
        ReviewPress::In(pressed) => practice::press(SessionKind::Review, pressed, request, ctx).await,
    }
}

/// Continues a review or starts one; with `more`, includes new items even if today's are used up.
async fn start(more: bool, request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    let (user, services) = (student(request)?, ctx.services()?);
    let running = services.stored(services.store.attempt_at(user, SessionKind::Review)).await?;
    let fresh = |attempt: &QuizSession| {
        let open = !attempt.ended && attempt.steps.iter().any(|step| step.rating.is_none());
        open && attempt.touched_at.duration_until(request.now).as_hours() < FRESH
    };
    if let Some(running) = running.filter(fresh) {
        return practice::press(SessionKind::Review, SessionPress::GoOn(running.id), request, ctx).await;
    }
    let recalls = services.stored(services.store.recalls(user)).await?;
    let lately = request.now.checked_sub(choose::A_DAY).unwrap_or(request.now);
    let answered = services.stored(services.store.reviews(user, lately)).await?;
    let (now, seed) = (request.now, request.id.unwrap_or_default());
    let chosen = ctx.with_questions(move |questions| {
        let steps = choose::steps(&recalls, &answered, more, (now, seed), questions);
        if steps.is_empty() { Err(when_next(&recalls, questions, now)) } else { Ok(steps) }
    });
    let steps = match chosen.await {
        Ok(steps) => steps,
        Err(next) => return Ok(nothing_due(next, ctx.pack)),
    };
    let about = String::new();
    let difficulty = None;
    begin(
        QuizSession { id: 0, session_kind: SessionKind::Review, about, difficulty, steps, touched_at: request.now, ended: false },
        None,
        request,
        ctx,
    )
    .await
}

fn nothing_due(next: String, pack: &Pack) -> Card {
    Card::new(Outcome::Nothing, "Nothing is due now")
        .section(Section::opening(vec![
            Line::new(next),
            Line::new("You have done today's new ones, too. The more you add now, the more comes back later."),
        ]))
        .buttons(vec![
            Action::new("Five new ones anyway", ReviewPress::More.press()),
            Action::new("A quiz instead", practice::subject::Wanted::USUAL.press(pack)),
        ])
        .private()
}
