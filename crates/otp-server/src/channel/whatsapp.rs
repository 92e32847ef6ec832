//! WhatsApp: a code goes out in an approved authentication template, a notice in a utility template.

mod problem;
mod templates;
mod text;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use whatsapp_cloud::{Advice, GraphClient, GraphError, MessageContent, NotSent, OutgoingMessage};

use super::{Accepted, AddressKind, Cause, DeliveryError, Message, Notice, Trouble};
use crate::clock::Stopwatch;
pub use problem::AccountProblem;
use templates::Choice;
pub use templates::{Switch, SwitchTarget, TemplateBook, TemplateOrder, TemplateReport};
pub use text::WhatsAppTextChannel;

/// Sends from one business number with one template, or its alternates; one per worker thread.
#[derive(Clone)]
pub struct WhatsAppChannel {
    graph: GraphClient,
    phone_number_id: Arc<str>,
    templates: Arc<TemplateBook>,
    deadline: Duration,
}

impl std::fmt::Debug for WhatsAppChannel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WhatsAppChannel")
            .field("phone_number_id", &self.phone_number_id)
            .finish_non_exhaustive()
    }
}

impl WhatsAppChannel {
    /// A channel that sends from `phone_number_id` what the book holds. Within the deadline a code
    /// is out, in whichever template.
    #[must_use]
    pub fn new(
        graph: GraphClient,
        phone_number_id: Arc<str>,
        templates: Arc<TemplateBook>,
        deadline: Duration,
    ) -> Self {
        Self {
            graph,
            phone_number_id,
            templates,
            deadline,
        }
    }

    /// Does the number exist, and may this token use it? Whatever else Meta says is not the number's fault.
    pub async fn check_number(&self) -> Result<(), AccountProblem> {
        let id = self.phone_number_id.to_string();
        let Err(error) = self.graph.phone_number(&id).await else {
            return Ok(());
        };
        match AccountProblem::of(error, |source| AccountProblem::NumberNotFound {
            id,
            source,
        }) {
            problem @ AccountProblem::NumberNotFound { .. } => Err(problem),
            _ => Ok(()),
        }
    }

    /// Asks Meta how the templates stand now and notes the answer in the book.
    pub async fn refresh_templates(&self) -> Result<(), AccountProblem> {
        self.templates.refresh(&self.graph).await
    }

    /// What is known of the templates.
    #[must_use]
    pub fn templates(&self) -> &TemplateBook {
        &self.templates
    }

    /// As of the last word, could a template be sent?
    pub(super) fn health(&self) -> Result<(), String> {
        self.templates.health()
    }

    pub(super) async fn deliver(&self, message: &Message) -> Result<Accepted, DeliveryError> {
        let Some(phone) = message.to.phone() else {
            return Err(DeliveryError::no_address(AddressKind::Phone));
        };
        let stopwatch = Stopwatch::start();
        let choose = || {
            self.templates
                .choose(&message.languages, &message.templates)
        };
        let choice = choose();
        let sent = self.send_code(message, phone.e164(), &choice).await;
        let refused = match sent {
            Err(error) if is_refusal_of_template(&error) => error,
            other => return other.map_err(sorted),
        };
        self.templates.refused(&choice, &refused);
        let other = choose();
        if other == choice {
            return Err(sorted(refused));
        }
        // A message whose template was refused has certainly not left.
        let left = self.deadline.saturating_sub(stopwatch.elapsed());
        let again = self.send_code(message, phone.e164(), &other);
        let Ok(sent) = timeout(left, again).await else {
            return Err(DeliveryError::Uncertain(Cause::Wire(Trouble::TimedOut)));
        };
        if let Err(error) = &sent
            && is_refusal_of_template(error)
        {
            self.templates.refused(&other, error);
        }
        sent.map_err(sorted)
    }

    async fn send_code(
        &self,
        message: &Message,
        to: &str,
        choice: &Choice,
    ) -> Result<Accepted, GraphError> {
        let outgoing = OutgoingMessage {
            to: to.to_owned(),
            content: MessageContent::Authentication {
                template: choice.template.clone(),
                language: choice.language.clone(),
                code: message.code.reveal().to_owned(),
            },
            opaque: Some(message.reference()),
        };
        self.send(&outgoing).await
    }

    /// Sends a notice in a utility template of the account's. Whether that is approved, in this
    /// language and with this many places, Meta says; a refusal of the template is
    /// [`DeliveryError::ChannelDown`] or [`DeliveryError::Rejected`], and concerns notices alone.
    pub async fn notify(&self, notice: &Notice) -> Result<Accepted, DeliveryError> {
        let outgoing = OutgoingMessage {
            to: notice.phone.e164().to_owned(),
            content: MessageContent::Utility {
                template: notice.template.clone(),
                language: notice.language.clone(),
                body: notice.body.clone(),
            },
            opaque: Some(notice.reference.clone()),
        };
        self.send(&outgoing).await.map_err(sorted)
    }

    async fn send(&self, outgoing: &OutgoingMessage) -> Result<Accepted, GraphError> {
        let accepted = self.graph.send(&self.phone_number_id, outgoing).await?;
        Ok(Accepted {
            message_id: accepted.id,
        })
    }
}

/// Does Meta refuse the template, in this language, and nothing else?
fn is_refusal_of_template(error: &GraphError) -> bool {
    error.is_definite() && error.advice() == Advice::SwitchTemplate
}

/// Meta's codes for "something went wrong on our side": the message may have left all the same.
const MAY_HAVE_SENT: [i64; 4] = [1, 2, 131_000, 131_016];

/// What the caller should do about an error, in this service's words.
fn sorted(error: GraphError) -> DeliveryError {
    if !error.is_definite()
        || error
            .code()
            .is_some_and(|code| MAY_HAVE_SENT.contains(&code))
    {
        return DeliveryError::Uncertain(error.into());
    }
    if let GraphError::NotSent(reason) = &error
        && !matches!(reason, NotSent::Malformed(_))
    {
        // Meta was not reached at all.
        return DeliveryError::ChannelDown(error.into());
    }
    match error.advice() {
        Advice::UseAnotherChannel => DeliveryError::Undeliverable(error.into()),
        Advice::RetrySoon | Advice::RetryAfter { .. } => DeliveryError::Throttled(error.into()),
        Advice::StopChannel | Advice::SwitchTemplate => DeliveryError::ChannelDown(error.into()),
        Advice::FixRequest => DeliveryError::Rejected(error.into()),
    }
}
