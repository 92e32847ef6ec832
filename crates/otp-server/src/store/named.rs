//! Small values that are kept beside the records, each under a name, for a time: what was answered
//! to an idempotency key, whom an invoice was announced to. They are written as records are, so they
//! are as safe, and forgotten as records are. What is in them is the service's business.

use std::sync::Arc;

use otp_core::{NameKey, Timestamp};

use super::Store;
use super::backend::{Commit, Key, Stored, Unavailable, Version, Write};

/// The first byte of a value. No record and no shared count begins with it.
const MARK: u8 = 64;

/// A value as it is kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// What a replacement must find unchanged.
    pub version: Version,
    body: Arc<[u8]>,
}

impl Kept {
    /// The value.
    #[must_use]
    pub fn value(&self) -> &[u8] {
        &self.body[1..]
    }
}

impl Store {
    /// The small value that is kept under this name, unless its time is over.
    pub async fn recall(&self, name: NameKey, now: Timestamp) -> Result<Option<Kept>, Unavailable> {
        let key = Key(name.bytes());
        let loaded = each!(self, backend => backend.load(key, now.unix_ms()).await)?;
        loaded.map(read).transpose()
    }

    /// Keeps a small value under this name until then, in place of the expected one: where nothing
    /// is expected the first to come wins. With a time that is over, the name is free again.
    pub async fn remember(
        &self,
        name: NameKey,
        expected: Option<Version>,
        value: &[u8],
        until: Timestamp,
        now: Timestamp,
    ) -> Result<Commit, Unavailable> {
        self.remember_telling(name, expected, value, until, &[], now)
            .await
    }

    /// The same, and puts these events out in the same step.
    pub async fn remember_telling(
        &self,
        name: NameKey,
        expected: Option<Version>,
        value: &[u8],
        until: Timestamp,
        events: &[Vec<u8>],
        now: Timestamp,
    ) -> Result<Commit, Unavailable> {
        let write = Write {
            events: events.to_vec(),
            ..write(name, expected, value, until)
        };
        each!(self, backend => backend.commit(write, now.unix_ms()).await)
    }
}

/// Is this a value, and no record?
pub(super) fn is_in(body: &[u8]) -> bool {
    body.first() == Some(&MARK)
}

fn read(stored: Stored) -> Result<Kept, Unavailable> {
    if !is_in(&stored.body) {
        return Err(Unavailable::saying(
            "what is kept under this name was written by a newer otp-server: run that version",
        ));
    }
    Ok(Kept {
        version: stored.version,
        body: stored.body,
    })
}

fn write(name: NameKey, expected: Option<Version>, value: &[u8], until: Timestamp) -> Write {
    let mut body = Vec::with_capacity(1 + value.len());
    body.push(MARK);
    body.extend_from_slice(value);
    Write {
        key: Key(name.bytes()),
        expected,
        body,
        due_at_ms: None,
        forget_at_ms: until.unix_ms(),
        live_codes: 0,
        events: Vec::new(),
        listing: None,
    }
}
