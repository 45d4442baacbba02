//! The real store behind a process that may die, a disk that may fail, and a queue that may be slow.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use kronikas::model::{ChannelId, GuildId, Key, Pause};
use kronikas::store::{ClaimRequest, Decision, Delivery, DeliveryStore, Schedule, Sqlite, StoreError, Stored};

use super::world::{Awkward, Flaw, SECOND, StoreFault, World};

pub struct Faulty {
    pub real: Arc<Sqlite>,
    pub world: Arc<World>,
}

fn failed() -> StoreError {
    StoreError::Engine(sqlx::Error::Io(std::io::Error::other("the disk is full")))
}

impl Faulty {
    async fn call<T>(&self, work: impl Future<Output = Stored<T>>) -> Stored<T> {
        self.world.step().await;
        let (fault, steps, slow) = {
            let now = self.world.lock();
            (now.store_fault, now.steps, now.slow_store)
        };
        if slow > 0 && self.world.chance(7, steps).u32(0..1000) < slow {
            self.world.sleep(SECOND * 2).await;
        }
        if fault == Some(StoreFault::Refuses) {
            return Err(failed());
        }
        // A process that dies within a call leaves it done or not done; before and after are enough.
        let done = self.world.elsewhere(work).await;
        self.world.step().await;
        if fault == Some(StoreFault::LosesAnswers) { Err(failed()) } else { done }
    }

    /// Marks what was only claimed as sent.
    async fn mark(&self, deliveries: &[Delivery]) -> Stored<()> {
        let sent: Vec<(Key, Decision)> =
            deliveries.iter().map(|delivery| (delivery.key, Decision::Sent(None, self.world.clock_now()))).collect();
        self.real.record_outcomes(&sent).await
    }

    /// Gives deliveries away without writing down that they may be posted.
    async fn untraced(&self, deliveries: &[Delivery]) -> Stored<()> {
        let again = |delivery: &Delivery| {
            let not_before = delivery.lease_until;
            (delivery.key, Decision::Again { not_before, uncertain_since: None, trouble: String::new() })
        };
        self.real.record_outcomes(&deliveries.iter().map(again).collect::<Vec<_>>()).await
    }
}

impl World {
    pub fn clock_now(&self) -> Timestamp {
        kronikas::clock::Clock::now(self.clock.as_ref())
    }
}

#[async_trait]
impl DeliveryStore for Faulty {
    async fn schedule(&self, channel: ChannelId) -> Stored<Option<Schedule>> {
        self.call(self.real.schedule(channel)).await
    }
    async fn schedules_of(&self, guild: Option<GuildId>) -> Stored<Vec<Schedule>> {
        self.call(self.real.schedules_of(guild)).await
    }
    async fn put_schedule(&self, schedule: &Schedule) -> Stored<()> {
        self.call(self.real.put_schedule(schedule)).await
    }
    async fn remove_schedule(&self, channel: ChannelId) -> Stored<bool> {
        self.call(self.real.remove_schedule(channel)).await
    }
    async fn pause(&self, channel: ChannelId, why: &Pause) -> Stored<bool> {
        self.call(self.real.pause(channel, why)).await
    }
    async fn due(&self, now: Timestamp, limit: usize) -> Stored<Vec<Schedule>> {
        self.call(self.real.due(now, limit)).await
    }
    async fn next_wake(&self) -> Stored<Option<Timestamp>> {
        self.call(self.real.next_wake()).await
    }
    async fn claim(&self, claims: &[ClaimRequest]) -> Stored<Vec<Delivery>> {
        if claims.iter().any(|claim| self.world.springs(claim.channel.0, Awkward::BetweenDueAndClaim)) {
            self.world.sleep(SECOND).await;
        }
        self.call(async {
            let ours = self.real.claim(claims).await?;
            match self.world.flaw {
                Flaw::MarkedBeforePost => self.mark(&ours).await?,
                Flaw::MarkedAfterPost => self.untraced(&ours).await?,
                _ => {}
            }
            Ok(ours)
        })
        .await
    }
    async fn lease_due(&self, now: Timestamp, lease_until: Timestamp, limit: usize) -> Stored<Vec<Delivery>> {
        self.call(async {
            let ours = self.real.lease_due(now, lease_until, limit).await?;
            if self.world.flaw == Flaw::MarkedAfterPost {
                self.untraced(&ours).await?;
            }
            Ok(ours)
        })
        .await
    }
    async fn record_outcomes(&self, decisions: &[(Key, Decision)]) -> Stored<()> {
        for (key, decision) in decisions {
            if matches!(decision, Decision::Again { uncertain_since: Some(_), .. }) {
                self.world.springs(key.channel.0, Awkward::InDoubt);
            }
        }
        self.call(self.real.record_outcomes(decisions)).await
    }
    async fn expire_leases(&self) -> Stored<u64> {
        self.call(self.real.expire_leases()).await
    }
    async fn enqueue(&self, delivery: &Delivery) -> Stored<u16> {
        self.call(self.real.enqueue(delivery)).await
    }
    async fn requeue(&self, key: Key, now: Timestamp, until: Timestamp) -> Stored<bool> {
        self.call(self.real.requeue(key, now, until)).await
    }
    async fn delivery(&self, key: Key) -> Stored<Option<Delivery>> {
        self.call(self.real.delivery(key)).await
    }
    async fn deliveries(&self, channel: ChannelId, limit: usize) -> Stored<Vec<Delivery>> {
        self.call(self.real.deliveries(channel, limit)).await
    }
    async fn is_taken(&self, channel: ChannelId, date: Date) -> Stored<bool> {
        self.call(self.real.is_taken(channel, date)).await
    }
    async fn count_due_between(&self, from: Timestamp, to: Timestamp) -> Stored<u64> {
        self.call(self.real.count_due_between(from, to)).await
    }
    async fn backlog(&self) -> Stored<(u64, u64)> {
        self.call(self.real.backlog()).await
    }
    async fn guild_left(&self, guild: GuildId, at: Timestamp) -> Stored<()> {
        self.call(self.real.guild_left(guild, at)).await
    }
    async fn guild_joined(&self, guild: GuildId) -> Stored<()> {
        self.call(self.real.guild_joined(guild)).await
    }
    async fn guilds(&self) -> Stored<Vec<(GuildId, Option<Timestamp>)>> {
        self.call(self.real.guilds()).await
    }
    async fn forget(&self, now: Timestamp) -> Stored<u64> {
        self.call(self.real.forget(now)).await
    }
    async fn all_schedules(&self) -> Stored<Vec<Schedule>> {
        self.call(self.real.all_schedules()).await
    }
    async fn fact(&self, name: &str) -> Stored<Option<String>> {
        self.call(self.real.fact(name)).await
    }
    async fn set_fact(&self, name: &str, value: &str) -> Stored<()> {
        self.call(self.real.set_fact(name, value)).await
    }
    async fn probe(&self) -> Stored<()> {
        self.call(self.real.probe()).await
    }
    async fn check(&self) -> Stored<()> {
        self.call(self.real.check()).await
    }
    async fn backup(&self, file: &Path) -> Stored<()> {
        self.call(self.real.backup(file)).await
    }
}
