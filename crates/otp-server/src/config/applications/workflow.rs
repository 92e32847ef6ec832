//! How an application's workflow is written: which channels, how long each has, and how far it must get.

use std::time::Duration;

use otp_core::{ChannelKind, Failure, Until, Workflow, WorkflowStep};
use toml::{Table, Value};

use super::super::Config;
use super::super::kind::{Kind, name_of};

/// What a step waits that does not say.
const WAIT: Duration = Duration::from_mins(1);
const KEYS: [&str; 4] = ["channel", "wait_seconds", "until", "fail_fast_on"];

/// A list of channels, each by its name or with what is awaited of it.
pub(super) fn workflow() -> Kind<Workflow> {
    let names = ChannelKind::ALL.map(|kind| format!("{:?}", kind.name()));
    Kind {
        allowed: format!(
            "a list of 1 to {}, each the name of a channel ({}), or such as {{ channel = \"whatsapp\", wait_seconds = 60, \
             until = \"delivered\", fail_fast_on = [\"undeliverable\"] }}",
            Workflow::STEPS_MAX,
            names.join(", ")
        ),
        convert: Box::new(|value| {
            let items = value
                .as_array()
                .ok_or_else(|| format!("is {}, not a list", name_of(value)))?;
            let steps = items
                .iter()
                .zip(1..)
                .map(|(item, number)| step(item).map_err(|wrong| format!("item {number} {wrong}")));
            let steps: Vec<WorkflowStep> = steps.collect::<Result<_, _>>()?;
            let doubled = steps.iter().enumerate().find(|(number, step)| {
                let before = steps.iter().take(*number);
                before
                    .into_iter()
                    .any(|other| other.channel == step.channel)
            });
            if let Some((_, step)) = doubled {
                return Err(format!("names {:?} twice", step.channel.name()));
            }
            Workflow::new(steps).map_err(|wrong| format!("is none: {wrong}"))
        }),
    }
}

fn step(item: &Value) -> Result<WorkflowStep, String> {
    match item {
        Value::String(name) => Ok(WorkflowStep::new(channel(name)?, WAIT, Until::Delivered)),
        Value::Table(table) => step_of(table),
        other => Err(format!("is {}, not a text or a table", name_of(other))),
    }
}

fn step_of(table: &Table) -> Result<WorkflowStep, String> {
    if table.keys().any(|key| !KEYS.contains(&key.as_str())) {
        return Err(format!("has a key that is none of {}", KEYS.join(", ")));
    }
    let name = table.get("channel").and_then(Value::as_str);
    let channel = channel(name.ok_or("has no channel in quotes")?)?;
    let wait = match table.get("wait_seconds") {
        None => WAIT,
        Some(value) => {
            let secs = value.as_integer().and_then(|secs| u64::try_from(secs).ok());
            Duration::from_secs(secs.ok_or("has wait_seconds that are no whole number")?)
        }
    };
    let until = match table.get("until") {
        None => Until::Delivered,
        Some(value) => match value.as_str() {
            Some("accepted") => Until::Accepted,
            Some("sent") => Until::Sent,
            Some("delivered") => Until::Delivered,
            Some("read") => Until::Read,
            _ => {
                return Err(
                    "has an until that is none of accepted, sent, delivered, read".to_owned(),
                );
            }
        },
    };
    let mut step = WorkflowStep::new(channel, wait, until);
    if let Some(value) = table.get("fail_fast_on") {
        step.fail_fast_on = reasons(value)?;
    }
    Ok(step)
}

fn channel(name: &str) -> Result<ChannelKind, String> {
    ChannelKind::named(name).ok_or_else(|| "is no channel".to_owned())
}

fn reasons(value: &Value) -> Result<Vec<Failure>, String> {
    let names = Failure::ALL.map(Failure::name).join(", ");
    let wrong = || format!("has fail_fast_on that is no list of {names}");
    let reason = |item: &Value| {
        let name = item.as_str()?;
        Failure::ALL
            .into_iter()
            .find(|failure| failure.name() == name)
    };
    let items = value.as_array().ok_or_else(wrong)?;
    let reasons: Option<Vec<Failure>> = items.iter().map(reason).collect();
    reasons.ok_or_else(wrong)
}

/// What keeps this channel from being a step here, with what to do.
pub(super) fn obstacle(config: &Config, kind: ChannelKind) -> Option<(String, String)> {
    let name = kind.name();
    let needs = |setting: &str| {
        let wrong = format!("names {name:?}, which is not configured");
        Some((wrong, format!("set {setting}, or leave {name:?} out")))
    };
    match kind {
        // Who wrote within a day Meta's webhooks tell.
        ChannelKind::WhatsAppText if config.graph.app_secret.is_none() => needs("graph.app_secret"),
        ChannelKind::Messenger if !config.sends_by_messenger() => needs("vonage.messenger_page_id"),
        ChannelKind::Email if config.smtp.is_none() => needs("smtp.host"),
        ChannelKind::VonageSms if !config.sends_by_vonage_sms() => needs("vonage.sms_from"),
        ChannelKind::TwilioSms if config.twilio.is_none() => needs("twilio.account_sid"),
        ChannelKind::Gateway if config.gateway.is_none() => needs("gateway.url"),
        ChannelKind::WhatsApp
        | ChannelKind::WhatsAppText
        | ChannelKind::Messenger
        | ChannelKind::Email
        | ChannelKind::VonageSms
        | ChannelKind::TwilioSms
        | ChannelKind::Gateway => None,
    }
}
