//! What teachers do, as the commands do it, and what is owed to them.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use kronikas::delivery::{Due, WallTime, instant, next_due, wall_time};
use kronikas::model::{ChannelId, GuildId, Key, Missed, Pause, QuietPolicy, State};
use kronikas::store::{ClaimRequest, DeliveryStore, Schedule, Sqlite, Stored};

use super::world::Ms;

/// What a schedule promised from a date on, until it was changed.
#[derive(Debug, Clone)]
pub struct Owed {
    pub from: Date,
    /// The first date it no longer holds for.
    pub to: Option<Date>,
    pub zone: TimeZone,
    pub time: WallTime,
}

#[derive(Debug, Clone)]
pub enum Act {
    Set { zone: &'static str, time: Time },
    Pause,
    Rest(i64),
    Resume,
    Off,
    Anyway,
}

#[derive(Default)]
pub struct Teachers {
    pub owed: BTreeMap<u64, Vec<Owed>>,
    pub anyway: Vec<Key>,
    /// When a channel was to get no posts at all, in true time.
    pub off: BTreeMap<u64, Vec<(Ms, Ms)>>,
}

/// The first due instant after `now` whose date has not been posted or decided.
async fn next_of(store: &Sqlite, channel: u64, zone: &TimeZone, time: WallTime, now: Timestamp) -> Stored<(Date, Timestamp)> {
    let mut next = next_due(now, time, zone);
    for _ in 0..4 {
        if !store.is_taken(ChannelId(channel), next.0).await? {
            break;
        }
        next = next_due(next.1, time, zone);
    }
    Ok(next)
}

fn zone_of(schedule: &Schedule) -> TimeZone {
    TimeZone::get(&schedule.zone).expect("a zone")
}

impl Teachers {
    fn close(&mut self, channel: u64, to: Date) {
        if let Some(last) = self.owed.get_mut(&channel).and_then(|all| all.last_mut()) {
            last.to.get_or_insert(to);
        }
    }

    fn promise(&mut self, schedule: &Schedule) {
        self.close(schedule.channel.0, schedule.next_date);
        let owed = Owed { from: schedule.next_date, to: None, zone: zone_of(schedule), time: wall_time(schedule) };
        self.owed.entry(schedule.channel.0).or_default().push(owed);
    }

    /// Does it; whether anything was done.
    pub async fn act(&mut self, store: &Sqlite, channel: u64, guild: u64, act: &Act, now: Timestamp) -> Stored<bool> {
        let found = store.schedule(ChannelId(channel)).await?;
        if let Some(schedule) = &found {
            // Whatever comes, what was promised up to here stays owed.
            self.owed.entry(channel).or_default();
            if !matches!(act, Act::Anyway | Act::Pause) {
                self.close(channel, schedule.next_date);
            }
        }
        match (act, found) {
            (Act::Set { zone, time }, found) => {
                let tz = TimeZone::get(zone).expect("a zone");
                let wall = WallTime::new(time.hour(), time.minute()).expect("a time");
                let (next_date, next_due) = next_of(store, channel, &tz, wall, now).await?;
                let quiet = if channel.is_multiple_of(5) { QuietPolicy::Skip } else { QuietPolicy::Context };
                let schedule = Schedule {
                    channel: ChannelId(channel),
                    guild: Some(GuildId(guild)),
                    zone: (*zone).to_owned(),
                    time: *time,
                    quiet,
                    question: true,
                    picture: false,
                    catch_up: 6 * 3600,
                    set_at: found.map_or(now, |before| before.set_at),
                    next_date,
                    next_due,
                    paused: None,
                    resting_until: None,
                };
                store.put_schedule(&schedule).await?;
                self.promise(&schedule);
            }
            (Act::Pause, Some(_)) => drop(store.pause(ChannelId(channel), &Pause::Teacher).await?),
            (Act::Rest(days), Some(mut schedule)) => {
                let (tz, time) = (zone_of(&schedule), wall_time(&schedule));
                let until = tz.to_datetime(now).date().checked_add(jiff::Span::new().days(*days)).expect("a date");
                (schedule.next_date, schedule.next_due) = match instant(until, time, &tz) {
                    Due::At(at) => next_due(at.max(now), time, &tz),
                    Due::NoSuchDay => next_due(now, time, &tz),
                };
                schedule.resting_until = Some(until);
                schedule.paused = None;
                store.put_schedule(&schedule).await?;
                self.promise(&schedule);
            }
            (Act::Resume, Some(mut schedule)) => {
                let (tz, time) = (zone_of(&schedule), wall_time(&schedule));
                let next = next_of(store, channel, &tz, time, now).await?;
                if let Some(pause) = &schedule.paused {
                    let mut missed = Vec::new();
                    let mut date = schedule.next_date;
                    while date < next.0 {
                        if let Due::At(at) = instant(date, time, &tz) {
                            missed.push((date, at, Missed::Paused(pause.clone())));
                        }
                        date = date.tomorrow().expect("a date");
                    }
                    store
                        .claim(&[ClaimRequest {
                            channel: ChannelId(channel),
                            guild: Some(GuildId(guild)),
                            missed,
                            delivery: None,
                            next,
                            now,
                        }])
                        .await?;
                }
                (schedule.paused, schedule.resting_until) = (None, None);
                (schedule.next_date, schedule.next_due) = next;
                store.put_schedule(&schedule).await?;
                self.promise(&schedule);
            }
            (Act::Off, Some(_)) => drop(store.remove_schedule(ChannelId(channel)).await?),
            (Act::Anyway, _) => {
                let held =
                    store.deliveries(ChannelId(channel), 5).await?.into_iter().find(|delivery| delivery.state == State::Held);
                let Some(held) = held else { return Ok(false) };
                let until = now.checked_add(SignedDuration::from_hours(6)).expect("an instant");
                store.requeue(held.key, now, until).await?;
                self.anyway.push(held.key);
            }
            (_, None) => return Ok(false),
        }
        Ok(true)
    }
}
