//! The account: its own node, its numbers, its templates, its token and where its webhooks go.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::{Catalogue, PhoneNumber};
use crate::account::{APP_ID, BUSINESS_ID, DISPLAY_PHONE_NUMBER, PHONE_NUMBER_ID, WABA_ID};
use crate::config::SimulatorConfig;

/// The fields that an app is subscribed to when its webhook is given at the start.
const ALL_FIELDS: [&str; 9] = [
    "messages",
    "message_template_status_update",
    "message_template_quality_update",
    "account_update",
    "account_alerts",
    "phone_number_quality_update",
    "account_review_update",
    "security",
    "user_preferences",
];

/// A webhook address that was verified.
#[derive(Clone)]
pub(crate) struct Callback {
    pub(crate) url: String,
}

/// The app's own webhook and the fields it wants.
#[derive(Clone)]
pub(crate) struct AppCallback {
    pub(crate) url: String,
    pub(crate) fields: Vec<String>,
}

/// The system user's token.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) scopes: Vec<String>,
    /// Seconds since 1970; 0 is never.
    pub(crate) expires_at: u64,
}

/// Everything that belongs to the account.
pub(crate) struct Account {
    pub(crate) waba: Map<String, Value>,
    pub(crate) templates: Catalogue,
    pub(crate) token: Token,
    pub(crate) app_callback: Option<AppCallback>,
    /// Whether the app gets the account's webhooks.
    pub(crate) is_subscribed: bool,
    pub(crate) waba_override: Option<Callback>,
    numbers: Vec<PhoneNumber>,
    number_places: HashMap<String, usize>,
}

impl Account {
    pub(crate) fn starting(config: &SimulatorConfig) -> Account {
        let mut account = Account {
            waba: starting_waba(),
            templates: Catalogue::default(),
            token: Token {
                scopes: [
                    "business_management",
                    "whatsapp_business_management",
                    "whatsapp_business_messaging",
                ]
                .map(str::to_owned)
                .to_vec(),
                expires_at: 0,
            },
            app_callback: config.webhook_url.as_ref().map(|url| AppCallback {
                url: url.clone(),
                fields: ALL_FIELDS.map(str::to_owned).to_vec(),
            }),
            is_subscribed: config.webhook_url.is_some(),
            waba_override: None,
            numbers: Vec::new(),
            number_places: HashMap::new(),
        };
        account.add_number(PHONE_NUMBER_ID, DISPLAY_PHONE_NUMBER, "Lucky Shrub");
        account
    }

    pub(crate) fn numbers(&self) -> &[PhoneNumber] {
        &self.numbers
    }

    pub(crate) fn number(&self, id: &str) -> Option<&PhoneNumber> {
        self.numbers.get(*self.number_places.get(id)?)
    }

    pub(crate) fn number_mut(&mut self, id: &str) -> Option<&mut PhoneNumber> {
        self.numbers.get_mut(*self.number_places.get(id)?)
    }

    /// Adds a number, or replaces the one with this id.
    pub(crate) fn add_number(&mut self, id: &str, display_phone_number: &str, verified_name: &str) {
        let number = PhoneNumber::connected(id, display_phone_number, verified_name);
        if let Some(known) = self.number_mut(id) {
            *known = number;
            return;
        }
        self.number_places.insert(id.to_owned(), self.numbers.len());
        self.numbers.push(number);
    }

    /// Sets fields of the account or of a number; false when there is no such object.
    pub(crate) fn amend(&mut self, id: &str, fields: Map<String, Value>) -> bool {
        if id == WABA_ID {
            self.waba.extend(fields);
            return true;
        }
        self.number_mut(id)
            .map(|number| number.amend(fields))
            .is_some()
    }

    /// Where a webhook for `field` goes: the number's own address, the account's, or the app's.
    pub(crate) fn webhook_url(&self, field: &str, phone_number_id: Option<&str>) -> Option<&str> {
        let of_number = phone_number_id
            .and_then(|id| self.number(id))
            .and_then(|number| {
                number
                    .fields
                    .get("webhook_configuration")?
                    .get("phone_number")?
                    .as_str()
            });
        if of_number.is_some() {
            return of_number;
        }
        if !self.is_subscribed {
            return None;
        }
        let of_waba = self
            .waba_override
            .as_ref()
            .map(|callback| callback.url.as_str());
        let app = self.app_callback.as_ref();
        let of_app = app.filter(|app| app.fields.iter().any(|known| known == field));
        of_waba.or_else(|| of_app.map(|app| app.url.as_str()))
    }
}

fn starting_waba() -> Map<String, Value> {
    let fields = json!({
        "id": WABA_ID,
        "name": "Lucky Shrub",
        "currency": "USD",
        "timezone_id": "1",
        "country": "US",
        "account_review_status": "APPROVED",
        "business_verification_status": "verified",
        "ownership_type": "SELF",
        "status": "ACTIVE",
        "message_template_namespace": "ba30dd89_2ebd_41e4_b805_f2c05ae04cc9",
        "auth_international_rate_eligibility": {"start_time": null, "exception_countries": []},
        "owner_business_info": {"name": "Lucky Shrub", "id": BUSINESS_ID},
        "primary_funding_id": "7642973036012345",
        "owner_app": APP_ID
    });
    match fields {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}
