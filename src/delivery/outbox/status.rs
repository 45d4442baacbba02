//! The state of the deliveries, for health checks and teachers.

use jiff::{SignedDuration, Timestamp};
use parking_lot::{Mutex, MutexGuard};

use crate::store::StoreError;

/// Why nothing is posted at present.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum DeliveryHealth {
    #[default]
    Nothing,
    /// Our clock differs from Discord's by this much (positive: ours is ahead).
    Clock(SignedDuration),
    /// Discord is unreachable, and why.
    Unreachable(String),
    /// The store fails, and why.
    Store(String),
}

/// The state of the deliveries.
#[derive(Debug, Default)]
pub struct Status(Mutex<Now>);

#[derive(Debug, Default, Clone)]
struct Now {
    /// What stops deliveries, apart from the store.
    held: DeliveryHealth,
    /// Why the store fails, if it does.
    store: Option<Failure>,
    looked: Option<Timestamp>,
    skew: Option<(SignedDuration, Timestamp)>,
    /// The last reason why nothing was posted, and when it was last true.
    last_outage: Option<(String, Timestamp)>,
    /// How often in a row Discord was unreachable.
    unreachable: u32,
    forgot: Option<Timestamp>,
    probed: Option<Timestamp>,
}

/// A failure of the store.
#[derive(Debug, Clone)]
struct Failure {
    why: String,
    /// Whether the file is damaged. If so, a successful write proves nothing.
    damaged: bool,
    /// Whether a probe has succeeded since.
    probed: bool,
}

impl Status {
    /// Why nothing is posted at present.
    pub fn held(&self) -> DeliveryHealth {
        let state = self.lock();
        state.store.as_ref().map_or_else(|| state.held.clone(), |failure| DeliveryHealth::Store(failure.why.clone()))
    }

    /// When the deliverer last checked for due deliveries.
    pub fn last_look(&self) -> Option<Timestamp> {
        self.lock().looked
    }

    /// How far our clock is ahead of Discord's, as last measured.
    pub fn last_skew(&self) -> Option<SignedDuration> {
        self.lock().skew.map(|(skew, _)| skew)
    }

    /// Records a check for due deliveries. Returns when the one before was.
    pub(crate) fn looked(&self, now: Timestamp) -> Option<Timestamp> {
        self.lock().looked.replace(now)
    }

    /// The clock difference, if it was measured at most `holds` ago and the clock was not set back
    /// since.
    pub(crate) fn skew(&self, now: Timestamp, holds: SignedDuration) -> Option<SignedDuration> {
        let (skew, measured) = self.lock().skew?;
        (SignedDuration::ZERO..=holds).contains(&measured.duration_until(now)).then_some(skew)
    }

    /// Records a clock difference and whether it stops deliveries. Returns what stopped them before.
    pub(crate) fn set_skew(&self, skew: SignedDuration, now: Timestamp, stops: bool) -> DeliveryHealth {
        let mut state = self.lock();
        // A difference that stops deliveries is measured again at every check, so that they continue at
        // once.
        state.skew = Some((skew, if stops { Timestamp::MIN } else { now }));
        state.unreachable = 0;
        if stops {
            state.last_outage = Some(("this machine's clock was wrong".to_owned(), now));
        }
        let held = if stops { DeliveryHealth::Clock(skew) } else { DeliveryHealth::Nothing };
        std::mem::replace(&mut state.held, held)
    }

    /// Records that Discord's time was unavailable. Returns how often in a row, and whether the reason
    /// is new.
    pub(crate) fn unreachable(&self, why: &str, now: Timestamp) -> (u32, bool) {
        let mut state = self.lock();
        state.unreachable += 1;
        state.last_outage = Some((format!("Discord could not be reached ({why})"), now));
        let before = std::mem::replace(&mut state.held, DeliveryHealth::Unreachable(why.to_owned()));
        (state.unreachable, !matches!(before, DeliveryHealth::Unreachable(_)))
    }

    /// The last reason why nothing was posted, and when it was last true.
    pub(crate) fn last_outage(&self) -> Option<(String, Timestamp)> {
        self.lock().last_outage.clone()
    }

    /// Records that a probe of the store succeeded.
    pub(crate) fn store_probed(&self) {
        if let Some(failure) = &mut self.lock().store {
            failure.probed = true;
        }
    }

    /// Records that something was written to the store and read back. Unless the file is damaged, that
    /// proves as much as a probe.
    pub(crate) fn store_kept(&self) {
        if let Some(failure) = self.lock().store.as_mut().filter(|failure| !failure.damaged) {
            failure.probed = true;
        }
    }

    /// Records that due deliveries were read and claimed. A store that failed counts as working again
    /// once a probe has succeeded too. Returns whether it has just recovered.
    pub(crate) fn store_works(&self) -> bool {
        self.lock().store.take_if(|failure| failure.probed).is_some()
    }

    /// Whether the store's file is damaged, as far as is known.
    pub(crate) fn store_is_damaged(&self) -> bool {
        self.lock().store.as_ref().is_some_and(|failure| failure.damaged)
    }

    /// Whether it is time to probe the store: after `every`, or after `after_trouble` while it fails.
    /// Records the probe.
    pub(crate) fn probes_at(&self, now: Timestamp, every: SignedDuration, after_trouble: SignedDuration) -> bool {
        let mut state = self.lock();
        let wait = if state.store.is_some() { after_trouble } else { every };
        // Also if the clock was set back.
        let due = state.probed.is_none_or(|last| last.duration_until(now).abs() >= wait);
        if due {
            state.probed = Some(now);
        }
        due
    }

    /// Records that the store fails. Returns whether that is new.
    pub(crate) fn store_fails(&self, error: &StoreError, now: Timestamp) -> bool {
        let mut state = self.lock();
        state.last_outage = Some(("my store did not work".to_owned(), now));
        let known = state.store.as_ref().is_some_and(|before| before.damaged);
        let damaged = known || error.kind() == "damaged";
        if damaged && !known {
            // Probe at once, to find out whether the whole file is damaged and which copy can be
            // restored.
            state.probed = None;
        }
        let before = state.store.take();
        let is_news = before.is_none();
        let why = match before {
            // For a damaged store, keep the result of the check, which names the copy and how to restore
            // it.
            Some(Failure { why, damaged: true, .. }) if !matches!(error, StoreError::Damaged(_)) => why,
            _ => error.to_string(),
        };
        state.store = Some(Failure { why, damaged, probed: false });
        is_news
    }

    /// Whether it is time to delete expired data.
    pub(crate) fn forgets_at(&self, now: Timestamp, every: SignedDuration) -> bool {
        self.lock().forgot.is_none_or(|last| last.duration_until(now).abs() >= every)
    }

    /// Records that expired data was deleted.
    pub(crate) fn forgot(&self, now: Timestamp) {
        self.lock().forgot = Some(now);
    }

    fn lock(&self) -> MutexGuard<'_, Now> {
        // Each field is set in one step, so a panic elsewhere leaves none half written.
        self.0.lock()
    }
}
