//! `/daily show`: the next post, the latest ones, and any problem with its solution.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::coming::coming;
use super::set::quiet_says;
use super::{WORDS, private, zone_of};
use crate::card::press::{ButtonId, DailyPress};
use crate::card::{Action, Card, CardResult, Line, Section, Text, format};
use crate::command::channel::pick_channel;
use crate::command::posting::said_instant;
use crate::command::{CommandContext, Place, Request, Services};
use crate::delivery::DeliveryHealth;
use crate::model::{DeliverySubject, Missed, Pause, QuietPolicy, State};
use crate::store::{Delivery, Schedule};

/// How many of the latest deliveries are examined.
const LATEST: usize = 200;
/// How many dates without a post are listed.
const LISTED: usize = 7;

pub(super) async fn answer(request: &Request, place: Place, ctx: &CommandContext<'_>) -> CardResult {
    let services = ctx.services()?;
    let mut schedules = services.stored(services.store.schedules_of(place.guild)).await?;
    if request.named_channel().is_some() {
        schedules = vec![pick_channel(schedules, |schedule| schedule.channel, request, place.channel, &WORDS)?];
    }
    let mut card = private("The daily post");
    if schedules.is_empty() {
        return Ok(card.section(Section::opening(vec![Line::new(WORDS.none)])));
    }
    card.subtitle = Some(format::count(schedules.len(), "channel"));
    if let Some(trouble) = trouble(&services.deliverer.status().held()) {
        card = card.section(Section::headed("A problem at the moment", vec![Line::new(trouble)]));
    }
    let mut buttons = Vec::new();
    for schedule in &schedules {
        let mut latest = services.stored(services.store.deliveries(schedule.channel, LATEST)).await?;
        // `/replay show` covers a replay in the same channel.
        latest.retain(|delivery| delivery.subject == DeliverySubject::Day);
        let next = coming(schedule, request.now, ctx, services).await?;
        card = channel(card, schedule, &latest, next, request.now, &mut buttons, services);
    }
    Ok(crate::card::in_pages(card, 0, |_| DailyPress::Show.press()).buttons(buttons))
}

/// Why no post is sent at all, in words for a teacher.
fn trouble(held: &DeliveryHealth) -> Option<String> {
    match held {
        DeliveryHealth::Nothing => None,
        DeliveryHealth::Clock(skew) => Some(format!(
            "The clock of the machine I run on is wrong by {} seconds, so I post nothing until the person who runs me has corrected it.",
            skew.as_secs().abs()
        )),
        DeliveryHealth::Unreachable(why) => Some(format!("I cannot reach Discord ({why}). Posts come as soon as I can, unless it is too late for them by then.")),
        DeliveryHealth::Store(_) => Some("My storage does not work, so I post nothing: without it I could not be sure that no post comes twice. The person who runs me can find the reason in my log.".to_owned()),
    }
}

fn channel(
    card: Card,
    schedule: &Schedule,
    latest: &[Delivery],
    next: Option<(Date, Timestamp)>,
    now: Timestamp,
    buttons: &mut Vec<Action>,
    services: &Services,
) -> Card {
    let tz = zone_of(schedule);
    let mut lines = vec![Line::new(Text::default().channel(schedule.channel)).led("Where:")];
    match &schedule.paused {
        Some(pause) => {
            lines.push(Line::new(format!("since {}. {}", format::long_date(schedule.next_date), cure(pause))).led("Paused:"))
        }
        None => {
            let today = tz.to_datetime(now).date();
            if let Some(until) = schedule.resting_until.filter(|until| *until >= today) {
                lines.push(Line::new(format!("until {} (included)", format::long_date(until))).led("Paused:"));
            }
            lines.push(match next {
                Some((_, at)) => {
                    let late = if at <= now { "; it is late, and comes as soon as it can" } else { "" };
                    let say = format!("{}, which is {}{late}", said_instant(at, &schedule.zone, &tz), utc(at));
                    Line::new(say).led("Next post:")
                }
                None if schedule.quiet == QuietPolicy::Skip => Line::new(
                    "I know of no day within a year that has one; /daily set with quiet:context posts on quiet days, too",
                )
                .led("No post:"),
                None => Line::new(cure(&Pause::UnknownZone)).led("No post:"),
            });
        }
    }
    lines.push(Line::new(quiet_says(schedule.quiet)).led("On a quiet day:"));
    lines.push(Line::new(if schedule.question { "yes" } else { "no" }).led("Question:"));
    lines.push(
        Line::new(format::count(usize::try_from(schedule.catch_up / 3600).unwrap_or_default(), "hour")).led("May be late by:"),
    );
    if let Some(last) = latest.iter().find(|delivery| matches!(delivery.state, State::Sent(_) | State::Skipped)) {
        lines.push(Line::new(last_post(last, &tz, services)).led("Last post:"));
    }
    for open in latest.iter().filter(|delivery| matches!(delivery.state, State::Due | State::Sending)) {
        let why = open.trouble.as_deref().unwrap_or("it is being sent");
        lines.push(Line::new(format!("{}: {why}; I am still trying", format::long_date(open.key.date))).led("Under way:"));
    }
    for held in latest.iter().filter(|delivery| delivery.state == State::Held) {
        let day = format::long_date(held.key.date);
        let say = format!(
            "{day}: I do not know whether this post arrived, and I cannot read the channel to see. Please look; if it is missing, press the button below. With Read Message History I can check by myself."
        );
        lines.push(Line::new(say).led("You decide:"));
        buttons.push(Action::new(
            &format!("Post {} anyway", format::day_and_month(held.key.date.month(), held.key.date.day())),
            DailyPress::Anyway(held.key).press(),
        ));
    }
    lines.extend(without_post(latest));
    let heading = format!("{:02}:{:02}, {}", schedule.time.hour(), schedule.time.minute(), schedule.zone);
    card.section(Section::headed(&heading, lines))
}

fn utc(at: Timestamp) -> String {
    let at = TimeZone::UTC.to_datetime(at);
    format!("{:02}:{:02} UTC", at.hour(), at.minute())
}

fn last_post(delivery: &Delivery, tz: &TimeZone, services: &Services) -> String {
    let day = format::long_date(delivery.key.date);
    match delivery.state {
        State::Sent(message) => {
            let late = delivery
                .decided_at
                .map(|at| delivery.due_at.duration_until(at))
                .filter(|late| *late >= SignedDuration::from_mins(5));
            let late = late.map_or(String::new(), |late| {
                format!(", {} late", format::count(usize::try_from(late.as_mins()).unwrap_or_default(), "minute"))
            });
            let at = delivery
                .decided_at
                .map(|at| tz.to_datetime(at))
                .map_or(String::new(), |at| format!(" at {:02}:{:02}", at.hour(), at.minute()));
            let link = message.and_then(|message| services.rooms.link(delivery.guild, delivery.key.channel, message));
            let link = link.map_or_else(
                || if message.is_none() { " (deleted since then)".to_owned() } else { String::new() },
                |link| format!(" {link}"),
            );
            format!("{day}{at}{late}.{link}")
        }
        _ => format!("{day}: nothing to post, as you chose for quiet days"),
    }
}

/// The latest dates without a post, with their reasons.
fn without_post(latest: &[Delivery]) -> Vec<Line> {
    let missed: Vec<(&Delivery, &Missed)> = latest
        .iter()
        .filter_map(|delivery| match &delivery.state {
            State::Missed(why) => Some((delivery, why)),
            _ => None,
        })
        .collect();
    let line = |(delivery, why): &(&Delivery, &Missed)| {
        Line::new(format!("{}: {}", format::long_date(delivery.key.date), reason(why))).led("No post:")
    };
    let mut lines: Vec<Line> = missed.iter().take(LISTED).map(line).collect();
    if missed.len() > LISTED {
        lines.push(Line::new(format!("and on {} before", format::count(missed.len() - LISTED, "more day"))));
    }
    lines
}

/// Why a date has no post, in words.
fn reason(why: &Missed) -> String {
    match why {
        Missed::Down => "I was not running".to_owned(),
        Missed::Window(why) => format!("it would have come too late ({why})"),
        Missed::NoSuchDay => "there was no such day in that time zone".to_owned(),
        Missed::Paused(pause) => format!("it was paused ({})", because(pause)),
        Missed::Refused(200_000 | 200_001) => "a filter of this server (AutoMod) blocked it; allow my posts there".to_owned(),
        Missed::Refused(240_000) => "Discord's filter for harmful links blocked it; please tell whoever runs me".to_owned(),
        Missed::Refused(code) => format!("Discord refused the post (code {code}); please tell whoever runs me"),
        Missed::Withdrawn => "it was cancelled".to_owned(),
    }
}

fn because(pause: &Pause) -> &'static str {
    match pause {
        Pause::Teacher => "you asked for it",
        Pause::ChannelGone => "the channel was deleted",
        Pause::NoAccess => "I could not see the channel",
        Pause::NoPermission => "a permission was missing",
        Pause::Archived => "the thread was archived",
        Pause::Locked => "the thread was locked",
        Pause::NoPosts => "I cannot post in this kind of channel",
        Pause::ThreadFull => "the thread has as many members as Discord allows",
        Pause::DirectClosed => "direct messages from me are switched off",
        Pause::Removed => "I was removed from the server",
        Pause::UnknownZone => "the time zone is unknown to me",
    }
}

/// Why a schedule is paused, and how to resume it.
fn cure(pause: &Pause) -> String {
    let cure = match pause {
        Pause::Teacher => "You paused it; /daily resume continues.",
        Pause::ChannelGone => "The channel was deleted; /daily set chooses another, /daily off deletes this schedule.",
        Pause::NoAccess => {
            "I cannot see the channel: give me View Channel there (in a private thread, mention me), then /daily resume."
        }
        Pause::NoPermission => {
            "I may not post there: give me Send Messages (in a thread: Send Messages in Threads), Embed Links and Attach Files in the channel, then /daily resume."
        }
        Pause::Archived => "The thread was archived and locked: unlock it, then /daily resume.",
        Pause::Locked => "The thread was locked: unlock it, then /daily resume.",
        Pause::NoPosts => {
            "I cannot post in this kind of channel (any more); /daily set chooses another, /daily off deletes this schedule."
        }
        Pause::ThreadFull => "The thread has as many members as Discord allows; /daily set chooses another place.",
        Pause::DirectClosed => "Direct messages from me are switched off; allow them, then /daily resume.",
        Pause::Removed => "I was removed from this server for a while; /daily resume continues.",
        Pause::UnknownZone => "I no longer know its time zone; /daily set chooses another.",
    };
    cure.to_owned()
}
