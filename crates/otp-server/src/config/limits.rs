//! What one phone may cost: sends, failed checks, and the waits between them.

use std::time::Duration;

use super::{kind, reader::Section};

/// Limits per phone. They hold across codes: a new code gives nothing back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitSettings {
    /// Least time between two sends.
    pub cooldown: Duration,
    /// Sends in any 10 minutes.
    pub sends_per_10_minutes: u32,
    /// Sends in any hour.
    pub sends_per_hour: u32,
    /// Sends in any day.
    pub sends_per_day: u32,
    /// Failed checks in any hour; a successful check clears the count.
    pub failed_checks_per_hour: u32,
    /// Failed checks in any day; a successful check clears the count.
    pub failed_checks_per_day: u32,
    /// The wait after three failed checks; it doubles with each further one.
    pub first_wait: Duration,
}

impl LimitSettings {
    pub(super) fn read(limits: &mut Section<'_, '_>) -> Self {
        let sends = || kind::whole(1..=100);
        let checks = || kind::whole(1..=100);
        Self {
            cooldown: limits.value(
                "cooldown_seconds",
                kind::seconds(1..=3600),
                60,
                "Seconds between two sends to one phone.",
            ),
            sends_per_10_minutes: limits.value(
                "sends_per_10_minutes",
                sends(),
                5,
                "Sends to one phone in any 10 minutes.",
            ),
            sends_per_hour: limits.value(
                "sends_per_hour",
                sends(),
                5,
                "Sends to one phone in any hour.",
            ),
            sends_per_day: limits.value(
                "sends_per_day",
                sends(),
                10,
                "Sends to one phone in any day.",
            ),
            failed_checks_per_hour: limits.value(
                "failed_checks_per_hour",
                checks(),
                5,
                "Failed checks of one phone in any hour, across all its codes; the right code clears the count.",
            ),
            failed_checks_per_day: limits.value(
                "failed_checks_per_day",
                checks(),
                10,
                "Failed checks of one phone in any day. Times 10,000 it may not exceed the number of codes (10 to the power of code_length), so that a day of guessing succeeds less than once in 10,000.",
            ),
            first_wait: limits.value(
                "first_wait_seconds",
                kind::seconds(1..=600),
                30,
                "Seconds to wait for the next check after three failed ones; the wait doubles with each further failure.",
            ),
        }
    }
}
