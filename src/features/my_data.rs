//! `/my-data`: shows, exports and deletes everything stored about the user.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::card::action::Press;
use crate::card::press::{ButtonId, MyDataPress};
use crate::card::{Action, Card, CardFile, CardResult, CommandError, Line, Outcome, Refusal, Section, Text, format};
use crate::command::practice::student;
use crate::command::{Command, CommandContext, Completion, Opt, OptKind, Request, Services, Subcommand, stale};
use crate::model::{Difficulty, GuildId, Rating, SessionKind, UserId};
use crate::pack::plain;
use crate::session::recall::interval;
use crate::store::{QuizSession, REMEMBER_STUDENT, Reminder, ReviewItem, ReviewLog, RoundChoice, Student};

/// What is stored about the user.
pub(super) const COMMAND: Command = Command {
    name: "my-data",
    summary: "Everything I keep about you: see it, take it with you, delete it",
    example: "/my-data show",
    subcommands: &[
        Subcommand { name: "show", summary: "What I keep about you", options: &[] },
        Subcommand { name: "export", summary: "All of it as a file (JSON) that you can read", options: &[] },
        Subcommand { name: "delete", summary: "Delete all of it, for good; asks once", options: &[] },
        Subcommand {
            name: "share",
            summary: "Whether this class's report may name you: on or off (off unless you say on)",
            options: &[Opt {
                name: "choice",
                summary: "on or off",
                kind: OptKind::Text,
                required: true,
                completion: Completion::Words(&["on", "off"]),
            }],
        },
    ],
    answer: |request, ctx| Box::pin(answer(request, ctx)),
    press: |pressed, request, ctx| Box::pin(press(pressed, request, ctx)),
    private: true,
    ..Command::PLAIN
};

/// What is said of how little it is.
const KEPT: &str = "No name, nothing you typed. Your account here is a keyed hash of your Discord id: it does not show the id, and only whoever runs me could check whether it belongs to a certain one.";

struct Kept {
    student: Student,
    recalls: Vec<ReviewItem>,
    reviews: Vec<ReviewLog>,
    rounds: Vec<RoundChoice>,
    attempts: Vec<QuizSession>,
    reminder: Option<Reminder>,
    shares: Vec<GuildId>,
}

impl Kept {
    /// `None` if nothing is stored.
    async fn about(user: UserId, services: &Services) -> Result<Option<Kept>, CommandError> {
        services
            .stored(async {
                let store = services.store.as_ref();
                let Some(student) = store.student(user).await? else { return Ok(None) };
                let mut attempts = Vec::new();
                for session_kind in [SessionKind::Quiz, SessionKind::Review] {
                    attempts.extend(store.attempt_at(user, session_kind).await?);
                }
                Ok(Some(Kept {
                    student,
                    recalls: store.recalls(user).await?,
                    reviews: store.reviews(user, Timestamp::MIN).await?,
                    rounds: store.round_choices(user).await?,
                    attempts,
                    reminder: store.reminder(user).await?,
                    shares: store.shares(user).await?,
                }))
            })
            .await
    }
}

async fn answer(request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    let (user, services) = (student(request)?, ctx.services()?);
    let card = match request.subcommand.as_deref() {
        Some("export") => Kept::about(user, services).await?.map_or_else(nothing, |kept| export(&kept)),
        Some("delete") => Kept::about(user, services).await?.map_or_else(nothing, |kept| ask(&kept)),
        Some("share") => share(user, request, services).await?,
        _ => Kept::about(user, services).await?.map_or_else(nothing, |kept| show(&kept)),
    };
    Ok(card.private())
}

async fn press(pressed: &Press, request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    let (user, services) = (student(request)?, ctx.services()?);
    let kept = || Kept::about(user, services);
    let card = match MyDataPress::read(pressed).ok_or_else(stale)? {
        MyDataPress::Show => kept().await?.map_or_else(nothing, |kept| show(&kept)),
        MyDataPress::Export => kept().await?.map_or_else(nothing, |kept| export(&kept)),
        MyDataPress::Delete => kept().await?.map_or_else(nothing, |kept| ask(&kept)),
        MyDataPress::DeleteForGood => {
            if services.stored(services.store.erase(user)).await? {
                let say = "Everything about you is deleted, and overwritten in my store. Earlier backup copies of the store contain it until they are deleted, after 30 days at the latest.";
                say_that("Deleted", vec![Line::new(say)])
            } else {
                nothing()
            }
        }
    };
    Ok(card.private())
}

fn say_that(title: &str, lines: Vec<Line>) -> Card {
    Card::new(Outcome::Found, title).section(Section::opening(lines))
}

fn nothing() -> Card {
    say_that("I keep nothing about you", vec![Line::new("You have answered no questions, or they were deleted.")])
}

fn show(kept: &Kept) -> Card {
    let lines = vec![
        Line::new(format!("{}: how well you remember each, and when to ask again.", format::count(kept.recalls.len(), "item"))),
        Line::new(format!(
            "{}: when, about what, and how well; and in which server, for that class's report, which never counts fewer than five students.",
            format::count(kept.reviews.len(), "answer")
        )),
        Line::new(format!(
            "{} in progress or finished recently.",
            count_of_two(kept.attempts.len(), "quiz or review", "quizzes or reviews")
        )),
        Line::new(format!("{} in class rounds: which, and when.", format::count(kept.rounds.len(), "choice"))),
        Line::new(match &kept.reminder {
            Some(reminder) => format!(
                "A reminder at {:02}:{:02} ({} time), and our direct-message channel for it.{}",
                reminder.time.hour(),
                reminder.time.minute(),
                reminder.zone,
                if reminder.ended.is_some() { " It ended: Discord refused my message." } else { "" }
            ),
            None => "No reminder.".to_owned(),
        }),
        Line::new(match kept.shares.len() {
            0 => "No class's report names you.".to_owned(),
            1 => "One class's report may name you; for that I keep your Discord id.".to_owned(),
            classes => format!("The reports of {classes} classes may name you; for that I keep your Discord id."),
        }),
    ];
    let rules =
        vec![Line::new(KEPT), Line::new(format!("If you answer nothing for {REMEMBER_STUDENT} days, all of it is deleted."))];
    let button = |label: &str, press: MyDataPress| Action::new(label, press.press());
    say_that("What I keep about you", lines)
        .section(Section::headed("How", rules))
        .buttons(vec![button("Give me all of it", MyDataPress::Export), button("Delete all of it …", MyDataPress::Delete)])
}

fn count_of_two(number: usize, one: &str, more: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {more}") }
}

fn ask(kept: &Kept) -> Card {
    let say = format!(
        "{} and {} will be deleted for good, with your reminder and anything in progress. Nobody can bring them back.",
        format::count(kept.recalls.len(), "item"),
        format::count(kept.reviews.len(), "answer")
    );
    let mut card = say_that("Delete everything about you?", vec![Line::new(say)]);
    card.outcome = Outcome::Choose;
    card.buttons(vec![
        Action::new("Yes, delete all of it", MyDataPress::DeleteForGood.press()),
        Action::new("No, keep it", MyDataPress::Show.press()),
    ])
}

async fn share(user: UserId, request: &Request, services: &Services) -> CardResult {
    let place =
        request.class().ok_or_else(|| Refusal::new("Use this in your class's server: it is about that class's report."))?;
    let choice = request.text("choice").unwrap_or_default();
    let agrees = match plain(choice).as_str() {
        "on" | "yes" | "true" => true,
        "off" | "no" | "false" => false,
        _ => return Err(Refusal::new(Text::from("I know on and off, not “").typed(choice).and("”.")).into()),
    };
    services.stored(services.store.set_share(user, place.guild, agrees, request.now)).await?;
    Ok(if agrees {
        say_that(
            "This class's report may name you",
            vec![Line::new(
                "Your teacher sees, with your name, what you remember and what you do not. For that I keep your Discord id. /my-data share off ends this and deletes the id.",
            )],
        )
    } else {
        say_that(
            "No report names you",
            vec![Line::new("In this class's report you are only counted, together with at least four others.")],
        )
    })
}

fn export(kept: &Kept) -> Card {
    let text = serde_json::to_string_pretty(&as_json(kept)).unwrap_or_default();
    let mut card = say_that("All I keep about you", vec![Line::new("It is in the file. Only you see this message.")]);
    card.files.push(CardFile { name: "my-kronikas-data.json".to_owned(), bytes: text.into_bytes() });
    card
}

fn written(instant: Timestamp) -> String {
    instant.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// A rating in words.
fn known(rating: Rating) -> &'static str {
    match rating {
        Rating::Again => "not known",
        Rating::Hard => "known in part or with difficulty",
        Rating::Good => "known",
        Rating::Easy => "known without help",
    }
}

fn as_json(kept: &Kept) -> Value {
    let recall = |recall: &ReviewItem| {
        let memory = &recall.memory;
        json!({
            "item": recall.item, "answered_times": memory.reviews, "forgotten_times": memory.lapses,
            "last_answered": written(memory.last), "ask_again_from": written(memory.due), "interval_days": interval(memory),
            "stability_days": memory.stability, "difficulty_1_to_10": memory.difficulty,
        })
    };
    let review = |review: &ReviewLog| {
        json!({
            "at": written(review.at), "item": review.item, "how": known(review.rating), "rating_1_to_4": review.rating.number(),
            "interaction": review.interaction.to_string(), "server": review.guild.map(|guild| guild.to_string()),
        })
    };
    let round = |chosen: &RoundChoice| json!({ "at": written(chosen.at), "round": chosen.round, "question": chosen.question, "chosen": chosen.choice });
    let attempt = |attempt: &QuizSession| {
        let steps: Vec<Value> = attempt
            .steps
            .iter()
            .map(|step| json!({ "question": step.question, "chosen": step.chosen, "rating_1_to_4": step.rating.map(Rating::number), "seed": step.seed.to_string(), "self_judged": step.self_judged }))
            .collect();
        json!({ "number": attempt.id, "kind": attempt.session_kind.word(), "about": attempt.about, "difficulty": attempt.difficulty.map_or("", Difficulty::word),
            "last_used": written(attempt.touched_at), "over": attempt.ended, "questions": steps })
    };
    let reminder = kept.reminder.as_ref().map(|reminder| {
        json!({ "time": reminder.time.to_string(), "zone": reminder.zone, "direct_message_channel": reminder.channel.to_string(),
            "next": written(reminder.next_due), "ended_because": reminder.ended.as_ref().map(ToString::to_string) })
    });
    json!({
        "what_this_is": format!("Everything Krónikás keeps about you. {KEPT}"),
        "account": { "pseudonym": kept.student.pseudonym, "last_seen": written(kept.student.seen_at) },
        "remembered": kept.recalls.iter().map(recall).collect::<Vec<_>>(),
        "answers": kept.reviews.iter().map(review).collect::<Vec<_>>(),
        "under_way": kept.attempts.iter().map(attempt).collect::<Vec<_>>(),
        "chosen_in_class_rounds": kept.rounds.iter().map(round).collect::<Vec<_>>(),
        "reminder": reminder,
        "servers_whose_report_may_name_you": kept.shares.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}
