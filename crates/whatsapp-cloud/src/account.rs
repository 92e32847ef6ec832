//! The business account and its phone numbers, as Meta describes them.

mod health;
mod phone;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

pub use health::{CanSend, HealthEntity, HealthProblem, HealthStatus};
pub use phone::{
    BusinessPhone, CodeVerificationStatus, NameStatus, PhoneStatus, PlatformType, QualityRating,
    Throughput, ThroughputLevel,
};

use crate::open_enum::open_enum;

/// A WhatsApp Business Account (WABA).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct BusinessAccount {
    /// Its id.
    pub id: String,
    /// Its name.
    #[serde(default)]
    pub name: Option<String>,
    /// The currency that it pays in: `USD`.
    #[serde(default)]
    pub currency: Option<String>,
    /// Meta's number of its time zone.
    #[serde(default, deserialize_with = "optional_id")]
    pub timezone_id: Option<String>,
    /// Whether Meta has accepted the account.
    #[serde(default)]
    pub account_review_status: Option<AccountReviewStatus>,
    /// Whether the business behind it is verified.
    #[serde(default)]
    pub business_verification_status: Option<VerificationStatus>,
    /// `SELF`, `CLIENT_OWNED`, ...
    #[serde(default)]
    pub ownership_type: Option<String>,
    /// Whether it can send, and why not: the best single diagnosis.
    #[serde(default)]
    pub health_status: Option<HealthStatus>,
}

open_enum!(
    /// Whether Meta has accepted an account.
    AccountReviewStatus { Approved = "APPROVED", Pending = "PENDING", Rejected = "REJECTED" }
);

open_enum!(
    /// Whether a business is verified.
    VerificationStatus {
        Verified = "verified",
        NotVerified = "not_verified",
        Pending = "pending",
        PendingNeedMoreInfo = "pending_need_more_info",
        PendingSubmission = "pending_submission",
        Rejected = "rejected",
        Failed = "failed",
        Expired = "expired",
        Revoked = "revoked",
    }
);

/// An id that Meta writes as a text in one place and as a number in another.
pub(crate) fn id_text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// For serde: an id that may be missing, null, a text or a number.
pub(crate) fn optional_id<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    Ok(id_text(Value::deserialize(deserializer)?))
}

/// For serde: ids that may be missing, null, texts or numbers.
pub(crate) fn ids<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let values = Option::<Vec<Value>>::deserialize(deserializer)?;
    Ok(values
        .unwrap_or_default()
        .into_iter()
        .filter_map(id_text)
        .collect())
}
