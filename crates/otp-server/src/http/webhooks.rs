//! Where providers tell what became of messages, and what people answer: `/webhooks/whatsapp`,
//! and in rooms of their own what Vonage and Twilio tell.

mod twilio;
mod vonage;

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::web::{self, Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use tokio::time::timeout;

use super::patience::body_was_read;
use super::{Faces, PLAIN_TEXT, Webhooks, method_not_allowed};
use crate::service::{Inbox, NotTaken, Rejected};

/// Meta's own limit on a webhook's body.
const BODY_BYTES_MAX: usize = 3 << 20;
pub(super) const SIGNATURE: &str = "X-Hub-Signature-256";
/// A webhook up to this length is read whatever else is.
const SHORT_BYTES_MAX: usize = 64 << 10;
/// Meta sends a body in one go.
const BODY_TIME: Duration = Duration::from_secs(5);
/// When to send again what could not be kept.
const SOON_SECS: u64 = 5;

/// Longer than any webhook of Vonage's or callback of Twilio's.
const VENDORS_BYTES_MAX: usize = SHORT_BYTES_MAX;
const TOO_LONG: &str = "The webhook is longer than 64 KiB.";

/// Meta's route.
pub(super) const WHATSAPP: &str = "/webhooks/whatsapp";
pub(super) use twilio::{SIGNATURE as TWILIO_SIGNATURE, TWILIO};
pub(super) use vonage::{INBOUND as VONAGE_INBOUND, STATUS as VONAGE_STATUS};

/// The routes of those whose word can be checked; the others' do not exist.
pub(super) fn routes(webhooks: Webhooks, inbox: &Inbox) -> impl FnOnce(&mut web::ServiceConfig) {
    let served = (
        inbox.whatsapp.is_some(),
        inbox.vonage.is_some(),
        inbox.twilio.is_some(),
    );
    move |config| {
        let (whatsapp, vonage, twilio) = served;
        if whatsapp {
            config.app_data(Data::new(webhooks)).service(
                web::resource(WHATSAPP)
                    .route(web::get().to(confirm))
                    .route(web::post().to(take_in))
                    .default_service(method_not_allowed("GET, POST")),
            );
        }
        if vonage {
            config.configure(vonage::routes);
        }
        if twilio {
            config.configure(twilio::routes);
        }
    }
}

/// A route's name among those that are counted.
pub(super) fn route(pattern: &str) -> Option<&'static str> {
    let all = [WHATSAPP, VONAGE_STATUS, VONAGE_INBOUND, TWILIO];
    all.into_iter().find(|known| *known == pattern)
}

/// Meta asks whether this is the right address, with a token that the operator gave to both.
async fn confirm(request: HttpRequest, webhooks: Data<Webhooks>) -> HttpResponse {
    let query = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
    let query = query.map(web::Query::into_inner).unwrap_or_default();
    let value = |name: &str| {
        let mut values = query.iter().filter(|(key, _)| key == name);
        values.next().map(|(_, value)| value.as_str())
    };
    let is_ours = webhooks
        .verify_token
        .as_ref()
        .is_some_and(|token| value("hub.verify_token").is_some_and(|shown| token.is(shown)));
    match value("hub.challenge") {
        Some(challenge) if is_ours && value("hub.mode") == Some("subscribe") => {
            plain(StatusCode::OK, challenge.to_owned())
        }
        _ => plain(
            StatusCode::FORBIDDEN,
            "The verify token is missing or wrong.",
        ),
    }
}

/// Takes a webhook in. Yes means that it is kept; everything else happens later.
async fn take_in(
    request: HttpRequest,
    faces: Data<Faces>,
    webhooks: Data<Webhooks>,
    payload: web::Payload,
) -> HttpResponse {
    let signature = request.headers().get(SIGNATURE);
    let signature = signature.and_then(|value| value.to_str().ok());
    let Some(signature) = signature.filter(|text| is_shaped_as_signature(text)) else {
        return not_signed();
    };
    // Whoever makes a signature up may send as much: so only so many long ones are read at once,
    // and none for long.
    let _room = match webhooks.room.try_acquire() {
        Ok(room) => Some(room),
        Err(_) if is_short(&request) => None,
        Err(_) => return later(),
    };
    let too_long = "The webhook is longer than 3 MB.";
    let body = match whole(&request, payload, BODY_BYTES_MAX, too_long).await {
        Ok(body) => body,
        Err(refusal) => return refusal,
    };
    let taken = faces.service.take_in_whatsapp(&body, signature).await;
    answer(taken, "whatsapp", "graph.app_secret")
}

/// The body as it came, or what to say instead.
async fn whole(
    request: &HttpRequest,
    payload: web::Payload,
    bytes_max: usize,
    too_long: &'static str,
) -> Result<Bytes, HttpResponse> {
    let reading = timeout(BODY_TIME, payload.to_bytes_limited(bytes_max));
    let refused = match reading.await {
        Ok(Ok(Ok(body))) => {
            body_was_read(request);
            return Ok(body);
        }
        Ok(Ok(Err(_))) => (StatusCode::BAD_REQUEST, "The body cannot be read."),
        Err(_) => (StatusCode::REQUEST_TIMEOUT, "The body takes too long."),
        Ok(Err(_)) => (StatusCode::PAYLOAD_TOO_LARGE, too_long),
    };
    Err(plain(refused.0, refused.1))
}

/// Whoever is not the provider learns nothing of why; the operator does.
fn answer(taken: Result<(), Rejected>, provider: &str, setting: &str) -> HttpResponse {
    match taken {
        Ok(()) => plain(StatusCode::OK, ""),
        Err(Rejected::Not(NotTaken::TooMuch)) => plain(
            StatusCode::PAYLOAD_TOO_LARGE,
            "The webhook holds more than 1,000 updates.",
        ),
        Err(Rejected::Not(reason)) => {
            tracing::warn!(
                provider,
                "refused a webhook for {provider}: {reason}; see {setting}"
            );
            not_signed()
        }
        Err(Rejected::Later(error)) => {
            tracing::error!(provider, "could not keep a webhook of {provider}: {error}");
            later()
        }
    }
}

/// Not yet whether it is the right one.
fn is_shaped_as_signature(text: &str) -> bool {
    let digits = text.strip_prefix("sha256=");
    digits.is_some_and(|digits| {
        digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// So short that it takes no room worth counting.
fn is_short(request: &HttpRequest) -> bool {
    let length = request.headers().get(CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    length.is_some_and(|length| length <= SHORT_BYTES_MAX)
}

fn not_signed() -> HttpResponse {
    plain(
        StatusCode::UNAUTHORIZED,
        "The signature is missing or wrong.",
    )
}

fn later() -> HttpResponse {
    let mut response = HttpResponse::ServiceUnavailable();
    response
        .insert_header(("Retry-After", SOON_SECS))
        .content_type(PLAIN_TEXT)
        .body("Cannot be kept for the moment, please send it again.")
}

fn plain(status: StatusCode, text: impl Into<String>) -> HttpResponse {
    HttpResponse::build(status)
        .content_type(PLAIN_TEXT)
        .body(text.into())
}
