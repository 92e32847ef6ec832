//! Verifications as the native face shows them.

use otp_core::{Attempt, ChannelKind, Failure, Overview, Progress, Status, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::values::written_metadata;
use crate::service::Started;

/// A verification, and what may be done next and when.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct Verification {
    /// Names the verification in every other call: 43 characters of `A-Z a-z 0-9 - _`.
    #[schema(min_length = 43, max_length = 43)]
    id: String,
    status: VerificationStatus,
    /// The phone, with stars for most of its digits.
    to: String,
    /// The channel that was really used.
    channel: Channel,
    /// What the code is good for; empty when the start named no purpose.
    purpose: String,
    /// When the verification was started (RFC 3339, UTC).
    #[schema(format = DateTime)]
    created_at: String,
    /// From here on the code is refused (RFC 3339, UTC).
    #[schema(format = DateTime)]
    expires_at: String,
    /// Wrong codes that are still borne; 0 when no code can be checked any more.
    attempts_left: u8,
    /// Another code can be sent to this phone from here on (RFC 3339, UTC).
    #[schema(format = DateTime)]
    next_send_at: String,
    /// The next code is compared from here on (RFC 3339, UTC).
    #[schema(format = DateTime)]
    next_check_at: String,
    /// The messages, oldest first.
    deliveries: Vec<Delivery>,
    /// The application's own notes, as they were given.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    metadata: Map<String, Value>,
    /// How the right code came in; there once it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    verified_by: Option<VerifiedBy>,
    /// True when nothing was or will be sent: the key is a test key, or the number a test recipient.
    test: bool,
    /// The code, of a test that was started with a test key: there only in the answer to a start or
    /// a resend, and never for a code that was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    test_code: Option<String>,
}

/// Where a verification stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum VerificationStatus {
    /// It waits for the right code.
    Pending,
    /// The right code was given.
    Approved,
    /// Time ran out.
    Expired,
    /// It was called off, or a newer one took its place.
    Canceled,
    /// Wrong codes used it up.
    Locked,
    /// No channel took the message.
    Failed,
}

/// How the right code came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum VerifiedBy {
    /// The application handed it in.
    Check,
    /// The person sent it in the chat.
    Reply,
}

/// A way to the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum Channel {
    /// An authentication template over WhatsApp.
    Whatsapp,
    /// Free text over WhatsApp.
    WhatsappText,
    /// Facebook Messenger.
    Messenger,
    /// SMS.
    Sms,
    /// E-mail.
    Email,
    /// A gateway of the operator's own.
    Gateway,
}

/// A message on its way.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct Delivery {
    /// Its number within the verification, from 1.
    id: u32,
    channel: Channel,
    status: DeliveryStatus,
    /// Since when it stands so (RFC 3339, UTC).
    #[schema(format = DateTime)]
    at: String,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    error: Option<DeliveryError>,
}

/// How far a message got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum DeliveryStatus {
    /// It waits for the channel's word; or that word was lost, and it may have left.
    Queued,
    /// The channel took it.
    Accepted,
    /// It left the channel.
    Sent,
    /// It arrived.
    Delivered,
    /// The person saw it.
    Read,
    /// It did not get there.
    Failed,
}

/// Why a channel did not take a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum DeliveryError {
    /// This person cannot be reached this way.
    Undeliverable,
    /// Too much at once for the channel.
    Throttled,
    /// The channel serves nobody at the moment.
    ChannelDown,
    /// The channel found fault with the request: something for the operator.
    Rejected,
    /// A limit holds it back.
    OverLimit,
    /// The person wants nothing this way.
    OptedOut,
    /// The address that the channel needs is not known of this person.
    NoAddress,
}

/// The answer to a check.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct CheckResult {
    /// The verification's.
    id: String,
    status: VerificationStatus,
    /// Whether this was the right code.
    valid: bool,
    /// Wrong codes that are still borne.
    attempts_left: u8,
    /// From here on the code is refused (RFC 3339, UTC).
    #[schema(format = DateTime)]
    expires_at: String,
    /// Another code can be sent to this phone from here on (RFC 3339, UTC).
    #[schema(format = DateTime)]
    next_send_at: String,
    /// The next code is compared from here on (RFC 3339, UTC).
    #[schema(format = DateTime)]
    next_check_at: String,
    /// True when nothing was or will be sent.
    test: bool,
}

/// Some verifications, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct VerificationList {
    pub(in crate::http) verifications: Vec<Verification>,
    /// To be given as `cursor` for those that come after; null when there are no more.
    pub(in crate::http) next_cursor: Option<String>,
}

impl Verification {
    pub(in crate::http) fn of(overview: &Overview) -> Self {
        let verification = &overview.verification;
        let used = verification.attempts.last().map(|last| last.channel);
        let created_at = verification.trail.first().map(|first| first.at);
        Self {
            id: verification.id.to_string(),
            status: overview.status.into(),
            to: verification.about.to.clone(),
            channel: used.unwrap_or(ChannelKind::WhatsApp).into(),
            purpose: verification.purpose.clone(),
            created_at: moment(created_at.unwrap_or(verification.created_at)),
            expires_at: moment(verification.expires_at),
            attempts_left: overview.attempts_left,
            next_send_at: moment(overview.next_send_at),
            next_check_at: moment(overview.next_check_at),
            deliveries: verification
                .attempts
                .iter()
                .filter_map(Delivery::of)
                .collect(),
            metadata: written_metadata(&verification.about.metadata),
            verified_by: verification.verified_by().map(VerifiedBy::from),
            test: verification.about.is_test,
            test_code: None,
        }
    }

    /// Of one that has just been made, or got a new code.
    pub(in crate::http) fn of_started(overview: &Overview, started: &Started) -> Self {
        let test_code = started.test_code.as_ref();
        Self {
            test_code: test_code.map(|code| code.reveal().to_owned()),
            ..Self::of(overview)
        }
    }
}

impl From<otp_core::VerifiedBy> for VerifiedBy {
    fn from(by: otp_core::VerifiedBy) -> Self {
        match by {
            otp_core::VerifiedBy::Check => Self::Check,
            otp_core::VerifiedBy::Reply => Self::Reply,
        }
    }
}

impl Delivery {
    /// Nothing of a message that was never to be sent.
    pub(in crate::http) fn of(attempt: &Attempt) -> Option<Self> {
        let (status, error) = match attempt.progress {
            Progress::Queued | Progress::Unsettled => (DeliveryStatus::Queued, None),
            Progress::Accepted => (DeliveryStatus::Accepted, None),
            Progress::Sent => (DeliveryStatus::Sent, None),
            Progress::Delivered => (DeliveryStatus::Delivered, None),
            Progress::Read => (DeliveryStatus::Read, None),
            Progress::Failed(failure) => (DeliveryStatus::Failed, Some(failure.into())),
            Progress::NotSent => return None,
        };
        Some(Self {
            id: attempt.number.into(),
            channel: attempt.channel.into(),
            status,
            at: moment(attempt.at),
            error,
        })
    }
}

impl CheckResult {
    pub(in crate::http) fn of(overview: &Overview, valid: Valid) -> Self {
        Self {
            id: overview.verification.id.to_string(),
            status: overview.status.into(),
            valid: valid == Valid::Yes,
            attempts_left: overview.attempts_left,
            expires_at: moment(overview.verification.expires_at),
            next_send_at: moment(overview.next_send_at),
            next_check_at: moment(overview.next_check_at),
            test: overview.verification.about.is_test,
        }
    }
}

/// Whether it was the right code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum Valid {
    Yes,
    No,
}

impl From<Status> for VerificationStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Pending => Self::Pending,
            Status::Approved => Self::Approved,
            Status::Expired | Status::ExpiredAndTold => Self::Expired,
            Status::Canceled => Self::Canceled,
            Status::Locked => Self::Locked,
            Status::Failed => Self::Failed,
        }
    }
}

impl From<ChannelKind> for Channel {
    fn from(kind: ChannelKind) -> Self {
        match kind {
            ChannelKind::WhatsApp => Self::Whatsapp,
            ChannelKind::WhatsAppText => Self::WhatsappText,
            ChannelKind::Messenger => Self::Messenger,
            ChannelKind::VonageSms | ChannelKind::TwilioSms => Self::Sms,
            ChannelKind::Email => Self::Email,
            ChannelKind::Gateway => Self::Gateway,
        }
    }
}

impl From<Failure> for DeliveryError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Undeliverable => Self::Undeliverable,
            Failure::Throttled => Self::Throttled,
            Failure::ChannelDown => Self::ChannelDown,
            Failure::Rejected => Self::Rejected,
            Failure::OverLimit => Self::OverLimit,
            Failure::OptedOut => Self::OptedOut,
            Failure::NoAddress => Self::NoAddress,
        }
    }
}

/// A moment as RFC 3339 has it, to the millisecond.
pub(in crate::http) fn moment(at: Timestamp) -> String {
    let ms = i64::try_from(at.unix_ms()).unwrap_or(i64::MAX);
    let moment = jiff::Timestamp::from_millisecond(ms).unwrap_or(jiff::Timestamp::MAX);
    format!("{moment:.3}")
}
