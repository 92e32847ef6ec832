//! What people send to the business.

use serde::Deserialize;

use super::{PrivateText, WaId};

/// A person wrote a text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TextMessage {
    /// The message's id (`wamid...`).
    pub id: String,
    /// Who wrote; absent when the person goes by a user name.
    pub from: Option<WaId>,
    /// The person's business-scoped id.
    pub from_user_id: Option<String>,
    /// When, in Unix seconds.
    pub timestamp: Option<i64>,
    /// What they wrote.
    pub body: PrivateText,
    /// The message that it answers.
    pub context_id: Option<String>,
    /// The person's identity, when the check is on.
    pub identity_key_hash: Option<String>,
}

/// A person tapped a button, in a template or in an interactive message.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ButtonTap {
    /// The tap's own id (`wamid...`).
    pub id: String,
    /// Who tapped; absent when the person goes by a user name.
    pub from: Option<WaId>,
    /// The person's business-scoped id.
    pub from_user_id: Option<String>,
    /// When, in Unix seconds.
    pub timestamp: Option<i64>,
    /// What the button stands for; see [`DID_NOT_REQUEST_CODE`](super::DID_NOT_REQUEST_CODE).
    pub payload: String,
    /// The button's label.
    pub text: Option<String>,
    /// The message that the button belongs to.
    pub context_id: Option<String>,
}

/// A person has another number now.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NumberChange {
    /// The old number.
    pub from: Option<WaId>,
    /// The new one.
    pub to: Option<WaId>,
    /// When, in Unix seconds.
    pub timestamp: Option<i64>,
}

/// A person's identity changed: another phone, or another person with the same number.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct IdentityChange {
    /// Whose.
    pub from: Option<WaId>,
    /// The new identity.
    pub hash: Option<String>,
    /// When, in Unix seconds.
    pub timestamp: Option<i64>,
}

/// Any message, as Meta writes it.
#[derive(Deserialize)]
pub(super) struct WireMessage {
    pub(super) id: Option<String>,
    pub(super) from: Option<WaId>,
    pub(super) from_user_id: Option<String>,
    #[serde(default, deserialize_with = "super::status::unix_secs")]
    pub(super) timestamp: Option<i64>,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) text: Option<WireText>,
    pub(super) button: Option<WireButton>,
    pub(super) interactive: Option<WireInteractive>,
    pub(super) system: Option<WireSystem>,
    pub(super) identity: Option<WireIdentity>,
    pub(super) context: Option<WireContext>,
}

#[derive(Deserialize)]
pub(super) struct WireText {
    body: PrivateText,
}

#[derive(Deserialize)]
pub(super) struct WireButton {
    #[serde(default)]
    payload: String,
    text: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct WireInteractive {
    button_reply: Option<WireReply>,
    list_reply: Option<WireReply>,
}

#[derive(Deserialize)]
struct WireReply {
    id: String,
    title: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct WireSystem {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    wa_id: Option<WaId>,
    new_wa_id: Option<WaId>,
}

#[derive(Deserialize)]
pub(super) struct WireIdentity {
    hash: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct WireContext {
    id: Option<String>,
}

impl WireMessage {
    pub(super) fn into_text(self, identity_key_hash: Option<String>) -> Option<TextMessage> {
        Some(TextMessage {
            id: self.id?,
            from: self.from,
            from_user_id: self.from_user_id,
            timestamp: self.timestamp,
            body: self.text?.body,
            context_id: self.context.and_then(|context| context.id),
            identity_key_hash,
        })
    }

    pub(super) fn into_tap(self) -> Option<ButtonTap> {
        let (payload, text) = match (self.button, self.interactive) {
            (Some(button), _) => (button.payload, button.text),
            (None, Some(interactive)) => {
                let reply = interactive.button_reply.or(interactive.list_reply)?;
                (reply.id, reply.title)
            }
            (None, None) => return None,
        };
        Some(ButtonTap {
            id: self.id?,
            from: self.from,
            from_user_id: self.from_user_id,
            timestamp: self.timestamp,
            payload,
            text,
            context_id: self.context.and_then(|context| context.id),
        })
    }

    pub(super) fn into_number_change(self) -> Option<NumberChange> {
        let system = self.system?;
        Some(NumberChange {
            from: self.from,
            to: system.wa_id.or(system.new_wa_id),
            timestamp: self.timestamp,
        })
    }

    pub(super) fn into_identity_change(self) -> IdentityChange {
        let hash = self.identity.and_then(|identity| identity.hash);
        IdentityChange {
            from: self.from,
            hash,
            timestamp: self.timestamp,
        }
    }
}
