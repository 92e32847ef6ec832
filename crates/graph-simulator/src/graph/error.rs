//! Meta's errors: their numbers, their words and their shape.

mod table;

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header;
use serde_json::{Value, json};

use crate::clock;
pub(crate) use table::known;

/// An error as Meta answers it.
#[derive(Clone, Debug)]
pub(crate) struct GraphError(Box<Parts>);

#[derive(Clone, Debug)]
struct Parts {
    http: u16,
    code: i64,
    subcode: Option<i64>,
    kind: &'static str,
    message: String,
    details: Option<String>,
    user_title: Option<String>,
    user_message: Option<String>,
    is_transient: bool,
}

impl GraphError {
    /// The error that Meta documents under this code, with its usual words.
    pub(crate) fn coded(code: i64) -> GraphError {
        let known = known(code);
        GraphError(Box::new(Parts {
            http: known.http,
            code,
            subcode: None,
            kind: "OAuthException",
            message: format!("(#{code}) {}", known.title),
            details: None,
            user_title: None,
            user_message: None,
            is_transient: known.is_transient,
        }))
    }

    /// Code 100: a parameter is missing or wrong.
    pub(crate) fn parameter(message: impl Into<String>) -> GraphError {
        GraphError::coded(100).message(format!("(#100) {}", message.into()))
    }

    /// Code 100 with the words that the template editor shows.
    pub(crate) fn template(subcode: i64, title: &str, message: impl Into<String>) -> GraphError {
        let mut error = GraphError::coded(100)
            .message("Invalid parameter")
            .subcode(Some(subcode));
        error.0.user_title = Some(title.to_owned());
        error.0.user_message = Some(message.into());
        error
    }

    /// Code 100, subcode 33: there is no such object, or the token may not see it.
    pub(crate) fn unknown_object(method: &str, id: &str) -> GraphError {
        let mut error = GraphError::coded(100).subcode(Some(33)).message(format!(
            "Unsupported {} request. Object with ID '{id}' does not exist, cannot be loaded due to missing \
             permissions, or does not support this operation. Please read the Graph API documentation at \
             https://developers.facebook.com/docs/graph-api",
            method.to_lowercase()
        ));
        error.0.kind = "GraphMethodException";
        error
    }

    pub(crate) fn message(mut self, message: impl Into<String>) -> GraphError {
        self.0.message = message.into();
        self
    }

    pub(crate) fn http(mut self, http: u16) -> GraphError {
        self.0.http = http;
        self
    }

    pub(crate) fn subcode(mut self, subcode: Option<i64>) -> GraphError {
        self.0.subcode = subcode;
        self
    }

    pub(crate) fn details(mut self, details: impl Into<String>) -> GraphError {
        let details = details.into();
        self.0.details = (!details.is_empty()).then_some(details);
        self
    }

    pub(crate) fn response(&self) -> HttpResponse {
        let status = StatusCode::from_u16(self.0.http).unwrap_or(StatusCode::BAD_REQUEST);
        let mut response = HttpResponse::build(status);
        response.content_type("application/json; charset=UTF-8");
        if status == StatusCode::UNAUTHORIZED {
            response.insert_header((
                header::WWW_AUTHENTICATE,
                r#"OAuth "Facebook Platform" "invalid_token" "the access token was refused""#,
            ));
        }
        response.body(self.to_json().to_string())
    }

    pub(crate) fn to_json(&self) -> Value {
        let parts = &self.0;
        let mut error = json!({"message": parts.message, "type": parts.kind, "code": parts.code});
        if let Some(subcode) = parts.subcode {
            error["error_subcode"] = json!(subcode);
        }
        if let Some(details) = &parts.details {
            error["error_data"] = json!({"messaging_product": "whatsapp", "details": details});
        }
        if let Some(title) = &parts.user_title {
            error["error_user_title"] = json!(title);
            error["error_user_msg"] = json!(parts.user_message);
        }
        if parts.is_transient || parts.user_title.is_some() {
            error["is_transient"] = json!(parts.is_transient);
        }
        error["fbtrace_id"] = json!(trace_id());
        json!({"error": error})
    }
}

impl fmt::Display for GraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let more = self.0.user_message.as_deref().or(self.0.details.as_deref());
        write!(f, "{}", self.0.message)?;
        more.map_or(Ok(()), |more| write!(f, ": {more}"))
    }
}

/// Eleven characters, as Meta's begin with an `A`.
fn trace_id() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT
        .fetch_add(1, Ordering::Relaxed)
        .wrapping_add(clock::now_ms() << 16);
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let letter = |shift: u64| {
        let index = (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (shift * 6)) & 0x3f;
        char::from(letters[usize::try_from(index).unwrap_or(0)])
    };
    std::iter::once('A').chain((0..10).map(letter)).collect()
}
