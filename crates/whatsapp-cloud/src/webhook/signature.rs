//! `X-Hub-Signature-256`: that a webhook comes from Meta.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use thiserror::Error;

use crate::secret::AppSecret;

/// How long a SHA-256 in hexadecimal digits is.
const HEX_DIGITS: usize = 64;

/// The header is missing, malformed, or not a signature of these bytes with this secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the webhook's signature is not valid")]
pub struct InvalidSignature;

/// Checks the value of `X-Hub-Signature-256` (`sha256=` and 64 hexadecimal digits) over the body
/// exactly as it was received: Meta escapes its JSON in its own way.
///
/// Takes the same time wherever the first wrong digit stands.
pub fn verify_signature(
    secret: &AppSecret,
    raw_body: &[u8],
    header: &str,
) -> Result<(), InvalidSignature> {
    let digits = header.strip_prefix("sha256=").ok_or(InvalidSignature)?;
    let claimed = from_hex(digits).ok_or(InvalidSignature)?;
    hmac(secret, raw_body)
        .verify_slice(&claimed)
        .map_err(|_| InvalidSignature)
}

/// HMAC-SHA-256 as lower-case hexadecimal digits.
pub(crate) fn hex_hmac(secret: &AppSecret, bytes: &[u8]) -> String {
    let digest = hmac(secret, bytes).finalize().into_bytes();
    digest
        .iter()
        .fold(String::with_capacity(HEX_DIGITS), |mut hex, byte| {
            // Writing into a `String` cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

fn hmac(secret: &AppSecret, bytes: &[u8]) -> Hmac<Sha256> {
    // HMAC takes a key of any length.
    #[expect(clippy::expect_used, reason = "no length of key is invalid for HMAC")]
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.reveal().as_bytes()).expect("any key length");
    mac.update(bytes);
    mac
}

fn from_hex(digits: &str) -> Option<[u8; HEX_DIGITS / 2]> {
    let digits = digits.as_bytes();
    if digits.len() != HEX_DIGITS {
        return None;
    }
    let value = |digit: u8| {
        char::from(digit)
            .to_digit(16)
            .and_then(|value| u8::try_from(value).ok())
    };
    let mut bytes = [0; HEX_DIGITS / 2];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = value(pair[0])? << 4 | value(pair[1])?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"object":"whatsapp_business_account"}"#;
    const SIGNATURE: &str =
        "sha256=b6978b21c4467654c466607663db9b43fae44b71083568df403e0a077089208e";

    fn secret() -> AppSecret {
        AppSecret::new("test-app-secret")
    }

    #[test]
    fn a_known_signature_is_accepted_in_either_case() {
        assert_eq!(verify_signature(&secret(), BODY, SIGNATURE), Ok(()));
        let upper = format!("sha256={}", SIGNATURE["sha256=".len()..].to_uppercase());
        assert_eq!(verify_signature(&secret(), BODY, &upper), Ok(()));
    }

    #[test]
    fn a_changed_body_secret_or_header_is_refused() {
        let refused = Err(InvalidSignature);
        assert_eq!(
            verify_signature(
                &secret(),
                br#"{"object": "whatsapp_business_account"}"#,
                SIGNATURE
            ),
            refused
        );
        assert_eq!(
            verify_signature(&AppSecret::new("another"), BODY, SIGNATURE),
            refused
        );
        assert_eq!(
            verify_signature(&secret(), BODY, &SIGNATURE.replace("b697", "b698")),
            refused
        );
        for header in [
            "",
            "sha256=",
            "sha1=b6978b",
            &SIGNATURE[..70],
            &format!("{SIGNATURE}00"),
            &SIGNATURE[7..],
            "sha256=é",
        ] {
            assert_eq!(
                verify_signature(&secret(), BODY, header),
                refused,
                "{header}"
            );
        }
    }

    #[test]
    fn the_proof_of_a_token_has_metas_value() {
        let proof = hex_hmac(&AppSecret::new("app_secret"), b"access_token");
        assert_eq!(
            proof,
            "d52ddf968d622d8af8677906b7fbae09ac1f89f7cd5c1584b27544624cc23e5a"
        );
    }
}
