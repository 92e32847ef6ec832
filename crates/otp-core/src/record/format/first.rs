//! The first format, which is read and no longer written.

use serde::Deserialize;

use super::{StoredAlphabet, StoredStatus, code_policy};
use crate::record::{About, Attempt, Callbacks, Delivery, Progress};
use crate::{
    ChannelKind, CodeDigest, DEFAULT_APPLICATION, Record, RecordError, Sealed, Timestamp,
    Verification, VerificationId,
};

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
    delivery: FirstDelivery,
}

#[derive(Deserialize)]
enum FirstDelivery {
    Underway {
        deliver_by: Timestamp,
        tries: u8,
        sealed: Sealed,
    },
    Accepted {
        #[expect(dead_code, reason = "it stands in the bytes")]
        message_id: String,
    },
    Refused,
    Unsettled,
    Dropped,
}

pub(super) fn decode(body: &[u8]) -> Result<Record, RecordError> {
    let first: FirstRecord = postcard::from_bytes(body).map_err(|_| RecordError::Damaged)?;
    let verifications = first.verifications.into_iter().map(Verification::try_from);
    Ok(Record {
        application: DEFAULT_APPLICATION.to_owned(),
        sends: first.sends,
        refused_sends: first.refused_sends,
        failures: first.failures,
        reports: Vec::new(),
        verifications: verifications.collect::<Result<_, _>>()?,
    })
}

impl TryFrom<FirstVerification> for Verification {
    type Error = RecordError;

    fn try_from(first: FirstVerification) -> Result<Self, RecordError> {
        let code = code_policy(first.code_length, first.code_alphabet)?;
        let lifetime_ms = first.lifetime_ms;
        let ends_at_ms = first.created_at.unix_ms().saturating_add(lifetime_ms);
        let (delivery, attempt) = first.delivery.read(first.created_at);
        Ok(Self {
            id: first.id,
            purpose: first.purpose,
            status: first.status.into(),
            created_at: first.created_at,
            expires_at: Timestamp::from_unix_ms(ends_at_ms),
            attempts_left: first.attempts_left,
            code,
            digest: first.digest,
            delivery,
            about: About::default(),
            attempts: attempt.into_iter().collect(),
            trail: Vec::new(),
            callbacks: Callbacks::default(),
        })
    }
}

impl FirstDelivery {
    /// There was one message, over WhatsApp.
    fn read(self, sent_at: Timestamp) -> (Delivery, Option<Attempt>) {
        let attempt = |progress, message_id| {
            Some(Attempt {
                number: 1,
                channel: ChannelKind::WhatsApp,
                message_id,
                progress,
                at: sent_at,
            })
        };
        match self {
            Self::Underway {
                deliver_by,
                tries,
                sealed,
            } => (
                Delivery::Underway {
                    step: 0,
                    deliver_by,
                    tries,
                    sealed,
                },
                attempt(Progress::Queued, String::new()),
            ),
            // The channel's own name shows the phone, and nothing asks for it.
            Self::Accepted { .. } => (
                Delivery::Accepted,
                attempt(Progress::Accepted, String::new()),
            ),
            Self::Refused => (Delivery::Refused, None),
            Self::Unsettled => (
                Delivery::Unsettled,
                attempt(Progress::Unsettled, String::new()),
            ),
            Self::Dropped => (Delivery::Dropped, None),
        }
    }
}
