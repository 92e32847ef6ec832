//! Every key of the installation, as it is derived from the master secret: with one of these, a copy of the
//! store could be guessed at, so none may stand in it.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use otp_core::{Bound, Keys, MasterSecret, PhoneNumber, VerificationId};
use sha2::{Digest, Sha256};

use crate::needles::Needles;

/// What each key is derived for.
const LABELS: [&str; 9] = [
    "record key v1",
    CODE_DIGEST,
    "verification id mask v1",
    "tally key v1",
    "list key v1",
    "name key v1",
    "request fingerprint v1",
    "delivery seal v1",
    "value seal v1",
];
const CODE_DIGEST: &str = "code digest v1";

/// The secret of this file, and all that comes of it.
pub(super) fn derived_keys(file: &str) -> Needles {
    let secret = BASE64_STANDARD.decode(file.trim()).expect("base64");
    let mut keys = Needles::default();
    keys.add("the master secret", file.trim());
    keys.add_bytes("the master secret", &secret);
    keys.add_bytes("what all keys are derived from", &extracted(&secret));
    for label in LABELS {
        keys.add_bytes(label, &derived(&secret, label));
    }
    keys
}

/// HKDF-SHA-256 (RFC 5869), for one block, which 32 bytes are.
fn derived(secret: &[u8], label: &str) -> [u8; 32] {
    hmac(&extracted(secret), &[label.as_bytes(), &[1]])
}

fn extracted(secret: &[u8]) -> [u8; 32] {
    hmac(b"whatsapp-otp", &[secret])
}

/// HMAC-SHA-256 (RFC 2104), for keys that are no longer than a block.
fn hmac(key: &[u8], message: &[&[u8]]) -> [u8; 32] {
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(key);
    let mut inner = Sha256::new().chain_update(block.map(|byte| byte ^ 0x36));
    for part in message {
        inner.update(part);
    }
    let outer = Sha256::new().chain_update(block.map(|byte| byte ^ 0x5c));
    outer.chain_update(inner.finalize()).finalize().into()
}

#[test]
fn these_are_the_keys_that_codes_are_kept_under() {
    let secret = [7; 32];
    let keys = Keys::derive(&MasterSecret::new(secret.to_vec()).expect("32 bytes"));
    let phone = PhoneNumber::parse("+14155550123").expect("a phone");
    let record = keys.record_key("default", &phone);
    let id = VerificationId::from_bytes([9; 32]);
    let bound = Bound {
        purpose: "login",
        to: None,
    };
    let (record_bytes, id_bytes) = (record.bytes(), id.bytes());
    let parts: [&[u8]; 4] = [&record_bytes, b"login", &id_bytes, b"271828"];
    let lengths = parts.map(|part| (part.len() as u64).to_be_bytes());
    let message: Vec<&[u8]> = lengths
        .iter()
        .zip(parts)
        .flat_map(|(length, part)| [&length[..], part])
        .collect();
    let ours = hmac(&derived(&secret, CODE_DIGEST), &message);
    let theirs = serde_json::to_value(keys.code_digest(record, bound, id, "271828"));
    assert_eq!(
        serde_json::to_value(ours).expect("numbers"),
        theirs.expect("numbers")
    );
}
