//! Twilio's errors: a code of its dictionary, a sentence, and a link.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde_json::json;

/// One error.
pub(super) struct Refusal {
    status: u16,
    code: i64,
    message: String,
}

impl Refusal {
    pub(super) fn of(code: i64) -> Refusal {
        Refusal::about(code, "+14155550123")
    }

    /// An error that names a number, as Twilio's do.
    pub(super) fn about(code: i64, number: &str) -> Refusal {
        let (status, message) = match code {
            20001 => (415, "Unsupported content type".to_owned()),
            20003 => (401, "Authenticate".to_owned()),
            20004 => (405, "Method not allowed".to_owned()),
            20404 => (404, "The requested resource was not found".to_owned()),
            20429 => (429, "Too Many Requests".to_owned()),
            20500 => (500, "Internal Server Error".to_owned()),
            21211 => (
                400,
                format!("The 'To' number {number} is not a valid phone number."),
            ),
            21602 => (400, "Message body is required.".to_owned()),
            21603 => (400, "A 'From' phone number is required.".to_owned()),
            21604 => (400, "A 'To' phone number is required.".to_owned()),
            21606 => (
                400,
                "The 'From' phone number is not a valid, message-capable Twilio phone number."
                    .to_owned(),
            ),
            21610 => (400, "Attempt to send to unsubscribed recipient".to_owned()),
            21614 => (
                400,
                format!("'To' number is not a valid mobile number: {number}"),
            ),
            21617 => (
                400,
                "The concatenated message body exceeds the 1600 character limit.".to_owned(),
            ),
            _ => (400, "Bad request".to_owned()),
        };
        Refusal {
            status,
            code,
            message,
        }
    }

    pub(super) fn with_status(mut self, http: Option<u16>) -> Refusal {
        self.status = http.unwrap_or(self.status);
        self
    }

    pub(super) fn response(self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        let mut response = HttpResponse::build(status);
        if status == StatusCode::TOO_MANY_REQUESTS {
            response.insert_header(("Retry-After", "1"));
        }
        response.json(json!({
            "code": self.code,
            "message": self.message,
            "more_info": format!("https://www.twilio.com/docs/errors/{}", self.code),
            "status": self.status,
        }))
    }
}
