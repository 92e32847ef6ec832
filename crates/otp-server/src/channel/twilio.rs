//! Twilio's Messaging API: text messages.
//!
//! Source: twilio.com/docs, "Message resource" and "Validating requests". A message is a form;
//! 201 means taken, and what becomes of it comes by callback ([`callback`]).

pub mod callback;
mod refusal;

use std::sync::Arc;

use awc::http::header::{self, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::breaker::Breaker;
use super::exchange::{Exchange, Exchanges, HttpOptions, InvalidAuthorities, Post};
use super::text::Texts;
use super::{Accepted, AddressKind, DeliveryError, Message, ProviderSecret};

/// Where Twilio serves its API.
pub const DEFAULT_URL: &str = "https://api.twilio.com";
const NAME: &str = "twilio";
/// What the verification's id is called in the address of a callback.
pub const REFERENCE: &str = "verification";

/// An account at Twilio.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TwilioOptions {
    /// Scheme, host and port, without a slash at the end.
    pub url: String,
    /// The account: `AC` and 32 hexadecimal digits.
    pub account_sid: String,
    /// Who asks: an API key's SID, or the account's.
    pub user: String,
    /// The API key's secret, or the account's token.
    pub password: ProviderSecret,
    /// In whose name.
    pub sender: TwilioSender,
    /// Where Twilio tells what becomes of a message; the verification's id goes into its query.
    pub status_callback: Option<String>,
    /// How it is reached.
    pub http: HttpOptions,
}

/// In whose name messages are sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TwilioSender {
    /// A number or name.
    From(String),
    /// A service that picks the number: `MG` and 32 hexadecimal digits.
    MessagingService(String),
}

/// Why an account cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTwilio {
    /// No header can carry them.
    #[error("the user or the password has characters that no credential has")]
    Credentials,
    /// It would change the address.
    #[error("the account SID is not AC and 32 hexadecimal digits")]
    AccountSid,
    /// The certificate authorities.
    #[error(transparent)]
    Authorities(#[from] InvalidAuthorities),
}

/// What all threads share of an account at Twilio.
#[derive(Debug)]
pub struct Twilio {
    url: String,
    authorization: HeaderValue,
    sender: TwilioSender,
    status_callback: Option<String>,
    exchanges: Exchanges,
    texts: Arc<Texts>,
}

impl Twilio {
    /// Checks the account. Opens no connection.
    pub fn new(options: &TwilioOptions, texts: Arc<Texts>) -> Result<Self, InvalidTwilio> {
        let sid = &options.account_sid;
        if !is_sid("AC", sid) {
            return Err(InvalidTwilio::AccountSid);
        }
        let credentials = format!("{}:{}", options.user, options.password.reveal());
        if options.user.contains(':') || !credentials.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(InvalidTwilio::Credentials);
        }
        let basic = format!("Basic {}", STANDARD.encode(credentials));
        let mut authorization =
            HeaderValue::from_str(&basic).map_err(|_| InvalidTwilio::Credentials)?;
        authorization.set_sensitive(true);
        let base = options.url.trim_end_matches('/');
        Ok(Self {
            url: format!("{base}/2010-04-01/Accounts/{sid}/Messages.json"),
            authorization,
            sender: options.sender.clone(),
            status_callback: options.status_callback.clone(),
            exchanges: Exchanges::new(&options.http)?,
            texts,
        })
    }

    fn form(&self, message: &Message, to: &str) -> String {
        let text = self.texts.sms(message);
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("To", to);
        match &self.sender {
            TwilioSender::From(from) => form.append_pair("From", from),
            TwilioSender::MessagingService(sid) => form.append_pair("MessagingServiceSid", sid),
        };
        form.append_pair("Body", text.reveal());
        if let Some(address) = &self.status_callback {
            form.append_pair("StatusCallback", &told_at(address, &message.reference()));
        }
        form.finish()
    }
}

/// The address with a message's reference in its query, before what stands behind `#`, which tells
/// Twilio how often to try and is neither posted nor signed.
fn told_at(address: &str, reference: &str) -> String {
    let (address, overrides) = address.split_at(address.find('#').unwrap_or(address.len()));
    let separator = if address.contains('?') { '&' } else { '?' };
    format!("{address}{separator}{REFERENCE}={reference}{overrides}")
}

/// Whether a text is one of Twilio's ids of this kind.
#[must_use]
pub fn is_sid(kind: &str, text: &str) -> bool {
    let is_hex = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f');
    text.strip_prefix(kind)
        .is_some_and(|hex| hex.len() == 32 && hex.bytes().all(is_hex))
}

/// Sends text messages from one account; one per worker thread.
#[derive(Clone, Debug)]
pub struct TwilioChannel {
    twilio: Arc<Twilio>,
    breaker: Arc<Breaker>,
    exchange: Exchange,
}

#[derive(Deserialize)]
struct Taken {
    sid: String,
}

impl TwilioChannel {
    /// A channel for the calling thread.
    #[must_use]
    pub fn new(twilio: Arc<Twilio>, breaker: Arc<Breaker>) -> Self {
        let exchange = twilio.exchanges.exchange();
        Self {
            twilio,
            breaker,
            exchange,
        }
    }

    pub(super) fn health(&self) -> Result<(), String> {
        let health = self.breaker.health();
        health.map_err(|resting| format!("twilio_sms: {resting}"))
    }

    pub(super) async fn deliver(&self, message: &Message) -> Result<Accepted, DeliveryError> {
        let Some(phone) = message.to.phone() else {
            return Err(DeliveryError::no_address(AddressKind::Phone));
        };
        self.breaker.guard(self.send(message, phone.e164())).await
    }

    async fn send(&self, message: &Message, to: &str) -> Result<Accepted, DeliveryError> {
        let post = Post {
            url: &self.twilio.url,
            content_type: "application/x-www-form-urlencoded",
            headers: vec![(header::AUTHORIZATION, self.twilio.authorization.clone())],
            body: self.twilio.form(message, to),
        };
        let answer = self.exchange.post(post).await?;
        if !answer.is_success() {
            return Err(refusal::sorted(&answer, &message.code));
        }
        let taken: Taken = answer.json().ok_or_else(|| answer.not_understood())?;
        Ok(Accepted {
            message_id: taken.sid,
        })
    }
}
