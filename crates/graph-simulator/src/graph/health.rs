//! `health_status`: whether a message can go out, and what is in its way.

use serde_json::{Value, json};

use crate::account::{APP_ID, BUSINESS_ID, WABA_ID};
use crate::world::{Account, PhoneNumber, Template};

/// The health of the account.
pub(super) fn of_waba(account: &Account) -> Value {
    account
        .waba
        .get("health_status")
        .cloned()
        .unwrap_or_else(|| summary(&account_entities(account)))
}

/// The health of a number, with the account's.
pub(super) fn of_number(account: &Account, number: &PhoneNumber) -> Value {
    let problem = (!number.is_connected).then(|| {
        json!({
            "error_code": 141_000,
            "error_description": "The phone number is not registered for the Cloud API.",
            "possible_solution": "Register the phone number, then send again.",
        })
    });
    let mut entities = vec![entity("PHONE_NUMBER", &number.id, problem)];
    entities.extend(account_entities(account));
    summary(&entities)
}

/// The health of a template, with the account's.
pub(super) fn of_template(account: &Account, template: &Template) -> Value {
    let problem = (!template.is_sendable()).then(|| {
        json!({
            "error_code": 141_002,
            "error_description": "Message templates can only be sent out if they are approved.",
            "possible_solution": "Wait for the approval, or use another template.",
        })
    });
    let mut entities = vec![entity(
        "MESSAGE_TEMPLATE",
        &template.id.to_string(),
        problem,
    )];
    entities.extend(account_entities(account));
    summary(&entities)
}

fn account_entities(account: &Account) -> Vec<Value> {
    let review = account
        .waba
        .get("account_review_status")
        .and_then(Value::as_str);
    let problem = (review != Some("APPROVED")).then(|| {
        json!({
            "error_code": 141_010,
            "error_description": "The WhatsApp Business Account is not approved.",
            "possible_solution": "Look at the account's review in the Business Manager.",
        })
    });
    vec![
        entity("WABA", WABA_ID, problem),
        entity("BUSINESS", BUSINESS_ID, None),
        entity("APP", APP_ID, None),
    ]
}

fn entity(kind: &str, id: &str, problem: Option<Value>) -> Value {
    let mut entity = json!({"entity_type": kind, "id": id, "can_send_message": "AVAILABLE"});
    if let Some(problem) = problem {
        entity["can_send_message"] = json!("BLOCKED");
        entity["errors"] = json!([problem]);
    }
    entity
}

fn summary(entities: &[Value]) -> Value {
    let is_blocked = entities
        .iter()
        .any(|entity| entity["can_send_message"] == "BLOCKED");
    json!({"can_send_message": if is_blocked { "BLOCKED" } else { "AVAILABLE" }, "entities": entities})
}
