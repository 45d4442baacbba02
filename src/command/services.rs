//! What some commands need besides the pack: the store, the channels, the deliveries.

use std::sync::Arc;

use crate::card::CommandError;
use crate::delivery::Deliverer;
use crate::messenger::Messenger;
use crate::session::round::Rounds;
use crate::store::{Store, StoreError};

/// The services of commands that store or post something.
pub struct Services {
    pub store: Arc<dyn Store>,
    /// The edge's channels.
    pub rooms: Arc<dyn Messenger>,
    /// Delivers what is due. Wake it after enqueuing something.
    pub deliverer: Arc<Deliverer>,
    /// Runs the class rounds. Notify it when a round starts or stops.
    pub rounds: Arc<Rounds>,
}

impl Services {
    pub fn new(store: Arc<dyn Store>, rooms: Arc<dyn Messenger>, deliverer: Arc<Deliverer>, rounds: Arc<Rounds>) -> Services {
        Services { store, rooms, deliverer, rounds }
    }

    /// Awaits the store.
    ///
    /// # Errors
    /// The store's error, as the command's failure.
    pub async fn stored<T>(&self, work: impl Future<Output = Result<T, StoreError>>) -> Result<T, CommandError> {
        work.await.map_err(|error| store_failed(&error))
    }
}

/// The failure of a command because of the store.
pub(crate) fn store_failed(error: &StoreError) -> CommandError {
    CommandError::internal(
        format_args!("the store failed: {error}"),
        "My storage does not respond, so nothing was changed. Please try again in a minute; the person who runs me can find the reason in my log.",
    )
}
