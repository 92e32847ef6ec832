//! Ways to a person. A closed set: each way says of a failure what the caller should do.

pub mod breaker;
mod cause;
mod destination;
mod exchange;
pub mod gateway;
mod languages;
mod secret;
pub mod smtp;
pub mod text;
pub mod twilio;
pub mod vonage;
pub mod whatsapp;

use std::time::Duration;

use otp_core::{PhoneNumber, VerificationId};
use zeroize::Zeroizing;

pub use self::cause::{Cause, ProviderAnswer, Trouble};
pub use self::destination::{
    AddressKind, Destination, EmailAddress, InvalidEmailAddress, InvalidMessengerId, MessengerId,
};
pub use self::exchange::{HttpOptions, InvalidAuthorities};
use self::gateway::GatewayChannel;
pub use self::secret::ProviderSecret;
use self::smtp::SmtpChannel;
use self::twilio::TwilioChannel;
use self::vonage::VonageChannel;
use self::whatsapp::WhatsAppChannel;

/// What is to be delivered.
#[derive(Debug)]
pub struct Message {
    /// Goes along as the caller's reference, and comes back in receipts.
    pub id: VerificationId,
    /// To whom.
    pub to: Destination,
    /// The code in the clear.
    pub code: Secret,
    /// Languages that the person reads, best first, as in `Accept-Language`.
    pub languages: Vec<String>,
    /// How much longer the code can be used.
    pub expires_in: Duration,
}

impl Message {
    /// A message to somebody of whom only a phone number is known, in no language in particular.
    #[must_use]
    pub fn to_phone(
        id: VerificationId,
        phone: PhoneNumber,
        code: Secret,
        expires_in: Duration,
    ) -> Self {
        Self {
            id,
            to: Destination::from(phone),
            code,
            languages: Vec::new(),
            expires_in,
        }
    }

    /// The same, for somebody who reads these languages.
    #[must_use]
    pub fn in_languages(self, languages: Vec<String>) -> Self {
        Self { languages, ..self }
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
    /// The channel's own id for it.
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
    /// Our request is at fault: alarm.
    #[error("rejected: {0}")]
    Rejected(#[source] Cause),
    /// Nobody knows whether it left: do not send it again.
    #[error("uncertain: {0}")]
    Uncertain(#[source] Cause),
}

impl DeliveryError {
    /// What the provider or the network said.
    #[must_use]
    pub fn cause(&self) -> &Cause {
        match self {
            Self::Undeliverable(cause)
            | Self::Throttled(cause)
            | Self::ChannelDown(cause)
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
    /// An authentication template over Meta's Cloud API.
    WhatsApp(WhatsAppChannel),
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
            Self::Vonage(channel) => channel.health(),
            Self::Twilio(channel) => channel.health(),
            Self::Smtp(channel) => channel.health(),
            Self::Gateway(channel) => channel.health(),
        }
    }

    /// The name under which it is counted and shown.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::WhatsApp(_) => "whatsapp",
            Self::Vonage(channel) => channel.name(),
            Self::Twilio(_) => "twilio_sms",
            Self::Smtp(_) => "email",
            Self::Gateway(_) => "gateway",
        }
    }
}
