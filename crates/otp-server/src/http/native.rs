//! The native face: `/v1`, JSON in and out, problems as RFC 9457 has them. For applications, with
//! their keys.

mod answer;
mod cursor;
mod fields;
mod read;
mod requests;
mod timeline;
mod values;
mod view;
mod write;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};

use self::answer::Answer;
pub(super) use self::read::{LIMIT_MAX, LIMIT_USUAL};
pub(super) use self::requests::{CheckBody, ResendBody, StartBody};
pub(super) use self::timeline::Timeline;
pub(super) use self::view::{
    CheckResult, Delivery, Verification, VerificationList, VerificationStatus, moment,
};
pub(super) use self::write::{IDEMPOTENCY_KEY, IDEMPOTENCY_KEY_CHARS_MAX};
use super::Faces;
use super::call::Call;
use super::keyed;
use super::patience::body_was_read;
use super::problem::{Kind, Problem};
use crate::directory::{Face, Scope};
use crate::service::Principal;

pub(super) const VERIFICATIONS: &str = "/v1/verifications";
pub(super) const VERIFICATION: &str = "/v1/verifications/{id}";
pub(super) const CHECK: &str = "/v1/verifications/{id}/check";
pub(super) const RESEND: &str = "/v1/verifications/{id}/resend";
pub(super) const CANCEL: &str = "/v1/verifications/{id}/cancel";
pub(super) const TIMELINE: &str = "/v1/verifications/{id}/timeline";
pub(super) const ALLOWED_OF_VERIFICATIONS: &str = "GET, POST";
/// What is below `/v1` and is not served.
const ELSEWHERE: &str = "/v1/{nothing}*";
pub(super) const ROUTES: [&str; 6] = [VERIFICATIONS, VERIFICATION, CHECK, RESEND, CANCEL, TIMELINE];

/// The route as logs and metrics name it.
pub(super) fn route(pattern: &str) -> Option<&'static str> {
    ROUTES.into_iter().find(|route| *route == pattern)
}

/// The face's routes.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource(VERIFICATIONS)
                .route(web::post().to(write::start))
                .route(web::get().to(read::list))
                .default_service(not_allowed(ALLOWED_OF_VERIFICATIONS)),
        )
        .service(
            web::resource(VERIFICATION)
                .route(web::get().to(read::find))
                .default_service(not_allowed("GET")),
        )
        .service(
            web::resource(CHECK)
                .route(web::post().to(write::check))
                .default_service(not_allowed("POST")),
        )
        .service(
            web::resource(RESEND)
                .route(web::post().to(write::resend))
                .default_service(not_allowed("POST")),
        )
        .service(
            web::resource(CANCEL)
                .route(web::post().to(write::cancel))
                .default_service(not_allowed("POST")),
        )
        .service(
            web::resource(TIMELINE)
                .route(web::get().to(read::timeline))
                .default_service(not_allowed("GET")),
        )
        .service(web::resource(ELSEWHERE).default_service(web::to(nothing_here)));
}

fn not_allowed(allowed: &'static str) -> actix_web::Route {
    web::to(move || async move { Problem::method_not_allowed(allowed).respond() })
}

async fn nothing_here() -> HttpResponse {
    Answer::not_found().respond()
}

/// A body as it came.
type Received = Result<web::Bytes, actix_web::Error>;

/// On whose behalf a call is made, if its key is good for that.
fn principal(
    request: &HttpRequest,
    faces: &Faces,
    call: &mut Call<'_>,
    scope: Scope,
) -> Result<Principal, Answer> {
    let found = keyed::principal(request, faces, Face::Native, scope);
    let principal = found.map_err(|refused| Answer::refused(refused, scope))?;
    call.is_made_by(&principal.application.name);
    Ok(principal)
}

/// The body, once it has been read whole.
fn whole(request: &HttpRequest, faces: &Faces, body: Received) -> Result<web::Bytes, Answer> {
    match body {
        Ok(body) => {
            body_was_read(request);
            Ok(body)
        }
        Err(error) => {
            let status = error.as_response_error().status_code();
            Err(Answer::Problem(
                if status == StatusCode::PAYLOAD_TOO_LARGE {
                    let most = faces.limits.body_bytes;
                    let detail = format!("The body may have at most {most} bytes.");
                    Problem::new(Kind::BodyTooLarge, detail)
                } else {
                    Problem::invalid_field("body", "cannot be read")
                },
            ))
        }
    }
}
