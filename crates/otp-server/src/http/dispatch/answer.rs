//! Every answer of the dispatch face: the one place where an outcome becomes a status and a text.

use actix_web::http::StatusCode;
use actix_web::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, HttpResponseBuilder};
use otp_core::{Status, Timestamp, Verdict};

use super::super::PLAIN_TEXT;
use super::super::access::Denied;
use crate::service::{Checked, StartOutcome, Started, Unavailable};

/// An answer before it is put on the wire; the names are the contract's, as far as it goes.
pub(super) enum Answer {
    Created,
    Valid,
    NotFound,
    AlreadyVerified,
    Expired,
    /// "Invalid for unknown reason".
    Invalid {
        retry_after_secs: Option<u64>,
    },
    InvalidToken,
    NoAddress,
    Unreachable,
    NotSent,
    TooMany {
        retry_after_secs: u64,
    },
    BodyTooLarge {
        bytes_max: usize,
    },
    BodyUnreadable,
    Unauthorized,
    Forbidden(&'static str),
    Unavailable,
}

impl Answer {
    pub(super) fn to_send(outcome: &StartOutcome) -> Self {
        match outcome {
            StartOutcome::Sent(_) => Self::Created,
            // It goes another way later, or may have left.
            StartOutcome::NotDelivered { started, .. } if is_pending(started) => Self::Created,
            StartOutcome::NotDelivered { .. }
            | StartOutcome::Impossible
            | StartOutcome::NotFound => Self::NotSent,
            StartOutcome::Unreachable => Self::Unreachable,
            StartOutcome::CountryNotAllowed(_) => {
                Self::Forbidden("Codes are not sent to this country.")
            }
            StartOutcome::Refused { refusal, now } => Self::TooMany {
                retry_after_secs: secs_until(*now, refusal.retry_at),
            },
        }
    }

    pub(super) fn to_check(checked: &Checked) -> Self {
        match checked.verdict {
            Verdict::Approved(_) => Self::Valid,
            Verdict::UsedAlready => Self::AlreadyVerified,
            Verdict::TooLate | Verdict::Expired => Self::Expired,
            Verdict::Wrong { .. } | Verdict::Exhausted | Verdict::NotFound | Verdict::NoCode => {
                Self::NotFound
            }
            Verdict::Finished(_) => Self::Invalid {
                retry_after_secs: None,
            },
            Verdict::Wait { retry_at } => Self::Invalid {
                retry_after_secs: Some(secs_until(checked.now, retry_at)),
            },
        }
    }

    pub(super) fn unreadable_body(error: &actix_web::Error, bytes_max: usize) -> Self {
        match error.as_response_error().status_code() {
            StatusCode::PAYLOAD_TOO_LARGE => Self::BodyTooLarge { bytes_max },
            _ => Self::BodyUnreadable,
        }
    }

    pub(super) fn unavailable(error: &Unavailable) -> Self {
        tracing::error!("cannot answer: {error}");
        Self::Unavailable
    }

    /// Status, headers and text.
    pub(super) fn respond(self) -> HttpResponse {
        match self {
            Self::Created => plain(HttpResponse::Created(), "Created"),
            Self::Valid => plain(HttpResponse::Ok(), "OK"),
            Self::NotFound => plain(HttpResponse::NotFound(), "Not found"),
            Self::AlreadyVerified => plain(
                HttpResponse::Conflict(),
                "The code has already been verified",
            ),
            Self::Expired => plain(HttpResponse::Gone(), "The code is expired"),
            Self::Invalid { retry_after_secs } => {
                let mut response = HttpResponse::NotFound();
                if let Some(secs) = retry_after_secs {
                    response.insert_header((RETRY_AFTER, secs));
                }
                plain(response, "The code is invalid for unknown reason")
            }
            Self::InvalidToken => plain(
                HttpResponse::BadRequest(),
                "The token in the address must be 1 to 128 letters, digits, or any of . _ ~ -",
            ),
            Self::NoAddress => plain(
                HttpResponse::BadRequest(),
                "messengerId or phoneNumber is missing, or neither is one.",
            ),
            Self::Unreachable => plain(
                HttpResponse::BadRequest(),
                "No channel that codes take here goes to this address.",
            ),
            Self::NotSent => plain(
                HttpResponse::BadGateway(),
                "The code could not be sent. Check server logs.",
            ),
            Self::TooMany { retry_after_secs } => {
                let mut response = HttpResponse::TooManyRequests();
                response.insert_header((RETRY_AFTER, retry_after_secs));
                plain(
                    response,
                    format!("Too many requests, please try again in {retry_after_secs} seconds."),
                )
            }
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
            Denied::NotServed => Self::Forbidden("This face's application is not served here."),
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

fn is_pending(started: &Started) -> bool {
    let overview = started.overview.as_ref();
    overview.is_some_and(|overview| overview.status == Status::Pending)
}

fn secs_until(now: Timestamp, at: Timestamp) -> u64 {
    now.secs_until(at).max(1)
}

fn plain(mut response: HttpResponseBuilder, text: impl Into<String>) -> HttpResponse {
    response.content_type(PLAIN_TEXT).body(text.into())
}
