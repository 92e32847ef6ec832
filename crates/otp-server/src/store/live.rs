//! The live records in memory: the state that every read and every comparison goes against.
//!
//! Split into shards, each behind its own lock, by the key. A back end that also writes elsewhere
//! queues its write while the shard is locked, so its queue has each record's states in order.

mod shard;

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use self::shard::{Attended, Shard};
use super::backend::{Key, Stored, Unavailable, Version, Write};

const SHARDS: usize = 64;
/// Records that one call of [`Live::due`] looks at beyond those it hands out: it drops at most so
/// many, and holds no lock for longer than one of them takes.
const LOOKS_MAX: usize = 1_000;

/// All live records.
#[derive(Debug)]
pub(super) struct Live {
    shards: Box<[Mutex<Shard>]>,
    live_codes: AtomicU64,
}

/// A record's state on its way into memory, and into the queue of a back end that has one.
#[derive(Clone, Debug)]
pub(super) struct Next {
    pub(super) key: Key,
    /// The state it takes the place of, if there was one in memory.
    pub(super) supersedes: Option<Version>,
    pub(super) body: Arc<[u8]>,
    pub(super) due_at_ms: Option<u64>,
    pub(super) forget_at_ms: u64,
    pub(super) live_codes: u32,
}

impl Live {
    pub(super) fn new() -> Self {
        let shards = (0..SHARDS).map(|_| Mutex::new(Shard::default())).collect();
        Self {
            shards,
            live_codes: AtomicU64::new(0),
        }
    }

    pub(super) fn load(&self, key: Key, now_ms: u64) -> Option<Stored> {
        self.shard(key).stored(key, now_ms)
    }

    /// Puts the next state in place if the expected one still stands; otherwise answers `None`.
    /// `enqueue` gives the new version, and may refuse, in which case nothing changes.
    pub(super) fn replace<T>(
        &self,
        write: Write,
        now_ms: u64,
        enqueue: impl FnOnce(&Next) -> Result<(Version, T), Unavailable>,
    ) -> Result<Option<(Version, T)>, Unavailable> {
        let mut shard = self.shard(write.key);
        if shard.version(write.key, now_ms) != write.expected {
            return Ok(None);
        }
        let next = Next {
            key: write.key,
            supersedes: shard.any_version(write.key),
            body: write.body.into(),
            due_at_ms: write.due_at_ms,
            forget_at_ms: write.forget_at_ms,
            live_codes: write.live_codes,
        };
        let (version, ticket) = enqueue(&next)?;
        self.recount(shard.put(version, next));
        Ok(Some((version, ticket)))
    }

    /// Makes a record what the disk says it is.
    pub(super) fn restore(&self, key: Key, durable: Option<(Version, Next)>) {
        let mut shard = self.shard(key);
        let change = match durable {
            Some((version, next)) => shard.put(version, next),
            None => shard.remove(key),
        };
        self.recount(change);
    }

    /// The version in memory, forgotten or not.
    pub(super) fn version(&self, key: Key) -> Option<Version> {
        self.shard(key).any_version(key)
    }

    /// Hands out the records whose time has come, the longest overdue first, each hidden from
    /// further calls for `lease_ms` unless it is committed meanwhile. Drops records that may be
    /// forgotten on the way, and tells `forget` which version was the last.
    pub(super) fn due(
        &self,
        now_ms: u64,
        limit: usize,
        lease_ms: u64,
        mut forget: impl FnMut(Version),
    ) -> Vec<Key> {
        let mut keys = Vec::new();
        let mut looks_left = limit.saturating_add(LOOKS_MAX);
        let mut shards = self.shards_by_first_timer();
        while keys.len() < limit && looks_left > 0 {
            let Some(Reverse((at_ms, index))) = shards.pop() else {
                break;
            };
            if at_ms > now_ms {
                break;
            }
            looks_left -= 1;
            let mut shard = lock(&self.shards[index]);
            match shard.attend(now_ms, lease_ms) {
                Attended::Due(key) => keys.push(key),
                Attended::MayBeForgotten { key, last } => {
                    forget(last);
                    self.recount(shard.remove(key));
                }
                Attended::Nothing => {}
            }
            shards.extend(shard.first_timer().map(|at_ms| Reverse((at_ms, index))));
        }
        keys
    }

    pub(super) fn live_codes(&self) -> u64 {
        self.live_codes.load(Ordering::Relaxed)
    }

    fn shards_by_first_timer(&self) -> BinaryHeap<Reverse<(u64, usize)>> {
        let first = |(index, shard)| {
            lock(shard)
                .first_timer()
                .map(|at_ms| Reverse((at_ms, index)))
        };
        self.shards.iter().enumerate().filter_map(first).collect()
    }

    /// By the last byte: the table inside the shard goes by the first ones.
    fn shard(&self, key: Key) -> MutexGuard<'_, Shard> {
        lock(&self.shards[usize::from(key.0[15]) % SHARDS])
    }

    /// A wrapping sum of signed changes: exact, because the total never is negative.
    fn recount(&self, change: i64) {
        self.live_codes
            .fetch_add(change.cast_unsigned(), Ordering::Relaxed);
    }
}

/// Nothing under a shard's lock can panic half-way through a change, so a poisoned one is whole.
fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}
