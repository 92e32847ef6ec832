//! The audit trail: whether there is one.

use super::{kind, reader::Section};

/// What became of each verification, in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditSettings {
    /// Whether it is written.
    pub enabled: bool,
}

impl AuditSettings {
    pub(super) fn read(audit: &mut Section<'_, '_>) -> Self {
        Self {
            enabled: audit.value(
                "enabled",
                kind::switch(),
                false,
                "Whether each step of a verification's life leaves a line in the log, target otp_server::audit, level info (log.filter must let it through). Servers on one store share the trail: give all of them the same setting.",
            ),
        }
    }
}
