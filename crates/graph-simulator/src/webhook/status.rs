//! The steps of a message's way, as receipts name them.

use std::str::FromStr;

/// A receipt's status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Sent,
    Delivered,
    Read,
    Failed,
    /// Vonage's `undeliverable` and Twilio's `undelivered`; Meta has no such step.
    Undeliverable,
}

impl Status {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Status::Sent => "sent",
            Status::Delivered => "delivered",
            Status::Read => "read",
            Status::Failed => "failed",
            Status::Undeliverable => "undeliverable",
        }
    }
}

impl FromStr for Status {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [
            Status::Sent,
            Status::Delivered,
            Status::Read,
            Status::Failed,
            Status::Undeliverable,
        ]
        .into_iter()
        .find(|status| status.name() == text)
        .ok_or_else(|| {
            format!("a receipt's `status` is sent, delivered, read or failed, not `{text}`")
        })
    }
}
