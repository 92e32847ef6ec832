//! Ways to a person beside WhatsApp's template, each through its public face against a stand-in.

#![expect(
    clippy::unwrap_used,
    reason = "a harness that fails should end its test at once"
)]

mod configured;
pub(crate) mod desk;
mod failover;
mod gateway;
mod mail_server;
mod smtp;
mod twilio;
mod vonage;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use otp_core::{ChannelKind, PhoneNumber, Timestamp, VerificationId};
use otp_server::channel::breaker::{Breaker, BreakerSettings};
use otp_server::channel::text::Texts;
use otp_server::channel::{
    DeliveryError, Destination, EmailAddress, HttpOptions, Message, MessengerId, Secret,
};
use otp_server::clock::Clock;
use zeroize::Zeroizing;

const PHONE: &str = "+14155550123";
const PSID: &str = "8192836451";
const CODE: &str = "042719";

/// A message with every address, as these tests send it.
fn message() -> Message {
    message_to(Destination {
        phone: Some(PhoneNumber::parse(PHONE).unwrap()),
        messenger: Some(MessengerId::parse(PSID).unwrap()),
        email: Some(EmailAddress::parse("ann@example.org").unwrap()),
    })
}

fn message_to(to: Destination) -> Message {
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
