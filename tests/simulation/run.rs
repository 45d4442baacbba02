//! Lives through a script: moves time on, lets things happen, starts and kills the process.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use kronikas::card::{Card, Outcome};
use kronikas::delivery::{Deliverer, PostKind};
use kronikas::model::{DeliverySubject, GuildId, Pause, QuietPolicy};
use kronikas::store::{Delivery, DeliveryStore, Sqlite, StoreError};

use super::discord::{Channel, Discord, Fault, Outage};
use super::faulty::Faulty;
use super::script::{Event, Restarted, Script, awkward};
use super::teacher::{Act, Teachers};
use super::world::{Ailment, DAY, Flaw, MINUTE, Ms, SECOND, World};

/// How long everything is well at the end, so that all that is open can be decided.
const DRAIN: Ms = 2 * DAY;

/// What a teacher chose for quiet days, as the daily post has it.
struct Cards {
    store: Arc<dyn DeliveryStore>,
    card: Arc<Card>,
}

#[async_trait]
impl PostKind for Cards {
    fn is_for(&self, _: &DeliverySubject) -> bool {
        true
    }

    async fn compose(&self, delivery: &Delivery) -> Result<Option<Arc<Card>>, StoreError> {
        let schedule = self.store.schedule(delivery.key.channel).await?;
        let skips = schedule.is_some_and(|schedule| schedule.quiet == QuietPolicy::Skip) && is_quiet(delivery.key.date);
        Ok((!skips).then(|| self.card.clone()))
    }
}

/// A day without events, in this simulation.
pub fn is_quiet(date: jiff::civil::Date) -> bool {
    date.day() % 3 == 0
}

pub struct Life {
    pub world: Arc<World>,
    pub discord: Arc<Discord>,
    pub teachers: Teachers,
    pub kills: u64,
    file: PathBuf,
    store: Arc<Sqlite>,
    deliverer: Option<Arc<Deliverer>>,
    script: Script,
    up_at: Ms,
    down: Ms,
    restarted: Restarted,
    starts: u64,
    /// How long to wait when something is due and cannot be done: as the deliverer's own loop.
    patience: Ms,
}

impl Life {
    pub async fn begin(seed: u64, script: Script, flaw: Flaw, file: PathBuf) -> Life {
        let world = Arc::new(World::new(seed, flaw, script.begins));
        world.lock().slow_store = script.slow_store;
        let discord = Arc::new(Discord::new(world.clone(), script.weather));
        for (channel, _, talk, readable) in &script.channels {
            discord.add(*channel, *talk, *readable);
        }
        let store = Arc::new(Sqlite::open_for_simulation(&file).await.expect("a store"));
        let mut life = Life {
            world,
            discord,
            teachers: Teachers::default(),
            kills: 0,
            file,
            store,
            deliverer: None,
            script,
            up_at: 0,
            down: 0,
            restarted: Restarted::Same,
            starts: 0,
            patience: 0,
        };
        life.start();
        life
    }

    pub fn store(&self) -> &Sqlite {
        &self.store
    }

    fn start(&mut self) {
        self.starts += 1;
        let store: Arc<dyn DeliveryStore> = Arc::new(Faulty { real: self.store.clone(), world: self.world.clone() });
        let card = Arc::new(Card::new(Outcome::Found, "On this day in 1956"));
        let cards = Box::new(Cards { store: store.clone(), card });
        let seed = self.world.seed ^ self.starts;
        let deliverer = Deliverer::new(store, self.discord.clone(), vec![cards], self.world.clock.clone(), seed);
        self.deliverer = Some(Arc::new(deliverer));
        self.patience = 0;
    }

    /// Lives to the end.
    pub async fn live(&mut self) {
        let end = self.script.ends + DRAIN;
        let mut taken_over = false;
        while self.world.at() < end && self.world.lock().violations.is_empty() {
            self.happen().await;
            if self.deliverer.is_none() && self.world.at() >= self.up_at {
                self.start();
                taken_over = false;
            }
            if let Some(deliverer) = self.deliverer.clone() {
                let first = !taken_over;
                taken_over = true;
                let work = tokio::spawn(async move {
                    if first {
                        deliverer.take_over().await;
                    }
                    deliverer.run_until_idle().await;
                });
                self.work(work).await;
            }
            let next = self.next().await;
            self.world.advance_to(next.min(end));
        }
    }

    /// Lets the process work until it has nothing left to do, or dies.
    async fn work(&mut self, work: tokio::task::JoinHandle<()>) {
        loop {
            self.world.quiet().await;
            if self.world.lock().dead {
                work.abort();
                let _ = work.await;
                return self.bury().await;
            }
            if work.is_finished() {
                if let Err(error) = work.await {
                    self.world.violation(format!("the deliverer panicked: {error}"));
                }
                return;
            }
            let Some(wakes) = self.world.first_sleeper() else {
                self.world.violation("everybody waits and nobody ever wakes".to_owned());
                work.abort();
                return;
            };
            let event = self.script.events.last().map_or(Ms::MAX, |(at, _)| *at);
            self.world.advance_to(wakes.min(event));
            // What comes from outside comes first: in the middle of it nobody else does anything.
            self.happen().await;
            self.world.wake();
        }
    }

    /// The process is gone: what is left is the file.
    async fn bury(&mut self) {
        self.kills += 1;
        self.deliverer = None;
        // Its tasks are dropped when the runtime comes round to them.
        self.world.quiet().await;
        self.store.close().await;
        self.store = Arc::new(Sqlite::open_for_simulation(&self.file).await.expect("the store opens again"));
        // At the end somebody sees to it that it runs.
        let down = self.down.min((self.script.ends - self.world.at()).max(SECOND));
        self.up_at = self.world.at() + down;
        self.world.trouble(down + MINUTE, None);
        let offset = {
            let mut now = self.world.lock();
            (now.dead, now.dies_at) = (false, None);
            match self.restarted {
                Restarted::Same => now.offset,
                Restarted::Off(by) => by,
                Restarted::Stood(but) => now.offset - down + but,
            }
        };
        // An error of minutes is tolerated and passes unnoticed; a greater one is another event's.
        if offset.abs() < 5 * MINUTE {
            self.world.set_offset(offset);
        }
    }

    /// When there is next something to do.
    async fn next(&mut self) -> Ms {
        let at = self.world.at();
        let event = self.script.events.last().map_or(Ms::MAX, |(at, _)| *at);
        if self.deliverer.is_none() {
            return event.min(self.up_at).max(at + 1);
        }
        let wake = self.store.next_wake().await.expect("the store itself works");
        let wake = wake.map_or(Ms::MAX, |wake| self.world.true_time(wake));
        if wake > at {
            self.patience = 0;
            return wake.min(event);
        }
        self.patience = (self.patience * 2).clamp(5 * SECOND, 80 * SECOND);
        event.min(at + self.patience)
    }

    /// What the script has for this moment happens.
    async fn happen(&mut self) {
        let at = self.world.at();
        for (channel, moment) in std::mem::take(&mut self.world.lock().sprung) {
            let mut chance = self.world.chance(channel, at.unsigned_abs());
            self.script.events.extend(awkward(&mut chance, at, channel, moment));
            self.script.events.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        }
        while let Some((_, event)) = self.script.events.pop_if(|(when, _)| *when <= at) {
            self.event(event).await;
        }
        let mut books = self.discord.books();
        books.outages.retain(|outage| outage.until > at);
    }

    async fn event(&mut self, event: Event) {
        let world = self.world.clone();
        let at = world.at();
        match event {
            Event::Teacher(channel, act) => self.teacher(channel, act).await,
            Event::Outage { fault, share, length, channel } => {
                self.discord.books().outages.push(Outage { until: at + length, channel, fault, share });
                let whom = channel.filter(|_| fault != Fault::LimitedGlobally);
                world.trouble(length + 10 * MINUTE, whom);
            }
            Event::Close(channel, why, length) => self.close(channel, why, length).await,
            Event::Open(channel) => self.open(channel).await,
            Event::Readable(channel, readable) => self.with(channel, |state| state.readable = readable),
            Event::Ambush(channel, moment) => drop(world.lock().ambushes.insert(channel, moment)),
            Event::Kill { steps, down, clock } => {
                if self.deliverer.is_some() && at < self.script.ends {
                    (self.down, self.restarted) = (down, clock);
                    let mut now = world.lock();
                    now.dies_at = Some(now.steps + steps);
                }
            }
            Event::Clock { by, steps } => {
                world.ailing(Ailment::Clock, by != 0);
                if steps == 0 || by == 0 {
                    world.lock().jumps_at = None;
                    world.set_offset(by);
                } else {
                    let mut now = world.lock();
                    now.jumps_at = Some((now.steps + steps, by - now.offset));
                }
            }
            Event::Date(error) => {
                world.ailing(Ailment::Date, error != 0);
                world.lock().date_error = error;
            }
            Event::Store(fault) => {
                world.ailing(Ailment::Store, fault.is_some());
                world.lock().store_fault = fault;
            }
        }
    }

    /// A teacher's command, if there is a bot to hear it and it would be obeyed.
    async fn teacher(&mut self, channel: u64, act: Act) {
        let well = self.deliverer.is_some() && {
            let now = self.world.lock();
            // By a clock that is hours off, what is owed begins at another time than anybody means.
            now.store_fault.is_none() && !now.dead && now.offset.abs() <= 5 * MINUTE
        };
        let looked_at = matches!(act, Act::Set { .. } | Act::Resume);
        if !well || looked_at && self.discord.books().channels[&channel].closed.is_some() {
            return;
        }
        let (guild, now) = (self.guild(channel), self.world.clock_now());
        let done = self.teachers.act(&self.store, channel, guild, &act, now).await.expect("the store itself works");
        let at = self.world.at();
        match act {
            Act::Off if done => self.teachers.off.entry(channel).or_default().push((at, Ms::MAX)),
            Act::Set { .. } => {
                let off = self.teachers.off.get_mut(&channel).and_then(|all| all.last_mut());
                off.into_iter().for_each(|(_, until)| *until = at.min(*until));
            }
            _ => {}
        }
        for key in self.teachers.anyway.drain(..) {
            *self.discord.books().allowed.entry(key).or_default() += 1;
        }
    }

    fn guild(&self, channel: u64) -> u64 {
        self.script.channels.iter().find(|(one, ..)| *one == channel).map_or(0, |(_, guild, ..)| *guild)
    }

    fn of_guild(&self, channel: u64) -> Vec<u64> {
        let guild = self.guild(channel);
        self.script.channels.iter().filter(|(_, of, ..)| *of == guild).map(|(one, ..)| *one).collect()
    }

    async fn close(&self, channel: u64, why: Pause, length: Ms) {
        let whom = if why == Pause::Removed { self.of_guild(channel) } else { vec![channel] };
        for channel in whom {
            self.world.trouble(length, Some(channel));
            self.with(channel, |state| state.closed = Some(why.clone()));
        }
        if why == Pause::Removed && self.deliverer.is_some() {
            self.store.guild_left(GuildId(self.guild(channel)), self.world.clock_now()).await.expect("the store itself works");
        }
    }

    async fn open(&self, channel: u64) {
        for channel in self.of_guild(channel) {
            self.with(channel, |state| state.closed = None);
        }
        self.store.guild_joined(GuildId(self.guild(channel))).await.expect("the store itself works");
    }

    fn with(&self, channel: u64, mut change: impl FnMut(&mut Channel)) {
        self.discord.books().channels.get_mut(&channel).into_iter().for_each(&mut change);
    }
}
