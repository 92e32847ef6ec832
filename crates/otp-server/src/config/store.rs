//! Where verifications are kept, and what "kept" means.

use super::{kind, reader::Section};
use crate::store::redis::RedisOptions;

/// The store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreSettings {
    /// Which store.
    pub kind: StoreKind,
    /// What an acknowledged write survives.
    pub durability: Durability,
    /// Size of the embedded store at which new codes are refused; no such limit when absent.
    pub max_megabytes: Option<u32>,
    /// Writes or requests that wait for the store at most; one more is refused at once.
    pub queue_limit: usize,
}

/// The stores there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreKind {
    /// One process, one data directory.
    Embedded,
    /// Nothing outlives the process: for tests and trials.
    Memory,
    /// Many processes share one Redis or Valkey.
    Redis(Box<RedisOptions>),
}

/// What an acknowledged write survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Power loss: it is on the disk.
    Fsync,
    /// The end of the process; power loss may take the last 50 ms.
    Process,
}

impl StoreKind {
    /// The one place that knows which stores there are. An address may hold a password, so the answer does not
    /// repeat it.
    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "embedded" => Ok(Self::Embedded),
            "memory" => Ok(Self::Memory),
            _ if text.contains("://") => RedisOptions::parse(text)
                .map(|options| Self::Redis(Box::new(options)))
                .map_err(|error| error.to_string()),
            _ => Err("is none of the choices".to_owned()),
        }
    }
}

impl StoreSettings {
    pub(super) fn read(store: &mut Section<'_, '_>) -> Self {
        Self {
            kind: store.value(
                "kind",
                kind::parsed(
                    "\"embedded\", \"memory\", or an address that begins with redis://, rediss://, redis+cluster:// or rediss+cluster://",
                    StoreKind::parse,
                ),
                "embedded",
                "Where codes and counts are kept: in data_dir, for one process (embedded); in a Redis or Valkey that many processes share (its address); or nowhere after the process ends (memory, for trials).",
            ),
            durability: store.value(
                "durability",
                kind::choice(&[("fsync", Durability::Fsync), ("process", Durability::Process)]),
                "fsync",
                "What an answered request survives in the embedded store: power loss (fsync), or the end of the process while power loss may take the last 50 ms (process).",
            ),
            max_megabytes: store.optional(
                "max_megabytes",
                kind::whole(16..=1_048_576),
                "Size of the embedded store at which new codes are refused; no such limit when not set.",
            ),
            queue_limit: store.value(
                "queue_limit",
                kind::whole(1..=1_000_000),
                10_000,
                "Writes that wait for the disk, or requests that wait for Redis, at most; one more is answered with 503 at once.",
            ),
        }
    }
}
