//! The JWT that proves to Vonage that a request comes from the application.

use awc::http::header::HeaderValue;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use otp_core::Timestamp;
use serde::Serialize;

use crate::channel::ProviderSecret;

/// Short, because each request has its own; Vonage takes up to a day.
const LIFE_SECS: u64 = 5 * 60;

pub(super) struct Signer {
    application_id: String,
    key: EncodingKey,
}

#[derive(Serialize)]
struct Claims<'a> {
    application_id: &'a str,
    iat: u64,
    exp: u64,
    jti: &'a str,
}

impl Signer {
    /// `None` when the key is no RSA key.
    pub(super) fn new(application_id: &str, private_key: &ProviderSecret) -> Option<Self> {
        let key = EncodingKey::from_rsa_pem(private_key.reveal().as_bytes()).ok()?;
        let signer = Self {
            application_id: application_id.to_owned(),
            key,
        };
        // A key that parses may still be one that signs nothing: better known at the start.
        signer.bearer(Timestamp::from_unix_ms(0), "trial")?;
        Some(signer)
    }

    /// `Authorization: Bearer ..` for one request, marked so that no log shows it.
    pub(super) fn bearer(&self, now: Timestamp, reference: &str) -> Option<HeaderValue> {
        let ms = now.unix_ms();
        let iat = ms / 1000;
        // The reference is as good as random, and no two messages about it go out in one millisecond.
        let claims = Claims {
            application_id: &self.application_id,
            iat,
            exp: iat + LIFE_SECS,
            jti: &format!("{reference}-{ms}"),
        };
        let token = encode(&Header::new(Algorithm::RS256), &claims, &self.key).ok()?;
        let mut value = HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer")
            .field("application_id", &self.application_id)
            .finish_non_exhaustive()
    }
}
