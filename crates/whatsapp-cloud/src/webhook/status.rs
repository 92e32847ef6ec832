//! Receipts: what became of a message.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::WaId;
use crate::open_enum::open_enum;

open_enum!(
    /// How far a message got. The order of arrival means nothing: `read` implies `delivered`, which
    /// may never come, and `failed` can follow `sent`.
    DeliveryStatus { Sent = "sent", Delivered = "delivered", Read = "read", Played = "played", Failed = "failed" }
);

/// A receipt.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct StatusUpdate {
    /// The message's id (`wamid...`).
    pub id: String,
    /// How far it got.
    pub status: DeliveryStatus,
    /// When, in Unix seconds.
    #[serde(default, deserialize_with = "unix_secs")]
    pub timestamp: Option<i64>,
    /// Whom it went to.
    #[serde(default)]
    pub recipient_id: Option<WaId>,
    /// The recipient's business-scoped id.
    #[serde(default)]
    pub recipient_user_id: Option<String>,
    /// The recipient's identity, when the check is on.
    #[serde(default)]
    pub recipient_identity_key_hash: Option<String>,
    /// What the message was sent with as [`opaque`](crate::OutgoingMessage::opaque).
    #[serde(default, rename = "biz_opaque_callback_data")]
    pub opaque: Option<String>,
    /// What it costs.
    #[serde(default)]
    pub pricing: Option<Pricing>,
    /// Why it failed.
    #[serde(default)]
    pub errors: Vec<StatusError>,
}

/// What a message costs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Pricing {
    /// Whether it is charged.
    #[serde(default)]
    pub billable: Option<bool>,
    /// `PMP`: a price for each message.
    #[serde(default)]
    pub pricing_model: Option<String>,
    /// `regular`, `free_customer_service`, `free_entry_point`.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    /// `authentication`, `authentication-international`, ...
    #[serde(default)]
    pub category: Option<String>,
}

/// Why a message failed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct StatusError {
    /// Meta's code; [`Advice::for_code`](crate::Advice::for_code) says what to do about it.
    pub code: i64,
    /// Meta's words.
    #[serde(default)]
    pub title: Option<String>,
    /// Meta's words, longer.
    #[serde(default)]
    pub message: Option<String>,
    /// What exactly was wrong.
    #[serde(default, rename = "error_data", deserialize_with = "details")]
    pub details: Option<String>,
}

/// For serde: seconds that Meta writes as a text in some webhooks and as a number in others.
pub(super) fn unix_secs<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<i64>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    })
}

fn details<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => Some(text),
        Value::Object(mut data) => match data.remove("details") {
            Some(Value::String(text)) => Some(text),
            _ => None,
        },
        _ => None,
    })
}
