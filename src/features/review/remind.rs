//! Reminders: a direct message at a time of the student's choice, if anything is due then.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::card::press::{ButtonId, ReviewPress};
use crate::card::{Action, Card, CardResult, CommandError, Line, Outcome, Refusal, Section, Text, format};
use crate::command::posting::first_free;
use crate::command::practice::student;
use crate::command::{CommandContext, Request};
use crate::delivery::{PostKind, WallTime, next_due, understand};
use crate::messenger::SendError;
use crate::model::{ChannelId, DeliverySubject, Key, State};
use crate::store::{Delivery, Reminder, Reminding, Store, StoreError};

/// How late a reminder may be; later it would annoy more than help.
const LATE: SignedDuration = SignedDuration::from_hours(3);
/// How many reminders are processed in one transaction.
const BATCH: usize = 256;

/// Sets or removes the user's reminder.
pub(super) async fn set(time: Option<&str>, zone: Option<&str>, request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    let (user, services) = (student(request)?, ctx.services()?);
    if time.is_some_and(|time| matches!(time.to_lowercase().as_str(), "off" | "no" | "never" | "stop")) {
        services.stored(services.store.set_reminder(user, None, request.now)).await?;
        return Ok(send("No more reminders", "I will not write to you any more, and I have deleted the time and the channel."));
    }
    let before = services.stored(services.store.reminder(user)).await?;
    let time = match (time, &before) {
        (Some(time), _) => time.parse::<WallTime>().map_err(|error| {
            Refusal::new(Text::from("I cannot read “").typed(time).and(format!("” as a time of day: {error}.")))
        })?,
        (None, Some(before)) => wall_time(before),
        (None, None) => return Err(Refusal::new("Say at what time as well, such as /review remind:18:00 zone:London.").into()),
    };
    let zone = match (zone, &before) {
        (Some(zone), _) => understand(zone)
            .map_err(|error| Refusal::new(Text::from("I do not know the zone “").typed(zone).and(format!("”: {error}."))))?
            .to_owned(),
        (None, Some(before)) => before.zone.clone(),
        (None, None) => return Err(Refusal::new("Say in which time zone that is as well, such as zone:London.").into()),
    };
    let rules = TimeZone::get(&zone).map_err(|_| Refusal::new("I do not know that time zone."))?;
    let channel = services.rooms.direct(user).await.map_err(unwritten)?;
    // A date that had its reminder in another zone gets no second one.
    let (next_date, next_due) = first_free(next_due(request.now, time, &rules), time, &rules, channel, services).await?;
    let time = time.on(next_date).time();
    let reminder = Reminder { channel, zone: zone.clone(), time, next_date, next_due, ended: None };
    services.stored(services.store.set_reminder(user, Some(&reminder), request.now)).await?;
    let nonce = format!("r{:x}", request.number()?);
    if let Err(why) = services.rooms.send(channel, &nonce, &confirmation(&reminder)).await {
        // Without a confirmation the reminder is not stored, because its messages would not arrive.
        services.stored(services.store.set_reminder(user, before.as_ref(), request.now)).await?;
        return Err(unwritten(why));
    }
    services.deliverer.wake();
    let body = format!(
        "I write to you at {} ({zone} time), on days when something is due and on no others. I have just sent you a message, so that you know where. The first possible day: {}. For that I keep the time, the zone and our direct-message channel. /review remind:off ends it.",
        said_time(&reminder),
        format::long_date(next_date)
    );
    Ok(send("You will be reminded", &body))
}

/// Why the bot cannot write to the student, and what they can do about it.
fn unwritten(why: SendError) -> CommandError {
    if why.is_final() {
        tracing::debug!(?why, "direct messages to somebody are closed");
        return Refusal::new(
            "I cannot write to you: Discord refused my message. Allow direct messages in the privacy settings of a server where we both are, and check that you have not blocked me; then ask again. No reminder was set.",
        )
        .into();
    }
    CommandError::internal(
        format_args!("somebody who wants a reminder could not be written to: {}", why.why()),
        "Discord did not accept my message just now, so nothing was changed. Please try again in a minute.",
    )
}

/// The confirmation message, which also shows whether the bot can write to the student.
fn confirmation(reminder: &Reminder) -> Card {
    let body = format!(
        "Here I write to you at {} ({} time), on days when something is due for review. /review remind:off ends it.",
        said_time(reminder),
        reminder.zone
    );
    Card::new(Outcome::Found, "Reminders are on").section(Section::opening(vec![Line::new(body)]))
}

fn said_time(reminder: &Reminder) -> String {
    format!("{:02}:{:02}", reminder.time.hour(), reminder.time.minute())
}

/// The message to a student whose reminder ended, with the way to set it again.
pub(super) fn ended(reminder: &Reminder) -> Option<Section> {
    reminder.ended.as_ref()?;
    let line = format!(
        "They ended: Discord refused my last message to you. Allow direct messages in the privacy settings of a server where we both are, then type /review remind:{}. /review remind:off deletes the reminder.",
        said_time(reminder)
    );
    Some(Section::headed("Your reminders", vec![Line::new(line)]))
}

fn wall_time(reminder: &Reminder) -> WallTime {
    // Every civil time has a valid hour and minute.
    WallTime::new(reminder.time.hour(), reminder.time.minute()).unwrap_or(WallTime::MIDNIGHT)
}

fn send(title: &str, body: &str) -> Card {
    Card::new(Outcome::Found, title).section(Section::opening(vec![Line::new(body)])).private()
}

/// Reminders as a kind of post.
pub(crate) struct Reminders(pub(crate) Arc<dyn Store>);

#[async_trait]
impl PostKind for Reminders {
    fn is_for(&self, subject: &DeliverySubject) -> bool {
        *subject == DeliverySubject::Reminder
    }

    async fn compose(&self, delivery: &Delivery) -> Result<Option<Arc<Card>>, StoreError> {
        Ok(reminder(self.0.as_ref(), delivery).await?.map(Arc::new))
    }

    async fn enqueue_due(&self, now: Timestamp) -> Result<usize, StoreError> {
        enqueue_reminders(self.0.as_ref(), now).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.0.next_reminder().await
    }
}

/// Enqueues the reminders that are due and for which items are due. Returns how many.
///
/// # Errors
/// If the store fails.
async fn enqueue_reminders(store: &dyn Store, now: Timestamp) -> Result<usize, StoreError> {
    let mut put = 0;
    let mut before = Vec::new();
    loop {
        let due = store.due_reminders(now, BATCH).await?;
        let channels: Vec<ChannelId> = due.iter().map(|(reminder, _)| reminder.channel).collect();
        // If the store returns the same reminders again, it did not keep that they were advanced.
        if !channels.is_empty() && channels == before {
            return Err(StoreError::NotKept("reminders that moved on"));
        }
        before = channels;
        let remindings: Vec<Reminding> = due.iter().map(|(reminder, items)| reminding(reminder, *items, now)).collect();
        if remindings.is_empty() {
            return Ok(put);
        }
        put += store.remind(&remindings).await?;
        if due.len() < BATCH {
            return Ok(put);
        }
    }
}

/// The next date of a due reminder, and its delivery. Pure.
fn reminding(reminder: &Reminder, items: u32, now: Timestamp) -> Reminding {
    // A zone that the current time zone data does not know counts as UTC, so that the reminder does not
    // stay due forever.
    let rules = TimeZone::get(&reminder.zone).unwrap_or(TimeZone::UTC);
    let next = next_due(now, wall_time(reminder), &rules);
    let until = reminder.next_due.checked_add(LATE).unwrap_or(Timestamp::MAX);
    let delivery = (items > 0 && now <= until).then_some(Delivery {
        key: Key { channel: reminder.channel, date: reminder.next_date, sequence: 0 },
        guild: None,
        subject: DeliverySubject::Reminder,
        state: State::Due,
        due_at: reminder.next_due,
        until,
        attempts: 0,
        uncertain_since: None,
        not_before: reminder.next_due,
        lease_until: reminder.next_due,
        decided_at: None,
        trouble: None,
    });
    Reminding { channel: reminder.channel, next, delivery }
}

/// The content of a reminder; `None` if nothing is due any more, or it was removed.
///
/// # Errors
/// If the store fails.
async fn reminder(store: &dyn Store, delivery: &Delivery) -> Result<Option<Card>, StoreError> {
    let due = store.due_in(delivery.key.channel, delivery.due_at).await?.filter(|items| *items > 0);
    Ok(due.map(|items| {
        let items = format::count(items as usize, "item");
        let is = if items.starts_with("1 ") { "is" } else { "are" };
        Card::new(Outcome::Found, "Time for a short review")
            .section(Section::opening(vec![
                Line::new(format!("{items} {is} due today. A few minutes now save learning it all again.")),
                Line::new("You asked me to remind you; /review remind:off ends it."),
            ]))
            .buttons(vec![Action::new("Review now", ReviewPress::Start.press())])
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    #[test]
    fn a_reminder_comes_when_something_is_due_and_not_too_late() {
        let reminder = Reminder {
            channel: ChannelId(5),
            zone: "Europe/Budapest".to_owned(),
            time: time(18, 0, 0, 0),
            next_date: date(2026, 11, 24),
            next_due: at("2026-11-24T17:00:00Z"),
            ended: None,
        };
        let soon = reminding(&reminder, 3, at("2026-11-24T17:00:05Z"));
        assert_eq!(soon.next, (date(2026, 11, 25), at("2026-11-25T17:00:00Z")));
        let delivery = soon.delivery.expect("something is due");
        assert_eq!((delivery.key.date, delivery.due_at), (date(2026, 11, 24), at("2026-11-24T17:00:00Z")));
        assert_eq!(reminding(&reminder, 0, at("2026-11-24T17:00:05Z")).delivery, None);
        assert_eq!(reminding(&reminder, 3, at("2026-11-24T20:00:01Z")).delivery, None);
        // On the night when the clocks change it is still six in the evening.
        let late = reminding(&reminder, 3, at("2027-03-27T18:00:00Z"));
        assert_eq!(late.next.1, at("2027-03-28T16:00:00Z"));
    }
}
