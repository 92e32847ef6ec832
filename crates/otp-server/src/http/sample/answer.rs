//! Every answer of the sample face: the one place where an outcome becomes a status and a text.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use otp_core::{Timestamp, Verdict};

use super::super::access::Denied;
use super::super::plain::{self, answer};
use crate::service::{Checked, DeliveryError, StartOutcome, Unavailable};

/// A phone that is echoed is cut here; no phone is longer as people type it.
const ECHO_CHARS_MAX: usize = 64;

/// An answer before it is put on the wire; the names are the contract's.
pub(super) enum Answer {
    Sent,
    Verified,
    SendFailed,
    InvalidPhone,
    TooMany { retry_after_secs: u64 },
    NoActiveCode { phone: String },
    NoCodeProvided,
    Expired,
    Incorrect { attempts_left: u8 },
    Exhausted,
    BodyTooLarge { bytes_max: usize },
    BodyUnreadable,
    Unauthorized,
    Forbidden(&'static str),
    Unavailable,
}

impl Answer {
    pub(super) fn to_send(outcome: &StartOutcome) -> Self {
        match outcome {
            StartOutcome::Sent(_) => Self::Sent,
            StartOutcome::NotDelivered {
                error: DeliveryError::OptedOut(_),
                ..
            } => Self::Forbidden("This person wants no messages."),
            StartOutcome::NotDelivered { .. }
            | StartOutcome::Impossible
            | StartOutcome::Unreachable
            | StartOutcome::NotFound => Self::SendFailed,
            StartOutcome::CountryNotAllowed(_) => {
                Self::Forbidden("Codes are not sent to this country.")
            }
            StartOutcome::Refused { refusal, now } => Self::too_many(*now, refusal.retry_at),
        }
    }

    pub(super) fn to_check(checked: &Checked, typed: &str) -> Self {
        match checked.verdict {
            Verdict::Approved(_) => Self::Verified,
            Verdict::Wrong { attempts_left } => Self::Incorrect { attempts_left },
            Verdict::Exhausted => Self::Exhausted,
            Verdict::Expired => Self::Expired,
            Verdict::NotFound | Verdict::Finished(_) | Verdict::UsedAlready | Verdict::TooLate => {
                Self::no_active_code(typed)
            }
            Verdict::NoCode => Self::NoCodeProvided,
            Verdict::Wait { retry_at } => Self::too_many(checked.now, retry_at),
        }
    }

    /// Echoes the phone as it was given, without control characters.
    pub(super) fn no_active_code(typed: &str) -> Self {
        let phone = typed
            .chars()
            .filter(|character| !character.is_control())
            .take(ECHO_CHARS_MAX)
            .collect();
        Self::NoActiveCode { phone }
    }

    pub(super) fn unreadable_body(error: &actix_web::Error, bytes_max: usize) -> Self {
        match error.as_response_error().status_code() {
            StatusCode::PAYLOAD_TOO_LARGE => Self::BodyTooLarge { bytes_max },
            _ => Self::BodyUnreadable,
        }
    }

    pub(super) fn unavailable(error: &Unavailable) -> Self {
        tracing::error!("the store is unavailable: {error}");
        Self::Unavailable
    }

    fn too_many(now: Timestamp, retry_at: Timestamp) -> Self {
        Self::TooMany {
            retry_after_secs: now.secs_until(retry_at).max(1),
        }
    }

    /// Status, headers and text.
    pub(super) fn respond(self) -> HttpResponse {
        match self {
            Self::Sent | Self::Verified => answer(HttpResponse::Ok(), ""),
            Self::SendFailed => answer(
                HttpResponse::InternalServerError(),
                "Error calling send message API. Check server logs.",
            ),
            Self::InvalidPhone => answer(HttpResponse::BadRequest(), "Invalid phone number."),
            Self::TooMany { retry_after_secs } => plain::too_many(retry_after_secs),
            Self::NoActiveCode { phone } => answer(
                HttpResponse::NotFound(),
                format!("No active code for phone # {phone}"),
            ),
            Self::NoCodeProvided => answer(HttpResponse::BadRequest(), "No code provided."),
            Self::Expired => answer(
                HttpResponse::Unauthorized(),
                "Code has expired, please request another.",
            ),
            Self::Incorrect { attempts_left } => answer(
                HttpResponse::Unauthorized(),
                format!("Incorrect code. {attempts_left} attempt(s) remaining."),
            ),
            Self::Exhausted => answer(
                HttpResponse::Unauthorized(),
                "Too many failed attempts, please request a new code.",
            ),
            Self::BodyTooLarge { bytes_max } => plain::body_too_large(bytes_max),
            Self::BodyUnreadable => plain::body_unreadable(),
            Self::Unauthorized => plain::unauthorized(),
            Self::Forbidden(text) => answer(HttpResponse::Forbidden(), text),
            Self::Unavailable => plain::unavailable(),
        }
    }
}

impl From<Denied> for Answer {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::NoKey => Self::Unauthorized,
            Denied::NotAllowed => Self::Forbidden(plain::NOT_ALLOWED),
            Denied::NotServed => Self::Forbidden("The default application is not served here."),
            Denied::Unavailable => Self::Unavailable,
            Denied::NotAPerson => Self::Forbidden(plain::NOT_A_PERSON),
            Denied::ForeignHost => Self::Forbidden(plain::FOREIGN_HOST),
        }
    }
}
