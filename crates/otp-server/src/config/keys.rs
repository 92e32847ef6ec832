//! Keys that callers present: made here, printed once, and known afterwards only by their hash.

use std::fmt;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use rand::CryptoRng;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

const KEY_PREFIX: &str = "otp_live_";
const HASH_PREFIX: &str = "sha256:";
const RANDOM_BYTES: usize = 32;
const CHECKSUM_BYTES: usize = 4;

/// A key in the clear: `otp_live_` and 48 characters of url-safe base64.
///
/// They stand for 32 random bytes and the first 4 bytes of the SHA-256 of prefix and random bytes,
/// so that a scanner for leaked secrets can tell a key from text that only looks like one.
pub struct ApiKey(Zeroizing<String>);

impl ApiKey {
    /// A new key of 256 random bits.
    pub fn create(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0_u8; RANDOM_BYTES + CHECKSUM_BYTES]);
        let (random, checksum) = bytes.split_at_mut(RANDOM_BYTES);
        rng.fill_bytes(random);
        checksum.copy_from_slice(&checksum_of(random));
        let body = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(bytes.as_slice()));
        Self(Zeroizing::new(format!("{KEY_PREFIX}{}", *body)))
    }

    /// What the configuration keeps of this key.
    #[must_use]
    pub fn hash(&self) -> KeyHash {
        KeyHash::of(&self.0)
    }

    /// The key itself, to be shown once to the person who asked for it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

fn checksum_of(random: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let digest = Sha256::new()
        .chain_update(KEY_PREFIX)
        .chain_update(random)
        .finalize();
    [digest[0], digest[1], digest[2], digest[3]]
}

/// The SHA-256 of a key, written `sha256:` and 64 hex digits.
///
/// A plain hash is enough because a key has 256 random bits: there is nothing to guess.
#[derive(Clone, Copy)]
pub struct KeyHash([u8; 32]);

impl KeyHash {
    /// The hash of a key as a caller presents it. Compare two of these, never two keys:
    /// how long the comparison takes then says nothing about the key.
    #[must_use]
    pub fn of(key: &str) -> Self {
        Self(Sha256::digest(key).into())
    }

    /// Reads `sha256:` and 64 hex digits; the error says what is wrong without repeating the text.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.starts_with(KEY_PREFIX) {
            return Err("is a key in the clear, not its hash".to_owned());
        }
        let hex = text
            .strip_prefix(HASH_PREFIX)
            .ok_or("does not begin with sha256:")?;
        if hex.len() != 64 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err("does not have 64 hex digits after sha256:".to_owned());
        }
        let mut hash = [0; 32];
        for (byte, pair) in hash.iter_mut().zip(hex.as_bytes().chunks(2)) {
            *byte = pair
                .iter()
                .fold(0, |value, digit| value * 16 + hex_value(*digit));
        }
        Ok(Self(hash))
    }
}

fn hex_value(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => digit.to_ascii_lowercase() - b'a' + 10,
    }
}

/// In constant time, though a hash of a random key would give nothing away.
impl PartialEq for KeyHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for KeyHash {}

impl fmt::Display for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HASH_PREFIX)?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{HASH_PREFIX}{:02x}{:02x}..", self.0[0], self.0[1])
    }
}
