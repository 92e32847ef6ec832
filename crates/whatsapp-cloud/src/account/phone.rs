//! A business phone number.

use serde::Deserialize;

use super::HealthStatus;
use crate::open_enum::open_enum;

/// A phone number that an account sends from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct BusinessPhone {
    /// Its id: what `whatsapp-info.json` calls `phone_number_id`.
    pub id: String,
    /// As people read it: `+1 555-078-3881`.
    #[serde(default)]
    pub display_phone_number: String,
    /// The name that people see.
    #[serde(default)]
    pub verified_name: Option<String>,
    /// Whether it can be used; `CONNECTED` is wanted.
    #[serde(default)]
    pub status: Option<PhoneStatus>,
    /// What people think of its messages.
    #[serde(default)]
    pub quality_rating: Option<QualityRating>,
    /// Whether its owner has proved to own it.
    #[serde(default)]
    pub code_verification_status: Option<CodeVerificationStatus>,
    /// Which API serves it.
    #[serde(default)]
    pub platform_type: Option<PlatformType>,
    /// How many messages a second it takes.
    #[serde(default)]
    pub throughput: Option<Throughput>,
    /// `LIVE` or `SANDBOX`.
    #[serde(default)]
    pub account_mode: Option<String>,
    /// Whether its name was accepted.
    #[serde(default)]
    pub name_status: Option<NameStatus>,
    /// Whether it wears the official badge.
    #[serde(default)]
    pub is_official_business_account: Option<bool>,
    /// How many people a day it may write to first: `TIER_250`.
    #[serde(default)]
    pub whatsapp_business_manager_messaging_limit: Option<String>,
    /// Whether it can send, and why not.
    #[serde(default)]
    pub health_status: Option<HealthStatus>,
}

/// How many messages a second a number takes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Throughput {
    /// The level.
    pub level: ThroughputLevel,
}

open_enum!(
    /// Whether a number can be used.
    PhoneStatus {
        Connected = "CONNECTED",
        Pending = "PENDING",
        Offline = "OFFLINE",
        Disconnected = "DISCONNECTED",
        Unverified = "UNVERIFIED",
        Flagged = "FLAGGED",
        Restricted = "RESTRICTED",
        Banned = "BANNED",
        Deleted = "DELETED",
        Migrated = "MIGRATED",
        RateLimited = "RATE_LIMITED",
        Unknown = "UNKNOWN",
    }
);

open_enum!(
    /// What people think of a number's messages.
    QualityRating { Green = "GREEN", Yellow = "YELLOW", Red = "RED", NotAvailable = "NA", Unknown = "UNKNOWN" }
);

open_enum!(
    /// Whether a number's owner has proved to own it.
    CodeVerificationStatus {
        Verified = "VERIFIED",
        NotVerified = "NOT_VERIFIED",
        Unverified = "UNVERIFIED",
        Expired = "EXPIRED",
    }
);

open_enum!(
    /// Which API serves a number.
    PlatformType { CloudApi = "CLOUD_API", OnPremise = "ON_PREMISE", NotApplicable = "NOT_APPLICABLE" }
);

open_enum!(
    /// How many messages a second a number takes: 80 (standard) or 1000 (high).
    ThroughputLevel { Standard = "STANDARD", High = "HIGH", NotApplicable = "NOT_APPLICABLE" }
);

open_enum!(
    /// Whether a number's name was accepted.
    NameStatus {
        Approved = "APPROVED",
        AvailableWithoutReview = "AVAILABLE_WITHOUT_REVIEW",
        Declined = "DECLINED",
        Expired = "EXPIRED",
        PendingReview = "PENDING_REVIEW",
        None = "NONE",
    }
);
