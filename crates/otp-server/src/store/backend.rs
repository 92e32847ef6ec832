//! What every back end takes and answers. Bodies are opaque bytes here: no rule lives in a store.

use std::error::Error;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use otp_core::Cap;

/// Names a record. Already a keyed hash, so nobody outside can choose keys that collide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(pub [u8; 16]);

impl Key {
    /// Bytes of a keyed hash are as good as random: the first eight place the key in a table.
    pub(super) fn first_half(self) -> u64 {
        let [first, _] = self.0.as_chunks::<8>().0 else {
            unreachable!("sixteen bytes are two halves")
        };
        u64::from_le_bytes(*first)
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.first_half());
    }
}

/// One state of one record. Never used twice within a store, not even after a record is forgotten
/// and made again, or after a restart; so "still the same version" means "nothing happened".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub(super) u64);

/// A record as it was loaded.
#[derive(Clone, Debug)]
pub struct Stored {
    /// What a commit must find unchanged.
    pub version: Version,
    /// The record's bytes, as they were committed.
    pub body: Arc<[u8]>,
}

/// What is to become of a record. Times are milliseconds since the Unix epoch.
#[derive(Clone, Debug)]
pub struct Write {
    /// Which record.
    pub key: Key,
    /// The version that the decision was made on; `None` when there was no record.
    pub expected: Option<Version>,
    /// The record's next bytes.
    pub body: Vec<u8>,
    /// When the record next needs attention, if ever.
    pub due_at_ms: Option<u64>,
    /// From then on the record is absent.
    pub forget_at_ms: u64,
    /// How many codes in it could be approved: the store only adds them up.
    pub live_codes: u32,
    /// What others should hear of, in this order, once this is kept; nearly always none. At most
    /// [`EVENTS_PER_WRITE_MAX`], each of at most [`EVENT_BYTES_MAX`].
    pub events: Vec<Vec<u8>>,
    /// What is to be entered in a list once this is kept; nearly always none. Nothing is entered
    /// twice.
    pub listing: Option<Listing>,
}

/// Events that one write may bring.
pub const EVENTS_PER_WRITE_MAX: usize = 16;
/// How long the body of an event may be.
pub const EVENT_BYTES_MAX: usize = 4096;

/// An entry of a list. A list is there once something is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listing {
    /// Which list. Already a keyed hash.
    pub list: Key,
    /// When it was made.
    pub at_ms: u64,
    /// What is listed.
    pub entry: [u8; 32],
}

impl Listing {
    pub(super) fn place(self) -> Place {
        Place {
            at_ms: self.at_ms,
            entry: self.entry,
        }
    }
}

/// Where an entry stands in its list: newest first means from the greatest place down, so entries of
/// one moment have an order too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// When it was made.
    pub at_ms: u64,
    /// What is listed.
    pub entry: [u8; 32],
}

/// An entry that is as old is not answered any more, and is dropped some time later. The oldest are
/// dropped earlier where there are too many: on one machine more than 10,000 of a list, or 200,000 in
/// all; on Redis more than 64 of a list among the records of one of its 256 buckets.
pub const LISTED_FOR_MS: u64 = 24 * 3_600_000;

/// Names an event. Never used twice within a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EventId {
    /// The record that it is of.
    pub(super) key: Key,
    /// Rises with the record's commits.
    pub(super) number: u64,
}

/// The first byte of the key tells apart what two servers on one store numbered at one moment.
impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.key.0[0], self.number)
    }
}

/// An event, handed out. It is handed out again later unless it is acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// What to acknowledge.
    pub id: EventId,
    /// As it was committed.
    pub body: Arc<[u8]>,
}

/// What became of a [`Write`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Commit {
    /// The record is in this version now, as durably as the back end makes it.
    Committed(Version),
    /// The record is not what the decision was made on: load and decide again.
    Conflict,
}

/// A part of a shared count that somebody wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Which count.
    pub key: Key,
    /// How much of it.
    pub amount: u64,
    /// What it may not go beyond.
    pub cap: Cap,
}

/// What became of some [`Claim`]s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// All of them are counted.
    All,
    /// None is: there is no room for at least one.
    Full {
        /// The place of the one that has no room for longest.
        claim: usize,
        /// When it has.
        retry_at_ms: u64,
    },
}

/// The store cannot answer now. Says why and what to do; whoever asked should be told to try later.
///
/// Of a commit it means "not known to be kept": the write is not visible afterwards, but a crash
/// at this very moment may bring it back.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct Unavailable {
    message: Arc<str>,
    is_begun: bool,
    #[source]
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

impl Unavailable {
    /// Nothing was changed, nor will be: it was refused before it was begun.
    #[must_use]
    pub fn not_begun(self) -> Self {
        Self {
            is_begun: false,
            ..self
        }
    }

    /// May what was asked for have been done all the same?
    #[must_use]
    pub fn is_begun(&self) -> bool {
        self.is_begun
    }

    /// The stored bytes are no record that this program understands.
    pub fn unreadable(cause: impl Error + Send + Sync + 'static) -> Self {
        Self::because(format!("a stored record cannot be used: {cause}"), cause)
    }

    /// Others changed the record each time before this decision could be committed.
    #[must_use]
    pub fn contended() -> Self {
        Self::saying("too many requests changed this record at once: try again")
    }

    /// The process is on its way out.
    #[must_use]
    pub fn stopping() -> Self {
        Self::saying("the server is stopping: try again")
    }

    /// The disk takes longer than anybody should wait. A commit that was waiting is left queued, so
    /// it may well be kept.
    pub(super) fn slow(patience: Duration) -> Self {
        Self::saying(format!(
            "the disk has not taken a write within {} ms; it may still do so: try again, and check the disk; \
             the store recovers by itself",
            patience.as_millis()
        ))
    }

    /// All that a request asked of the store took longer than anybody should wait.
    #[must_use]
    pub fn late(patience: Duration) -> Self {
        Self::saying(format!(
            "the store has not answered within {} ms: see whether it, its disk or the network is overloaded; \
             it recovers by itself",
            patience.as_millis()
        ))
    }

    /// What was loaded was never kept.
    pub(super) fn taken_back() -> Self {
        Self::saying("the record that was loaded could not be kept: try again")
    }

    /// More work waits already than anybody should leave to later.
    #[must_use]
    pub fn too_much_waits(limit: usize) -> Self {
        Self::saying(format!("{limit} updates wait already: try again")).not_begun()
    }

    /// More writes wait than the operator allows.
    pub(super) fn overloaded(queue_limit: usize) -> Self {
        Self::saying(format!(
            "{queue_limit} writes wait for the disk already: try again, or use a faster disk"
        ))
        .not_begun()
    }

    pub(super) fn saying(message: impl Into<Arc<str>>) -> Self {
        Self {
            message: message.into(),
            is_begun: true,
            cause: None,
        }
    }

    pub(super) fn because(
        message: impl Into<Arc<str>>,
        cause: impl Error + Send + Sync + 'static,
    ) -> Self {
        Self {
            message: message.into(),
            is_begun: true,
            cause: Some(Arc::new(cause)),
        }
    }
}
