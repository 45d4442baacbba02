//! Lets shards start sessions: one after another, within the budget, and only while Discord itself
//! has enough sessions left.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Mutex, OwnedMutexGuard};
use tracing::{info, warn};

use super::budget::{BETWEEN, Budget};
use super::status::GatewayStatus;
use crate::clock::Clock;
use crate::discord::contact::{Contact, ContactError, GatewayInfo};

/// With fewer sessions left than this, Discord's next period is waited for: at none left it resets
/// the token.
const KEPT_BACK: u64 = 50;
/// How long to wait after a question that Discord did not answer; twice as long each time.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// How long Discord's own limit is waited for without asking how far it is.
const BEFORE_ASKING_AGAIN: Duration = Duration::from_secs(240);

/// The machine's clock may be set while a wait goes on: the longest time without a look at it.
const LOOK_AGAIN: Duration = Duration::from_secs(20);

/// Remembers the budget over restarts, where it can.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// What was written last. `None` while that cannot be known.
    async fn read(&self) -> Option<String>;

    /// Writes it down; whether that was durable.
    async fn write(&self, text: &str) -> bool;
}

/// The one place where sessions are started from.
pub(super) struct Gate {
    contact: Contact,
    clock: Arc<dyn Clock>,
    ledger: Arc<dyn Ledger>,
    status: Arc<GatewayStatus>,
    books: Mutex<Books>,
    /// One lock for each concurrent start: shards that share it start one after another.
    queues: Mutex<BTreeMap<u32, Arc<Mutex<Option<Timestamp>>>>>,
}

struct Books {
    budget: Budget,
    /// Whether what earlier processes spent has been read.
    read: bool,
    /// The latest session that another process started.
    before: Option<Timestamp>,
    concurrency: u32,
    /// Where the gateway was when it was asked for last.
    address: Option<String>,
}

/// Leave to start one session. Others wait until it is dropped.
pub(super) struct Permit {
    /// Where the gateway is.
    pub info: GatewayInfo,
    /// How long ago the session before was started, whoever did, if it did not begin well.
    pub doubtful: Option<Duration>,
    /// When the latest session of this queue was started.
    queue: OwnedMutexGuard<Option<Timestamp>>,
}

impl Gate {
    /// A gate for a bot with that many shards.
    pub(super) fn new(
        contact: Contact,
        clock: Arc<dyn Clock>,
        ledger: Arc<dyn Ledger>,
        status: Arc<GatewayStatus>,
        shards: u32,
        concurrency: u32,
    ) -> Gate {
        let books =
            Books { budget: Budget::new(shards), read: false, before: None, concurrency: concurrency.max(1), address: None };
        Gate { contact, clock, ledger, status, books: Mutex::new(books), queues: Mutex::default() }
    }

    /// Waits until that shard may start a session.
    ///
    /// # Errors
    /// When Discord refuses the token.
    pub(super) async fn permit(&self, shard: u32) -> Result<Permit, ContactError> {
        let concurrency = self.books.lock().await.concurrency;
        let queue = self.queues.lock().await.entry(shard % concurrency).or_default().clone();
        let queue = queue.lock_owned().await;
        let mut wait = FIRST_WAIT;
        loop {
            self.wait_for_budget(shard, *queue).await;
            match self.contact.gateway().await {
                Ok(info) if info.session_start_limit.remaining < KEPT_BACK => {
                    let limit = &info.session_start_limit;
                    warn!(remaining = limit.remaining, reset_after_ms = limit.reset_after, "few sessions remain; waiting");
                    let why =
                        format!("Discord allows this bot only {} more sessions; waiting until it allows more", limit.remaining);
                    // Asking costs nothing, and the next period may come sooner than was said.
                    let wait = Duration::from_millis(limit.reset_after).clamp(LONGEST_WAIT, BEFORE_ASKING_AGAIN);
                    self.wait(shard, why, wait).await;
                }
                Ok(info) => {
                    let mut books = self.books.lock().await;
                    books.concurrency = info.session_start_limit.max_concurrency.max(1);
                    books.address = Some(info.url.clone());
                    let doubtful = books.budget.doubtful(self.clock.now());
                    let doubtful = doubtful.map(|ago| Duration::try_from(ago).unwrap_or_default());
                    drop(books);
                    return Ok(Permit { info, doubtful, queue });
                }
                Err(ContactError::TokenRefused) => return Err(ContactError::TokenRefused),
                Err(ContactError::Passing { why, at_least }) => {
                    warn!(why, "could not request the gateway's address");
                    let jitter = wait.mul_f64(0.5 + fastrand::f64() / 2.0);
                    wait = (wait * 2).min(LONGEST_WAIT);
                    self.wait(shard, why, jitter.max(at_least)).await;
                }
            }
        }
    }

    /// Counts a session, durably where possible. To be called right before it is started.
    pub(super) async fn spend(&self, permit: &mut Permit) {
        let mut books = self.books.lock().await;
        self.read(&mut books).await;
        *permit.queue = Some(books.budget.spend(self.clock.now()));
        self.status.count_identify();
        self.write(&books).await;
    }

    /// Records that the session that was started with this permit began well.
    pub(super) async fn began_well(&self, permit: Permit) {
        let Some(at) = *permit.queue else { return };
        let mut books = self.books.lock().await;
        books.budget.began_well(at);
        self.write(&books).await;
    }

    async fn write(&self, books: &Books) {
        if !self.ledger.write(&books.budget.written()).await {
            info!("a new session is counted only in memory, because the store is not writable");
        }
    }

    /// Where the gateway was when it was asked for last.
    pub(super) async fn address(&self) -> Option<String> {
        self.books.lock().await.address.clone()
    }

    async fn wait_for_budget(&self, shard: u32, last: Option<Timestamp>) {
        let mut said = false;
        loop {
            let (next, spent) = {
                let mut books = self.books.lock().await;
                self.read(&mut books).await;
                let now = self.clock.now();
                // Of other processes it is not known which shard they started.
                let gap = last.max(books.before).map_or(now, |last| last.min(now) + BETWEEN);
                (books.budget.next(now).max(gap), books.budget.spent())
            };
            let left = self.clock.now().duration_until(next);
            let Ok(left) = Duration::try_from(left.max(SignedDuration::ZERO)) else { return };
            if left.is_zero() {
                return;
            }
            if left > LOOK_AGAIN && !said {
                said = true;
                warn!(spent, seconds = left.as_secs(), "many new sessions were started; waiting before the next");
            }
            self.status
                .because(shard, format!("{spent} new sessions within a day; waiting before the next one, because too many would make Discord reset the token"));
            self.status.next_try(shard, Some(next));
            tokio::time::sleep(left.min(LOOK_AGAIN)).await;
        }
    }

    /// Reads what earlier processes spent, as soon as that can be known.
    async fn read(&self, books: &mut Books) {
        if books.read {
            return;
        }
        if let Some(text) = self.ledger.read().await {
            books.read = true;
            let mut of_others = Budget::new(1);
            of_others.add_written(&text);
            books.before = of_others.latest();
            books.budget.add_written(&text);
        }
    }

    async fn wait(&self, shard: u32, why: String, wait: Duration) {
        let until = SignedDuration::try_from(wait).ok().and_then(|wait| self.clock.now().checked_add(wait).ok());
        self.status.because(shard, why);
        self.status.next_try(shard, until);
        tokio::time::sleep(wait).await;
    }
}
