//! A stand-in for Twilio's Messaging API, as its public reference describes it.

pub(crate) mod callback;
mod refusal;

use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use self::refusal::Refusal;
use crate::config::TwilioConfig;
use crate::fault::FaultTarget;
use crate::phone;
use crate::sent::{Content, vendor_id::Vendor};
use crate::vendor::{self, Taken};
use crate::webhook::Status;
use crate::world::World;

pub(crate) const PREFIX: &str = "/2010-04-01/Accounts/";
const BODY_CHARS_MAX: usize = 1600;

/// A form as it came.
pub(crate) type Form = Vec<(String, String)>;

/// Answers `POST /2010-04-01/Accounts/{sid}/Messages.json`; `rest` is what stands behind the prefix.
pub(crate) async fn answer(
    world: &World,
    twilio: &TwilioConfig,
    request: &HttpRequest,
    rest: &str,
    body: &[u8],
) -> HttpResponse {
    let form: Form = form_urlencoded::parse(body).into_owned().collect();
    let recipient = field(&form, "To").map(phone::digits);
    let target = (FaultTarget::Twilio, recipient.as_deref());
    let refuse = |http, code| Refusal::of(code).with_status(http).response();
    vendor::carry_out(world, request, target, refuse, || {
        take(world, twilio, request, rest, &form).unwrap_or_else(Refusal::response)
    })
    .await
}

fn take(
    world: &World,
    twilio: &TwilioConfig,
    request: &HttpRequest,
    rest: &str,
    form: &Form,
) -> Result<HttpResponse, Refusal> {
    check_credentials(twilio, request)?;
    if rest.strip_suffix("/Messages.json") != Some(&twilio.account_sid) {
        return Err(Refusal::of(20404));
    }
    if request.method() != Method::POST {
        return Err(Refusal::of(20004));
    }
    let content_type = request.headers().get(header::CONTENT_TYPE);
    let is_form = content_type.is_some_and(|value| {
        value
            .as_bytes()
            .starts_with(b"application/x-www-form-urlencoded")
    });
    if !is_form {
        return Err(Refusal::of(20001));
    }
    let to = field(form, "To").ok_or(Refusal::of(21604))?;
    let is_number = to.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|byte| byte.is_ascii_digit())
    });
    if !is_number {
        return Err(Refusal::about(21211, to));
    }
    let sender = field(form, "From").or(field(form, "MessagingServiceSid"));
    let sender = sender.ok_or(Refusal::of(21603))?;
    let text = field(form, "Body").ok_or(Refusal::of(21602))?;
    if text.chars().count() > BODY_CHARS_MAX {
        return Err(Refusal::of(21617));
    }
    let callback = field(form, "StatusCallback");
    if callback.is_some_and(|url| !url.starts_with("https://") && !url.starts_with("http://")) {
        return Err(Refusal::of(21609));
    }
    let receipts: &[Status] = match callback {
        Some(_) => &[Status::Sent, Status::Delivered],
        None => &[],
    };
    let id = vendor::note(
        world,
        Taken {
            vendor: Vendor::Twilio,
            to: &phone::digits(to),
            is_user_id: false,
            from: sender,
            content: Content::Twilio(text.into()),
            opaque: callback,
            told_at: callback,
            receipts,
        },
    );
    Ok(HttpResponse::Created().json(json!({
        "sid": id,
        "account_sid": twilio.account_sid,
        "to": to,
        "from": field(form, "From"),
        "messaging_service_sid": field(form, "MessagingServiceSid"),
        "body": text,
        "status": "queued",
        "direction": "outbound-api",
        "num_segments": "1",
        "error_code": null,
        "error_message": null,
        "api_version": "2010-04-01",
        "uri": format!("{PREFIX}{}/Messages/{id}.json", twilio.account_sid),
    })))
}

/// The account's own token, or one of its API keys.
fn check_credentials(twilio: &TwilioConfig, request: &HttpRequest) -> Result<(), Refusal> {
    let header = request.headers().get(header::AUTHORIZATION);
    let given = header
        .and_then(|value| value.to_str().ok()?.strip_prefix("Basic "))
        .and_then(|basic| STANDARD.decode(basic).ok())
        .unwrap_or_default();
    let pairs = [
        (&twilio.account_sid, &twilio.auth_token),
        (&twilio.api_key, &twilio.api_key_secret),
    ];
    let is_known = pairs
        .iter()
        .any(|(user, password)| given == format!("{user}:{password}").into_bytes());
    is_known.then_some(()).ok_or(Refusal::of(20003))
}

fn field<'a>(form: &'a Form, name: &str) -> Option<&'a str> {
    let found = form.iter().find(|(known, _)| known == name);
    found
        .map(|(_, value)| value.as_str())
        .filter(|value| !value.is_empty())
}
