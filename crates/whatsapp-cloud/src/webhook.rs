//! Meta's webhooks: their signature, and what they tell.
//!
//! Check the signature over the raw bytes first ([`verify_signature`]), then [`parse`] them. Meta
//! delivers at least once, in any order, up to a thousand updates at a time.

mod account;
mod batch;
mod inbound;
mod private;
mod signature;
mod status;
mod template;

pub use account::{AccountAlert, AccountUpdate, NumberUpdate};
pub use batch::{Event, EventKind, NotAWebhook, WebhookBatch, parse};
pub use inbound::{ButtonTap, IdentityChange, NumberChange, TextMessage};
pub use private::{PrivateText, WaId};
pub(crate) use signature::hex_hmac;
pub use signature::{InvalidSignature, verify_signature};
pub use status::{DeliveryStatus, Pricing, StatusError, StatusUpdate};
pub use template::{TemplateQualityUpdate, TemplateStatusUpdate};

/// The payload of a tap on "I didn't request a code": a report of fraud.
pub const DID_NOT_REQUEST_CODE: &str = "DID_NOT_REQUEST_CODE";
