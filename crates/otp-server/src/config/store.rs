//! Where verifications are kept, and what "kept" means.

use super::{kind, reader::Section};

/// The store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreSettings {
    /// Which store.
    pub kind: StoreKind,
    /// What an acknowledged write survives.
    pub durability: Durability,
    /// Size of the embedded store at which new codes are refused; no such limit when absent.
    pub max_megabytes: Option<u32>,
    /// Writes that wait at most; one more is refused at once.
    pub queue_limit: usize,
}

/// The stores of this build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreKind {
    /// One process, one data directory.
    Embedded,
    /// Nothing outlives the process: for tests and trials.
    Memory,
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
    /// The one place that knows which stores this build has. A `redis://` address is a known choice that is
    /// not in it; the address may hold a password, so the answer does not repeat it.
    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "embedded" => Ok(Self::Embedded),
            "memory" => Ok(Self::Memory),
            _ if text.starts_with("redis://") || text.starts_with("rediss://") => {
                Err("is redis, and this build has the embedded and memory stores only".to_owned())
            }
            _ => Err("is none of the choices".to_owned()),
        }
    }
}

impl StoreSettings {
    pub(super) fn read(store: &mut Section<'_, '_>) -> Self {
        Self {
            kind: store.value(
                "kind",
                kind::parsed("\"embedded\" or \"memory\"", StoreKind::parse),
                "embedded",
                "Where codes and counts are kept: in data_dir, for one process (embedded), or nowhere after the process ends (memory, for trials).",
            ),
            durability: store.value(
                "durability",
                kind::choice(&[("fsync", Durability::Fsync), ("process", Durability::Process)]),
                "fsync",
                "What an answered request survives: power loss (fsync), or the end of the process while power loss may take the last 50 ms (process).",
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
                "Writes that wait for the disk at most; one more is answered with 503 at once.",
            ),
        }
    }
}
