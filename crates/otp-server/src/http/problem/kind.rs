//! The kinds of problems: a closed set, each with a name, a status, and what it means.

use actix_web::http::StatusCode;
use otp_core::Reason;

/// What is the matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) enum Kind {
    InvalidRequest,
    BodyTooLarge,
    MethodNotAllowed,
    Unauthorized,
    Forbidden,
    NotFound,
    IdempotencyConflict,
    RecipientOptedOut,
    CountryNotAllowed,
    BlockedByFraudBrake,
    BudgetExhausted,
    Cooldown,
    SendLimit,
    CheckLimit,
    Locked,
    DeliveryFailed,
    Unavailable,
}

impl Kind {
    pub(in crate::http) const ALL: [Self; 17] = [
        Self::InvalidRequest,
        Self::BodyTooLarge,
        Self::MethodNotAllowed,
        Self::Unauthorized,
        Self::Forbidden,
        Self::NotFound,
        Self::IdempotencyConflict,
        Self::RecipientOptedOut,
        Self::CountryNotAllowed,
        Self::BlockedByFraudBrake,
        Self::BudgetExhausted,
        Self::Cooldown,
        Self::SendLimit,
        Self::CheckLimit,
        Self::Locked,
        Self::DeliveryFailed,
        Self::Unavailable,
    ];

    /// Which kind a limit is told as.
    pub(super) fn of_limit(reason: Reason) -> Self {
        match reason {
            Reason::Cooldown => Self::Cooldown,
            Reason::SendLimit
            | Reason::Reported
            | Reason::AnswerLimit
            | Reason::AddressLimit
            | Reason::PrefixLimit
            | Reason::CountryLimit
            | Reason::ApplicationLimit => Self::SendLimit,
            Reason::Budget => Self::BudgetExhausted,
            Reason::CheckLimit | Reason::AddressCheckLimit | Reason::ApplicationCheckLimit => {
                Self::CheckLimit
            }
        }
    }

    /// Whether it tells of a limit that `RateLimit` tells of.
    pub(super) fn is_of_sends(self) -> bool {
        matches!(self, Self::Cooldown | Self::SendLimit)
    }

    /// The last part of its address.
    pub(in crate::http) fn name(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid-request",
            Self::BodyTooLarge => "body-too-large",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not-found",
            Self::IdempotencyConflict => "idempotency-conflict",
            Self::RecipientOptedOut => "recipient-opted-out",
            Self::CountryNotAllowed => "country-not-allowed",
            Self::BlockedByFraudBrake => "blocked-by-fraud-brake",
            Self::BudgetExhausted => "budget-exhausted",
            Self::Cooldown => "cooldown",
            Self::SendLimit => "send-limit",
            Self::CheckLimit => "check-limit",
            Self::Locked => "locked",
            Self::DeliveryFailed => "delivery-failed",
            Self::Unavailable => "unavailable",
        }
    }

    /// Where it is explained; its `type`.
    pub(in crate::http) fn address(self) -> String {
        format!("/problems/{}", self.name())
    }

    pub(in crate::http) fn status(self) -> StatusCode {
        match self {
            Self::InvalidRequest => StatusCode::UNPROCESSABLE_ENTITY,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden
            | Self::RecipientOptedOut
            | Self::CountryNotAllowed
            | Self::BlockedByFraudBrake => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::IdempotencyConflict => StatusCode::CONFLICT,
            Self::BudgetExhausted => StatusCode::PAYMENT_REQUIRED,
            Self::Cooldown | Self::SendLimit | Self::CheckLimit | Self::Locked => {
                StatusCode::TOO_MANY_REQUESTS
            }
            Self::DeliveryFailed => StatusCode::BAD_GATEWAY,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The same for every problem of the kind.
    pub(in crate::http) fn title(self) -> &'static str {
        match self {
            Self::InvalidRequest => "The request is not valid",
            Self::BodyTooLarge => "The body is too large",
            Self::MethodNotAllowed => "This method is not allowed here",
            Self::Unauthorized => "A valid API key is needed",
            Self::Forbidden => "This key may not do that",
            Self::NotFound => "There is no such thing",
            Self::IdempotencyConflict => "The idempotency key is in use",
            Self::RecipientOptedOut => "The recipient wants no messages",
            Self::CountryNotAllowed => "Codes are not sent to this country",
            Self::BlockedByFraudBrake => "Blocked by the fraud brake",
            Self::BudgetExhausted => "The budget is spent",
            Self::Cooldown => "Too soon after the last code",
            Self::SendLimit => "Too many codes were sent",
            Self::CheckLimit => "Too many wrong codes",
            Self::Locked => "The verification is locked",
            Self::DeliveryFailed => "The code could not be delivered",
            Self::Unavailable => "The service is unavailable for the moment",
        }
    }

    /// What it means, in one sentence.
    pub(in crate::http) fn meaning(self) -> &'static str {
        match self {
            Self::InvalidRequest => {
                "At least one field is missing, has a wrong type or a value that is not allowed, or is not known."
            }
            Self::BodyTooLarge => "The body is longer than this server reads.",
            Self::MethodNotAllowed => {
                "The address is right, and the method is not; Allow says which are."
            }
            Self::Unauthorized => {
                "There is no key in the request, or it is mistyped, revoked, expired, or of another installation."
            }
            Self::Forbidden => {
                "The key is good, but not for this: it lacks the scope, or its application lacks this API."
            }
            Self::NotFound => {
                "There is nothing at this address: the verification is unknown, is over, or is another application's."
            }
            Self::IdempotencyConflict => {
                "This Idempotency-Key was used for a request with another body, or its first request is still under way."
            }
            Self::RecipientOptedOut => "The person said that no messages should come this way.",
            Self::CountryNotAllowed => {
                "The operator does not let codes go to this number's country."
            }
            Self::BlockedByFraudBrake => {
                "Sends like this one look like an abuse, and are held back."
            }
            Self::BudgetExhausted => "What messages may cost in a day has been spent.",
            Self::Cooldown => "A code was sent to this phone a moment ago.",
            Self::SendLimit => {
                "As many codes as are allowed were sent, to this phone or to others that are counted with it."
            }
            Self::CheckLimit => {
                "So many wrong codes were tried that for now none is compared; nothing was used up by this request."
            }
            Self::Locked => "Wrong codes used up this verification; its code is dead.",
            Self::DeliveryFailed => {
                "No channel took the message; the send does not count against the phone's limits."
            }
            Self::Unavailable => {
                "The store or every channel is out of reach for the moment. Nothing is approved that was not told; what was \
                 begun when it went may have been done."
            }
        }
    }

    /// What whoever gets it should do.
    pub(super) fn remedy(self) -> &'static str {
        match self {
            Self::InvalidRequest => {
                "Read `errors`: it names each field and what is allowed. Do not send the same request again."
            }
            Self::BodyTooLarge => {
                "Send at most 4 KiB, or what the operator set in http.body_limit_bytes."
            }
            Self::MethodNotAllowed => "Use one of the methods in the Allow header.",
            Self::Unauthorized => {
                "Send `Authorization: Bearer KEY` or `X-API-Key: KEY`. Operators make keys with `otp-server key create`."
            }
            Self::Forbidden => {
                "Use a key with the scope that is named in `detail`, or let the operator add the API to the application's `faces`."
            }
            Self::NotFound => {
                "Check the id, and that the key is the one of the application that started it. Start a new verification when it is over."
            }
            Self::IdempotencyConflict => {
                "Use a new key for a new request. If the body was the same, wait for Retry-After and send it again: the answer of the first one comes back."
            }
            Self::RecipientOptedOut => {
                "Offer another way. The person can opt in again by writing START to the business number."
            }
            Self::CountryNotAllowed => {
                "Ask the operator to allow the country ([countries] in the configuration)."
            }
            Self::BlockedByFraudBrake => {
                "Wait, or ask the operator to look at what the brake reports."
            }
            Self::BudgetExhausted => {
                "Wait for Retry-After, or ask the operator to raise the budget ([budget] in the configuration)."
            }
            Self::Cooldown => {
                "Wait for Retry-After, show the person a countdown, and ask again. The code that was sent is still good."
            }
            Self::SendLimit => "Wait for Retry-After. Do not retry earlier: it does not help.",
            Self::CheckLimit => {
                "Wait for Retry-After, then check again; the right code is still accepted within its lifetime."
            }
            Self::Locked => "Start a new verification after Retry-After.",
            Self::DeliveryFailed => {
                "Tell the person, offer another way, and start again later. The timeline says what the channel answered."
            }
            Self::Unavailable => {
                "Wait for Retry-After, then send the same request again, with the same Idempotency-Key."
            }
        }
    }
}
