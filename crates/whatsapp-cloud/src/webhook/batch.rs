//! From the bytes of a webhook to a list of events.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use thiserror::Error;

use super::account::WireAlert;
use super::inbound::WireMessage;
use super::{
    AccountAlert, AccountUpdate, ButtonTap, IdentityChange, NumberChange, NumberUpdate,
    StatusUpdate, TemplateQualityUpdate, TemplateStatusUpdate, TextMessage,
};

/// Everything that one webhook tells, in Meta's order, which means nothing.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct WebhookBatch {
    /// The events.
    pub events: Vec<Event>,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// The account that it happened in.
    pub waba_id: String,
    /// The number that it concerns, where Meta says it.
    pub phone_number_id: Option<String>,
    /// When, in Unix seconds; absent with messages and receipts, which say it themselves.
    pub timestamp: Option<i64>,
    /// What happened.
    pub kind: EventKind,
}

/// What can happen.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum EventKind {
    /// A receipt.
    Status(StatusUpdate),
    /// A person wrote a text.
    Text(TextMessage),
    /// A person tapped a button.
    Button(ButtonTap),
    /// A person has another number now.
    NumberChanged(NumberChange),
    /// A person's identity changed.
    IdentityChanged(IdentityChange),
    /// A template's status changed.
    TemplateStatus(TemplateStatusUpdate),
    /// What people think of a template changed.
    TemplateQuality(TemplateQualityUpdate),
    /// Something happened to the account.
    Account(AccountUpdate),
    /// Meta wants somebody to look at something.
    Alert(AccountAlert),
    /// A number's limits or quality changed.
    Number(NumberUpdate),
    /// Something that this version does not know, or cannot read: to be counted, and ignored.
    Unknown {
        /// The webhook field: `messages`, `user_preferences`, ...
        field: String,
        /// The kind of message, where there is one: `image`, `unsupported`, ...
        kind: Option<String>,
    },
}

/// The bytes are not a webhook of a WhatsApp Business Account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NotAWebhook {
    /// Not JSON.
    #[error("the webhook is not JSON")]
    NotJson,
    /// JSON, but not Meta's envelope.
    #[error("the webhook is not about a whatsapp business account")]
    NotWhatsApp,
}

#[derive(Deserialize)]
struct Envelope {
    object: String,
    entry: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default, deserialize_with = "crate::account::optional_id")]
    id: Option<String>,
    #[serde(default, deserialize_with = "super::status::unix_secs")]
    time: Option<i64>,
    #[serde(default)]
    changes: Vec<Change>,
}

#[derive(Deserialize)]
struct Change {
    #[serde(default)]
    field: String,
    #[serde(default)]
    value: Map<String, Value>,
}

/// Reads a webhook whose signature was checked. One unreadable event does not lose the others: it
/// becomes [`EventKind::Unknown`].
pub fn parse(raw: &[u8]) -> Result<WebhookBatch, NotAWebhook> {
    let envelope: Envelope = serde_json::from_slice(raw).map_err(|error| {
        if error.is_data() {
            NotAWebhook::NotWhatsApp
        } else {
            NotAWebhook::NotJson
        }
    })?;
    if envelope.object != "whatsapp_business_account" {
        return Err(NotAWebhook::NotWhatsApp);
    }
    let mut events = Vec::new();
    for entry in envelope.entry {
        let waba_id = entry.id.unwrap_or_default();
        for change in entry.changes {
            let phone_number_id = phone_number_id(&change.value);
            let kinds = change.into_kinds();
            events.extend(kinds.into_iter().map(|kind| Event {
                waba_id: waba_id.clone(),
                phone_number_id: phone_number_id.clone(),
                timestamp: entry.time,
                kind,
            }));
        }
    }
    Ok(WebhookBatch { events })
}

impl Change {
    fn into_kinds(mut self) -> Vec<EventKind> {
        match self.field.as_str() {
            "messages" => self.into_message_kinds(),
            // Meta's pages show the field of the one with the shape of the other: go by shape.
            "message_template_status_update" | "message_template_quality_update" => {
                let is_quality = self.value.contains_key("new_quality_score");
                let kind = if is_quality {
                    self.read(EventKind::TemplateQuality)
                } else {
                    self.read(EventKind::TemplateStatus)
                };
                vec![kind]
            }
            "account_update" => vec![self.read(EventKind::Account)],
            "account_alerts" => vec![self.read(|alert: WireAlert| EventKind::Alert(alert.into()))],
            "phone_number_quality_update" => vec![self.read(EventKind::Number)],
            _ => vec![EventKind::Unknown {
                field: std::mem::take(&mut self.field),
                kind: None,
            }],
        }
    }

    fn into_message_kinds(mut self) -> Vec<EventKind> {
        let statuses = array(&mut self.value, "statuses");
        let messages = array(&mut self.value, "messages");
        let hash = identity_key_hash(&self.value);
        let mut kinds = Vec::with_capacity(statuses.len() + messages.len());
        kinds.extend(
            statuses
                .into_iter()
                .map(|status| self.read_value(status, EventKind::Status)),
        );
        kinds.extend(
            messages
                .into_iter()
                .map(|message| self.message_kind(message, hash.clone())),
        );
        if kinds.is_empty() {
            kinds.push(self.unknown(None));
        }
        kinds
    }

    fn message_kind(&self, message: Value, identity_key_hash: Option<String>) -> EventKind {
        let Ok(message) = serde_json::from_value::<WireMessage>(message) else {
            return self.unknown(None);
        };
        let kind = message.kind.clone();
        let event = match (
            kind.as_str(),
            message
                .system
                .as_ref()
                .and_then(|system| system.kind.as_deref()),
        ) {
            ("text", _) => message.into_text(identity_key_hash).map(EventKind::Text),
            ("button" | "interactive", _) => message.into_tap().map(EventKind::Button),
            ("system", Some("customer_identity_changed")) => {
                Some(EventKind::IdentityChanged(message.into_identity_change()))
            }
            ("system", Some("user_changed_number")) => {
                message.into_number_change().map(EventKind::NumberChanged)
            }
            _ => None,
        };
        event.unwrap_or_else(|| self.unknown(Some(kind)))
    }

    fn read<T: DeserializeOwned>(&mut self, kind: impl FnOnce(T) -> EventKind) -> EventKind {
        let value = std::mem::take(&mut self.value);
        self.read_value(Value::Object(value), kind)
    }

    fn read_value<T: DeserializeOwned>(
        &self,
        value: Value,
        kind: impl FnOnce(T) -> EventKind,
    ) -> EventKind {
        serde_json::from_value(value).map_or_else(|_| self.unknown(None), kind)
    }

    fn unknown(&self, kind: Option<String>) -> EventKind {
        EventKind::Unknown {
            field: self.field.clone(),
            kind,
        }
    }
}

fn array(value: &mut Map<String, Value>, key: &str) -> Vec<Value> {
    match value.remove(key) {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    }
}

fn phone_number_id(value: &Map<String, Value>) -> Option<String> {
    Some(
        value
            .get("metadata")?
            .get("phone_number_id")?
            .as_str()?
            .to_owned(),
    )
}

fn identity_key_hash(value: &Map<String, Value>) -> Option<String> {
    Some(
        value
            .get("contacts")?
            .get(0)?
            .get("identity_key_hash")?
            .as_str()?
            .to_owned(),
    )
}
