//! Whoever holds a copy tries all codes: six digits are a million, and a second's work without a key.

use std::collections::HashSet;

use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};
use sha2::{Digest, Sha256};

const HEAD: usize = 8;
const HEX_DIGITS: usize = 2 * HEAD;
/// Nine bytes.
const BASE64_DIGITS: usize = 12;

/// The SHA-256 of every code, by its first bytes: nothing else begins so by chance.
pub(super) struct AllCodes(HashSet<[u8; HEAD]>);

impl AllCodes {
    pub(super) fn of_six_digits() -> Self {
        let head = |number: u32| digest_of(&format!("{number:06}"));
        Self((0..1_000_000).map(head).collect())
    }

    /// Where a digest of any code stands, raw, in hex or in base64.
    pub(super) fn first_digest_in(&self, bytes: &[u8]) -> Option<usize> {
        let is_one = |head: Option<[u8; HEAD]>| head.is_some_and(|head| self.0.contains(&head));
        (0..bytes.len()).find(|at| {
            let rest = &bytes[*at..];
            is_one(rest.first_chunk().copied())
                || is_one(rest.first_chunk::<HEX_DIGITS>().and_then(from_hex))
                || is_one(rest.first_chunk::<BASE64_DIGITS>().and_then(from_base64))
        })
    }
}

fn digest_of(text: &str) -> [u8; HEAD] {
    let digest = Sha256::digest(text);
    *digest.first_chunk().expect("32 bytes")
}

fn from_hex(digits: &[u8; HEX_DIGITS]) -> Option<[u8; HEAD]> {
    let mut bytes = [0; HEAD];
    for (byte, pair) in bytes.iter_mut().zip(digits.as_chunks::<2>().0) {
        let digit = |digit: u8| char::from(digit).to_digit(16);
        let value = digit(pair[0])? * 16 + digit(pair[1])?;
        *byte = u8::try_from(value).ok()?;
    }
    Some(bytes)
}

fn from_base64(digits: &[u8; BASE64_DIGITS]) -> Option<[u8; HEAD]> {
    const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, NO_PAD);
    const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, NO_PAD);
    if !digits[0].is_ascii_graphic() || !digits[1].is_ascii_graphic() {
        return None;
    }
    let mut bytes = [0; BASE64_DIGITS];
    let engine = if digits.contains(&b'-') || digits.contains(&b'_') {
        URL_SAFE
    } else {
        STANDARD
    };
    engine.decode_slice(digits, &mut bytes).ok()?;
    bytes.first_chunk().copied()
}

#[test]
fn a_digest_of_any_code_is_found_however_it_is_written() {
    let all = AllCodes::of_six_digits();
    for code in ["000000", "271828", "999999"] {
        let digest = Sha256::digest(code);
        let hex = crate::needles::digest_of(code);
        let base64 = base64::prelude::BASE64_STANDARD.encode(digest);
        let base64_url = base64::prelude::BASE64_URL_SAFE.encode(digest);
        for written in [
            digest.to_vec(),
            hex.to_uppercase().into_bytes(),
            hex.into_bytes(),
            base64.into_bytes(),
            base64_url.into_bytes(),
        ] {
            let hidden = [b"some hay ", &written[..], b" and more"].concat();
            assert_eq!(all.first_digest_in(&hidden), Some(9));
        }
    }
    let of_another = Sha256::digest("1234567");
    assert_eq!(all.first_digest_in(&of_another), None);
}
