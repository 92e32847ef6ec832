//! A gateway of one's own: a signed webhook with the phone number, the code and the text.
//!
//! It is signed as standardwebhooks.com has it, so the receiver can check it with a library. The
//! contract: any 2xx means taken, with `{"message_id": ".."}` in the body if there is one; 422 means
//! that this person cannot be reached; 429 that it is too much; 503 that nothing was taken and the
//! gateway serves nobody now. What is neither that nor another refusal may have been sent.

use std::slice;
use std::sync::Arc;

use awc::http::header::{HeaderName, HeaderValue};
use otp_core::Timestamp;
use serde::{Deserialize, Serialize};

use super::breaker::Breaker;
use super::cause::quoted;
use super::exchange::{
    Answer, Exchange, Exchanges, HttpOptions, InvalidAuthorities, Post, sorted_by_status,
};
use super::text::Texts;
use super::{
    Accepted, AddressKind, Cause, DeliveryError, Message, ProviderAnswer, Secret, Trouble,
};
use crate::clock::Clock;
use crate::signing;
pub use crate::signing::{InvalidSigningSecret, SigningSecret};

const NAME: &str = "gateway";
/// Longer ids are cut: they are noted in the record.
const MESSAGE_ID_CHARS_MAX: usize = 200;

/// A gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayOptions {
    /// Where to post.
    pub url: String,
    /// What signs.
    pub secret: SigningSecret,
    /// Whether it gets the code beside the text that holds it.
    pub code: CodeField,
    /// How it is reached.
    pub http: HttpOptions,
}

/// Whether a gateway gets the code by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeField {
    /// In a field of its own, for a gateway that words messages itself.
    Shown,
    /// In the text only.
    LeftOut,
}

/// What all threads share of a gateway.
#[derive(Debug)]
pub struct Gateway {
    url: String,
    secret: SigningSecret,
    code: CodeField,
    exchanges: Exchanges,
    texts: Arc<Texts>,
    clock: Clock,
}

impl Gateway {
    /// Opens no connection.
    pub fn new(
        options: &GatewayOptions,
        texts: Arc<Texts>,
        clock: Clock,
    ) -> Result<Self, InvalidAuthorities> {
        Ok(Self {
            url: options.url.clone(),
            secret: options.secret.clone(),
            code: options.code,
            exchanges: Exchanges::new(&options.http)?,
            texts,
            clock,
        })
    }
}

/// Posts to one gateway; one per worker thread.
#[derive(Clone, Debug)]
pub struct GatewayChannel {
    gateway: Arc<Gateway>,
    breaker: Arc<Breaker>,
    exchange: Exchange,
}

#[derive(Serialize)]
struct Request<'a> {
    id: &'a str,
    to: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    text: &'a str,
    expires_at: String,
}

#[derive(Deserialize, Default)]
struct Taken {
    #[serde(default)]
    message_id: Option<String>,
}

impl GatewayChannel {
    /// A channel for the calling thread.
    #[must_use]
    pub fn new(gateway: Arc<Gateway>, breaker: Arc<Breaker>) -> Self {
        let exchange = gateway.exchanges.exchange();
        Self {
            gateway,
            breaker,
            exchange,
        }
    }

    pub(super) fn health(&self) -> Result<(), String> {
        let health = self.breaker.health();
        health.map_err(|resting| format!("gateway: {resting}"))
    }

    pub(super) async fn deliver(&self, message: &Message) -> Result<Accepted, DeliveryError> {
        let Some(phone) = message.to.phone() else {
            return Err(DeliveryError::no_address(AddressKind::Phone));
        };
        self.breaker.guard(self.send(message, phone.e164())).await
    }

    async fn send(&self, message: &Message, to: &str) -> Result<Accepted, DeliveryError> {
        let Gateway {
            url,
            secret,
            code,
            texts,
            clock,
            ..
        } = &*self.gateway;
        let now = clock.now();
        let id = message.id.to_string();
        let text = texts.sms(message);
        let request = Request {
            id: &id,
            to,
            code: (*code == CodeField::Shown).then(|| message.code.reveal()),
            text: text.reveal(),
            expires_at: moment(now.plus(message.expires_in)),
        };
        let body = serde_json::to_string(&request);
        let body = body.map_err(|_| unmade("the message is no JSON"))?;
        // The same when a message is handed over once more, so that the gateway can tell; and
        // another for the next code, and for the same code by another step.
        let message_id = message.reference().replace('.', "-");
        let signed = signing::headers(slice::from_ref(secret), &message_id, now, &body);
        let headers = signed
            .into_iter()
            .map(|(name, value)| Some((HeaderName::from_static(name), value.try_into().ok()?)))
            .collect::<Option<Headers>>()
            .ok_or_else(|| unmade("the message cannot be signed"))?;
        let post = Post {
            url,
            content_type: "application/json",
            headers,
            body,
        };
        let answer = self.exchange.post(post).await?;
        if !answer.is_success() {
            return Err(sorted(&answer, &message.code));
        }
        let taken: Taken = answer.json().unwrap_or_default();
        let message_id = taken.message_id.unwrap_or(message_id);
        Ok(Accepted {
            message_id: message_id.chars().take(MESSAGE_ID_CHARS_MAX).collect(),
        })
    }
}

fn sorted(answer: &Answer, code: &Secret) -> DeliveryError {
    #[derive(Deserialize, Default)]
    struct Wire {
        #[serde(default)]
        error: Option<String>,
    }
    let wire: Wire = answer.json().unwrap_or_default();
    let told = ProviderAnswer {
        provider: NAME,
        status: answer.status,
        code: None,
        said: wire.error.and_then(|text| quoted(&text, code)),
        retry_after: answer.retry_after,
    };
    match answer.status {
        422 => DeliveryError::Undeliverable(Cause::Answer(told)),
        503 => DeliveryError::ChannelDown(Cause::Answer(told)),
        _ => sorted_by_status(told),
    }
}

fn unmade(what: &'static str) -> DeliveryError {
    DeliveryError::Rejected(Trouble::Malformed(what).into())
}

/// A moment as RFC 3339 has it, to the second.
fn moment(at: Timestamp) -> String {
    let secs = i64::try_from(at.unix_ms() / 1000).unwrap_or(i64::MAX);
    let moment = jiff::Timestamp::from_second(secs).unwrap_or(jiff::Timestamp::MAX);
    moment.to_string()
}

type Headers = Vec<(HeaderName, HeaderValue)>;
