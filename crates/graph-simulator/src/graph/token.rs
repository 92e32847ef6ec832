//! Tokens: `debug_token`, `/me` and `/me/permissions`.

use serde_json::{Value, json};

use super::error::GraphError;
use super::params::Params;
use super::{Answer, Context, auth};
use crate::account::{APP_ID, WABA_ID};
use crate::world::{Account, World};

const USER_ID: &str = "122106012345678901";
const ISSUED_AT: u64 = 1_767_600_000;

/// `GET /debug_token?input_token=..`, with the app's token or the inspected one itself.
pub(super) fn debug(context: &Context<'_>, params: &Params) -> Answer {
    let world = context.world;
    let token = auth::token(context, params)?;
    if !auth::is_app_token(world, &token) {
        auth::check_user(world, &world.account(), &token)?;
    }
    let input = params.required("input_token")?;
    if input != world.config.token {
        return Ok(json!({"data": {
            "error": {"code": 190, "message": "Invalid OAuth access token."},
            "is_valid": false,
            "scopes": [],
        }}));
    }
    let account = world.account();
    Ok(json!({"data": describe(&account)}))
}

fn describe(account: &Account) -> Value {
    let token = &account.token;
    let granular = token.scopes.iter().map(|scope| match scope.as_str() {
        auth::MANAGEMENT | auth::MESSAGING => json!({"scope": scope, "target_ids": [WABA_ID]}),
        _ => json!({"scope": scope}),
    });
    let mut data = json!({
        "app_id": APP_ID,
        "type": "SYSTEM_USER",
        "application": "Lucky Shrub",
        "data_access_expires_at": 0,
        "expires_at": token.expires_at,
        "is_valid": !auth::has_expired(token),
        "issued_at": ISSUED_AT,
        "scopes": token.scopes,
        "granular_scopes": granular.collect::<Vec<Value>>(),
        "user_id": USER_ID,
    });
    if auth::has_expired(token) {
        data["error"] = json!({"code": 190, "subcode": 463, "message": "Error validating access token: Session has expired."});
    }
    data
}

/// `GET /me` and `GET /me/permissions`.
pub(super) fn me(context: &Context<'_>, params: &Params, edge: &str) -> Answer {
    let world: &World = context.world;
    let token = auth::token(context, params).map_err(|_| {
        GraphError::coded(2500).message(
            "An active access token must be used to query information about the current user.",
        )
    })?;
    let account = world.account();
    auth::check_user(world, &account, &token)?;
    match edge {
        "" => Ok(json!({"name": "Simulator system user", "id": USER_ID})),
        "permissions" => {
            let granted = account
                .token
                .scopes
                .iter()
                .map(|scope| json!({"permission": scope, "status": "granted"}));
            Ok(json!({"data": granted.collect::<Vec<Value>>()}))
        }
        _ => Err(GraphError::unknown_object(
            context.request.method().as_str(),
            &format!("me/{edge}"),
        )),
    }
}
