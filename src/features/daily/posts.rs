//! The post of the day as a kind of post: from the store's row to a card.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use async_trait::async_trait;
use jiff::civil::Date;
use tokio::sync::Mutex;

use super::PostOptions;
use super::post::{Extras, options_of, post_of};
use crate::card::Card;
use crate::command::{CurrentPack, LoadedPack};
use crate::delivery::PostKind;
use crate::model::DeliverySubject;
use crate::store::{Delivery, Store, StoreError};

/// How many finished cards are kept: the zones of the world are on three dates at a time, in few
/// kinds each.
const KEPT: usize = 64;

type ComposedCards = HashMap<(Date, PostOptions, Extras), Option<Arc<Card>>>;

/// Composes posts of the day from the current pack; classes that chose alike share one card.
pub(crate) struct DailyPosts {
    current_pack: Arc<CurrentPack>,
    store: Arc<dyn Store>,
    /// Cards made from that pack. While it is referred to, no other can have its address.
    made: Mutex<(Weak<LoadedPack>, ComposedCards)>,
}

impl DailyPosts {
    /// Posts from the current pack; the store knows what each class chose.
    pub(crate) fn new(current_pack: Arc<CurrentPack>, store: Arc<dyn Store>) -> DailyPosts {
        DailyPosts { current_pack, store, made: Mutex::default() }
    }
}

#[async_trait]
impl PostKind for DailyPosts {
    fn is_for(&self, subject: &DeliverySubject) -> bool {
        *subject == DeliverySubject::Day
    }

    async fn compose(&self, delivery: &Delivery) -> Result<Option<Arc<Card>>, StoreError> {
        let schedule = self.store.schedule(delivery.key.channel).await?;
        let options = options_of(delivery.key.channel, schedule.as_ref());
        let extras = Extras::of(schedule.as_ref());
        let loaded = self.current_pack.current();
        let key = (delivery.key.date, options, extras);
        // Held while a card is made, so that classes that chose alike wait for it and do not make it again.
        let mut made = self.made.lock().await;
        if !made.0.ptr_eq(&Arc::downgrade(&loaded)) || made.1.len() >= KEPT {
            *made = (Arc::downgrade(&loaded), HashMap::new());
        }
        if let Some(card) = made.1.get(&key) {
            return Ok(card.clone());
        }
        let date = delivery.key.date;
        let card = loaded.ctx().compute(move |loaded| post_of(date, options, extras, loaded)).await.map(Arc::new);
        made.1.insert(key, card.clone());
        Ok(card)
    }
}
