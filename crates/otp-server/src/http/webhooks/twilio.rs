//! Where Twilio tells what became of messages: `/webhooks/twilio`.

use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::{VENDORS_BYTES_MAX, answer, not_signed, whole};
use crate::http::{Faces, method_not_allowed};

/// Twilio's route.
pub(in crate::http) const TWILIO: &str = "/webhooks/twilio";
pub(in crate::http) const SIGNATURE: &str = "X-Twilio-Signature";

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.service(
        web::resource(TWILIO)
            .route(web::post().to(take_in))
            .default_service(method_not_allowed("POST")),
    );
}

async fn take_in(request: HttpRequest, faces: Data<Faces>, payload: web::Payload) -> HttpResponse {
    let header = request.headers().get(SIGNATURE);
    let Some(signature) = header.and_then(|value| value.to_str().ok()) else {
        return not_signed();
    };
    let body = match whole(&request, payload, VENDORS_BYTES_MAX, super::TOO_LONG).await {
        Ok(body) => body,
        Err(refusal) => return refusal,
    };
    let query = request.query_string();
    let taken = faces.service.take_in_twilio(&body, Some(signature), query);
    answer(
        taken.await,
        "twilio",
        "twilio.auth_token, and http.public_url or twilio.status_callback, which is to be the address that Twilio calls",
    )
}
