//! Small values that are kept beside the records, each under a name, for a time: what was answered
//! to an idempotency key, whom an invoice was announced to. They are written as records are, so they
//! are as safe, and forgotten as records are. What is in them is the service's business.

use std::sync::Arc;

use otp_core::{NameKey, Timestamp};

use super::backend::{Key, Stored, Unavailable, Version, Write};

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

/// Is this a value, and no record?
pub(super) fn is_in(body: &[u8]) -> bool {
    body.first() == Some(&MARK)
}

pub(super) fn read(stored: Stored) -> Result<Kept, Unavailable> {
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

pub(super) fn write(
    name: NameKey,
    expected: Option<Version>,
    value: &[u8],
    until: Timestamp,
) -> Write {
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
