//! The dispatch face: `/dispatch/otp`, the contract of Vonage's tutorial "Build a One-Time Password
//! (OTP) Service Using the Dispatch API", word for word.
//!
//! The code stands in the address here: nothing but the route's pattern is logged or counted.

mod answer;
mod request;

use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use otp_core::Reason;

use self::answer::Answer;
use self::request::{is_token, recipient};
use super::access::{Wish, admit};
use super::call::Call;
use super::patience::body_was_read;
use super::{DispatchFace, Faces, PLAIN_TEXT, method_not_allowed};
use crate::directory::{Face, Scope};
use crate::service::{CheckRequest, Principal, Secret, StartRequest, Wishes};

/// The routes as logs and metrics name them, whatever the prefix.
pub(super) const TOKEN: &str = "/dispatch/otp/{token}";
pub(super) const CODE: &str = "/dispatch/otp/{token}/{code}";
pub(super) const ROOT: &str = "/";
pub(super) const GREETING: &str = "This is the OTP service";
const ROUTES: [&str; 2] = [TOKEN, CODE];

/// The route as logs and metrics name it.
pub(super) fn route(pattern: &str) -> Option<&'static str> {
    if pattern == ROOT {
        return Some(ROOT);
    }
    let behind = |route: &str| route.split_once("otp").map(|(_, behind)| behind.to_owned());
    ROUTES
        .into_iter()
        .find(|route| behind(route).is_some_and(|behind| pattern.ends_with(&behind)))
}

/// The face's routes, below its prefix.
pub(super) fn routes(face: &DispatchFace) -> impl FnOnce(&mut web::ServiceConfig) + use<> {
    let (token, code) = (
        format!("{}/{{token}}", face.prefix),
        format!("{}/{{token}}/{{code}}", face.prefix),
    );
    move |config| {
        config
            .service(
                web::resource(ROOT)
                    .route(web::get().to(greet))
                    .default_service(method_not_allowed("GET")),
            )
            .service(
                web::resource(token)
                    .route(web::post().to(send))
                    .default_service(method_not_allowed("POST")),
            )
            .service(
                web::resource(code)
                    .route(web::get().to(check))
                    .default_service(method_not_allowed("GET")),
            );
    }
}

async fn greet() -> HttpResponse {
    HttpResponse::Ok().content_type(PLAIN_TEXT).body(GREETING)
}

type Received = Result<web::Bytes, actix_web::Error>;

/// Sends a code, under the token that the caller picked.
async fn send(
    request: HttpRequest,
    token: Result<Path<String>, actix_web::Error>,
    faces: Data<Faces>,
    body: Received,
) -> HttpResponse {
    let mut call = Call::begin(&request, TOKEN, &faces);
    let token = token.map(Path::into_inner).unwrap_or_default();
    let answer = sent(&request, &token, &faces, body, &mut call).await;
    call.end(answer.unwrap_or_else(|answer| answer).respond())
}

/// Checks a code. It changes something, as the contract wants it.
async fn check(
    request: HttpRequest,
    path: Result<Path<(String, String)>, actix_web::Error>,
    faces: Data<Faces>,
) -> HttpResponse {
    let mut call = Call::begin(&request, CODE, &faces);
    let (token, code) = path.map(Path::into_inner).unwrap_or_default();
    let code = Secret::new(code.into());
    let answer = checked(&request, &token, code, &faces, &mut call).await;
    call.end(answer.unwrap_or_else(|answer| answer).respond())
}

async fn sent(
    request: &HttpRequest,
    token: &str,
    faces: &Faces,
    body: Received,
    call: &mut Call<'_>,
) -> Result<Answer, Answer> {
    let principal = principal(request, faces, call, Scope::Start)?;
    let body = body.map_err(|error| Answer::unreadable_body(&error, faces.limits.body_bytes))?;
    body_was_read(request);
    if !is_token(token) {
        return Err(Answer::InvalidToken);
    }
    let to = recipient(&body).ok_or(Answer::NoAddress)?;
    call.concerns_all_of(&to);
    let start = StartRequest {
        principal,
        // The token's own.
        purpose: "".into(),
        to,
        languages: Vec::new(),
        client: faces.clients.counted(request),
        wishes: Wishes::default(),
    };
    let outcome = faces.service.start_named(token, start).await;
    let outcome = outcome.map_err(|error| Answer::unavailable(&error))?;
    if let Some(started) = outcome.started() {
        call.names(Some(started.id), Some(&started.fingerprint));
    }
    call.was_refused(outcome.refused_by());
    Ok(Answer::to_send(&outcome))
}

async fn checked(
    request: &HttpRequest,
    token: &str,
    code: Secret,
    faces: &Faces,
    call: &mut Call<'_>,
) -> Result<Answer, Answer> {
    let principal = principal(request, faces, call, Scope::Check)?;
    if !is_token(token) {
        return Err(Answer::NotFound);
    }
    let wanted = faces.service.named(&principal, token).await;
    let wanted = wanted.map_err(|error| Answer::unavailable(&error))?;
    let check = CheckRequest {
        principal,
        wanted: wanted.ok_or(Answer::NotFound)?,
        submitted: Some(code),
        binding: None,
        client: faces.clients.counted(request),
    };
    let checked = faces.service.check(check).await;
    let checked = checked.map_err(|error| Answer::unavailable(&error))?;
    call.names(checked.id, checked.fingerprint.as_deref());
    call.was_refused(checked.limit.map(Reason::name));
    Ok(Answer::to_check(&checked))
}

/// On whose behalf the call is made, if it may be.
fn principal(
    request: &HttpRequest,
    faces: &Faces,
    call: &mut Call<'_>,
    scope: Scope,
) -> Result<Principal, Answer> {
    // Without the face there are no routes to it.
    let face = faces.dispatch.as_ref().ok_or(Answer::NotFound)?;
    let wish = Wish {
        face: Face::Dispatch,
        scope,
        application: &face.application,
    };
    let principal = admit(&face.access, faces.service.shared(), request, wish)?;
    call.is_made_by(&principal.application.name);
    Ok(principal)
}
