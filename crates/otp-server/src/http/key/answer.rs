//! Every answer of the key face: the one place where an outcome becomes a status and a text.

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, HttpResponseBuilder};
use otp_core::{Overview, Status, Verdict};
use serde_json::{Value, json};

use super::super::keyed::Refused;
use crate::service::{Announced, Checked, DeliveryError, StartOutcome, Unavailable, WhmcsError};

const SOON_SECS: u64 = 5;

/// An answer before it is put on the wire.
pub(super) enum Answer {
    Sent {
        id: String,
    },
    /// Nothing is sent: the code is told instead.
    SentAsTest {
        id: String,
        code: Option<String>,
    },
    Valid(Marked),
    NotValid(&'static str, Marked),
    Told,
    Invalid(&'static str),
    Unprocessable(String),
    TooLarge {
        bytes_max: usize,
    },
    MethodNotAllowed,
    NoKey,
    NotForThis,
    UnderWay,
    CountryNotAllowed,
    TooMany {
        retry_after_secs: u64,
    },
    NotDelivered,
    NoticeNotDelivered,
    WhmcsFailed,
    OptedOut,
    Unavailable,
}

impl Answer {
    pub(super) fn to_send(outcome: &StartOutcome) -> Self {
        match outcome {
            // When nobody knows whether it left, the person may hold the code.
            StartOutcome::Sent(started) if is_test(started.overview.as_ref()) == Marked::Test => {
                let code = started.test_code.as_ref();
                Self::SentAsTest {
                    id: started.id.to_string(),
                    code: code.map(|code| code.reveal().to_owned()),
                }
            }
            StartOutcome::Sent(started)
            | StartOutcome::NotDelivered {
                started,
                error: DeliveryError::Uncertain(_),
            } => Self::Sent {
                id: started.id.to_string(),
            },
            StartOutcome::Refused { refusal, now } => Self::TooMany {
                retry_after_secs: now.secs_until(refusal.retry_at).max(1),
            },
            StartOutcome::CountryNotAllowed(_) => Self::CountryNotAllowed,
            StartOutcome::NotDelivered {
                error: DeliveryError::OptedOut(_),
                ..
            } => Self::OptedOut,
            StartOutcome::NotDelivered { .. }
            | StartOutcome::Impossible
            | StartOutcome::Unreachable
            | StartOutcome::NotFound => Self::NotDelivered,
        }
    }

    pub(super) fn to_invoice(announced: &Announced) -> Self {
        let unprocessable = |why: &str| Self::Unprocessable(why.to_owned());
        match announced {
            Announced::Told
            | Announced::ToldBefore
            | Announced::NotDelivered(DeliveryError::Uncertain(_)) => Self::Told,
            Announced::UnderWay => Self::UnderWay,
            Announced::NotForThis => Self::NotForThis,
            Announced::NoTemplate => {
                unprocessable("No notice is sent: whmcs.invoice_template is not configured.")
            }
            Announced::NothingSaid => unprocessable(
                "phone, total and duedate are missing, and whmcs.url is not configured to ask for them.",
            ),
            Announced::Whmcs(error) => match error {
                WhmcsError::NothingToSend(nothing) => Self::Unprocessable(format!("{nothing}.")),
                WhmcsError::AnotherClients => {
                    unprocessable("The invoice belongs to another client.")
                }
                WhmcsError::Misconfigured(wrong) => {
                    tracing::error!(hint = wrong.hint(), "cannot ask whmcs: {wrong}");
                    Self::WhmcsFailed
                }
                WhmcsError::Unavailable(outage) => {
                    tracing::error!("cannot ask whmcs: {outage}");
                    Self::Unavailable
                }
            },
            Announced::Refused { refusal, now } => Self::TooMany {
                retry_after_secs: now.secs_until(refusal.retry_at).max(1),
            },
            Announced::CountryNotAllowed => Self::CountryNotAllowed,
            Announced::NotDelivered(DeliveryError::OptedOut(_)) => Self::OptedOut,
            Announced::NotDelivered(_) => Self::NoticeNotDelivered,
        }
    }

    pub(super) fn to_check(checked: &Checked) -> Self {
        let marked = is_test(checked.overview.as_ref());
        match checked.verdict {
            Verdict::Approved(_) => Self::Valid(marked),
            Verdict::Wrong { .. } | Verdict::NoCode => Self::NotValid("Invalid OTP", marked),
            Verdict::Exhausted | Verdict::Wait { .. } | Verdict::Finished(Status::Locked) => {
                Self::NotValid("Too many attempts", marked)
            }
            Verdict::Expired | Verdict::Finished(Status::Expired | Status::ExpiredAndTold) => {
                Self::NotValid("OTP expired", marked)
            }
            Verdict::Finished(Status::Approved) => Self::NotValid("OTP already used", marked),
            Verdict::NotFound
            | Verdict::UsedAlready
            | Verdict::TooLate
            | Verdict::Finished(Status::Pending | Status::Canceled | Status::Failed) => {
                Self::NotValid("OTP not found", marked)
            }
        }
    }

    pub(super) fn unreadable_body(error: &actix_web::Error, bytes_max: usize) -> Self {
        match error.as_response_error().status_code() {
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge { bytes_max },
            _ => Self::Invalid("The request body cannot be read."),
        }
    }

    pub(super) fn unavailable(error: &Unavailable) -> Self {
        tracing::error!("cannot answer: {error}");
        Self::Unavailable
    }

    pub(super) fn respond(self) -> HttpResponse {
        match self {
            Self::Sent { id } => HttpResponse::Ok().json(json!({ "success": true, "otpId": id })),
            Self::SentAsTest { id, code } => {
                let mut body = json!({ "success": true, "otpId": id, "test": true });
                if let Some(code) = code {
                    body["testCode"] = code.into();
                }
                HttpResponse::Ok().json(body)
            }
            Self::Valid(marked) => HttpResponse::Ok().json(marked.on(json!({ "valid": true }))),
            Self::NotValid(reason, marked) => {
                HttpResponse::Ok().json(marked.on(json!({ "valid": false, "reason": reason })))
            }
            Self::Told => HttpResponse::Accepted().json(json!({ "success": true })),
            Self::Invalid(error) => failed(HttpResponse::BadRequest(), error),
            Self::Unprocessable(error) => failed(HttpResponse::UnprocessableEntity(), &error),
            Self::NoticeNotDelivered => failed(
                HttpResponse::BadGateway(),
                "The message could not be delivered.",
            ),
            Self::WhmcsFailed => failed(
                HttpResponse::BadGateway(),
                "WHMCS cannot be asked; the operator's log says more.",
            ),
            Self::TooLarge { bytes_max } => failed(
                HttpResponse::PayloadTooLarge(),
                &format!("The body may have at most {bytes_max} bytes."),
            ),
            Self::MethodNotAllowed => {
                let mut response = HttpResponse::MethodNotAllowed();
                response.insert_header((ALLOW, "POST"));
                failed(response, "This address takes POST.")
            }
            Self::NoKey => {
                let mut response = HttpResponse::Unauthorized();
                response.insert_header((WWW_AUTHENTICATE, "Bearer"));
                failed(response, "A valid API key is required in X-API-Key.")
            }
            Self::NotForThis => failed(HttpResponse::Forbidden(), "This key may not do that."),
            Self::UnderWay => {
                let mut response = HttpResponse::Conflict();
                response.insert_header((RETRY_AFTER, SOON_SECS));
                failed(response, "This invoice is being announced.")
            }
            Self::OptedOut => failed(HttpResponse::Forbidden(), "This person wants no messages."),
            Self::CountryNotAllowed => failed(
                HttpResponse::Forbidden(),
                "Codes are not sent to this country.",
            ),
            Self::TooMany { retry_after_secs } => {
                let mut response = HttpResponse::TooManyRequests();
                response.insert_header((RETRY_AFTER, retry_after_secs));
                let error =
                    format!("Too many requests, please try again in {retry_after_secs} seconds.");
                failed(response, &error)
            }
            Self::NotDelivered => failed(
                HttpResponse::BadGateway(),
                "The code could not be delivered.",
            ),
            Self::Unavailable => {
                let mut response = HttpResponse::ServiceUnavailable();
                response.insert_header((RETRY_AFTER, SOON_SECS));
                failed(response, "Service unavailable, please try again later.")
            }
        }
    }
}

/// Whether an answer says that it is about a test.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Marked {
    Test,
    Not,
}

impl Marked {
    fn on(self, mut body: Value) -> Value {
        if self == Self::Test {
            body["test"] = true.into();
        }
        body
    }
}

fn is_test(overview: Option<&Overview>) -> Marked {
    match overview {
        Some(overview) if overview.verification.about.is_test => Marked::Test,
        _ => Marked::Not,
    }
}

impl From<Refused> for Answer {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NoKey => Self::NoKey,
            Refused::NotForThis => Self::NotForThis,
            Refused::Unavailable => Self::Unavailable,
        }
    }
}

fn failed(mut response: HttpResponseBuilder, error: &str) -> HttpResponse {
    response.json(json!({ "success": false, "error": error }))
}
