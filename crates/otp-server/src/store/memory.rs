//! A store that forgets everything when it is dropped: for tests.

use std::sync::atomic::{AtomicU64, Ordering};

use super::backend::{
    Claim, Commit, EventId, Key, Outgoing, Place, Stored, Taken, Unavailable, Version, Write,
};
use super::listings::Listings;
use super::live::{Along, Live};
use super::outbox::{Outbox, named};

/// Live records and nothing else. It can always answer; its methods are fallible and async so that
/// it can stand where any other back end stands.
#[derive(Debug)]
pub struct MemoryStore {
    live: Live,
    outbox: Outbox,
    listings: Listings,
    next_version: AtomicU64,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

#[expect(clippy::unused_async, reason = "the same face as the other back ends")]
impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self {
            live: Live::new(),
            outbox: Outbox::default(),
            listings: Listings::default(),
            next_version: AtomicU64::new(1),
        }
    }

    /// The record, unless it is absent or may be forgotten.
    pub async fn load(&self, key: Key, now_ms: u64) -> Result<Option<Stored>, Unavailable> {
        Ok(self.live.load(key, now_ms))
    }

    /// Replaces the record if it is in the expected version, at the first poll.
    pub async fn commit(&self, write: Write, now_ms: u64) -> Result<Commit, Unavailable> {
        let replaced = self.live.replace(write, now_ms, |next, along| {
            let version = self.version();
            self.publish(next.key, version, along);
            Ok((version, ()))
        })?;
        Ok(replaced.map_or(Commit::Conflict, |(version, ())| Commit::Committed(version)))
    }

    /// Counts all of the claims, or none when one has no room.
    pub async fn take(&self, claims: &[Claim], now_ms: u64) -> Result<Taken, Unavailable> {
        self.live.take(claims, now_ms, |_| Ok(self.version()))
    }

    /// Takes back what was counted at that moment.
    pub async fn give_back(&self, claims: &[Claim], taken_at_ms: u64) -> Result<(), Unavailable> {
        self.live
            .give_back(claims, taken_at_ms, |_| Ok(self.version()))
    }

    /// Everything here is as durable as it gets.
    pub async fn settled(&self, _: Version) -> Result<(), Unavailable> {
        Ok(())
    }

    /// Records that want attention, at most `limit`, the longest overdue first; each is handed out
    /// again after `lease_ms` unless it is committed meanwhile; fewer than `limit` means that there
    /// are no more. Drops what may be forgotten.
    pub async fn due(
        &self,
        now_ms: u64,
        limit: usize,
        lease_ms: u64,
    ) -> Result<Vec<Key>, Unavailable> {
        drop(self.listings.drop_aged(now_ms));
        Ok(self.live.due(now_ms, limit, lease_ms, |_| {}).await)
    }

    /// Into how many parts a walk over all records is divided.
    #[must_use]
    pub fn parts(&self) -> usize {
        self.live.parts()
    }

    /// The records of one of the [`parts`](Self::parts), less those that may be forgotten.
    pub async fn part(
        &self,
        number: usize,
        now_ms: u64,
    ) -> Result<Vec<(Key, Stored)>, Unavailable> {
        Ok(self.live.part(number, now_ms))
    }

    /// Events of commits, at most `limit`, the oldest first, each record's in the order of its
    /// commits; each is handed out again after `lease_ms` unless it is acknowledged.
    pub async fn events(
        &self,
        now_ms: u64,
        limit: usize,
        lease_ms: u64,
    ) -> Result<Vec<Outgoing>, Unavailable> {
        Ok(self.outbox.hand_out(now_ms, limit, lease_ms))
    }

    /// They are never handed out again.
    pub async fn acknowledge(&self, events: &[EventId]) -> Result<(), Unavailable> {
        self.outbox.remove(events);
        Ok(())
    }

    /// The newest entries of a list, or the newest before a place, at most `limit`.
    pub async fn list(
        &self,
        list: Key,
        before: Option<Place>,
        limit: usize,
        now_ms: u64,
    ) -> Result<Vec<Place>, Unavailable> {
        Ok(self.listings.newest(list, before, limit, now_ms))
    }

    /// The sum of what the records say.
    #[must_use]
    pub fn live_codes(&self) -> u64 {
        self.live.live_codes()
    }

    /// Always well.
    pub async fn health(&self) -> Result<(), Unavailable> {
        Ok(())
    }
}

impl MemoryStore {
    fn publish(&self, key: Key, version: Version, Along { events, listing }: Along) {
        if let Some(listing) = listing {
            drop(self.listings.put(listing, version));
        }
        if events.is_empty() {
            return;
        }
        for (id, body) in named(key, version, events) {
            self.outbox.put(id, body);
        }
        drop(self.outbox.drop_excess());
    }

    fn version(&self) -> Version {
        Version(self.next_version.fetch_add(1, Ordering::Relaxed))
    }
}
