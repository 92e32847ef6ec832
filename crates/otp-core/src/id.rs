//! A verification's public id.
//!
//! 32 bytes: 16 random ones, then the record's key masked by a keyed stream of those 16. Without
//! the key both halves look random and show nothing; with it the id alone finds its record in one
//! step, also when it comes back from Meta in a receipt.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::CryptoRng;
use serde::{Deserialize, Serialize};

use crate::{Keys, RecordKey};

/// Written as 43 characters of unpadded URL-safe base64.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct VerificationId([u8; 32]);

/// The text is not 43 characters of URL-safe base64.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a verification id has 43 characters of A-Z a-z 0-9 - _")]
pub struct InvalidVerificationId;

impl VerificationId {
    /// A new id for a verification in this record.
    pub fn generate(rng: &mut impl CryptoRng, keys: &Keys, record: RecordKey) -> Self {
        let mut random = [0; 16];
        rng.fill_bytes(&mut random);
        Self::assemble(random, masked(keys, random, record.bytes()))
    }

    /// Reads the text form.
    pub fn parse(text: &str) -> Result<Self, InvalidVerificationId> {
        let bytes = URL_SAFE_NO_PAD
            .decode(text)
            .map_err(|_| InvalidVerificationId)?;
        Ok(Self(bytes.try_into().map_err(|_| InvalidVerificationId)?))
    }

    /// The record that this id points to. An id that we never made points nowhere.
    #[must_use]
    pub fn record_key(self, keys: &Keys) -> RecordKey {
        let (random, hidden) = self.halves();
        RecordKey::from_bytes(masked(keys, random, hidden))
    }

    /// The id with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The id's bytes.
    #[must_use]
    pub const fn bytes(self) -> [u8; 32] {
        self.0
    }

    fn assemble(random: [u8; 16], hidden: [u8; 16]) -> Self {
        let mut bytes = [0; 32];
        bytes[..16].copy_from_slice(&random);
        bytes[16..].copy_from_slice(&hidden);
        Self(bytes)
    }

    fn halves(self) -> ([u8; 16], [u8; 16]) {
        let (mut random, mut hidden) = ([0; 16], [0; 16]);
        random.copy_from_slice(&self.0[..16]);
        hidden.copy_from_slice(&self.0[16..]);
        (random, hidden)
    }
}

impl fmt::Display for VerificationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for VerificationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Masking twice gives the key back: it is an exclusive or.
fn masked(keys: &Keys, random: [u8; 16], mut key: [u8; 16]) -> [u8; 16] {
    for (byte, mask) in key.iter_mut().zip(keys.id_mask(random)) {
        *byte ^= mask;
    }
    key
}
