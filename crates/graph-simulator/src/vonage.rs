//! A stand-in for Vonage's Messages API, version 1, as its public reference describes it.

mod problem;
mod token;
pub(crate) mod webhook;

use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use self::problem::Problem;
use crate::config::VonageConfig;
use crate::fault::FaultTarget;
use crate::sent::{Content, VonageChannel, vendor_id::Vendor};
use crate::vendor::{self, Taken};
use crate::webhook::Status;
use crate::world::World;

pub(crate) const PATH: &str = "/v1/messages";
const REFERENCE_MAX: usize = 100;

/// Answers `POST /v1/messages`.
pub(crate) async fn answer(
    world: &World,
    vonage: &VonageConfig,
    request: &HttpRequest,
    body: &[u8],
) -> HttpResponse {
    let message: Value = serde_json::from_slice(body).unwrap_or_default();
    let target = (FaultTarget::Vonage, message["to"].as_str());
    let refuse = |http, code| Problem::of(http, code).response();
    vendor::carry_out(world, request, target, refuse, || {
        take(world, vonage, request, &message).unwrap_or_else(Problem::response)
    })
    .await
}

fn take(
    world: &World,
    vonage: &VonageConfig,
    request: &HttpRequest,
    message: &Value,
) -> Result<HttpResponse, Problem> {
    if request.method() != Method::POST {
        return Err(Problem::of(Some(405), 0));
    }
    token::check(vonage, request).map_err(|_| Problem::unauthorized())?;
    let content_type = request.headers().get(header::CONTENT_TYPE);
    let is_json =
        content_type.is_some_and(|value| value.as_bytes().starts_with(b"application/json"));
    if !is_json || !message.is_object() {
        return Err(Problem::invalid("body", "The body must be JSON"));
    }
    let text = |name: &'static str| {
        let text = message[name].as_str().filter(|text| !text.is_empty());
        text.ok_or_else(|| Problem::invalid(name, "is required"))
    };
    if text("message_type")? != "text" {
        return Err(Problem::invalid("message_type", "only text is known here"));
    }
    let (channel, longest) = match text("channel")? {
        "messenger" => (VonageChannel::Messenger, 640),
        "sms" => (VonageChannel::Sms, 1000),
        _ => return Err(Problem::invalid("channel", "is messenger or sms here")),
    };
    let (from, to, said) = (text("from")?, text("to")?, text("text")?);
    let is_recipient = match channel {
        VonageChannel::Messenger => to.len() <= 50,
        VonageChannel::Sms => is_msisdn(to),
    };
    if !is_recipient {
        return Err(Problem::invalid("to", "is not a recipient of this channel"));
    }
    if said.chars().count() > longest {
        return Err(Problem::invalid("text", "is too long"));
    }
    let reference = message["client_ref"].as_str();
    if reference.is_some_and(|text| text.chars().count() > REFERENCE_MAX) {
        return Err(Problem::invalid(
            "client_ref",
            "is longer than 100 characters",
        ));
    }
    let told_at = message["webhook_url"].as_str();
    if told_at.is_some_and(|url| !url.starts_with("https://") && !url.starts_with("http://")) {
        return Err(Problem::invalid("webhook_url", "is no address"));
    }
    if !matches!(message["webhook_version"].as_str(), None | Some("v1")) {
        return Err(Problem::invalid("webhook_version", "only v1 is known here"));
    }
    let receipts: &[Status] = match channel {
        _ if vonage.status_url.is_none() && told_at.is_none() => &[],
        VonageChannel::Messenger => &[Status::Sent, Status::Delivered, Status::Read],
        VonageChannel::Sms => &[Status::Sent, Status::Delivered],
    };
    let id = vendor::note(
        world,
        Taken {
            vendor: Vendor::Vonage,
            to,
            is_user_id: channel == VonageChannel::Messenger,
            from,
            content: Content::Vonage(channel, said.into()),
            opaque: reference,
            told_at,
            receipts,
        },
    );
    Ok(HttpResponse::Accepted().json(json!({"message_uuid": id})))
}

/// A number as Vonage takes it: E.164 without `+` or zeros in front.
fn is_msisdn(text: &str) -> bool {
    (7..=15).contains(&text.len())
        && !text.starts_with('0')
        && text.bytes().all(|byte| byte.is_ascii_digit())
}
