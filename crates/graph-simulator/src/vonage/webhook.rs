//! What Vonage posts: what became of a message, and what a person wrote; each signed.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::clock;
use crate::config::VonageConfig;
use crate::sent::{Addressee, Content, Record, VonageChannel, vendor_id::Vendor};
use crate::sent::{Wamid, vendor_id};
use crate::webhook::{Payload, Status, hex};
use crate::world::World;

/// A receipt for a message, whose remembered status moves too; `None` when it is not remembered.
pub(crate) fn status(
    world: &World,
    message: &Wamid,
    status: Status,
    code: Option<i64>,
) -> Option<Payload> {
    let vonage = world.config.vonage.as_ref()?;
    let record = world.sent.set_status(message, status.name())?;
    let Content::Vonage(channel, _) = record.content else {
        return None;
    };
    let mut body = json!({
        "message_uuid": vendor_id::write(Vendor::Vonage, message.addressee, message.sequence),
        "to": recipient(&record, message.addressee),
        "from": &*record.phone_number_id,
        "timestamp": timestamp(),
        "status": step(status),
        "channel": channel.name(),
    });
    if let Some(reference) = &record.opaque {
        body["client_ref"] = json!(reference);
    }
    if matches!(status, Status::Failed | Status::Undeliverable) {
        let code = code.unwrap_or(1290);
        body["error"] = json!({
            "type": format!("https://developer.vonage.com/api-errors/messages#{code}"),
            "title": code,
            "detail": "The message could not be delivered.",
            "instance": "bf0ca0bf927b3b52e3cb03217e1a1ddf",
        });
    }
    if channel == VonageChannel::Sms && status == Status::Sent {
        body["usage"] = json!({"currency": "EUR", "price": "0.0333"});
    }
    // What the sender said with the message goes before what the dashboard says.
    let told_at = record.told_at.as_deref().map(str::to_owned);
    let url = told_at.or_else(|| vonage.status_url.clone());
    Some(signed(vonage, url, &body))
}

/// A person writes; `None` when there is no application at Vonage.
pub(crate) fn inbound(
    world: &World,
    channel: VonageChannel,
    from: &str,
    text: &str,
) -> Option<Payload> {
    let vonage = world.config.vonage.as_ref()?;
    let sequence = world.sent.next_sequence();
    let mut body = json!({
        "message_uuid": vendor_id::write(Vendor::Vonage, Addressee::of(from), sequence),
        "to": "107083064136738",
        "from": from,
        "timestamp": timestamp(),
        "channel": channel.name(),
        "message_type": "text",
        "text": text,
    });
    if channel == VonageChannel::Sms {
        body["to"] = json!("447700900001");
        body["sms"] = json!({"num_messages": "1"});
    }
    Some(signed(vonage, vonage.inbound_url.clone(), &body))
}

fn step(status: Status) -> &'static str {
    match status {
        Status::Sent => "submitted",
        Status::Delivered => "delivered",
        Status::Read => "read",
        Status::Failed => "rejected",
        Status::Undeliverable => "undeliverable",
    }
}

fn recipient(record: &Record, addressee: Addressee) -> String {
    record.recipient(addressee)
}

/// The time as Vonage writes it. The simulator has no calendar; the day is always the same.
fn timestamp() -> String {
    let secs = clock::now_ms() / 1000 % 86_400;
    let (hours, minutes) = (secs / 3600, secs / 60 % 60);
    format!("2026-11-26T{hours:02}:{minutes:02}:{:02}Z", secs % 60)
}

fn signed(vonage: &VonageConfig, url: Option<String>, body: &Value) -> Payload {
    let body = body.to_string();
    let hash = hex(&Sha256::digest(&body));
    let claims = json!({
        "iat": clock::now_ms() / 1000,
        "jti": format!("jti-{}", &hash[..16]),
        "iss": "Vonage",
        "payload_hash": hash,
        "api_key": "a1b2c3d4",
        "application_id": vonage.application_id,
    });
    let key = EncodingKey::from_secret(vonage.signature_secret.as_bytes());
    // A secret of any length signs.
    let token = encode(&Header::new(Algorithm::HS256), &claims, &key).unwrap_or_default();
    Payload {
        url,
        body: body.into(),
        headers: vec![
            ("Content-Type", "application/json".to_owned()),
            ("Authorization", format!("Bearer {token}")),
        ],
    }
}
