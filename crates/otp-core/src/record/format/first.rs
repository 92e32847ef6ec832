//! The first format, which is read and no longer written.

use serde::Deserialize;

use super::{StoredAbout, StoredAlphabet, StoredDelivery, StoredStatus, StoredVerification};
use crate::VerificationId;
use crate::{CodeDigest, DEFAULT_APPLICATION, Record, RecordError, Timestamp, Verification};

#[derive(Deserialize)]
struct FirstRecord {
    sends: Vec<Timestamp>,
    refused_sends: Vec<Timestamp>,
    failures: Vec<Timestamp>,
    verifications: Vec<FirstVerification>,
}

#[derive(Deserialize)]
struct FirstVerification {
    id: VerificationId,
    purpose: String,
    status: StoredStatus,
    created_at: Timestamp,
    lifetime_ms: u64,
    attempts_left: u8,
    code_length: u8,
    code_alphabet: StoredAlphabet,
    digest: CodeDigest,
    delivery: StoredDelivery,
}

pub(super) fn decode(body: &[u8]) -> Result<Record, RecordError> {
    let first: FirstRecord = postcard::from_bytes(body).map_err(|_| RecordError::Damaged)?;
    let verifications = first
        .verifications
        .into_iter()
        .map(|one| Verification::try_from(StoredVerification::from(one)));
    Ok(Record {
        application: DEFAULT_APPLICATION.to_owned(),
        sends: first.sends,
        refused_sends: first.refused_sends,
        failures: first.failures,
        verifications: verifications.collect::<Result<_, _>>()?,
    })
}

impl From<FirstVerification> for StoredVerification {
    fn from(first: FirstVerification) -> Self {
        Self {
            id: first.id,
            purpose: first.purpose,
            status: first.status,
            created_at: first.created_at,
            lifetime_ms: first.lifetime_ms,
            attempts_left: first.attempts_left,
            code_length: first.code_length,
            code_alphabet: first.code_alphabet,
            digest: first.digest,
            delivery: first.delivery,
            about: StoredAbout {
                to: String::new(),
                locale: String::new(),
                metadata: String::new(),
                is_test: false,
                recipient: None,
            },
            trail: Vec::new(),
        }
    }
}
