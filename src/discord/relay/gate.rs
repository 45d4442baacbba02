//! Allows shards to start sessions: one after another, within the budget, and only while Discord reports
//! enough remaining sessions.

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

/// While Discord reports fewer remaining sessions than this, wait for its next period, because it resets
/// the token when none remains.
const KEPT_BACK: u64 = 50;
/// How long to wait after Discord did not respond, doubled each time.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// How long to wait for Discord's next period before asking again.
const BEFORE_ASKING_AGAIN: Duration = Duration::from_secs(240);

/// The longest sleep without looking at the clock, because the clock may be set meanwhile.
const LOOK_AGAIN: Duration = Duration::from_secs(20);

/// Stores the budget across restarts, where possible.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// What was written last; `None` while the store is not readable.
    async fn read(&self) -> Option<String>;

    /// Writes the budget. Returns whether it is durable.
    async fn write(&self, text: &str) -> bool;
}

/// Every session starts through this gate.
pub(super) struct Gate {
    contact: Contact,
    clock: Arc<dyn Clock>,
    ledger: Arc<dyn Ledger>,
    status: Arc<GatewayStatus>,
    books: Mutex<Books>,
    /// One lock per concurrent start: the shards that share it start one after another.
    queues: Mutex<BTreeMap<u32, Arc<Mutex<Option<Timestamp>>>>>,
}

struct Books {
    budget: Budget,
    /// Whether the sessions of earlier processes have been read.
    read: bool,
    /// When another process last started a session.
    before: Option<Timestamp>,
    concurrency: u32,
    /// The gateway's address from the last response.
    address: Option<String>,
}

/// Permission to start one session. Others wait until it is dropped.
pub(super) struct Permit {
    /// The gateway's address and limits.
    pub info: GatewayInfo,
    /// How long ago the previous session was started, by any process, if READY did not come for it.
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

    /// Waits until the shard may start a session.
    ///
    /// # Errors
    /// If Discord rejects the token.
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
                    // Asking costs nothing, and the next period may come sooner than announced.
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

    /// Counts a session, durably if possible. Call it just before starting the session.
    pub(super) async fn spend(&self, permit: &mut Permit) {
        let mut books = self.books.lock().await;
        self.read(&mut books).await;
        *permit.queue = Some(books.budget.spend(self.clock.now()));
        self.status.count_identify();
        self.write(&books).await;
    }

    /// Records that READY came for the session of this permit.
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

    /// The gateway's address from the last response.
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
                // It is not known which shard another process started.
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

    /// Reads the sessions of earlier processes, as soon as the store is readable.
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
