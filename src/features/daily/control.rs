//! `/daily pause`, `resume`, `off`.

use jiff::civil::Date;

use super::coming::said_coming;
use super::set::note;
use super::{after, meant, next_of, pressed, private, zone_of};
use crate::card::press::{ButtonId, DailyPress};
use crate::card::{Action, CardResult, Line, Refusal, Section, Text, format};
use crate::command::date_option::{DateReading, GivenDate};
use crate::command::posting::look_at;
use crate::command::{CommandContext, Place, Request, Services};
use crate::delivery::{Due, instant, wall_time};
use crate::model::{ChannelId, Missed, Pause};
use crate::store::{ClaimRequest, Schedule};

pub(super) async fn pause(request: &Request, place: Place, ctx: &CommandContext<'_>) -> CardResult {
    let services = ctx.services()?;
    let mut schedule = meant(request, place, services).await?;
    let tz = zone_of(&schedule);
    let today = tz.to_datetime(request.now).date();
    let Some(until) = until(request, today)? else {
        services.stored(services.store.pause(schedule.channel, &Pause::Teacher)).await?;
        return Ok(note(
            "The daily post is paused",
            Text::default().channel(schedule.channel).and(" gets no more posts until /daily resume."),
        ));
    };
    let time = wall_time(&schedule);
    (schedule.next_date, schedule.next_due) = after(until, time, &tz, request.now);
    schedule.resting_until = Some(until);
    schedule.paused = None;
    services.stored(services.store.put_schedule(&schedule)).await?;
    services.deliverer.wake();
    let next = said_coming(&schedule, request.now, ctx, services).await?;
    let say = format!(" is paused until {} (included). The next post: {next}.", format::long_date(until));
    Ok(note("The daily post is paused", Text::default().channel(schedule.channel).and(say)))
}

/// The last day of a break, if one was given: not in the past, and within a year.
fn until(request: &Request, today: Date) -> Result<Option<Date>, Refusal> {
    let reading = DateReading {
        today: Some(today),
        year: today.year(),
        ranges: false,
        like: "7 january, next friday or 2027-01-07".to_owned(),
        besides: " Nothing was changed.",
    };
    let Some(GivenDate { typed, understood }) = request.date("until", &reading)? else { return Ok(None) };
    let refuse = |why: &str| Refusal::new(Text::from("“").typed(typed).and(why));
    let mut until = understood.from;
    if until < today && !understood.year_given {
        until = until.checked_add(jiff::Span::new().years(1)).unwrap_or(until);
    }
    let latest = today.checked_add(jiff::Span::new().years(1)).unwrap_or(today);
    if until < today {
        return Err(refuse("” is in the past. Nothing was changed."));
    }
    if until > latest {
        return Err(refuse("” is more than a year away. Leave the date out, and the post is paused until /daily resume."));
    }
    Ok(Some(until))
}

pub(super) async fn resume(request: &Request, place: Place, ctx: &CommandContext<'_>) -> CardResult {
    let services = ctx.services()?;
    let mut schedule = meant(request, place, services).await?;
    look_at(schedule.guild, schedule.channel, services).await?;
    let tz = zone_of(&schedule);
    let time = wall_time(&schedule);
    let next = next_of(&tz, time, schedule.channel, request.now, services).await?;
    if let Some(pause) = &schedule.paused {
        // Each date of the pause gets its reason, as if it had been recorded day by day.
        let mut missed = Vec::new();
        let mut date = schedule.next_date.max(next.0.checked_sub(jiff::Span::new().days(60)).unwrap_or(next.0));
        while date < next.0 {
            if let Due::At(at) = instant(date, time, &tz) {
                missed.push((date, at, Missed::Paused(pause.clone())));
            }
            date = date.tomorrow().unwrap_or(next.0);
        }
        let claim =
            ClaimRequest { channel: schedule.channel, guild: schedule.guild, missed, delivery: None, next, now: request.now };
        services.stored(services.store.claim(&[claim])).await?;
    }
    schedule.paused = None;
    schedule.resting_until = None;
    (schedule.next_date, schedule.next_due) = next;
    services.stored(services.store.put_schedule(&schedule)).await?;
    services.deliverer.wake();
    let say = format!(": the next post comes on {}.", said_coming(&schedule, request.now, ctx, services).await?);
    Ok(note("The daily post continues", Text::default().channel(schedule.channel).and(say)))
}

pub(super) async fn off(request: &Request, place: Place, services: &Services) -> CardResult {
    let schedule = meant(request, place, services).await?;
    let say = Text::from("No more posts in ").channel(schedule.channel).and(", and its schedule is deleted. Earlier posts stay.");
    let press = DailyPress::Off(schedule.channel).press();
    let buttons = vec![Action::new("Turn it off", press), Action::new("Leave it on", DailyPress::Show.press())];
    Ok(private("Turn the daily post off?").section(Section::opening(vec![Line::new(say)])).buttons(buttons))
}

pub(super) async fn confirmed_off(channel: ChannelId, place: Place, services: &Services) -> CardResult {
    let schedule: Schedule = pressed(channel, place, services).await?;
    services.stored(services.store.remove_schedule(schedule.channel)).await?;
    Ok(note(
        "The daily post is off",
        Text::default().channel(schedule.channel).and(" gets no more posts. /daily set turns it on again."),
    ))
}
