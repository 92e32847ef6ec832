//! The values that metric labels take: closed sets, so that no caller can make series without end.

use actix_web::http::Method;

/// The name of the one refusal that is no limit: it has no end.
pub const COUNTRY_NOT_ALLOWED: &str = "country_not_allowed";

/// Which group of routes answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Face {
    /// `/otp/{phone}`.
    Sample,
    /// `/v1`.
    Native,
    /// `/api/v1`.
    Key,
    /// `/dispatch/otp`.
    Dispatch,
    /// `/webhooks`.
    Webhooks,
    /// Health and metrics.
    Operations,
    /// Nothing that is served.
    Unknown,
}

impl Face {
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Sample => "sample",
            Self::Native => "native",
            Self::Key => "key",
            Self::Dispatch => "dispatch",
            Self::Webhooks => "webhooks",
            Self::Operations => "operations",
            Self::Unknown => "unknown",
        }
    }
}

/// What happened to a verification, or to a request about one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerificationOutcome {
    /// A code was made and its sending decided.
    Started,
    /// A send was refused by a limit.
    SendLimited,
    /// The right code.
    Approved,
    /// A wrong code, or a text that cannot be one, with attempts left.
    Wrong,
    /// A wrong code that ended it.
    Exhausted,
    /// Its time ran out.
    Expired,
    /// Called off, or replaced by a newer code.
    Canceled,
    /// Its message was refused for good.
    Failed,
    /// Its delivery was taken up again after its server went silent.
    Redelivered,
    /// A check where no code was waiting.
    NotFound,
    /// A check was refused, uncompared, by a limit.
    CheckLimited,
}

impl VerificationOutcome {
    pub(super) const ALL: [Self; 11] = [
        Self::Started,
        Self::SendLimited,
        Self::Approved,
        Self::Wrong,
        Self::Exhausted,
        Self::Expired,
        Self::Canceled,
        Self::Failed,
        Self::Redelivered,
        Self::NotFound,
        Self::CheckLimited,
    ];

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::SendLimited => "send_limited",
            Self::Approved => "approved",
            Self::Wrong => "wrong",
            Self::Exhausted => "exhausted",
            Self::Expired => "expired",
            Self::Canceled => "canceled",
            Self::Failed => "failed",
            Self::Redelivered => "redelivered",
            Self::NotFound => "not_found",
            Self::CheckLimited => "check_limited",
        }
    }
}

/// What a channel said to a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryResult {
    /// It took the message.
    Accepted,
    /// This recipient cannot be reached this way.
    Undeliverable,
    /// Later, perhaps.
    Throttled,
    /// It serves nobody now.
    ChannelDown,
    /// Our request was wrong.
    Rejected,
    /// Its answer was lost, so nobody knows.
    Uncertain,
}

impl DeliveryResult {
    pub(super) const ALL: [Self; 6] = [
        Self::Accepted,
        Self::Undeliverable,
        Self::Throttled,
        Self::ChannelDown,
        Self::Rejected,
        Self::Uncertain,
    ];

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Undeliverable => "undeliverable",
            Self::Throttled => "throttled",
            Self::ChannelDown => "channel_down",
            Self::Rejected => "rejected",
            Self::Uncertain => "uncertain",
        }
    }
}

/// The method as a label; one that HTTP does not know is `other`, whatever a client made up.
pub(super) fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
