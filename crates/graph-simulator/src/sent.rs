//! What was sent: a bounded, sharded memory of accepted messages.

mod log;
mod record;
mod wamid;

use serde::{Deserialize, Serialize};

pub(crate) use log::SentLog;
pub(crate) use record::{Addressee, Content, Record};
pub(crate) use wamid::Wamid;

/// One accepted message, as the control plane shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentMessage {
    /// Meta's message id (`wamid...`).
    pub id: String,
    /// The recipient: `+` and digits, or a business-scoped user id.
    pub to: String,
    /// `template` or `text`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The template's name, when it was one.
    pub template: Option<String>,
    /// The template's language, when it was one.
    pub language: Option<String>,
    /// The code, when the template was an authentication template.
    pub code: Option<String>,
    /// What the person reads.
    pub text: String,
    /// The sender's `biz_opaque_callback_data`.
    pub opaque: Option<String>,
    /// When it was accepted: milliseconds since 1970.
    pub at: u64,
    /// `accepted`, `sent`, `delivered`, `read` or `failed`: the last receipt that was made for it.
    pub status: String,
}
