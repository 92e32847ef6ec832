//! What the store's tests share: keys, writes, and every back end under one face.

use std::sync::Arc;

use otp_server::store::backend::{
    Claim, Commit, EventId, Key, Outgoing, Place, Stored, Taken, Unavailable, Version, Write,
};
use otp_server::store::embedded::{Durability, EmbeddedOptions, EmbeddedStore};
use otp_server::store::memory::MemoryStore;
use otp_server::store::redis::RedisStore;
use rusqlite::Connection;
use tempfile::TempDir;

use super::redis::{on_cluster, on_single};
use crate::redis_process::{RedisCluster, RedisProcess};

/// A moment to start from.
pub(super) const NOW: u64 = 1_800_000_000_000;
pub(super) const HOUR: u64 = 3_600_000;

/// Any back end, with what it must outlive.
pub(super) enum AnyStore {
    Memory(MemoryStore),
    Embedded(EmbeddedStore, TempDir),
    Redis(
        RedisStore,
        #[expect(dead_code, reason = "it stops with its last user")] Arc<RedisProcess>,
    ),
    RedisCluster(
        RedisStore,
        #[expect(dead_code, reason = "it stops with its last user")] Arc<RedisCluster>,
    ),
}

impl AnyStore {
    pub(super) fn memory() -> Self {
        Self::Memory(MemoryStore::new())
    }

    pub(super) fn embedded() -> Self {
        let dir = TempDir::new().expect("a temporary directory");
        Self::Embedded(open(&dir), dir)
    }

    pub(super) async fn redis() -> Self {
        let server = RedisProcess::shared();
        Self::Redis(on_single(&server).await, server)
    }

    pub(super) async fn redis_cluster() -> Self {
        let cluster = RedisCluster::shared();
        Self::RedisCluster(on_cluster(&cluster).await, cluster)
    }

    pub(super) async fn load(&self, key: Key, now_ms: u64) -> Result<Option<Stored>, Unavailable> {
        match self {
            Self::Memory(store) => store.load(key, now_ms).await,
            Self::Embedded(store, _) => store.load(key, now_ms).await,
            Self::Redis(store, _) | Self::RedisCluster(store, _) => store.load(key, now_ms).await,
        }
    }

    pub(super) async fn commit(&self, write: Write, now_ms: u64) -> Result<Commit, Unavailable> {
        match self {
            Self::Memory(store) => store.commit(write, now_ms).await,
            Self::Embedded(store, _) => store.commit(write, now_ms).await,
            Self::Redis(store, _) | Self::RedisCluster(store, _) => {
                store.commit(write, now_ms).await
            }
        }
    }

    pub(super) async fn due(
        &self,
        now_ms: u64,
        limit: usize,
        lease_ms: u64,
    ) -> Result<Vec<Key>, Unavailable> {
        match self {
            Self::Memory(store) => store.due(now_ms, limit, lease_ms).await,
            Self::Embedded(store, _) => store.due(now_ms, limit, lease_ms).await,
            Self::Redis(store, _) | Self::RedisCluster(store, _) => {
                store.due(now_ms, limit, lease_ms).await
            }
        }
    }

    pub(super) async fn settled(&self, version: Version) -> Result<(), Unavailable> {
        match self {
            Self::Memory(store) => store.settled(version).await,
            Self::Embedded(store, _) => store.settled(version).await,
            Self::Redis(store, _) | Self::RedisCluster(store, _) => store.settled(version).await,
        }
    }

    pub(super) async fn take(&self, claims: &[Claim], now_ms: u64) -> Result<Taken, Unavailable> {
        match self {
            Self::Memory(store) => store.take(claims, now_ms).await,
            Self::Embedded(store, _) => store.take(claims, now_ms).await,
            Self::Redis(store, _) | Self::RedisCluster(store, _) => {
                store.take(claims, now_ms).await
            }
        }
    }

    pub(super) async fn give_back(
        &self,
        claims: &[Claim],
        taken_at_ms: u64,
    ) -> Result<(), Unavailable> {
        match self {
            Self::Memory(store) => store.give_back(claims, taken_at_ms).await,
            Self::Embedded(store, _) => store.give_back(claims, taken_at_ms).await,
            Self::Redis(store, _) | Self::RedisCluster(store, _) => {
                store.give_back(claims, taken_at_ms).await
            }
        }
    }

    /// All that a walk over all parts finds.
    pub(super) async fn walk(&self, now_ms: u64) -> Vec<(Key, Stored)> {
        let parts = match self {
            Self::Memory(store) => store.parts(),
            Self::Embedded(store, _) => store.parts(),
            Self::Redis(store, _) | Self::RedisCluster(store, _) => store.parts(),
        };
        let mut found = Vec::new();
        for number in 0..parts {
            let part = match self {
                Self::Memory(store) => store.part(number, now_ms).await,
                Self::Embedded(store, _) => store.part(number, now_ms).await,
                Self::Redis(store, _) | Self::RedisCluster(store, _) => {
                    store.part(number, now_ms).await
                }
            };
            found.extend(part.expect("the store is up"));
        }
        found
    }

    pub(super) async fn events(
        &self,
        now_ms: u64,
        limit: usize,
        lease_ms: u64,
    ) -> Result<Vec<Outgoing>, Unavailable> {
        match self {
            Self::Memory(store) => store.events(now_ms, limit, lease_ms).await,
            Self::Embedded(store, _) => store.events(now_ms, limit, lease_ms).await,
            Self::Redis(store, _) | Self::RedisCluster(store, _) => {
                store.events(now_ms, limit, lease_ms).await
            }
        }
    }

    pub(super) async fn acknowledge(&self, events: &[EventId]) -> Result<(), Unavailable> {
        match self {
            Self::Memory(store) => store.acknowledge(events).await,
            Self::Embedded(store, _) => store.acknowledge(events).await,
            Self::Redis(store, _) | Self::RedisCluster(store, _) => store.acknowledge(events).await,
        }
    }

    pub(super) async fn list(
        &self,
        list: Key,
        before: Option<Place>,
        limit: usize,
        now_ms: u64,
    ) -> Result<Vec<Place>, Unavailable> {
        match self {
            Self::Memory(store) => store.list(list, before, limit, now_ms).await,
            Self::Embedded(store, _) => store.list(list, before, limit, now_ms).await,
            Self::Redis(store, _) | Self::RedisCluster(store, _) => {
                store.list(list, before, limit, now_ms).await
            }
        }
    }

    pub(super) fn live_codes(&self) -> u64 {
        match self {
            Self::Memory(store) => store.live_codes(),
            Self::Embedded(store, _) => store.live_codes(),
            Self::Redis(store, _) | Self::RedisCluster(store, _) => store.live_codes(),
        }
    }
}

/// Settings for tests that do not wait for the disk.
pub(super) fn options(dir: &TempDir) -> EmbeddedOptions {
    EmbeddedOptions {
        data_dir: dir.path().join("data"),
        durability: Durability::Process,
        max_bytes: None,
        queue_limit: 10_000,
    }
}

pub(super) fn open(dir: &TempDir) -> EmbeddedStore {
    EmbeddedStore::open(&options(dir), NOW).expect("the store opens")
}

/// Keeps the store's writer from writing for as long as it lives, like a disk that does not answer.
pub(super) struct StuckDisk(Connection);

impl StuckDisk {
    pub(super) fn under(dir: &TempDir) -> Self {
        let database = Connection::open(options(dir).data_dir.join("otp.db")).expect("a database");
        database
            .execute_batch("PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE")
            .expect("nobody is writing for long");
        Self(database)
    }

    pub(super) fn recovers(self) {
        self.0.execute_batch("ROLLBACK").expect("a transaction");
    }
}

/// Spreads like the keyed hash that a real key is.
pub(super) fn key(number: u64) -> Key {
    let spread = u128::from(number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
    Key((spread ^ (spread >> 64)).to_le_bytes())
}

/// A record that is never due, holds one code, and may be forgotten after an hour.
pub(super) fn write(number: u64, expected: Option<Version>, body: &[u8]) -> Write {
    Write {
        key: key(number),
        expected,
        body: body.to_vec(),
        due_at_ms: None,
        forget_at_ms: NOW + HOUR,
        live_codes: 1,
        events: Vec::new(),
        listing: None,
    }
}

/// The same with events.
pub(super) fn write_with(number: u64, expected: Option<Version>, events: &[&[u8]]) -> Write {
    Write {
        events: events.iter().map(|body| body.to_vec()).collect(),
        ..write(number, expected, b"with events")
    }
}

/// What the events say, in their order.
pub(super) fn bodies(events: &[Outgoing]) -> Vec<&[u8]> {
    events.iter().map(|event| &event.body[..]).collect()
}

/// The names to acknowledge.
pub(super) fn ids(events: &[Outgoing]) -> Vec<EventId> {
    events.iter().map(|event| event.id).collect()
}

/// The version of a commit that must not conflict.
pub(super) fn committed(commit: Result<Commit, Unavailable>) -> Version {
    match commit.expect("the store is up") {
        Commit::Committed(version) => version,
        Commit::Conflict => panic!("the record is not in the expected version"),
    }
}
