//! Ties a request's log lines together, and to the caller's own.

use actix_web::dev::ServiceRequest;
use actix_web::http::header::HeaderName;
use actix_web::{HttpMessage, HttpRequest};

use crate::directory::is_marked_as_key;

/// Read from the request, and written to the answer.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const LENGTH_MAX: usize = 64;
/// ITU-T E.164.
const PHONE_DIGITS_MAX: usize = 15;

/// A request's id.
#[derive(Clone, Debug)]
pub(super) struct RequestId(String);

impl RequestId {
    /// Gives the request an id: the caller's own where it is harmless, else 128 random bits.
    pub(super) fn assign(request: &ServiceRequest) -> Self {
        let given = request
            .headers()
            .get(REQUEST_ID)
            .and_then(|value| value.to_str().ok());
        let id = given
            .filter(|id| is_harmless(id))
            .map_or_else(|| format!("{:032x}", rand::random::<u128>()), str::to_owned);
        request.extensions_mut().insert(Self(id.clone()));
        Self(id)
    }

    /// The id that was assigned.
    pub(super) fn of(request: &HttpRequest) -> Self {
        request
            .extensions()
            .get::<Self>()
            .cloned()
            .unwrap_or_else(|| Self("-".to_owned()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// It is logged, so it is none that could be a code, a phone or a key, whatever a caller thinks.
fn is_harmless(id: &str) -> bool {
    (1..=LENGTH_MAX).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        && !could_be_typed(id)
        && !is_marked_as_key(id)
}

/// A code, or a phone: no letter, and no more digits than a phone has.
fn could_be_typed(id: &str) -> bool {
    let digits = id.bytes().filter(u8::is_ascii_digit).count();
    digits <= PHONE_DIGITS_MAX && !id.bytes().any(|byte| byte.is_ascii_alphabetic())
}
