//! Phone numbers: the list, one number, and its registration.

use actix_web::http::Method;
use serde_json::{Map, Value, json};

use super::error::GraphError;
use super::params::Params;
use super::{Answer, Context, fields, health, paging, subscription};
use crate::account::VERIFICATION_CODE;
use crate::world::{Account, PhoneNumber};

const USUAL: [&str; 9] = [
    "verified_name",
    "code_verification_status",
    "display_phone_number",
    "quality_rating",
    "platform_type",
    "throughput",
    "last_onboarded_time",
    "webhook_configuration",
    "id",
];
const KNOWN: [&str; 10] = [
    "certificate",
    "conversational_automation",
    "eligibility_for_api_business_global_search",
    "is_on_biz_app",
    "is_preverified_number",
    "messaging_limit_tier",
    "new_certificate",
    "new_name_status",
    "search_visibility",
    "username",
];
const PAGE_MAX: usize = 100;

/// `GET /{WABA}/phone_numbers`.
pub(super) fn list(context: &Context<'_>, params: &Params) -> Answer {
    let account = context.world.account();
    let wanted = fields::wanted(params);
    paging::page(context, params, account.numbers(), PAGE_MAX, |number| {
        show(&account, number, wanted.as_deref())
    })
}

/// `/{phone number}` and what is under it.
pub(super) async fn answer(context: &Context<'_>, params: &Params, id: &str, edge: &str) -> Answer {
    let method = context.request.method();
    if edge.is_empty() && method == Method::GET {
        let account = context.world.account();
        let number = account
            .number(id)
            .ok_or_else(|| GraphError::unknown_object("get", id))?;
        return show(&account, number, fields::wanted(params).as_deref());
    }
    if edge == "settings" && method == Method::GET {
        return Ok(json!({"storage_configuration": {"status": "DEFAULT"}}));
    }
    if method != Method::POST {
        return Err(GraphError::unknown_object(method.as_str(), id));
    }
    if edge.is_empty() {
        verify_callback(context, params).await?;
    }
    let mut account = context.world.account_mut();
    let number = account
        .number_mut(id)
        .ok_or_else(|| GraphError::unknown_object("post", id))?;
    match edge {
        "" => configure(number, params)?,
        "register" => register(number, params)?,
        "deregister" => number.set("status", json!("DISCONNECTED")),
        "request_code" => request_code(number, params)?,
        "verify_code" => verify_code(number, params)?,
        "settings" => {}
        _ => return Err(GraphError::unknown_object("post", &format!("{id}/{edge}"))),
    }
    Ok(json!({"success": true}))
}

fn show(account: &Account, number: &PhoneNumber, wanted: Option<&[String]>) -> Answer {
    let mut node: Map<String, Value> = number.fields.clone();
    if wanted.is_some_and(|names| names.iter().any(|name| name == "health_status"))
        && !node.contains_key("health_status")
    {
        node.insert(
            "health_status".to_owned(),
            health::of_number(account, number),
        );
    }
    fields::choose(&node, wanted, &USUAL, &KNOWN, "WhatsAppBusinessPhoneNumber")
}

/// A webhook address proves itself before it is kept.
async fn verify_callback(context: &Context<'_>, params: &Params) -> Result<(), GraphError> {
    let webhook = params.json("webhook_configuration").unwrap_or_default();
    let url = webhook["override_callback_uri"]
        .as_str()
        .unwrap_or_default();
    if url.is_empty() {
        return Ok(());
    }
    let verify_token = webhook["verify_token"].as_str();
    let verify_token = verify_token
        .ok_or_else(|| GraphError::parameter("The parameter verify_token is required."))?;
    subscription::verify(context, url, verify_token).await
}

/// The number's own webhook address, or its two-step PIN.
fn configure(number: &mut PhoneNumber, params: &Params) -> Result<(), GraphError> {
    if let Some(pin) = params.text("pin") {
        number.pin = Some(valid_pin(pin)?);
        number.set("is_pin_enabled", json!(true));
    }
    if let Some(webhook) = params.json("webhook_configuration") {
        let url = webhook["override_callback_uri"]
            .as_str()
            .filter(|url| !url.is_empty());
        let shown = url.map_or_else(|| json!({}), |url| json!({"phone_number": url}));
        number.set("webhook_configuration", shown);
    }
    Ok(())
}

fn register(number: &mut PhoneNumber, params: &Params) -> Result<(), GraphError> {
    if params.text("messaging_product").as_deref() != Some("whatsapp") {
        return Err(GraphError::parameter(
            "The parameter messaging_product is required.",
        ));
    }
    let pin = valid_pin(params.required("pin")?)?;
    if number.text("code_verification_status") != "VERIFIED" {
        return Err(
            GraphError::coded(133_006).details("Verify the phone number before it is registered")
        );
    }
    if number.pin.as_ref().is_some_and(|known| *known != pin) {
        return Err(GraphError::coded(133_005)
            .details("The PIN is not the number's two-step verification PIN"));
    }
    number.pin = Some(pin);
    number.set("is_pin_enabled", json!(true));
    number.set("status", json!("CONNECTED"));
    Ok(())
}

fn request_code(number: &mut PhoneNumber, params: &Params) -> Result<(), GraphError> {
    let method = params.required("code_method")?;
    if !["SMS", "VOICE"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(&method))
    {
        return Err(GraphError::parameter(format!(
            "Param code_method must be one of {{SMS, VOICE}} - got \"{method}\"."
        )));
    }
    params.required("language")?;
    number.code_requested = true;
    Ok(())
}

fn verify_code(number: &mut PhoneNumber, params: &Params) -> Result<(), GraphError> {
    let code = params.required("code")?;
    if !number.code_requested || code.replace('-', "") != VERIFICATION_CODE {
        return Err(GraphError::coded(136_025).details("The code is not the one that was sent"));
    }
    number.code_requested = false;
    number.set("code_verification_status", json!("VERIFIED"));
    Ok(())
}

fn valid_pin(pin: String) -> Result<String, GraphError> {
    let is_pin = pin.len() == 6 && pin.bytes().all(|byte| byte.is_ascii_digit());
    if is_pin {
        Ok(pin)
    } else {
        Err(GraphError::parameter(
            "Param pin must be 6 characters long.",
        ))
    }
}
