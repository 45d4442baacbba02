//! What some commands need besides the knowledge: the store, the channels, the deliveries.

use std::sync::Arc;

use crate::card::Refusal;
use crate::delivery::Deliverer;
use crate::messenger::Messenger;
use crate::session::round::Rounds;
use crate::store::{Store, StoreError};

/// The services that commands store and post with.
pub struct Services {
    /// What survives.
    pub store: Arc<dyn Store>,
    /// The edge's channels.
    pub rooms: Arc<dyn Messenger>,
    /// Delivers what is due; to be woken when something was put in line.
    pub deliverer: Arc<Deliverer>,
    /// Runs the class rounds; to be told when one starts or stops.
    pub rounds: Arc<Rounds>,
}

impl Services {
    /// The services.
    pub fn new(store: Arc<dyn Store>, rooms: Arc<dyn Messenger>, deliverer: Arc<Deliverer>, rounds: Arc<Rounds>) -> Services {
        Services { store, rooms, deliverer, rounds }
    }

    /// Waits for the store.
    ///
    /// # Errors
    /// A refusal for the asker; the reason goes into the log.
    pub async fn stored<T>(&self, work: impl Future<Output = Result<T, StoreError>>) -> Result<T, Refusal> {
        work.await.map_err(|error| {
            tracing::error!(%error, "the store failed a command");
            Refusal::new("My store does not answer, so nothing was changed. Please try again in a minute; whoever runs me finds the reason in my log.")
        })
    }
}
