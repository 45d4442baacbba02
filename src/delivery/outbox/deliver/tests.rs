//! The deliverer alone, with clocks that are set, stores that fail, and panics.

use async_trait::async_trait;

use super::*;
use crate::card::Card;
use crate::card::Outcome as Shown;
use crate::clock::SimulatedClock;
use crate::delivery::DeliveryHealth;
use crate::messenger::{FindOutcome, SendError};
use crate::model::{ChannelId, DeliverySubject, GuildId, MessageId, Missed, QuietPolicy};
use crate::store::{Schedule, Sqlite};
use jiff::civil::{date, time};

/// A Discord that measures how far our clock is ahead, and sets it ahead when it receives a post.
struct Strange {
    ahead: Mutex<SignedDuration>,
    clock: Arc<SimulatedClock>,
    sets: Mutex<Option<SignedDuration>>,
}

#[async_trait]
impl Messenger for Strange {
    async fn clock_skew(&self) -> Result<SignedDuration, String> {
        Ok(*self.ahead.lock())
    }

    async fn send(&self, channel: ChannelId, _: &str, _: &Card) -> Result<MessageId, SendError> {
        match self.sets.lock().take() {
            Some(by) => {
                self.clock.advance(by);
                *self.ahead.lock() = by;
                Err(SendError::NotSent { wait: None, why: "no connection".to_owned() })
            }
            None => Ok(MessageId(channel.0)),
        }
    }

    async fn find_own(&self, _: ChannelId, _: &str, _: Timestamp) -> FindOutcome {
        FindOutcome::NotThere
    }
}

struct Plain;

#[async_trait]
impl PostKind for Plain {
    fn is_for(&self, _: &DeliverySubject) -> bool {
        true
    }

    async fn compose(&self, _: &Delivery) -> Result<Option<Arc<Card>>, StoreError> {
        Ok(Some(Arc::new(Card::new(Shown::Found, "A day"))))
    }
}

fn due() -> Timestamp {
    "2026-11-24T07:00:00Z".parse().expect("an instant")
}

async fn at_eight(ahead: SignedDuration) -> (tempfile::TempDir, Arc<Sqlite>, Arc<Strange>, Arc<Deliverer>) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Arc::new(Sqlite::open_for_simulation(&folder.path().join("kronikas.db")).await.expect("a store"));
    let schedule = Schedule {
        channel: ChannelId(7),
        guild: Some(GuildId(3)),
        zone: "Europe/Budapest".to_owned(),
        time: time(8, 0, 0, 0),
        quiet: QuietPolicy::Context,
        question: true,
        picture: false,
        catch_up: 6 * 3600,
        set_at: due(),
        next_date: date(2026, 11, 24),
        next_due: due(),
        paused: None,
        resting_until: None,
    };
    store.put_schedule(&schedule).await.expect("it is put");
    let clock = Arc::new(SimulatedClock::new(due()));
    let discord = Arc::new(Strange { ahead: Mutex::new(ahead), clock: clock.clone(), sets: Mutex::default() });
    let deliverer = Arc::new(Deliverer::new(store.clone(), discord.clone(), vec![Box::new(Plain)], clock, 1956));
    (folder, store, discord, deliverer)
}

#[tokio::test]
async fn a_clock_set_ahead_during_a_request_does_not_cost_the_day() {
    let (_folder, store, discord, deliverer) = at_eight(SignedDuration::ZERO).await;
    *discord.sets.lock() = Some(SignedDuration::from_hours(8));
    deliverer.run_until_idle().await;
    // Set right again, just over a minute later.
    *discord.ahead.lock() = SignedDuration::ZERO;
    discord.clock.set(due().checked_add(SignedDuration::from_secs(90)).expect("an instant"));
    deliverer.run_until_idle().await;
    let key = Key { channel: ChannelId(7), date: date(2026, 11, 24), sequence: 0 };
    let row = store.delivery(key).await.expect("it is read").expect("it is there");
    assert_eq!(row.state, State::Sent(Some(MessageId(7))));
}

#[tokio::test]
async fn nothing_is_forgotten_by_a_clock_that_is_wrong() {
    let (_folder, store, discord, deliverer) = at_eight(SignedDuration::from_hours(24 * 200)).await;
    let row = Delivery {
        key: Key { channel: ChannelId(7), date: date(2026, 11, 23), sequence: 0 },
        guild: Some(GuildId(3)),
        subject: DeliverySubject::Day,
        state: State::Missed(Missed::Down),
        due_at: due(),
        until: due(),
        attempts: 0,
        uncertain_since: None,
        not_before: due(),
        lease_until: due(),
        decided_at: Some(due()),
        trouble: None,
    };
    store.enqueue(&row).await.expect("it is put");
    discord.clock.advance(SignedDuration::from_hours(24 * 200));
    deliverer.run_until_idle().await;
    assert!(store.delivery(row.key).await.expect("it is read").is_some());
    assert!(matches!(deliverer.status().held(), DeliveryHealth::Clock(_)));
}
