//! What settings must agree on with each other, once each is fine by itself.

use super::{Access, ApiVersion, CodeSettings, Config, StoreKind, applications, setting::Notes};
use crate::channel::text::Encoding;

/// Odds of guessing one phone's code in a day: at most one in this many.
const DAILY_ODDS: u64 = 10_000;

pub(super) fn check(config: &Config, notes: &mut Notes) {
    check_odds(
        config.code.length,
        config.limits.failed_checks_per_day,
        notes,
        "limits.failed_checks_per_day",
    );
    for (name, settings) in &config.applications {
        applications::check(config, name, settings, notes);
    }
    check_times(config, notes);
    check_access(config, notes);
    check_dispatch_face(config, notes);
    check_upstream(config, notes);
    check_whmcs(config, notes);
    check_ways(config, notes);
    if config.metrics.listen == Some(config.listen) && config.listen.port() != 0 {
        notes.problem(
            "metrics.listen",
            "is the address that the server itself listens on",
            "choose another port, or leave it out",
        );
    }
    if let StoreKind::Redis(options) = &config.store.kind
        && options.tells_password_in_the_clear()
    {
        notes.warn("the password of redis crosses the network in the clear: use rediss:// (TLS)");
    }
    if config.store.kind == StoreKind::Memory {
        notes
            .warn("store.kind is memory: every code and every count is lost when the process ends");
    }
}

/// A day of guessing at codes of this length.
pub(super) fn check_odds(length: u8, checks_per_day: u32, notes: &mut Notes, place: &str) {
    let codes = 10_u64.pow(u32::from(length));
    let most = codes / DAILY_ODDS;
    if u64::from(checks_per_day) > most {
        notes.problem(
            place,
            format!(
                "{checks_per_day} guesses a day at codes of {length} digits succeed more often than once in {DAILY_ODDS} days",
            ),
            format!("lower it to at most {most}, or raise code_length"),
        );
    }
}

fn check_times(config: &Config, notes: &mut Notes) {
    let (http, graph) = (&config.http, &config.graph);
    if http.request_timeout <= graph.deadline {
        notes.problem(
            "http.request_timeout_seconds",
            format!(
                "{} is not more than graph.deadline_seconds, {}: requests would be cut while Meta still answers",
                http.request_timeout.as_secs(),
                graph.deadline.as_secs()
            ),
            "raise it, or lower graph.deadline_seconds",
        );
    }
    if graph.connect_timeout > graph.deadline {
        notes.problem(
            "graph.connect_timeout_seconds",
            format!(
                "{} is more than graph.deadline_seconds, {}, which it is part of",
                graph.connect_timeout.as_secs(),
                graph.deadline.as_secs()
            ),
            "lower it, or raise graph.deadline_seconds",
        );
    }
    if http.shutdown_timeout < http.request_timeout {
        notes.problem(
            "http.shutdown_timeout_seconds",
            format!(
                "{} is less than http.request_timeout_seconds, {}: a stop would cut requests",
                http.shutdown_timeout.as_secs(),
                http.request_timeout.as_secs()
            ),
            "raise it, or lower http.request_timeout_seconds",
        );
    }
}

fn check_dispatch_face(config: &Config, notes: &mut Notes) {
    let (face, address) = (&config.dispatch_face, config.listen.ip());
    if !face.enabled {
        return;
    }
    if config.sample_face.enabled && face.is_where_the_sample_face_is() {
        notes.problem(
            "dispatch_face.prefix",
            "begins with /otp, where the sample face is",
            "set sample_face.enabled = false, or choose another prefix",
        );
    }
    if face.access == Access::Open && !address.to_canonical().is_loopback() {
        notes.warn(format!(
            "dispatch_face.open is true and {address} can be reached from other machines: anyone can send messages at your cost"
        ));
    }
}

fn check_access(config: &Config, notes: &mut Notes) {
    let address = config.listen.ip();
    if !config.sample_face.enabled || address.to_canonical().is_loopback() {
        return;
    }
    match config.sample_face.access {
        Access::Keys(_) => {}
        Access::Loopback => notes.warn(format!(
            "{address} can be reached from other machines, so the sample face wants a key: make one with `otp-server key create`, \
             or set sample_face.open = true to serve everyone"
        )),
        Access::Open => notes.warn(format!(
            "sample_face.open is true and {address} can be reached from other machines: anyone can send messages at your cost"
        )),
    }
}

/// Ways beside WhatsApp's template: what they wait, and what their text messages cost.
fn check_ways(config: &Config, notes: &mut Notes) {
    let deadlines = [
        (
            "vonage",
            config.vonage.as_ref().map(|it| it.options.http.deadline),
        ),
        (
            "twilio",
            config.twilio.as_ref().map(|it| it.options.http.deadline),
        ),
        ("smtp", config.smtp.as_ref().map(|it| it.deadline)),
        (
            "gateway",
            config.gateway.as_ref().map(|it| it.http.deadline),
        ),
    ];
    for (section, deadline) in deadlines {
        if deadline.is_some_and(|deadline| config.http.request_timeout <= deadline) {
            notes.problem(
                format!("{section}.deadline_seconds"),
                "is not less than http.request_timeout_seconds: requests would be cut while the provider still answers",
                "lower it, or raise http.request_timeout_seconds",
            );
        }
    }
    let twilio = config.twilio.as_ref();
    if twilio.is_some_and(|it| it.auth_token.is_none() && it.options.status_callback.is_some()) {
        notes.warn(
            "twilio.status_callback is set and twilio.auth_token is not: what Twilio tells cannot be checked, and is refused",
        );
    }
    if !config.sends_by_vonage_sms() && config.twilio.is_none() && config.gateway.is_none() {
        return;
    }
    let CodeSettings {
        length, lifetime, ..
    } = config.code;
    for (language, size) in config.texts.sms_sizes(length.into(), lifetime) {
        if size.parts > 1 {
            notes.warn(format!(
                "texts.sms: the text in {language} takes {} messages, and each is paid for; {}",
                size.parts,
                match size.encoding {
                    Encoding::Gsm7 => "one has 160 letters",
                    Encoding::Ucs2 => "one has 70 letters, because of letters beyond GSM-7",
                }
            ));
        }
    }
}

fn check_upstream(config: &Config, notes: &mut Notes) {
    let version = config.graph.api_version;
    if version < ApiVersion::LASTING {
        notes.warn(format!(
            "api_version is {version}: v21.0 ends 2027-01-21, and older versions before it; use {} or newer",
            ApiVersion::LASTING
        ));
    }
    if config.graph.crosses_networks_in_the_clear() {
        notes.problem(
            "graph_url",
            "is http:// to another machine, so the access token and every code would cross the network in the clear",
            "use https://; http:// is for a simulator on this machine",
        );
    }
}

fn check_whmcs(config: &Config, notes: &mut Notes) {
    let Some(api) = &config.whmcs.api else {
        return;
    };
    let request_timeout = config.http.request_timeout;
    if api.time_out >= request_timeout {
        notes.problem(
            "whmcs.time_out_seconds",
            format!(
                "{} is not less than http.request_timeout_seconds, {}: requests would be cut while WHMCS still answers",
                api.time_out.as_secs(),
                request_timeout.as_secs()
            ),
            "lower it, or raise http.request_timeout_seconds",
        );
    }
    if config.whmcs.invoice_template.is_none() {
        notes.warn(
            "whmcs.url is set and whmcs.invoice_template is not: no notice of an invoice is sent",
        );
    }
}
