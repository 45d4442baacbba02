//! Delivers what is due: claim → compose → post → decide, with everything that matters in the store.
//!
//! Nothing about a delivery lives only in memory: a process that dies at any point leaves a row
//! from which the next one goes on. The only state here is what is under way.

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

/// How many posts are under way at once: the pace limits how many leave in a second, this how many
/// silent ones (ten seconds each) it takes before others wait.
const UNDER_WAY: usize = 256;
/// How long to wait after the store or Discord's clock could not be asked.
const AFTER_TROUBLE: SignedDuration = SignedDuration::from_secs(5);
/// How long to wait when the store names a time that has come, and nothing is due.
const AFTER_NOTHING: SignedDuration = SignedDuration::from_secs(1);
/// How often the store is probed while it works.
const PROBE_EVERY: SignedDuration = SignedDuration::from_secs(30);
/// The longest time without a look at what is due.
const LONGEST_REST: SignedDuration = SignedDuration::from_secs(30);
/// How often what need not be remembered is deleted.
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
    /// Deliveries whose doubt arose here, by a clock that was not set since.
    fresh: Mutex<HashSet<Key>>,
}

impl Deliverer {
    /// A deliverer of these kinds of posts; `seed` draws the jitter of its waits.
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

    /// How it is doing, for health and for `/daily show`.
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// Makes it look at once: a schedule was set, a post asked for.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Delivers until `stop` is cancelled; then claims nothing more, and returns when what is under way
    /// is decided.
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

    /// Delivers everything that is due now and returns when nothing is left to do at this instant;
    /// for simulated time, in which nothing else may happen meanwhile.
    pub async fn run_until_idle(self: &Arc<Self>) {
        let mut under_way = JoinSet::new();
        loop {
            let before = under_way.len();
            self.start_due(&mut under_way).await;
            if under_way.is_empty() {
                return;
            }
            if under_way.len() == before || under_way.len() >= UNDER_WAY {
                while let Some(done) = under_way.join_next().await {
                    self.settle(done, &mut under_way).await;
                }
            }
        }
    }

    /// What a process that is gone had under way is ours now: for the one owner's start.
    pub async fn take_over(&self) {
        match self.store.expire_leases().await {
            Ok(0) => {}
            Ok(deliveries) => info!(deliveries, "checking deliveries that were in progress when the bot last stopped"),
            Err(error) => self.store_failed(&error),
        }
    }

    /// Makes sure from time to time that the store works, whether or not anything is due: more
    /// often while it does not, so that everything goes on soon after.
    async fn probe(&self) {
        let damaged = self.status.store_is_damaged();
        if !self.status.probes_at(self.clock.now(), PROBE_EVERY, if damaged { PROBE_EVERY } else { AFTER_TROUBLE }) {
            return;
        }
        // One page that takes writes says nothing about another that is damaged; and whatever a damaged
        // store answers to a probe, the check names the copy that can be restored.
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

    /// Notes that what is due was read and claimed.
    fn store_works(&self) {
        if self.status.store_works() {
            info!("the store works again");
        }
        if !matches!(self.status.held(), DeliveryHealth::Store(_)) {
            metrics::gauge!("store_works").set(1.0);
        }
    }

    /// Starts what is due, as far as there is room; says when to look again.
    async fn start_due(self: &Arc<Self>, under_way: &mut JoinSet<(Key, AttemptOutcome)>) -> Timestamp {
        let now = self.clock.now();
        if self.status.looked(now).is_some_and(|last| now < last) {
            // The clock was set back: how old a doubt is, is not known any longer.
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
            // What should be due and is not is looked at again soon, but not without rest.
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

    /// Writes down what became of an attempt, and of those that ended meanwhile.
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
                // Its row stays under lease and is looked into afterwards.
                Err(panicked) => error!(%panicked, "a delivery attempt panicked"),
            }
        }
        if let Err(error) = self.store.record_outcomes(&decisions).await {
            // What was sent is found in the channel when its lease is over.
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
        // Keys are in it or not: a panic elsewhere leaves nothing half done.
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

/// What is ready to be attempted.
enum Gathered {
    /// These, one at least.
    Ready(Vec<Delivery>),
    /// Nothing is due; when something is next.
    Nothing(Option<Timestamp>),
    /// Something is due, but must wait so long.
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

/// Whether a delivery is over.
pub fn is_decided(delivery: &Delivery) -> bool {
    !matches!(delivery.state, State::Due | State::Sending)
}

#[cfg(test)]
mod tests;
