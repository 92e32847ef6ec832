//! What happens to the account and its numbers.

use serde::Deserialize;
use serde_json::{Map, Value};

/// Something happened to the account: a restriction, a ban, a violation, ...
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct AccountUpdate {
    /// `ACCOUNT_RESTRICTION`, `DISABLED_UPDATE`, `ACCOUNT_VIOLATION`, ...
    pub event: String,
    /// Its particulars, which differ from event to event.
    #[serde(flatten)]
    pub particulars: Map<String, Value>,
}

/// Meta wants somebody to look at something.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccountAlert {
    /// `BUSINESS`, `PHONE_NUMBER`, ...
    pub entity_type: Option<String>,
    /// Of what.
    pub entity_id: Option<String>,
    /// `CRITICAL`, `WARNING`, `INFORMATIONAL`.
    pub severity: Option<String>,
    /// `ACTIVE`, `NONE`.
    pub status: Option<String>,
    /// What it is about.
    pub kind: Option<String>,
    /// In words.
    pub description: Option<String>,
}

/// A number's limits or quality changed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct NumberUpdate {
    /// The number as people read it.
    #[serde(default)]
    pub display_phone_number: Option<String>,
    /// `ONBOARDING`, `THROUGHPUT_UPGRADE`, ...
    pub event: String,
    /// What its limit is now: `TIER_2K`.
    #[serde(default)]
    pub current_limit: Option<String>,
    /// What its limit was.
    #[serde(default)]
    pub old_limit: Option<String>,
    /// How many people a day the business may write to first: `TIER_2K`.
    #[serde(default, rename = "max_daily_conversations_per_business")]
    pub messaging_limit: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct WireAlert {
    entity_type: Option<String>,
    #[serde(default, deserialize_with = "crate::account::optional_id")]
    entity_id: Option<String>,
    #[serde(default)]
    alert_info: AlertInfo,
}

#[derive(Deserialize, Default)]
struct AlertInfo {
    #[serde(rename = "alert_severity")]
    severity: Option<String>,
    #[serde(rename = "alert_status")]
    status: Option<String>,
    #[serde(rename = "alert_type")]
    kind: Option<String>,
    #[serde(rename = "alert_description")]
    description: Option<String>,
}

impl From<WireAlert> for AccountAlert {
    fn from(wire: WireAlert) -> Self {
        Self {
            entity_type: wire.entity_type,
            entity_id: wire.entity_id,
            severity: wire.alert_info.severity,
            status: wire.alert_info.status,
            kind: wire.alert_info.kind,
            description: wire.alert_info.description,
        }
    }
}
