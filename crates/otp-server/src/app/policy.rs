//! The rules' numbers, as configured.

use std::time::Duration;

use anyhow::{Context, Result};
use otp_core::{CodeLength, CodePolicy, GuessLimits, Policy, SendLimits, Window};

use crate::config::Config;

/// Room for a message's commit and its way back, beyond the Graph call's own deadline.
const DELIVERY_MARGIN: Duration = Duration::from_secs(5);

/// Reads the policy from the settings, and checks that its numbers agree.
pub(super) fn read(config: &Config) -> Result<Policy> {
    const HOUR: Duration = Duration::from_hours(1);
    const DAY: Duration = Duration::from_hours(24);
    let limits = &config.limits;
    let policy = Policy {
        code: CodePolicy {
            length: CodeLength::new(config.code.length)?,
            ..CodePolicy::default()
        },
        lifetime: config.code.lifetime,
        attempts_per_code: config.code.max_verification_attempts,
        sends: SendLimits {
            cooldown: limits.cooldown,
            windows: [
                Window::new(limits.sends_per_10_minutes, Duration::from_mins(10)),
                Window::new(limits.sends_per_hour, HOUR),
                Window::new(limits.sends_per_day, DAY),
            ],
            ..Policy::default().sends
        },
        guesses: GuessLimits {
            windows: [
                Window::new(limits.failed_checks_per_hour, HOUR),
                Window::new(limits.failed_checks_per_day, DAY),
            ],
            first_wait: limits.first_wait,
            ..Policy::default().guesses
        },
        deliver_within: config.graph.deadline + DELIVERY_MARGIN,
    };
    policy
        .validate()
        .context("the limits do not fit together")?;
    Ok(policy)
}
