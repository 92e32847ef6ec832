//! Meta's own diagnosis of why messages can or cannot be sent.

use serde::Deserialize;

use crate::open_enum::open_enum;

/// Whether an object, and everything that it depends on, can send messages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct HealthStatus {
    /// The verdict over all entities.
    pub can_send_message: CanSend,
    /// Number, account, business, app and template, each with its own verdict.
    #[serde(default)]
    pub entities: Vec<HealthEntity>,
}

open_enum!(
    /// Whether messages can be sent.
    CanSend { Available = "AVAILABLE", Limited = "LIMITED", Blocked = "BLOCKED" }
);

/// One of the objects that a message depends on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct HealthEntity {
    /// `PHONE_NUMBER`, `WABA`, `BUSINESS`, `APP`, `MESSAGE_TEMPLATE`.
    pub entity_type: String,
    /// Its id.
    #[serde(default, deserialize_with = "super::optional_id")]
    pub id: Option<String>,
    /// Its verdict.
    pub can_send_message: CanSend,
    /// What blocks it.
    #[serde(default)]
    pub errors: Vec<HealthProblem>,
    /// What limits it.
    #[serde(default)]
    pub additional_info: Vec<String>,
}

/// Why an object cannot send, and what Meta says to do.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct HealthProblem {
    /// Meta's code, such as 141002.
    #[serde(default)]
    pub error_code: Option<i64>,
    /// What is wrong.
    #[serde(default)]
    pub error_description: String,
    /// What Meta says to do.
    #[serde(default)]
    pub possible_solution: Option<String>,
}
