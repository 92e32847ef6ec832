//! Problems as the native face tells them (RFC 9457): the one place where each has its name, its
//! status and its words, and the pages that explain them.

mod kind;
mod page;

use actix_web::HttpResponse;
use actix_web::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use otp_core::{Reason, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::{Object, ObjectBuilder, Type};

pub(super) use self::kind::Kind;
pub(super) use self::page::{PATTERN, pages};

/// The content type of a problem.
pub(super) const PROBLEM_JSON: &str = "application/problem+json";

/// A problem, before it is put on the wire.
#[derive(Debug)]
pub(super) struct Problem {
    kind: Kind,
    detail: String,
    errors: Vec<FieldError>,
    retry_after_secs: Option<u64>,
    allowed: Option<&'static str>,
}

/// What is wrong with one field of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct FieldError {
    /// Its name, as the request has it; `body` for the whole body, a header by its name.
    pub(super) field: String,
    /// What is wrong, and what is allowed.
    pub(super) message: String,
}

/// What went wrong, and what can be done (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct Body<'a> {
    /// Which problem it is; the page at this address explains it.
    #[serde(rename = "type")]
    #[schema(schema_with = kinds)]
    kind: String,
    /// The same for every problem of the type.
    title: &'static str,
    /// The answer's status.
    status: u16,
    /// About this very request, for people.
    detail: &'a str,
    /// What is wrong, field by field.
    #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
    errors: &'a [FieldError],
    /// As in Retry-After.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1)]
    retry_after_seconds: Option<u64>,
}

/// The closed set that `type` is one of.
fn kinds() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(
            "Which problem it is; the page at this address explains it.",
        ))
        .enum_values(Some(Kind::ALL.map(Kind::address)))
        .build()
}

impl Problem {
    pub(super) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after_secs: None,
            allowed: None,
        }
    }

    /// A request that cannot be understood, field by field.
    pub(super) fn invalid(errors: Vec<FieldError>) -> Self {
        let names: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        let detail = format!("Fields that are not valid: {}.", names.join(", "));
        Self {
            errors,
            ..Self::new(Kind::InvalidRequest, detail)
        }
    }

    /// One field that cannot be understood.
    pub(super) fn invalid_field(field: &str, message: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError {
            field: field.to_owned(),
            message: message.into(),
        }])
    }

    /// For a method that a route does not have.
    pub(super) fn method_not_allowed(allowed: &'static str) -> Self {
        Self {
            allowed: Some(allowed),
            ..Self::new(
                Kind::MethodNotAllowed,
                format!("This address takes {allowed}."),
            )
        }
    }

    /// A limit holds it back.
    pub(super) fn limited(reason: Reason, now: Timestamp, retry_at: Timestamp) -> Self {
        let kind = Kind::of_limit(reason);
        Self::new(kind, kind.meaning()).until(now, retry_at)
    }

    /// The same request passes then.
    pub(super) fn until(self, now: Timestamp, retry_at: Timestamp) -> Self {
        self.after(now.secs_until(retry_at).max(1))
    }

    /// The same request may pass after so many seconds.
    pub(super) fn after(self, secs: u64) -> Self {
        Self {
            retry_after_secs: Some(secs),
            ..self
        }
    }

    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    /// The body alone.
    pub(super) fn body(&self) -> String {
        let body = Body {
            kind: self.kind.address(),
            title: self.kind.title(),
            status: self.kind.status().as_u16(),
            detail: &self.detail,
            errors: &self.errors,
            retry_after_seconds: self.retry_after_secs,
        };
        serde_json::to_string(&body).expect("texts and numbers are JSON")
    }

    /// Status, headers and body.
    pub(super) fn respond(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.kind.status());
        response.content_type(PROBLEM_JSON);
        if let Some(secs) = self.retry_after_secs {
            response.insert_header((RETRY_AFTER, secs));
            if self.kind.is_of_sends() {
                response.insert_header(("RateLimit", format!("\"sends\";r=0;t={secs}")));
            }
        }
        if let Some(allowed) = self.allowed {
            response.insert_header(("Allow", allowed));
        }
        if self.kind == Kind::Unauthorized {
            response.insert_header((WWW_AUTHENTICATE, "Bearer"));
        }
        response.body(self.body())
    }
}
