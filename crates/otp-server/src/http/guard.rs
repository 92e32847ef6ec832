//! What holds for every request, whichever face it is for: a request id, a bound on the head, a
//! bound on the time, headers that keep answers out of caches, and a count.

use std::rc::Rc;
use std::sync::Arc;

use actix_http::ConnectionType;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse, web};
use tokio::time::timeout;

use super::patience::{BodyRest, Patience};
use super::request_id::{REQUEST_ID, RequestId};
use super::{Limits, PLAIN_TEXT, dispatch, key, native, openapi, problem, sample, webhooks};
use crate::clock::Stopwatch;
use crate::service::Shared;
use crate::telemetry::Face;

/// A browser may fetch, run and frame nothing of what is served here.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'";

/// What the guard needs, on every listener.
#[derive(Clone, Debug)]
pub(super) struct Edge {
    pub(super) limits: Limits,
    pub(super) shared: Arc<Shared>,
}

/// Wraps every request of every listener.
pub(crate) async fn guard(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let edge = request
        .app_data::<web::Data<Edge>>()
        .expect("every listener has its edge")
        .clone();
    let patience = request.conn_data::<Rc<Patience>>().cloned();
    if let Some(patience) = &patience {
        patience.is_busy();
    }
    let call = Call::begin(&request);

    let mut response = if head_length(&request) > edge.limits.head_bytes {
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        call.log_refusal(status);
        request.into_response(refusal(status, "Request head too large."))
    } else if let Ok(response) = timeout(edge.limits.request_timeout, next.call(request)).await {
        response?.map_into_boxed_body()
    } else {
        // The request went into the handler and is gone with it, so this answer has no route.
        let status = StatusCode::REQUEST_TIMEOUT;
        call.log_refusal(status);
        call.count(&edge, Face::Unknown, "none", status);
        if let Some(patience) = patience {
            patience.is_answered(BodyRest::Unread);
        }
        let mut response = refusal(status, "Request timed out.");
        protect(response.headers_mut(), &call.id);
        return Err(InternalError::from_response("timed out", response).into());
    };

    protect(response.headers_mut(), &call.id);
    let rest = BodyRest::of(response.request());
    let is_old = patience.as_ref().is_some_and(|patience| patience.is_old());
    if rest == BodyRest::Unread || is_old {
        response
            .response_mut()
            .head_mut()
            .set_connection_type(ConnectionType::Close);
    }
    if let Some(patience) = patience {
        patience.is_answered(rest);
    }
    let pattern = response.request().match_pattern();
    let (face, route) = pattern.as_deref().map_or((Face::Unknown, "none"), place);
    call.count(&edge, face, route, response.status());
    Ok(response)
}

/// A request under way.
struct Call {
    id: RequestId,
    method: Method,
    stopwatch: Stopwatch,
}

impl Call {
    fn begin(request: &ServiceRequest) -> Self {
        Self {
            id: RequestId::assign(request),
            method: request.method().clone(),
            stopwatch: Stopwatch::start(),
        }
    }

    fn count(&self, edge: &Edge, face: Face, route: &'static str, status: StatusCode) {
        let took = self.stopwatch.elapsed();
        edge.shared
            .metrics
            .http_request(face, route, &self.method, status, took);
    }

    /// The line that a request leaves behind when no face came to answer it.
    fn log_refusal(&self, status: StatusCode) {
        tracing::info!(
            request.id = self.id.as_str(),
            method = self.method.as_str(),
            route = "none",
            status = status.as_u16(),
            duration_us = u64::try_from(self.stopwatch.elapsed().as_micros()).unwrap_or(u64::MAX),
            "refused a request with {}",
            status.as_u16(),
        );
    }
}

fn head_length(request: &ServiceRequest) -> usize {
    // A colon, a space and the line's end stand beside each field.
    let fields = request
        .headers()
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 4);
    let target = request
        .uri()
        .path_and_query()
        .map_or(0, |target| target.as_str().len());
    target + fields.sum::<usize>()
}

/// An answer before the request was read to its end: the connection is of no more use.
fn refusal(status: StatusCode, text: &'static str) -> HttpResponse {
    // A `Connection` header alone would be dropped on the way out.
    HttpResponse::build(status)
        .force_close()
        .content_type(PLAIN_TEXT)
        .body(text)
}

fn protect(headers: &mut HeaderMap, id: &RequestId) {
    for (name, value) in [
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // The one page with scripts says itself which.
    if !headers.contains_key(CONTENT_SECURITY_POLICY) {
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(NOTHING));
    }
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        headers.insert(REQUEST_ID, value);
    }
}

/// A route as it is counted, by its pattern; never by the path, which holds a phone number.
fn place(pattern: &str) -> (Face, &'static str) {
    match pattern {
        "/livez" => (Face::Operations, "/livez"),
        "/readyz" => (Face::Operations, "/readyz"),
        "/metrics" => (Face::Operations, "/metrics"),
        problem::PATTERN => (Face::Operations, problem::PATTERN),
        openapi::PATTERN => (Face::Operations, openapi::PATTERN),
        openapi::PAGE => (Face::Operations, openapi::PAGE),
        openapi::PAGE_PART => (Face::Operations, openapi::PAGE_PART),
        _ if let Some(route) = webhooks::route(pattern) => (Face::Webhooks, route),
        _ if let Some(route) = native::route(pattern) => (Face::Native, route),
        _ if let Some(route) = key::route(pattern) => (Face::Key, route),
        _ if let Some(route) = dispatch::route(pattern) => (Face::Dispatch, route),
        _ if sample::PATTERNS.contains(&pattern) => (Face::Sample, sample::ROUTE),
        _ => (Face::Unknown, "none"),
    }
}
