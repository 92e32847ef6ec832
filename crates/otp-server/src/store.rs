//! Where records are kept. A closed set of back ends under one contract; none holds a rule.

/// The same call on whichever back end there is.
macro_rules! each {
    ($store:expr, $backend:ident => $call:expr) => {
        match $store {
            Store::Embedded($backend) => $call,
            Store::Memory($backend) => $call,
            Store::Redis($backend) => $call,
        }
    };
}

pub mod backend;
pub mod embedded;
mod listings;
pub mod live;
pub mod memory;
mod named;
mod outbox;
mod parcel;
pub mod redis;
pub mod registry;

use otp_core::{Claim, ListKey, Record, RecordKey, Refusal, Timestamp, VerificationId};

use crate::clock::{Clock, ClockJump};

pub use self::backend::{Commit, EventId, Outgoing, Unavailable, Version};
use self::backend::{EVENT_BYTES_MAX, EVENTS_PER_WRITE_MAX, Key, Place, Write};
use self::embedded::EmbeddedStore;
use self::memory::MemoryStore;
pub use self::named::Kept;
pub use self::parcel::{Due, Parcel};
use self::redis::RedisStore;
use self::registry::{MemoryRegistry, Registry};

/// The back end in use.
#[derive(Debug)]
pub enum Store {
    /// One process, one data directory.
    Embedded(EmbeddedStore),
    /// Nothing outlives the process: tests only.
    Memory(MemoryStore),
    /// Many processes, one Redis or Valkey.
    Redis(RedisStore),
}

/// A record as it was loaded.
#[derive(Debug)]
pub struct Versioned {
    /// What a commit must find unchanged.
    pub version: Version,
    /// The record.
    pub record: Record,
}

/// What a commit brings along for others than its record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Along {
    /// What others should hear of, in this order.
    pub events: Vec<Vec<u8>>,
    /// What is to be listed. Each verification is listed once.
    pub listing: Option<Listing>,
}

/// An entry of an application's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listing {
    /// Which list.
    pub list: ListKey,
    /// What is listed there.
    pub listed: Listed,
}

/// A verification that is listed. Those of one moment have an order too, so the last one of a page
/// is where the next page begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// When it was started.
    pub at: Timestamp,
    /// Which it is.
    pub id: VerificationId,
}

/// What became of some claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// All of them are counted.
    All,
    /// None is: the limit that holds longest.
    Refused(Refusal),
}

fn is_no_record(body: &[u8]) -> bool {
    named::is_in(body) || parcel::is_in(body)
}

/// Where the mark stands; no record has this key, which no HMAC is likely to give.
const OWNER_MARK: Key = Key([0; 16]);
/// SQLite's largest integer: the mark is never forgotten.
const FOR_EVER_MS: u64 = i64::MAX.unsigned_abs();

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

    /// Replaces the record if it is still the expected one, arms its timer, puts its events out and
    /// lists it, in one step. Resolves once the write is as durable as the back end makes it.
    pub async fn commit(
        &self,
        key: RecordKey,
        expected: Option<Version>,
        next: &Record,
        Along { events, listing }: Along,
        now: Timestamp,
    ) -> Result<Commit, Unavailable> {
        debug_assert!(events.len() <= EVENTS_PER_WRITE_MAX, "{}", events.len());
        debug_assert!(events.iter().all(|body| body.len() <= EVENT_BYTES_MAX));
        let write = Write {
            key: Key(key.bytes()),
            expected,
            body: next.encode(),
            due_at_ms: next.due_at().map(Timestamp::unix_ms),
            forget_at_ms: next.forget_at().unix_ms(),
            live_codes: next.live_codes(),
            events,
            listing: listing.map(backend::Listing::from),
        };
        each!(self, backend => backend.commit(write, now.unix_ms()).await)
    }

    /// Counts all of the claims, or none when there is no room for one. Nothing that is committed
    /// later is kept without it.
    pub async fn take(&self, claims: &[Claim], now: Timestamp) -> Result<Taken, Unavailable> {
        if claims.is_empty() {
            return Ok(Taken::All);
        }
        let wanted: Vec<backend::Claim> = claims.iter().map(backend::Claim::from).collect();
        let taken = each!(self, backend => backend.take(&wanted, now.unix_ms()).await)?;
        Ok(match taken {
            backend::Taken::All => Taken::All,
            backend::Taken::Full { claim, retry_at_ms } => Taken::Refused(Refusal {
                reason: claims[claim].reason,
                retry_at: Timestamp::from_unix_ms(retry_at_ms),
            }),
        })
    }

    /// Takes back what was counted at that moment.
    pub async fn give_back(
        &self,
        claims: &[Claim],
        taken_at: Timestamp,
    ) -> Result<(), Unavailable> {
        if claims.is_empty() {
            return Ok(());
        }
        let counted: Vec<backend::Claim> = claims.iter().map(backend::Claim::from).collect();
        each!(self, backend => backend.give_back(&counted, taken_at.unix_ms()).await)
    }

    /// Waits until this version is as durable as the back end makes it. What a record says may be
    /// told only then, when nothing is committed on top of it.
    pub async fn settled(&self, version: Version) -> Result<(), Unavailable> {
        each!(self, backend => backend.settled(version).await)
    }

    /// The clock of a server that starts, set to where time goes on for the records in this store.
    pub async fn resume(&self, clock: Clock) -> Result<Clock, Unavailable> {
        match self {
            Self::Embedded(backend) => Ok(clock.resumed_from(backend.latest_seen())),
            Self::Memory(_) => Ok(clock),
            Self::Redis(backend) => backend.join(clock).await,
        }
    }

    /// Keeps the clock in step with what time goes by on this store: the wall clock, or the other
    /// servers. Call it about once a second. Answers with the gap when the machine's wall clock has
    /// just moved away from our time.
    pub async fn keep_in_step(&self, clock: &Clock) -> Result<Option<ClockJump>, Unavailable> {
        match self {
            Self::Embedded(_) | Self::Memory(_) => Ok(clock.follow_wall()),
            Self::Redis(backend) => backend.keep_in_step(clock).await,
        }
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

    /// Into how many parts a walk over all records is divided.
    #[must_use]
    pub fn parts(&self) -> usize {
        each!(self, backend => backend.parts())
    }

    /// The records of one of the [`parts`](Self::parts), less those that may be forgotten. Each is
    /// read when its turn comes.
    pub async fn part(
        &self,
        number: usize,
        now: Timestamp,
    ) -> Result<impl Iterator<Item = Result<(RecordKey, Record), Unavailable>> + use<>, Unavailable>
    {
        let found = each!(self, backend => backend.part(number, now.unix_ms()).await)?;
        let records = found
            .into_iter()
            .filter(|(key, stored)| *key != OWNER_MARK && !is_no_record(&stored.body));
        Ok(records.map(|(key, stored)| {
            let record = Record::decode(&stored.body).map_err(Unavailable::unreadable)?;
            Ok((RecordKey::from_bytes(key.0), record))
        }))
    }

    /// Events of commits, the oldest first and each record's in the order of its commits, hidden from
    /// further calls of anybody for the lease. One that is not acknowledged by then is handed out
    /// again. None is handed out while an earlier one of its record is in other hands.
    pub async fn events(
        &self,
        now: Timestamp,
        limit: usize,
        lease_secs: u64,
    ) -> Result<Vec<Outgoing>, Unavailable> {
        each!(self, backend => backend.events(now.unix_ms(), limit, lease_secs * 1000).await)
    }

    /// Whoever took these is done with them.
    pub async fn acknowledge(&self, events: &[EventId]) -> Result<(), Unavailable> {
        if events.is_empty() {
            return Ok(());
        }
        each!(self, backend => backend.acknowledge(events).await)
    }

    /// What was listed in the last day, newest first, or what comes behind `before` in that order; at
    /// most `limit`. Of very much only the newest is there: see [`backend::LISTED_FOR_MS`]. It may be
    /// that a listed verification's record has been forgotten since.
    pub async fn list(
        &self,
        list: ListKey,
        before: Option<Listed>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<Listed>, Unavailable> {
        let (list, before) = (Key(list.bytes()), before.map(Place::from));
        let places =
            each!(self, backend => backend.list(list, before, limit, now.unix_ms()).await)?;
        Ok(places.into_iter().map(Listed::from).collect())
    }

    /// The check value of the secret that the store was made with; nothing when it is new.
    pub async fn owner(&self, now: Timestamp) -> Result<Option<[u8; 16]>, Unavailable> {
        let mark = each!(self, backend => backend.load(OWNER_MARK, now.unix_ms()).await)?;
        // A mark of another length matches no secret.
        Ok(mark.map(|stored| stored.body[..].try_into().unwrap_or_default()))
    }

    /// Marks a new store as this secret's. With another secret no code could be checked, and every
    /// limit would begin anew without a word.
    pub async fn claim(
        &self,
        check_value: [u8; 16],
        now: Timestamp,
    ) -> Result<Commit, Unavailable> {
        let write = Write {
            key: OWNER_MARK,
            expected: None,
            body: check_value.to_vec(),
            due_at_ms: None,
            forget_at_ms: FOR_EVER_MS,
            live_codes: 0,
            events: Vec::new(),
            listing: None,
        };
        each!(self, backend => backend.commit(write, now.unix_ms()).await)
    }

    /// How many codes could be approved now.
    #[must_use]
    pub fn live_codes(&self) -> u64 {
        each!(self, backend => backend.live_codes())
    }

    /// Where applications and keys are kept beside the records.
    #[must_use]
    pub fn registry(&self) -> Registry {
        match self {
            Self::Embedded(backend) => Registry::Embedded(backend.registry()),
            Self::Memory(_) => Registry::Memory(MemoryRegistry::default()),
            Self::Redis(backend) => Registry::Redis(backend.registry()),
        }
    }

    /// Could a commit succeed now?
    pub async fn health(&self) -> Result<(), Unavailable> {
        each!(self, backend => backend.health().await)
    }
}

impl From<&Claim> for backend::Claim {
    fn from(claim: &Claim) -> Self {
        Self {
            key: Key(claim.key.bytes()),
            amount: claim.amount,
            cap: claim.cap,
        }
    }
}

impl From<Listing> for backend::Listing {
    fn from(Listing { list, listed }: Listing) -> Self {
        let Place { at_ms, entry } = listed.into();
        Self {
            list: Key(list.bytes()),
            at_ms,
            entry,
        }
    }
}

impl From<Listed> for Place {
    fn from(Listed { at, id }: Listed) -> Self {
        Self {
            at_ms: at.unix_ms(),
            entry: id.bytes(),
        }
    }
}

impl From<Place> for Listed {
    fn from(Place { at_ms, entry }: Place) -> Self {
        Self {
            at: Timestamp::from_unix_ms(at_ms),
            id: VerificationId::from_bytes(entry),
        }
    }
}
