//! How a webhook that leaves us is signed: id, time and body, as standardwebhooks.com has it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use otp_core::Timestamp;
use sha2::Sha256;
use zeroize::Zeroizing;

/// The headers of one webhook: names in small letters, and what stands in them.
pub type SignedHeaders = [(&'static str, String); 3];

const PREFIX: &str = "whsec_";

/// What signs. `Debug` prints stars.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret(Zeroizing<Vec<u8>>);

/// The text is no signing secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not whsec_ and the base64 of 24 to 64 bytes")]
pub struct InvalidSigningSecret;

impl SigningSecret {
    /// Reads a secret that is `whsec_` and the base64 of 24 to 64 random bytes.
    pub fn parse(text: &str) -> Result<Self, InvalidSigningSecret> {
        let bytes = text
            .strip_prefix(PREFIX)
            .and_then(|base64| STANDARD.decode(base64).ok())
            .map(Zeroizing::new);
        bytes
            .filter(|bytes| (24..=64).contains(&bytes.len()))
            .map(Self)
            .ok_or(InvalidSigningSecret)
    }

    /// Reads a secret as the libraries do: base64, whether `whsec_` stands before it or not. A text
    /// that is no base64 signs as it is; the libraries take it as a raw key.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        let bare = text.strip_prefix(PREFIX).unwrap_or(text);
        let bytes = STANDARD.decode(bare);
        Self(Zeroizing::new(
            bytes.unwrap_or_else(|_| text.as_bytes().to_vec()),
        ))
    }

    fn sign(&self, id: &str, at: &str, body: &str) -> String {
        let mac = Hmac::<Sha256>::new_from_slice(&self.0);
        let mut mac = mac.expect("a key may have any length");
        mac.update(format!("{id}.{at}.").as_bytes());
        mac.update(body.as_bytes());
        let tag = STANDARD.encode(mac.finalize().into_bytes());
        format!("v1,{tag}")
    }
}

/// The headers of one webhook, signed with each of the secrets: a receiver that knows one of them is
/// content.
#[must_use]
pub fn headers(secrets: &[SigningSecret], id: &str, now: Timestamp, body: &str) -> SignedHeaders {
    let at = (now.unix_ms() / 1000).to_string();
    let signatures = secrets.iter().map(|secret| secret.sign(id, &at, body));
    let signatures = signatures.collect::<Vec<_>>().join(" ");
    [
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", at),
        ("webhook-signature", signatures),
    ]
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
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
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

    #[test]
    fn a_text_is_read_as_the_libraries_read_it() {
        let marked = SigningSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        for text in [
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        ] {
            assert_eq!(SigningSecret::of_text(text), marked, "{text}");
        }
        let raw = SigningSecret::of_text("no-base64-0123456789-0123456789");
        assert_eq!(*raw.0, *b"no-base64-0123456789-0123456789");
    }

    #[test]
    fn while_secrets_change_both_sign() {
        let secrets = ["new", "old"].map(SigningSecret::of_text);
        let [id, at, signature] = headers(&secrets, "x-1", Timestamp::from_unix_ms(1_999), "{}");
        assert_eq!((id.1.as_str(), at.1.as_str()), ("x-1", "1"));
        let each = secrets.map(|secret| secret.sign("x-1", "1", "{}"));
        assert_eq!(signature.1, each.join(" "));
    }
}
