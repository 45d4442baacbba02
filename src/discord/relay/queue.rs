//! What goes from Discord's side to the library's: bounded by size, so that a library that does not
//! read makes Discord wait and not the memory grow.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

/// How many bytes wait at most for each shard. A larger event passes alone.
const BYTES: usize = 2 << 20;
const EVENTS: usize = 1024;

/// An event for the library.
pub(super) struct Dispatch {
    /// The event's name.
    pub event: &'static str,
    /// Its data, as JSON.
    pub data: String,
    _room: OwnedSemaphorePermit,
}

/// The end that events go into.
pub(super) struct Inlet {
    room: Arc<Semaphore>,
    send: mpsc::Sender<Dispatch>,
}

/// The end that they come out of.
pub(super) type Outlet = mpsc::Receiver<Dispatch>;

pub(super) fn queue() -> (Inlet, Outlet) {
    let (send, outlet) = mpsc::channel(EVENTS);
    (Inlet { room: Arc::new(Semaphore::new(BYTES)), send }, outlet)
}

impl Inlet {
    /// Waits until there is room for an event of that size. Nothing is lost if this is dropped.
    /// `None` when nobody will read any more.
    pub(super) async fn room(&self, size: usize) -> Option<Room<'_>> {
        let permits = u32::try_from(size.clamp(1, BYTES)).ok()?;
        let place = self.send.reserve().await.ok()?;
        let room = self.room.clone().acquire_many_owned(permits).await.ok()?;
        Some(Room { place, room })
    }
}

/// A place for one event.
pub(super) struct Room<'a> {
    place: mpsc::Permit<'a, Dispatch>,
    room: OwnedSemaphorePermit,
}

impl Room<'_> {
    /// Puts the event there.
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
