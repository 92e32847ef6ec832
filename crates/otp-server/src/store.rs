//! Where records are kept. A closed set of back ends under one contract; none holds a rule.

pub mod backend;
pub mod embedded;
pub mod live;
pub mod memory;

use otp_core::{Record, RecordKey, Timestamp};

pub use self::backend::{Commit, Unavailable, Version};
use self::backend::{Key, Write};
use self::embedded::EmbeddedStore;
use self::memory::MemoryStore;

/// The back end in use.
#[derive(Debug)]
pub enum Store {
    /// One process, one data directory.
    Embedded(EmbeddedStore),
    /// Nothing outlives the process: tests only.
    Memory(MemoryStore),
}

/// A record as it was loaded.
#[derive(Debug)]
pub struct Versioned {
    /// What a commit must find unchanged.
    pub version: Version,
    /// The record.
    pub record: Record,
}

/// The same call on whichever back end there is.
macro_rules! each {
    ($store:expr, $backend:ident => $call:expr) => {
        match $store {
            Store::Embedded($backend) => $call,
            Store::Memory($backend) => $call,
        }
    };
}

impl Store {
    /// The record under this key, unless it is absent or may be forgotten.
    pub async fn load(
        &self,
        key: RecordKey,
        now: Timestamp,
    ) -> Result<Option<Versioned>, Unavailable> {
        let loaded = each!(self, backend => backend.load(Key(key.bytes()), now.unix_ms()).await)?;
        let Some(stored) = loaded else {
            return Ok(None);
        };
        let record = Record::decode(&stored.body).map_err(Unavailable::unreadable)?;
        Ok(Some(Versioned {
            version: stored.version,
            record,
        }))
    }

    /// Replaces the record if it is still the expected one, and arms its timer, in one step.
    /// Resolves once the write is as durable as the back end makes it.
    pub async fn commit(
        &self,
        key: RecordKey,
        expected: Option<Version>,
        next: &Record,
        now: Timestamp,
    ) -> Result<Commit, Unavailable> {
        let write = Write {
            key: Key(key.bytes()),
            expected,
            body: next.encode(),
            due_at_ms: next.due_at().map(Timestamp::unix_ms),
            forget_at_ms: next.forget_at().unix_ms(),
            live_codes: next.live_codes(),
        };
        each!(self, backend => backend.commit(write, now.unix_ms()).await)
    }

    /// Records whose timer has fired, at most `limit`. Each is handed out again after
    /// `lease_secs` unless it was committed meanwhile.
    pub async fn due(
        &self,
        now: Timestamp,
        limit: usize,
        lease_secs: u64,
    ) -> Result<Vec<RecordKey>, Unavailable> {
        let due =
            each!(self, backend => backend.due(now.unix_ms(), limit, lease_secs * 1000).await)?;
        Ok(due
            .into_iter()
            .map(|key| RecordKey::from_bytes(key.0))
            .collect())
    }

    /// How many codes could be approved now.
    #[must_use]
    pub fn live_codes(&self) -> u64 {
        each!(self, backend => backend.live_codes())
    }

    /// Could a commit succeed now?
    pub async fn health(&self) -> Result<(), Unavailable> {
        each!(self, backend => backend.health().await)
    }
}
