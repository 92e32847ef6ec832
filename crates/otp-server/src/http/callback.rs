//! What applications are told, as they read it: the face that calls instead of being called.

use otp_core::CallbackKind;
use serde::Serialize;
use utoipa::ToSchema;

use super::native::{Delivery, Verification, moment};
use crate::service::Occurrence;

/// One thing that happened.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CallbackEvent {
    /// The same at every try, and as in `webhook-id`: whoever has seen it need not act again.
    id: String,
    #[serde(rename = "type")]
    kind: EventType,
    /// When it happened (RFC 3339, UTC). When it is told stands in `webhook-timestamp`.
    #[schema(format = DateTime)]
    timestamp: String,
    data: EventData,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
enum EventType {
    /// The right code was given.
    #[serde(rename = "verification.approved")]
    Approved,
    /// Time ran out.
    #[serde(rename = "verification.expired")]
    Expired,
    /// It was called off, or a newer one took its place.
    #[serde(rename = "verification.canceled")]
    Canceled,
    /// Wrong codes used it up.
    #[serde(rename = "verification.locked")]
    Locked,
    /// No channel took a message.
    #[serde(rename = "verification.failed")]
    Failed,
    /// A message got further, or failed.
    #[serde(rename = "delivery.updated")]
    DeliveryUpdated,
    /// The person says that they asked for no code.
    #[serde(rename = "verification.reported")]
    Reported,
}

/// The verification as it stands when this is told.
#[derive(Debug, Serialize, ToSchema)]
struct EventData {
    #[serde(flatten)]
    verification: Verification,
    /// The message that `delivery.updated` is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    delivery: Option<Delivery>,
}

/// What is sent.
#[must_use]
pub fn callback_body(occurrence: &Occurrence) -> String {
    let event = CallbackEvent {
        id: occurrence.event_id(),
        kind: occurrence.kind.into(),
        timestamp: moment(occurrence.at),
        data: EventData {
            verification: Verification::of(&occurrence.overview),
            delivery: occurrence.delivery.as_ref().and_then(Delivery::of),
        },
    };
    serde_json::to_string(&event).expect("texts and numbers are JSON")
}

impl From<CallbackKind> for EventType {
    fn from(kind: CallbackKind) -> Self {
        match kind {
            CallbackKind::Approved => Self::Approved,
            CallbackKind::Expired => Self::Expired,
            CallbackKind::Canceled => Self::Canceled,
            CallbackKind::Locked => Self::Locked,
            CallbackKind::Failed => Self::Failed,
            CallbackKind::DeliveryUpdated => Self::DeliveryUpdated,
            CallbackKind::Reported => Self::Reported,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thing_has_the_name_that_never_changes() {
        for kind in [
            CallbackKind::Approved,
            CallbackKind::Expired,
            CallbackKind::Canceled,
            CallbackKind::Locked,
            CallbackKind::Failed,
            CallbackKind::DeliveryUpdated,
            CallbackKind::Reported,
        ] {
            let written = serde_json::to_value(EventType::from(kind)).unwrap();
            assert_eq!(written, kind.name());
        }
    }
}
