//! What a delivery's post is: from the store's row to a card.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;

use super::post::{Extras, options_of, post_of};
use crate::card::Card;
use crate::command::CurrentPack;
use crate::delivery::Composer;
use crate::features::daily::PostOptions;
use crate::features::{replay, review};
use crate::store::{Delivery, PostKind, Store, StoreError};

/// How many finished cards are kept: the zones of the world are on three dates at a time, in few
/// kinds each.
const KEPT: usize = 64;

type ComposedCards = HashMap<(Date, PostOptions, Extras), Option<Arc<Card>>>;

/// Composes posts from the current pack; classes that chose alike share one card.
pub struct PostComposer {
    current_pack: Arc<CurrentPack>,
    store: Arc<dyn Store>,
    /// Cards made from the pack with that address.
    made: Mutex<(usize, ComposedCards)>,
}

impl PostComposer {
    /// A composer over the current pack and the store that knows what each class chose.
    pub fn new(current_pack: Arc<CurrentPack>, store: Arc<dyn Store>) -> PostComposer {
        PostComposer { current_pack, store, made: Mutex::default() }
    }
}

#[async_trait]
impl Composer for PostComposer {
    async fn compose(&self, delivery: &Delivery) -> Result<Option<Arc<Card>>, StoreError> {
        if delivery.subject == PostKind::Reminder {
            return Ok(review::reminder(self.store.as_ref(), delivery).await?.map(Arc::new));
        }
        if let PostKind::Replay(_) = delivery.subject {
            let loaded = self.current_pack.current();
            return Ok(replay::compose(&loaded.pack, self.store.as_ref(), delivery).await?.map(Arc::new));
        }
        let schedule = self.store.schedule(delivery.key.channel).await?;
        let options = options_of(delivery.key.channel, schedule.as_ref());
        let extras = Extras::of(schedule.as_ref());
        let loaded = self.current_pack.current();
        let edition = Arc::as_ptr(&loaded) as usize;
        let key = (delivery.key.date, options, extras);
        // A panic elsewhere leaves whole cards.
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if made.0 != edition || made.1.len() >= KEPT {
            *made = (edition, HashMap::new());
        }
        let card = made.1.entry(key).or_insert_with(|| post_of(delivery.key.date, options, extras, &loaded.ctx()).map(Arc::new));
        Ok(card.clone())
    }

    async fn enqueue_due(&self, now: Timestamp) -> Result<usize, StoreError> {
        let loaded = self.current_pack.current();
        let steps = replay::enqueue_due(&loaded.pack, self.store.as_ref(), now).await?;
        Ok(steps + review::enqueue_reminders(self.store.as_ref(), now).await?)
    }

    async fn next_enqueue(&self) -> Result<Option<Timestamp>, StoreError> {
        let times = [self.store.next_replay().await?, self.store.next_reminder().await?];
        Ok(times.into_iter().flatten().min())
    }
}
