//! The interface between the engine and the features that post.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use tracing::error;

use crate::card::Card;
use crate::model::DeliverySubject;
use crate::store::{Delivery, StoreError};

/// A kind of post, such as the daily post: when it is due and what it contains. Each feature that posts
/// implements one, and it is registered where the [`Deliverer`](crate::delivery::Deliverer) is created.
#[async_trait]
pub trait PostKind: Send + Sync {
    /// Whether this kind composes deliveries with that subject.
    fn is_for(&self, subject: &DeliverySubject) -> bool;

    /// Composes the card; `None` if the teacher chose to post nothing in this case.
    ///
    /// # Errors
    /// If the store, which has the teacher's choice, is unavailable.
    async fn compose(&self, delivery: &Delivery) -> Result<Option<Arc<Card>>, StoreError>;

    /// Enqueues due deliveries that do not come from a schedule; the engine claims those itself. Returns
    /// how many.
    ///
    /// # Errors
    /// If the store is unavailable.
    async fn enqueue_due(&self, now: Timestamp) -> Result<usize, StoreError> {
        let _ = now;
        Ok(0)
    }

    /// When [`PostKind::enqueue_due`] next has something to do; `None` if never.
    ///
    /// # Errors
    /// If the store is unavailable.
    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(None)
    }
}

/// All registered kinds of posts.
pub(crate) struct PostKinds(pub(crate) Vec<Box<dyn PostKind>>);

impl PostKinds {
    pub(crate) async fn compose(&self, delivery: &Delivery) -> Result<Option<Arc<Card>>, StoreError> {
        match self.0.iter().find(|kind| kind.is_for(&delivery.subject)) {
            Some(kind) => kind.compose(delivery).await,
            None => {
                error!(subject = %delivery.subject, "no kind of post is registered for a delivery; it is skipped");
                Ok(None)
            }
        }
    }

    pub(crate) async fn enqueue_due(&self, now: Timestamp) -> Result<usize, StoreError> {
        let mut enqueued = 0;
        for kind in &self.0 {
            enqueued += kind.enqueue_due(now).await?;
        }
        Ok(enqueued)
    }

    pub(crate) async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let mut earliest = None;
        for kind in &self.0 {
            earliest = [earliest, kind.next_due().await?].into_iter().flatten().min();
        }
        Ok(earliest)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::card::Outcome;
    use crate::model::{ChannelId, GuildId, Key, State};

    /// A kind that composes a card with its name for one subject, and is next due at that second.
    struct Named(&'static str, DeliverySubject, Option<i64>);

    #[async_trait]
    impl PostKind for Named {
        fn is_for(&self, subject: &DeliverySubject) -> bool {
            *subject == self.1
        }

        async fn compose(&self, _: &Delivery) -> Result<Option<Arc<Card>>, StoreError> {
            Ok(Some(Arc::new(Card::new(Outcome::Found, self.0))))
        }

        async fn enqueue_due(&self, _: Timestamp) -> Result<usize, StoreError> {
            Ok(2)
        }

        async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
            Ok(self.2.map(at))
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("an instant")
    }

    fn delivery(subject: DeliverySubject) -> Delivery {
        Delivery {
            key: Key { channel: ChannelId(7), date: date(2026, 11, 24), sequence: 0 },
            guild: Some(GuildId(3)),
            subject,
            state: State::Due,
            due_at: at(0),
            until: at(0),
            attempts: 0,
            uncertain_since: None,
            not_before: at(0),
            lease_until: at(0),
            decided_at: None,
            trouble: None,
        }
    }

    #[tokio::test]
    async fn a_delivery_is_composed_by_its_own_kind_and_all_kinds_are_asked_what_is_due() {
        let kinds = PostKinds(vec![
            Box::new(Named("day", DeliverySubject::Day, None)),
            Box::new(Named("step", DeliverySubject::Replay(3), Some(60))),
            Box::new(Named("other step", DeliverySubject::Replay(4), Some(30))),
        ]);
        let title = async |subject| {
            let card = kinds.compose(&delivery(subject)).await.expect("no store is asked");
            card.map(|card| card.title.plain())
        };
        assert_eq!(title(DeliverySubject::Day).await.as_deref(), Some("day"));
        assert_eq!(title(DeliverySubject::Replay(4)).await.as_deref(), Some("other step"));
        assert_eq!(title(DeliverySubject::Reminder).await, None);
        assert_eq!(kinds.enqueue_due(at(0)).await.expect("no store is asked"), 6);
        assert_eq!(kinds.next_due().await.expect("no store is asked"), Some(at(30)));
    }
}
