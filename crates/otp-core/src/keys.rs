//! Everything that is keyed: one master secret, and the keys that are derived from it.
//!
//! The store never holds a key, so a copy of it shows neither codes nor phone numbers: what it
//! holds are HMACs, and sealed copies that only these keys open.

mod seal;

use std::fmt;

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

pub use self::seal::{Addressee, SealBroken, Sealed, Unsealed};
use crate::{Cap, PhoneNumber, Reason, Recipient, TallyKey, VerificationId};

type HmacSha256 = Hmac<Sha256>;

/// The one secret of an installation: at least 32 bytes from a secure generator.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct MasterSecret(Vec<u8>);

/// The secret is too short to be one.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a master secret has at least {min} bytes, this one has {0}", min = MasterSecret::LENGTH_MIN)]
pub struct InvalidSecret(usize);

impl MasterSecret {
    /// The shortest secret accepted, in bytes: as long as the keys made from it.
    pub const LENGTH_MIN: usize = 32;

    /// Takes the secret's bytes.
    pub fn new(bytes: Vec<u8>) -> Result<Self, InvalidSecret> {
        if bytes.len() < Self::LENGTH_MIN {
            return Err(InvalidSecret(bytes.len()));
        }
        Ok(Self(bytes))
    }
}

impl fmt::Debug for MasterSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterSecret(***)")
    }
}

/// Names one recipient's record: an HMAC of (application, recipient), so no number stands in a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RecordKey([u8; 16]);

impl RecordKey {
    /// The key with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The key's bytes.
    #[must_use]
    pub const fn bytes(self) -> [u8; 16] {
        self.0
    }
}

/// Names the list of what an application started: an HMAC of the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ListKey([u8; 16]);

impl ListKey {
    /// The key's bytes.
    #[must_use]
    pub const fn bytes(self) -> [u8; 16] {
        self.0
    }
}

/// Names a small value that is kept beside the records: an HMAC of what it is for, and of the name
/// that a caller gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameKey([u8; 16]);

impl NameKey {
    /// The key's bytes.
    #[must_use]
    pub const fn bytes(self) -> [u8; 16] {
        self.0
    }
}

impl fmt::Display for NameKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

/// What a code is good for, and nothing else.
#[derive(Clone, Copy, Debug)]
pub struct Bound<'a> {
    /// The purpose that it was asked for.
    pub purpose: &'a str,
    /// The payment that it approves, if it is one.
    pub to: Option<&'a Binding>,
}

/// A payment that a code approves. Compared letter by letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// How much.
    pub amount: String,
    /// To whom.
    pub payee: String,
}

/// What is kept of a code: an HMAC that also covers the recipient, the purpose and the
/// verification, so the same code elsewhere has another digest.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub struct CodeDigest([u8; 32]);

impl CodeDigest {
    /// Compares in constant time.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }

    /// The first eight hex digits: tells two codes apart in a log, and says nothing of the code
    /// to anyone without the key.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let [a, b, c, d, ..] = self.0;
        format!("{a:02x}{b:02x}{c:02x}{d:02x}")
    }
}

impl fmt::Debug for CodeDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CodeDigest({}..)", self.fingerprint())
    }
}

impl PartialEq for CodeDigest {
    fn eq(&self, other: &Self) -> bool {
        self.matches(other)
    }
}

impl Eq for CodeDigest {}

/// The keys of an installation, derived from its [`MasterSecret`] by HKDF-SHA-256 (RFC 5869).
#[derive(Clone)]
pub struct Keys {
    record: HmacSha256,
    code: HmacSha256,
    id_mask: HmacSha256,
    tally: HmacSha256,
    list: HmacSha256,
    name: HmacSha256,
    fingerprint: HmacSha256,
    check_value: [u8; 16],
    seal: seal::SealKey,
    value_seal: seal::SealKey,
}

impl Keys {
    /// Derives every key; each has its own label, so none tells anything about another.
    #[must_use]
    pub fn derive(secret: &MasterSecret) -> Self {
        let hkdf = Hkdf::<Sha256>::new(Some(b"whatsapp-otp"), &secret.0);
        let hmac_key = |label: &str| {
            let mut key = expand(&hkdf, label);
            let mac = HmacSha256::new_from_slice(&key).expect("HMAC takes a key of any length");
            key.zeroize();
            mac
        };
        Self {
            record: hmac_key("record key v1"),
            code: hmac_key("code digest v1"),
            id_mask: hmac_key("verification id mask v1"),
            tally: hmac_key("tally key v1"),
            list: hmac_key("list key v1"),
            name: hmac_key("name key v1"),
            fingerprint: hmac_key("request fingerprint v1"),
            check_value: first_half(&expand(&hkdf, "secret check v1")),
            seal: seal::SealKey::new(expand(&hkdf, "delivery seal v1")),
            value_seal: seal::SealKey::new(expand(&hkdf, "value seal v1")),
        }
    }

    /// The record that belongs to this phone at this application. Spellings of one phone
    /// (see [`PhoneNumber::canonical`]) share a record.
    #[must_use]
    pub fn record_key(&self, application: &str, phone: &PhoneNumber) -> RecordKey {
        self.record_key_of(application, phone.canonical())
    }

    /// The record that belongs to this recipient at this application: the phone's, where there is
    /// one.
    #[must_use]
    pub fn recipient_key(&self, application: &str, recipient: &Recipient) -> RecordKey {
        self.record_key_of(application, &recipient.canonical())
    }

    fn record_key_of(&self, application: &str, canonical: &str) -> RecordKey {
        let digest = mac(
            &self.record,
            &[application.as_bytes(), canonical.as_bytes()],
        );
        RecordKey(first_half(&digest))
    }

    /// The digest that is kept of `code`. The record key stands for application and recipient.
    #[must_use]
    pub fn code_digest(
        &self,
        record: RecordKey,
        bound: Bound<'_>,
        id: VerificationId,
        code: &str,
    ) -> CodeDigest {
        let id = id.bytes();
        let mut parts: Vec<&[u8]> = vec![&record.0, bound.purpose.as_bytes(), &id, code.as_bytes()];
        if let Some(Binding { amount, payee }) = bound.to {
            parts.extend([amount.as_bytes(), payee.as_bytes()]);
        }
        CodeDigest(mac(&self.code, &parts))
    }

    /// The count that belongs to this subject under this limit. A window of another length is
    /// another count.
    #[must_use]
    pub fn tally_key(&self, limit: Reason, subject: &str, cap: Cap) -> TallyKey {
        let digest = mac(
            &self.tally,
            &[
                limit.name().as_bytes(),
                &cap.within_ms().to_be_bytes(),
                subject.as_bytes(),
            ],
        );
        TallyKey(first_half(&digest))
    }

    /// The list of what this application started.
    #[must_use]
    pub fn list_key(&self, application: &str) -> ListKey {
        ListKey(first_half(&mac(&self.list, &[application.as_bytes()])))
    }

    /// Seals what a resend needs to know: the addresses, and the payment that the code is bound to.
    #[must_use]
    pub fn seal_recipient(
        &self,
        id: VerificationId,
        addressee: &Addressee,
        nonce: [u8; 24],
    ) -> Sealed {
        self.seal.seal_recipient(id, addressee, nonce)
    }

    /// Opens what [`Keys::seal_recipient`] made for the same verification.
    pub fn unseal_recipient(
        &self,
        id: VerificationId,
        sealed: &Sealed,
    ) -> Result<Addressee, SealBroken> {
        self.seal.unseal_recipient(id, sealed)
    }

    /// Where the value of this name is kept, within what an application has and for one kind of
    /// value.
    #[must_use]
    pub fn name_key(&self, kind: &str, application: &str, name: &str) -> NameKey {
        let digest = mac(
            &self.name,
            &[kind.as_bytes(), application.as_bytes(), name.as_bytes()],
        );
        NameKey(first_half(&digest))
    }

    /// Tells two requests apart, and says nothing of what they hold.
    #[must_use]
    pub fn fingerprint(&self, request: &[u8]) -> [u8; 32] {
        mac(&self.fingerprint, &[request])
    }

    /// Says nothing of the secret, and is another one for another secret: kept in a store, it
    /// tells whether store and secret belong together.
    #[must_use]
    pub fn check_value(&self) -> [u8; 16] {
        self.check_value
    }

    /// A stream of 16 bytes that hides the record key inside a verification's public id.
    pub(crate) fn id_mask(&self, random: [u8; 16]) -> [u8; 16] {
        first_half(&mac(&self.id_mask, &[&random]))
    }

    /// Seals addresses and code for a delivery that may have to be taken up again.
    #[must_use]
    pub fn seal(&self, id: VerificationId, to: &Recipient, code: &str, nonce: [u8; 24]) -> Sealed {
        self.seal.seal(id, to, code, nonce)
    }

    /// Opens what [`Keys::seal`] made for the same verification.
    pub fn unseal(&self, id: VerificationId, sealed: &Sealed) -> Result<Unsealed, SealBroken> {
        self.seal.unseal(id, sealed)
    }

    /// Seals a value that is kept for as long as it is needed, such as somebody else's secret. The
    /// label says what it is and whose: under another one it does not open.
    #[must_use]
    pub fn seal_value(&self, label: &str, value: &[u8], nonce: [u8; 24]) -> Vec<u8> {
        self.value_seal.seal_bytes(label.as_bytes(), value, nonce)
    }

    /// Opens what [`Keys::seal_value`] made under the same label.
    pub fn unseal_value(
        &self,
        label: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealBroken> {
        let plain = self.value_seal.unseal_bytes(label.as_bytes(), sealed)?;
        Ok(Zeroizing::new(plain))
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(***)")
    }
}

fn expand(hkdf: &Hkdf<Sha256>, label: &str) -> [u8; 32] {
    let mut key = [0; 32];
    hkdf.expand(label.as_bytes(), &mut key)
        .expect("32 bytes are within HKDF's reach");
    key
}

/// Each part goes in behind its length, so ("ab", "c") and ("a", "bc") differ.
fn mac(key: &HmacSha256, parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = key.clone();
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

fn first_half(digest: &[u8; 32]) -> [u8; 16] {
    let mut half = [0; 16];
    half.copy_from_slice(&digest[..16]);
    half
}
