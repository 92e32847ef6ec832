//! Ways to a person. A closed set: each way says of a failure what the caller should do.

pub mod breaker;
mod cause;
mod exchange;
pub mod gateway;
pub mod inbound;
mod languages;
pub mod smtp;
pub mod text;
pub mod twilio;
pub mod vonage;
pub mod whatsapp;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use otp_core::{AddressKind, ChannelKind, Handover, PhoneNumber, Recipient, VerificationId};
use zeroize::Zeroizing;

pub use self::cause::{Cause, ProviderAnswer, Trouble};
pub use self::exchange::{HttpOptions, InvalidAuthorities};
use self::gateway::GatewayChannel;
use self::inbound::Chat;
use self::smtp::SmtpChannel;
use self::text::{ChatAnswer, Texts};
use self::twilio::TwilioChannel;
use self::vonage::VonageChannel;
use self::whatsapp::{WhatsAppChannel, WhatsAppTextChannel};
pub use crate::credential::Credential as ProviderSecret;

/// What is to be delivered.
#[derive(Debug)]
pub struct Message {
    /// Goes along as the caller's reference, and comes back in receipts.
    pub id: VerificationId,
    /// Which of the verification's messages; goes along, too.
    pub number: u8,
    /// By which channel.
    pub channel: ChannelKind,
    /// To whom.
    pub to: Recipient,
    /// The code in the clear.
    pub code: Secret,
    /// Languages that the person reads, best first, as in `Accept-Language`.
    pub languages: Vec<String>,
    /// The application's own templates by language, instead of the account's.
    pub templates: BTreeMap<String, String>,
    /// How much longer the code can be used.
    pub expires_in: Duration,
}

impl Message {
    /// The same, another way.
    pub fn goes(&mut self, handover: &Handover, expires_in: Option<Duration>) {
        self.expires_in = expires_in.unwrap_or(self.expires_in);
        self.number = handover.number;
        self.channel = handover.channel;
    }

    /// Which message of which verification.
    #[must_use]
    pub fn name(&self) -> (VerificationId, u8) {
        (self.id, self.number)
    }

    /// What goes along with it, and comes back in receipts.
    #[must_use]
    pub fn reference(&self) -> String {
        format!("{}.{}", self.id, self.number)
    }
}

/// A notice: some text in a template that the provider has approved for it. No code goes out in one.
pub struct Notice {
    /// To whom.
    pub phone: PhoneNumber,
    /// The template's name.
    pub template: String,
    /// The template's language.
    pub language: String,
    /// What stands in the template's places, in their order; each is one line, and none is empty.
    pub body: Vec<String>,
    /// Goes along as the caller's reference, and comes back in receipts; at most 512 characters.
    pub reference: String,
}

/// What a notice says concerns nobody but its recipient.
impl std::fmt::Debug for Notice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Notice")
            .field("phone", &self.phone)
            .field("template", &self.template)
            .field("language", &self.language)
            .field("body", &format_args!("{} times ***", self.body.len()))
            .field("reference", &self.reference)
            .finish()
    }
}

/// An answer to somebody who wrote.
pub struct ChatReply {
    /// Where they wrote.
    pub chat: Chat,
    /// Who, as the provider writes them.
    pub to: String,
    /// What is answered.
    pub answer: ChatAnswer,
    /// Languages that they read, best first.
    pub languages: Vec<String>,
    /// Goes along as the caller's reference; it names nothing.
    pub reference: String,
}

/// Whom it goes to concerns nobody.
impl std::fmt::Debug for ChatReply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChatReply")
            .field("chat", &self.chat)
            .field("answer", &self.answer)
            .finish_non_exhaustive()
    }
}

/// A code in the clear, from its making to its delivery.
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a code.
    #[must_use]
    pub fn new(code: Zeroizing<String>) -> Self {
        Self(code)
    }

    /// Hands the code out.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// The channel took the message.
#[derive(Debug)]
pub struct Accepted {
    /// The channel's own id for it. It may show whom it went to.
    pub message_id: String,
}

/// Why a message was not taken; each variant is one thing the caller does.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// This person cannot be reached this way: try another way.
    #[error("undeliverable: {0}")]
    Undeliverable(#[source] Cause),
    /// Too much at once: try again a little later.
    #[error("throttled: {0}")]
    Throttled(#[source] Cause),
    /// The channel serves nobody now: alarm, and try another way.
    #[error("channel down: {0}")]
    ChannelDown(#[source] Cause),
    /// The person wants nothing this way: try another way at once, and tell whoever asked.
    #[error("opted out: {0}")]
    OptedOut(#[source] Cause),
    /// Our request is at fault: alarm.
    #[error("rejected: {0}")]
    Rejected(#[source] Cause),
    /// Nobody knows whether it left: do not send it again.
    #[error("uncertain: {0}")]
    Uncertain(#[source] Cause),
}

impl DeliveryError {
    /// The channel needs such an address, and none is known of this person.
    fn no_address(kind: AddressKind) -> Self {
        Self::Undeliverable(Cause::NoAddress(kind))
    }

    /// Was no provider asked, because the address that the channel needs is not known?
    #[must_use]
    pub fn is_for_want_of_an_address(&self) -> bool {
        matches!(self, Self::Undeliverable(Cause::NoAddress(_)))
    }

    /// Was no provider asked, for a reason of ours or the person's?
    #[must_use]
    pub fn is_no_try(&self) -> bool {
        self.is_for_want_of_an_address()
            || matches!(
                self,
                Self::OptedOut(_) | Self::Throttled(Cause::OverBudget(_))
            )
    }

    /// What the provider or the network said.
    #[must_use]
    pub fn cause(&self) -> &Cause {
        match self {
            Self::Undeliverable(cause)
            | Self::Throttled(cause)
            | Self::ChannelDown(cause)
            | Self::OptedOut(cause)
            | Self::Rejected(cause)
            | Self::Uncertain(cause) => cause,
        }
    }

    /// How long to leave the channel alone, where it said so.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.cause().retry_after()
    }
}

/// One way out; one per worker thread.
#[derive(Clone, Debug)]
pub enum Channel {
    /// Templates over Meta's Cloud API: authentication for codes, utility for notices.
    WhatsApp(WhatsAppChannel),
    /// Free text over the same API, within a day after the person wrote.
    WhatsAppText(WhatsAppTextChannel),
    /// Messenger or text messages over Vonage.
    Vonage(VonageChannel),
    /// Text messages over Twilio.
    Twilio(TwilioChannel),
    /// E-mail.
    Smtp(SmtpChannel),
    /// A gateway of one's own.
    Gateway(GatewayChannel),
}

impl Channel {
    /// Hands a message over and waits for the channel's word, within the channel's own deadline.
    pub async fn deliver(&self, message: &Message) -> Result<Accepted, DeliveryError> {
        match self {
            Self::WhatsApp(channel) => channel.deliver(message).await,
            Self::WhatsAppText(channel) => channel.deliver(message).await,
            Self::Vonage(channel) => channel.deliver(message).await,
            Self::Twilio(channel) => channel.deliver(message).await,
            Self::Smtp(channel) => channel.deliver(message).await,
            Self::Gateway(channel) => channel.deliver(message).await,
        }
    }

    /// As of the last word from the provider, would it take a message?
    pub fn health(&self) -> Result<(), String> {
        match self {
            Self::WhatsApp(channel) => channel.health(),
            // It needs no template, and has nothing else of its own.
            Self::WhatsAppText(_) => Ok(()),
            Self::Vonage(channel) => channel.health(),
            Self::Twilio(channel) => channel.health(),
            Self::Smtp(channel) => channel.health(),
            Self::Gateway(channel) => channel.health(),
        }
    }

    /// Which of the channels it is.
    #[must_use]
    pub fn kind(&self) -> ChannelKind {
        match self {
            Self::WhatsApp(_) => ChannelKind::WhatsApp,
            Self::WhatsAppText(_) => ChannelKind::WhatsAppText,
            Self::Vonage(channel) => channel.kind(),
            Self::Twilio(_) => ChannelKind::TwilioSms,
            Self::Smtp(_) => ChannelKind::Email,
            Self::Gateway(_) => ChannelKind::Gateway,
        }
    }
}

/// All the ways out that an installation has; one set per worker thread.
#[derive(Clone, Debug)]
pub struct Channels {
    whatsapp: WhatsAppChannel,
    free_text: WhatsAppTextChannel,
    texts: Arc<Texts>,
    all: Vec<Channel>,
}

impl Channels {
    /// WhatsApp, and the ways beside it.
    #[must_use]
    pub fn new(whatsapp: WhatsAppChannel, texts: Arc<Texts>, beside: Vec<Channel>) -> Self {
        let free_text = WhatsAppTextChannel::new(whatsapp.clone(), Arc::clone(&texts));
        let mut all = vec![
            Channel::WhatsApp(whatsapp.clone()),
            Channel::WhatsAppText(free_text.clone()),
        ];
        all.extend(beside);
        Self {
            whatsapp,
            free_text,
            texts,
            all,
        }
    }

    /// Each of them.
    #[must_use]
    pub fn all(&self) -> &[Channel] {
        &self.all
    }

    /// Hands a message over by its channel, and waits for that channel's word.
    pub async fn deliver(&self, message: &Message) -> Result<Accepted, DeliveryError> {
        let wanted = |channel: &&Channel| channel.kind() == message.channel;
        match self.all.iter().find(wanted) {
            Some(channel) => channel.deliver(message).await,
            // A verification may be older than the configuration.
            None => Err(DeliveryError::ChannelDown(Cause::NotConfigured)),
        }
    }

    /// Hands a notice over by WhatsApp, which alone has templates for them.
    pub async fn notify(&self, notice: &Notice) -> Result<Accepted, DeliveryError> {
        self.whatsapp.notify(notice).await
    }

    /// Answers somebody in the chat that they wrote in; by SMS nothing is ever answered.
    pub async fn answer(&self, reply: &ChatReply) -> Result<(), DeliveryError> {
        let words = self.texts.answer(reply.answer, &reply.languages);
        let said = match reply.chat {
            Chat::WhatsApp => self.free_text.say(&format!("+{}", reply.to), words).await,
            Chat::Messenger => {
                let messenger = self.all.iter().find_map(|channel| match channel {
                    Channel::Vonage(vonage) if vonage.kind() == ChannelKind::Messenger => {
                        Some(vonage)
                    }
                    _ => None,
                });
                match messenger {
                    Some(messenger) => messenger.say(&reply.to, words, &reply.reference).await,
                    None => return Ok(()),
                }
            }
            Chat::Sms => return Ok(()),
        };
        said.map(drop)
    }

    /// Which template WhatsApp's codes go out in instead of the first, and why.
    #[must_use]
    pub fn detour(&self) -> Option<String> {
        self.whatsapp.templates().detour()
    }

    /// Would WhatsApp take a message, as of its last word?
    pub fn health(&self) -> Result<(), String> {
        self.whatsapp.health()
    }
}
