//! Remembers which interactions were answered, because Discord may deliver one twice.

use parking_lot::Mutex;
use std::collections::{HashSet, VecDeque};

/// The ids of recent interactions.
#[derive(Default)]
pub(super) struct SeenInteractions {
    known: Mutex<(HashSet<u64>, VecDeque<u64>)>,
}

/// How many interactions are remembered. Discord repeats one within seconds, if at all.
const REMEMBERED: usize = 4096;

impl SeenInteractions {
    /// Records an interaction; false if it was recorded before.
    pub(super) fn is_new(&self, id: u64) -> bool {
        let mut known = self.known.lock();
        if !known.0.insert(id) {
            return false;
        }
        known.1.push_back(id);
        if known.1.len() > REMEMBERED
            && let Some(oldest) = known.1.pop_front()
        {
            known.0.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interaction_is_new_once_and_memory_is_bounded() {
        let answered = SeenInteractions::default();
        assert!(answered.is_new(7));
        assert!(!answered.is_new(7));
        for id in 100..100 + REMEMBERED as u64 {
            assert!(answered.is_new(id));
        }
        assert_eq!(answered.known.lock().0.len(), REMEMBERED);
    }
}
