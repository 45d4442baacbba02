//! Restarts background tasks that panic, which is always a bug, and lets `/readyz` report it. Otherwise
//! nobody would notice until the program stops, and nothing would be posted until then.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use jiff::{SignedDuration, Timestamp};
use parking_lot::{Mutex, MutexGuard};
use tokio_util::sync::CancellationToken;
use tracing::error;

use crate::clock::Clock;

/// The pause before a restart, so that a task that panics at once does not fill the log.
const REST: SignedDuration = SignedDuration::from_secs(5);
/// How long `/readyz` reports a panic. A task that keeps panicking does so within this time.
const RED: SignedDuration = SignedDuration::from_secs(60);

/// The tasks that panicked, each with the number of panics and the instant of the last.
#[derive(Debug, Default)]
pub(super) struct Panics(Mutex<BTreeMap<&'static str, (u32, Timestamp)>>);

impl Panics {
    /// One line for each task that panicked recently.
    pub(super) fn lately(&self, now: Timestamp) -> Vec<String> {
        let panicked = self.lock();
        let lately = panicked.iter().filter(|(_, (_, last))| last.duration_until(now).abs() <= RED);
        let line = |(task, (times, _)): (&&str, &(u32, Timestamp))| {
            format!(
                "{task}: stopped by a bug {times} times since the start and started again each time; see the log, and report it"
            )
        };
        lately.map(line).collect()
    }

    fn record(&self, task: &'static str, now: Timestamp) {
        let mut panicked = self.lock();
        let (times, last) = panicked.entry(task).or_insert((0, now));
        *times += 1;
        *last = now;
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, (u32, Timestamp)>> {
        self.0.lock()
    }
}

/// Runs a task until it returns. Restarts it after a panic, unless the program is stopping.
pub(super) async fn kept_running<F: Future<Output = ()>>(
    task: &'static str,
    panics: &Panics,
    clock: &dyn Clock,
    stopping: CancellationToken,
    mut run: impl FnMut() -> F,
) {
    // Unwind safety: what tasks share stays consistent after a panic, because locks do not poison and
    // rows are written as a whole.
    while AssertUnwindSafe(run()).catch_unwind().await.is_err() {
        error!(task, "a task panicked and is restarted; this is a bug, and the line before says where");
        metrics::counter!("task_panics_total", "task" => task).increment(1);
        panics.record(task, clock.now());
        let rested = clock.now().checked_add(REST).unwrap_or(Timestamp::MAX);
        tokio::select! {
            () = clock.sleep_until(rested) => {}
            () = stopping.cancelled() => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use async_trait::async_trait;
    use jiff::civil::{date, time};

    use super::*;
    use crate::card::{Card, Outcome};
    use crate::clock::SimulatedClock;
    use crate::delivery::{Deliverer, PostKind};
    use crate::messenger::{Messenger, SendError};
    use crate::model::{ChannelId, DeliverySubject, GuildId, Key, MessageId, QuietPolicy, State};
    use crate::store::{Delivery, DeliveryStore, Schedule, Sqlite, StoreError};

    fn due() -> Timestamp {
        "2026-11-24T07:00:00Z".parse().expect("an instant")
    }

    /// A kind of post that panics in the deliverer's own task, this many times.
    struct Defect(AtomicU32);

    #[async_trait]
    impl PostKind for Defect {
        fn is_for(&self, _: &DeliverySubject) -> bool {
            true
        }

        async fn compose(&self, _: &Delivery) -> Result<Option<Arc<Card>>, StoreError> {
            Ok(Some(Arc::new(Card::new(Outcome::Found, "A day"))))
        }

        async fn enqueue_due(&self, _: Timestamp) -> Result<usize, StoreError> {
            let left = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
            assert!(left.is_err(), "a defect");
            Ok(0)
        }
    }

    struct Wall;

    #[async_trait]
    impl Messenger for Wall {
        async fn send(&self, _: ChannelId, _: &str, _: &Card) -> Result<MessageId, SendError> {
            Ok(MessageId(9))
        }
    }

    fn schedule() -> Schedule {
        Schedule {
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
        }
    }

    #[tokio::test]
    async fn deliveries_go_on_after_panics_and_health_names_them_for_a_minute() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Arc::new(Sqlite::open_for_simulation(&folder.path().join("class.db")).await.expect("a store"));
        store.put_schedule(&schedule()).await.expect("it is kept");
        let clock = Arc::new(SimulatedClock::new(due()));
        let defect = Box::new(Defect(AtomicU32::new(3)));
        let deliverer = Arc::new(Deliverer::new(store.clone(), Arc::new(Wall), vec![defect], clock.clone(), 1956));
        let stopping = CancellationToken::new();
        let panics = Panics::default();
        let kept = kept_running("posts", &panics, clock.as_ref(), stopping.clone(), || {
            let (deliverer, stopping) = (deliverer.clone(), stopping.clone());
            async move { deliverer.run(stopping).await }
        });
        let meanwhile = async {
            let key = Key { channel: ChannelId(7), date: date(2026, 11, 24), sequence: 0 };
            for _ in 0..2_000 {
                let row = store.delivery(key).await.expect("it is read");
                if row.is_some_and(|row| row.state == State::Sent(Some(MessageId(9)))) {
                    break;
                }
                clock.advance(SignedDuration::from_millis(100));
                tokio::task::yield_now().await;
            }
            assert_eq!(
                store.delivery(key).await.expect("it is read").map(|row| row.state),
                Some(State::Sent(Some(MessageId(9))))
            );
            let said = panics.lately(clock.now());
            assert!(matches!(&said[..], [line] if line.contains("posts: stopped by a bug 3 times")), "{said:?}");
            assert_eq!(panics.lately(clock.now() + RED + RED), Vec::<String>::new());
            stopping.cancel();
        };
        tokio::join!(kept, meanwhile);
    }

    #[tokio::test]
    async fn a_task_that_ends_is_not_started_again_and_one_that_rests_can_be_stopped() {
        let clock = SimulatedClock::new(due());
        let stopping = CancellationToken::new();
        let (panics, mut runs) = (Panics::default(), 0);
        kept_running("a task", &panics, &clock, stopping.clone(), || {
            runs += 1;
            std::future::ready(())
        })
        .await;
        assert_eq!((runs, panics.lately(due()).len()), (1, 0));
        // The clock stands still, so only the stop can end the pause.
        stopping.cancel();
        kept_running("a task", &panics, &clock, stopping, || async { panic!("a defect") }).await;
        assert_eq!(panics.lately(due()).len(), 1);
    }
}
