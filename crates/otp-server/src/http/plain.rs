//! Answers that the faces in plain text have in common, with one wording for both.

use actix_web::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, HttpResponseBuilder};

use super::PLAIN_TEXT;

/// When to ask again while there is no store.
const SOON_SECS: u64 = 5;

pub(super) const NOT_ALLOWED: &str = "This key may not do that.";
pub(super) const NOT_A_PERSON: &str = "Prefetches and other sites' pages may not use this address.";
pub(super) const FOREIGN_HOST: &str = "This server answers only to its IP address or localhost. Use a key to call it by another name.";

/// A status and a text.
pub(super) fn answer(mut response: HttpResponseBuilder, text: impl Into<String>) -> HttpResponse {
    response.content_type(PLAIN_TEXT).body(text.into())
}

pub(super) fn too_many(retry_after_secs: u64) -> HttpResponse {
    let mut response = HttpResponse::TooManyRequests();
    response.insert_header((RETRY_AFTER, retry_after_secs));
    answer(
        response,
        format!("Too many requests, please try again in {retry_after_secs} seconds."),
    )
}

pub(super) fn body_too_large(bytes_max: usize) -> HttpResponse {
    answer(
        HttpResponse::PayloadTooLarge(),
        format!("Request body too large, at most {bytes_max} bytes."),
    )
}

pub(super) fn body_unreadable() -> HttpResponse {
    answer(
        HttpResponse::BadRequest(),
        "The request body cannot be read.",
    )
}

pub(super) fn unauthorized() -> HttpResponse {
    let mut response = HttpResponse::Unauthorized();
    response.insert_header((WWW_AUTHENTICATE, "Bearer"));
    answer(
        response,
        "A valid API key is required: Authorization: Bearer KEY, or X-API-Key: KEY.",
    )
}

pub(super) fn unavailable() -> HttpResponse {
    let mut response = HttpResponse::ServiceUnavailable();
    response.insert_header((RETRY_AFTER, SOON_SECS));
    answer(response, "Service unavailable, please try again later.")
}
