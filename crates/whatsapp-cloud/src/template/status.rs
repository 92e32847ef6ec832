//! Where a template stands.

use crate::open_enum::open_enum;

open_enum!(
    /// A template's status, and the event of a webhook that reports it.
    TemplateStatus {
        Approved = "APPROVED",
        Pending = "PENDING",
        Rejected = "REJECTED",
        Paused = "PAUSED",
        Disabled = "DISABLED",
        InAppeal = "IN_APPEAL",
        LimitExceeded = "LIMIT_EXCEEDED",
        Flagged = "FLAGGED",
        Locked = "LOCKED",
        Reinstated = "REINSTATED",
        Deleted = "DELETED",
        PendingDeletion = "PENDING_DELETION",
        Archived = "ARCHIVED",
        Unarchived = "UNARCHIVED",
    }
);

impl TemplateStatus {
    /// Whether Meta takes messages with it: only an approved template can be sent.
    #[must_use]
    pub fn is_sendable(&self) -> bool {
        *self == Self::Approved
    }
}

open_enum!(
    /// What a template is for.
    TemplateCategory { Authentication = "AUTHENTICATION", Utility = "UTILITY", Marketing = "MARKETING" }
);
