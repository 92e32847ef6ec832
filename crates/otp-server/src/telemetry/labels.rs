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
    /// Its recipient says that they did not ask for it.
    Reported,
}

impl VerificationOutcome {
    pub(super) const ALL: [Self; 12] = [
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
        Self::Reported,
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
            Self::Reported => "reported",
        }
    }
}

/// What somebody said in a chat, and what it came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChatWord {
    /// A code that was compared, or would have been but for a limit.
    Code,
    /// A code, and none is waited for.
    NothingWaits,
    /// They asked for no code.
    Report,
    /// They want nothing any more.
    Stop,
    /// They want messages again.
    Start,
    /// It was told before.
    Again,
    /// Nothing that means anything here.
    Other,
}

impl ChatWord {
    pub(super) const ALL: [Self; 7] = [
        Self::Code,
        Self::NothingWaits,
        Self::Report,
        Self::Stop,
        Self::Start,
        Self::Again,
        Self::Other,
    ];

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::NothingWaits => "nothing_waits",
            Self::Report => "report",
            Self::Stop => "stop",
            Self::Start => "start",
            Self::Again => "again",
            Self::Other => "other",
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
    /// The person wants nothing this way, so it was not asked.
    OptedOut,
    /// Its answer was lost, so nobody knows.
    Uncertain,
}

impl DeliveryResult {
    pub(super) const ALL: [Self; 7] = [
        Self::Accepted,
        Self::Undeliverable,
        Self::Throttled,
        Self::ChannelDown,
        Self::Rejected,
        Self::OptedOut,
        Self::Uncertain,
    ];

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Undeliverable => "undeliverable",
            Self::Throttled => "throttled",
            Self::ChannelDown => "channel_down",
            Self::Rejected => "rejected",
            Self::OptedOut => "opted_out",
            Self::Uncertain => "uncertain",
        }
    }
}

/// What came of telling an application something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallbackResult {
    /// It took it in.
    Delivered,
    /// It did not, and is told again.
    Failed,
    /// It was given up.
    Dropped,
}

impl CallbackResult {
    pub(super) const ALL: [Self; 3] = [Self::Delivered, Self::Failed, Self::Dropped];

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Dropped => "dropped",
        }
    }
}

/// What codes go out in since the last switch of templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TemplateSwitch {
    /// The first template again.
    First,
    /// An alternate.
    Alternate,
    /// Nothing that Meta would send.
    Nothing,
}

impl TemplateSwitch {
    pub(super) const ALL: [Self; 3] = [Self::First, Self::Alternate, Self::Nothing];

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Alternate => "alternate",
            Self::Nothing => "nothing",
        }
    }
}

/// Who tells something by webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// Meta.
    WhatsApp,
    /// Vonage.
    Vonage,
    /// Twilio.
    Twilio,
}

impl Provider {
    pub(super) const ALL: [Self; 3] = [Self::WhatsApp, Self::Vonage, Self::Twilio];

    /// As metrics and logs call it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::WhatsApp => "whatsapp",
            Self::Vonage => "vonage",
            Self::Twilio => "twilio",
        }
    }
}

/// What Meta tells of, beside messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhatsAppAlert {
    /// Whether a template may be sent.
    TemplateStatus,
    /// What people think of a template.
    TemplateQuality,
    /// The account.
    Account,
    /// The business number.
    Number,
    /// Something that somebody should look at.
    Alert,
}

impl WhatsAppAlert {
    pub(super) const ALL: [Self; 5] = [
        Self::TemplateStatus,
        Self::TemplateQuality,
        Self::Account,
        Self::Number,
        Self::Alert,
    ];

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::TemplateStatus => "template_status",
            Self::TemplateQuality => "template_quality",
            Self::Account => "account",
            Self::Number => "number",
            Self::Alert => "alert",
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
