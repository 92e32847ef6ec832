//! The codes themselves: how long, how long-lived, how many tries.

use std::time::Duration;

use super::{kind, reader::Section};

/// What a code looks like and how it ends. In the file these keys stand above all sections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeSettings {
    /// Digits in a code, 4 to 10.
    pub length: u8,
    /// How long a code can be used, 1 to 10 minutes.
    pub lifetime: Duration,
    /// Wrong checks after which a code is dead, 1 to 5.
    pub max_verification_attempts: u8,
}

impl CodeSettings {
    pub(super) fn read(top: &mut Section<'_, '_>) -> Self {
        Self {
            length: top.value("code_length", kind::whole(4..=10), 6, "Digits in a code."),
            lifetime: top.value(
                "code_lifetime_minutes",
                kind::minutes(1..=10),
                5,
                "Minutes that a code can be used; a new code ends the old one at once.",
            ),
            max_verification_attempts: top.value(
                "max_verification_attempts",
                kind::whole(1..=5),
                3,
                "Wrong checks that end a code.",
            ),
        }
    }
}
