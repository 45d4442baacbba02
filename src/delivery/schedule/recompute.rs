//! Recomputes all stored instants when the time zone data has changed.

use jiff::tz::TimeZone;

use crate::delivery::{instant, tzdb_version, wall_time};
use crate::model::Pause;
use crate::store::{DeliveryStore, Schedule, StoreError};

/// The name of the fact with the version of the time zone data behind the stored instants.
const FACT: &str = "tzdb";

/// Recomputes the next instant of every schedule if the stored ones come from another version of the
/// time zone data. Returns how many changed. The dates stay the same; only their instants change.
///
/// # Errors
/// If the store is unavailable. What was changed by then is right, and the next start does the rest.
pub async fn recompute(store: &dyn DeliveryStore) -> Result<usize, StoreError> {
    if store.fact(FACT).await?.as_deref() == Some(tzdb_version()) {
        return Ok(0);
    }
    let mut changed = 0;
    for schedule in store.all_schedules().await? {
        let Ok(zone) = TimeZone::get(&schedule.zone) else {
            store.pause(schedule.channel, &Pause::UnknownZone).await?;
            continue;
        };
        let due = instant(schedule.next_date, wall_time(&schedule), &zone).at();
        if let Some(next_due) = due.filter(|due| *due != schedule.next_due) {
            store.put_schedule(&Schedule { next_due, ..schedule }).await?;
            changed += 1;
        }
    }
    store.set_fact(FACT, tzdb_version()).await?;
    Ok(changed)
}
