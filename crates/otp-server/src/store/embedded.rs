//! The embedded store: one process, one data directory; live records in memory, SQLite as the log.
//!
//! A commit changes memory and queues a row in one step. One writer thread writes whatever is
//! queued in one transaction, and wakes those who wait. Every commit appends its row at the end of
//! the table; rows that were superseded or forgotten are deleted in bulk, in order, later on. So a
//! write costs the same whichever record it hits.

mod data_dir;
mod database;
mod events;
mod format;
mod garbage;
mod keeper;
mod listed;
mod open_error;
mod queue;
mod recovery;
mod seen;
mod unneeded;
mod voided;
mod writer;
mod written;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use self::data_dir::DataDir;
pub(super) use self::data_dir::{make as make_data_dir, open_private};
use self::database::Database;
pub(super) use self::format::sync_parent;
use self::garbage::Garbage;
use self::keeper::{Keeper, Upkeep};
pub use self::open_error::OpenError;
use self::queue::{PATIENCE, Queue};
use self::unneeded::Leftovers;
use self::writer::Writer;
use super::backend::{
    Claim, Commit, EventId, Key, Outgoing, Place, Stored, Taken, Unavailable, Version, Write,
};
use super::listings::Listings;
use super::live::Live;
use super::outbox::Outbox;
use super::registry::EmbeddedRegistry;
use crate::clock::Seen;

/// A wall clock that is ahead of the kept time by more is not believed at load.
const GAP_MAX_MS: u64 = 3_600_000;

/// A record that is kept for longer is a mark, not a limit: a limit looks back a day.
const LASTING_MS: u64 = 365 * 24 * 3_600_000;

/// How to open a data directory.
#[derive(Clone, Debug)]
pub struct EmbeddedOptions {
    /// The directory; made, for its owner only, if it is not there.
    pub data_dir: PathBuf,
    /// What an acknowledged write survives.
    pub durability: Durability,
    /// Size of the database at which commits are refused. The log beside it comes on top: about
    /// 64 MB, more while the disk cannot follow.
    pub max_bytes: Option<u64>,
    /// Writes that wait for the disk at most; one more is refused.
    pub queue_limit: usize,
}

/// What an acknowledged write survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Power loss: it is on the disk.
    Fsync,
    /// The end of the process, even by `kill -9`; power loss may take the last 50 ms.
    Process,
}

/// An open data directory. Dropping it writes what is queued and closes the database.
#[derive(Debug)]
pub struct EmbeddedStore {
    live: Arc<Live>,
    outbox: Arc<Outbox>,
    listings: Arc<Listings>,
    queue: Arc<Queue>,
    upkeep: Arc<Upkeep>,
    writer: Option<JoinHandle<()>>,
    keeper: Option<JoinHandle<()>>,
    /// Held until everything else is gone.
    data_dir: DataDir,
}

impl EmbeddedStore {
    /// Whether there is a store in this directory. Opening one makes it.
    #[must_use]
    pub fn is_there(data_dir: &Path) -> bool {
        data_dir::database_in(data_dir).exists()
    }

    /// Takes the data directory for this process, and reads what was kept in it. Records that may
    /// be forgotten by `wall_ms` are left behind, unless the wall clock is far ahead of the latest
    /// moment that was kept: the machine may have been off for a day, or its clock may be wrong,
    /// and this is no place to find out. Then only what was past by the kept time is left behind.
    /// The rest is loaded, and [`EmbeddedStore::due`] drops it once our own clock, which
    /// [`EmbeddedStore::latest_seen`] helps to set right, says so.
    pub fn open(options: &EmbeddedOptions, wall_ms: u64) -> Result<Self, OpenError> {
        let data_dir = DataDir::take(&options.data_dir)?;
        let path = data_dir.database();
        format::check_or_create(&path)?;
        let wrong = |cause| OpenError::of_database(&path, cause);
        let mut database =
            Database::open(&path, options.durability, options.max_bytes).map_err(wrong)?;
        let forget_by_ms = believed_at_load(wall_ms, database.seen());
        let mut leftovers = Leftovers::default();
        let (live, last) = read_all(&database, forget_by_ms, &mut leftovers.rows).map_err(wrong)?;
        let first_free = database.reserve_versions(last).map_err(wrong)?;
        // Without a record that passes there is no limit that a wrong clock could widen.
        let seen = database
            .seen()
            .filter(|seen| live.forgets_any_before(seen.at_ms.saturating_add(LASTING_MS)));

        let outbox = Arc::new(Outbox::default());
        database
            .each_event(|id, body| outbox.put(id, body))
            .map_err(wrong)?;
        let listings = read_lists(&database, forget_by_ms, &mut leftovers.listings);
        let listings = Arc::new(listings.map_err(wrong)?);
        let live = Arc::new(live);
        let queue = Arc::new(Queue::new(first_free, seen, options.queue_limit));
        let upkeep = Arc::new(Upkeep::default());
        let keeper = Keeper::open(&path, options.durability, Arc::clone(&upkeep)).map_err(wrong)?;
        let writer = Writer {
            database,
            leftovers,
            live: Arc::clone(&live),
            outbox: Arc::clone(&outbox),
            listings: Arc::clone(&listings),
            queue: Arc::clone(&queue),
            upkeep: Arc::clone(&upkeep),
            data_dir: options.data_dir.clone(),
        };
        let cannot_start = |cause| OpenError::NoThread { cause };
        let mut store = Self {
            live,
            outbox,
            listings,
            queue,
            upkeep,
            writer: None,
            keeper: None,
            data_dir,
        };
        store.keeper = Some(start("store-keeper", move || keeper.run()).map_err(cannot_start)?);
        store.writer = Some(start("store-writer", move || writer.run()).map_err(cannot_start)?);
        Ok(store)
    }

    /// The record, unless it is absent or may be forgotten. It may be a state that is still on its
    /// way to the disk; whatever is decided on it is queued behind it, and fails with it.
    #[expect(clippy::unused_async, reason = "the same face as the other back ends")]
    pub async fn load(&self, key: Key, now_ms: u64) -> Result<Option<Stored>, Unavailable> {
        self.queue.check()?;
        Ok(self.live.load(key, now_ms))
    }

    /// Replaces the record if it is in the expected version. That, and the queueing of the write,
    /// happens at the first poll, so dropping the future afterwards takes nothing back. Resolves
    /// once the write is durable, or after 800 ms with [`Unavailable`]: the write is still queued
    /// then, is what others load, and will be on the disk unless the store goes down.
    pub async fn commit(&self, write: Write, now_ms: u64) -> Result<Commit, Unavailable> {
        let replaced = self.live.replace(write, now_ms, |next, along| {
            self.queue.push(next, along, now_ms)
        })?;
        let Some((version, written)) = replaced else {
            return self.queue.check().map(|()| Commit::Conflict);
        };
        written.wait(PATIENCE).await?;
        Ok(Commit::Committed(version))
    }

    /// Counts all of the claims, or none when one has no room. The counts are queued for the disk,
    /// ahead of whatever is committed after them, so nothing that is told rests on a count that
    /// could be lost; nobody needs to wait for them alone.
    #[expect(clippy::unused_async, reason = "the same face as the other back ends")]
    pub async fn take(&self, claims: &[Claim], now_ms: u64) -> Result<Taken, Unavailable> {
        self.queue.check()?;
        self.live
            .take(claims, now_ms, |next| self.queue.push_count(next, now_ms))
    }

    /// Takes back what was counted at that moment.
    #[expect(clippy::unused_async, reason = "the same face as the other back ends")]
    pub async fn give_back(&self, claims: &[Claim], taken_at_ms: u64) -> Result<(), Unavailable> {
        self.live.give_back(claims, taken_at_ms, |next| {
            self.queue.push_count(next, taken_at_ms)
        })
    }

    /// Resolves once the version, as [`EmbeddedStore::load`] gave it, is durable: at once unless it
    /// is still on its way to the disk. Wait for it before telling anybody what a record says when
    /// nothing is committed on top of it. Fails if the version was taken back, or after 800 ms.
    pub async fn settled(&self, version: Version) -> Result<(), Unavailable> {
        self.queue.settled(version).await
    }

    /// The latest moment that anybody acted at, as far as it was kept, and how long the machine had
    /// been up then. `None` where there is no record but such as last, so that nothing rests on it.
    #[must_use]
    pub fn latest_seen(&self) -> Option<Seen> {
        self.queue.marks().seen
    }

    /// Records that want attention, at most `limit`, the longest overdue first; each is handed out
    /// again after `lease_ms` unless it is committed meanwhile; fewer than `limit` means that there
    /// are no more. Drops what may be forgotten; it does so even while it has to answer with an
    /// error, because that may be what makes room again.
    pub async fn due(
        &self,
        now_ms: u64,
        limit: usize,
        lease_ms: u64,
    ) -> Result<Vec<Key>, Unavailable> {
        self.queue.see(now_ms);
        self.drop_aged(now_ms);
        let state = self.queue.check();
        let lease_ms = if state.is_ok() { lease_ms } else { 0 };
        let keys = self
            .live
            .due(now_ms, limit, lease_ms, |last| self.queue.forget(last))
            .await;
        state.map(|()| keys)
    }

    /// Into how many parts a walk over all records is divided.
    #[must_use]
    pub fn parts(&self) -> usize {
        self.live.parts()
    }

    /// The records of one of the [`parts`](Self::parts), less those that may be forgotten. As with
    /// [`EmbeddedStore::load`], a state may still be on its way to the disk.
    #[expect(clippy::unused_async, reason = "the same face as the other back ends")]
    pub async fn part(
        &self,
        number: usize,
        now_ms: u64,
    ) -> Result<Vec<(Key, Stored)>, Unavailable> {
        self.queue.check()?;
        Ok(self.live.part(number, now_ms))
    }

    /// Events of commits that are on the disk, at most `limit`, the oldest first, each record's in
    /// the order of its commits; each is handed out again after `lease_ms` unless it is
    /// acknowledged.
    #[expect(clippy::unused_async, reason = "the same face as the other back ends")]
    pub async fn events(
        &self,
        now_ms: u64,
        limit: usize,
        lease_ms: u64,
    ) -> Result<Vec<Outgoing>, Unavailable> {
        Ok(self.outbox.hand_out(now_ms, limit, lease_ms))
    }

    /// They are not handed out again, except after a crash within the next second or so: the disk
    /// is told along with later commits, or when there is nothing else to do.
    #[expect(clippy::unused_async, reason = "the same face as the other back ends")]
    pub async fn acknowledge(&self, events: &[EventId]) -> Result<(), Unavailable> {
        self.outbox.remove(events);
        self.queue.acknowledge(events);
        Ok(())
    }

    /// The newest entries of a list, or the newest before a place, at most `limit`. Each was brought
    /// by a commit that is on the disk.
    #[expect(clippy::unused_async, reason = "the same face as the other back ends")]
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

    /// The registry in the same directory.
    #[must_use]
    pub fn registry(&self) -> EmbeddedRegistry {
        EmbeddedRegistry::in_dir(self.data_dir.path())
    }

    /// Could a commit succeed now, and within a second?
    #[expect(clippy::unused_async, reason = "the same face as the other back ends")]
    pub async fn health(&self) -> Result<(), Unavailable> {
        self.queue.check()
    }

    fn drop_aged(&self, now_ms: u64) {
        let aged = self.listings.drop_aged(now_ms);
        if !aged.is_empty() {
            self.queue.unlist(aged);
        }
    }
}

impl Drop for EmbeddedStore {
    fn drop(&mut self) {
        // A panic in there has been reported where it happened.
        self.upkeep.close();
        let _ = self.keeper.take().map(JoinHandle::join);
        self.queue.close();
        let _ = self.writer.take().map(JoinHandle::join);
    }
}

fn start(name: &str, run: impl FnOnce() + Send + 'static) -> std::io::Result<JoinHandle<()>> {
    thread::Builder::new().name(name.to_owned()).spawn(run)
}

/// The moment by which records are forgotten at load.
fn believed_at_load(wall_ms: u64, seen: Option<Seen>) -> u64 {
    let Some(seen) = seen.filter(|seen| wall_ms > seen.at_ms.saturating_add(GAP_MAX_MS)) else {
        return wall_ms;
    };
    tracing::warn!(
        clock.gap_ms = wall_ms - seen.at_ms,
        "the system clock is far ahead of when this store was last in use; \
         if the server was not off for so long, set the clock right and restart",
    );
    seen.at_ms
}

/// Reads every row in the order in which they were committed, so that the last state of a record
/// wins. Answers with the records and the last version of all; the rows that nobody needs go to
/// the garbage.
fn read_all(
    database: &Database,
    forget_by_ms: u64,
    garbage: &mut Garbage,
) -> Result<(Live, Option<Version>), rusqlite::Error> {
    let (live, mut last) = (Live::new(), None);
    database.each_row(|version, next| {
        last = Some(version);
        garbage.extend(live.version(next.key));
        if forget_by_ms < next.forget_at_ms {
            live.restore(next.key, Some((version, next)));
        } else {
            garbage.extend([version]);
            live.restore(next.key, None);
        }
    })?;
    Ok((live, last))
}

/// Reads every entry of a list. The rows of those that are too old or too many go to the garbage.
fn read_lists(
    database: &Database,
    now_ms: u64,
    garbage: &mut Garbage,
) -> Result<Listings, rusqlite::Error> {
    let listings = Listings::default();
    database.each_listing(|version, listing| garbage.extend(listings.put(listing, version)))?;
    loop {
        let aged = listings.drop_aged(now_ms);
        if aged.is_empty() {
            return Ok(listings);
        }
        garbage.extend(aged);
    }
}
