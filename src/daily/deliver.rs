//! Delivers what is due: claim → compose → post → decide, with everything that matters in the store.
//!
//! Nothing about a delivery lives only in memory: a process that dies at any point leaves a row
//! from which the next one goes on. The only state here is what is under way.

mod gather;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tracing::{error, info, warn};

use super::attempt::{self, MARGIN, Next, Outcome};
use super::poster::Poster;
use super::status::{Held, Status};
use crate::card::Card;
use crate::clock::Clock;
use crate::store::{Decision, Delivery, DeliveryStore, Key, State, StoreError};

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
/// How old an answer about the clocks may be before anything is claimed by it.
const SKEW_HOLDS: SignedDuration = SignedDuration::from_mins(5);
/// A difference worth a word in the log, and one that stops deliveries.
const SKEW_NOTED: SignedDuration = SignedDuration::from_secs(60);
const SKEW_STOPS: SignedDuration = SignedDuration::from_mins(5);
/// How often what need not be remembered is deleted.
const FORGET_EVERY: SignedDuration = SignedDuration::from_hours(6);

/// Says what a delivery's post is.
#[async_trait]
pub trait Composer: Send + Sync {
    /// The card; `None` when there is nothing to post, by the teacher's choice.
    ///
    /// # Errors
    /// When the store, which knows that choice, cannot be asked.
    async fn compose(&self, delivery: &Delivery) -> Result<Option<Arc<Card>>, StoreError>;

    /// Puts further deliveries in line that are due besides the schedules'; how many.
    ///
    /// # Errors
    /// When the store cannot be asked.
    async fn enqueue_due(&self, now: Timestamp) -> Result<usize, StoreError> {
        let _ = now;
        Ok(0)
    }

    /// When [`Composer::enqueue_due`] has next something to do.
    ///
    /// # Errors
    /// When the store cannot be asked.
    async fn next_enqueue(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(None)
    }
}

/// Delivers what is due.
pub struct Deliverer {
    store: Arc<dyn DeliveryStore>,
    poster: Arc<dyn Poster>,
    composer: Arc<dyn Composer>,
    clock: Arc<dyn Clock>,
    chance: Mutex<fastrand::Rng>,
    wake: Notify,
    status: Status,
    /// Deliveries whose doubt arose here, by a clock that was not set since.
    fresh: Mutex<HashSet<Key>>,
}

impl Deliverer {
    /// A deliverer; `seed` draws the jitter of its waits.
    pub fn new(
        store: Arc<dyn DeliveryStore>,
        poster: Arc<dyn Poster>,
        composer: Arc<dyn Composer>,
        clock: Arc<dyn Clock>,
        seed: u64,
    ) -> Deliverer {
        let chance = Mutex::new(fastrand::Rng::with_seed(seed));
        Deliverer {
            store,
            poster,
            composer,
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

    /// Delivers until `stop` is true; then claims nothing more, and returns when what is under way
    /// is decided.
    pub async fn run(self: &Arc<Self>, mut stop: watch::Receiver<bool>) {
        self.take_over().await;
        let mut under_way = JoinSet::new();
        loop {
            if *stop.borrow_and_update() {
                break;
            }
            self.probe().await;
            let next = self.start_due(&mut under_way).await;
            tokio::select! {
                Some(done) = under_way.join_next() => self.settle(done, &mut under_way).await,
                () = self.clock.sleep_until(next), if under_way.len() < UNDER_WAY => {}
                () = self.wake.notified() => {}
                // An error means the sender is gone: nobody will ever say stop again, so stop.
                changed = stop.changed() => if changed.is_err() { break },
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
        match self.store.end_leases().await {
            Ok(0) => {}
            Ok(deliveries) => info!(deliveries, "deliveries that were under way when the bot last stopped are looked into"),
            Err(error) => self.store_failed(&error),
        }
    }

    /// Makes sure from time to time that the store works, whether or not anything is due: more
    /// often while it does not, so that everything goes on soon after.
    async fn probe(&self) {
        let now = self.clock.now();
        if !self.status.probes_at(now, PROBE_EVERY, AFTER_TROUBLE) {
            return;
        }
        match self.store.probe().await {
            Ok(()) => {
                metrics::gauge!("store_works").set(1.0);
                if self.status.store_works() {
                    info!("the store works again");
                }
            }
            Err(error) => self.store_failed(&error),
        }
    }

    /// Starts what is due, as far as there is room; says when to look again.
    async fn start_due(self: &Arc<Self>, under_way: &mut JoinSet<(Key, Outcome)>) -> Timestamp {
        let now = self.clock.now();
        if self.status.looked(now).is_some_and(|last| now < last) {
            // The clock was set back: how old a doubt is, is not known any longer.
            self.fresh().clear();
        }
        let later = |by: SignedDuration| now.checked_add(by).unwrap_or(Timestamp::MAX);
        if under_way.len() >= UNDER_WAY {
            return later(LONGEST_REST);
        }
        match self.gather(now, UNDER_WAY - under_way.len()).await {
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
        let earliest = [self.store.next_wake().await?, self.composer.next_enqueue().await?];
        Ok(earliest.into_iter().flatten().min())
    }

    async fn forget(&self, now: Timestamp) -> Result<(), StoreError> {
        let rows = self.store.forget(now).await?;
        self.status.forgot(now);
        if rows > 0 {
            info!(rows, "deleted what need not be remembered any longer");
        }
        Ok(())
    }

    /// How long to wait because our clock cannot be trusted to say what day it is; `None` when it can.
    async fn clocks_differ(&self, now: Timestamp) -> Option<SignedDuration> {
        if self.status.skew(now, SKEW_HOLDS).is_some_and(|skew| skew.abs() <= SKEW_STOPS) {
            return None;
        }
        match self.poster.skew().await {
            Ok(skew) => {
                let before = self.status.set_skew(skew, self.clock.now(), skew.abs() > SKEW_STOPS);
                if skew.abs() > SKEW_STOPS {
                    if !matches!(before, Held::Clock(_)) {
                        error!(
                            seconds = skew.as_secs(),
                            "this machine's clock is off by minutes against Discord's: nothing is posted until it is set"
                        );
                    }
                    return Some(AFTER_TROUBLE);
                }
                if skew.abs() > SKEW_NOTED {
                    warn!(seconds = skew.as_secs(), "this machine's clock differs from Discord's");
                }
                None
            }
            Err(why) => {
                let (times, news) = self.status.unreachable(&why, self.clock.now());
                if news {
                    warn!(why, "Discord cannot be asked for the time; deliveries wait");
                }
                Some(AFTER_TROUBLE * (1 << times.saturating_sub(1).min(4)))
            }
        }
    }

    /// One attempt, from the row to the decision.
    async fn attempt(&self, delivery: Delivery) -> Outcome {
        let (key, doubt_before) = (delivery.key, delivery.doubt_since);
        let fresh = self.fresh().remove(&key);
        let outcome = self.attempt_once(delivery, fresh).await;
        if let Decision::Again { doubt_since, .. } = outcome.decision
            && doubt_since.is_some()
            && (fresh || doubt_since != doubt_before)
        {
            self.fresh().insert(key);
        }
        outcome
    }

    async fn attempt_once(&self, mut delivery: Delivery, fresh: bool) -> Outcome {
        let claimed = delivery.clone();
        let sane = |now: Timestamp| attempt::within_lease(&claimed, now);
        let began = self.clock.now();
        let wait = attempt::back_off(delivery.attempts, &mut self.chance.lock().unwrap_or_else(PoisonError::into_inner));
        match attempt::next(&delivery, began, fresh) {
            Next::Leave => return Outcome::left(&delivery, sane(began)),
            Next::GiveUp => return attempt::give_up(&delivery, began),
            Next::Look => {
                let since = delivery.doubt_since.unwrap_or(began).min(began);
                let sought = self.poster.find(delivery.key, since.checked_sub(MARGIN).unwrap_or(Timestamp::MIN)).await;
                if let Some(outcome) = attempt::after_look(&delivery, sought, sane(self.clock.now()), wait) {
                    return outcome;
                }
                delivery.doubt_since = None;
            }
            Next::Post => {}
        }
        let card = match self.composer.compose(&delivery).await {
            Ok(Some(card)) => card,
            Ok(None) => return Outcome::skipped(self.clock.now()),
            Err(error) => {
                self.store_failed(&error);
                return Outcome::again(delivery.doubt_since, "my store did not answer".to_owned(), sane(self.clock.now()), wait);
            }
        };
        // Composing took its time, or the clock was set: what was right to do may not be any longer.
        let now = self.clock.now();
        if attempt::next(&delivery, now, fresh) != Next::Post {
            return Outcome::left(&delivery, sane(now));
        }
        let posted = self.poster.post(delivery.key, &card).await;
        let outcome = attempt::after_post(posted, &delivery, sane(began), sane(self.clock.now()), wait);
        if let Decision::Sent(..) = outcome.decision {
            let late = delivery.due_at.duration_until(self.clock.now()).as_secs_f64().max(0.0);
            metrics::histogram!("delivery_lateness_seconds").record(late);
        }
        outcome
    }

    /// Writes down what became of an attempt, and of those that ended meanwhile.
    async fn settle(&self, done: Joined, under_way: &mut JoinSet<(Key, Outcome)>) {
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
                Err(panicked) => error!(%panicked, "an attempt at a delivery panicked"),
            }
        }
        if let Err(error) = self.store.decide(&decisions).await {
            // What was sent is found in the channel when its lease is over.
            self.store_failed(&error);
        }
    }

    async fn pause(&self, key: Key, pause: &crate::store::Pause) {
        match self.store.pause(key.channel, pause).await {
            Ok(true) => warn!(channel = key.channel, why = %pause, "a channel takes no posts; its schedule is paused"),
            Ok(false) => {}
            Err(error) => self.store_failed(&error),
        }
    }

    fn fresh(&self) -> MutexGuard<'_, HashSet<Key>> {
        // Keys are in it or not: a panic elsewhere leaves nothing half done.
        self.fresh.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn store_failed(&self, error: &StoreError) {
        metrics::gauge!("store_works").set(0.0);
        metrics::counter!("store_failures_total", "kind" => error.kind()).increment(1);
        if self.status.store_fails(error.to_string(), self.clock.now()) {
            error!(%error, "the store does not work: nothing is posted until it does; look-ups go on");
        }
    }
}

type Joined = Result<(Key, Outcome), tokio::task::JoinError>;

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
mod tests {
    use super::*;
    use crate::card::Outcome as Shown;
    use crate::clock::SimulatedClock;
    use crate::daily::{Posted, Sought};
    use crate::store::{Missed, Schedule, Sqlite, Subject};
    use jiff::civil::{date, time};

    /// A Discord that knows how far our clock is ahead, and puts it ahead when it is posted to.
    struct Strange {
        ahead: Mutex<SignedDuration>,
        clock: Arc<SimulatedClock>,
        sets: Mutex<Option<SignedDuration>>,
    }

    #[async_trait]
    impl Poster for Strange {
        async fn skew(&self) -> Result<SignedDuration, String> {
            Ok(*self.ahead.lock().expect("no panic"))
        }

        async fn post(&self, key: Key, _: &Card) -> Posted {
            match self.sets.lock().expect("no panic").take() {
                Some(by) => {
                    self.clock.advance(by);
                    *self.ahead.lock().expect("no panic") = by;
                    Posted::NotSent { wait: None, why: "no connection".to_owned() }
                }
                None => Posted::Sent(key.channel),
            }
        }

        async fn find(&self, _: Key, _: Timestamp) -> Sought {
            Sought::NotThere
        }
    }

    struct Plain;

    #[async_trait]
    impl Composer for Plain {
        async fn compose(&self, _: &Delivery) -> Result<Option<Arc<Card>>, StoreError> {
            Ok(Some(Arc::new(Card::new(Shown::Found, "A day"))))
        }
    }

    fn due() -> Timestamp {
        "2026-11-24T07:00:00Z".parse().expect("an instant")
    }

    async fn at_eight(ahead: SignedDuration) -> (tempfile::TempDir, Arc<Sqlite>, Arc<Strange>, Arc<Deliverer>) {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Arc::new(Sqlite::open_for_simulation(&folder.path().join("kronikas.db")).await.expect("a store"));
        let schedule = Schedule {
            channel: 7,
            guild: 3,
            zone: "Europe/Budapest".to_owned(),
            time: time(8, 0, 0, 0),
            quiet: "context".to_owned(),
            question: true,
            picture: false,
            catch_up: 6 * 3600,
            set_at: due(),
            next_date: date(2026, 11, 24),
            next_due: due(),
            paused: None,
            resting_until: None,
        };
        store.put_schedule(&schedule).await.expect("it is put");
        let clock = Arc::new(SimulatedClock::new(due()));
        let discord = Arc::new(Strange { ahead: Mutex::new(ahead), clock: clock.clone(), sets: Mutex::default() });
        let deliverer = Arc::new(Deliverer::new(store.clone(), discord.clone(), Arc::new(Plain), clock, 1956));
        (folder, store, discord, deliverer)
    }

    #[tokio::test]
    async fn a_clock_set_ahead_during_a_request_does_not_cost_the_day() {
        let (_folder, store, discord, deliverer) = at_eight(SignedDuration::ZERO).await;
        *discord.sets.lock().expect("no panic") = Some(SignedDuration::from_hours(8));
        deliverer.run_until_idle().await;
        // Set right again, a minute and a bit later.
        *discord.ahead.lock().expect("no panic") = SignedDuration::ZERO;
        discord.clock.set(due().checked_add(SignedDuration::from_secs(90)).expect("an instant"));
        deliverer.run_until_idle().await;
        let key = Key { channel: 7, date: date(2026, 11, 24), sequence: 0 };
        let row = store.delivery(key).await.expect("it is read").expect("it is there");
        assert_eq!(row.state, State::Sent(Some(7)));
    }

    #[tokio::test]
    async fn nothing_is_forgotten_by_a_clock_that_is_wrong() {
        let (_folder, store, discord, deliverer) = at_eight(SignedDuration::from_hours(24 * 200)).await;
        let row = Delivery {
            key: Key { channel: 7, date: date(2026, 11, 23), sequence: 0 },
            guild: 3,
            subject: Subject::Day,
            state: State::Missed(Missed::Down),
            due_at: due(),
            until: due(),
            attempts: 0,
            doubt_since: None,
            not_before: due(),
            lease_until: due(),
            decided_at: Some(due()),
            trouble: None,
        };
        store.enqueue(&row).await.expect("it is put");
        discord.clock.advance(SignedDuration::from_hours(24 * 200));
        deliverer.run_until_idle().await;
        assert!(store.delivery(row.key).await.expect("it is read").is_some());
        assert!(matches!(deliverer.status().held(), Held::Clock(_)));
    }
}
