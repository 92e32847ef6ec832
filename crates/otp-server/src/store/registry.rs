//! A small set of named entries that servers read all the time and commands change while servers run:
//! applications and keys. It lies beside the records, and needs none of their locks. Beside the entries
//! it has shelves, of which nobody reads more than a page.

/// The same call on whichever back end there is.
macro_rules! each {
    ($registry:expr, $backend:ident => $call:expr) => {
        match $registry {
            Registry::Embedded($backend) => $call,
            Registry::Memory($backend) => $call,
            Registry::Redis($backend) => $call,
        }
    };
}

mod embedded;
mod memory;
mod shelf;

use std::collections::BTreeMap;

pub use self::embedded::EmbeddedRegistry;
pub use self::memory::MemoryRegistry;
pub use self::shelf::{PAGE_MAX, Put, Shelf, WhenFull};
use super::backend::Unavailable;
pub use super::redis::RedisRegistry;

/// How long a name may be, in bytes.
pub const NAME_BYTES_MAX: usize = 128;
/// How long a value may be, in bytes.
pub const VALUE_BYTES_MAX: usize = 16 * 1024;
/// How many entries there may be.
pub const ENTRIES_MAX: usize = 10_000;

/// Where the entries are.
#[derive(Clone, Debug)]
pub enum Registry {
    /// In a file of the data directory.
    Embedded(EmbeddedRegistry),
    /// In this process: tests only.
    Memory(MemoryRegistry),
    /// In the Redis that servers share.
    Redis(RedisRegistry),
}

/// One state of the whole. It rises with each change; a registry without entries may have none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct RegistryVersion(pub(super) u64);

/// The entries by name.
pub type Entries = BTreeMap<String, Vec<u8>>;

/// What there is to see.
#[derive(Clone, Debug)]
pub enum Seen {
    /// What was known already.
    Unchanged,
    /// Another state.
    Snapshot(Snapshot),
}

/// All entries as they were at one moment.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Which state it is.
    pub version: RegistryVersion,
    /// The entries.
    pub entries: Entries,
}

/// One entry's part in a change.
#[derive(Clone, Debug)]
pub struct Change {
    /// Which entry.
    pub name: String,
    /// What must be there for anything to change.
    pub expected: Expected,
    /// What is there afterwards; nothing removes it.
    pub next: Option<Vec<u8>>,
}

/// What must be there for anything to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Nothing.
    Absent,
    /// This value.
    Value(Vec<u8>),
    /// Whatever is there, or nothing.
    Any,
}

impl Expected {
    /// Is this what is expected?
    fn is(&self, current: Option<&[u8]>) -> bool {
        match self {
            Self::Any => true,
            Self::Absent => current.is_none(),
            Self::Value(value) => current == Some(value),
        }
    }
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// All of it is kept.
    Done,
    /// None of it is: at least one entry is not what was expected.
    Differs,
    /// None of it is: there would be more than [`ENTRIES_MAX`] entries.
    Full,
}

impl Registry {
    /// All entries, unless they are still the known ones.
    pub async fn look(&self, known: Option<RegistryVersion>) -> Result<Seen, Unavailable> {
        each!(self, backend => backend.look(known).await)
    }

    /// All entries.
    pub async fn snapshot(&self) -> Result<Snapshot, Unavailable> {
        match self.look(None).await? {
            Seen::Snapshot(snapshot) => Ok(snapshot),
            Seen::Unchanged => unreachable!("nothing was known"),
        }
    }

    /// Makes all of the changes or none of them. Answers once they are as durable as the back end
    /// makes anything; an error may mean that they are kept all the same.
    pub async fn change(&self, changes: Vec<Change>) -> Result<Changed, Unavailable> {
        for Change { name, next, .. } in &changes {
            must_fit(name, next.as_deref().unwrap_or_default())?;
        }
        each!(self, backend => backend.change(changes).await)
    }

    /// Notes moments (ms) of use by name, the latest of each. That is no change: it is coarse, may
    /// be lost, and wakes nobody.
    pub async fn touch(&self, uses: Vec<(String, u64)>) -> Result<(), Unavailable> {
        if uses.is_empty() {
            return Ok(());
        }
        each!(self, backend => backend.touch(uses).await)
    }

    /// The moments that were noted.
    pub async fn touched(&self) -> Result<BTreeMap<String, u64>, Unavailable> {
        each!(self, backend => backend.touched().await)
    }
}

fn must_fit(name: &str, value: &[u8]) -> Result<(), Unavailable> {
    let size = value.len();
    if !name.is_empty() && name.len() <= NAME_BYTES_MAX && size <= VALUE_BYTES_MAX {
        return Ok(());
    }
    Err(Unavailable::saying(format!(
        "the entry {name:?} is too large: {} bytes of name and {size} bytes, where {NAME_BYTES_MAX} and \
         {VALUE_BYTES_MAX} are the most; make it smaller",
        name.len()
    ))
    .not_begun())
}
