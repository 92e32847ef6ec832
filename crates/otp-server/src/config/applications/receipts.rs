//! What a workflow waits for, and nobody would tell: then every code goes more than one way.

use otp_core::{ChannelKind, Until, Workflow};

use super::super::Config;
use super::super::TwilioSettings;
use super::super::setting::Notes;

/// Warns of each step that cannot hear how far its message got while another step waits behind it.
pub(super) fn warn_of_deaf_steps(
    config: &Config,
    place: &str,
    workflow: &Workflow,
    notes: &mut Notes,
) {
    let steps = workflow.steps();
    for (step, next) in steps.iter().zip(steps.iter().skip(1)) {
        let awaited = match step.until {
            Until::Accepted => continue,
            Until::Sent => "sent",
            Until::Delivered => "delivered",
            Until::Read => "read",
        };
        if let Some((why, fix)) = deafness(config, step.channel) {
            notes.warn(format!(
                "{place}: waits until a message by {:?} is {awaited}, but {why}: every code would go by {:?} too; \
                 {fix}wait for \"accepted\"",
                step.channel.name(),
                next.channel.name(),
            ));
        }
    }
}

/// Why nothing is heard of a channel's messages, and what to do about it.
fn deafness(config: &Config, channel: ChannelKind) -> Option<(&'static str, &'static str)> {
    let graph = &config.graph;
    let vonage = config.vonage.as_ref();
    let twilio = config.twilio.as_ref();
    let hears = match channel {
        ChannelKind::WhatsApp | ChannelKind::WhatsAppText => {
            graph.app_secret.is_some() && graph.webhook_verify_token.is_some()
        }
        ChannelKind::Messenger | ChannelKind::VonageSms => {
            vonage.is_some_and(|vonage| vonage.signature_secret.is_some())
        }
        ChannelKind::TwilioSms => twilio.is_some_and(TwilioSettings::is_told),
        ChannelKind::Email | ChannelKind::Gateway => false,
    };
    if hears {
        return None;
    }
    Some(match channel {
        ChannelKind::WhatsApp | ChannelKind::WhatsAppText => (
            "Meta's webhook cannot arrive",
            "set graph.app_secret and graph.webhook_verify_token and connect the webhook (docs/whatsapp.md), or ",
        ),
        ChannelKind::Messenger | ChannelKind::VonageSms => (
            "Vonage's webhook cannot be checked",
            "set vonage.signature_secret and http.public_url, or ",
        ),
        ChannelKind::TwilioSms => (
            "Twilio's callback cannot arrive, or not be checked",
            "set twilio.auth_token and http.public_url, or ",
        ),
        ChannelKind::Email | ChannelKind::Gateway => ("nothing tells what became of it", ""),
    })
}
