//! What happens when a transaction fails: nothing of it stays visible, and the store says no until
//! a probe has shown that it can write again.

use std::collections::HashMap;
use std::iter;
use std::time::Duration;

use super::super::backend::{Key, Unavailable, Version};
use super::database::{Checkpoint, is_full};
use super::queue::Group;
use super::writer::Writer;

const PROBE_INTERVAL: Duration = Duration::from_millis(250);

/// For each record that must be put back: the version that the disk has of it, if any.
type PutBack = HashMap<Key, Option<Version>>;

impl Writer {
    /// Refuses the group that failed and all behind it, puts memory back to what the disk holds,
    /// and returns when the store can write again, or is closing.
    pub(super) fn recover(&mut self, failed: Group, error: rusqlite::Error) {
        let why = self.explain(error);
        tracing::error!("the store is down: {why}");
        let queued = self.queue.shut(why.clone());
        let mut put_back = PutBack::new();
        for group in iter::once(failed).chain(queued) {
            for row in &group.rows {
                // Of several unwritten states the first one took the place of a written one.
                put_back.entry(row.next.key).or_insert(row.next.supersedes);
            }
            group.written.settle(Err(why.clone()));
        }
        while let Some(unneeded) = self.queue.pause(PROBE_INTERVAL) {
            self.leftovers.add(unneeded);
            match self.try_again(&mut put_back) {
                Ok(()) => {
                    self.queue.reopen();
                    self.upkeep.committed();
                    tracing::info!("the store is up again");
                    return;
                }
                Err(error) => tracing::debug!("the store is still down: {error}"),
            }
        }
    }

    fn try_again(&mut self, put_back: &mut PutBack) -> Result<(), rusqlite::Error> {
        while let Some((&key, &version)) = put_back.iter().next() {
            let durable = version.map_or(Ok(None), |version| self.database.row(version))?;
            self.live.restore(key, durable);
            put_back.remove(&key);
        }
        // What can be deleted makes room; so does a log that starts again. Whether it was enough,
        // the probe shows.
        let deleted = self.delete_all();
        let restarted = self.database.checkpoint(Checkpoint::Restart);
        self.database.probe()?;
        deleted.and(restarted).map(drop)
    }

    fn explain(&self, error: rusqlite::Error) -> Unavailable {
        let dir = self.data_dir.display();
        let message = if !is_full(&error) {
            format!(
                "cannot write under {dir}: {error}: check the disk; the store recovers by itself"
            )
        } else if self.database.is_at_its_limit() {
            "the store has reached its size limit: raise store.max_megabytes, or wait until records may be forgotten; \
             the store recovers by itself"
                .to_owned()
        } else {
            format!("the disk is full: free space under {dir}; the store recovers by itself")
        };
        Unavailable::because(message, error)
    }
}
