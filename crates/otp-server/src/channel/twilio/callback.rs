//! What Twilio posts to us: whether it is Twilio, and what it says.
//!
//! Source: twilio.com/docs/usage/security, "Validating requests". `X-Twilio-Signature` is the
//! HMAC-SHA1, under the account's token, of the address as Twilio called it and of the form's
//! fields, sorted by name and joined without marks.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

use super::refusal::{Advice, advice};
use crate::channel::ProviderSecret;
use crate::channel::inbound::Word;

/// More fields than any callback has.
const FIELDS_MAX: usize = 200;

/// The signature is missing or wrong. Nothing more is told to whoever sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the callback is not signed with our account's token")]
pub struct NotFromTwilio;

/// Checks a callback. `url` is the whole public address with its query, as Twilio was told it;
/// `form` is the raw body.
pub fn verify(
    signature: Option<&str>,
    url: &str,
    form: &[u8],
    auth_token: &ProviderSecret,
) -> Result<(), NotFromTwilio> {
    let signature = signature
        .and_then(|text| STANDARD.decode(text.trim()).ok())
        .ok_or(NotFromTwilio)?;
    let mut fields: Vec<(String, String)> = form_urlencoded::parse(form)
        .into_owned()
        .take(FIELDS_MAX + 1)
        .collect();
    if fields.len() > FIELDS_MAX {
        return Err(NotFromTwilio);
    }
    fields.sort();
    fields.dedup();
    let mut mac =
        Hmac::<Sha1>::new_from_slice(auth_token.reveal().as_bytes()).map_err(|_| NotFromTwilio)?;
    mac.update(url.as_bytes());
    for (name, value) in &fields {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    // Compares in constant time.
    mac.verify_slice(&signature).map_err(|_| NotFromTwilio)
}

/// The form is not what Twilio posts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the form is not a status callback of the Messaging API")]
pub struct NotACallback;

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TwilioStatus {
    /// Twilio's id of the message.
    pub message_id: String,
    /// How far it got.
    pub step: TwilioStep,
    /// Twilio's code for what went wrong.
    pub error: Option<u32>,
}

/// How far a message got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TwilioStep {
    /// Waiting at Twilio: `accepted`, `queued` or `sending`.
    Queued,
    /// Taken by the network.
    Sent,
    /// On the person's device.
    Delivered,
    /// Seen by the person, where the network tells.
    Read,
    /// The network could not deliver it.
    Undelivered,
    /// It could not be sent.
    Failed,
    /// A step that Twilio has added since.
    Other(String),
}

impl TwilioStatus {
    /// The same in this service's words; nothing for a step that says nothing, or that nobody here
    /// knows.
    #[must_use]
    pub fn word(&self) -> Option<Word> {
        Some(match self.step {
            TwilioStep::Sent => Word::Sent,
            TwilioStep::Delivered => Word::Delivered,
            TwilioStep::Read => Word::Read,
            TwilioStep::Undelivered => self.failed().unwrap_or(Word::Undeliverable),
            TwilioStep::Failed => self.failed().unwrap_or(Word::Rejected),
            TwilioStep::Queued | TwilioStep::Other(_) => return None,
        })
    }

    fn failed(&self) -> Option<Word> {
        self.error.and_then(advice).map(|advice| match advice {
            Advice::UseAnotherWay => Word::Undeliverable,
            Advice::Wait => Word::Throttled,
            Advice::Stop => Word::ChannelDown,
            Advice::Fix => Word::Rejected,
        })
    }
}

/// Reads the form of a status callback.
pub fn status(form: &[u8]) -> Result<TwilioStatus, NotACallback> {
    let field = |wanted: &str| {
        let found = form_urlencoded::parse(form).find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.into_owned())
    };
    let step = match field("MessageStatus").ok_or(NotACallback)?.as_str() {
        "accepted" | "scheduled" | "queued" | "sending" => TwilioStep::Queued,
        "sent" => TwilioStep::Sent,
        "delivered" => TwilioStep::Delivered,
        "read" => TwilioStep::Read,
        "undelivered" => TwilioStep::Undelivered,
        "failed" | "canceled" => TwilioStep::Failed,
        other => TwilioStep::Other(other.chars().take(32).collect()),
    };
    Ok(TwilioStatus {
        message_id: field("MessageSid").ok_or(NotACallback)?,
        step,
        // What is longer is no code of Twilio's, and a code is logged.
        error: field("ErrorCode")
            .filter(|code| code.len() <= 6)
            .and_then(|code| code.parse().ok()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of Twilio's own libraries.
    const URL: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";
    const FORM: &[u8] =
        b"CallSid=CA1234567890ABCDE&Caller=%2B12349013030&Digits=1234&From=%2B12349013030&To=%2B18005551212";
    const SIGNATURE: &str = "0/KCTR6DLpKmkAf8muzZqo1nDgQ=";

    fn is_twilio(signature: Option<&str>, url: &str, form: &[u8], token: &str) -> bool {
        verify(signature, url, form, &ProviderSecret::new(token)).is_ok()
    }

    #[test]
    fn the_signature_that_twilio_publishes_is_taken_whatever_the_order_of_the_fields() {
        assert!(is_twilio(Some(SIGNATURE), URL, FORM, "12345"));
        let mixed =
            b"To=%2B18005551212&From=%2B12349013030&Digits=1234&Caller=%2B12349013030&CallSid=CA1234567890ABCDE";
        assert!(is_twilio(Some(SIGNATURE), URL, mixed, "12345"));
    }

    #[test]
    fn a_flipped_or_missing_signature_another_address_form_or_token_is_not_twilios() {
        let flipped = SIGNATURE.replacen('0', "1", 1);
        for signature in [None, Some(""), Some("not base64"), Some(flipped.as_str())] {
            assert!(!is_twilio(signature, URL, FORM, "12345"), "{signature:?}");
        }
        assert!(!is_twilio(
            Some(SIGNATURE),
            "https://mycompany.com/myapp.php",
            FORM,
            "12345"
        ));
        assert!(!is_twilio(Some(SIGNATURE), URL, FORM, "12346"));
        let more = [FORM, b"&Extra=1"].concat();
        assert!(!is_twilio(Some(SIGNATURE), URL, &more, "12345"));
    }

    #[test]
    fn a_status_callback_tells_how_far_the_message_got() {
        let form = b"MessageSid=SM0123456789abcdef0123456789abcdef&MessageStatus=undelivered&ErrorCode=30003&To=%2B14155550123";
        assert_eq!(
            status(form),
            Ok(TwilioStatus {
                message_id: "SM0123456789abcdef0123456789abcdef".to_owned(),
                step: TwilioStep::Undelivered,
                error: Some(30003),
            })
        );
        assert_eq!(status(b"MessageStatus=sent"), Err(NotACallback));
        assert_eq!(status(b"MessageSid=SM0"), Err(NotACallback));
    }
}
