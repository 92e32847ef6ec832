//! Who calls: tokens in header, query or body, their permissions, and `appsecret_proof`.

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;

use super::Context;
use super::error::GraphError;
use super::params::Params;
use crate::account::APP_ID;
use crate::clock;
use crate::webhook::hmac_hex;
use crate::world::{Account, Token, World};

pub(super) const MANAGEMENT: &str = "whatsapp_business_management";
pub(super) const MESSAGING: &str = "whatsapp_business_messaging";
/// How far a timestamped proof may lie back.
const PROOF_AGE_MAX_S: u64 = 300;

/// The token in the header.
pub(super) fn header_token(request: &HttpRequest) -> Option<&str> {
    let value = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.trim().split_once(' ')?;
    let known = scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("oauth");
    known.then(|| token.trim())
}

/// The token of a call, wherever it stands.
pub(super) fn token(context: &Context<'_>, params: &Params) -> Result<String, GraphError> {
    let header = header_token(context.request).map(str::to_owned);
    let token = header.or_else(|| params.text("access_token"));
    token.filter(|token| !token.is_empty()).ok_or_else(|| {
        GraphError::coded(104).message("An access token is required to request this resource.")
    })
}

/// Lets the system user's token through to managing calls.
pub(super) fn manager(context: &Context<'_>, params: &Params) -> Result<(), GraphError> {
    let token = token(context, params)?;
    let world = context.world;
    check_user(world, &world.account(), &token)?;
    check_proof(
        world,
        &token,
        params.text("appsecret_proof").as_deref(),
        params.text("appsecret_time").as_deref(),
    )?;
    check_scope(&world.account(), MANAGEMENT)
}

/// Checks that this is the system user's token, and that it has not expired.
pub(super) fn check_user(world: &World, account: &Account, token: &str) -> Result<(), GraphError> {
    if token == world.config.token {
        return if has_expired(&account.token) {
            Err(expired(&account.token))
        } else {
            Ok(())
        };
    }
    if is_app_token(world, token) {
        let message = "(#200) Provide a user or system user access token for this call.";
        return Err(GraphError::coded(200).message(message));
    }
    Err(GraphError::coded(190).message("Invalid OAuth access token - Cannot parse access token"))
}

pub(super) fn check_scope(account: &Account, scope: &str) -> Result<(), GraphError> {
    if account.token.scopes.iter().any(|known| known == scope) {
        return Ok(());
    }
    if scope == MESSAGING {
        return Err(GraphError::coded(10));
    }
    let message =
        format!("(#200) You do not have the necessary permissions required to do this: {scope}");
    Err(GraphError::coded(200).message(message))
}

/// Checks `appsecret_proof` when it is given, or when the app insists on it.
pub(super) fn check_proof(
    world: &World,
    token: &str,
    proof: Option<&str>,
    time: Option<&str>,
) -> Result<(), GraphError> {
    let Some(proof) = proof else {
        return if world.config.require_app_secret_proof {
            let message = "API calls from the server require an appsecret_proof argument";
            Err(GraphError::coded(100).message(message))
        } else {
            Ok(())
        };
    };
    let signed = time.map_or_else(|| token.to_owned(), |time| format!("{token}|{time}"));
    let is_right =
        hmac_hex(world.config.app_secret.as_bytes(), signed.as_bytes()) == proof.to_lowercase();
    if is_right && time.is_none_or(is_recent) {
        return Ok(());
    }
    Err(GraphError::coded(100).message("Invalid appsecret_proof provided in the API argument"))
}

/// Whether this is the app's own token, `APP_ID|APP_SECRET`.
pub(super) fn is_app_token(world: &World, token: &str) -> bool {
    token
        .split_once('|')
        .is_some_and(|(id, secret)| id == APP_ID && secret == world.config.app_secret)
}

pub(super) fn has_expired(token: &Token) -> bool {
    token.expires_at != 0 && token.expires_at <= clock::now_ms() / 1000
}

fn expired(token: &Token) -> GraphError {
    let message = format!(
        "Error validating access token: Session has expired on {}. The current time is {}.",
        token.expires_at,
        clock::now_ms() / 1000
    );
    GraphError::coded(190).subcode(Some(463)).message(message)
}

fn is_recent(time: &str) -> bool {
    let now = clock::now_ms() / 1000;
    time.parse::<u64>()
        .is_ok_and(|time| now.abs_diff(time) <= PROOF_AGE_MAX_S)
}
