//! Messages as they are written down.

use serde::{Deserialize, Serialize};

use super::super::{Attempt, Failure, Progress};
use crate::{ChannelKind, Timestamp};

#[derive(Serialize, Deserialize)]
pub(super) struct StoredAttempt {
    number: u8,
    channel: StoredChannel,
    message_id: String,
    progress: StoredProgress,
    at: Timestamp,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) enum StoredChannel {
    WhatsApp,
    WhatsAppText,
    Messenger,
    VonageSms,
    TwilioSms,
    Email,
    Gateway,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) enum StoredFailure {
    Undeliverable,
    Throttled,
    ChannelDown,
    Rejected,
    OverLimit,
    OptedOut,
    NoAddress,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) enum StoredProgress {
    Queued,
    Accepted,
    Sent,
    Delivered,
    Read,
    Failed(StoredFailure),
    Unsettled,
    NotSent,
}

mirrored!(
    ChannelKind,
    StoredChannel,
    WhatsApp,
    WhatsAppText,
    Messenger,
    VonageSms,
    TwilioSms,
    Email,
    Gateway
);

mirrored!(
    Failure,
    StoredFailure,
    Undeliverable,
    Throttled,
    ChannelDown,
    Rejected,
    OverLimit,
    OptedOut,
    NoAddress
);

impl From<Progress> for StoredProgress {
    fn from(progress: Progress) -> Self {
        match progress {
            Progress::Queued => Self::Queued,
            Progress::Accepted => Self::Accepted,
            Progress::Sent => Self::Sent,
            Progress::Delivered => Self::Delivered,
            Progress::Read => Self::Read,
            Progress::Failed(failure) => Self::Failed(failure.into()),
            Progress::Unsettled => Self::Unsettled,
            Progress::NotSent => Self::NotSent,
        }
    }
}

impl From<StoredProgress> for Progress {
    fn from(stored: StoredProgress) -> Self {
        match stored {
            StoredProgress::Queued => Self::Queued,
            StoredProgress::Accepted => Self::Accepted,
            StoredProgress::Sent => Self::Sent,
            StoredProgress::Delivered => Self::Delivered,
            StoredProgress::Read => Self::Read,
            StoredProgress::Failed(failure) => Self::Failed(failure.into()),
            StoredProgress::Unsettled => Self::Unsettled,
            StoredProgress::NotSent => Self::NotSent,
        }
    }
}

impl From<&Attempt> for StoredAttempt {
    fn from(attempt: &Attempt) -> Self {
        Self {
            number: attempt.number,
            channel: attempt.channel.into(),
            message_id: attempt.message_id.clone(),
            progress: attempt.progress.into(),
            at: attempt.at,
        }
    }
}

impl From<StoredAttempt> for Attempt {
    fn from(stored: StoredAttempt) -> Self {
        Self {
            number: stored.number,
            channel: stored.channel.into(),
            message_id: stored.message_id,
            progress: stored.progress.into(),
            at: stored.at,
        }
    }
}
