//! The account's own node.

use actix_web::http::Method;

use super::error::GraphError;
use super::params::Params;
use super::{Answer, Context, fields, health};

const USUAL: [&str; 5] = [
    "id",
    "name",
    "currency",
    "timezone_id",
    "message_template_namespace",
];
const KNOWN: [&str; 12] = [
    "analytics",
    "country",
    "creation_time",
    "is_enabled_for_insights",
    "linked_commerce_account",
    "marketing_messages_lite_api_status",
    "on_behalf_of_business_info",
    "primary_business_location",
    "purchase_order_number",
    "schedules",
    "business_verification_status",
    "whatsapp_business_manager_messaging_limit",
];

/// `GET /{WABA}`.
pub(super) fn waba(context: &Context<'_>, params: &Params) -> Answer {
    if context.request.method() != Method::GET {
        return Err(GraphError::unknown_object(
            context.request.method().as_str(),
            crate::account::WABA_ID,
        ));
    }
    let account = context.world.account();
    let mut node = account.waba.clone();
    node.insert("health_status".to_owned(), health::of_waba(&account));
    fields::choose(
        &node,
        fields::wanted(params).as_deref(),
        &USUAL,
        &KNOWN,
        "WhatsAppBusinessAccount",
    )
}
