//! Vonage's Messages API, version 1: Messenger and text messages.
//!
//! Source: developer.vonage.com, "Messages API" and "Authentication". A message is posted with a
//! JWT that the application's private key signs; 202 means taken, and what becomes of it comes by
//! webhook ([`webhook`]).

mod refusal;
mod token;
pub mod webhook;

use std::sync::Arc;

use awc::http::header;
use otp_core::ChannelKind;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use self::token::Signer;
use super::breaker::Breaker;
use super::exchange::{Exchange, Exchanges, HttpOptions, InvalidAuthorities, Post};
use super::text::Texts;
use super::{
    Accepted, AddressKind, Cause, DeliveryError, Message, ProviderSecret, Secret, Trouble,
};
use crate::clock::Clock;

/// Where Vonage serves the Messages API.
pub const DEFAULT_URL: &str = "https://api.nexmo.com";
const NAME: &str = "vonage";

/// An application at Vonage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VonageOptions {
    /// Scheme, host and port, without a slash at the end.
    pub url: String,
    /// The application's id.
    pub application_id: String,
    /// The application's private key, in PEM.
    pub private_key: ProviderSecret,
    /// Where Vonage tells what becomes of a message, instead of where its dashboard says.
    pub status_webhook: Option<String>,
    /// How it is reached.
    pub http: HttpOptions,
}

/// Why an application cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidVonage {
    /// The key signs nothing.
    #[error("the private key is no RSA key in PEM")]
    PrivateKey,
    /// The certificate authorities.
    #[error(transparent)]
    Authorities(#[from] InvalidAuthorities),
}

/// What all threads share of an application at Vonage.
#[derive(Debug)]
pub struct Vonage {
    url: String,
    signer: Signer,
    status_webhook: Option<String>,
    exchanges: Exchanges,
    texts: Arc<Texts>,
    clock: Clock,
}

impl Vonage {
    /// Checks the key. Opens no connection.
    pub fn new(
        options: &VonageOptions,
        texts: Arc<Texts>,
        clock: Clock,
    ) -> Result<Self, InvalidVonage> {
        let signer = Signer::new(&options.application_id, &options.private_key)
            .ok_or(InvalidVonage::PrivateKey)?;
        Ok(Self {
            url: format!("{}/v1/messages", options.url.trim_end_matches('/')),
            signer,
            status_webhook: options.status_webhook.clone(),
            exchanges: Exchanges::new(&options.http)?,
            texts,
            clock,
        })
    }
}

/// Which of Vonage's ways, and in whose name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VonageWay {
    /// Messenger.
    Messenger {
        /// The page that writes.
        page_id: String,
    },
    /// Text messages.
    Sms {
        /// The number or name that writes.
        from: String,
    },
}

/// Sends one way from one application; one per worker thread.
#[derive(Clone, Debug)]
pub struct VonageChannel {
    vonage: Arc<Vonage>,
    way: Arc<VonageWay>,
    breaker: Arc<Breaker>,
    exchange: Exchange,
}

#[derive(Serialize)]
struct Request<'a> {
    message_type: &'static str,
    channel: &'a str,
    from: &'a str,
    to: &'a str,
    text: &'a str,
    client_ref: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_version: Option<&'static str>,
}

#[derive(Deserialize)]
struct Taken {
    message_uuid: String,
}

impl VonageChannel {
    /// A channel for the calling thread.
    #[must_use]
    pub fn new(vonage: Arc<Vonage>, way: Arc<VonageWay>, breaker: Arc<Breaker>) -> Self {
        let exchange = vonage.exchanges.exchange();
        Self {
            vonage,
            way,
            breaker,
            exchange,
        }
    }

    pub(super) fn kind(&self) -> ChannelKind {
        match *self.way {
            VonageWay::Messenger { .. } => ChannelKind::Messenger,
            VonageWay::Sms { .. } => ChannelKind::VonageSms,
        }
    }

    pub(super) fn health(&self) -> Result<(), String> {
        let name = self.kind().name();
        let health = self.breaker.health();
        health.map_err(|resting| format!("{name}: {resting}"))
    }

    pub(super) async fn deliver(&self, message: &Message) -> Result<Accepted, DeliveryError> {
        let texts = &self.vonage.texts;
        let (channel, from, to, text) = match &*self.way {
            VonageWay::Messenger { page_id } => {
                let to = message.to.messenger();
                let to = to.ok_or_else(|| DeliveryError::no_address(AddressKind::Messenger))?;
                ("messenger", page_id, to.reveal(), texts.chat(message))
            }
            VonageWay::Sms { from } => {
                let to = message.to.phone();
                let to = to.ok_or_else(|| DeliveryError::no_address(AddressKind::Phone))?;
                let digits = to.e164().trim_start_matches('+');
                ("sms", from, digits, texts.sms(message))
            }
        };
        let reference = message.reference();
        let sending = self.send(
            &reference,
            &message.code,
            [channel, from, to, text.reveal()],
        );
        self.breaker.guard(sending).await
    }

    /// Says something that is no code to somebody on Messenger.
    pub(super) async fn say(
        &self,
        to: &str,
        words: &str,
        reference: &str,
    ) -> Result<Accepted, DeliveryError> {
        let VonageWay::Messenger { page_id } = &*self.way else {
            return Err(DeliveryError::ChannelDown(Cause::NotConfigured));
        };
        let nothing_secret = Secret::new(Zeroizing::default());
        let sending = self.send(
            reference,
            &nothing_secret,
            ["messenger", page_id, to, words],
        );
        self.breaker.guard(sending).await
    }

    async fn send(
        &self,
        // It has at most 47 characters, and Vonage takes 100.
        reference: &str,
        code: &Secret,
        [channel, from, to, text]: [&str; 4],
    ) -> Result<Accepted, DeliveryError> {
        let bearer = self
            .vonage
            .signer
            .bearer(self.vonage.clock.now(), reference);
        let bearer = bearer.ok_or_else(|| unmade("the token cannot be signed"))?;
        let told_at = self.vonage.status_webhook.as_deref();
        let request = Request {
            message_type: "text",
            channel,
            from,
            to,
            text,
            client_ref: reference,
            webhook_url: told_at,
            webhook_version: told_at.map(|_| "v1"),
        };
        let body = serde_json::to_string(&request).map_err(|_| unmade("the message is no JSON"))?;
        let post = Post {
            url: &self.vonage.url,
            content_type: "application/json",
            headers: vec![(header::AUTHORIZATION, bearer)],
            body,
        };
        let answer = self.exchange.post(post).await?;
        if !answer.is_success() {
            return Err(refusal::sorted(&answer, code));
        }
        let taken: Taken = answer.json().ok_or_else(|| answer.not_understood())?;
        Ok(Accepted {
            message_id: taken.message_uuid,
        })
    }
}

fn unmade(what: &'static str) -> DeliveryError {
    DeliveryError::Rejected(Trouble::Malformed(what).into())
}
