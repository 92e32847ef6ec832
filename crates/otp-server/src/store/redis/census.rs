//! How many codes are live, over all processes: each bucket's count as it was last heard of.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use redis::Cmd;
use tokio::time::{MissedTickBehavior, interval};

use super::super::backend::Unavailable;
use super::keyspace::{BUCKETS, Bucket};
use super::{Inner, scripts, trouble};

/// How old another process' part in the figure may be, and how soon trouble is noticed while
/// nobody asks for anything.
const PERIOD: Duration = Duration::from_secs(1);

/// The counts.
#[derive(Debug)]
pub(super) struct Census {
    counts: Box<[Count]>,
}

#[derive(Debug, Default)]
struct Count {
    live_codes: AtomicI64,
    /// How often it was heard of through a change, so that a look back does not undo it.
    changes: AtomicU64,
}

impl Census {
    pub(super) fn new() -> Self {
        Self {
            counts: (0..BUCKETS).map(|_| Count::default()).collect(),
        }
    }

    /// The count after a change.
    pub(super) fn put(&self, bucket: Bucket, live_codes: i64) {
        let count = &self.counts[usize::from(bucket)];
        count.changes.fetch_add(1, Ordering::Relaxed);
        count.live_codes.store(live_codes, Ordering::Relaxed);
    }

    /// The sum. Each count is there or not; a few are late by one change at most.
    pub(super) fn live_codes(&self) -> u64 {
        let counts = self.counts.iter().map(|count| {
            count
                .live_codes
                .load(Ordering::Relaxed)
                .max(0)
                .cast_unsigned()
        });
        counts.sum()
    }

    fn changes(&self) -> Vec<u64> {
        self.counts
            .iter()
            .map(|count| count.changes.load(Ordering::Relaxed))
            .collect()
    }

    /// The count as it was when somebody looked, unless it changed since the look began.
    fn seen(&self, bucket: Bucket, live_codes: i64, changes_before: u64) {
        let count = &self.counts[usize::from(bucket)];
        if count.changes.load(Ordering::Relaxed) == changes_before {
            count.live_codes.store(live_codes, Ordering::Relaxed);
        }
    }
}

impl Inner {
    /// Counts all buckets, which succeeds only if commits would.
    pub(super) async fn count(&self) -> Result<(), Unavailable> {
        let changes = self.census.changes();
        let buckets: Vec<Bucket> = (0..=Bucket::MAX).collect();
        // A single server counts them all in one go; in a cluster a script stays in its slot.
        let buckets_a_call = if self.way.is_cluster() { 1 } else { BUCKETS };
        let chunks = buckets.chunks(buckets_a_call);
        let calls = chunks
            .clone()
            .map(|buckets| (buckets[0], self.count_of(buckets)))
            .collect();
        let mut outcome = Ok(());
        for (buckets, reply) in chunks.zip(self.way.ask_each(Some(&scripts::CENSUS), calls).await) {
            match reply.and_then(trouble::read::<Vec<i64>>) {
                Ok(counts) => {
                    for (bucket, live_codes) in buckets.iter().zip(counts) {
                        self.census
                            .seen(*bucket, live_codes, changes[usize::from(*bucket)]);
                    }
                }
                Err(trouble) => outcome = Err(trouble),
            }
        }
        outcome
    }

    /// Counts now and then, and looks who is in charge of what.
    pub(super) async fn watch(&self) {
        let mut ticks = interval(PERIOD);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.way.refresh().await;
            // What it finds is for whoever asks next.
            let _ = self.count().await;
        }
    }

    fn count_of(&self, buckets: &[Bucket]) -> Cmd {
        let mut count = scripts::CENSUS.command(buckets.len());
        for bucket in buckets {
            count.arg(self.keys.live_codes(*bucket));
        }
        count
    }
}
