//! The rules' numbers, as configured: for all applications, and for one.

use std::time::Duration;

use otp_core::{
    Cap, CodeLength, CodePolicy, Countries, GuessLimits, InvalidPolicy, Policy, Prices, SendLimits,
    SharedLimits, Window,
};

use crate::config::{ApplicationSettings, Config};

/// Room for a message's commit and its way back, beyond the Graph call's own deadline.
const DELIVERY_MARGIN: Duration = Duration::from_secs(5);

/// Reads the policy from the settings, and checks that its numbers agree.
pub(super) fn read(config: &Config, own: &ApplicationSettings) -> Result<Policy, InvalidPolicy> {
    const HOUR: Duration = Duration::from_hours(1);
    const DAY: Duration = Duration::from_hours(24);
    let (for_all, own_limits) = (&config.limits, &own.limits);
    let window =
        |own: Option<u32>, for_all: u32, length| Window::new(own.unwrap_or(for_all), length);
    let attempts = own.max_verification_attempts;
    let policy = Policy {
        code: CodePolicy {
            length: CodeLength::new(own.code_length.unwrap_or(config.code.length))?,
            ..CodePolicy::default()
        },
        lifetime: own.code_lifetime.unwrap_or(config.code.lifetime),
        attempts_per_code: attempts.unwrap_or(config.code.max_verification_attempts),
        sends: SendLimits {
            cooldown: own_limits.cooldown.unwrap_or(for_all.cooldown),
            windows: [
                window(
                    own_limits.sends_per_10_minutes,
                    for_all.sends_per_10_minutes,
                    Duration::from_mins(10),
                ),
                window(own_limits.sends_per_hour, for_all.sends_per_hour, HOUR),
                window(own_limits.sends_per_day, for_all.sends_per_day, DAY),
            ],
            ..Policy::default().sends
        },
        guesses: GuessLimits {
            windows: [
                window(
                    own_limits.failed_checks_per_hour,
                    for_all.failed_checks_per_hour,
                    HOUR,
                ),
                window(
                    own_limits.failed_checks_per_day,
                    for_all.failed_checks_per_day,
                    DAY,
                ),
            ],
            first_wait: own_limits.first_wait.unwrap_or(for_all.first_wait),
            ..Policy::default().guesses
        },
        reports: Policy::default().reports,
        workflow: own.workflow.clone().unwrap_or_default(),
        deliver_within: config.longest_deadline() + DELIVERY_MARGIN,
    };
    policy.validate()?;
    Ok(policy)
}

/// Reads the limits that many phones share.
pub(super) fn shared_limits(config: &Config, own: &ApplicationSettings) -> SharedLimits {
    let (limits, budget) = (&config.shared_limits, &config.budget);
    let per_hour = |limit: Option<u64>| limit.map(Cap::per_hour);
    let own_or = |own: Option<u64>, for_all: Option<u64>| match own {
        Some(0) => None,
        Some(limit) => Some(Cap::per_hour(limit)),
        None => per_hour(for_all),
    };
    SharedLimits {
        sends_per_address: per_hour(limits.sends_per_address_per_hour),
        sends_per_prefix: per_hour(limits.sends_per_prefix_per_hour),
        prefix_open_digits: limits.prefix_open_digits,
        sends_per_country: per_hour(limits.sends_per_country_per_hour),
        sends_per_application: own_or(
            own.total_sends_per_hour,
            limits.sends_per_application_per_hour,
        ),
        budget: budget.per_day.map(Cap::per_day),
        application_budget: own.budget_per_day.map(Cap::per_day),
        prices: Prices {
            by_country: budget.whatsapp_prices.clone(),
            elsewhere: budget.whatsapp_price_elsewhere.unwrap_or_default(),
        },
        failed_checks_per_address: per_hour(limits.failed_checks_per_address_per_hour),
        failed_checks_per_application: own_or(
            own.total_failed_checks_per_hour,
            limits.failed_checks_per_application_per_hour,
        ),
        countries: Countries {
            allow: config.countries.allow.clone(),
            deny: config.countries.deny.clone(),
        },
    }
}
