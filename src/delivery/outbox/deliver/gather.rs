//! Gathers deliveries: claims those that are due, and takes over open ones.

use jiff::Timestamp;
use tracing::warn;

use super::{Deliverer, FORGET_EVERY, Gathered};
use crate::delivery::schedule::plan::{LEASE, plan};
use crate::store::{Delivery, Schedule, StoreError};

/// How many schedules are claimed in one transaction.
const BATCH: usize = 64;

impl Deliverer {
    /// Claims due deliveries and takes over open ones, at most `room` in all.
    pub(super) async fn gather(&self, now: Timestamp, room: usize) -> Result<Gathered, StoreError> {
        self.kinds.enqueue_due(now).await?;
        let forgets = self.status.forgets_at(now, FORGET_EVERY);
        let next = self.next_look().await?;
        if !forgets && next.is_none_or(|next| next > now) {
            return Ok(Gathered::Nothing(next));
        }
        if let Some(wait) = self.clocks_differ(now).await {
            return Ok(Gathered::Wait(wait));
        }
        if forgets {
            self.forget(now).await?;
        }
        let mut before = Vec::new();
        loop {
            let schedules = self.store.due(now, room.clamp(1, BATCH)).await?;
            let due = schedules.iter().map(|schedule| (schedule.channel, schedule.next_due)).collect::<Vec<_>>();
            let deliveries = self.claim(&schedules, now).await?;
            let deliveries = self.with_open(deliveries, now, room).await?;
            if !deliveries.is_empty() {
                return Ok(Gathered::Ready(deliveries));
            }
            if schedules.is_empty() {
                return Ok(Gathered::Nothing(self.next_look().await?));
            }
            // Claims that only recorded missed dates have advanced their schedules. If the store returns
            // the same schedules again, it did not keep that.
            if due == before {
                return Err(StoreError::NotKept("schedules that moved on"));
            }
            before = due;
        }
    }

    /// Claims the due deliveries of these schedules.
    async fn claim(&self, schedules: &[Schedule], now: Timestamp) -> Result<Vec<Delivery>, StoreError> {
        let last_outage = self.status.last_outage();
        let mut claims = Vec::with_capacity(schedules.len());
        for schedule in schedules {
            match plan(schedule, now, last_outage.as_ref()) {
                Ok(claim) => claims.push(claim),
                Err(pause) => {
                    warn!(zone = schedule.zone, "a schedule's time zone is unknown; the schedule is paused");
                    self.store.pause(schedule.channel, &pause).await?;
                }
            }
        }
        let passed: usize = claims.iter().map(|claim| claim.missed.len()).sum();
        let deliveries = if claims.is_empty() { Vec::new() } else { self.store.claim(&claims).await? };
        if passed > 0 {
            metrics::counter!("deliveries_total", "outcome" => "missed").increment(passed as u64);
            warn!(dates = passed, "some dates passed without a post; /daily show lists them");
        }
        Ok(deliveries)
    }

    /// Adds open deliveries to the claimed ones, up to `room`.
    async fn with_open(&self, mut deliveries: Vec<Delivery>, now: Timestamp, room: usize) -> Result<Vec<Delivery>, StoreError> {
        let room = room.saturating_sub(deliveries.len()).min(BATCH);
        let lease_until = now.checked_add(LEASE).unwrap_or(now);
        match self.store.lease_due(now, lease_until, room).await {
            Ok(open) => {
                deliveries.extend(open);
                if !deliveries.is_empty() {
                    self.status.store_kept();
                }
            }
            Err(error) if deliveries.is_empty() => return Err(error),
            // Send what was claimed; without an attempt it would be in doubt for no reason.
            Err(error) => self.store_failed(&error),
        }
        Ok(deliveries)
    }
}
