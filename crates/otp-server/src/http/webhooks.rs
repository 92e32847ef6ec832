//! Where providers tell what became of messages, and what people answer: `/webhooks/whatsapp`.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::patience::body_was_read;
use super::{Faces, PLAIN_TEXT, Webhooks, method_not_allowed};
use crate::service::{NotTaken, Rejected};

/// Meta's own limit on a webhook's body.
const BODY_BYTES_MAX: usize = 3 << 20;
const SIGNATURE: &str = "x-hub-signature-256";
/// When to send again what could not be kept.
const SOON_SECS: u64 = 5;

/// Meta's route.
pub(super) const WHATSAPP: &str = "/webhooks/whatsapp";

/// The face's route.
pub(super) fn routes(webhooks: Webhooks) -> impl FnOnce(&mut web::ServiceConfig) {
    move |config| {
        config.app_data(Data::new(webhooks)).service(
            web::resource(WHATSAPP)
                .route(web::get().to(confirm))
                .route(web::post().to(take_in))
                .default_service(method_not_allowed("GET, POST")),
        );
    }
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
    // Whoever has no signature may send as much: so only so many are read at once.
    let Ok(_room) = webhooks.room.try_acquire() else {
        return later();
    };
    let body = match payload.to_bytes_limited(BODY_BYTES_MAX).await {
        Ok(Ok(body)) => {
            body_was_read(&request);
            body
        }
        Ok(Err(_)) => return plain(StatusCode::BAD_REQUEST, "The body cannot be read."),
        Err(_) => {
            return plain(
                StatusCode::PAYLOAD_TOO_LARGE,
                "The webhook is longer than 3 MB.",
            );
        }
    };
    let signature = request.headers().get(SIGNATURE);
    let signature = signature.and_then(|value| value.to_str().ok());
    let taken = faces
        .service
        .take_in_whatsapp(&body, signature.unwrap_or_default())
        .await;
    match taken {
        Ok(()) => plain(StatusCode::OK, ""),
        Err(Rejected::Not(reason @ NotTaken::NotSigned)) => {
            tracing::warn!("refused a webhook: {reason}; see graph.app_secret");
            plain(
                StatusCode::UNAUTHORIZED,
                "The signature is missing or wrong.",
            )
        }
        Err(Rejected::Not(NotTaken::NotUnderstood)) => {
            plain(StatusCode::BAD_REQUEST, "This is no webhook of WhatsApp.")
        }
        Err(Rejected::Not(NotTaken::TooMuch)) => plain(
            StatusCode::PAYLOAD_TOO_LARGE,
            "The webhook holds more than 1,000 updates.",
        ),
        Err(Rejected::Later(error)) => {
            tracing::error!("could not keep a webhook: {error}");
            later()
        }
    }
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
