//! From Twilio's error codes to what the caller should do.

use serde::Deserialize;

use crate::channel::cause::quoted;
use crate::channel::exchange::{Answer, sorted_by_status};
use crate::channel::{Cause, DeliveryError, ProviderAnswer, Secret};

#[derive(Deserialize, Default)]
struct Wire {
    #[serde(default)]
    code: Option<u32>,
    #[serde(default)]
    message: Option<String>,
}

/// What Twilio's "Error and Warning Dictionary" says of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Advice {
    /// This person cannot be reached so.
    UseAnotherWay,
    /// Too much at once.
    Wait,
    /// The account sends nothing.
    Stop,
    /// Our request or settings are at fault.
    Fix,
}

/// What to do about a code; `None` for one that is not listed here.
pub(super) fn advice(code: u32) -> Option<Advice> {
    Some(match code {
        // No number, not in a region that is allowed, not verified for a trial, opted out, no way
        // there, no mobile, a landline.
        21_211 | 21_214 | 21_217 | 21_408 | 21_608 | 21_610 | 21_612 | 21_614 | 21_635 |
        // Unreachable, blocked, unknown, a landline, filtered, unknown, too dear.
        30_003..=30_008 | 30_010 => Advice::UseAnotherWay,
        // Too many requests, queues that are full, daily caps of networks.
        14_107 | 20_429 | 21_611 | 30_001 | 30_022 | 30_023 => Advice::Wait,
        // Not let in, account suspended or not active, daily limit of the account, number not registered.
        10_001 | 20_003 | 20_005 | 20_006 | 30_002 | 30_034 | 63_038 | 90_010 => Advice::Stop,
        // Missing or wrong sender, body, callback or service.
        21_212 | 21_601..=21_607 | 21_609 | 21_616..=21_619 | 21_660 | 21_701..=21_705 => Advice::Fix,
        _ => return None,
    })
}

pub(super) fn sorted(answer: &Answer, secret: &Secret) -> DeliveryError {
    let wire: Wire = answer.json().unwrap_or_default();
    let told = ProviderAnswer {
        provider: super::NAME,
        status: answer.status,
        code: wire.code.map(|code| code.to_string()),
        said: wire.message.and_then(|text| quoted(&text, secret)),
        retry_after: answer.retry_after,
    };
    // Behind a status of their own fault, a code is no proof that nothing was sent.
    let advice = wire.code.filter(|_| answer.status < 500).and_then(advice);
    let Some(advice) = advice else {
        return sorted_by_status(told);
    };
    let cause = Cause::Answer(told);
    match advice {
        Advice::UseAnotherWay => DeliveryError::Undeliverable(cause),
        Advice::Wait => DeliveryError::Throttled(cause),
        Advice::Stop => DeliveryError::ChannelDown(cause),
        Advice::Fix => DeliveryError::Rejected(cause),
    }
}
