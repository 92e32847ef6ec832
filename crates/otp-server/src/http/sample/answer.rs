//! Every answer of the sample face: the one place where an outcome becomes a status and a text.

use actix_web::http::StatusCode;
use actix_web::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, HttpResponseBuilder};
use otp_core::{Timestamp, Verdict};

use super::super::PLAIN_TEXT;
use super::super::access::Denied;
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
            Self::Sent | Self::Verified => plain(HttpResponse::Ok(), ""),
            Self::SendFailed => plain(
                HttpResponse::InternalServerError(),
                "Error calling send message API. Check server logs.",
            ),
            Self::InvalidPhone => plain(HttpResponse::BadRequest(), "Invalid phone number."),
            Self::TooMany { retry_after_secs } => {
                let mut response = HttpResponse::TooManyRequests();
                response.insert_header((RETRY_AFTER, retry_after_secs));
                plain(
                    response,
                    format!("Too many requests, please try again in {retry_after_secs} seconds."),
                )
            }
            Self::NoActiveCode { phone } => plain(
                HttpResponse::NotFound(),
                format!("No active code for phone # {phone}"),
            ),
            Self::NoCodeProvided => plain(HttpResponse::BadRequest(), "No code provided."),
            Self::Expired => plain(
                HttpResponse::Unauthorized(),
                "Code has expired, please request another.",
            ),
            Self::Incorrect { attempts_left } => plain(
                HttpResponse::Unauthorized(),
                format!("Incorrect code. {attempts_left} attempt(s) remaining."),
            ),
            Self::Exhausted => plain(
                HttpResponse::Unauthorized(),
                "Too many failed attempts, please request a new code.",
            ),
            Self::BodyTooLarge { bytes_max } => plain(
                HttpResponse::PayloadTooLarge(),
                format!("Request body too large, at most {bytes_max} bytes."),
            ),
            Self::BodyUnreadable => plain(
                HttpResponse::BadRequest(),
                "The request body cannot be read.",
            ),
            Self::Unauthorized => {
                let mut response = HttpResponse::Unauthorized();
                response.insert_header((WWW_AUTHENTICATE, "Bearer"));
                plain(
                    response,
                    "A valid API key is required: Authorization: Bearer KEY, or X-API-Key: KEY.",
                )
            }
            Self::Forbidden(text) => plain(HttpResponse::Forbidden(), text),
            Self::Unavailable => {
                let mut response = HttpResponse::ServiceUnavailable();
                response.insert_header((RETRY_AFTER, 5));
                plain(response, "Service unavailable, please try again later.")
            }
        }
    }
}

impl From<Denied> for Answer {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::NoKey => Self::Unauthorized,
            Denied::NotAllowed => Self::Forbidden("This key may not do that."),
            Denied::NotServed => Self::Forbidden("The default application is not served here."),
            Denied::Unavailable => Self::Unavailable,
            Denied::NotAPerson => {
                Self::Forbidden("Prefetches and other sites' pages may not use this address.")
            }
            Denied::ForeignHost => Self::Forbidden(
                "This server answers only to its IP address or localhost. Use a key to call it by another name.",
            ),
        }
    }
}

fn plain(mut response: HttpResponseBuilder, text: impl Into<String>) -> HttpResponse {
    response.content_type(PLAIN_TEXT).body(text.into())
}
