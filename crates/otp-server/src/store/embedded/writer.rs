//! The one thread that writes: takes what is queued, writes it in one transaction, wakes who waits.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::super::backend::Unavailable;
use super::super::listings::Listings;
use super::super::live::{Along, Live};
use super::super::outbox::{Outbox, named};
use super::database::{Checkpoint, Database, Log, is_full};
use super::keeper::Upkeep;
use super::queue::{Group, Queue, Work};
use super::unneeded::{Leftovers, Unneeded};

/// After so long without work the writer deletes what gathered, and empties the log.
const IDLE: Duration = Duration::from_secs(1);
/// Rows deleted along with a group, for each row that it writes: more than it makes superfluous.
const DELETED_PER_ROW: usize = 2;
const DELETED_PER_GROUP: usize = 64;
/// Rows deleted in a transaction of their own.
const DELETED_WHEN_IDLE: usize = 2_000;
/// Some 100 ms.
const TRANSACTIONS_WHEN_CLOSING: usize = 10;

/// The writer and all that it works on.
#[derive(Debug)]
pub(super) struct Writer {
    pub(super) database: Database,
    pub(super) leftovers: Leftovers,
    pub(super) live: Arc<Live>,
    pub(super) outbox: Arc<Outbox>,
    pub(super) listings: Arc<Listings>,
    pub(super) queue: Arc<Queue>,
    pub(super) upkeep: Arc<Upkeep>,
    pub(super) data_dir: PathBuf,
}

impl Writer {
    /// Works until the queue is closed and empty.
    pub(super) fn run(mut self) {
        let _alarm = Alarm(Arc::clone(&self.queue));
        let mut patience = Some(IDLE);
        loop {
            match self.queue.take(patience) {
                Work::Some { group, unneeded } => {
                    self.leftovers.add(unneeded);
                    if let Some(group) = group {
                        self.write(group);
                    }
                    self.keep_log_short();
                    patience = Some(IDLE);
                }
                // Once all is in order there is nothing to wake up for.
                Work::Idle => patience = if self.tidy() { None } else { Some(IDLE) },
                Work::Closing => return self.close(),
            }
        }
    }

    fn write(&mut self, mut group: Group) {
        let mut share = self
            .leftovers
            .next(group.rows.len() * DELETED_PER_ROW + DELETED_PER_GROUP);
        let mut outcome = self.database.write(&group.rows, &share, self.queue.marks());
        if outcome.as_ref().is_err_and(is_full)
            && self.delete_all().is_ok_and(|made_room| made_room)
        {
            share = Unneeded::default();
            outcome = self.database.write(&group.rows, &share, self.queue.marks());
        }
        if let Err(error) = outcome {
            return self.recover(group, error);
        }
        self.publish(&mut group);
        self.queue.written(&group);
        self.leftovers.deleted(&share);
        self.leftovers
            .rows
            .extend(group.rows.iter().filter_map(|row| row.next.supersedes));
        self.upkeep.committed();
    }

    /// Lets be seen what a group that is on the disk has brought along.
    fn publish(&mut self, group: &mut Group) {
        let mut has_events = false;
        for row in &mut group.rows {
            let Along { events, listing } = std::mem::take(&mut row.along);
            if let Some(listing) = listing {
                let dropped = self.listings.put(listing, row.version);
                self.leftovers.listings.extend(dropped);
            }
            has_events |= !events.is_empty();
            for (id, body) in named(row.next.key, row.version, events) {
                self.outbox.put(id, body);
            }
        }
        if has_events {
            self.leftovers.events.extend(self.outbox.drop_excess());
        }
    }

    /// Once the log is long or old, writes it from its start again. The keeper has copied most of
    /// it by then, so this is short.
    fn keep_log_short(&mut self) {
        let how = match self.upkeep.take_wish() {
            None => return,
            Some(Checkpoint::Truncate) => {
                self.leftovers.sweep();
                Checkpoint::Truncate
            }
            Some(how) => how,
        };
        match self.database.checkpoint(how) {
            Ok(Log { is_busy: false, .. }) => {}
            // The keeper asks again.
            Ok(_) => tracing::warn!(
                "could not shorten the store's log: another process reads the database; trying again"
            ),
            Err(error) => tracing::warn!("could not shorten the store's log: {error}"),
        }
    }

    /// Leaves no superseded state behind, neither in the table nor in the log. Answers whether it
    /// came to the end of it.
    fn tidy(&mut self) -> bool {
        while self.queue.is_empty() {
            match self.delete_some() {
                Ok(0) => return self.keep_time_and_empty_log(),
                Ok(_) => {}
                Err(error) => {
                    self.recover(Group::default(), error);
                    return false;
                }
            }
        }
        false
    }

    fn keep_time_and_empty_log(&mut self) -> bool {
        let kept = self.database.keep_seen(self.queue.marks().seen);
        let emptied = kept.and_then(|()| self.database.checkpoint(Checkpoint::Truncate));
        emptied.is_ok_and(|log| !log.is_busy)
    }

    /// Leaves little to do for the next start; a stop must not take long, though. The last
    /// connection empties the log as it closes.
    fn close(mut self) {
        if let Err(error) = self.database.keep_seen(self.queue.marks().seen) {
            tracing::warn!("could not keep the time for the next start: {error}");
        }
        for _ in 0..TRANSACTIONS_WHEN_CLOSING {
            if !self.delete_some().is_ok_and(|deleted| deleted > 0) {
                return;
            }
        }
    }

    /// Answers whether there was anything to delete.
    pub(super) fn delete_all(&mut self) -> Result<bool, rusqlite::Error> {
        let had_any = !self.leftovers.is_empty();
        while self.delete_some()? > 0 {}
        Ok(had_any)
    }

    fn delete_some(&mut self) -> Result<usize, rusqlite::Error> {
        self.leftovers.sweep();
        let share = self.leftovers.next(DELETED_WHEN_IDLE);
        if !share.is_empty() {
            self.database.write(&[], &share, self.queue.marks())?;
            self.leftovers.deleted(&share);
        }
        Ok(share.len())
    }
}

/// A writer that panics takes nobody along: whoever waits is told, and so is whoever comes.
struct Alarm(Arc<Queue>);

impl Drop for Alarm {
    fn drop(&mut self) {
        if thread::panicking() {
            let why = "the store's writer failed, which is a bug: restart the server, and report what the log says";
            drop(self.0.shut(Unavailable::saying(why)));
        }
    }
}
