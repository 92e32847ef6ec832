//! The control plane: what tests and people ask of the simulator itself.

use actix_web::http::{Method, StatusCode};
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Map, Value, json};

use crate::fault::Fault;
use crate::phone;
use crate::sent::{Addressee, SentMessage, VonageChannel};
use crate::vonage;
use crate::webhook::{self, Status, events};
use crate::world::World;

const MESSAGES_LISTED: usize = 1000;
const REPEAT_MAX: u64 = 100;
const CALLS: &str =
    "GET messages?to=, POST faults, POST receipts, POST inbound, POST templates/{id}, POST reset";

/// What a control request is refused with.
struct Refusal(StatusCode, String);

/// JSON, written with the fields in the order in which they are documented.
type Answer = Result<String, Refusal>;

/// Answers `/_simulator/{call}`.
pub(crate) async fn answer(
    world: &World,
    client: &awc::Client,
    request: &HttpRequest,
    call: &str,
    body: &[u8],
) -> HttpResponse {
    let answer = dispatch(world, client, request, call.trim_end_matches('/'), body).await;
    answer.map_or_else(
        |Refusal(status, reason)| HttpResponse::build(status).json(json!({"error": reason})),
        |json| {
            HttpResponse::Ok()
                .content_type("application/json")
                .body(json)
        },
    )
}

async fn dispatch(
    world: &World,
    client: &awc::Client,
    request: &HttpRequest,
    call: &str,
    body: &[u8],
) -> Answer {
    let (call, id) = call.split_once('/').unwrap_or((call, ""));
    let wanted = match call {
        "messages" => Method::GET,
        "faults" | "receipts" | "inbound" | "templates" | "reset" => Method::POST,
        _ => {
            return Err(Refusal(
                StatusCode::NOT_FOUND,
                format!("there is no `{call}` here, only: {CALLS}"),
            ));
        }
    };
    if *request.method() != wanted {
        return Err(Refusal(
            StatusCode::METHOD_NOT_ALLOWED,
            format!("`{call}` takes {wanted}"),
        ));
    }
    match call {
        "messages" => messages(world, request),
        "faults" => {
            let fault = Fault::from_json(&object(body)?).map_err(bad)?;
            world.faults.add(fault).map_err(bad)?;
            Ok(json!({"success": true}).to_string())
        }
        "receipts" => receipts(world, client, &object(body)?).await,
        "inbound" => inbound(world, client, &object(body)?).await,
        "templates" => template(world, id, &object(body)?),
        _ => {
            world.reset();
            Ok(json!({"success": true}).to_string())
        }
    }
}

fn messages(world: &World, request: &HttpRequest) -> Answer {
    let query = Query::<Vec<(String, String)>>::from_query(request.query_string());
    let query = query.map_err(|error| bad(error.to_string()))?.into_inner();
    if let Some((name, _)) = query.iter().find(|(name, _)| name != "to") {
        return Err(bad(format!("`{name}` is not known here; `to` is")));
    }
    let Some((_, to)) = query.first() else {
        return list(&world.sent.all(MESSAGES_LISTED));
    };
    let is_user_id = to.contains('.') && to.starts_with(|first: char| first.is_ascii_alphabetic());
    let recipient = if is_user_id {
        to.clone()
    } else {
        phone::digits(to)
    };
    list(&world.sent.of(Addressee::of(&recipient)))
}

fn list(messages: &[SentMessage]) -> Answer {
    serde_json::to_string(messages)
        .map_err(|error| Refusal(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
}

async fn receipts(world: &World, client: &awc::Client, request: &Map<String, Value>) -> Answer {
    only(request, &["message_id", "status", "code", "repeat"])?;
    let message_id = text(request, "message_id")?;
    let status: Status = text(request, "status")?.parse().map_err(bad)?;
    let code = whole_number(request, "code")?;
    let repeat = whole_number(request, "repeat")?.unwrap_or(1);
    let repeat = u64::try_from(repeat)
        .ok()
        .filter(|repeat| (1..=REPEAT_MAX).contains(repeat));
    let repeat =
        repeat.ok_or_else(|| bad(format!("`repeat` is a whole number from 1 to {REPEAT_MAX}")))?;
    let payload = webhook::receipt(world, message_id, status, code).ok_or_else(|| {
        bad(format!(
            "no message {message_id} is remembered; `GET messages` lists them"
        ))
    })?;
    let mut webhooks = Vec::new();
    for _ in 0..repeat {
        webhooks.push(webhook::deliver_now(world, client, payload.clone()).await);
    }
    Ok(json!({"success": true, "webhooks": webhooks}).to_string())
}

async fn inbound(world: &World, client: &awc::Client, request: &Map<String, Value>) -> Answer {
    only(
        request,
        &["from", "text", "button_payload", "context_id", "channel"],
    )?;
    let from = text(request, "from")?;
    if request.contains_key("channel") {
        let channel = match text(request, "channel")? {
            "messenger" => VonageChannel::Messenger,
            "sms" => VonageChannel::Sms,
            other => {
                return Err(bad(format!(
                    "`channel` is messenger or sms over Vonage, not `{other}`; leave it out for WhatsApp"
                )));
            }
        };
        let payload = vonage::webhook::inbound(world, channel, from, text(request, "text")?)
            .ok_or_else(|| bad("no application at Vonage is configured".to_owned()))?;
        let webhook = webhook::deliver_now(world, client, payload).await;
        return Ok(json!({"success": true, "webhooks": [webhook]}).to_string());
    }
    let from = phone::recipient_digits(from)
        .ok_or_else(|| bad(format!("`from` is a phone number, not `{from}`")))?;
    let payload = match (request.get("text"), request.get("button_payload")) {
        (Some(_), None) => {
            let about = request.get("context_id").and_then(Value::as_str);
            events::inbound_text(world, &from, text(request, "text")?, about)
        }
        (None, Some(_)) => {
            let button = text(request, "button_payload")?;
            events::inbound_button(world, &from, button, text(request, "context_id")?)
        }
        _ => {
            return Err(bad(
                "give `from` with either `text` (and perhaps `context_id`), or `button_payload` and `context_id`".to_owned(),
            ));
        }
    };
    let webhook = webhook::deliver_now(world, client, payload).await;
    Ok(json!({"success": true, "webhooks": [webhook]}).to_string())
}

fn template(world: &World, id: &str, request: &Map<String, Value>) -> Answer {
    only(request, &["status"])?;
    let template = world
        .set_template_status(id, text(request, "status")?)
        .map_err(bad)?;
    Ok(json!({
        "success": true,
        "id": template.id.to_string(),
        "name": template.name,
        "language": template.language,
        "status": template.status,
    })
    .to_string())
}

fn object(body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    let value: Value = serde_json::from_slice(body)
        .map_err(|error| bad(format!("the body is not JSON: {error}")))?;
    match value {
        Value::Object(fields) => Ok(fields),
        _ => Err(bad("the body is a JSON object".to_owned())),
    }
}

fn only(request: &Map<String, Value>, allowed: &[&str]) -> Result<(), Refusal> {
    let unknown = request.keys().find(|key| !allowed.contains(&key.as_str()));
    unknown.map_or(Ok(()), |key| {
        let allowed = allowed
            .iter()
            .map(|name| format!("`{name}`"))
            .collect::<Vec<_>>()
            .join(", ");
        Err(bad(format!("`{key}` is not known here; {allowed} are")))
    })
}

fn text<'a>(request: &'a Map<String, Value>, name: &str) -> Result<&'a str, Refusal> {
    let text = request.get(name).and_then(Value::as_str);
    text.ok_or_else(|| bad(format!("`{name}` is missing, or is not a string")))
}

fn whole_number(request: &Map<String, Value>, name: &str) -> Result<Option<i64>, Refusal> {
    let Some(value) = request.get(name).filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    value
        .as_i64()
        .map(Some)
        .ok_or_else(|| bad(format!("`{name}` is a whole number")))
}

fn bad(reason: String) -> Refusal {
    Refusal(StatusCode::BAD_REQUEST, reason)
}
