//! Carrying out the faults that were asked for.

use std::time::Duration;

use actix_web::body::{BodyStream, MessageBody as _};
use actix_web::{HttpRequest, HttpResponse};
use bytes::Bytes;
use futures_util::StreamExt as _;
use serde_json::Value;
use tokio::time::sleep;

use super::Context;
use super::error::{GraphError, known};
use super::route::Call;
use crate::fault::{Effect, FaultTarget};
use crate::phone;
use crate::server::Wire;

/// When a fault acts on a call.
pub(super) enum Mishap {
    Before(Effect),
    Delay(Duration),
    After(Effect),
}

/// The fault that hits this call, if one does.
pub(super) fn next(context: &Context<'_>, call: &Call<'_>) -> Option<Mishap> {
    if !context.world.faults.is_armed() {
        return None;
    }
    let target = call.target(context.world, context.request.method());
    let recipient = (target == FaultTarget::Messages)
        .then(|| recipient(context.body))
        .flatten();
    let effect = context.world.faults.take(target, recipient.as_deref())?;
    Some(match effect {
        Effect::Delay(delay) => Mishap::Delay(delay),
        Effect::DropAnswer | Effect::Drip(_) => Mishap::After(effect),
        _ => Mishap::Before(effect),
    })
}

/// What happens instead of the call.
pub(super) fn instead(context: &Context<'_>, effect: &Effect) -> Result<HttpResponse, GraphError> {
    match effect {
        Effect::Error {
            http,
            code,
            subcode,
            details,
        } => {
            let known = known(*code);
            let http = http.unwrap_or(known.http);
            let details = details.as_deref().unwrap_or(known.details);
            Err(GraphError::coded(*code)
                .http(http)
                .subcode(*subcode)
                .details(details))
        }
        Effect::Garbage => Ok(garbage()),
        _ => Ok(cut(context.request)),
    }
}

/// A page where JSON should be.
pub(crate) fn garbage() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .body("<!DOCTYPE html><html><body>Sorry, something went wrong.</body></html>")
}

/// What happens to the answer of a call that was carried out.
pub(crate) fn afterwards(
    request: &HttpRequest,
    effect: &Effect,
    response: HttpResponse,
) -> HttpResponse {
    let Effect::Drip(pause) = effect else {
        return cut(request);
    };
    let pause = *pause;
    let status = response.status();
    let body = response.into_body().try_into_bytes().unwrap_or_default();
    let drops = futures_util::stream::iter(body).then(move |byte| async move {
        sleep(pause).await;
        Ok::<_, std::convert::Infallible>(Bytes::copy_from_slice(&[byte]))
    });
    HttpResponse::build(status)
        .content_type("application/json; charset=UTF-8")
        .body(BodyStream::new(Box::pin(drops)))
}

/// Closes the connection; the answer that is returned reaches nobody.
pub(crate) fn cut(request: &HttpRequest) -> HttpResponse {
    if let Some(wire) = request.conn_data::<Wire>() {
        wire.cut();
    }
    HttpResponse::ServiceUnavailable().finish()
}

fn recipient(body: &[u8]) -> Option<String> {
    let message: Value = serde_json::from_slice(body).ok()?;
    let to = &message["to"];
    let digits = to.as_str().map(phone::digits);
    digits.or_else(|| to.as_u64().map(|number| number.to_string()))
}
