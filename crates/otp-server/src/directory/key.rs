//! A key in the clear: `otp_live_` or `otp_test_`, its public id (8 characters), its secret (30), and a
//! checksum (6) over all before, all of them base 62.
//!
//! The prefix and the checksum let a scanner find keys that leaked, and let us refuse what is none
//! without looking anywhere. Thirty characters of base 62 are 178 random bits.

use std::fmt;

use rand::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::Mode;

const LIVE_PREFIX: &str = "otp_live_";
const TEST_PREFIX: &str = "otp_test_";
const ID_LENGTH: usize = 8;
const SECRET_LENGTH: usize = 30;
const CHECKSUM_LENGTH: usize = 6;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

// 62 to the power of 6 is more than 2 to the power of 32, so a checksum fits.
const _: () = assert!(62_u64.pow(6) > u32::MAX as u64);

/// The public part of a key: names it in lists and logs, and opens nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; ID_LENGTH]);

impl KeyId {
    /// Reads an id.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; ID_LENGTH] = text.as_bytes().try_into().ok()?;
        bytes.iter().copied().all(is_digit).then_some(Self(bytes))
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Made of digits only, wherever it comes from.
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for KeyId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for KeyId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("is no id of a key"))
    }
}

/// A new key, to be shown once.
pub struct NewKey {
    /// Its public part.
    pub id: KeyId,
    text: Zeroizing<String>,
}

impl NewKey {
    /// Draws one.
    pub fn draw(mode: Mode, rng: &mut impl CryptoRng) -> Self {
        let mut id = [0; ID_LENGTH];
        id.fill_with(|| digit(rng));
        let id = KeyId(id);
        let mut text = Zeroizing::new(format!("{}{id}", prefix(mode)));
        text.reserve_exact(SECRET_LENGTH + CHECKSUM_LENGTH);
        text.extend((0..SECRET_LENGTH).map(|_| char::from(digit(rng))));
        let checksum = checksum(&text);
        text.extend(checksum.map(char::from));
        Self { id, text }
    }

    /// The key itself. Search for this word to find every place that sees it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for NewKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewKey({}, ***)", self.id)
    }
}

/// Which key a caller says to have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown {
    pub(super) id: KeyId,
    pub(super) mode: Mode,
}

impl Shown {
    /// Nothing for what cannot be a key, mistyped ones included.
    pub(super) fn read(key: &str) -> Option<Self> {
        let (mode, rest) = if let Some(rest) = key.strip_prefix(LIVE_PREFIX) {
            (Mode::Live, rest)
        } else {
            (Mode::Test, key.strip_prefix(TEST_PREFIX)?)
        };
        let has_length = rest.len() == ID_LENGTH + SECRET_LENGTH + CHECKSUM_LENGTH;
        if !has_length || !rest.bytes().all(is_digit) {
            return None;
        }
        let (covered, written) = key.split_at(key.len() - CHECKSUM_LENGTH);
        let is_typed_right = checksum(covered)[..] == *written.as_bytes();
        let id = KeyId::parse(&rest[..ID_LENGTH])?;
        is_typed_right.then_some(Self { id, mode })
    }
}

/// Is this text shaped as a key that a command made? Others are none of the directory's business.
#[must_use]
pub fn is_shaped_as_key(text: &str) -> bool {
    Shown::read(text).is_some()
}

/// Does this text begin as every key does? It may be one with a letter too many.
#[must_use]
pub fn is_marked_as_key(text: &str) -> bool {
    [LIVE_PREFIX, TEST_PREFIX]
        .iter()
        .any(|prefix| text.starts_with(prefix))
}

const fn prefix(mode: Mode) -> &'static str {
    match mode {
        Mode::Live => LIVE_PREFIX,
        Mode::Test => TEST_PREFIX,
    }
}

/// CRC-32 as six digits, the first of the highest value.
fn checksum(text: &str) -> [u8; CHECKSUM_LENGTH] {
    let mut rest = u64::from(crc32fast::hash(text.as_bytes()));
    let mut written = [0; CHECKSUM_LENGTH];
    for place in written.iter_mut().rev() {
        *place = DIGITS[usize::try_from(rest % 62).unwrap_or_default()];
        rest /= 62;
    }
    written
}

fn is_digit(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

/// A random digit. The last bytes of the range are drawn again: they would favour the first digits.
fn digit(rng: &mut impl CryptoRng) -> u8 {
    // 4 times 62 is the largest multiple in a byte.
    const FAIR: u8 = 248;
    loop {
        let mut byte = [0];
        rng.fill_bytes(&mut byte);
        if byte[0] < FAIR {
            return DIGITS[usize::from(byte[0] % 62)];
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;
    use rand::rngs::StdRng;

    use super::*;

    #[test]
    fn a_key_reads_as_itself_and_with_any_letter_changed_as_none() {
        let rng = &mut StdRng::seed_from_u64(1);
        for mode in [Mode::Live, Mode::Test] {
            let key = NewKey::draw(mode, rng);
            let text = key.reveal();
            let shown = Shown::read(text).expect("a key");
            assert_eq!((shown.id, shown.mode), (key.id, mode));
            assert_eq!(text.len(), 53);
            for place in 0..text.len() {
                for other in ["x", "0", "Z", " ", "_"] {
                    let mut changed = text.to_owned();
                    changed.replace_range(place..=place, other);
                    let is_same = changed == text;
                    assert_eq!(Shown::read(&changed).is_some(), is_same, "{changed}");
                }
            }
            assert!(Shown::read(&text[..52]).is_none());
            assert!(Shown::read(&format!("{text}0")).is_none());
            assert!(!format!("{key:?}").contains(&text[17..47]));
        }
    }

    #[test]
    fn the_checksum_is_crc_32_in_base_62() {
        // 0xCBF43926, the check value of CRC-32/ISO-HDLC, in base 62.
        assert_eq!(checksum("123456789"), *b"3jZRME");
    }

    #[test]
    fn the_digits_of_keys_are_uniform() {
        let rng = &mut StdRng::seed_from_u64(2);
        let mut counts = [0_u32; 128];
        for _ in 0..62_000 {
            counts[usize::from(digit(rng))] += 1;
        }
        for digit in DIGITS {
            let count = counts[usize::from(*digit)];
            assert!(
                (850..1150).contains(&count),
                "{}: {count}",
                char::from(*digit)
            );
        }
    }
}
