//! Delivers what is due: claim → compose → post → record the outcome.
//!
//! The store has the whole state of a delivery. If the process dies at any point, the next process
//! continues from the row. Memory only tracks which attempts are running.

mod clocks;
mod gather;
mod one_attempt;

use std::collections::HashSet;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::kind::{PostKind, PostKinds};
use super::policy::AttemptOutcome;
use super::status::{DeliveryHealth, Status};
use crate::clock::Clock;
use crate::messenger::Messenger;
use crate::model::{Key, State};
use crate::store::{Decision, Delivery, DeliveryStore, StoreError};

/// The maximum number of concurrent attempts. The pace limits how many posts leave per second; this
/// limits how many unresponsive ones (ten seconds each) delay the others.
const UNDER_WAY: usize = 256;
/// How long to wait after the store or Discord's clock was unavailable.
const AFTER_TROUBLE: SignedDuration = SignedDuration::from_secs(5);
/// How long to wait if the store names a time that has come, but nothing is due.
const AFTER_NOTHING: SignedDuration = SignedDuration::from_secs(1);
/// How often the store is probed while it works.
const PROBE_EVERY: SignedDuration = SignedDuration::from_secs(30);
/// The longest time between two checks for due deliveries.
const LONGEST_REST: SignedDuration = SignedDuration::from_secs(30);
/// How often expired data is deleted.
const FORGET_EVERY: SignedDuration = SignedDuration::from_hours(6);

/// Delivers what is due.
pub struct Deliverer {
    store: Arc<dyn DeliveryStore>,
    messenger: Arc<dyn Messenger>,
    kinds: PostKinds,
    clock: Arc<dyn Clock>,
    chance: Mutex<fastrand::Rng>,
    wake: Notify,
    status: Status,
    /// Deliveries whose doubt arose in this process, while its clock was not set back.
    fresh: Mutex<HashSet<Key>>,
}

impl Deliverer {
    /// A deliverer for these kinds of posts. `seed` determines the jitter of its waits.
    pub fn new(
        store: Arc<dyn DeliveryStore>,
        messenger: Arc<dyn Messenger>,
        kinds: Vec<Box<dyn PostKind>>,
        clock: Arc<dyn Clock>,
        seed: u64,
    ) -> Deliverer {
        let chance = Mutex::new(fastrand::Rng::with_seed(seed));
        Deliverer {
            store,
            messenger,
            kinds: PostKinds(kinds),
            clock,
            chance,
            wake: Notify::new(),
            status: Status::default(),
            fresh: Mutex::default(),
        }
    }

    /// The current state, for health checks and `/daily show`.
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// Makes the deliverer check at once, because a schedule was set or a post requested.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Delivers until `stop` is cancelled. Then it claims nothing more, and returns when the running
    /// attempts are recorded.
    pub async fn run(self: &Arc<Self>, stop: CancellationToken) {
        self.take_over().await;
        let mut under_way = JoinSet::new();
        while !stop.is_cancelled() {
            self.probe().await;
            let next = self.start_due(&mut under_way).await;
            tokio::select! {
                Some(done) = under_way.join_next() => self.settle(done, &mut under_way).await,
                () = self.clock.sleep_until(next), if under_way.len() < UNDER_WAY => {}
                () = self.wake.notified() => {}
                () = stop.cancelled() => break,
            }
        }
        while let Some(done) = under_way.join_next().await {
            self.settle(done, &mut under_way).await;
        }
        info!("deliveries stopped");
    }

    /// Delivers everything that is due now, and returns when nothing is left to do at this instant. For
    /// simulated time, in which nothing else may happen meanwhile. Gives the time at which
    /// [`run`](Self::run) would look again.
    pub async fn run_until_idle(self: &Arc<Self>) -> Timestamp {
        let mut under_way = JoinSet::new();
        loop {
            let before = under_way.len();
            let next = self.start_due(&mut under_way).await;
            if under_way.is_empty() {
                return next;
            }
            if under_way.len() == before || under_way.len() >= UNDER_WAY {
                while let Some(done) = under_way.join_next().await {
                    self.settle(done, &mut under_way).await;
                }
            }
        }
    }

    /// Takes over the deliveries of a process that is gone. Call it at the start, when no other process
    /// uses the store.
    pub async fn take_over(&self) {
        match self.store.expire_leases().await {
            Ok(0) => {}
            Ok(deliveries) => info!(deliveries, "checking deliveries that were in progress when the bot last stopped"),
            Err(error) => self.store_failed(&error),
        }
    }

    /// Probes the store from time to time, whether or not anything is due. While it fails, it is probed
    /// more often, so that deliveries continue soon after.
    async fn probe(&self) {
        let damaged = self.status.store_is_damaged();
        if !self.status.probes_at(self.clock.now(), PROBE_EVERY, if damaged { PROBE_EVERY } else { AFTER_TROUBLE }) {
            return;
        }
        // A successful write says nothing about damaged pages elsewhere. Whatever a damaged store
        // answers to the probe, the check names the copy that can be restored.
        let sound = if damaged { self.store.check().await } else { Ok(()) };
        let probed = match sound {
            Ok(()) => self.store.probe().await,
            damaged => damaged,
        };
        match probed {
            Ok(()) => self.status.store_probed(),
            Err(error) => self.store_failed(&error),
        }
    }

    /// Records that due deliveries were read and claimed.
    fn store_works(&self) {
        if self.status.store_works() {
            info!("the store works again");
        }
        if !matches!(self.status.held(), DeliveryHealth::Store(_)) {
            metrics::gauge!("store_works").set(1.0);
        }
    }

    /// Starts attempts for due deliveries while there is capacity. Returns when to check again.
    async fn start_due(self: &Arc<Self>, under_way: &mut JoinSet<(Key, AttemptOutcome)>) -> Timestamp {
        let now = self.clock.now();
        if self.status.looked(now).is_some_and(|last| now < last) {
            // The clock was set back, so the age of a doubt is no longer known.
            self.fresh().clear();
        }
        let later = |by: SignedDuration| now.checked_add(by).unwrap_or(Timestamp::MAX);
        if under_way.len() >= UNDER_WAY {
            return later(LONGEST_REST);
        }
        let gathered = self.gather(now, UNDER_WAY - under_way.len()).await;
        if gathered.is_ok() {
            self.store_works();
        }
        match gathered {
            Ok(Gathered::Ready(deliveries)) => {
                for delivery in deliveries {
                    let this = self.clone();
                    under_way.spawn(async move { (delivery.key, this.attempt(delivery).await) });
                }
                now
            }
            // Check again soon, but not in a busy loop.
            Ok(Gathered::Nothing(Some(next))) if next <= now => later(AFTER_NOTHING),
            Ok(Gathered::Nothing(next)) => next.map_or(later(LONGEST_REST), |next| next.min(later(LONGEST_REST))),
            Ok(Gathered::Wait(wait)) => later(wait),
            Err(error) => {
                self.store_failed(&error);
                later(AFTER_TROUBLE)
            }
        }
    }

    async fn next_look(&self) -> Result<Option<Timestamp>, StoreError> {
        let earliest = [self.store.next_wake().await?, self.kinds.next_due().await?];
        Ok(earliest.into_iter().flatten().min())
    }

    async fn forget(&self, now: Timestamp) -> Result<(), StoreError> {
        let rows = self.store.forget(now).await?;
        self.status.forgot(now);
        if rows > 0 {
            info!(rows, "deleted expired data");
        }
        Ok(())
    }

    /// Records the outcome of an attempt, and of others that have ended meanwhile.
    async fn settle(&self, done: AttemptResult, under_way: &mut JoinSet<(Key, AttemptOutcome)>) {
        let mut ended = vec![done];
        while let Some(more) = under_way.try_join_next() {
            ended.push(more);
        }
        let mut decisions = Vec::with_capacity(ended.len());
        for done in ended {
            match done {
                Ok((key, outcome)) => {
                    if let Some(pause) = &outcome.pause {
                        self.pause(key, pause).await;
                    }
                    count(&outcome.decision);
                    decisions.push((key, outcome.decision));
                }
                // The row keeps its lease, and is looked up in the channel afterwards.
                Err(panicked) => error!(%panicked, "a delivery attempt panicked"),
            }
        }
        if let Err(error) = self.store.record_outcomes(&decisions).await {
            // A post that was sent is found in the channel when its lease is over.
            self.store_failed(&error);
        }
    }

    async fn pause(&self, key: Key, pause: &crate::model::Pause) {
        match self.store.pause(key.channel, pause).await {
            Ok(true) => warn!(channel = %key.channel, why = %pause, "a channel accepts no posts; its schedule is paused"),
            Ok(false) => {}
            Err(error) => self.store_failed(&error),
        }
    }

    fn fresh(&self) -> MutexGuard<'_, HashSet<Key>> {
        // Each key is added or removed in one step, so a panic elsewhere leaves the set consistent.
        self.fresh.lock()
    }

    fn store_failed(&self, error: &StoreError) {
        metrics::gauge!("store_works").set(0.0);
        metrics::counter!("store_failures_total", "kind" => error.kind()).increment(1);
        if self.status.store_fails(error, self.clock.now()) {
            error!(%error, "the store failed; nothing is posted until it works again, but look-ups continue");
        }
    }
}

type AttemptResult = Result<(Key, AttemptOutcome), tokio::task::JoinError>;

/// The result of gathering due deliveries.
enum Gathered {
    /// At least one delivery is ready.
    Ready(Vec<Delivery>),
    /// Nothing is due; when something is next.
    Nothing(Option<Timestamp>),
    /// Something is due, but must wait this long.
    Wait(SignedDuration),
}

fn count(decision: &Decision) {
    let outcome = match decision {
        Decision::Sent(..) => "sent",
        Decision::Skipped(_) => "skipped",
        Decision::Missed(..) => "missed",
        Decision::Held(_) => "held",
        Decision::Again { .. } => "again",
    };
    metrics::counter!("deliveries_total", "outcome" => outcome).increment(1);
    if let Decision::Missed(why, _) = decision {
        let word = why.to_string();
        let word = word.split(':').next().unwrap_or_default().to_owned();
        metrics::counter!("deliveries_missed_total", "reason" => word).increment(1);
    }
}

/// Whether the delivery's outcome is final.
pub fn is_decided(delivery: &Delivery) -> bool {
    !matches!(delivery.state, State::Due | State::Sending)
}

#[cfg(test)]
mod tests;
