//! Checks the JWT of a request, as "Authentication" of the public documentation has it.

use actix_web::HttpRequest;
use actix_web::http::header;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::{Map, Value};

use crate::clock;
use crate::config::VonageConfig;

/// The longest life of a token: a day.
const LIFE_MAX_SECS: u64 = 24 * 60 * 60;
/// The life of a token that does not say when it ends.
const LIFE_DEFAULT_SECS: u64 = 15 * 60;
/// How far a client's clock may be off.
const TOLERANCE_SECS: u64 = 60;

/// RS256 under the application's key, with its id, a time, and an id of the token's own.
pub(super) fn check(vonage: &VonageConfig, request: &HttpRequest) -> Result<(), &'static str> {
    let header = request.headers().get(header::AUTHORIZATION);
    let token = header
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "))
        .ok_or("no bearer token")?;
    let mut rules = Validation::new(Algorithm::RS256);
    rules.validate_exp = false;
    rules.required_spec_claims.clear();
    let key = DecodingKey::from_rsa_pem(vonage.public_key.as_bytes())
        .map_err(|_| "the public key of the simulator is none")?;
    let claims = decode::<Map<String, Value>>(token, &key, &rules)
        .map_err(|_| "another signature")?
        .claims;
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    let time = |name: &str| claims.get(name).and_then(Value::as_u64);
    if text("application_id") != vonage.application_id {
        return Err("another application");
    }
    if text("jti").is_empty() {
        return Err("no jti");
    }
    let now = clock::now_ms() / 1000;
    let iat = time("iat").ok_or("no iat")?;
    let exp = time("exp").unwrap_or(iat + LIFE_DEFAULT_SECS);
    if iat > now + TOLERANCE_SECS || exp < now || exp > iat + LIFE_MAX_SECS {
        return Err("not of now");
    }
    Ok(())
}
