//! The outbox: events that were committed, and who holds them. A bucket has its own, in its slot,
//! so that record and events are written together.
//!
//! An event's name is its number in 16 digits, then its record's key. Its score is when the lease
//! ends of whoever holds it. Numbers come from the time, and rise within a bucket whatever the
//! servers' clocks say; so the oldest of all buckets can be told.

use std::collections::BTreeMap;

use redis::Cmd;

use super::super::backend::{EventId, Key, Outgoing, Unavailable, Write};
use super::keyspace::{Bucket, Keyspace};
use super::timers::Outcome;
use super::{Inner, scripts, trouble, value};

/// How long events stay that nobody comes for.
const LIVE_MS: u64 = 25 * 3_600_000;
/// Events that wait in one bucket at most; with more the oldest is dropped.
const EVENTS_MAX: usize = 4_096;
const DIGITS: usize = 16;

/// One call for events.
#[derive(Clone, Copy, Debug)]
pub(super) struct HandOut {
    now_ms: u64,
    limit: usize,
    leased_until_ms: u64,
}

impl HandOut {
    pub(super) fn new(now_ms: u64, limit: usize, lease_ms: u64) -> Self {
        // At least a millisecond, or the same moment would hand it out again.
        let leased_until_ms = now_ms.saturating_add(lease_ms.max(1)).min(value::MS_MAX);
        Self {
            now_ms,
            limit,
            leased_until_ms,
        }
    }

    fn look(&self, outbox: String) -> Cmd {
        let mut look = redis::cmd("ZRANGE");
        look.arg(outbox).arg("-inf").arg(self.now_ms).arg("BYSCORE");
        look.arg("LIMIT").arg(0).arg(self.limit);
        look
    }
}

impl EventId {
    fn read(name: &[u8]) -> Option<Self> {
        let (digits, key) = name.split_at_checked(DIGITS)?;
        let number = str::from_utf8(digits).ok()?.parse().ok()?;
        let key = Key(key.try_into().ok()?);
        Some(Self { key, number })
    }

    fn field(self) -> String {
        format!("{:016}", self.number)
    }

    fn name(self) -> Vec<u8> {
        let mut name = self.field().into_bytes();
        name.extend(self.key.0);
        name
    }
}

impl Inner {
    /// The names that a commit needs for its events; none without any.
    pub(super) fn add_outbox_keys(&self, command: &mut Cmd, write: &Write) {
        if !write.events.is_empty() {
            let bucket = Keyspace::bucket(write.key);
            command
                .arg(self.keys.outbox(bucket))
                .arg(self.keys.events(bucket))
                .arg(self.keys.last_event(bucket));
        }
    }

    /// The commit's events.
    pub(super) fn add_events(command: &mut Cmd, write: &Write) {
        if !write.events.is_empty() {
            command.arg(LIVE_MS).arg(EVENTS_MAX).arg(&write.events);
        }
    }

    /// Looks into every bucket first, so that the oldest come first wherever they are; then takes
    /// from those buckets, unless another process was there meanwhile.
    pub(super) async fn hand_out(&self, round: HandOut) -> Result<Vec<Outgoing>, Unavailable> {
        let looks = (0..=Bucket::MAX)
            .map(|bucket| (bucket, round.look(self.keys.outbox(bucket))))
            .collect();
        let mut outcome = Outcome::default();
        let mut free = Vec::<EventId>::new();
        for reply in self.way.ask_each(None, looks).await {
            let names = outcome.of(reply.and_then(trouble::read::<Vec<Vec<u8>>>));
            let names = names.into_iter().flatten();
            free.extend(names.filter_map(|name| EventId::read(&name)));
        }
        free.sort_unstable_by_key(|id| id.number);
        free.truncate(round.limit);
        let mut by_bucket = BTreeMap::<Bucket, usize>::new();
        for id in free {
            *by_bucket.entry(Keyspace::bucket(id.key)).or_default() += 1;
        }
        let calls = by_bucket
            .into_iter()
            .map(|(bucket, most)| (bucket, self.take_events(round, bucket, most)))
            .collect();
        let mut handed_out = Vec::new();
        for reply in self.way.ask_each(Some(&scripts::HAND_OUT), calls).await {
            let taken = outcome.of(reply.and_then(trouble::read::<Vec<(Vec<u8>, Vec<u8>)>>));
            for (name, body) in taken.into_iter().flatten() {
                let id = EventId::read(&name);
                handed_out.extend(id.map(|id| Outgoing {
                    id,
                    body: body.into(),
                }));
            }
        }
        handed_out.sort_unstable_by_key(|event| event.id.number);
        outcome.unless_all_failed(!handed_out.is_empty())?;
        Ok(handed_out)
    }

    /// Removes them for good.
    pub(super) async fn acknowledge(&self, events: &[EventId]) -> Result<(), Unavailable> {
        let mut by_bucket = BTreeMap::<Bucket, Vec<EventId>>::new();
        for id in events {
            by_bucket
                .entry(Keyspace::bucket(id.key))
                .or_default()
                .push(*id);
        }
        let calls = by_bucket
            .into_iter()
            .map(|(bucket, ids)| (bucket, self.remove_events(bucket, &ids)))
            .collect();
        let replies = self.way.ask_each(Some(&scripts::ACKNOWLEDGE), calls).await;
        replies
            .into_iter()
            .try_for_each(|reply| reply.and_then(trouble::read::<i64>).map(drop))
    }

    fn take_events(&self, round: HandOut, bucket: Bucket, most: usize) -> Cmd {
        let mut take = scripts::HAND_OUT.command(2);
        take.arg(self.keys.outbox(bucket))
            .arg(self.keys.events(bucket))
            .arg(round.now_ms)
            .arg(round.leased_until_ms)
            .arg(most);
        take
    }

    fn remove_events(&self, bucket: Bucket, ids: &[EventId]) -> Cmd {
        let mut remove = scripts::ACKNOWLEDGE.command(2);
        remove
            .arg(self.keys.outbox(bucket))
            .arg(self.keys.events(bucket));
        for id in ids {
            remove.arg(id.name()).arg(id.field());
        }
        remove
    }
}
