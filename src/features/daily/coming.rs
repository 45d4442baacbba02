//! Predicts which post comes next, with the deliverer's own rules.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::card::CommandError;
use crate::command::posting::{DATES, said_instant};
use crate::command::{CommandContext, Services};
use crate::delivery::{next_due, plan, wall_time};
use crate::features::daily::post::has_post;
use crate::features::daily::zone_of;
use crate::store::Schedule;

/// The date and instant of a schedule's next post. An instant in the past means a post that is late and
/// still comes. `None` if no post comes within a year: the schedule is paused, its zone is unknown, or
/// all days are quiet ones that are skipped.
pub(super) async fn coming(
    schedule: &Schedule,
    now: Timestamp,
    ctx: &CommandContext<'_>,
    services: &Services,
) -> Result<Option<(Date, Timestamp)>, CommandError> {
    let Ok(zone) = TimeZone::get(&schedule.zone) else { return Ok(None) };
    if schedule.paused.is_some() {
        return Ok(None);
    }
    let time = wall_time(schedule);
    let mut next = (schedule.next_date, schedule.next_due);
    if schedule.next_due <= now {
        // The claim that the deliverer would make now.
        let Ok(claim) = plan(schedule, now, None) else { return Ok(None) };
        next = claim.delivery.map_or(claim.next, |delivery| (delivery.key.date, delivery.due_at));
    }
    for _ in 0..DATES {
        if has_post(next.0, schedule, ctx.pack) && !services.stored(services.store.is_taken(schedule.channel, next.0)).await? {
            return Ok(Some(next));
        }
        next = next_due(next.1, time, &zone);
    }
    Ok(None)
}

/// The next post in words: its local time, or that none comes.
pub(super) async fn said_coming(
    schedule: &Schedule,
    now: Timestamp,
    ctx: &CommandContext<'_>,
    services: &Services,
) -> Result<String, CommandError> {
    let next = coming(schedule, now, ctx, services).await?;
    Ok(match next {
        Some((_, at)) => said_instant(at, &schedule.zone, &zone_of(schedule)),
        None => "none within a year".to_owned(),
    })
}
