//! One shard: a table of records, and a heap of the moments at which each wants to be looked at.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use super::super::backend::{Key, Stored, Version};
use super::Next;

const NEVER: u64 = u64::MAX;

/// A share of the records.
#[derive(Debug, Default)]
pub(super) struct Shard {
    records: HashMap<Key, Entry, BuildHasherDefault<KeyHasher>>,
    timers: BinaryHeap<Reverse<(u64, Key)>>,
}

/// What one look at a timer that rang came to.
pub(super) enum Attended {
    Due(Key),
    MayBeForgotten { key: Key, last: Version },
    Nothing,
}

/// 48 bytes beside the body, 64 with the key: a million of them must fit in memory.
#[derive(Debug)]
struct Entry {
    version: Version,
    body: Arc<[u8]>,
    /// When it is due, or due again if it has been handed out.
    attend_at_ms: u64,
    forget_at_ms: u64,
    /// When its timer rings, modulo 2^32. A record has one timer at a time that counts; one left
    /// over from before rings in vain.
    rings_at: u32,
    live_codes: u32,
}

const _: () = assert!(size_of::<(Key, Entry)>() <= 64);

impl Shard {
    /// The record, unless it is absent or may be forgotten.
    pub(super) fn stored(&self, key: Key, now_ms: u64) -> Option<Stored> {
        let entry = self
            .records
            .get(&key)
            .filter(|entry| now_ms < entry.forget_at_ms)?;
        Some(Stored {
            version: entry.version,
            body: Arc::clone(&entry.body),
        })
    }

    /// All of them, less those that may be forgotten.
    pub(super) fn all(&self, now_ms: u64) -> Vec<(Key, Stored)> {
        let live = self
            .records
            .keys()
            .filter_map(|key| Some((*key, self.stored(*key, now_ms)?)));
        live.collect()
    }

    /// The record's version, unless it is absent or may be forgotten.
    pub(super) fn version(&self, key: Key, now_ms: u64) -> Option<Version> {
        let entry = self
            .records
            .get(&key)
            .filter(|entry| now_ms < entry.forget_at_ms)?;
        Some(entry.version)
    }

    /// The record's version, even if it may be forgotten.
    pub(super) fn any_version(&self, key: Key) -> Option<Version> {
        self.records.get(&key).map(|entry| entry.version)
    }

    /// Puts a state in place. Answers with the change in live codes.
    pub(super) fn put(&mut self, version: Version, next: Next) -> i64 {
        let mut entry = Entry {
            version,
            body: next.body,
            attend_at_ms: next.due_at_ms.unwrap_or(NEVER),
            forget_at_ms: next.forget_at_ms,
            rings_at: 0,
            live_codes: next.live_codes,
        };
        let Some(old) = self.records.get_mut(&next.key) else {
            arm(&mut self.timers, next.key, &mut entry);
            self.records.insert(next.key, entry);
            return i64::from(next.live_codes);
        };
        // A timer that rings too early finds out and is set again: cheaper than one more timer.
        if rings_by(old, &entry) {
            entry.rings_at = old.rings_at;
        } else {
            arm(&mut self.timers, next.key, &mut entry);
        }
        let change = i64::from(entry.live_codes) - i64::from(old.live_codes);
        *old = entry;
        change
    }

    /// Removes a record. Answers with the change in live codes.
    pub(super) fn remove(&mut self, key: Key) -> i64 {
        self.records
            .remove(&key)
            .map_or(0, |entry| -i64::from(entry.live_codes))
    }

    pub(super) fn forgets_any_before(&self, at_ms: u64) -> bool {
        self.records
            .values()
            .any(|entry| entry.forget_at_ms < at_ms)
    }

    /// When the first timer rings.
    pub(super) fn first_timer(&self) -> Option<u64> {
        self.timers.peek().map(|Reverse((at_ms, _))| *at_ms)
    }

    /// Looks at the record whose timer is first.
    pub(super) fn attend(&mut self, now_ms: u64, lease_ms: u64) -> Attended {
        let Some(Reverse((rang_at_ms, key))) = self.timers.pop() else {
            return Attended::Nothing;
        };
        let Some(entry) = self
            .records
            .get_mut(&key)
            .filter(|entry| entry.rings_at == low_half(rang_at_ms))
        else {
            return Attended::Nothing;
        };
        if entry.forget_at_ms <= now_ms {
            return Attended::MayBeForgotten {
                key,
                last: entry.version,
            };
        }
        let is_due = entry.attend_at_ms <= now_ms;
        if is_due {
            // At least a millisecond, or the same call would hand it out again.
            entry.attend_at_ms = now_ms.saturating_add(lease_ms.max(1));
        }
        arm(&mut self.timers, key, entry);
        if is_due {
            Attended::Due(key)
        } else {
            Attended::Nothing
        }
    }
}

/// Sets the record's timer to when it next wants to be looked at.
fn arm(timers: &mut BinaryHeap<Reverse<(u64, Key)>>, key: Key, entry: &mut Entry) {
    let at_ms = next_look(entry);
    entry.rings_at = low_half(at_ms);
    timers.push(Reverse((at_ms, key)));
}

fn next_look(entry: &Entry) -> u64 {
    entry.attend_at_ms.min(entry.forget_at_ms)
}

/// Whether the old state's timer rings in time for the new one.
fn rings_by(old: &Entry, new: &Entry) -> bool {
    // The timer may ring earlier than the old state wants, never later.
    next_look(old) <= next_look(new)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the low half is what is asked for"
)]
fn low_half(at_ms: u64) -> u32 {
    at_ms as u32
}

/// Takes a key's own bytes as its hash; see [`Key`].
#[derive(Debug, Default)]
struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("keys are hashed as one u64");
    }

    fn write_u64(&mut self, bits: u64) {
        self.0 = bits;
    }
}
