//! Vonage's errors: problem documents whose type ends in `#` and a code.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde_json::{Value, json};

/// How long a client that asked too often should wait.
const RETRY_AFTER_SECS: u64 = 7;

/// One error.
pub(super) struct Problem {
    status: u16,
    body: Value,
}

impl Problem {
    pub(super) fn unauthorized() -> Problem {
        Problem {
            status: 401,
            body: json!({
                "type": "https://developer.vonage.com/api-errors/#unauthorized",
                "title": "You did not provide correct credentials.",
                "detail": "Check that you're using the correct credentials, and that your account has this feature enabled",
                "instance": "bf0ca0bf927b3b52e3cb03217e1a1ddf",
            }),
        }
    }

    pub(super) fn invalid(name: &str, reason: &str) -> Problem {
        let mut problem = Problem::of(None, 1150);
        problem.body["title"] = json!("Invalid params");
        problem.body["detail"] = json!("The value of one or more parameters is invalid.");
        problem.body["invalid_parameters"] = json!([{"name": name, "reason": reason}]);
        problem
    }

    /// The error with one of the codes of "API Errors, Messages".
    pub(super) fn of(http: Option<u16>, code: i64) -> Problem {
        let (status, title, detail) = match code {
            1000 => (
                429,
                "Throttled",
                "You have exceeded the submission capacity allowed on this account. Please wait and retry",
            ),
            1070 => (
                402,
                "Low balance",
                "This request could not be performed due to your account balance being low.",
            ),
            1120 => (
                422,
                "Illegal Sender Address",
                "The From address is not allowed to send.",
            ),
            1170 => (
                422,
                "Invalid or Missing Msisdn Param",
                "The phone number +14155550123 is not valid.",
            ),
            1350 => (
                422,
                "Phone number not registered",
                "The recipient is not on this channel.",
            ),
            1030 => (
                500,
                "Internal error",
                "An error has occurred in the platform whilst processing this message.",
            ),
            _ => (
                422,
                "Invalid params",
                "The value of one or more parameters is invalid.",
            ),
        };
        Problem {
            status: http.unwrap_or(status),
            body: json!({
                "type": format!("https://developer.vonage.com/api-errors/messages#{code}"),
                "title": title,
                "detail": detail,
                "instance": "bf0ca0bf927b3b52e3cb03217e1a1ddf",
            }),
        }
    }

    pub(super) fn response(self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        let mut response = HttpResponse::build(status);
        if status == StatusCode::TOO_MANY_REQUESTS {
            response.insert_header(("Retry-After", RETRY_AFTER_SECS.to_string()));
        }
        response
            .content_type("application/problem+json")
            .body(self.body.to_string())
    }
}
