//! Tracks which rounds are played by a task of this process.

use std::collections::{HashMap, HashSet};

use tokio::task;
use tracing::error;

/// The rounds being played, and how often each panicked. A panic is a bug that must not stop other
/// rounds.
#[derive(Default)]
pub(super) struct ActiveRounds {
    tasks: HashMap<task::Id, u64>,
    panics: HashMap<u64, u32>,
}

impl ActiveRounds {
    /// The open rounds that are not being played yet.
    pub(super) fn others(&self, open: Vec<u64>) -> Vec<u64> {
        let running: HashSet<&u64> = self.tasks.values().collect();
        open.into_iter().filter(|id| !running.contains(id)).collect()
    }

    /// How often a round's task panicked so far.
    pub(super) fn panics_of(&self, round: u64) -> u32 {
        self.panics.get(&round).copied().unwrap_or_default()
    }

    /// Records that a round's task began.
    pub(super) fn began(&mut self, task: task::Id, round: u64) {
        self.tasks.insert(task, round);
    }

    /// Records that a round's task ended, perhaps by a panic.
    pub(super) fn ended(&mut self, done: Result<(task::Id, ()), task::JoinError>) {
        let (task, panicked) = match &done {
            Ok((task, ())) => (*task, None),
            Err(panicked) => (panicked.id(), Some(panicked)),
        };
        let Some(round) = self.tasks.remove(&task) else { return };
        match panicked {
            None => drop(self.panics.remove(&round)),
            Some(panicked) => {
                error!(round, %panicked, "a round's task panicked; the round continues where it was");
                *self.panics.entry(round).or_default() += 1;
            }
        }
    }
}
