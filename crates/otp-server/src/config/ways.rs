//! What the sections of ways to a person beside WhatsApp's template have in common.

use std::time::Duration;

use super::{
    Config, TwilioSettings, VonageSettings, kind, reader::Section, redis::read_authorities,
};
use crate::channel::vonage::VonageWay;
use crate::channel::{HttpOptions, ProviderSecret};

pub(super) const ADDRESS: &str =
    "https://, a host and perhaps a port; http:// to this machine only";

impl Config {
    /// Does Vonage send text messages for us?
    pub(super) fn sends_by_vonage_sms(&self) -> bool {
        let ways = self.vonage.iter().flat_map(|vonage| &vonage.ways);
        ways.into_iter()
            .any(|way| matches!(way, VonageWay::Sms { .. }))
    }

    /// Does Vonage write over Messenger for us?
    pub(super) fn sends_by_messenger(&self) -> bool {
        let ways = self.vonage.iter().flat_map(|vonage| &vonage.ways);
        ways.into_iter()
            .any(|way| matches!(way, VonageWay::Messenger { .. }))
    }

    /// What one message may take, whichever way it goes.
    #[must_use]
    pub fn longest_deadline(&self) -> Duration {
        let beside = [
            self.vonage.as_ref().map(|it| it.options.http.deadline),
            self.twilio.as_ref().map(|it| it.options.http.deadline),
            self.smtp.as_ref().map(|it| it.deadline),
            self.gateway.as_ref().map(|it| it.http.deadline),
        ];
        let longest = beside.into_iter().flatten().max().unwrap_or_default();
        longest.max(self.graph.deadline)
    }
}

/// Has providers tell below this server's public address what becomes of messages.
pub(super) fn tell_at(
    public_url: Option<&str>,
    vonage: &mut Option<VonageSettings>,
    twilio: &mut Option<TwilioSettings>,
) {
    let Some(public_url) = public_url else {
        return;
    };
    if let Some(vonage) = vonage {
        vonage.tell_at(public_url);
    }
    if let Some(twilio) = twilio {
        twilio.tell_at(public_url);
    }
}

/// Reads a secret that stands in the section or in a file of its own.
pub(super) fn secret(
    section: &mut Section<'_, '_>,
    inline: (&'static str, &'static str),
    file: (&'static str, &'static str),
) -> Option<ProviderSecret> {
    let text = section.text_or_file(inline, file);
    text.map(|text| ProviderSecret::new(&text))
}

/// Reads how long to wait for a provider.
pub(super) fn times(section: &mut Section<'_, '_>) -> (Duration, Duration) {
    let connect_timeout = section.value(
        "connect_timeout_seconds",
        kind::seconds(1..=30),
        3,
        "Seconds to connect.",
    );
    let deadline = section.value(
        "deadline_seconds",
        kind::seconds(1..=60),
        10,
        "Seconds for one message, from connecting to the last byte of the answer; less than http.request_timeout_seconds.",
    );
    if connect_timeout > deadline {
        section.problem(
            "connect_timeout_seconds",
            "is more than deadline_seconds, which it is part of",
            "lower it, or raise deadline_seconds",
        );
    }
    (connect_timeout, deadline)
}

/// Reads how to reach a provider that has a certificate of the public authorities.
pub(super) fn public_http(section: &mut Section<'_, '_>) -> HttpOptions {
    let (connect_timeout, deadline) = times(section);
    HttpOptions {
        connect_timeout,
        deadline,
        authorities: None,
    }
}

/// Reads the authorities of a server of one's own.
pub(super) fn authorities(section: &mut Section<'_, '_>) -> Option<Vec<u8>> {
    let path = section.optional_path(
        "ca_file",
        "The certificate authorities to trust, in PEM, instead of the public ones.",
    )?;
    read_authorities(&path)
        .map_err(|wrong| {
            let wrong = format!("{} {wrong}", path.display());
            section.problem("ca_file", wrong, "name a readable PEM file");
        })
        .ok()
}

/// Notes the settings of a way that is off for want of `missing`.
pub(super) fn no_use_without(
    section: &mut Section<'_, '_>,
    missing: &'static str,
    set: &[(&'static str, bool)],
) {
    for (leaf, _) in set.iter().filter(|(_, is_set)| *is_set) {
        section.problem(
            leaf,
            format!("is of no use without {missing}"),
            format!("set {missing} too, or leave this one out"),
        );
    }
}
