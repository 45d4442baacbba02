//! The events on their way to serenity, bounded by size: if serenity does not read, Discord has to wait,
//! and memory does not grow.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

/// The maximum number of queued bytes per shard. A larger event is queued alone.
const BYTES: usize = 2 << 20;
const EVENTS: usize = 1024;

/// An event for serenity.
pub(super) struct Dispatch {
    /// The event's name.
    pub event: &'static str,
    /// Its data, as JSON.
    pub data: String,
    _room: OwnedSemaphorePermit,
}

/// The sending end.
pub(super) struct Inlet {
    room: Arc<Semaphore>,
    send: mpsc::Sender<Dispatch>,
}

/// The receiving end.
pub(super) type Outlet = mpsc::Receiver<Dispatch>;

pub(super) fn queue() -> (Inlet, Outlet) {
    let (send, outlet) = mpsc::channel(EVENTS);
    (Inlet { room: Arc::new(Semaphore::new(BYTES)), send }, outlet)
}

impl Inlet {
    /// Waits for space for an event of that size; `None` if the receiver is gone. Cancel-safe.
    pub(super) async fn room(&self, size: usize) -> Option<Room<'_>> {
        let permits = u32::try_from(size.clamp(1, BYTES)).ok()?;
        let place = self.send.reserve().await.ok()?;
        let room = self.room.clone().acquire_many_owned(permits).await.ok()?;
        Some(Room { place, room })
    }
}

/// Reserved space for one event.
pub(super) struct Room<'a> {
    place: mpsc::Permit<'a, Dispatch>,
    room: OwnedSemaphorePermit,
}

impl Room<'_> {
    /// Queues the event.
    pub(super) fn put(self, event: &'static str, data: String) {
        self.place.send(Dispatch { event, data, _room: self.room });
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_reader_that_does_not_read_stops_the_writer() {
        let (inlet, mut outlet) = queue();
        let large = "x".repeat(BYTES / 2 + 1);
        inlet.room(large.len()).await.expect("room").put("A", large.clone());
        let blocked = tokio::time::timeout(Duration::from_secs(60), inlet.room(large.len())).await;
        assert!(blocked.is_err(), "a second large one has to wait");
        inlet.room(100).await.expect("room").put("B", "y".repeat(100));
        assert_eq!(outlet.recv().await.expect("an event").event, "A");
        assert_eq!(outlet.recv().await.expect("an event").event, "B");
        let larger_than_all = inlet.room(BYTES * 3).await;
        assert!(larger_than_all.is_some(), "it passes alone");
        drop((larger_than_all, outlet));
        assert!(inlet.room(1).await.is_none(), "nobody reads any more");
    }
}
