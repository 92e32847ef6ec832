//! How a record is written down: one format byte, then `postcard`.
//!
//! A record is written in the oldest format that can say all of it, so that most of them stay readable
//! to the version before. The stored shape has types of its own, so that a change to the rules cannot change what old
//! bytes mean. A new shape gets a new format number and a way to read the old one.

/// Two enums with the same variants, each turned into the other.
macro_rules! mirrored {
    ($left:ident, $right:ident, $($variant:ident),+) => {
        impl From<$left> for $right {
            fn from(value: $left) -> Self {
                match value {
                    $($left::$variant => Self::$variant),+
                }
            }
        }
        impl From<$right> for $left {
            fn from(value: $right) -> Self {
                match value {
                    $($right::$variant => Self::$variant),+
                }
            }
        }
    };
}

mod attempts;
mod callbacks;
mod first;
mod replies;
mod steps;

use serde::{Deserialize, Serialize};

use self::attempts::StoredAttempt;
use self::callbacks::StoredCallbacks;
use self::replies::StoredReplies;
use self::steps::StoredStep;
use super::{About, DEFAULT_APPLICATION, Delivery, Record, Status, Verification};
use crate::{CodeAlphabet, CodeDigest, CodeLength, CodePolicy, Sealed, Timestamp, VerificationId};

const FIRST_FORMAT: u8 = 1;
const SECOND_FORMAT: u8 = 2;
const FORMAT: u8 = 3;
const USUAL_BYTES: usize = 384;

/// Stored bytes that cannot be read as a record.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum RecordError {
    /// Written by a newer program: nothing may be decided on it.
    #[error(
        "the record has format {0}, this program reads up to format {FORMAT}: run the newer version"
    )]
    NewerFormat(u8),
    /// Not a record at all.
    #[error("the record is damaged")]
    Damaged,
}

#[derive(Serialize, Deserialize)]
struct StoredRecord {
    /// Empty for the default one, which most records are of.
    application: String,
    sends: Vec<Timestamp>,
    refused_sends: Vec<Timestamp>,
    failures: Vec<Timestamp>,
    verifications: Vec<StoredVerification>,
}

#[derive(Serialize, Deserialize)]
struct StoredVerification {
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
    about: StoredAbout,
    attempts: Vec<StoredAttempt>,
    trail: Vec<StoredStep>,
    callbacks: StoredCallbacks,
}

#[derive(Serialize, Deserialize)]
struct StoredAbout {
    to: String,
    locale: String,
    metadata: String,
    is_test: bool,
    is_announced: bool,
    recipient: Option<Sealed>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
enum StoredStatus {
    Pending,
    Approved,
    Expired,
    ExpiredAndTold,
    Canceled,
    Locked,
    Failed,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
enum StoredAlphabet {
    Digits,
    Unambiguous,
}

#[derive(Serialize, Deserialize)]
enum StoredDelivery {
    Underway {
        step: u8,
        deliver_by: Timestamp,
        tries: u8,
        sealed: Sealed,
    },
    Watched {
        step: u8,
        until_at: Timestamp,
        sealed: Sealed,
    },
    Accepted,
    Refused,
    Unsettled,
    Dropped,
    NotSent,
}

impl Record {
    /// The bytes to store.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let application = match self.application.as_str() {
            DEFAULT_APPLICATION => String::new(),
            other => other.to_owned(),
        };
        let stored = StoredRecord {
            application,
            sends: self.sends.clone(),
            refused_sends: self.refused_sends.clone(),
            failures: self.failures.clone(),
            verifications: self
                .verifications
                .iter()
                .map(StoredVerification::from)
                .collect(),
        };
        // Most records fit; growing byte by byte is what costs.
        let mut bytes = Vec::with_capacity(USUAL_BYTES);
        let replies = StoredReplies::of(self);
        bytes.push(replies.as_ref().map_or(SECOND_FORMAT, |_| FORMAT));
        let written = postcard::to_extend(&stored, bytes).and_then(|bytes| match replies {
            Some(replies) => postcard::to_extend(&replies, bytes),
            None => Ok(bytes),
        });
        written.expect("a record in memory can always be written down")
    }

    /// Reads what [`Record::encode`] wrote.
    pub fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        let (format, body) = bytes.split_first().ok_or(RecordError::Damaged)?;
        match *format {
            SECOND_FORMAT | FORMAT => {
                let taken = postcard::take_from_bytes(body);
                let (stored, rest): (StoredRecord, _) = taken.map_err(|_| RecordError::Damaged)?;
                let mut record: Self = stored.try_into()?;
                if *format == FORMAT {
                    StoredReplies::read(rest)?.put_into(&mut record);
                }
                Ok(record)
            }
            FIRST_FORMAT => first::decode(body),
            newer if newer > FORMAT => Err(RecordError::NewerFormat(newer)),
            _ => Err(RecordError::Damaged),
        }
    }
}

impl TryFrom<StoredRecord> for Record {
    type Error = RecordError;

    fn try_from(stored: StoredRecord) -> Result<Self, RecordError> {
        let application = match stored.application.as_str() {
            "" => DEFAULT_APPLICATION.to_owned(),
            _ => stored.application,
        };
        Ok(Self {
            application,
            sends: stored.sends,
            refused_sends: stored.refused_sends,
            failures: stored.failures,
            reports: Vec::new(),
            verifications: stored
                .verifications
                .into_iter()
                .map(Verification::try_from)
                .collect::<Result<_, _>>()?,
        })
    }
}

impl From<&Verification> for StoredVerification {
    fn from(verification: &Verification) -> Self {
        let lifetime_ms = verification
            .expires_at
            .unix_ms()
            .saturating_sub(verification.created_at.unix_ms());
        Self {
            id: verification.id,
            purpose: verification.purpose.clone(),
            status: verification.status.into(),
            created_at: verification.created_at,
            lifetime_ms,
            attempts_left: verification.attempts_left,
            code_length: verification.code.length.get(),
            code_alphabet: match verification.code.alphabet {
                CodeAlphabet::Digits => StoredAlphabet::Digits,
                CodeAlphabet::Unambiguous => StoredAlphabet::Unambiguous,
            },
            digest: verification.digest,
            delivery: StoredDelivery::from(&verification.delivery),
            about: StoredAbout::from(&verification.about),
            attempts: verification
                .attempts
                .iter()
                .map(StoredAttempt::from)
                .collect(),
            trail: steps::stored(&verification.trail),
            callbacks: StoredCallbacks::from(&verification.callbacks),
        }
    }
}

impl TryFrom<StoredVerification> for Verification {
    type Error = RecordError;

    fn try_from(stored: StoredVerification) -> Result<Self, RecordError> {
        let code = code_policy(stored.code_length, stored.code_alphabet)?;
        Ok(Self {
            id: stored.id,
            purpose: stored.purpose,
            status: stored.status.into(),
            created_at: stored.created_at,
            expires_at: Timestamp::from_unix_ms(
                stored
                    .created_at
                    .unix_ms()
                    .saturating_add(stored.lifetime_ms),
            ),
            attempts_left: stored.attempts_left,
            code,
            digest: stored.digest,
            delivery: stored.delivery.into(),
            about: stored.about.into(),
            attempts: stored.attempts.into_iter().map(Into::into).collect(),
            trail: steps::read(stored.trail),
            callbacks: stored.callbacks.into(),
        })
    }
}

mirrored!(
    Status,
    StoredStatus,
    Pending,
    Approved,
    Expired,
    ExpiredAndTold,
    Canceled,
    Locked,
    Failed
);

impl From<&Delivery> for StoredDelivery {
    fn from(delivery: &Delivery) -> Self {
        match delivery {
            Delivery::Underway {
                step,
                deliver_by,
                tries,
                sealed,
            } => Self::Underway {
                step: *step,
                deliver_by: *deliver_by,
                tries: *tries,
                sealed: sealed.clone(),
            },
            Delivery::Watched {
                step,
                until_at,
                sealed,
            } => Self::Watched {
                step: *step,
                until_at: *until_at,
                sealed: sealed.clone(),
            },
            Delivery::Accepted => Self::Accepted,
            Delivery::Refused => Self::Refused,
            Delivery::Unsettled => Self::Unsettled,
            Delivery::Dropped => Self::Dropped,
            Delivery::NotSent => Self::NotSent,
        }
    }
}

impl From<StoredDelivery> for Delivery {
    fn from(delivery: StoredDelivery) -> Self {
        match delivery {
            StoredDelivery::Underway {
                step,
                deliver_by,
                tries,
                sealed,
            } => Self::Underway {
                step,
                deliver_by,
                tries,
                sealed,
            },
            StoredDelivery::Watched {
                step,
                until_at,
                sealed,
            } => Self::Watched {
                step,
                until_at,
                sealed,
            },
            StoredDelivery::Accepted => Self::Accepted,
            StoredDelivery::Refused => Self::Refused,
            StoredDelivery::Unsettled => Self::Unsettled,
            StoredDelivery::Dropped => Self::Dropped,
            StoredDelivery::NotSent => Self::NotSent,
        }
    }
}

impl From<&About> for StoredAbout {
    fn from(about: &About) -> Self {
        Self {
            to: about.to.clone(),
            locale: about.locale.clone(),
            metadata: about.metadata.clone(),
            is_test: about.is_test,
            is_announced: about.is_announced,
            recipient: about.recipient.clone(),
        }
    }
}

impl From<StoredAbout> for About {
    fn from(stored: StoredAbout) -> Self {
        Self {
            to: stored.to,
            locale: stored.locale,
            metadata: stored.metadata,
            is_test: stored.is_test,
            is_announced: stored.is_announced,
            recipient: stored.recipient,
        }
    }
}

fn code_policy(length: u8, alphabet: StoredAlphabet) -> Result<CodePolicy, RecordError> {
    Ok(CodePolicy {
        length: CodeLength::new(length).map_err(|_| RecordError::Damaged)?,
        alphabet: match alphabet {
            StoredAlphabet::Digits => CodeAlphabet::Digits,
            StoredAlphabet::Unambiguous => CodeAlphabet::Unambiguous,
        },
    })
}
