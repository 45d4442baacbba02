//! The services of a terminal: its own store, and posts that appear between the lines.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use parking_lot::{Mutex, MutexGuard};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

use super::line;
use crate::card::Card;
use crate::clock::SystemClock;
use crate::command::{CurrentPack, Services};
use crate::delivery::{Deliverer, recompute};
use crate::features::{class_rounds, post_kinds};
use crate::messenger::{ChannelAccess, FindOutcome, Messenger, SendError};
use crate::model::{ChannelId, GuildId, MessageId, UserId};
use crate::store::{Sqlite, Store, StoreError};

/// How often a thread that waits for a post checks whether the session is over.
const LOOK: Duration = Duration::from_millis(200);

/// The services of a terminal: posts are printed instead of sent to Discord.
pub struct TerminalServices {
    /// The services for commands.
    pub services: Services,
    posted: Mutex<Receiver<Card>>,
    stop: CancellationToken,
    store: Arc<Sqlite>,
    runtime: Runtime,
}

impl TerminalServices {
    /// Opens the store at `path`.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub fn open(path: &Path, current_pack: &Arc<CurrentPack>, runtime: Runtime) -> Result<TerminalServices, StoreError> {
        let store = Arc::new(runtime.block_on(Sqlite::open(path))?);
        let kept: Arc<dyn Store> = store.clone();
        runtime.block_on(recompute(kept.as_ref()))?;
        let (posts, posted) = channel();
        let shown = Arc::new(Deliveries { posts: Mutex::new(posts), count: AtomicU64::new(0) });
        let kinds = post_kinds(current_pack, &kept);
        let deliverer = Arc::new(Deliverer::new(kept.clone(), shown, kinds, Arc::new(SystemClock), fastrand::u64(..)));
        // A terminal has no class, so these never run.
        let rounds = class_rounds(kept.clone(), Arc::new(TerminalMessenger), current_pack.clone(), Arc::new(SystemClock));
        let services = Services::new(kept, Arc::new(TerminalMessenger), deliverer, rounds);
        Ok(TerminalServices { services, posted: Mutex::new(posted), stop: CancellationToken::new(), store, runtime })
    }

    /// Starts delivering in the background.
    pub fn deliver(&self) {
        let deliverer = self.services.deliverer.clone();
        let stopping = self.stop.clone();
        self.runtime.spawn(async move { deliverer.run(stopping).await });
    }

    /// Runs a command to completion.
    pub(super) fn finish<T>(&self, command: impl Future<Output = T>) -> T {
        self.runtime.block_on(command)
    }

    /// Delivers what is due now.
    pub fn deliver_due(&self) {
        self.runtime.block_on(self.services.deliverer.run_until_idle());
    }

    /// The next post that was not shown yet, if there is one.
    pub fn next_post(&self) -> Option<Card> {
        self.posts().try_recv().ok()
    }

    /// Waits for the next post; `None` when the session is over.
    pub fn wait_for_post(&self) -> Option<Card> {
        while !self.stop.is_cancelled() {
            if let Ok(card) = self.posts().recv_timeout(LOOK) {
                return Some(card);
            }
        }
        None
    }

    fn posts(&self) -> MutexGuard<'_, Receiver<Card>> {
        // Receiving is one step, so a panic elsewhere leaves the receiver consistent.
        self.posted.lock()
    }

    /// Stops delivering, and ends waiting for posts.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Stops delivering and closes the store.
    pub fn close(self) {
        self.stop();
        self.runtime.block_on(self.store.close());
        self.runtime.shutdown_background();
    }
}

/// The only channel of a terminal.
struct TerminalMessenger;

#[async_trait]
impl Messenger for TerminalMessenger {
    async fn check_channel(&self, _: Option<GuildId>, _: ChannelId) -> Result<ChannelAccess, String> {
        Ok(ChannelAccess::Fine)
    }

    async fn direct(&self, _: UserId) -> Result<ChannelId, SendError> {
        // Not the channel of the daily post, because both may come on one day.
        Ok(ChannelId(line::HERE.channel.0 + 1))
    }

    async fn send(&self, _: ChannelId, _: &str, _: &Card) -> Result<MessageId, SendError> {
        // In a terminal, the answer itself is already shown.
        Ok(MessageId(0))
    }
}

/// Shows deliveries between the lines of the session.
struct Deliveries {
    posts: Mutex<Sender<Card>>,
    count: AtomicU64,
}

#[async_trait]
impl Messenger for Deliveries {
    async fn send(&self, _: ChannelId, _: &str, card: &Card) -> Result<MessageId, SendError> {
        let posts = self.posts.lock();
        match posts.send(card.clone()) {
            Ok(()) => Ok(MessageId(self.count.fetch_add(1, Ordering::Relaxed) + 1)),
            Err(_) => Err(SendError::NotSent { wait: None, why: "the terminal is closed".to_owned() }),
        }
    }

    async fn find_own(&self, _: ChannelId, _: &str, _: Timestamp) -> FindOutcome {
        // What a terminal showed in an earlier session cannot be looked up.
        FindOutcome::Unreadable
    }
}
