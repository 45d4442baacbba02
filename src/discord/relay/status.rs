//! The state of the connection, for health, metrics and the log.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use parking_lot::{Mutex, MutexGuard};

/// The state of the connection to Discord's gateway, as the relay knows it.
#[derive(Debug, Default)]
pub struct GatewayStatus {
    shards: Mutex<BTreeMap<u32, Shard>>,
    resumes: AtomicU64,
    identifies: AtomicU64,
    unreadable: AtomicU64,
}

/// The state of one shard's connection.
#[derive(Debug, Clone, Default)]
struct Shard {
    /// Since when it has a session; `None` if it has none.
    live: Option<Timestamp>,
    /// The code of the latest close, kept until the next one.
    last_close: Option<u16>,
    /// Why there is no connection, without secrets.
    why: Option<String>,
    next_try: Option<Timestamp>,
}

impl GatewayStatus {
    /// Whether every shard has a session.
    pub fn is_connected(&self) -> bool {
        let shards = self.lock();
        !shards.is_empty() && shards.values().all(|shard| shard.live.is_some())
    }

    /// Since when every shard has a session; `None` if one has none.
    pub fn connected_since(&self) -> Option<Timestamp> {
        let shards = self.lock();
        let since: Option<Vec<Timestamp>> = shards.values().map(|shard| shard.live).collect();
        since?.into_iter().max()
    }

    /// How many shards have a session.
    pub fn live(&self) -> usize {
        self.lock().values().filter(|shard| shard.live.is_some()).count()
    }

    /// A line for each shard without a session: why, and when the next attempt is. `None` if all are
    /// connected.
    pub fn trouble(&self) -> Option<String> {
        let shards = self.lock();
        if shards.is_empty() {
            return Some("not connected yet".to_owned());
        }
        let mut said = Vec::new();
        for (idx, shard) in shards.iter().filter(|(_, shard)| shard.live.is_none()) {
            let mut line = if shards.len() > 1 { format!("shard {idx} not connected") } else { "not connected".to_owned() };
            if let Some(code) = shard.last_close {
                // Writing to a String cannot fail.
                let _ = write!(line, "; last close code {code}");
            }
            if let Some(why) = &shard.why {
                let _ = write!(line, "; {why}");
            }
            if let Some(at) = shard.next_try {
                let _ = write!(line, "; next attempt at {}", at.strftime("%Y-%m-%d %H:%M:%S UTC"));
            }
            said.push(line);
        }
        (!said.is_empty()).then(|| said.join("\n"))
    }

    /// The code of the latest close of a shard that has no session.
    pub fn last_close(&self) -> Option<u16> {
        self.lock().values().filter(|shard| shard.live.is_none()).find_map(|shard| shard.last_close)
    }

    /// Resumed sessions since the start of the process.
    pub fn resumes(&self) -> u64 {
        self.resumes.load(Ordering::Relaxed)
    }

    /// New sessions since the start of the process.
    pub fn identifies(&self) -> u64 {
        self.identifies.load(Ordering::Relaxed)
    }

    /// Events that could not be parsed.
    pub fn unreadable(&self) -> u64 {
        self.unreadable.load(Ordering::Relaxed)
    }

    /// Starts with that many shards, none of which has a session.
    pub(super) fn begin(&self, shards: u32) {
        *self.lock() = (0..shards).map(|idx| (idx, Shard::default())).collect();
    }

    /// Records that the gateway's address cannot be requested.
    pub fn unreachable(&self, why: String, next_try: Option<Timestamp>) {
        let mut shards = self.lock();
        if shards.is_empty() {
            shards.insert(0, Shard::default());
        }
        for shard in shards.values_mut() {
            *shard = Shard { live: None, last_close: shard.last_close, why: Some(why.clone()), next_try };
        }
    }

    pub(super) fn live_since(&self, shard: u32, now: Timestamp) {
        self.change(shard, |shard| *shard = Shard { live: Some(now), last_close: shard.last_close, ..Shard::default() });
    }

    pub(super) fn closed(&self, shard: u32, code: Option<u16>) {
        self.change(shard, |shard| {
            shard.live = None;
            shard.last_close = code.or(shard.last_close);
            shard.next_try = None;
            shard.why = Some(match code {
                Some(_) => "the gateway closed the connection".to_owned(),
                None => "the connection was lost".to_owned(),
            });
        });
    }

    pub(super) fn because(&self, shard: u32, why: String) {
        self.change(shard, |shard| {
            shard.live = None;
            shard.why = Some(why);
        });
    }

    pub(super) fn next_try(&self, shard: u32, at: Option<Timestamp>) {
        self.change(shard, |shard| shard.next_try = at);
    }

    pub(super) fn count_resume(&self) {
        self.resumes.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_identify(&self) {
        self.identifies.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_unreadable(&self) {
        self.unreadable.fetch_add(1, Ordering::Relaxed);
    }

    fn change(&self, shard: u32, change: impl FnOnce(&mut Shard)) {
        change(self.lock().entry(shard).or_default());
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u32, Shard>> {
        // Each change is made in one step, so a panic elsewhere leaves none half done.
        self.shards.lock()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_names_the_close_code_and_the_next_try() {
        let at = |second| Timestamp::from_second(second).expect("an instant");
        let status = GatewayStatus::default();
        assert_eq!(status.connected_since(), None);
        assert_eq!(status.trouble().as_deref(), Some("not connected yet"));
        status.begin(1);
        assert!(!status.is_connected());
        status.live_since(0, at(7));
        assert!(status.is_connected());
        assert_eq!(status.trouble(), None);
        assert_eq!(status.connected_since(), Some(at(7)));
        status.closed(0, Some(4000));
        status.next_try(0, Timestamp::from_second(1_700_000_000).ok());
        assert_eq!(
            status.trouble().as_deref(),
            Some(
                "not connected; last close code 4000; the gateway closed the connection; next attempt at 2023-11-14 22:13:20 UTC"
            )
        );
        status.begin(2);
        status.live_since(1, at(9));
        assert_eq!((status.live(), status.is_connected(), status.connected_since()), (1, false, None));
        assert_eq!(status.trouble().as_deref(), Some("shard 0 not connected"));
    }
}
