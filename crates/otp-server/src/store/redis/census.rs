//! How many codes are live, over all processes: each bucket's count as it was last heard of.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

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
        Self { counts: (0..BUCKETS).map(|_| Count::default()).collect() }
    }

    /// The count after a change.
    pub(super) fn put(&self, bucket: Bucket, live_codes: i64) {
        let count = &self.counts[usize::from(bucket)];
        count.changes.fetch_add(1, Ordering::Relaxed);
        count.live_codes.store(live_codes, Ordering::Relaxed);
    }

    /// The sum. Each count is there or not; a few are late by one change at most.
    pub(super) fn live_codes(&self) -> u64 {
        let counts = self.counts.iter().map(|count| count.live_codes.load(Ordering::Relaxed).max(0).cast_unsigned());
        counts.sum()
    }

    fn changes(&self) -> Vec<u64> {
        self.counts.iter().map(|count| count.changes.load(Ordering::Relaxed)).collect()
    }

    /// The count as it was when somebody looked, unless it changed since the look began.
    fn seen(&self, bucket: usize, live_codes: i64, changes_before: u64) {
        let count = &self.counts[bucket];
        if count.changes.load(Ordering::Relaxed) == changes_before {
            count.live_codes.store(live_codes, Ordering::Relaxed);
        }
    }
}

impl Inner {
    /// Counts all buckets, which succeeds only if commits would.
    pub(super) async fn count(&self) -> Result<(), Unavailable> {
        let changes = self.census.changes();
        let names: Vec<String> = (0..=Bucket::MAX).map(|bucket| self.keys.live_codes(bucket)).collect();
        // A single server counts them all in one go; in a cluster a script stays in its slot.
        let names_a_call = if self.link.is_cluster() { 1 } else { BUCKETS };
        let calls: Vec<_> = names
            .chunks(names_a_call)
            .map(|names| {
                let mut call = scripts::CENSUS.command(names.len());
                call.arg(names);
                call
            })
            .collect();
        let mut trouble = None;
        let mut answers = 0;
        for (index, reply) in self.link.run_all(&scripts::CENSUS, &calls).await.into_iter().enumerate() {
            match reply.and_then(trouble::read::<Vec<i64>>) {
                Ok(counts) => {
                    answers += 1;
                    for (offset, live_codes) in counts.into_iter().enumerate() {
                        let bucket = index * names_a_call + offset;
                        self.census.seen(bucket, live_codes, changes[bucket]);
                    }
                }
                Err(error) => trouble = Some(error),
            }
        }
        let Some(trouble) = trouble else {
            return Ok(());
        };
        if answers == 0 {
            self.link.give_up_cluster(&trouble);
        }
        Err(trouble)
    }

    /// Counts now and then, and dials again whenever the link is down.
    pub(super) async fn watch(&self) {
        let mut ticks = interval(PERIOD);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => {
                    // What it finds is for whoever asks next.
                    let _ = self.count().await;
                }
                reason = self.link.down() => {
                    tracing::warn!("redis is lost: {reason}");
                    self.link.reopen().await;
                    tracing::info!("redis is back");
                }
            }
        }
    }
}
