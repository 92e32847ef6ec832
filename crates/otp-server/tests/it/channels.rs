//! Ways to a person beside WhatsApp's template, each through its public face against a stand-in.

#![expect(
    clippy::unwrap_used,
    reason = "a harness that fails should end its test at once"
)]

mod addressed;
mod configured;
pub(crate) mod desk;
mod failover;
mod gateway;
mod mail_server;
mod smtp;
pub(crate) mod told;
pub(crate) mod twilio;
pub(crate) mod vonage;
mod vonage_webhooks;

pub(crate) use desk::Desk;
pub(crate) use failover::{code_at, with_gateway};

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use otp_core::{
    ChannelKind, EmailAddress, MessengerId, PhoneNumber, Recipient, Timestamp, VerificationId,
};
use otp_server::channel::breaker::{Breaker, BreakerSettings};
use otp_server::channel::text::Texts;
use otp_server::channel::{DeliveryError, HttpOptions, Message, Secret};
use otp_server::clock::Clock;
use zeroize::Zeroizing;

const PHONE: &str = "+14155550123";
const PSID: &str = "8192836451";
const CODE: &str = "042719";

/// A message with every address, as these tests send it.
fn message() -> Message {
    let everywhere = Recipient::new(
        Some(PhoneNumber::parse(PHONE).unwrap()),
        Some(MessengerId::parse(PSID).unwrap()),
        Some(EmailAddress::parse("ann@example.org").unwrap()),
    );
    message_to(everywhere.unwrap())
}

/// Somebody who has no phone.
fn on_messenger_only() -> Recipient {
    MessengerId::parse(PSID).unwrap().into()
}

fn message_to(to: Recipient) -> Message {
    Message {
        id: VerificationId::from_bytes([7; 32]),
        number: 1,
        channel: ChannelKind::WhatsApp,
        to,
        code: Secret::new(Zeroizing::new(CODE.to_owned())),
        languages: Vec::new(),
        templates: BTreeMap::new(),
        expires_in: Duration::from_mins(5),
    }
}

fn texts() -> Arc<Texts> {
    Arc::new(Texts::default())
}

/// A breaker, and the clock that it goes by.
fn breaker() -> (Arc<Breaker>, Clock) {
    let clock = Clock::manual(Timestamp::from_unix_ms(1_800_000_000_000));
    let breaker = Breaker::new(BreakerSettings::default(), clock.clone());
    (Arc::new(breaker), clock)
}

/// Long enough for a loaded machine.
fn patient() -> HttpOptions {
    HttpOptions {
        deadline: Duration::from_secs(20),
        ..HttpOptions::default()
    }
}

/// So short that an answer that is held back comes too late.
fn hasty() -> HttpOptions {
    HttpOptions {
        deadline: Duration::from_millis(600),
        ..HttpOptions::default()
    }
}

/// What the caller should do about an error, in a word.
fn advice(error: &DeliveryError) -> &'static str {
    match error {
        DeliveryError::Undeliverable(_) => "undeliverable",
        DeliveryError::Throttled(_) => "throttled",
        DeliveryError::ChannelDown(_) => "channel down",
        DeliveryError::Rejected(_) => "rejected",
        DeliveryError::OptedOut(_) => "opted out",
        DeliveryError::Uncertain(_) => "uncertain",
    }
}

/// No code, no number, no address in what would be logged.
#[track_caller]
fn is_fit_for_a_log(error: &DeliveryError) {
    for said in [error.to_string(), format!("{error:?}")] {
        for secret in [CODE, "4155550123", PSID, "ann@", "gone@"] {
            assert!(!said.contains(secret), "{said}");
        }
    }
}
