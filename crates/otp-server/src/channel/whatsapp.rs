//! WhatsApp: the code goes out in an approved authentication template.

mod languages;
mod templates;

use std::sync::Arc;

use whatsapp_cloud::{Advice, GraphClient, GraphError, MessageContent, OutgoingMessage};

use super::{Accepted, DeliveryError, Message};
pub use templates::{TemplateBook, TemplateProblem, TemplateReport};

/// Sends from one business number with one template; one per worker thread.
#[derive(Clone)]
pub struct WhatsAppChannel {
    graph: GraphClient,
    phone_number_id: Arc<str>,
    templates: Arc<TemplateBook>,
}

impl std::fmt::Debug for WhatsAppChannel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WhatsAppChannel")
            .field("phone_number_id", &self.phone_number_id)
            .finish_non_exhaustive()
    }
}

impl WhatsAppChannel {
    /// A channel that sends from `phone_number_id` what the book holds.
    #[must_use]
    pub fn new(
        graph: GraphClient,
        phone_number_id: Arc<str>,
        templates: Arc<TemplateBook>,
    ) -> Self {
        Self {
            graph,
            phone_number_id,
            templates,
        }
    }

    /// Asks Meta how the template stands now and notes the answer in the book.
    pub async fn refresh_templates(&self) -> Result<TemplateReport, TemplateProblem> {
        self.templates.refresh(&self.graph).await
    }

    /// As of the last word, could the template be sent?
    pub(super) fn health(&self) -> Result<(), TemplateProblem> {
        self.templates.health()
    }

    pub(super) async fn deliver(&self, message: &Message) -> Result<Accepted, DeliveryError> {
        let (template, language) = self.templates.choose(&message.languages);
        let outgoing = OutgoingMessage {
            to: message.phone.e164().to_owned(),
            content: MessageContent::Authentication {
                template,
                language,
                code: message.code.reveal().to_owned(),
            },
            opaque: Some(message.id.to_string()),
        };
        match self.graph.send(&self.phone_number_id, &outgoing).await {
            Ok(accepted) => Ok(Accepted {
                message_id: accepted.id,
            }),
            Err(error) => Err(sorted(error)),
        }
    }
}

/// What the caller should do about an error, in this service's words.
fn sorted(error: GraphError) -> DeliveryError {
    if !error.is_definite() {
        return DeliveryError::Uncertain(error);
    }
    match error.advice() {
        Advice::UseAnotherChannel => DeliveryError::Undeliverable(error),
        Advice::RetrySoon | Advice::RetryAfter { .. } => DeliveryError::Throttled(error),
        Advice::StopChannel | Advice::SwitchTemplate => DeliveryError::ChannelDown(error),
        Advice::FixRequest => DeliveryError::Rejected(error),
    }
}
