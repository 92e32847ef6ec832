//! The key face: `/api/v1`, the contract of the "WhatsApp OTP System" and its WHMCS hooks, word for
//! word.

mod answer;
mod invoice;

use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use otp_core::{PhoneNumber, Reason, VerificationId};
use serde_json::{Map, Value};

use self::answer::{Answer, Marked};
use super::call::Call;
use super::patience::body_was_read;
use super::{Faces, keyed};
use crate::directory::{Face, Scope};
use crate::service::{CheckRequest, Principal, Resendable, Secret, StartRequest, Wanted, Wishes};

pub(super) const OTP: &str = "/api/v1/otp";
pub(super) const OTP_VERIFY: &str = "/api/v1/otp-verify";
pub(super) const WHMCS_WEBHOOK: &str = "/api/v1/whmcs-webhook";
pub(super) const ROUTES: [&str; 3] = [OTP, OTP_VERIFY, WHMCS_WEBHOOK];
const PURPOSE_CHARS_MAX: usize = 64;

/// The route as logs and metrics name it.
pub(super) fn route(pattern: &str) -> Option<&'static str> {
    ROUTES.into_iter().find(|route| *route == pattern)
}

/// The face's routes.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource(OTP)
                .route(web::post().to(send))
                .default_service(web::to(not_allowed)),
        )
        .service(
            web::resource(OTP_VERIFY)
                .route(web::post().to(verify))
                .default_service(web::to(not_allowed)),
        )
        .service(
            web::resource(WHMCS_WEBHOOK)
                .route(web::post().to(announce))
                .default_service(web::to(not_allowed)),
        );
}

async fn not_allowed() -> HttpResponse {
    Answer::MethodNotAllowed.respond()
}

type Received = Result<web::Bytes, actix_web::Error>;

/// Sends a code.
async fn send(request: HttpRequest, faces: Data<Faces>, body: Received) -> HttpResponse {
    let mut call = Call::begin(&request, OTP, &faces);
    let answer = sent(&request, &faces, body, &mut call).await;
    call.end(answer.unwrap_or_else(|answer| answer).respond())
}

/// Checks what a person typed.
async fn verify(request: HttpRequest, faces: Data<Faces>, body: Received) -> HttpResponse {
    let mut call = Call::begin(&request, OTP_VERIFY, &faces);
    let answer = verified(&request, &faces, body, &mut call).await;
    call.end(answer.unwrap_or_else(|answer| answer).respond())
}

/// Tells a client of WHMCS of an invoice.
async fn announce(request: HttpRequest, faces: Data<Faces>, body: Received) -> HttpResponse {
    let mut call = Call::begin(&request, WHMCS_WEBHOOK, &faces);
    let answer = announced(&request, &faces, body, &mut call).await;
    call.end(answer.unwrap_or_else(|answer| answer).respond())
}

async fn announced(
    request: &HttpRequest,
    faces: &Faces,
    body: Received,
    call: &mut Call<'_>,
) -> Result<Answer, Answer> {
    let principal = principal(request, faces, call, Scope::Start)?;
    let fields = fields(request, faces, body)?;
    let invoice = invoice::read(principal, &fields)?;
    if let Some(invoice) = &invoice.invoice {
        call.concerns(&invoice.phone);
    }
    let announced = faces.service.announce(invoice).await;
    let announced = announced.map_err(|error| Answer::unavailable(&error))?;
    Ok(Answer::to_invoice(&announced))
}

async fn sent(
    request: &HttpRequest,
    faces: &Faces,
    body: Received,
    call: &mut Call<'_>,
) -> Result<Answer, Answer> {
    let principal = principal(request, faces, call, Scope::Start)?;
    let fields = fields(request, faces, body)?;
    let phone = fields.get("phone").and_then(Value::as_str);
    let phone = phone.ok_or(Answer::Invalid("phone is missing."))?;
    let phone = PhoneNumber::parse(phone).map_err(|_| Answer::Invalid("Invalid phone number."))?;
    call.concerns(&phone);
    let start = StartRequest {
        principal,
        purpose: purpose(&fields)?.into(),
        to: phone.into(),
        languages: Vec::new(),
        client: None,
        wishes: Wishes {
            lifetime: faces.key.map(|key| key.code_lifetime),
            resendable: Resendable::ById,
            ..Wishes::default()
        },
    };
    let outcome = faces.service.start(start).await;
    let outcome = outcome.map_err(|error| Answer::unavailable(&error))?;
    if let Some(started) = outcome.started() {
        call.names(Some(started.id), Some(&started.fingerprint));
    }
    call.was_refused(outcome.refused_by());
    Ok(Answer::to_send(&outcome))
}

async fn verified(
    request: &HttpRequest,
    faces: &Faces,
    body: Received,
    call: &mut Call<'_>,
) -> Result<Answer, Answer> {
    let principal = principal(request, faces, call, Scope::Check)?;
    let fields = fields(request, faces, body)?;
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    let id = text("otp_id").and_then(|id| VerificationId::parse(id).ok());
    let id = id.ok_or(Answer::NotValid("OTP not found", Marked::Not))?;
    let code = text("otp").filter(|code| !code.trim().is_empty());
    let check = CheckRequest {
        principal,
        wanted: Wanted::Of(id),
        submitted: code.map(|code| Secret::new(code.to_owned().into())),
        binding: None,
        client: None,
    };
    let checked = faces.service.check(check).await;
    let checked = checked.map_err(|error| Answer::unavailable(&error))?;
    call.names(checked.id, checked.fingerprint.as_deref());
    call.was_refused(checked.limit.map(Reason::name));
    Ok(Answer::to_check(&checked))
}

fn principal(
    request: &HttpRequest,
    faces: &Faces,
    call: &mut Call<'_>,
    scope: Scope,
) -> Result<Principal, Answer> {
    let principal = keyed::principal(request, faces, Face::Key, scope)?;
    call.is_made_by(&principal.application.name);
    Ok(principal)
}

/// The body's fields; what the contract does not name is ignored, as its clients expect.
fn fields(
    request: &HttpRequest,
    faces: &Faces,
    body: Received,
) -> Result<Map<String, Value>, Answer> {
    let body = body.map_err(|error| Answer::unreadable_body(&error, faces.limits.body_bytes))?;
    body_was_read(request);
    match serde_json::from_slice(&body) {
        Ok(Value::Object(fields)) => Ok(fields),
        _ => Err(Answer::Invalid("The body must be a JSON object.")),
    }
}

fn purpose(fields: &Map<String, Value>) -> Result<String, Answer> {
    let wrong = "purpose must be a text of at most 64 characters, without control characters.";
    match fields.get("purpose") {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(purpose))
            if purpose.chars().count() <= PURPOSE_CHARS_MAX
                && !purpose.chars().any(char::is_control) =>
        {
            Ok(purpose.clone())
        }
        Some(_) => Err(Answer::Invalid(wrong)),
    }
}
