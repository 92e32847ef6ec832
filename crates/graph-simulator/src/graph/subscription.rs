//! Where webhooks go: the app's subscription, and the account's override.

use actix_web::http::Method;
use serde_json::{Map, Value, json};

use super::error::GraphError;
use super::params::Params;
use super::{Answer, Context, auth, fields};
use crate::account::APP_ID;
use crate::webhook;
use crate::world::{AppCallback, Callback};

const URI_MAX: usize = 200;

/// `/{WABA}/subscribed_apps`.
pub(super) async fn of_account(context: &Context<'_>, params: &Params) -> Answer {
    let world = context.world;
    match *context.request.method() {
        Method::GET => {
            let account = world.account();
            if !account.is_subscribed {
                return Ok(json!({"data": []}));
            }
            let mut app = json!({"whatsapp_business_api_data": app_node()});
            if let Some(callback) = &account.waba_override {
                app["override_callback_uri"] = json!(callback.url);
            }
            Ok(json!({"data": [app]}))
        }
        Method::POST => {
            let callback = override_callback(context, params).await?;
            let mut account = world.account_mut();
            account.is_subscribed = true;
            account.waba_override = callback;
            Ok(json!({"success": true}))
        }
        Method::DELETE => {
            let mut account = world.account_mut();
            account.is_subscribed = false;
            account.waba_override = None;
            Ok(json!({"success": true}))
        }
        _ => Err(GraphError::unknown_object(
            context.request.method().as_str(),
            crate::account::WABA_ID,
        )),
    }
}

/// `/{app}` and `/{app}/subscriptions`, with the app's own token.
pub(super) async fn of_app(context: &Context<'_>, params: &Params, edge: &str) -> Answer {
    let world = context.world;
    let method = context.request.method();
    let token = auth::token(context, params)?;
    if edge.is_empty() && method == Method::GET {
        if !auth::is_app_token(world, &token) {
            auth::check_user(world, &world.account(), &token)?;
        }
        let node: Map<String, Value> = app_node().as_object().cloned().unwrap_or_default();
        return fields::choose(
            &node,
            fields::wanted(params).as_deref(),
            &["id", "name", "link"],
            &[],
            "Application",
        );
    }
    if edge != "subscriptions" {
        return Err(GraphError::unknown_object(method.as_str(), APP_ID));
    }
    if !auth::is_app_token(world, &token) {
        auth::check_user(world, &world.account(), &token)?;
        return Err(GraphError::coded(15)
            .http(400)
            .message("(#15) This method must be called with an app access_token."));
    }
    match *method {
        Method::GET => Ok(json!({"data": shown(world.account().app_callback.as_ref())})),
        Method::POST => subscribe(context, params).await,
        Method::DELETE => {
            world.account_mut().app_callback = None;
            Ok(json!({"success": true}))
        }
        _ => Err(GraphError::unknown_object(method.as_str(), APP_ID)),
    }
}

async fn subscribe(context: &Context<'_>, params: &Params) -> Answer {
    let object = params.required("object")?;
    if object != "whatsapp_business_account" {
        return Err(GraphError::parameter(format!(
            "Param object must be one of {{whatsapp_business_account}} - got \"{object}\"."
        )));
    }
    let url = params.required("callback_url")?;
    let verify_token = params.required("verify_token")?;
    let fields = params.list("fields");
    if fields.is_empty() {
        return Err(GraphError::parameter("The parameter fields is required."));
    }
    verify(context, &url, &verify_token).await?;
    context.world.account_mut().app_callback = Some(AppCallback { url, fields });
    Ok(json!({"success": true}))
}

async fn override_callback(
    context: &Context<'_>,
    params: &Params,
) -> Result<Option<Callback>, GraphError> {
    let url = params
        .text("override_callback_uri")
        .filter(|url| !url.is_empty());
    let Some(url) = url else { return Ok(None) };
    if url.chars().count() > URI_MAX {
        return Err(GraphError::parameter(format!(
            "Param override_callback_uri must be at most {URI_MAX} characters long."
        )));
    }
    let verify_token = params.required("verify_token")?;
    verify(context, &url, &verify_token).await?;
    Ok(Some(Callback { url }))
}

/// Asks the address to prove itself, and refuses it as Meta does when it does not.
pub(super) async fn verify(
    context: &Context<'_>,
    url: &str,
    verify_token: &str,
) -> Result<(), GraphError> {
    webhook::verify(context.client, url, verify_token)
        .await
        .map_err(|reason| {
            let message =
                format!("(#2200) Callback verification failed with the following errors: {reason}");
            GraphError::coded(2200).message(message)
        })
}

fn app_node() -> Value {
    json!({
        "id": APP_ID,
        "name": "Lucky Shrub",
        "link": format!("https://www.facebook.com/games/?app_id={APP_ID}"),
    })
}

fn shown(callback: Option<&AppCallback>) -> Vec<Value> {
    let subscription = callback.map(|callback| {
        let fields = callback
            .fields
            .iter()
            .map(|name| json!({"name": name, "version": "v25.0"}));
        json!({
            "object": "whatsapp_business_account",
            "callback_url": callback.url,
            "active": true,
            "fields": fields.collect::<Vec<Value>>(),
        })
    });
    subscription.into_iter().collect()
}
