//! The faces for applications, which always want a key: whether they are served.

use std::time::Duration;

use super::{kind, reader::Section};

/// `/v1`: JSON, with problems as RFC 9457 has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NativeFaceSettings {
    /// Whether it is served.
    pub enabled: bool,
}

/// `/api/v1`: the "WhatsApp OTP System" and its WHMCS hooks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFaceSettings {
    /// Whether it is served.
    pub enabled: bool,
    /// How long its codes can be used.
    pub code_lifetime: Duration,
}

impl NativeFaceSettings {
    pub(super) fn read(face: &mut Section<'_, '_>) -> Self {
        Self {
            enabled: face.value(
                "enabled",
                kind::switch(),
                true,
                "Whether /v1 is served. It always wants a key: `otp-server key create` makes one.",
            ),
        }
    }
}

impl KeyFaceSettings {
    pub(super) fn read(face: &mut Section<'_, '_>) -> Self {
        Self {
            enabled: face.value(
                "enabled",
                kind::switch(),
                true,
                "Whether /api/v1 is served. It always wants a key: `otp-server key create` makes one.",
            ),
            code_lifetime: face.value(
                "code_lifetime_minutes",
                kind::minutes(1..=10),
                10,
                "Minutes that a code of this face can be used; OTP_EXPIRY_MINUTES sets it too.",
            ),
        }
    }
}
