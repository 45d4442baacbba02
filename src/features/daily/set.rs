//! `/daily set`: parses the options, checks the channel, stores the schedule, and names the first post.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::card::press::{ButtonId, DailyPress};
use crate::card::{Action, Card, CardResult, CommandError, Line, Refusal, Section, Text};
use crate::command::posting::look_at;
use crate::command::{CommandContext, Place, Request, Services};
use crate::delivery::{WallTime, understand, wall_time};
use crate::features::daily::coming::said_coming;
use crate::features::daily::{next_of, pressed, private};
use crate::model::{ChannelId, QuietPolicy};
use crate::store::{SCHEDULES_PER_GUILD, Schedule};

/// The default of `late:`, in hours.
const LATE: i64 = 6;

/// How many posts can be sent in a minute (48 a second).
const FULL: u64 = 2_880;

/// How many minutes are searched for a free one.
const MINUTES_ON: i64 = 60;

pub(super) async fn answer(request: &Request, place: Place, ctx: &CommandContext<'_>) -> CardResult {
    let services = ctx.services()?;
    let channel = request.named_channel().unwrap_or(place.channel);
    let time = time(request)?;
    let zone = zone(request)?;
    let known = services.stored(services.store.schedules_of(place.guild)).await?;
    let before = known.iter().find(|schedule| schedule.channel == channel);
    if before.is_none() && known.len() >= SCHEDULES_PER_GUILD {
        return Err(Refusal::new(format!(
            "This server has {SCHEDULES_PER_GUILD} daily posts already, which is the most it can have. Turn one off first with /daily off."
        )).into());
    }
    let quiet = match request.text("quiet") {
        Some(text) => text.parse::<QuietPolicy>().map_err(|error| Refusal::new(error.to_string()))?,
        None => before.map_or(QuietPolicy::default(), |schedule| schedule.quiet),
    };
    let catch_up = late(request)?.or(before.map(|schedule| schedule.catch_up)).unwrap_or(LATE * 3600);
    look_at(place.guild, channel, services).await?;
    let tz =
        TimeZone::get(zone).map_err(|_| Refusal::new("I know that time zone's name, but not its rules. Name a city nearby."))?;
    let (next_date, next_due) = next_of(&tz, time, channel, request.now, services).await?;
    let schedule = Schedule {
        channel,
        guild: place.guild,
        zone: zone.to_owned(),
        time: Time::constant(time.hour(), time.minute(), 0, 0),
        quiet,
        question: request.given_flag("question").or(before.map(|schedule| schedule.question)).unwrap_or(true),
        picture: request.given_flag("picture").or(before.map(|schedule| schedule.picture)).unwrap_or(false),
        catch_up,
        // A class that only changes its time keeps its place among those of the same minute.
        set_at: before.map_or(request.now, |schedule| schedule.set_at),
        next_date,
        next_due,
        paused: None,
        resting_until: None,
    };
    services.stored(services.store.put_schedule(&schedule)).await?;
    services.deliverer.wake();
    said(&schedule, before.is_some(), request.now, ctx, services).await
}

fn time(request: &Request) -> Result<WallTime, Refusal> {
    let text = request.text("time").unwrap_or_default();
    text.parse::<WallTime>().map_err(|error| {
        if text.is_empty() {
            Refusal::new(error.to_string())
        } else {
            Refusal::new(Text::from("“").typed(text).and(format!("”: {error}")))
        }
    })
}

fn zone(request: &Request) -> Result<&'static str, Refusal> {
    let text = request.text("zone").unwrap_or_default();
    understand(text).map_err(|error| {
        if text.is_empty() {
            Refusal::new(error.to_string())
        } else {
            Refusal::new(Text::from("“").typed(text).and(format!("”: {error}")))
        }
    })
}

/// The requested catch-up window, in seconds.
fn late(request: &Request) -> Result<Option<i64>, Refusal> {
    let Some(text) = request.text("late") else { return Ok(None) };
    let hours = text.trim_end_matches(['h', 'H']).trim().parse::<i64>().ok().filter(|hours| (1..=23).contains(hours));
    let say = || Refusal::new(Text::from("“").typed(text).and("” is not a number of hours from 1 to 23. Nothing was changed."));
    hours.map(|hours| Some(hours * 3600)).ok_or_else(say)
}

async fn said(schedule: &Schedule, changed: bool, now: Timestamp, ctx: &CommandContext<'_>, services: &Services) -> CardResult {
    let mut card = private(if changed { "The daily post is changed" } else { "The daily post is set" });
    let mut lines = vec![
        Line::new(Text::default().channel(schedule.channel)).led("Where:"),
        Line::new(said_coming(schedule, now, ctx, services).await?).led("First post:"),
        Line::new(quiet_says(schedule.quiet)).led("On a quiet day:"),
        Line::new(if schedule.question { "one at the end of every post" } else { "none" }).led("Question:"),
        Line::new(format!(
            "if Discord or I was down, the day's post comes up to {} hours late, never twice",
            schedule.catch_up / 3600
        ))
        .led("If something goes wrong:"),
    ];
    let mut buttons = vec![Action::new("Show", DailyPress::Show.press())];
    if let Some((others, free)) = freer(schedule, &super::zone_of(schedule), services).await? {
        lines.push(
            Line::new(format!(
                "{others} other classes want the same minute; yours may see its post some minutes late. At {free} there is room."
            ))
            .led("Crowded:"),
        );
        let press =
            DailyPress::Move { channel: schedule.channel, time: Time::constant(free.hour(), free.minute(), 0, 0) }.press();
        buttons.insert(0, Action::new(&format!("Take {free}"), press));
    }
    card = card.section(Section::opening(lines));
    Ok(card.buttons(buttons))
}

pub(super) fn quiet_says(quiet: QuietPolicy) -> &'static str {
    match quiet {
        QuietPolicy::Skip => "no post",
        QuietPolicy::Portrait => "a person, a group, a word or a place",
        QuietPolicy::Context => "where things stood",
    }
}

/// How many other classes use the schedule's minute, and the next minute with capacity; `None` if it has
/// capacity itself.
async fn freer(schedule: &Schedule, tz: &TimeZone, services: &Services) -> Result<Option<(u64, WallTime)>, CommandError> {
    let minute = SignedDuration::from_mins(1);
    let due_in_minute_from = async |from: Timestamp| {
        let to = from.checked_add(minute).unwrap_or(from);
        services.stored(services.store.count_due_between(from, to)).await
    };
    let others = due_in_minute_from(schedule.next_due).await?.saturating_sub(1);
    if others < FULL {
        return Ok(None);
    }
    for minutes in 1..=MINUTES_ON {
        let Ok(at) = schedule.next_due.checked_add(SignedDuration::from_mins(minutes)) else { break };
        let local = tz.to_datetime(at);
        if due_in_minute_from(at).await? < FULL
            && let Some(free) = WallTime::new(local.hour(), local.minute())
        {
            return Ok(Some((others, free)));
        }
    }
    Ok(None)
}

/// Moves a schedule to another minute, after a press.
pub(super) async fn move_to(
    channel: ChannelId,
    time: Time,
    request: &Request,
    place: Place,
    ctx: &CommandContext<'_>,
) -> CardResult {
    let services = ctx.services()?;
    let mut schedule = pressed(channel, place, services).await?;
    let time = WallTime::new(time.hour(), time.minute()).ok_or_else(crate::command::stale)?;
    let tz = super::zone_of(&schedule);
    if time != wall_time(&schedule) {
        schedule.time = Time::constant(time.hour(), time.minute(), 0, 0);
        (schedule.next_date, schedule.next_due) = next_of(&tz, time, schedule.channel, request.now, services).await?;
        services.stored(services.store.put_schedule(&schedule)).await?;
        services.deliverer.wake();
    }
    said(&schedule, true, request.now, ctx, services).await
}

/// A card with only a message, and a button for the overview.
pub(super) fn note(title: &str, say: impl Into<Text>) -> Card {
    private(title).section(Section::opening(vec![Line::new(say)])).buttons(vec![Action::new("Show", DailyPress::Show.press())])
}
