//! Decides which delivery of a due schedule to claim, and which dates were missed. Pure.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::delivery::{Due, WallTime, instant, next_due};
use crate::model::{DeliverySubject, Key, Missed, Pause, State};
use crate::store::{ClaimRequest, Delivery, Schedule};

/// How long a claim gives exclusive access to a delivery. It is several times the longest request, so
/// that two processes never send the same delivery.
pub const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// How many missed dates are recorded individually; nobody reads more.
const LISTED: usize = 60;
/// The recorded reason if the bot did not run until a window was over.
pub(crate) const NOT_RUNNING: &str = "the bot was not running";

/// What to record for a schedule at `now`.
///
/// Claims the latest date whose instant has come, if its catch-up window is still open. All dates before
/// it become rows with the reason why they have no post, so a bot that was down for a week posts only
/// today's. `last_outage` is the last reason why nothing was posted while the bot ran, and when it was
/// last true.
///
/// # Errors
/// The pause to set, if the schedule's zone is unknown.
pub fn plan(schedule: &Schedule, now: Timestamp, last_outage: Option<&(String, Timestamp)>) -> Result<ClaimRequest, Pause> {
    let zone = TimeZone::get(&schedule.zone).map_err(|_| Pause::UnknownZone)?;
    let time = wall_time(schedule);
    let next = next_due(now, time, &zone);
    let mut missed = Vec::new();
    let mut owed: Option<(Date, Timestamp)> = None;
    let mut date = schedule.next_date.max(earliest_listed(next.0));
    while date < next.0 {
        match instant(date, time, &zone) {
            Due::NoSuchDay => missed.push((date, now, Missed::NoSuchDay)),
            Due::At(at) if at <= now => {
                if let Some((date, at)) = owed.replace((date, at)) {
                    missed.push((date, at, Missed::Down));
                }
            }
            Due::At(_) => {}
        }
        match date.tomorrow() {
            Ok(tomorrow) => date = tomorrow,
            Err(_) => break,
        }
    }
    let catch_up = SignedDuration::from_secs(schedule.catch_up);
    let mut delivery = None;
    if let Some((date, due_at)) = owed {
        let until = due_at.checked_add(catch_up).unwrap_or(Timestamp::MAX);
        if now <= until {
            delivery = Some(claimed(schedule, date, due_at, until, now));
        } else {
            let held_up = last_outage.filter(|(_, until)| *until >= due_at).map(|(why, _)| why.clone());
            missed.push((date, due_at, Missed::Window(held_up.unwrap_or_else(|| NOT_RUNNING.to_owned()))));
        }
    }
    Ok(ClaimRequest { channel: schedule.channel, guild: schedule.guild, missed, delivery, next, now })
}

fn earliest_listed(next: Date) -> Date {
    next.checked_sub(jiff::Span::new().days(LISTED as i64)).unwrap_or(Date::MIN)
}

fn claimed(schedule: &Schedule, date: Date, due_at: Timestamp, until: Timestamp, now: Timestamp) -> Delivery {
    Delivery {
        key: Key { channel: schedule.channel, date, sequence: 0 },
        guild: schedule.guild,
        subject: DeliverySubject::Day,
        state: State::Sending,
        due_at,
        until,
        attempts: 1,
        uncertain_since: Some(now),
        not_before: now,
        lease_until: now.checked_add(LEASE).unwrap_or(now),
        decided_at: None,
        trouble: None,
    }
}

/// A schedule's time of day.
pub fn wall_time(schedule: &Schedule) -> WallTime {
    // Every civil time has a valid hour and minute.
    WallTime::new(schedule.time.hour(), schedule.time.minute()).unwrap_or(WallTime::MIDNIGHT)
}

#[cfg(test)]
mod tests {
    use crate::delivery::plan::*;
    use crate::model::{ChannelId, GuildId, QuietPolicy};
    use jiff::civil::{date, time};

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    fn schedule(zone: &str, hour: i8, minute: i8, next: Date) -> Schedule {
        let tz = TimeZone::get(zone).expect("a zone");
        let due = instant(next, WallTime::new(hour, minute).expect("a time"), &tz).at().expect("a day");
        Schedule {
            channel: ChannelId(7),
            guild: Some(GuildId(3)),
            zone: zone.to_owned(),
            time: time(hour, minute, 0, 0),
            quiet: QuietPolicy::Context,
            question: true,
            picture: false,
            catch_up: 6 * 3600,
            set_at: due,
            next_date: next,
            next_due: due,
            paused: None,
            resting_until: None,
        }
    }

    #[test]
    fn away_for_five_days_owes_only_today() {
        let schedule = schedule("Europe/Budapest", 8, 0, date(2026, 11, 19));
        let claim = plan(&schedule, at("2026-11-24T07:30:00Z"), None).expect("a plan");
        assert_eq!(claim.delivery.expect("today").key.date, date(2026, 11, 24));
        let missed: Vec<i8> = claim.missed.iter().map(|(date, ..)| date.day()).collect();
        assert_eq!(missed, [19, 20, 21, 22, 23]);
        assert!(claim.missed.iter().all(|(.., why)| *why == Missed::Down));
        assert_eq!(claim.next, (date(2026, 11, 25), at("2026-11-25T07:00:00Z")));
    }

    #[test]
    fn the_window_closes_after_its_last_second() {
        let schedule = schedule("Europe/Budapest", 8, 0, date(2026, 11, 24));
        assert!(plan(&schedule, at("2026-11-24T13:00:00Z"), None).expect("a plan").delivery.is_some());
        let late = plan(&schedule, at("2026-11-24T13:00:01Z"), None).expect("a plan");
        assert!(late.delivery.is_none());
        assert!(matches!(late.missed.as_slice(), [(_, _, Missed::Window(_))]));
    }

    #[test]
    fn a_day_that_does_not_exist_is_written_down() {
        let schedule = schedule("Pacific/Apia", 8, 0, date(2011, 12, 29));
        let claim = plan(&schedule, at("2011-12-30T18:30:00Z"), None).expect("a plan");
        assert_eq!(claim.delivery.expect("the 31st").key.date, date(2011, 12, 31));
        assert_eq!(claim.missed[0].0, date(2011, 12, 30));
        assert_eq!(claim.missed[0].2, Missed::NoSuchDay);
        assert_eq!((claim.missed[1].0, &claim.missed[1].2), (date(2011, 12, 29), &Missed::Down));
    }

    #[test]
    fn yesterday_evening_is_caught_up_after_midnight() {
        let schedule = schedule("Europe/Budapest", 23, 0, date(2026, 11, 23));
        let claim = plan(&schedule, at("2026-11-24T00:30:00Z"), None).expect("a plan");
        assert_eq!(claim.delivery.expect("yesterday").key.date, date(2026, 11, 23));
        assert_eq!(claim.next.0, date(2026, 11, 24));
    }

    #[test]
    fn years_away_are_not_walked_day_by_day() {
        let schedule = schedule("Europe/Budapest", 8, 0, date(2006, 11, 24));
        let claim = plan(&schedule, at("2026-11-24T07:30:00Z"), None).expect("a plan");
        assert!(claim.missed.len() <= LISTED, "{}", claim.missed.len());
        assert!(claim.delivery.is_some());
    }
}
