//! What was sent: a bounded, sharded memory of accepted messages.

mod log;
mod record;
pub(crate) mod vendor_id;
mod wamid;

use serde::{Deserialize, Serialize};

pub(crate) use log::SentLog;
pub use record::VonageChannel;
pub(crate) use record::{Addressee, Content, Record};
pub(crate) use wamid::Wamid;

/// One accepted message, as the control plane shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentMessage {
    /// The vendor's message id (Meta's is `wamid...`).
    pub id: String,
    /// The recipient: `+` and digits, or a user id of Meta's.
    pub to: String,
    /// `template` or `text` over WhatsApp, `messenger`, or `sms`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The template's name, when it was one.
    pub template: Option<String>,
    /// The template's language, when it was one.
    pub language: Option<String>,
    /// The code of an authentication template, or what looks like one in a text message or chat.
    pub code: Option<String>,
    /// What the person reads.
    pub text: String,
    /// What the sender wants back: Meta's `biz_opaque_callback_data`, Vonage's `client_ref`,
    /// Twilio's `StatusCallback`.
    pub opaque: Option<String>,
    /// When it was accepted: milliseconds since 1970.
    pub at: u64,
    /// `accepted`, `sent`, `delivered`, `read` or `failed`: the last receipt that was made for it.
    pub status: String,
}
