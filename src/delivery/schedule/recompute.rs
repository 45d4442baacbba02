//! When the time zone data changed, every next instant is computed anew.

use jiff::tz::TimeZone;

use crate::delivery::{instant, tzdb_version, wall_time};
use crate::model::Pause;
use crate::store::{DeliveryStore, Schedule, StoreError};

/// The fact under which the store keeps the version of the data its instants rest on.
const FACT: &str = "tzdb";

/// Computes every schedule's next instant anew if the store's rest on other time zone data than
/// this program's; how many changed. The dates stay: only when a date's moment comes is another.
///
/// # Errors
/// When the store cannot be asked; what was changed by then is right, and the rest is done at the
/// next start.
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
