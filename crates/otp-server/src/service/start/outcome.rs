//! What became of a request for a code.

use otp_core::{CountryNotAllowed, Overview, Refusal, Timestamp, VerificationId};

use crate::channel::{DeliveryError, Secret};
use crate::telemetry::COUNTRY_NOT_ALLOWED;

/// What became of a request for a code, or for another one.
#[derive(Debug)]
pub enum StartOutcome {
    /// A channel took the message, or it is a test of which nothing is sent.
    Sent(Started),
    /// A limit holds it back; nothing was sent.
    Refused {
        /// Which limit.
        refusal: Refusal,
        /// When it was decided.
        now: Timestamp,
    },
    /// No code goes to that country; nothing was sent.
    CountryNotAllowed(CountryNotAllowed),
    /// The channel refused it, or nobody knows whether it left.
    NotDelivered {
        /// The verification, which only lives on when the message may have arrived.
        started: Started,
        /// What the channel said.
        error: DeliveryError,
    },
    /// Length and lifetime that were asked for are not within the rules; nothing was sent.
    Impossible,
    /// No way of the application's workflow reaches any of the addresses; nothing was sent.
    Unreachable,
    /// There is no such verification that is pending, or its addresses are not kept: of resends only.
    NotFound,
}

/// A verification that was made, or got a new code.
#[derive(Debug)]
pub struct Started {
    /// Its id.
    pub id: VerificationId,
    /// Tells codes apart in a log; see [`otp_core::CodeDigest::fingerprint`].
    pub fingerprint: String,
    /// The code's end.
    pub expires_at: Timestamp,
    /// The next send is refused before this moment.
    pub next_send_at: Timestamp,
    /// How it stands now.
    pub overview: Option<Overview>,
    /// When the code was made.
    pub now: Timestamp,
    /// The code, where nothing is sent.
    pub test_code: Option<Secret>,
}

impl StartOutcome {
    /// The verification that was made, if one was.
    #[must_use]
    pub fn started(&self) -> Option<&Started> {
        match self {
            Self::Sent(started) | Self::NotDelivered { started, .. } => Some(started),
            Self::Refused { .. }
            | Self::CountryNotAllowed(_)
            | Self::Impossible
            | Self::Unreachable
            | Self::NotFound => None,
        }
    }

    /// The name of what held the send back, if anything did.
    #[must_use]
    pub fn refused_by(&self) -> Option<&'static str> {
        match self {
            Self::Refused { refusal, .. } => Some(refusal.reason.name()),
            Self::CountryNotAllowed(_) => Some(COUNTRY_NOT_ALLOWED),
            Self::Sent(_)
            | Self::NotDelivered { .. }
            | Self::Impossible
            | Self::Unreachable
            | Self::NotFound => None,
        }
    }
}
