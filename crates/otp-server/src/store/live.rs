//! The live records in memory: the state that every read and every comparison goes against.
//!
//! Split into shards, each behind its own lock, by the key. A back end that also writes elsewhere
//! queues its write while the shard is locked, so its queue has each record's states in order.

mod counts;
mod shard;

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use otp_core::Tally;
use tokio::task::yield_now;

use self::shard::{Attended, Shard};
use super::backend::{Key, Listing, Stored, Unavailable, Version, Write};
use crate::clock::Stopwatch;

const SHARDS: usize = 64;
/// How long [`Live::due`] works at a stretch before it lets others go on.
const STRETCH_MAX: Duration = Duration::from_millis(5);
/// Looks at timers between two glances at the clock: some 10 µs.
const LOOKS_PER_GLANCE: usize = 64;

/// How a stretch of work on the timers ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stretch {
    /// No timer is left to look at, or enough was handed out.
    Done,
    /// Time was up.
    Interrupted,
}

/// All live records.
#[derive(Debug)]
#[expect(
    clippy::struct_field_names,
    reason = "live codes are what everybody calls them"
)]
pub(super) struct Live {
    shards: Box<[Mutex<Shard>]>,
    live_codes: AtomicU64,
    /// Held while shared counts are compared and changed, so that several change together.
    counting: Mutex<()>,
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

/// What a commit brings along for others than its record.
#[derive(Debug, Default)]
pub(super) struct Along {
    pub(super) events: Vec<Vec<u8>>,
    pub(super) listing: Option<Listing>,
}

impl Live {
    pub(super) fn new() -> Self {
        let shards = (0..SHARDS).map(|_| Mutex::new(Shard::default())).collect();
        Self {
            shards,
            live_codes: AtomicU64::new(0),
            counting: Mutex::default(),
        }
    }

    pub(super) fn load(&self, key: Key, now_ms: u64) -> Option<Stored> {
        self.shard(key).stored(key, now_ms)
    }

    /// A share of the records; all parts together are all records.
    pub(super) fn part(&self, number: usize, now_ms: u64) -> Vec<(Key, Stored)> {
        self.shards.get(number).map_or(Vec::new(), |shard| {
            let mut records = lock(shard).all(now_ms);
            records.retain(|(_, stored)| !Tally::is_in(&stored.body));
            records
        })
    }

    pub(super) fn parts(&self) -> usize {
        self.shards.len()
    }

    /// Puts the next state in place if the expected one still stands; otherwise answers `None`.
    /// `enqueue`, which also gets what the write brings along, gives the new version, and may refuse,
    /// in which case nothing changes.
    pub(super) fn replace<T>(
        &self,
        write: Write,
        now_ms: u64,
        enqueue: impl FnOnce(&Next, Along) -> Result<(Version, T), Unavailable>,
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
        let along = Along {
            events: write.events,
            listing: write.listing,
        };
        let (version, ticket) = enqueue(&next, along)?;
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
    /// further calls for `lease_ms` unless it is committed meanwhile. Fewer than `limit` means that
    /// there are no more. Drops records that may be forgotten on the way, and tells `forget` which
    /// version was the last. However many timers ring in vain, it stops nobody for long: it lets
    /// others go on between one short stretch and the next.
    pub(super) async fn due(
        &self,
        now_ms: u64,
        limit: usize,
        lease_ms: u64,
        mut forget: impl FnMut(Version),
    ) -> Vec<Key> {
        let mut keys = Vec::new();
        while self.attend(now_ms, limit, lease_ms, &mut keys, &mut forget) == Stretch::Interrupted {
            yield_now().await;
        }
        keys
    }

    fn attend(
        &self,
        now_ms: u64,
        limit: usize,
        lease_ms: u64,
        keys: &mut Vec<Key>,
        forget: &mut impl FnMut(Version),
    ) -> Stretch {
        let stopwatch = Stopwatch::start();
        let mut shards = self.shards_by_first_timer();
        for look in 1_usize.. {
            let Some(Reverse((at_ms, index))) = shards.pop() else {
                break;
            };
            if at_ms > now_ms || keys.len() >= limit {
                break;
            }
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
            drop(shard);
            if look.is_multiple_of(LOOKS_PER_GLANCE) && stopwatch.elapsed() >= STRETCH_MAX {
                return Stretch::Interrupted;
            }
        }
        Stretch::Done
    }

    /// Whether there is a record that is to be forgotten before then.
    pub(super) fn forgets_any_before(&self, at_ms: u64) -> bool {
        self.shards
            .iter()
            .any(|shard| lock(shard).forgets_any_before(at_ms))
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

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Waker};

    use super::*;

    #[test]
    fn a_crowd_of_timers_lets_others_go_on_in_between() {
        const CROWD: u128 = 300_000;
        let live = Live::new();
        for number in 1..=CROWD {
            let key = Key(number
                .wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)
                .to_be_bytes());
            let next = Next {
                key,
                supersedes: None,
                body: Arc::default(),
                due_at_ms: None,
                forget_at_ms: 5,
                live_codes: 1,
            };
            live.restore(key, Some((Version(1), next)));
        }
        let mut due = pin!(live.due(5, 10, 1_000, |_| {}));
        let mut interruptions = 0;
        while due
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
            .is_pending()
        {
            interruptions += 1;
        }
        assert!(interruptions > 0, "nobody else had a turn");
        assert_eq!(live.live_codes(), 0);
    }
}
