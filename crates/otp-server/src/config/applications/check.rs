//! What the settings of an application must agree on with each other, and with those for all.

use std::time::Duration;

use otp_core::{Timestamp, Workflow};

use super::super::setting::{ConfigError, Notes};
use super::super::{Config, agreement};
use super::{ApplicationSettings, HINT, SECTION, receipts, workflow};

/// Shorter ones are no secrets.
const CALLBACK_SECRET_MIN: usize = 24;
/// To the end of the ninetieth day.
const TEST_RECIPIENT_MAX: Duration = Duration::from_hours(91 * 24);

impl Config {
    /// Whether these settings, for an application of this name, fit this configuration.
    pub fn check_application(
        &self,
        name: &str,
        settings: &ApplicationSettings,
    ) -> Result<(), ConfigError> {
        let mut notes = Notes::default();
        check(self, name, settings, &mut notes);
        without_problems(name, notes)
    }
}

/// When an application's dates are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dates {
    /// When it is made: none may have passed.
    New,
    /// At each start.
    Known,
}

impl ApplicationSettings {
    /// Whether its test recipients are some only for a while.
    pub fn check_dates(&self, name: &str, dates: Dates, now: Timestamp) -> Result<(), ConfigError> {
        let mut notes = Notes::default();
        let place = format!("{SECTION}.{name}.test_recipients");
        for (recipient, number) in self.test_recipients.iter().zip(1..) {
            if recipient.until > now.plus(TEST_RECIPIENT_MAX) {
                notes.problem(
                    &place,
                    format!("item {number} is one for more than 90 days"),
                    "choose an earlier date; it can be set anew then",
                );
            }
            if dates == Dates::New && recipient.until <= now {
                let wrong = format!("item {number} has a date that has passed");
                notes.problem(&place, wrong, "choose a later date");
            }
        }
        without_problems(name, notes)
    }
}

fn without_problems(name: &str, notes: Notes) -> Result<(), ConfigError> {
    if notes.problems.is_empty() {
        return Ok(());
    }
    Err(ConfigError {
        source: format!("the settings of application {name:?}"),
        problems: notes.problems,
        hint: HINT.to_owned(),
    })
}

pub(in super::super) fn check(
    config: &Config,
    name: &str,
    settings: &ApplicationSettings,
    notes: &mut Notes,
) {
    let place = |leaf: &str| format!("{SECTION}.{name}.{leaf}");
    check_odds(config, settings, notes, &place);
    if settings.budget_per_day.is_some() && config.budget.whatsapp_price_elsewhere.is_none() {
        notes.problem(
            place("budget_per_day"),
            "needs budget.whatsapp_prices with a default: messages to some countries would cost nothing, and no budget would stop them",
            "write for instance whatsapp_prices = { default = 0.08, US = 0.0135 } below [budget]",
        );
    }
    for step in settings.workflow.iter().flat_map(Workflow::steps) {
        if let Some((wrong, hint)) = workflow::obstacle(config, step.channel) {
            notes.problem(place("workflow"), wrong, hint);
        }
    }
    if let Some(workflow) = &settings.workflow {
        receipts::warn_of_deaf_steps(config, &place("workflow"), workflow, notes);
    }
    check_callback(config, settings, notes, &place);
    let length = settings.code_length.unwrap_or(config.code.length);
    for (recipient, number) in settings.test_recipients.iter().zip(1..) {
        if recipient.code.reveal().len() != usize::from(length) {
            notes.problem(
                place("test_recipients"),
                format!("item {number} has a code of another length than {length} digits, which codes have here"),
                "change the code, or code_length",
            );
        }
    }
}

fn check_callback(
    config: &Config,
    settings: &ApplicationSettings,
    notes: &mut Notes,
    place: &impl Fn(&str) -> String,
) {
    let (secret, previous) = (
        &settings.callback_secret,
        &settings.callback_secret_previous,
    );
    match (&settings.callback_url, secret) {
        (Some(_), None) => notes.problem(
            place("callback_url"),
            "has no secret that its calls are signed with",
            "set callback_secret or callback_secret_file, too",
        ),
        (None, Some(_)) => notes.problem(
            place("callback_secret"),
            "signs nothing without callback_url",
            "set callback_url, or leave it out",
        ),
        _ => {}
    }
    if previous.is_some() && secret.is_none() {
        notes.problem(
            place("callback_secret_previous"),
            "signs nothing without callback_secret",
            "set callback_secret, or leave it out",
        );
    }
    for (leaf, secret) in [
        ("callback_secret", secret),
        ("callback_secret_previous", previous),
    ] {
        let length = secret.as_ref().map(|secret| secret.reveal().len());
        if length.is_some_and(|length| length < CALLBACK_SECRET_MIN) {
            notes.problem(
                place(leaf),
                format!("has fewer than {CALLBACK_SECRET_MIN} characters"),
                "make one with `openssl rand -base64 32`",
            );
        }
    }
    let networks = &config.callbacks.options.networks;
    let url = settings.callback_url.as_ref();
    if let Some(ip) = url.and_then(|url| url.forbidden_by(networks)) {
        notes.problem(
            place("callback_url"),
            format!("leads to {ip}, which is not called"),
            "use an address of the public internet, or add this one to callbacks.allow_private_networks",
        );
    }
}

/// Said of what is set here; of what is set for all, it is said there.
fn check_odds(
    config: &Config,
    settings: &ApplicationSettings,
    notes: &mut Notes,
    place: &impl Fn(&str) -> String,
) {
    let own = (settings.code_length, settings.limits.failed_checks_per_day);
    if own == (None, None) {
        return;
    }
    agreement::check_odds(
        own.0.unwrap_or(config.code.length),
        own.1.unwrap_or(config.limits.failed_checks_per_day),
        notes,
        &place("failed_checks_per_day"),
    );
}
