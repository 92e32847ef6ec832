//! What holds for every request, whichever face it is for: a request id, a bound on the head, a
//! bound on the time, headers that keep answers out of caches, and a count.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse, web};
use tokio::time::timeout;

use super::request_id::{REQUEST_ID, RequestId};
use super::{Faces, PLAIN_TEXT, sample};
use crate::clock::Stopwatch;
use crate::telemetry::Face;

/// Wraps every request of the faces.
pub(crate) async fn guard(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let faces = request
        .app_data::<web::Data<Faces>>()
        .expect("every worker has its faces")
        .clone();
    let id = RequestId::assign(&request);
    let method = request.method().clone();
    let stopwatch = Stopwatch::start();

    let mut response = if head_length(&request) > faces.limits.head_bytes {
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        request.into_response(refusal(status, "Request head too large."))
    } else if let Ok(response) = timeout(faces.limits.request_timeout, next.call(request)).await {
        response?.map_into_boxed_body()
    } else {
        // The request went into the handler and is gone with it, so this answer has no route.
        let took = stopwatch.elapsed();
        let status = StatusCode::REQUEST_TIMEOUT;
        faces
            .service
            .shared()
            .metrics
            .http_request(Face::Unknown, "none", &method, status, took);
        let mut response = refusal(status, "Request timed out.");
        protect(response.headers_mut(), &id);
        return Err(InternalError::from_response("timed out", response).into());
    };

    protect(response.headers_mut(), &id);
    let pattern = response.request().match_pattern();
    let (face, route) = pattern.as_deref().map_or((Face::Unknown, "none"), place);
    let (status, took) = (response.status(), stopwatch.elapsed());
    faces
        .service
        .shared()
        .metrics
        .http_request(face, route, &method, status, took);
    Ok(response)
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
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'",
        ),
        (REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
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
        _ if sample::PATTERNS.contains(&pattern) => (Face::Sample, sample::ROUTE),
        _ => (Face::Unknown, "none"),
    }
}
