//! The Redis store: many processes share one Redis or Valkey, alone, behind a failover endpoint,
//! or as a cluster.
//!
//! A record, and of its bucket the timers, the outbox, the lists and the count of live codes, lie in
//! one hash slot, and change together in one script. What is written there, and what a failover can lose, stands in
//! `docs/redis.md`. All talk to Redis happens on one thread with a runtime of its own, so that any
//! number of runtimes can use the store at once, and what was begun is finished whoever stops
//! waiting for it.

mod census;
mod cluster;
mod connection;
mod counts;
mod dial;
mod driver;
mod keyspace;
mod link;
mod lists;
mod options;
mod outbox;
mod registry;
mod scripts;
mod shelves;
mod time;
mod timers;
mod trouble;
mod value;
mod walk;
mod way;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rand::TryRng;
use rand::rngs::SysRng;
use redis::Cmd;

use self::census::Census;
use self::driver::Driver;
use self::keyspace::{BUCKETS, Bucket, Keyspace};
use self::lists::Page;
pub use self::options::{Password, RedisOptions, RedisUrlError};
use self::outbox::HandOut;
pub use self::registry::RedisRegistry;
use self::timers::Attendance;
use self::way::Way;
use super::backend::{
    Claim, Commit, EventId, Key, Outgoing, Place, Stored, Taken, Unavailable, Version, Write,
};

/// How much longer than it must a record stays, on Redis' clock. Servers drop records on time by
/// their own clock; this is for when none is left to do it, and a day covers a clock of Redis'
/// that jumps by a day.
const LINGER_MS: u64 = 25 * 3_600_000;

/// Rounds of looking and dropping that one call for due records makes at most.
const ROUNDS_MAX: usize = 8;

/// A shared store. Dropping it waits, up to the response time-out, for what is under way.
#[derive(Debug)]
pub struct RedisStore {
    inner: Arc<Inner>,
    driver: Arc<Driver>,
    /// The next version that this process gives. It starts anywhere in 64 bits, so processes do not
    /// meet; a version matters only to those who hold it for one and the same record.
    next_version: AtomicU64,
}

/// What is used on the driver's thread.
#[derive(Debug)]
struct Inner {
    way: Way,
    keys: Keyspace,
    census: Census,
}

impl RedisStore {
    /// Connects, and refuses a server on which codes would not be safe. Fails within the connect
    /// and the response time-out together. Once connected, it connects again by itself.
    pub async fn connect(options: &RedisOptions) -> Result<Self, Unavailable> {
        let first = SysRng
            .try_next_u64()
            .map_err(|cause| Unavailable::because("the system gives no random numbers", cause))?;
        let keys = Keyspace::new(&options.prefix)?;
        let driver = Driver::start(options)?;
        let options = options.clone();
        let way = driver
            .finish(async move { Way::open(&options).await })
            .await?;
        let inner = Arc::new(Inner {
            way,
            keys,
            census: Census::new(),
        });
        let watched = Arc::clone(&inner);
        driver.keep(async move { watched.watch().await });
        Ok(Self {
            inner,
            driver: Arc::new(driver),
            next_version: AtomicU64::new(first),
        })
    }

    /// The record, unless it is absent or may be forgotten.
    pub async fn load(&self, key: Key, now_ms: u64) -> Result<Option<Stored>, Unavailable> {
        let inner = Arc::clone(&self.inner);
        self.driver
            .run(async move { inner.load(key, now_ms).await })
            .await
    }

    /// Replaces the record if it is in the expected version. It is under way from the first poll
    /// on, whether or not anybody waits. An answer that is lost is [`Unavailable`], and the write
    /// may have been kept or be kept yet; a record that has moved on meanwhile is left alone.
    pub async fn commit(&self, write: Write, now_ms: u64) -> Result<Commit, Unavailable> {
        let next = Version(self.next_version.fetch_add(1, Ordering::Relaxed));
        let inner = Arc::clone(&self.inner);
        self.driver
            .run(async move { inner.commit(&write, next, now_ms).await })
            .await
    }

    /// Counts all of the claims, or none when one has no room. An answer that is lost is
    /// [`Unavailable`], and they may have been counted.
    pub async fn take(&self, claims: &[Claim], now_ms: u64) -> Result<Taken, Unavailable> {
        let inner = Arc::clone(&self.inner);
        let claims = claims.to_vec();
        self.driver
            .run(async move { inner.claim(&claims, now_ms).await })
            .await
    }

    /// Takes back what was counted at that moment.
    pub async fn give_back(&self, claims: &[Claim], taken_at_ms: u64) -> Result<(), Unavailable> {
        let inner = Arc::clone(&self.inner);
        let claims = claims.to_vec();
        self.driver
            .run(async move { inner.give_back(&claims, taken_at_ms).await })
            .await
    }

    /// What can be loaded here is kept already, as safely as Redis keeps anything.
    #[expect(clippy::unused_async, reason = "the same face as the other back ends")]
    pub async fn settled(&self, _: Version) -> Result<(), Unavailable> {
        Ok(())
    }

    /// Records that want attention, at most `limit`, the longest overdue first; each is handed out
    /// again, by any process, after `lease_ms` unless it is committed meanwhile. Fewer than `limit`
    /// means that there are no more. Drops what may be forgotten; if that is very much at once, the
    /// rest is left for the next call, and with it what is due behind it. Where a part of a cluster
    /// does not answer, the others' records are handed out.
    pub async fn due(
        &self,
        now_ms: u64,
        limit: usize,
        lease_ms: u64,
    ) -> Result<Vec<Key>, Unavailable> {
        let mut keys = Vec::new();
        for _ in 0..ROUNDS_MAX {
            let inner = Arc::clone(&self.inner);
            let round = Attendance::new(now_ms, limit - keys.len(), lease_ms);
            match self
                .driver
                .run(async move { inner.attend(round).await })
                .await
            {
                Ok(attended) => {
                    keys.extend(attended.due);
                    if attended.is_all || keys.len() >= limit {
                        break;
                    }
                }
                Err(trouble) if keys.is_empty() => return Err(trouble),
                // They are leased, so they must be handed out.
                Err(_) => break,
            }
        }
        Ok(keys)
    }

    /// Into how many parts a walk over all records is divided.
    #[must_use]
    pub fn parts(&self) -> usize {
        BUCKETS
    }

    /// The records of one of the [`parts`](Self::parts), less those that may be forgotten. One that
    /// is committed meanwhile is there in its state before or after.
    pub async fn part(
        &self,
        number: usize,
        now_ms: u64,
    ) -> Result<Vec<(Key, Stored)>, Unavailable> {
        let Ok(bucket) = Bucket::try_from(number) else {
            return Ok(Vec::new());
        };
        let inner = Arc::clone(&self.inner);
        let keys = self
            .driver
            .run(async move { inner.names(bucket).await })
            .await?;
        let mut found = Vec::with_capacity(keys.len());
        for keys in keys.chunks(walk::LOADS_AT_ONCE) {
            let (inner, keys) = (Arc::clone(&self.inner), keys.to_vec());
            let some = self
                .driver
                .run(async move { inner.load_all(bucket, &keys, now_ms).await });
            found.extend(some.await?);
        }
        Ok(found)
    }

    /// Events of commits, at most `limit`, the oldest first, each record's in the order of its
    /// commits; each is handed out again, by any process, after `lease_ms` unless it is
    /// acknowledged. Where a part of a cluster does not answer, the others' events are handed out.
    /// A look into every bucket: not to be done more often than about once a second.
    pub async fn events(
        &self,
        now_ms: u64,
        limit: usize,
        lease_ms: u64,
    ) -> Result<Vec<Outgoing>, Unavailable> {
        let inner = Arc::clone(&self.inner);
        let round = HandOut::new(now_ms, limit, lease_ms);
        self.driver
            .run(async move { inner.hand_out(round).await })
            .await
    }

    /// They are never handed out again.
    pub async fn acknowledge(&self, events: &[EventId]) -> Result<(), Unavailable> {
        let inner = Arc::clone(&self.inner);
        let events = events.to_vec();
        self.driver
            .run(async move { inner.acknowledge(&events).await })
            .await
    }

    /// The newest entries of a list, or the newest before a place, at most `limit`. Where a part of a
    /// cluster does not answer, the others' entries are told. A look into every bucket: for people,
    /// not for every request.
    pub async fn list(
        &self,
        list: Key,
        before: Option<Place>,
        limit: usize,
        now_ms: u64,
    ) -> Result<Vec<Place>, Unavailable> {
        let inner = Arc::clone(&self.inner);
        let page = Page::new(list, before, limit, now_ms);
        self.driver.run(async move { inner.list(page).await }).await
    }

    /// The sum of what the records say. This process' commits show at once, others' within about a
    /// second; while Redis is down it is what was known last.
    #[must_use]
    pub fn live_codes(&self) -> u64 {
        self.inner.census.live_codes()
    }

    /// The registry in the same place, over the same connections.
    #[must_use]
    pub fn registry(&self) -> RedisRegistry {
        RedisRegistry {
            inner: Arc::clone(&self.inner),
            driver: Arc::clone(&self.driver),
        }
    }

    /// Could a commit succeed now? Of a cluster: to any record.
    pub async fn health(&self) -> Result<(), Unavailable> {
        let inner = Arc::clone(&self.inner);
        self.driver.run(async move { inner.count().await }).await
    }
}

impl Inner {
    async fn load(&self, key: Key, now_ms: u64) -> Result<Option<Stored>, Unavailable> {
        let reply = self
            .way
            .ask(
                Keyspace::bucket(key),
                None,
                &Cmd::get(self.keys.record(key)),
            )
            .await?;
        let Some(bytes): Option<Vec<u8>> = trouble::read(reply)? else {
            return Ok(None);
        };
        value::decode(&bytes, now_ms)
    }

    async fn commit(
        &self,
        write: &Write,
        next: Version,
        now_ms: u64,
    ) -> Result<Commit, Unavailable> {
        let bucket = Keyspace::bucket(write.key);
        let to_live_ms = write
            .forget_at_ms
            .saturating_sub(now_ms)
            .saturating_add(LINGER_MS)
            .min(value::MS_MAX);
        let outbox_keys = if write.events.is_empty() { 0 } else { 3 };
        let list_keys = usize::from(write.listing.is_some());
        let mut command = scripts::COMMIT.command(3 + outbox_keys + list_keys);
        command
            .arg(self.keys.record(write.key))
            .arg(self.keys.timers(bucket))
            .arg(self.keys.live_codes(bucket));
        self.add_outbox_keys(&mut command, write);
        self.add_list_key(&mut command, write);
        command
            .arg(
                write
                    .expected
                    .map_or(Vec::new(), |version| version.0.to_be_bytes().to_vec()),
            )
            .arg(value::encode(write, next))
            .arg(now_ms)
            .arg(&write.key.0[..])
            .arg(timers::rings_at(write))
            .arg(to_live_ms)
            .arg(write.live_codes);
        Self::add_events(&mut command, write);
        Self::add_listing(&mut command, write, now_ms);
        let reply = self
            .way
            .ask(bucket, Some(&scripts::COMMIT), &command)
            .await?;
        let (outcome, live_codes): (i64, i64) = trouble::read(reply)?;
        match outcome {
            1 | 0 => self.census.put(bucket, live_codes),
            _ => return Err(value::newer()),
        }
        Ok(if outcome == 1 {
            Commit::Committed(next)
        } else {
            Commit::Conflict
        })
    }
}
