//! Parcels: work that was accepted and is done soon, by whichever server comes first. One is written
//! as a record that is due at once, so it is handed out, leased and handed out again like any other,
//! and survives whatever a record survives. What is in it is the service's business.

use std::sync::Arc;

use otp_core::{RecordKey, Timestamp};

use super::Store;
use super::backend::{Commit, Key, Stored, Unavailable, Version, Write};

/// The first byte of a parcel. No record, no named value and no shared count begins with it.
const MARK: u8 = 65;

/// Work to be done.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// What its removal must find unchanged.
    pub version: Version,
    body: Arc<[u8]>,
}

impl Parcel {
    /// What is in it.
    #[must_use]
    pub fn contents(&self) -> &[u8] {
        &self.body[1..]
    }
}

/// What is due.
#[derive(Clone, Debug)]
pub enum Due {
    /// A record, or nothing any more.
    Record,
    /// Work to be done.
    Parcel(Parcel),
}

impl Store {
    /// What was handed out as due: a record, or a parcel of work.
    pub async fn open(&self, key: RecordKey, now: Timestamp) -> Result<Due, Unavailable> {
        let loaded = each!(self, backend => backend.load(Key(key.bytes()), now.unix_ms()).await)?;
        Ok(match loaded.as_ref().and_then(read) {
            Some(parcel) => Due::Parcel(parcel),
            None => Due::Record,
        })
    }

    /// Leaves a parcel to whichever server comes for it first. The key is drawn at random.
    pub async fn post(
        &self,
        key: RecordKey,
        contents: &[u8],
        until: Timestamp,
        now: Timestamp,
    ) -> Result<Commit, Unavailable> {
        let write = posted(key, contents, until, now);
        each!(self, backend => backend.commit(write, now.unix_ms()).await)
    }

    /// A parcel's work is done; it is not handed out again.
    pub async fn throw_away(
        &self,
        key: RecordKey,
        parcel: &Parcel,
        now: Timestamp,
    ) -> Result<Commit, Unavailable> {
        let write = done(key, parcel.version);
        each!(self, backend => backend.commit(write, now.unix_ms()).await)
    }
}

/// Is this a parcel, and no record?
pub(super) fn is_in(body: &[u8]) -> bool {
    body.first() == Some(&MARK)
}

fn read(stored: &Stored) -> Option<Parcel> {
    is_in(&stored.body).then(|| Parcel {
        version: stored.version,
        body: Arc::clone(&stored.body),
    })
}

/// A parcel that is due now.
fn posted(key: RecordKey, contents: &[u8], until: Timestamp, now: Timestamp) -> Write {
    let mut body = Vec::with_capacity(1 + contents.len());
    body.push(MARK);
    body.extend_from_slice(contents);
    Write {
        due_at_ms: Some(now.unix_ms()),
        forget_at_ms: until.unix_ms(),
        ..emptied(key, None, body)
    }
}

/// A parcel whose work is done.
fn done(key: RecordKey, version: Version) -> Write {
    emptied(key, Some(version), vec![MARK])
}

fn emptied(key: RecordKey, expected: Option<Version>, body: Vec<u8>) -> Write {
    Write {
        key: Key(key.bytes()),
        expected,
        body,
        due_at_ms: None,
        forget_at_ms: 0,
        live_codes: 0,
        events: Vec::new(),
        listing: None,
    }
}
