//! `/review`: what is due today by spaced repetition, then something new.

mod choose;
mod remind;

use super::practice::{self, begin, student, when_next};
use super::{Answer, Command, Completion, Desk, Opt, OptKind, Request};
use crate::card::action::Press;
use crate::card::{Action, Audience, Card, Line, Outcome, Section};
use crate::store::{Attempt, Exercise};

pub(super) use remind::{enqueue_reminders, reminder};

/// What is due.
pub const COMMAND: Command = Command {
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
            summary: "Whose clock that is: a city or a time zone, such as Budapest",
            kind: OptKind::Text,
            required: false,
            completion: Completion::Zones,
        },
    ],
    answer,
    press,
    private: true,
    ..Command::PLAIN
};

/// For how long a review that was begun is gone on with, in hours; after a night it is made anew.
const FRESH: i64 = 8;

fn answer(request: &Request, desk: &Desk<'_>) -> Answer {
    match (request.text("remind"), request.text("zone")) {
        (None, None) => start(false, request, desk).and_then(|card| with_news(card, request, desk)),
        (time, zone) => remind::set(time, zone, request, desk),
    }
}

/// The same card, with word of a reminder that ended.
fn with_news(card: Card, request: &Request, desk: &Desk<'_>) -> Answer {
    let (user, office) = (student(request)?, desk.office()?);
    let reminder = office.stored(office.store.reminder(user))?;
    Ok(match reminder.as_ref().and_then(remind::ended) {
        Some(section) => card.section(section),
        None => card,
    })
}

fn press(arguments: &[String], request: &Request, desk: &Desk<'_>) -> Answer {
    match arguments {
        [word] if word == "start" => start(false, request, desk),
        [word] if word == "more" => start(true, request, desk),
        arguments => practice::press(Exercise::Review, arguments, request, desk),
    }
}

/// Goes on with a review or starts one; with `more`, new items come even if today's are used up.
fn start(more: bool, request: &Request, desk: &Desk<'_>) -> Answer {
    let (user, office) = (student(request)?, desk.office()?);
    let running = office.stored(office.store.attempt_at(user, Exercise::Review))?;
    let fresh = |attempt: &Attempt| {
        let open = !attempt.ended && attempt.steps.iter().any(|step| step.rating.is_none());
        open && attempt.touched_at.duration_until(request.now).as_hours() < FRESH
    };
    if let Some(running) = running.filter(fresh) {
        return practice::press(Exercise::Review, &[running.id.to_string()], request, desk);
    }
    let recalls = office.stored(office.store.recalls(user))?;
    let lately = request.now.checked_sub(choose::A_DAY).unwrap_or(request.now);
    let answered = office.stored(office.store.reviews(user, lately))?;
    let steps = choose::steps(&recalls, &answered, more, request, desk);
    if steps.is_empty() {
        return Ok(nothing_due(when_next(&recalls, desk, request.now)));
    }
    let about = String::new();
    let difficulty = String::new();
    begin(
        Attempt { id: 0, exercise: Exercise::Review, about, difficulty, steps, touched_at: request.now, ended: false },
        request,
        desk,
    )
}

fn nothing_due(next: String) -> Card {
    let mut card = Card::new(Outcome::Nothing, "Nothing is due now")
        .section(Section::opening(vec![
            Line::new(next),
            Line::new("Today's new ones are done, too. More of them is more to come back to."),
        ]))
        .buttons(vec![
            Action::new("Five new ones all the same", Press::new("review", ["more"])),
            Action::new(
                "A quiz instead",
                practice::subject::Wanted {
                    about: String::new(),
                    questions: practice::subject::USUAL,
                    difficulty: String::new(),
                }
                .press(),
            ),
        ]);
    card.audience = Audience::Asker;
    card
}
