//! Opens the store and runs the deliveries, independently of the gateway.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::kept_running::{Panics, kept_running};
use crate::clock::SystemClock;
use crate::command::{CurrentPack, Services};
use crate::delivery::{Deliverer, recompute};
use crate::discord::Bot;
use crate::features::{class_rounds, post_kinds};
use crate::messenger::Messenger;
use crate::store::{Sqlite, Store, StoreError};

/// How long to wait before trying again to open the store.
const REOPEN: Duration = Duration::from_secs(30);

/// Everything that the bot's services need.
#[derive(Clone)]
pub(super) struct DeliveryService {
    pub bot: Arc<Bot>,
    pub current_pack: Arc<CurrentPack>,
    /// Discord's channels.
    pub rooms: Arc<dyn Messenger>,
    /// Records which background tasks panicked.
    pub panics: Arc<Panics>,
    /// Cancelled when the program stops.
    pub stopping: CancellationToken,
}

/// Opens the store for the first time.
///
/// # Errors
/// If retrying is useless: another process uses the store, or a newer version wrote it. Any other
/// failure is part of the returned [`Opening`], and look-ups continue without a store.
pub(super) async fn first_opening(path: &Path) -> Result<Opening, StoreError> {
    match Sqlite::open(path).await {
        Ok(store) => Ok(Ok(store)),
        Err(error) if error.is_final() => Err(error),
        Err(error) => {
            error!(%error, "the store cannot be opened; nothing is posted or stored until it can, but look-ups continue");
            Ok(Err(error))
        }
    }
}

/// A store, or why it cannot be opened yet.
pub(super) type Opening = Result<Sqlite, StoreError>;

impl DeliveryService {
    /// Opens the services and delivers until the program stops. Retries while the store cannot be
    /// opened.
    pub(super) async fn keep(self, opened: Opening, path: PathBuf) {
        let mut first = Some(opened);
        self.kept_running("the store", || self.clone().session(first.take(), &path)).await;
    }

    /// Opens the store once and delivers from it. `opened` is the result of an earlier attempt, if any.
    async fn session(self, mut opened: Option<Opening>, path: &Path) {
        let store = loop {
            match opened.take() {
                Some(Ok(store)) => break Arc::new(store),
                Some(Err(error)) => {
                    self.bot.note_store_trouble(error.to_string());
                    metrics::gauge!("store_works").set(0.0);
                    tokio::select! {
                        () = tokio::time::sleep(REOPEN) => {}
                        () = self.stopping.cancelled() => return,
                    }
                }
                None => {}
            }
            let again = Sqlite::open(path).await;
            match &again {
                Ok(_) => info!("the store can be opened again"),
                Err(error) => warn!(%error, "the store still cannot be opened"),
            }
            opened = Some(again);
        };
        self.work(&store).await;
        store.close().await;
    }

    async fn kept_running<F: Future<Output = ()>>(&self, task: &'static str, run: impl FnMut() -> F) {
        kept_running(task, &self.panics, &SystemClock, self.stopping.clone(), run).await;
    }

    async fn work(&self, store: &Arc<Sqlite>) {
        let kept: Arc<dyn Store> = store.clone();
        match recompute(kept.as_ref()).await {
            Ok(0) => {}
            Ok(schedules) => info!(schedules, "the time zone data has changed; recomputed the next posts"),
            Err(error) => error!(%error, "the store failed while the next posts were recomputed"),
        }
        let rooms = self.rooms.clone();
        let kinds = post_kinds(&self.current_pack, &kept);
        let seed = fastrand::u64(..);
        let deliverer = Arc::new(Deliverer::new(kept.clone(), rooms.clone(), kinds, Arc::new(SystemClock), seed));
        let rounds = class_rounds(kept.clone(), rooms.clone(), self.current_pack.clone(), Arc::new(SystemClock));
        let services = Services::new(kept, rooms, deliverer.clone(), rounds.clone());
        self.bot.open_office(Arc::new(services));
        let (posts, rounds) = (|| deliverer.run(self.stopping.clone()), || rounds.run(self.stopping.clone()));
        tokio::join!(self.kept_running("posts", posts), self.kept_running("rounds", rounds));
    }
}
