//! A class's world for tests of the daily post: the real store, the real deliverer, the real sender,
//! the fake Discord; time is set, never waited for.

use crate::support::shared_pack;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use crate::fake_discord::{self, FakeDiscord, Room, TOKEN};
use kronikas::clock::{Clock, SimulatedClock};
use kronikas::command::CurrentPack;
use kronikas::delivery::{Deliverer, WallTime};
use kronikas::discord::{Channels, Rest, client};
use kronikas::features::post_kinds;
use kronikas::model::{ChannelId, GuildId, Key, QuietPolicy, State, UserId};
use kronikas::store::{DeliveryStore, Schedule, Sqlite, Store};

/// A class's world: its Discord, its clock, its store on a disk.
pub struct World {
    pub discord: FakeDiscord,
    pub clock: Arc<SimulatedClock>,
    pub store: Arc<Sqlite>,
    pub current_pack: Arc<CurrentPack>,
    /// Goes with the world.
    _folder: tempfile::TempDir,
}

pub fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

pub fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

impl World {
    pub async fn at(now: &str) -> World {
        let discord = FakeDiscord::start().await;
        discord.set_clock(at(now));
        let folder = tempfile::tempdir().expect("a folder");
        let store = Arc::new(Sqlite::open(&folder.path().join("class.db")).await.expect("a store"));
        let current_pack = shared_pack::current_pack();
        World { discord, clock: Arc::new(SimulatedClock::new(at(now))), store, current_pack, _folder: folder }
    }

    /// A sender of its own, as each process has one.
    pub fn rest(&self) -> Arc<Rest> {
        let client = client(Duration::from_secs(2)).expect("a client");
        Arc::new(Rest::new(client, &self.discord.rest_url(), SecretString::from(TOKEN), self.clock.clone()))
    }

    /// A process: what it remembers is gone with it.
    pub fn process(&self) -> Arc<Deliverer> {
        self.process_with(self.rest())
    }

    /// A process that sends with that.
    pub fn process_with(&self, rest: Arc<Rest>) -> Arc<Deliverer> {
        let rooms = Arc::new(Channels::new(rest, UserId(fake_discord::BOT)));
        let kinds = post_kinds(&self.current_pack, &(self.store.clone() as Arc<dyn Store>));
        Arc::new(Deliverer::new(self.store.clone(), rooms, kinds, self.clock.clone(), 1956))
    }

    /// A room with a daily post, set a day before it is first due.
    pub async fn class(&self, name: &str, time: &str, zone: &str, first: Date) -> Room {
        let room = self.discord.room(name);
        self.set(&room, time, zone, first).await;
        room
    }

    pub async fn set(&self, room: &Room, time: &str, zone: &str, first: Date) {
        self.store.put_schedule(&self.schedule(room, time, zone, first)).await.expect("it is kept");
    }

    /// A schedule as a teacher sets it, without question and picture.
    pub fn schedule(&self, room: &Room, time: &str, zone: &str, first: Date) -> Schedule {
        let tz = TimeZone::get(zone).expect("a zone");
        let time: WallTime = time.parse().expect("a time");
        let due = kronikas::delivery::instant(first, time, &tz).at().expect("a day");
        Schedule {
            channel: ChannelId(room.id),
            guild: Some(GuildId(room.guild.expect("a guild"))),
            zone: zone.to_owned(),
            time: jiff::civil::time(time.hour(), time.minute(), 0, 0),
            quiet: QuietPolicy::Context,
            question: false,
            picture: false,
            catch_up: 6 * 3600,
            set_at: due,
            next_date: first,
            next_due: due,
            paused: None,
            resting_until: None,
        }
    }

    pub fn set_clocks(&self, now: Timestamp) {
        self.clock.set(now);
        self.discord.set_clock(now);
    }

    pub fn advance(&self, by: SignedDuration) {
        self.set_clocks(self.clock.now() + by);
    }

    /// Lives on for a while: whenever something is to be done, it is.
    pub async fn live(&self, process: &Arc<Deliverer>, long: SignedDuration) {
        let end = self.clock.now() + long;
        loop {
            let look = process.run_until_idle().await;
            let now = self.clock.now();
            let next = self.store.next_wake().await.expect("the store answers").unwrap_or(end);
            // What waits for Discord or for the clock is looked at again when the bot would.
            let next = if next <= now { look.max(now + seconds(1)) } else { next };
            if next >= end {
                self.set_clocks(end);
                return;
            }
            self.set_clocks(next);
        }
    }

    /// How many posts the room ever had, deleted ones too.
    pub fn posts(&self, room: &Room) -> usize {
        self.discord.posts(room).len()
    }

    pub async fn state(&self, room: &Room, date: Date) -> State {
        let key = Key { channel: ChannelId(room.id), date, sequence: 0 };
        let found = self.store.delivery(key).await.expect("the store answers");
        found.unwrap_or_else(|| panic!("no row for {date}")).state
    }
}

pub const DAY: Date = Date::constant(2026, 11, 25);
/// 08:00 in Budapest on that day.
pub const DUE: &str = "2026-11-25T07:00:00Z";
