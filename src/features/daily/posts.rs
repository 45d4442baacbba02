//! The daily post as a kind of post: from the store's row to a card.

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

/// How many finished cards are cached: the world's zones have three dates at a time, with few variants
/// each.
const KEPT: usize = 64;

type ComposedCards = HashMap<(Date, PostOptions, Extras), Option<Arc<Card>>>;

/// Composes daily posts from the current pack; classes with the same options share one card.
pub(crate) struct DailyPosts {
    current_pack: Arc<CurrentPack>,
    store: Arc<dyn Store>,
    /// Cards of that pack. The weak reference keeps the pack's address from being reused.
    made: Mutex<(Weak<LoadedPack>, ComposedCards)>,
}

impl DailyPosts {
    /// Composes from the current pack; the store has the options of each class.
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
        // Held while a card is composed, so that classes with the same options wait for it.
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

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::model::{ChannelId, Key, State};
    use crate::pack::{PackFiles, load};
    use crate::store::Sqlite;

    const DAY: Date = Date::constant(2027, 10, 23);

    /// A pack with an event of that name on the day.
    fn teaching(name: &str) -> LoadedPack {
        let pack = "schema = 1\nid = \"p\"\ntitle = \"P\"\nyear = 1956\n[document]\ntitle = \"D\"\n\
                    [[document.paragraph]]\nnumber = 1\nsection = \"S\"\nabout = \"a\"\nclaims = 1\n";
        let sources = "[[source]]\nid = \"book\"\nshort = \"Book\"\ntitle = \"A book\"\nkind = \"reference\"\n";
        let event = format!(
            "[[event]]\nid = \"it\"\nname = \"{name}\"\nwhen = \"1956-10-23\"\ncite = [\"book\"]\n\
             claims = [{{ text = \"It was so.\", cite = [\"book\"] }}]\n"
        );
        let files = [("pack.toml", pack), ("sources.toml", sources), ("events.toml", &event)];
        let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
        LoadedPack::new(load(&PackFiles::new("p", files.to_vec())).unwrap_or_else(|report| panic!("{report}")))
    }

    fn delivery() -> Delivery {
        let now = Timestamp::UNIX_EPOCH;
        Delivery {
            key: Key { channel: ChannelId(1), date: DAY, sequence: 0 },
            guild: None,
            subject: DeliverySubject::Day,
            state: State::Due,
            due_at: now,
            until: now,
            attempts: 0,
            uncertain_since: None,
            not_before: now,
            lease_until: now,
            decided_at: None,
            trouble: None,
        }
    }

    /// A pack that is replaced is freed, and a later one may get its address. Two replacements between
    /// two posts free the first address before the third pack is created.
    #[tokio::test]
    async fn a_card_of_a_pack_that_is_gone_is_not_posted_for_a_later_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Sqlite::open_for_simulation(&folder.path().join("store.db")).await.expect("a store");
        let current_pack = Arc::new(CurrentPack::new(teaching("Number 0")));
        let posts = DailyPosts::new(current_pack.clone(), Arc::new(store));
        for number in 0..8 {
            let card = posts.compose(&delivery()).await.expect("the store answers").expect("a post");
            let told: Vec<&str> = card.sections.iter().filter_map(|section| section.heading.as_deref()).collect();
            assert!(told.contains(&format!("Number {number}").as_str()), "not {number}: {told:?}");
            let (between, next) = (teaching("Another"), teaching(&format!("Number {}", number + 1)));
            current_pack.exchange(between);
            current_pack.exchange(next);
        }
    }
}
