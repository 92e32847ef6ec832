//! A business phone number.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::phone;

/// One number of the account.
#[derive(Clone)]
pub(crate) struct PhoneNumber {
    pub(crate) id: Arc<str>,
    /// Its fields as Meta shows them.
    pub(crate) fields: Map<String, Value>,
    /// Whether it is registered for the Cloud API.
    pub(crate) is_connected: bool,
    /// Its digits.
    pub(crate) digits: String,
    /// Two-step verification, once it has been set.
    pub(crate) pin: Option<String>,
    /// Whether `request_code` came before.
    pub(crate) code_requested: bool,
}

impl PhoneNumber {
    pub(crate) fn connected(
        id: &str,
        display_phone_number: &str,
        verified_name: &str,
    ) -> PhoneNumber {
        let fields = json!({
            "id": id,
            "display_phone_number": display_phone_number,
            "verified_name": verified_name,
            "status": "CONNECTED",
            "quality_rating": "GREEN",
            "code_verification_status": "VERIFIED",
            "platform_type": "CLOUD_API",
            "throughput": {"level": "STANDARD"},
            "account_mode": "LIVE",
            "name_status": "APPROVED",
            "is_official_business_account": false,
            "is_pin_enabled": false,
            "whatsapp_business_manager_messaging_limit": "TIER_250",
            "webhook_configuration": {},
            "last_onboarded_time": "2026-01-05T09:00:00+0000"
        });
        let mut number = PhoneNumber {
            id: Arc::from(id),
            fields: Map::new(),
            is_connected: true,
            digits: String::new(),
            pin: None,
            code_requested: false,
        };
        if let Value::Object(fields) = fields {
            number.amend(fields);
        }
        number
    }

    pub(crate) fn amend(&mut self, fields: Map<String, Value>) {
        self.fields.extend(fields);
        self.is_connected = self.text("status") == "CONNECTED";
        self.digits = phone::digits(self.text("display_phone_number"));
    }

    pub(crate) fn set(&mut self, field: &str, value: Value) {
        self.amend(Map::from_iter([(field.to_owned(), value)]));
    }

    pub(crate) fn text(&self, field: &str) -> &str {
        self.fields
            .get(field)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }
}
