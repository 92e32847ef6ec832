//! A record's bytes in Redis: layout (1 byte), version (8), forget at (8, ms), live codes (4), all
//! big-endian, then the body. The scripts read the same head.

use super::super::backend::{Stored, Unavailable, Version, Write};

const LAYOUT: u8 = 1;
const HEAD: usize = 1 + 8 + 8 + 4;

/// Redis counts milliseconds exactly up to here: scores and Lua's numbers are doubles. A tenth of
/// it, so that sums stay below, is the year 30,500.
pub(super) const MS_MAX: u64 = 900_719_925_474_099;

pub(super) fn encode(write: &Write, version: Version) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEAD + write.body.len());
    bytes.push(LAYOUT);
    bytes.extend(version.0.to_be_bytes());
    bytes.extend(write.forget_at_ms.min(MS_MAX).to_be_bytes());
    bytes.extend(write.live_codes.to_be_bytes());
    bytes.extend(&write.body);
    bytes
}

/// The record in these bytes, unless it may be forgotten.
pub(super) fn decode(bytes: &[u8], now_ms: u64) -> Result<Option<Stored>, Unavailable> {
    if bytes.first() != Some(&LAYOUT) {
        return Err(newer());
    }
    let Some((head, body)) = bytes.split_first_chunk::<HEAD>() else {
        return Err(newer());
    };
    let (version, forget_at_ms) = (number(head, 1), number(head, 9));
    Ok((now_ms < forget_at_ms).then(|| Stored {
        version: Version(version),
        body: body.into(),
    }))
}

/// The record is laid out in a way that this program does not know.
pub(super) fn newer() -> Unavailable {
    Unavailable::saying(
        "a stored record is from a newer otp-server: update this one, or give it another prefix",
    )
}

fn number(head: &[u8; HEAD], start: usize) -> u64 {
    head[start..start + 8]
        .iter()
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}
