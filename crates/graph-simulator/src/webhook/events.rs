//! The webhooks' contents, in the shapes of 2026.

use serde_json::{Value, json};

use super::{Payload, Status};
use crate::account::WABA_ID;
use crate::graph::error::known;
use crate::sent::{Addressee, Content, Record, Wamid};
use crate::world::{Template, World};
use crate::{clock, phone};

/// A receipt for a message, whose remembered status moves too; `None` when it is not remembered.
pub(crate) fn receipt(
    world: &World,
    message_id: &str,
    status: Status,
    code: Option<i64>,
) -> Option<Payload> {
    let wamid = Wamid::parse(message_id)?;
    if status == Status::Undeliverable {
        return None;
    }
    let record = world.sent.set_status(&wamid, status.name())?;
    let value = receipt_value(world, message_id, &record, wamid.addressee, status, code);
    Some(message_event(world, Some(&record.phone_number_id), &value))
}

fn receipt_value(
    world: &World,
    message_id: &str,
    record: &Record,
    addressee: Addressee,
    status: Status,
    code: Option<i64>,
) -> Value {
    let recipient = record.recipient(addressee);
    let wa_id = phone::wa_id(&recipient);
    let mut entry = json!({
        "id": message_id,
        "status": status.name(),
        "timestamp": now_seconds(),
        "recipient_id": wa_id,
    });
    if let Some(opaque) = &record.opaque {
        entry["biz_opaque_callback_data"] = json!(opaque);
    }
    let mut value = json!({
        "messaging_product": "whatsapp",
        "metadata": metadata(world, &record.phone_number_id),
    });
    if status == Status::Failed {
        entry["errors"] = json!([error(code.unwrap_or(131_026))]);
    } else {
        entry["recipient_user_id"] = json!(user_id(&wa_id));
        value["contacts"] = json!([contact(&wa_id)]);
    }
    if matches!(status, Status::Sent | Status::Delivered) {
        entry["pricing"] = pricing(record);
    }
    value["statuses"] = json!([entry]);
    value
}

/// A person writes, perhaps in answer to a message: the window opens, and the webhook says so.
pub(crate) fn inbound_text(
    world: &World,
    from: &str,
    text: &str,
    context_id: Option<&str>,
) -> Payload {
    let mut message = inbound_head(world, from);
    if let Some(id) = context_id {
        message["context"] = json!({"from": business_digits(world, None), "id": id});
    }
    message["type"] = json!("text");
    message["text"] = json!({"body": text});
    inbound(world, None, from, &message)
}

/// A person taps a button of a message.
pub(crate) fn inbound_button(
    world: &World,
    from: &str,
    payload: &str,
    context_id: &str,
) -> Payload {
    let wamid = Wamid::parse(context_id);
    let record = wamid.and_then(|wamid| world.sent.record(&wamid));
    let phone_number_id = record.map(|record| record.phone_number_id);
    let mut message = inbound_head(world, from);
    let label = if payload == "DID_NOT_REQUEST_CODE" {
        "I didn't request a code"
    } else {
        payload
    };
    message["context"] =
        json!({"from": business_digits(world, phone_number_id.as_deref()), "id": context_id});
    message["type"] = json!("button");
    message["button"] = json!({"payload": payload, "text": label});
    inbound(world, phone_number_id.as_deref(), from, &message)
}

/// A template's status changed.
pub(crate) fn template_status(world: &World, template: &Template) -> Payload {
    let mut value = json!({
        "event": template.status,
        "message_template_id": template.id,
        "message_template_name": template.name,
        "message_template_language": template.language.replace('_', "-"),
        "reason": if template.status == "REJECTED" { "INVALID_FORMAT" } else { "NONE" },
        "message_template_category": template.category,
    });
    match template.status.as_str() {
        "PAUSED" => {
            value["other_info"] = json!({
                "title": "FIRST_PAUSE",
                "description": "This template was paused for 3 hours because people often blocked or reported it.",
            });
        }
        "DISABLED" => {
            value["disable_info"] = json!({"disable_date": now_seconds()});
            value["other_info"] =
                json!({"title": "DISABLED", "description": "This template was disabled for good."});
        }
        "REJECTED" => {
            value["rejection_info"] = json!({
                "reason": "The template's format is not valid.",
                "recommendation": "Correct the template and submit it again.",
            });
        }
        _ => {}
    }
    envelope(world, "message_template_status_update", None, &value)
}

fn inbound_head(world: &World, from: &str) -> Value {
    let wa_id = phone::wa_id(from);
    json!({
        "from": wa_id,
        "from_user_id": user_id(&wa_id),
        "id": Wamid::write(&wa_id, world.sent.next_sequence()),
        "timestamp": now_seconds(),
    })
}

fn inbound(world: &World, phone_number_id: Option<&str>, from: &str, message: &Value) -> Payload {
    let wa_id = phone::wa_id(from);
    world.windows.open(&wa_id, clock::now_ms());
    let first = world
        .account()
        .numbers()
        .first()
        .map(|number| number.id.clone());
    let phone_number_id = phone_number_id.or(first.as_deref()).unwrap_or_default();
    let value = json!({
        "messaging_product": "whatsapp",
        "metadata": metadata(world, phone_number_id),
        "contacts": [contact(&wa_id)],
        "messages": [message],
    });
    message_event(world, Some(phone_number_id), &value)
}

fn message_event(world: &World, phone_number_id: Option<&str>, value: &Value) -> Payload {
    envelope(world, "messages", phone_number_id, value)
}

fn envelope(world: &World, field: &str, phone_number_id: Option<&str>, value: &Value) -> Payload {
    let mut entry = json!({"id": WABA_ID, "changes": [{"field": field, "value": value}]});
    if field != "messages" {
        entry["time"] = json!(clock::now_ms() / 1000);
    }
    let url = world
        .account()
        .webhook_url(field, phone_number_id)
        .map(str::to_owned);
    let event = json!({"object": "whatsapp_business_account", "entry": [entry]});
    Payload::new(url, &world.config.app_secret, &event)
}

fn metadata(world: &World, phone_number_id: &str) -> Value {
    let digits = business_digits(world, Some(phone_number_id));
    json!({"display_phone_number": digits, "phone_number_id": phone_number_id})
}

fn business_digits(world: &World, phone_number_id: Option<&str>) -> String {
    let account = world.account();
    let number = phone_number_id
        .and_then(|id| account.number(id))
        .or(account.numbers().first());
    number
        .map(|number| number.digits.clone())
        .unwrap_or_default()
}

fn contact(wa_id: &str) -> Value {
    json!({"profile": {"name": "Pablo M."}, "wa_id": wa_id, "user_id": user_id(wa_id)})
}

/// A business-scoped user id: stable for a person, and without the phone's digits in it.
fn user_id(wa_id: &str) -> String {
    let mixed = wa_id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("US.{mixed:020}")
}

fn pricing(record: &Record) -> Value {
    let (kind, category) = match &record.content {
        Content::Code(..) => ("regular", "authentication"),
        Content::Template(..) => ("regular", "utility"),
        Content::Text(_) | Content::Vonage(..) | Content::Twilio(_) => {
            ("free_customer_service", "service")
        }
    };
    json!({"billable": kind == "regular", "pricing_model": "PMP", "type": kind, "category": category})
}

fn error(code: i64) -> Value {
    let title = known(code).title;
    json!({
        "code": code,
        "title": title,
        "message": title,
        "error_data": {"details": known(code).details},
        "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
    })
}

fn now_seconds() -> String {
    (clock::now_ms() / 1000).to_string()
}
