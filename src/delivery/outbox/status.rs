//! How the deliveries are doing, for health checks and for teachers.

use jiff::{SignedDuration, Timestamp};
use parking_lot::{Mutex, MutexGuard};

use crate::store::StoreError;

/// Why nothing is posted at present.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum DeliveryHealth {
    #[default]
    Nothing,
    /// Our clock differs from Discord's by so much (positive: ours is ahead).
    Clock(SignedDuration),
    /// Discord does not answer; why.
    Unreachable(String),
    /// The store does not work; why.
    Store(String),
}

/// How the deliveries are doing.
#[derive(Debug, Default)]
pub struct Status(Mutex<Now>);

#[derive(Debug, Default, Clone)]
struct Now {
    /// What holds us up besides the store.
    held: DeliveryHealth,
    /// What is wrong with the store.
    store: Option<Failure>,
    looked: Option<Timestamp>,
    skew: Option<(SignedDuration, Timestamp)>,
    /// What held us up last, and when it still did.
    last_outage: Option<(String, Timestamp)>,
    /// How often in a row Discord could not be asked.
    unreachable: u32,
    forgot: Option<Timestamp>,
    probed: Option<Timestamp>,
}

/// What is wrong with the store.
#[derive(Debug, Clone)]
struct Failure {
    why: String,
    /// Whether its file is damaged: then writing to it proves nothing.
    damaged: bool,
    /// Whether a probe has succeeded since.
    probed: bool,
}

impl Status {
    /// Why nothing is posted at present, if so.
    pub fn held(&self) -> DeliveryHealth {
        let state = self.lock();
        state.store.as_ref().map_or_else(|| state.held.clone(), |failure| DeliveryHealth::Store(failure.why.clone()))
    }

    /// When it was last looked whether something is due.
    pub fn last_look(&self) -> Option<Timestamp> {
        self.lock().looked
    }

    /// How far our clock is ahead of Discord's, as last measured.
    pub fn last_skew(&self) -> Option<SignedDuration> {
        self.lock().skew.map(|(skew, _)| skew)
    }

    /// Notes a look; when the one before was.
    pub(crate) fn looked(&self, now: Timestamp) -> Option<Timestamp> {
        self.lock().looked.replace(now)
    }

    /// The skew, if it was measured not longer ago than `holds` by a clock that has not been set
    /// back since.
    pub(crate) fn skew(&self, now: Timestamp, holds: SignedDuration) -> Option<SignedDuration> {
        let (skew, measured) = self.lock().skew?;
        (SignedDuration::ZERO..=holds).contains(&measured.duration_until(now)).then_some(skew)
    }

    /// Notes a skew and whether it stops deliveries; gives what held them before.
    pub(crate) fn set_skew(&self, skew: SignedDuration, now: Timestamp, stops: bool) -> DeliveryHealth {
        let mut state = self.lock();
        // One that stops deliveries is asked for again at every look, so that they go on at once.
        state.skew = Some((skew, if stops { Timestamp::MIN } else { now }));
        state.unreachable = 0;
        if stops {
            state.last_outage = Some(("this machine's clock was wrong".to_owned(), now));
        }
        let held = if stops { DeliveryHealth::Clock(skew) } else { DeliveryHealth::Nothing };
        std::mem::replace(&mut state.held, held)
    }

    /// Notes that Discord could not be asked for the time; how often in a row, and whether it is news.
    pub(crate) fn unreachable(&self, why: &str, now: Timestamp) -> (u32, bool) {
        let mut state = self.lock();
        state.unreachable += 1;
        state.last_outage = Some((format!("Discord could not be reached ({why})"), now));
        let before = std::mem::replace(&mut state.held, DeliveryHealth::Unreachable(why.to_owned()));
        (state.unreachable, !matches!(before, DeliveryHealth::Unreachable(_)))
    }

    /// What held us up last, and when it still did.
    pub(crate) fn last_outage(&self) -> Option<(String, Timestamp)> {
        self.lock().last_outage.clone()
    }

    /// Notes that a probe of the store succeeded.
    pub(crate) fn store_probed(&self) {
        if let Some(failure) = &mut self.lock().store {
            failure.probed = true;
        }
    }

    /// Notes that something was written to the store and read back, which proves as much as a probe
    /// does unless its file is damaged.
    pub(crate) fn store_kept(&self) {
        if let Some(failure) = self.lock().store.as_mut().filter(|failure| !failure.damaged) {
            failure.probed = true;
        }
    }

    /// Notes that what is due was read and claimed. A store that failed works again when a probe has
    /// succeeded as well; whether that is news.
    pub(crate) fn store_works(&self) -> bool {
        self.lock().store.take_if(|failure| failure.probed).is_some()
    }

    /// Whether the store's file is damaged, as far as is known.
    pub(crate) fn store_is_damaged(&self) -> bool {
        self.lock().store.as_ref().is_some_and(|failure| failure.damaged)
    }

    /// Whether it is time to probe the store: `every` so often, and `after_trouble` while it fails.
    /// Notes the probe.
    pub(crate) fn probes_at(&self, now: Timestamp, every: SignedDuration, after_trouble: SignedDuration) -> bool {
        let mut state = self.lock();
        let wait = if state.store.is_some() { after_trouble } else { every };
        // By a clock that was set back, it is time, too.
        let due = state.probed.is_none_or(|last| last.duration_until(now).abs() >= wait);
        if due {
            state.probed = Some(now);
        }
        due
    }

    /// Notes that the store fails; whether that is news.
    pub(crate) fn store_fails(&self, error: &StoreError, now: Timestamp) -> bool {
        let mut state = self.lock();
        state.last_outage = Some(("my store did not work".to_owned(), now));
        let known = state.store.as_ref().is_some_and(|before| before.damaged);
        let damaged = known || error.kind() == "damaged";
        if damaged && !known {
            // Whether the whole file is damaged is found out at once, and the copy beside it.
            state.probed = None;
        }
        let before = state.store.take();
        let is_news = before.is_none();
        let why = match before {
            // Of a damaged store, the check says most: which copy restores it, and how.
            Some(Failure { why, damaged: true, .. }) if !matches!(error, StoreError::Damaged(_)) => why,
            _ => error.to_string(),
        };
        state.store = Some(Failure { why, damaged, probed: false });
        is_news
    }

    /// Whether it is time again to delete what need not be remembered.
    pub(crate) fn forgets_at(&self, now: Timestamp, every: SignedDuration) -> bool {
        self.lock().forgot.is_none_or(|last| last.duration_until(now).abs() >= every)
    }

    /// Notes that it was deleted.
    pub(crate) fn forgot(&self, now: Timestamp) {
        self.lock().forgot = Some(now);
    }

    fn lock(&self) -> MutexGuard<'_, Now> {
        // Each field is set whole: a panic elsewhere leaves nothing half done.
        self.0.lock()
    }
}
