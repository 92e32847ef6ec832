//! How a webhook is signed: id, time and body under one secret, as standardwebhooks.com has it.

use awc::http::header::{HeaderName, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use otp_core::Timestamp;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::Headers;

/// A signing secret: `whsec_` and the base64 of 24 to 64 random bytes. `Debug` prints stars.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret(Zeroizing<Vec<u8>>);

/// The text is no signing secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not whsec_ and the base64 of 24 to 64 bytes")]
pub struct InvalidSigningSecret;

impl SigningSecret {
    /// Reads a secret.
    pub fn parse(text: &str) -> Result<Self, InvalidSigningSecret> {
        let bytes = text
            .strip_prefix("whsec_")
            .and_then(|base64| STANDARD.decode(base64).ok())
            .map(Zeroizing::new);
        bytes
            .filter(|bytes| (24..=64).contains(&bytes.len()))
            .map(Self)
            .ok_or(InvalidSigningSecret)
    }

    /// The three headers of one webhook.
    pub(super) fn headers(&self, id: &str, now: Timestamp, body: &str) -> Option<Headers> {
        let at = (now.unix_ms() / 1000).to_string();
        let signature = self.sign(id, &at, body)?;
        let header = |name, value: &str| {
            let value = HeaderValue::from_str(value).ok()?;
            Some((HeaderName::from_static(name), value))
        };
        Some(vec![
            header("webhook-id", id)?,
            header("webhook-timestamp", &at)?,
            header("webhook-signature", &signature)?,
        ])
    }

    fn sign(&self, id: &str, at: &str, body: &str) -> Option<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(format!("{id}.{at}.").as_bytes());
        mac.update(body.as_bytes());
        let tag = STANDARD.encode(mac.finalize().into_bytes());
        Some(format!("v1,{tag}"))
    }
}

impl std::fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the Standard Webhooks libraries.
    #[test]
    fn the_known_signature_comes_out() {
        let secret = SigningSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature = secret.sign(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "1614265330",
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(
            signature.as_deref(),
            Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        );
    }

    #[test]
    fn a_secret_is_long_enough_and_marked_as_one() {
        for bad in [
            "",
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "whsec_",
            "whsec_c2hvcnQ=",
            "whsec_%%%%",
        ] {
            assert_eq!(
                SigningSecret::parse(bad),
                Err(InvalidSigningSecret),
                "{bad}"
            );
        }
    }
}
