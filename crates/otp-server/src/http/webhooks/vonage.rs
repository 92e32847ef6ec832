//! Where Vonage tells: what became of messages at `/webhooks/vonage/status`, what people write at
//! `/webhooks/vonage/inbound`.

use actix_web::http::header::AUTHORIZATION;
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::{VENDORS_BYTES_MAX, answer, not_signed, whole};
use crate::http::{Faces, method_not_allowed};
use crate::service::VonageTells;

/// What became of messages.
pub(in crate::http) const STATUS: &str = "/webhooks/vonage/status";
/// What people write.
pub(in crate::http) const INBOUND: &str = "/webhooks/vonage/inbound";

pub(super) fn routes(config: &mut web::ServiceConfig) {
    for (path, tells) in [
        (STATUS, VonageTells::Status),
        (INBOUND, VonageTells::Inbound),
    ] {
        let post =
            web::post().to(move |request, faces, payload| take_in(tells, request, faces, payload));
        config.service(
            web::resource(path)
                .route(post)
                .default_service(method_not_allowed("POST")),
        );
    }
}

async fn take_in(
    tells: VonageTells,
    request: HttpRequest,
    faces: Data<Faces>,
    payload: web::Payload,
) -> HttpResponse {
    let header = request.headers().get(AUTHORIZATION);
    let Some(authorization) = header.and_then(|value| value.to_str().ok()) else {
        return not_signed();
    };
    let body = match whole(&request, payload, VENDORS_BYTES_MAX, super::TOO_LONG).await {
        Ok(body) => body,
        Err(refusal) => return refusal,
    };
    let taken = faces
        .service
        .take_in_vonage(tells, &body, Some(authorization));
    answer(
        taken.await,
        "vonage",
        "vonage.signature_secret and vonage.application_id",
    )
}
