//! The steps of replays as a kind of post.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;

use super::play::{compose, enqueue_due};
use crate::card::Card;
use crate::command::CurrentPack;
use crate::delivery::PostKind;
use crate::model::DeliverySubject;
use crate::store::{Delivery, Store, StoreError};

/// Enqueues the steps of running replays, and composes them from the current pack.
pub(crate) struct ReplayPosts {
    pub(crate) current_pack: Arc<CurrentPack>,
    pub(crate) store: Arc<dyn Store>,
}

#[async_trait]
impl PostKind for ReplayPosts {
    fn is_for(&self, subject: &DeliverySubject) -> bool {
        matches!(subject, DeliverySubject::Replay(_))
    }

    async fn compose(&self, delivery: &Delivery) -> Result<Option<Arc<Card>>, StoreError> {
        let loaded = self.current_pack.current();
        Ok(compose(&loaded.pack, self.store.as_ref(), delivery).await?.map(Arc::new))
    }

    async fn enqueue_due(&self, now: Timestamp) -> Result<usize, StoreError> {
        let loaded = self.current_pack.current();
        enqueue_due(&loaded.pack, self.store.as_ref(), now).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.store.next_replay().await
    }
}
