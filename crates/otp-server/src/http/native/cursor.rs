//! A place in a list, as callers hold it: 40 bytes that mean nothing to them.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use otp_core::{Timestamp, VerificationId};

use crate::service::Cursor;

pub(super) fn written(cursor: &Cursor) -> String {
    let (at, id) = cursor.place();
    let bytes = [&at.unix_ms().to_be_bytes()[..], &id.bytes()].concat();
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

pub(super) fn read(text: &str) -> Option<Cursor> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
    let (at_ms, id) = bytes.split_first_chunk::<8>()?;
    let at = Timestamp::from_unix_ms(u64::from_be_bytes(*at_ms));
    Some(Cursor::new(
        at,
        VerificationId::from_bytes(id.try_into().ok()?),
    ))
}
