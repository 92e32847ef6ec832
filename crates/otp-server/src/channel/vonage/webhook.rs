//! What Vonage posts to us: whether it is Vonage, and what it says.
//!
//! Source: developer.vonage.com, "Signed webhooks". Each carries `Authorization: Bearer` with a
//! JWT under the account's signature secret, whose `payload_hash` is the SHA-256 of the body.

use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use otp_core::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::refusal;
use crate::channel::ProviderSecret;
use crate::channel::cause::own_code;
use crate::channel::inbound::Word;

/// Vonage repeats a webhook under its first token, so this is generous; a replay says nothing new.
const AGE_MAX: Duration = Duration::from_mins(15);
/// How far Vonage's clock may be ahead of ours.
const AHEAD_MAX: Duration = Duration::from_mins(1);
/// No token of theirs is nearly as long.
const TOKEN_BYTES_MAX: usize = 4096;

/// Why a webhook is not taken for Vonage's. None of it is told to whoever sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotFromVonage {
    /// There is no token.
    #[error("it carries no bearer token")]
    NoToken,
    /// The token is not one, or under another secret.
    #[error("its token is not signed with our signature secret")]
    Signature,
    /// The token is too old, or from the future.
    #[error("its token is not of now")]
    Age,
    /// The token is about another body.
    #[error("its token is about another body")]
    Payload,
    /// The token is about another application.
    #[error("its token is about another application")]
    Application,
}

#[derive(Deserialize)]
struct Claims {
    iat: u64,
    #[serde(default)]
    exp: Option<u64>,
    payload_hash: String,
    #[serde(default)]
    application_id: Option<String>,
}

/// Checks the token of a webhook against its raw body, and says when it was signed. `authorization`
/// is the header as it came.
pub fn verify(
    authorization: Option<&str>,
    body: &[u8],
    signature_secret: &ProviderSecret,
    application_id: &str,
    now: Timestamp,
) -> Result<Timestamp, NotFromVonage> {
    let token = authorization
        .and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            scheme
                .eq_ignore_ascii_case("bearer")
                .then(|| token.trim_start())
        })
        .filter(|token| !token.is_empty() && token.len() <= TOKEN_BYTES_MAX)
        .ok_or(NotFromVonage::NoToken)?;
    // Times are compared with our own clock, below.
    let mut rules = Validation::new(Algorithm::HS256);
    rules.validate_exp = false;
    rules.validate_aud = false;
    rules.required_spec_claims.clear();
    let key = DecodingKey::from_secret(signature_secret.reveal().as_bytes());
    let claims = decode::<Claims>(token, &key, &rules)
        .map_err(|_| NotFromVonage::Signature)?
        .claims;
    let now_secs = now.unix_ms() / 1000;
    let is_too_old = claims.iat.saturating_add(AGE_MAX.as_secs()) < now_secs
        || claims.exp.is_some_and(|exp| exp < now_secs);
    if is_too_old || claims.iat > now_secs.saturating_add(AHEAD_MAX.as_secs()) {
        return Err(NotFromVonage::Age);
    }
    if !is_hash_of(body, &claims.payload_hash) {
        return Err(NotFromVonage::Payload);
    }
    match claims.application_id {
        Some(other) if other != application_id => Err(NotFromVonage::Application),
        _ => Ok(Timestamp::from_unix_ms(claims.iat.saturating_mul(1_000))),
    }
}

/// Whether a text is the SHA-256 of the body in hexadecimal.
fn is_hash_of(body: &[u8], claimed: &str) -> bool {
    let digits = claimed.as_bytes().chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).ok()?;
        u8::from_str_radix(pair, 16).ok()
    });
    let claimed: Option<Vec<u8>> = digits.collect();
    claimed.is_some_and(|claimed| Sha256::digest(body).as_slice().ct_eq(&claimed).into())
}

/// The body is not what Vonage posts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the body is not a webhook of the Messages API")]
pub struct NotAWebhook;

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VonageStatus {
    /// Vonage's id of the message.
    pub message_id: String,
    /// What we called it: the verification's id.
    pub reference: Option<String>,
    /// How far it got.
    pub step: VonageStep,
    /// Vonage's code for what went wrong.
    pub error: Option<String>,
}

/// How far a message got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VonageStep {
    /// Handed on to the network.
    Submitted,
    /// On the person's device.
    Delivered,
    /// Seen by the person.
    Read,
    /// Not taken by the network.
    Rejected,
    /// Not deliverable to this person.
    Undeliverable,
    /// A step that Vonage has added since.
    Other(String),
}

impl VonageStatus {
    /// The same in this service's words; nothing for a step that nobody here knows.
    #[must_use]
    pub fn word(&self) -> Option<Word> {
        let failed = || self.error.as_deref().and_then(refusal::word);
        Some(match self.step {
            VonageStep::Submitted => Word::Sent,
            VonageStep::Delivered => Word::Delivered,
            VonageStep::Read => Word::Read,
            VonageStep::Rejected => failed().unwrap_or(Word::Rejected),
            VonageStep::Undeliverable => failed().unwrap_or(Word::Undeliverable),
            VonageStep::Other(_) => return None,
        })
    }
}

/// Reads the body of a status webhook.
pub fn status(body: &[u8]) -> Result<VonageStatus, NotAWebhook> {
    #[derive(Deserialize)]
    struct Wire {
        message_uuid: String,
        status: String,
        #[serde(default)]
        client_ref: Option<String>,
        #[serde(default)]
        error: Option<WireError>,
    }
    #[derive(Deserialize)]
    struct WireError {
        #[serde(default)]
        title: Value,
        #[serde(default)]
        r#type: String,
    }
    let wire: Wire = serde_json::from_slice(body).map_err(|_| NotAWebhook)?;
    // The code stands behind the `#` of the type, and as the title: a number or a text.
    let error = wire.error.and_then(|error| {
        let of_type = error.r#type.rsplit_once('#').map(|(_, own)| own.to_owned());
        let of_title = match error.title {
            Value::Number(number) => Some(number.to_string()),
            Value::String(text) => Some(text),
            _ => None,
        };
        of_type.or(of_title).as_deref().and_then(own_code)
    });
    Ok(VonageStatus {
        message_id: wire.message_uuid,
        reference: wire.client_ref,
        step: match wire.status.as_str() {
            "submitted" => VonageStep::Submitted,
            "delivered" => VonageStep::Delivered,
            "read" => VonageStep::Read,
            "rejected" => VonageStep::Rejected,
            "undeliverable" => VonageStep::Undeliverable,
            other => VonageStep::Other(other.chars().take(32).collect()),
        },
        error,
    })
}

/// What a person wrote to us. `Debug` shows neither who nor what.
#[derive(Clone, PartialEq, Eq)]
pub struct VonageInbound {
    /// Vonage's id of the message.
    pub message_id: String,
    /// `messenger` or `sms`.
    pub channel: String,
    /// The person: a Messenger id, or a number without `+`.
    pub from: String,
    /// Our page or number.
    pub to: String,
    /// The text, if the message was one.
    pub text: Option<String>,
}

impl std::fmt::Debug for VonageInbound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VonageInbound")
            .field("message_id", &self.message_id)
            .field("channel", &self.channel)
            .finish_non_exhaustive()
    }
}

/// Reads the body of an inbound webhook.
pub fn inbound(body: &[u8]) -> Result<VonageInbound, NotAWebhook> {
    #[derive(Deserialize)]
    struct Wire {
        message_uuid: String,
        channel: String,
        from: String,
        to: String,
        #[serde(default)]
        text: Option<String>,
    }
    let wire: Wire = serde_json::from_slice(body).map_err(|_| NotAWebhook)?;
    Ok(VonageInbound {
        message_id: wire.message_uuid,
        channel: wire.channel,
        from: wire.from,
        to: wire.to,
        text: wire.text,
    })
}
