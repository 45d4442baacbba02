//! `/replay start`: parses the options, checks the channel, stores the replay, and explains its course.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{length, note};
use crate::card::{CardResult, CommandError, Line, Refusal, Section, Text, format};
use crate::command::date_option::DateReading;
use crate::command::examples;
use crate::command::posting::{look_at, said_instant};
use crate::command::{CommandContext, Place, Request, Services};
use crate::delivery::understand;
use crate::features::replay::{Lasting, Script, schedule, script};
use crate::model::{ChannelId, LessonDetail, ReplayMode, ReplayState};
use crate::pack::Pack;
use crate::store::{Replay, SCHEDULES_PER_GUILD};

/// The default length of a lesson, in seconds.
const LESSON: i64 = 45 * 60;
/// The maximum number of days: with a month, the posts of a lesson stay apart.
const DAYS: i64 = 31;

pub(super) async fn answer(request: &Request, place: Place, ctx: &CommandContext<'_>) -> CardResult {
    let services = ctx.services()?;
    let channel = request.named_channel().unwrap_or(place.channel);
    let (from, to) = range(request, ctx)?;
    let lasting = match request.text("lasting") {
        None => Lasting::Lesson(LESSON),
        Some(text) => text
            .parse()
            .map_err(|error| Refusal::new(Text::from("“").typed(text).and(format!("”: {error} Nothing was started."))))?,
    };
    let zone_name = zone(request, place, channel, services, ctx.pack).await?;
    let zone = TimeZone::get(&zone_name)
        .map_err(|_| Refusal::new("I know that time zone's name, but not its rules. Name a city nearby."))?;
    let mode = match lasting {
        Lasting::Lesson(seconds) => ReplayMode::Lesson { seconds, detail: detail(request)? },
        Lasting::AsItHappened => ReplayMode::AsItHappened { year: year(ctx, from, to, request.now, &zone) },
    };
    let script = script(ctx.pack, from, to, mode);
    if script.is_empty() {
        let say = format!(
            "I know of nothing that happened from {} to {}, so there is nothing to replay. Widen the dates.",
            format::date(from),
            format::date(to)
        );
        return Err(Refusal::new(say).into());
    }
    let on = services.stored(services.store.replays_of(place.guild)).await?;
    if on.iter().any(|replay| replay.channel == channel) {
        return Err(running(channel).into());
    }
    if on.len() >= SCHEDULES_PER_GUILD {
        return Err(Refusal::new(format!(
            "{SCHEDULES_PER_GUILD} replays are running in this server already, which is the most it can have. Stop one first with /replay stop."
        )).into());
    }
    look_at(place.guild, channel, services).await?;
    let replay = Replay {
        channel,
        guild: place.guild,
        from,
        to,
        mode,
        zone: zone_name,
        speed: 100,
        started_at: request.now,
        told_from: 0,
        position: 0,
        next_step: script.name(ctx.pack, 0),
        next_at: request.now,
        last: None,
        state: ReplayState::Running,
    };
    if !services.stored(services.store.start_replay(&replay)).await? {
        return Err(running(channel).into());
    }
    services.deliverer.wake();
    Ok(said(&replay, &script, &zone, ctx))
}

fn running(channel: ChannelId) -> Refusal {
    Refusal::new(
        Text::from("A replay is running in ")
            .channel(channel)
            .and(" already, and one at a time is enough. /replay show tells how far it is, /replay stop ends it."),
    )
}

fn said(replay: &Replay, script: &Script, zone: &TimeZone, ctx: &CommandContext<'_>) -> crate::card::Card {
    let instants = schedule(ctx.pack, script, replay.mode, replay.started_at, zone, replay.speed);
    let mut lines = vec![
        Line::new(Text::default().channel(replay.channel)).led("Where:"),
        Line::new(format::days(replay.from, replay.to)).led("What:"),
    ];
    let posts = format::count(script.steps.len() + 1, "post");
    let questions = format::count(script.questions(), "question");
    match replay.mode {
        ReplayMode::Lesson { seconds, .. } => {
            lines.push(Line::new(length(seconds)).led("How long:"));
            let each = SignedDuration::from_secs(seconds / i64::try_from(script.steps.len()).unwrap_or(1).max(1));
            lines.push(
                Line::new(format!("{posts}, {questions}; a new one about every {}", length(each.as_secs().max(1))))
                    .led("How many:"),
            );
        }
        ReplayMode::AsItHappened { year } => {
            lines.push(Line::new(format!("as long as it lasted, in {year}")).led("How long:"));
            lines.push(Line::new(format!("{posts}, {questions}")).led("How many:"));
            if let Some(first) = instants.iter().find(|at| **at > replay.started_at) {
                lines.push(Line::new(said_instant(*first, &replay.zone, zone)).led("The first after the opening:"));
            }
        }
    }
    lines.push(Line::new("/replay pause, /replay faster, /replay slower, /replay stop").led("To control it:"));
    let mut card = note("The replay begins", "");
    card.sections = vec![Section::opening(lines)];
    card
}

/// How much of the story a lesson tells.
fn detail(request: &Request) -> Result<LessonDetail, Refusal> {
    let Some(typed) = request.text("detail") else { return Ok(LessonDetail::default()) };
    let refuse =
        |_| Refusal::new(Text::from("I know the details highlights and all, not “").typed(typed).and("”. Nothing was started."));
    typed.to_lowercase().parse().map_err(refuse)
}

/// The first and the last day.
fn range(request: &Request, ctx: &CommandContext<'_>) -> Result<(Date, Date), Refusal> {
    let reading = DateReading {
        today: None,
        year: ctx.pack.year,
        ranges: false,
        like: examples::day(ctx.pack),
        besides: " Nothing was started.",
    };
    let day = |option: &str| Ok(request.date(option, &reading)?.map(|given| given.understood.from));
    let (from, to): (Option<Date>, Option<Date>) = (day("from")?, day("to")?);
    let (from, to) = match (from, to, ctx.pack.replay_days()) {
        (Some(from), Some(to), _) => (from, to),
        // A single day outside the default range means only that day.
        (Some(from), None, Some((_, last))) if from <= last => (from, last),
        (None, Some(to), Some((first, _))) if to >= first => (first, to),
        (Some(day), None, _) | (None, Some(day), _) => (day, day),
        (None, None, Some(usual)) => usual,
        (None, None, None) => {
            return Err(Refusal::new("I know of no day on which anything happened, so there is nothing to replay."));
        }
    };
    if to < from {
        return Err(Refusal::new(format!(
            "That ends before it begins: {} to {}. Put the earlier day into `from`. Nothing was started.",
            format::date(from),
            format::date(to)
        )));
    }
    if from.duration_until(to).as_hours() / 24 >= DAYS {
        return Err(Refusal::new(format!(
            "That is longer than {DAYS} days, too much for one replay. Choose fewer days. Nothing was started."
        )));
    }
    Ok((from, to))
}

/// The requested zone; else that of the channel's daily post, or of any in the server; else that of the
/// events.
async fn zone(
    request: &Request,
    place: Place,
    channel: ChannelId,
    services: &Services,
    pack: &Pack,
) -> Result<String, CommandError> {
    if let Some(text) = request.text("zone") {
        let refuse = |error| Refusal::new(Text::from("“").typed(text).and(format!("”: {error}"))).into();
        return understand(text).map(str::to_owned).map_err(refuse);
    }
    let known = services.stored(services.store.schedules_of(place.guild)).await?;
    let own = known.iter().find(|schedule| schedule.channel == channel).or(known.first());
    Ok(own.map_or_else(|| pack.zone_name().to_owned(), |schedule| schedule.zone.clone()))
}

/// The first year in which the last day is not over yet.
fn year(ctx: &CommandContext<'_>, from: Date, to: Date, now: Timestamp, zone: &TimeZone) -> i16 {
    let this = zone.to_datetime(now).year();
    let script = script(ctx.pack, from, to, ReplayMode::AsItHappened { year: this });
    let instants = schedule(ctx.pack, &script, ReplayMode::AsItHappened { year: this }, now, zone, 100);
    // The last instant is the closing post's, the one before it the last step's.
    let last = instants.iter().rev().nth(1).copied().unwrap_or(now);
    if last <= now { this + 1 } else { this }
}
