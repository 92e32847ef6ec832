//! The sample face: `/otp/{phone}`, the contract of Meta's OTP sample servers, word for word.
//!
//! Their Android, iOS and React Native clients call it unchanged: in any letter case, with and
//! without a trailing slash, the phone as typed.

mod answer;

use std::borrow::Cow;
use std::sync::Arc;

use actix_web::http::header::ACCEPT_LANGUAGE;
use actix_web::{HttpRequest, HttpResponse, web};
use otp_core::{PhoneNumber, Reason};
use serde::Deserialize;

use self::answer::Answer;
use super::access::{Wish, admit};
use super::call::Call;
use super::patience::body_was_read;
use super::{Faces, method_not_allowed};
use crate::config::Access;
use crate::directory::{DEFAULT_APPLICATION, Face, Scope};
use crate::service::{CheckRequest, Secret, StartRequest, Wanted, Wishes};

/// In any letter case, with and without a slash at the end.
pub(super) const PATTERNS: [&str; 2] = [
    "/{face:[oO][tT][pP]}/{phone}",
    "/{face:[oO][tT][pP]}/{phone}/",
];
/// The route as logs and metrics name it.
pub(super) const ROUTE: &str = "/otp/{phone}";
/// The contract knows no purposes.
const PURPOSE: &str = "";
const SEND: Wish<'_> = Wish {
    face: Face::Sample,
    scope: Scope::Start,
    application: DEFAULT_APPLICATION,
};
const CHECK: Wish<'_> = Wish {
    face: Face::Sample,
    scope: Scope::Check,
    application: DEFAULT_APPLICATION,
};
/// More languages than this in `Accept-Language` are not read.
const LANGUAGES_MAX: usize = 8;

/// The face's one route.
pub(super) fn routes(access: Arc<Access>) -> impl FnOnce(&mut web::ServiceConfig) {
    move |config| {
        config.app_data(web::Data::from(access)).service(
            web::resource(PATTERNS)
                .route(web::get().to(send))
                .route(web::post().to(check))
                .default_service(method_not_allowed("GET, POST")),
        );
    }
}

async fn send(
    request: HttpRequest,
    path: PhonePath,
    access: web::Data<Access>,
    faces: web::Data<Faces>,
) -> HttpResponse {
    let mut call = Call::begin(&request, ROUTE, &faces);
    let principal = match admit(&access, faces.service.shared(), &request, SEND) {
        Ok(principal) => principal,
        Err(denied) => return call.end(Answer::from(denied).respond()),
    };
    call.is_made_by(&principal.application.name);
    let Ok(phone) = PhoneNumber::parse(&typed_phone(path)) else {
        return call.end(Answer::InvalidPhone.respond());
    };
    call.concerns(&phone);
    let languages = accepted_languages(&request);
    let client = faces.clients.counted(&request);
    let start = StartRequest {
        principal,
        purpose: PURPOSE.into(),
        to: phone.into(),
        languages,
        client,
        wishes: Wishes::default(),
    };
    let answer = match faces.service.start(start).await {
        Ok(outcome) => {
            if let Some(started) = outcome.started() {
                call.names(Some(started.id), Some(&started.fingerprint));
            }
            call.was_refused(outcome.refused_by());
            Answer::to_send(&outcome)
        }
        Err(unavailable) => Answer::unavailable(&unavailable),
    };
    call.end(answer.respond())
}

async fn check(
    request: HttpRequest,
    path: PhonePath,
    access: web::Data<Access>,
    faces: web::Data<Faces>,
    body: Result<web::Bytes, actix_web::Error>,
) -> HttpResponse {
    let mut call = Call::begin(&request, ROUTE, &faces);
    let principal = match admit(&access, faces.service.shared(), &request, CHECK) {
        Ok(principal) => principal,
        Err(denied) => return call.end(Answer::from(denied).respond()),
    };
    call.is_made_by(&principal.application.name);
    let body = match body {
        Ok(body) => {
            body_was_read(&request);
            body
        }
        Err(error) => {
            return call.end(Answer::unreadable_body(&error, faces.limits.body_bytes).respond());
        }
    };
    let typed = typed_phone(path);
    let Ok(phone) = PhoneNumber::parse(&typed) else {
        return call.end(Answer::no_active_code(&typed).respond());
    };
    call.concerns(&phone);
    let submitted = submitted_code(&body).map(|code| Secret::new(code.into_owned().into()));
    let client = faces.clients.counted(&request);
    let check = CheckRequest {
        principal,
        wanted: Wanted::Latest {
            phone,
            purpose: PURPOSE.into(),
        },
        submitted,
        binding: None,
        client,
    };
    let answer = match faces.service.check(check).await {
        Ok(checked) => {
            call.names(checked.id, checked.fingerprint.as_deref());
            call.was_refused(checked.limit.map(Reason::name));
            Answer::to_check(&checked, &typed)
        }
        Err(unavailable) => Answer::unavailable(&unavailable),
    };
    call.end(answer.respond())
}

/// The two segments of the route; an error where the path is no text.
type PhonePath = Result<web::Path<(String, String)>, actix_web::Error>;

/// The phone as the person typed it, decoded; empty, and so no phone, when the path is no text.
fn typed_phone(path: PhonePath) -> String {
    path.map(|path| path.into_inner().1).unwrap_or_default()
}

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    code: Cow<'a, str>,
}

/// The code in a JSON body, whatever its content type; nothing when it is missing, null, empty
/// or no string.
fn submitted_code(body: &[u8]) -> Option<Cow<'_, str>> {
    let Body { code } = serde_json::from_slice(body).ok()?;
    (!code.trim().is_empty()).then_some(code)
}

/// Language tags in the order of preference (RFC 9110, 12.5.4).
fn accepted_languages(request: &HttpRequest) -> Vec<String> {
    let Some(header) = request
        .headers()
        .get(ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
    else {
        return Vec::new();
    };
    let mut ranked: Vec<(u16, &str)> = header
        .split(',')
        .take(LANGUAGES_MAX)
        .filter_map(ranked_language)
        .collect();
    ranked.sort_by_key(|(quality, _)| std::cmp::Reverse(*quality));
    ranked.into_iter().map(|(_, tag)| tag.to_owned()).collect()
}

/// A tag and its quality in thousandths; nothing for `*`, for quality zero and for nonsense.
fn ranked_language(item: &str) -> Option<(u16, &str)> {
    let (tag, parameter) = item
        .split_once(';')
        .map_or((item, None), |(tag, rest)| (tag, Some(rest)));
    let tag = tag.trim();
    let is_tag = !tag.is_empty()
        && tag
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let quality = match parameter {
        None => 1.0,
        Some(parameter) => parameter.trim().strip_prefix("q=")?.parse::<f32>().ok()?,
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a number from 0 to 1000"
    )]
    let thousandths = (quality.clamp(0.0, 1.0) * 1000.0) as u16;
    (is_tag && thousandths > 0).then_some((thousandths, tag))
}
