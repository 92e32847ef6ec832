//! The rules' numbers, as configured.

use std::time::Duration;

use otp_core::{
    Cap, CodeLength, CodePolicy, Countries, GuessLimits, InvalidPolicy, Policy, Prices, SendLimits,
    SharedLimits, Window, Workflow,
};

use crate::config::Config;

/// Room for a message's commit and its way back, beyond the Graph call's own deadline.
const DELIVERY_MARGIN: Duration = Duration::from_secs(5);

/// Reads the policy from the settings, and checks that its numbers agree.
pub(super) fn read(config: &Config) -> Result<Policy, InvalidPolicy> {
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
        workflow: Workflow::default(),
        deliver_within: config.graph.deadline + DELIVERY_MARGIN,
    };
    policy.validate()?;
    Ok(policy)
}

/// Reads the limits that many phones share.
pub(super) fn shared_limits(config: &Config) -> SharedLimits {
    let (limits, budget) = (&config.shared_limits, &config.budget);
    let per_hour = |limit: Option<u64>| limit.map(Cap::per_hour);
    SharedLimits {
        sends_per_address: per_hour(limits.sends_per_address_per_hour),
        sends_per_prefix: per_hour(limits.sends_per_prefix_per_hour),
        prefix_open_digits: limits.prefix_open_digits,
        sends_per_country: per_hour(limits.sends_per_country_per_hour),
        sends_per_application: per_hour(limits.sends_per_application_per_hour),
        budget: budget.per_day.map(Cap::per_day),
        prices: Prices {
            by_country: budget.whatsapp_prices.clone(),
            elsewhere: budget.whatsapp_price_elsewhere.unwrap_or_default(),
        },
        failed_checks_per_address: per_hour(limits.failed_checks_per_address_per_hour),
        failed_checks_per_application: per_hour(limits.failed_checks_per_application_per_hour),
        countries: Countries {
            allow: config.countries.allow.clone(),
            deny: config.countries.deny.clone(),
        },
    }
}
