//! `/round start | stop | who`: questions to the whole class, which everybody answers privately.
//!
//! In a server's channel the store has the round, and [`Rounds`](crate::session::round::Rounds) runs it.
//! In direct messages and the terminal there is no class, so it becomes a `/quiz`.

use std::sync::Arc;

use crate::card::action::Press;
use crate::card::press::{AlonePress, ButtonId, RoundPress};
use crate::card::{Action, Card, CardResult, CommandError, Line, Outcome, Refusal, Section, Text};
use crate::clock::Clock;
use crate::command::practice::subject::{self, Wanted};
use crate::command::practice::{begin, quiz};
use crate::command::resolve::topic;
use crate::command::topic::Topic;
use crate::command::{
    ClassChannel, Command, CommandContext, Completion, CurrentPack, Opt, OptKind, Request, Services, Subcommand, stale,
    store_failed,
};
use crate::lookup::Scope;
use crate::messenger::{ChannelAccess, Messenger};
use crate::model::Phase;
use crate::pack::{Pack, plain};
use crate::session::round::{self, MOST_QUESTIONS, QuestionSource, Rounds, Unstarted};
use crate::session::{Filter, recall};
use crate::store::{Round, RoundAnswer, RoundQuestion, SessionQuestion, Store};

pub(super) const COMMAND: Command = Command {
    name: "round",
    summary: "Questions to the whole class: everybody answers alone, then you see how the class did",
    example: "/round start questions:5",
    subcommands: &[
        Subcommand {
            name: "start",
            summary: "Start a round in this channel",
            options: &[
                text("about", "A theme, a name, or leave it out for everything", Completion::Subjects),
                text(
                    "questions",
                    "How many questions, 1 to 20 (5 if left out)",
                    Completion::Words(&["3", "5", "10", "15", "20"]),
                ),
                text(
                    "seconds",
                    "Time for each question, 5 to 120 (20 if left out)",
                    Completion::Words(&["10", "20", "30", "60"]),
                ),
                Opt {
                    name: "podium",
                    summary: "Show the best scores at the end; only students who agreed are named",
                    kind: OptKind::Flag,
                    required: false,
                    completion: Completion::None,
                },
            ],
        },
        Subcommand { name: "stop", summary: "End the round in this channel after the current question", options: &[] },
        Subcommand {
            name: "who",
            summary: "Set who may start a round in this server",
            options: &[Opt {
                required: true,
                ..text("may", "teachers or everyone", Completion::Words(&["teachers", "everyone"]))
            }],
        },
    ],
    private: true,
    for_class: true,
    answer: |request, ctx| Box::pin(answer(request, ctx)),
    press: |pressed, request, ctx| Box::pin(press(pressed, request, ctx)),
    ..Command::PLAIN
};

const fn text(name: &'static str, summary: &'static str, completion: Completion) -> Opt {
    Opt { name, summary, kind: OptKind::Text, required: false, completion }
}

/// The rounds of an edge, with the questions of the current pack and reviews by FSRS.
pub fn class_rounds(
    store: Arc<dyn Store>,
    rooms: Arc<dyn Messenger>,
    current_pack: Arc<CurrentPack>,
    clock: Arc<dyn Clock>,
) -> Arc<Rounds> {
    let questions = Arc::new(move || current_pack.current() as Arc<dyn QuestionSource>);
    Arc::new(Rounds::new(store, rooms, questions, clock, |at, rating, before| recall::after(before, rating, at)))
}

/// The default number of questions.
const QUESTIONS: usize = 5;
const SECONDS: u16 = 20;
/// The shortest and longest time for a question, in seconds.
const TIME: (u16, u16) = (5, 120);

async fn answer(request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    match request.subcommand.as_deref() {
        Some("start") => start(request, ctx).await,
        Some("stop") => stop(request, ctx).await,
        Some("who") => who(request, ctx).await,
        _ => Err(Refusal::new("Say what the round should do: /round start, /round stop or /round who.").into()),
    }
}

/// The filter for questions about a topic.
fn filter(topic: &Topic) -> Filter {
    match topic {
        Topic::Everything => Filter::default(),
        Topic::Entry(entry) => Filter { about: vec![*entry], ..Filter::default() },
        Topic::Theme(theme) => Filter { themes: vec![theme.clone()], ..Filter::default() },
    }
}

/// The topic, or a card that asks which one is meant.
fn asked_about(request: &Request, ctx: &CommandContext<'_>) -> Result<Topic, Box<Card>> {
    let Some(about) = request.text("about") else { return Ok(Topic::Everything) };
    topic(about, Scope::ANY, ctx).map_err(|card| Box::new(card.private()))
}

/// A number in an option, within bounds.
fn number(request: &Request, name: &str, default: usize, least: usize, most: usize) -> Result<usize, Refusal> {
    let Some(typed) = request.text(name) else { return Ok(default) };
    typed.parse().ok().filter(|number| (least..=most).contains(number)).ok_or_else(|| {
        let said = Text::from(format!("For {name} I need a number from {least} to {most}, not “")).typed(typed).and("”.");
        Refusal::new(said)
    })
}

async fn start(request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    let count = number(request, "questions", QUESTIONS, 1, MOST_QUESTIONS)?;
    let seconds = number(request, "seconds", usize::from(SECONDS), usize::from(TIME.0), usize::from(TIME.1))?;
    let Some(place) = request.class() else { return alone(count, request, ctx).await };
    may_start(request, place, ctx.services()?).await?;
    let topic = match asked_about(request, ctx) {
        Ok(topic) => topic,
        Err(card) => return Ok(*card),
    };
    // Requests have different ids, and a repeated delivery has the same one. Without an id, the time is
    // the seed.
    let number = request.id.unwrap_or_else(|| request.now.as_microsecond().unsigned_abs());
    let seed = u32::try_from(number % u64::from(u32::MAX)).unwrap_or_default();
    let seconds = u16::try_from(seconds).unwrap_or(SECONDS);
    together(request, place, &topic, (count, seconds), seed, ctx).await
}

/// Without a class: a quiz about the same topic.
async fn alone(count: usize, request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    let mut wanted = Wanted { topic: Topic::Everything, questions: count, difficulty: None };
    match subject::about(request.text("about"), &wanted, ctx) {
        Ok(topic) => wanted.topic = topic,
        Err(card) => return Ok(card.private()),
    }
    quiz::offer(&wanted, request, ctx).await.map(Card::private)
}

/// Whether the user may start a round there.
async fn may_start(request: &Request, place: ClassChannel, services: &Services) -> Result<(), CommandError> {
    if request.is_by_manager() || services.stored(services.store.rounds_for_everyone(place.guild)).await? {
        return Ok(());
    }
    Err(Refusal::new(
        "In this server only teachers (people who may manage the server) can start rounds. /quiz is for you alone. A teacher can change this with /round who everyone.",
    )
    .into())
}

fn no_questions(topic: &Topic, pack: &Pack) -> Refusal {
    let Some(name) = topic.name(pack) else { return Refusal::new("This pack has no questions to choose an answer to.") };
    Refusal::new(format!("I have no questions about {}. Try a theme, somebody important, or leave “about” out.", name))
}

/// A round of the class in a channel.
async fn together(
    request: &Request,
    place: ClassChannel,
    topic: &Topic,
    (count, seconds): (usize, u16),
    seed: u32,
    ctx: &CommandContext<'_>,
) -> CardResult {
    let services = ctx.services()?;
    can_post(place, services).await?;
    let filter = filter(topic);
    let mut rng = fastrand::Rng::with_seed(u64::from(seed));
    let questions = ctx.with_questions(move |questions| round::draw(questions, &filter, count, &mut rng)).await;
    if questions.is_empty() {
        return Err(no_questions(topic, ctx.pack).into());
    }
    let planned = questions.len();
    let round = Round {
        id: 0,
        channel: place.channel,
        guild: place.guild,
        subject: topic.name(ctx.pack).unwrap_or_default().to_owned(),
        seconds,
        podium: request.flag("podium"),
        questions,
        planned,
        position: 0,
        phase: Phase::Opening,
        since: request.now,
        until: request.now,
        message: None,
        started_at: request.now,
        trouble: None,
    };
    match services.rounds.start(&round).await {
        Ok(_) => {}
        Err(Unstarted::UnderWay) => {
            return Err(Refusal::new("There is a round in this channel already. /round stop ends it after its question.").into());
        }
        Err(Unstarted::Store(error)) => return Err(store_failed(&error)),
    }
    let about = topic.name(ctx.pack).map(|name| format!(" about {name}")).unwrap_or_default();
    let fewer = if planned < count { format!(" (I have no more than {planned}{about})") } else { String::new() };
    let line = format!("{}{about}, {seconds} seconds each{fewer}.", crate::card::format::count(planned, "question"));
    Ok(note(
        "The round begins",
        vec![Line::new(line), Line::new("Everybody presses their answer; only they see it. /round stop ends the round early.")],
    ))
}

/// Whether the bot can post a round in a channel.
async fn can_post(place: ClassChannel, services: &Services) -> Result<(), CommandError> {
    let why: Text = match services.rooms.check_channel(Some(place.guild), place.channel).await {
        Ok(ChannelAccess::Fine) => return Ok(()),
        Ok(ChannelAccess::Unseen) => {
            "I cannot see this channel. Let me: Edit Channel → Permissions → my role → View Channel. In a private thread, mention me to let me in.".into()
        }
        Ok(ChannelAccess::NoPosts) => "I cannot post in this kind of channel. Start the round in a text channel or a thread.".into(),
        Ok(ChannelAccess::Locked) => {
            "This thread is locked, so only moderators can write in it. Unlock it (its menu → Unlock Thread), then start the round.".into()
        }
        Ok(ChannelAccess::TimedOut(until)) => Text::from("A moderator timed me out until ")
            .instant(until)
            .and(". Remove the timeout (my name → Remove Timeout), or start the round after that."),
        Ok(ChannelAccess::Missing(missing)) => {
            format!("I am missing permissions in this channel: {}. Grant them under Edit Channel → Permissions → my role.", missing.join(", ")).into()
        }
        Err(why) => {
            return Err(CommandError::internal(
                format_args!("a channel could not be looked at: {why}"),
                "Discord does not answer me at the moment. Try again in a minute.",
            ));
        }
    };
    Err(Refusal::new(why).into())
}

async fn stop(request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    let Some(place) = request.class() else {
        return Err(Refusal::new(
            "There is no class here, only your own quiz: its button ends it. /round stop is for a server's channel.",
        )
        .into());
    };
    let services = ctx.services()?;
    may_start(request, place, services).await?;
    if !services.stored(services.rounds.stop(place.channel)).await? {
        return Err(Refusal::new("There is no round in this channel.").into());
    }
    Ok(note("The round ends", vec![Line::new("The answer to the current question comes next, then the results.")]))
}

async fn who(request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    let Some(place) = request.class() else {
        return Err(Refusal::new("You can only set this in a server.").into());
    };
    request.require_manager("Only people who may manage this server can set that.")?;
    let everyone = match request.text("may").map(plain).as_deref() {
        Some("everyone") => true,
        Some("teachers") => false,
        _ => return Err(Refusal::new("Say /round who teachers or /round who everyone.").into()),
    };
    let services = ctx.services()?;
    services.stored(services.store.set_rounds_for_everyone(place.guild, everyone)).await?;
    let said = if everyone { "Everybody here may start a round now." } else { "Only teachers here may start a round now." };
    Ok(note("Rounds", vec![Line::new(said)]))
}

/// A card that only the user who controls the round sees.
fn note(title: &str, lines: Vec<Line>) -> Card {
    Card::new(Outcome::Found, title).section(Section::opening(lines)).private()
}

async fn press(pressed: &Press, request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    match RoundPress::read(pressed).ok_or_else(stale)? {
        RoundPress::Answer { round, position, choice } => answered(round, position, choice, request, ctx).await,
        RoundPress::Alone(pressed) => as_quiz(pressed, request, ctx).await,
    }
}

/// A student's answer in a class round.
async fn answered(round: u64, position: usize, choice: u8, request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    let (Some(asker), Some(place)) = (request.asker, request.place) else { return Err(stale().into()) };
    let services = ctx.services()?;
    let interaction = request.number()?;
    let answer = RoundAnswer { round, position, channel: place.channel, user: asker.id, choice, interaction, at: request.now };
    let taken = services.rounds.answer(answer).await.map_err(|error| {
        CommandError::internal(
            format_args!("an answer to a round was not written: {error}"),
            "Your answer could not be saved. Please press again.",
        )
    })?;
    let over = || Refusal::new("Time is up for this question, so this press does not count.");
    Ok(round::answered(choice, taken).ok_or_else(over)?)
}

/// Continues an old round that was played alone, with its whole state in its buttons, as a quiz from the
/// button's question on.
async fn as_quiz(pressed: AlonePress, request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    let AlonePress { seed, count, place, right, topic, chosen } = pressed;
    let topic = topic.map_or(Some(Topic::Everything), |hash| Topic::hashed(hash, ctx.pack)).ok_or_else(stale)?;
    if !(1..=MOST_QUESTIONS).contains(&count) {
        return Err(stale().into());
    }
    let (filter, mut rng) = (filter(&topic), fastrand::Rng::with_seed(u64::from(seed)));
    let drawn = ctx.with_questions(move |questions| round::draw(questions, &filter, count, &mut rng)).await;
    if drawn.is_empty() {
        return Err(no_questions(&topic, ctx.pack).into());
    }
    let wanted = Wanted { topic, questions: count, difficulty: None };
    let step = |drawn: &RoundQuestion| SessionQuestion::new(&drawn.id, drawn.seed, false);
    let steps: Vec<SessionQuestion> = drawn.iter().skip(place).map(step).collect();
    if steps.is_empty() {
        // "How I did": only the bits for right answers are known.
        let right = usize::try_from(right.count_ones()).unwrap_or_default().min(drawn.len());
        let title = format!("{right} of {} right", drawn.len());
        let another = Action::new("A quiz like that", wanted.press(ctx.pack));
        return Ok(Card::new(Outcome::Found, title).buttons(vec![another]).private());
    }
    begin(quiz::session(&wanted, steps, request, ctx), chosen, request, ctx).await
}
