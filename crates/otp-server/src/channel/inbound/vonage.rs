//! Vonage's webhooks, in this service's words.

use otp_core::Timestamp;

use super::{Chat, Inbound, NotTaken, REFERENCE_BYTES_MAX, Said, Taken, Utterance};
use crate::channel::ProviderSecret;
use crate::channel::vonage::webhook::{self, VonageInbound};

/// Longer than any message of a chat; the rest says nothing to us.
const TEXT_CHARS_MAX: usize = 2_000;
/// Vonage's codes have four digits; what is longer may be anything, and a code is logged.
const CODE_BYTES_MAX: usize = 6;
/// Neither an id of Vonage's, nor a number, nor a Messenger id is nearly as long.
const ID_BYTES_MAX: usize = 100;

/// Where Vonage's webhooks arrive: what they are checked with.
#[derive(Debug)]
pub struct VonageWebhook {
    signature_secret: ProviderSecret,
    application_id: String,
}

impl VonageWebhook {
    /// Checks with the account's signature secret that a webhook is of this application.
    #[must_use]
    pub fn new(signature_secret: ProviderSecret, application_id: String) -> Self {
        Self {
            signature_secret,
            application_id,
        }
    }

    /// Reads what became of a message, where the token is right over the bytes as they came.
    pub fn status(
        &self,
        raw: &[u8],
        authorization: Option<&str>,
        now: Timestamp,
    ) -> Result<Taken, NotTaken> {
        self.check(raw, authorization, now)?;
        let Ok(status) = webhook::status(raw) else {
            return Ok(Taken::nothing_known());
        };
        let word = status.word();
        // Messages that are not ours have no reference.
        let reference = status.reference;
        let reference = reference.filter(|text| text.len() <= REFERENCE_BYTES_MAX);
        let receipt = reference
            .zip(word)
            .map(|(reference, word)| Inbound::Receipt { reference, word });
        Ok(Taken {
            code: status.error.filter(|code| code.len() <= CODE_BYTES_MAX),
            ..Taken::of(receipt)
        })
    }

    /// Reads what a person wrote, where the token is right over the bytes as they came.
    pub fn inbound(
        &self,
        raw: &[u8],
        authorization: Option<&str>,
        now: Timestamp,
    ) -> Result<Taken, NotTaken> {
        let signed_at = self.check(raw, authorization, now)?;
        let word = webhook::inbound(raw).ok();
        let word = word.and_then(|inbound| said(inbound, signed_at));
        Ok(Taken::of(word.map(Inbound::Said)))
    }

    fn check(
        &self,
        raw: &[u8],
        authorization: Option<&str>,
        now: Timestamp,
    ) -> Result<Timestamp, NotTaken> {
        let Self {
            signature_secret,
            application_id,
        } = self;
        Ok(webhook::verify(
            authorization,
            raw,
            signature_secret,
            application_id,
            now,
        )?)
    }
}

/// Nothing for what is no text, comes by another way, or is too long to be what it should be. It counts
/// as said when its token was signed: that is proven, and stays the same when it is told again.
fn said(inbound: VonageInbound, signed_at: Timestamp) -> Option<Said> {
    let by = match inbound.channel.as_str() {
        "messenger" => Chat::Messenger,
        "sms" => Chat::Sms,
        _ => return None,
    };
    let is_id = |text: &str| (1..=ID_BYTES_MAX).contains(&text.len());
    let text: String = inbound.text?.chars().take(TEXT_CHARS_MAX).collect();
    (is_id(&inbound.message_id) && is_id(&inbound.from)).then_some(Said {
        by,
        id: inbound.message_id,
        from: inbound.from,
        what: Utterance::Text(text),
        about: None,
        at_secs: Some(signed_at.unix_ms() / 1_000),
    })
}
