//! The values that metric labels take: closed sets, so that no caller can make series without end.

use actix_web::http::Method;

/// Which group of routes answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Face {
    /// `/otp/{phone}`.
    Sample,
    /// Health and metrics.
    Operations,
    /// Nothing that is served.
    Unknown,
}

impl Face {
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Sample => "sample",
            Self::Operations => "operations",
            Self::Unknown => "unknown",
        }
    }
}

/// What became of a request to start or to check a verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerificationOutcome {
    /// A code was made and its sending decided.
    Started,
    /// A send was refused by a limit.
    SendLimited,
    /// The right code.
    Approved,
    /// A wrong code, with attempts left.
    Wrong,
    /// A wrong code that ended its verification.
    Exhausted,
    /// A check too late.
    Expired,
    /// A check where no code was waiting.
    NotFound,
    /// A check was refused, uncompared, by a limit.
    CheckLimited,
}

impl VerificationOutcome {
    pub(super) const ALL: [Self; 8] = [
        Self::Started,
        Self::SendLimited,
        Self::Approved,
        Self::Wrong,
        Self::Exhausted,
        Self::Expired,
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
            Self::NotFound => "not_found",
            Self::CheckLimited => "check_limited",
        }
    }
}

/// A way for a code to reach a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// An authentication template over WhatsApp.
    WhatsApp,
}

impl Channel {
    pub(super) const ALL: [Self; 1] = [Self::WhatsApp];

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::WhatsApp => "whatsapp",
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
    /// It does not answer, or answers nonsense.
    ChannelDown,
    /// Our request was wrong.
    Rejected,
}

impl DeliveryResult {
    pub(super) const ALL: [Self; 5] = [
        Self::Accepted,
        Self::Undeliverable,
        Self::Throttled,
        Self::ChannelDown,
        Self::Rejected,
    ];

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Undeliverable => "undeliverable",
            Self::Throttled => "throttled",
            Self::ChannelDown => "channel_down",
            Self::Rejected => "rejected",
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
