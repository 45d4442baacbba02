//! Checks our clock against Discord's, because a wrong clock would post on the wrong day.

use jiff::{SignedDuration, Timestamp};
use tracing::{error, warn};

use super::{AFTER_TROUBLE, Deliverer};
use crate::delivery::outbox::status::DeliveryHealth;

/// How long a measured difference is valid for claims.
const SKEW_HOLDS: SignedDuration = SignedDuration::from_mins(5);
/// The difference that is logged, and the one that stops deliveries.
const SKEW_NOTED: SignedDuration = SignedDuration::from_secs(60);
const SKEW_STOPS: SignedDuration = SignedDuration::from_mins(5);

impl Deliverer {
    /// How long to wait because our clock is wrong or cannot be compared; `None` if it is fine.
    pub(super) async fn clocks_differ(&self, now: Timestamp) -> Option<SignedDuration> {
        if self.status.skew(now, SKEW_HOLDS).is_some_and(|skew| skew.abs() <= SKEW_STOPS) {
            return None;
        }
        match self.messenger.clock_skew().await {
            Ok(skew) => {
                let before = self.status.set_skew(skew, self.clock.now(), skew.abs() > SKEW_STOPS);
                if skew.abs() > SKEW_STOPS {
                    if !matches!(before, DeliveryHealth::Clock(_)) {
                        error!(
                            seconds = skew.as_secs(),
                            "this machine's clock differs from Discord's by minutes; nothing is posted until it is set"
                        );
                    }
                    return Some(AFTER_TROUBLE);
                }
                if skew.abs() > SKEW_NOTED {
                    warn!(seconds = skew.as_secs(), "this machine's clock differs from Discord's");
                }
                None
            }
            Err(why) => {
                let (times, news) = self.status.unreachable(&why, self.clock.now());
                if news {
                    warn!(why, "could not get the time from Discord; deliveries wait");
                }
                Some(AFTER_TROUBLE * (1 << times.saturating_sub(1).min(4)))
            }
        }
    }
}
