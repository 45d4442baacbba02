//! What some commands need besides the knowledge: the store, the channels, the deliveries.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::runtime::Handle;

use super::Refusal;
use crate::daily::Deliverer;
use crate::store::{Store, StoreError};

/// What an edge knows of its channels.
#[async_trait]
pub trait Rooms: Send + Sync {
    /// Looks at a channel: whether the bot may post there and read what it posted.
    ///
    /// # Errors
    /// What happened, when the edge cannot look.
    async fn survey(&self, guild: u64, channel: u64) -> Result<Survey, String>;

    /// The channel of direct messages with somebody, opening it if need be.
    ///
    /// # Errors
    /// What happened, when it cannot be opened.
    async fn direct(&self, user: u64) -> Result<u64, String>;

    /// The address of a message, if it has one.
    fn link(&self, guild: u64, channel: u64, message: u64) -> Option<String>;
}

/// What a look at a channel showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Survey {
    /// Posts can be made and found again.
    Fine,
    /// There is no such channel in that guild, or the bot cannot see it.
    Unseen,
    /// It is of a kind that takes no posts.
    NoPosts,
    /// The thread is archived.
    Archived,
    /// These permissions are missing, in Discord's own words.
    Missing(Vec<&'static str>),
}

/// The office: commands that keep something work with it. They run where waiting is allowed and
/// [`wait`](Office::wait) for what they ask of it.
pub struct Office {
    /// What survives.
    pub store: Arc<dyn Store>,
    /// The edge's channels.
    pub rooms: Arc<dyn Rooms>,
    /// Delivers what is due; to be woken when something was put in line.
    pub deliverer: Arc<Deliverer>,
    runtime: Handle,
}

impl Office {
    /// An office; `runtime` does the work that its commands wait for.
    pub fn new(store: Arc<dyn Store>, rooms: Arc<dyn Rooms>, deliverer: Arc<Deliverer>, runtime: Handle) -> Office {
        Office { store, rooms, deliverer, runtime }
    }

    /// Waits for something. Must be called where waiting is allowed: not on a thread that runs
    /// other tasks meanwhile.
    pub fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Waits for the store.
    ///
    /// # Errors
    /// A refusal for the asker; the reason goes into the log.
    pub fn stored<T>(&self, work: impl Future<Output = Result<T, StoreError>>) -> Result<T, Refusal> {
        self.wait(work).map_err(|error| {
            tracing::error!(%error, "the store failed a command");
            Refusal::new("My store does not answer, so nothing was changed. Please try again in a minute; whoever runs me finds the reason in my log.")
        })
    }
}
