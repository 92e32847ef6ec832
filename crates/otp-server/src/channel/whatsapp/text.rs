//! Free text over WhatsApp: codes in words of the installation's own, within a day after the person
//! wrote. Whether that day is over the caller knows; Meta refuses what comes later.

use std::sync::Arc;

use whatsapp_cloud::{MessageContent, OutgoingMessage};

use super::WhatsAppChannel;
use crate::channel::text::Texts;
use crate::channel::{Accepted, AddressKind, Cause, DeliveryError, Message};

/// Sends free text from the business number; one per worker thread.
#[derive(Clone, Debug)]
pub struct WhatsAppTextChannel {
    whatsapp: WhatsAppChannel,
    texts: Arc<Texts>,
}

impl WhatsAppTextChannel {
    /// The same number as the templates', in these words.
    #[must_use]
    pub fn new(whatsapp: WhatsAppChannel, texts: Arc<Texts>) -> Self {
        Self { whatsapp, texts }
    }

    pub(in crate::channel) async fn deliver(
        &self,
        message: &Message,
    ) -> Result<Accepted, DeliveryError> {
        let phone = message.to.phone.as_ref();
        let phone = phone.ok_or(DeliveryError::Undeliverable(Cause::NoAddress(
            AddressKind::Phone,
        )))?;
        let outgoing = OutgoingMessage {
            to: phone.e164().to_owned(),
            content: MessageContent::Text {
                body: self.texts.chat(message).reveal().to_owned(),
            },
            opaque: Some(message.reference()),
        };
        self.whatsapp.send(&outgoing).await
    }

    /// Says something that is no code.
    pub(in crate::channel) async fn say(
        &self,
        to: &str,
        words: &str,
    ) -> Result<Accepted, DeliveryError> {
        let outgoing = OutgoingMessage {
            to: to.to_owned(),
            content: MessageContent::Text {
                body: words.to_owned(),
            },
            opaque: None,
        };
        self.whatsapp.send(&outgoing).await
    }
}
