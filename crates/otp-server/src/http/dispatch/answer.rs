//! Every answer of the dispatch face: the one place where an outcome becomes a status and a text.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use otp_core::{Status, Timestamp, Verdict};

use super::super::access::Denied;
use super::super::plain::{self, answer};
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
            Self::Created => answer(HttpResponse::Created(), "Created"),
            Self::Valid => answer(HttpResponse::Ok(), "OK"),
            Self::NotFound => answer(HttpResponse::NotFound(), "Not found"),
            Self::AlreadyVerified => answer(
                HttpResponse::Conflict(),
                "The code has already been verified",
            ),
            Self::Expired => answer(HttpResponse::Gone(), "The code is expired"),
            Self::Invalid { retry_after_secs } => {
                let mut response = HttpResponse::NotFound();
                if let Some(secs) = retry_after_secs {
                    response.insert_header((RETRY_AFTER, secs));
                }
                answer(response, "The code is invalid for unknown reason")
            }
            Self::InvalidToken => answer(
                HttpResponse::BadRequest(),
                "The token in the address must be 1 to 128 letters, digits, or any of . _ ~ -",
            ),
            Self::NoAddress => answer(
                HttpResponse::BadRequest(),
                "messengerId or phoneNumber is missing, or neither is one.",
            ),
            Self::Unreachable => answer(
                HttpResponse::BadRequest(),
                "No channel that codes take here goes to this address.",
            ),
            Self::NotSent => answer(
                HttpResponse::BadGateway(),
                "The code could not be sent. Check server logs.",
            ),
            Self::TooMany { retry_after_secs } => plain::too_many(retry_after_secs),
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
            Denied::NotServed => Self::Forbidden("This face's application is not served here."),
            Denied::Unavailable => Self::Unavailable,
            Denied::NotAPerson => Self::Forbidden(plain::NOT_A_PERSON),
            Denied::ForeignHost => Self::Forbidden(plain::FOREIGN_HOST),
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
