//! Gateway sessions: who may start one, who may take one up again, and what they missed.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use serde_json::Value;

/// A session that can be resumed.
#[derive(Debug, Clone, Copy)]
struct Kept {
    intents: u64,
    /// Whether its frames are compressed.
    compress: bool,
    /// The sequence number it began with.
    began: u64,
}

/// Everything about sessions.
pub struct Sessions {
    /// How many may still be started; at none the token is refused for good.
    pub left: u64,
    /// Milliseconds until there are as many as before.
    pub reset_after: u64,
    /// How many shards are asked for; fewer are closed with 4011.
    pub shards: u64,
    /// Whether a second IDENTIFY within five seconds gets op 9, as Discord does it.
    pub strict_pace: bool,
    /// Whether an IDENTIFY that asks for compression gets it.
    pub compress: bool,
    /// How often a session was started or resumed at the other's address.
    pub misplaced: u64,
    /// Guilds that Discord cannot reach at the moment.
    pub unavailable: BTreeSet<u64>,
    /// Frames that broke a rule, in words.
    pub complaints: Vec<String>,
    started: u64,
    last_started: Option<Instant>,
    kept: BTreeMap<String, Kept>,
    /// Every dispatch: its number, the intent it is for, the frame.
    told: Vec<(u64, u64, Value)>,
}

impl Default for Sessions {
    fn default() -> Sessions {
        Sessions {
            left: 1000,
            reset_after: 14_400_000,
            shards: 1,
            strict_pace: false,
            compress: true,
            misplaced: 0,
            unavailable: BTreeSet::new(),
            complaints: Vec::new(),
            started: 0,
            last_started: None,
            kept: BTreeMap::new(),
            told: Vec::new(),
        }
    }
}

impl Sessions {
    /// Whether Discord has reset the token.
    pub fn token_is_dead(&self) -> bool {
        self.left == 0
    }

    /// Counts an IDENTIFY; whether it came too soon after another. With a `max_concurrency` of 1, all
    /// shards stand in one queue.
    pub fn count(&mut self) -> bool {
        self.left = self.left.saturating_sub(1);
        let now = Instant::now();
        let before = self.last_started.replace(now);
        self.strict_pace && before.is_some_and(|before| now.duration_since(before) < Duration::from_secs(5))
    }

    /// Starts one that began with this sequence number; its id.
    pub fn start(&mut self, intents: u64, began: u64, compress: bool) -> String {
        self.started += 1;
        let id = format!("session-{}", self.started);
        self.kept.insert(id.clone(), Kept { intents, compress, began });
        id
    }

    /// Takes one up again after a sequence number; its intents, whether its frames are compressed, and
    /// what it missed, if it is known.
    pub fn resume(&self, id: &str, after: u64, latest: u64) -> Option<(u64, bool, Vec<Value>)> {
        let kept = self.kept.get(id)?;
        if after < kept.began || after > latest {
            return None;
        }
        let missed = self.told.iter().filter(|(sequence, intent, _)| *sequence > after && kept.intents & intent == *intent);
        Some((kept.intents, kept.compress, missed.map(|(_, _, frame)| frame.clone()).collect()))
    }

    /// Ends one: whoever closes with 1000 or 1001 does not come back.
    pub fn end(&mut self, id: &str) {
        self.kept.remove(id);
    }

    /// Ends all.
    pub fn end_all(&mut self) {
        self.kept.clear();
    }

    /// Remembers a dispatch.
    pub fn tell(&mut self, sequence: u64, intent: u64, frame: &Value) {
        self.told.push((sequence, intent, frame.clone()));
    }
}
