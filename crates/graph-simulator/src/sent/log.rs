//! The memory of accepted messages: sharded, and bounded in all and for each recipient.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Addressee, Record, SentMessage, Wamid};

const SHARDS: usize = 64;

#[derive(Default)]
struct Shard {
    recipients: HashMap<Addressee, Vec<Record>>,
    /// Every message in the order of arrival; its length is the shard's bound.
    order: VecDeque<(Addressee, u64)>,
}

impl Shard {
    fn forget(&mut self, addressee: Addressee, sequence: u64) {
        let Some(records) = self.recipients.get_mut(&addressee) else {
            return;
        };
        records.retain(|record| record.sequence != sequence);
        if records.is_empty() {
            self.recipients.remove(&addressee);
        }
    }
}

/// All messages that are still remembered.
pub(crate) struct SentLog {
    shards: Box<[Mutex<Shard>]>,
    kept_per_shard: usize,
    kept_per_recipient: usize,
    accepted: AtomicU64,
    next_sequence: AtomicU64,
}

impl SentLog {
    pub(crate) fn new(kept: usize, kept_per_recipient: usize, started_ms: u64) -> SentLog {
        SentLog {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            kept_per_shard: kept.div_ceil(SHARDS).max(1),
            kept_per_recipient: kept_per_recipient.max(1),
            accepted: AtomicU64::new(0),
            // Ids of two runs never meet: a million messages a millisecond lie between them.
            next_sequence: AtomicU64::new(started_ms << 20),
        }
    }

    pub(crate) fn next_sequence(&self) -> u64 {
        self.next_sequence.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn push(&self, addressee: Addressee, record: Record) {
        self.accepted.fetch_add(1, Ordering::Relaxed);
        let mut shard = self.shard(addressee);
        shard.order.push_back((addressee, record.sequence));
        let records = shard.recipients.entry(addressee).or_default();
        if records.len() >= self.kept_per_recipient {
            records.remove(0);
        }
        // Most recipients get one message; room for four would quadruple the memory.
        records.reserve_exact(1);
        records.push(record);
        if shard.order.len() > self.kept_per_shard
            && let Some((oldest, sequence)) = shard.order.pop_front()
        {
            shard.forget(oldest, sequence);
        }
    }

    /// The remembered messages of one recipient, newest last.
    pub(crate) fn of(&self, addressee: Addressee) -> Vec<SentMessage> {
        let shard = self.shard(addressee);
        let records = shard
            .recipients
            .get(&addressee)
            .map_or(&[][..], Vec::as_slice);
        records
            .iter()
            .map(|record| record.present(addressee))
            .collect()
    }

    /// The newest `limit` messages of everybody, newest last.
    pub(crate) fn all(&self, limit: usize) -> Vec<SentMessage> {
        let mut newest = Vec::new();
        for shard in &self.shards {
            let shard = lock(shard);
            for (addressee, records) in &shard.recipients {
                newest.extend(
                    records
                        .iter()
                        .map(|record| (record.sequence, *addressee, record.clone())),
                );
            }
        }
        newest.sort_by_key(|(sequence, ..)| *sequence);
        let skipped = newest.len().saturating_sub(limit);
        newest
            .iter()
            .skip(skipped)
            .map(|(_, addressee, record)| record.present(*addressee))
            .collect()
    }

    pub(crate) fn last_code(&self, addressee: Addressee) -> Option<String> {
        let shard = self.shard(addressee);
        let records = shard.recipients.get(&addressee)?;
        records
            .iter()
            .rev()
            .find_map(Record::code)
            .map(str::to_owned)
    }

    /// Moves a message's status, and returns the message; `None` when it is not remembered.
    pub(crate) fn set_status(&self, wamid: &Wamid, status: &'static str) -> Option<Record> {
        let mut shard = self.shard(wamid.addressee);
        let records = shard.recipients.get_mut(&wamid.addressee)?;
        let record = records
            .iter_mut()
            .find(|record| record.sequence == wamid.sequence)?;
        record.status = status;
        Some(record.clone())
    }

    pub(crate) fn record(&self, wamid: &Wamid) -> Option<Record> {
        let shard = self.shard(wamid.addressee);
        let records = shard.recipients.get(&wamid.addressee)?;
        records
            .iter()
            .find(|record| record.sequence == wamid.sequence)
            .cloned()
    }

    pub(crate) fn accepted(&self) -> u64 {
        self.accepted.load(Ordering::Relaxed)
    }

    pub(crate) fn clear(&self) {
        for shard in &self.shards {
            *lock(shard) = Shard::default();
        }
        self.accepted.store(0, Ordering::Relaxed);
    }

    fn shard(&self, addressee: Addressee) -> MutexGuard<'_, Shard> {
        lock(&self.shards[addressee.spread() % SHARDS])
    }
}

fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}
