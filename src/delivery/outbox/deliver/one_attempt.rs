//! One attempt at a delivery: look it up, compose it, post it, decide. The deliverer's own task records
//! the outcome.
//! the deliverer's own task.

use jiff::Timestamp;

use super::Deliverer;
use crate::delivery::outbox::nonce::nonce;
use crate::delivery::outbox::policy::{self, AttemptOutcome, MARGIN, Next};
use crate::store::{Decision, Delivery};

impl Deliverer {
    /// Makes one attempt, from the row to the outcome.
    pub(super) async fn attempt(&self, delivery: Delivery) -> AttemptOutcome {
        let (key, doubt_before) = (delivery.key, delivery.uncertain_since);
        let fresh = self.fresh().remove(&key);
        let outcome = self.attempt_once(delivery, fresh).await;
        if let Decision::Again { uncertain_since, .. } = outcome.decision
            && uncertain_since.is_some()
            && (fresh || uncertain_since != doubt_before)
        {
            self.fresh().insert(key);
        }
        outcome
    }

    async fn attempt_once(&self, mut delivery: Delivery, fresh: bool) -> AttemptOutcome {
        let (key, claimed) = (delivery.key, delivery.clone());
        let sane = |now: Timestamp| policy::within_lease(&claimed, now);
        let began = self.clock.now();
        let wait = policy::back_off(delivery.attempts, &mut self.chance.lock());
        match policy::next(&delivery, began, fresh) {
            Next::Leave => return AttemptOutcome::left(&delivery, sane(began)),
            Next::GiveUp => return policy::give_up(&delivery, began),
            Next::Look => {
                let since = delivery.uncertain_since.unwrap_or(began).min(began);
                let since = since.checked_sub(MARGIN).unwrap_or(Timestamp::MIN);
                let sought = self.messenger.find_own(key.channel, &nonce(key), since).await;
                if let Some(outcome) = policy::after_look(&delivery, sought, sane(self.clock.now()), wait) {
                    return outcome;
                }
                delivery.uncertain_since = None;
            }
            Next::Post => {}
        }
        let card = match self.kinds.compose(&delivery).await {
            Ok(Some(card)) => card,
            Ok(None) => return AttemptOutcome::skipped(self.clock.now()),
            Err(error) => {
                self.store_failed(&error);
                return AttemptOutcome::again(
                    delivery.uncertain_since,
                    "my store did not answer".to_owned(),
                    sane(self.clock.now()),
                    wait,
                );
            }
        };
        // Composing took time, or the clock was set, so the decision is made again.
        let now = self.clock.now();
        if policy::next(&delivery, now, fresh) != Next::Post {
            return AttemptOutcome::left(&delivery, sane(now));
        }
        let sent = self.messenger.send(key.channel, &nonce(key), &card).await;
        let outcome = policy::after_post(sent, &delivery, sane(began), sane(self.clock.now()), wait);
        if let Decision::Sent(..) = outcome.decision {
            let late = delivery.due_at.duration_until(self.clock.now()).as_secs_f64().max(0.0);
            metrics::histogram!("delivery_lateness_seconds").record(late);
        }
        outcome
    }
}
