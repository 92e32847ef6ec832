//! From Vonage's problem documents to what the caller should do.

use serde::Deserialize;

use crate::channel::cause::{own_code, quoted};
use crate::channel::exchange::{Answer, sorted_by_status};
use crate::channel::inbound::Word;
use crate::channel::{Cause, DeliveryError, ProviderAnswer, Secret};

/// A problem as RFC 7807 has it. Its `type` ends in `#` and Vonage's code.
#[derive(Deserialize, Default)]
struct Problem {
    #[serde(default)]
    r#type: String,
    #[serde(default)]
    title: Option<serde_json::Value>,
    #[serde(default)]
    detail: Option<String>,
    #[serde(default)]
    invalid_parameters: Vec<InvalidParameter>,
}

#[derive(Deserialize)]
struct InvalidParameter {
    #[serde(default)]
    name: String,
}

/// Codes that speak of the recipient, in "API Errors, Messages": not on the list of a trial
/// account (1160), no such number (1170, 1240), gone (1180, 1190), barred (1050), no way there
/// (1250, 1260, 1300), opted out (1370, 1430), not registered (1350).
const ABOUT_THE_RECIPIENT: [&str; 12] = [
    "1050", "1160", "1170", "1180", "1190", "1240", "1250", "1260", "1300", "1350", "1370", "1430",
];
/// Too much at once.
const THROTTLED: [&str; 2] = ["1000", "1241"];
/// Nothing of the account goes out: barred, or without money.
const ACCOUNT_STOPPED: [&str; 2] = ["1060", "1070"];

pub(super) fn sorted(answer: &Answer, code: &Secret) -> DeliveryError {
    let problem: Problem = answer.json().unwrap_or_default();
    let own = problem.r#type.rsplit_once('#').map_or("", |(_, own)| own);
    let title = problem.title.as_ref().and_then(serde_json::Value::as_str);
    let said = match (title, &problem.detail) {
        (Some(title), Some(detail)) => format!("{title}: {detail}"),
        (title, detail) => title.or(detail.as_deref()).unwrap_or_default().to_owned(),
    };
    let told = ProviderAnswer {
        provider: super::NAME,
        status: answer.status,
        code: own_code(own),
        said: quoted(&said, code),
        retry_after: answer.retry_after,
    };
    if answer.status != 422 {
        return sorted_by_status(told);
    }
    let names_recipient = problem.invalid_parameters.iter().any(|it| it.name == "to");
    let cause = Cause::Answer(told);
    if names_recipient {
        return DeliveryError::Undeliverable(cause);
    }
    match word(own) {
        Some(Word::Undeliverable) => DeliveryError::Undeliverable(cause),
        Some(Word::Throttled) => DeliveryError::Throttled(cause),
        Some(Word::ChannelDown) => DeliveryError::ChannelDown(cause),
        _ => DeliveryError::Rejected(cause),
    }
}

/// What a code says of a message; nothing for one that is not listed here.
pub(super) fn word(code: &str) -> Option<Word> {
    if ABOUT_THE_RECIPIENT.contains(&code) {
        Some(Word::Undeliverable)
    } else if THROTTLED.contains(&code) {
        Some(Word::Throttled)
    } else if ACCOUNT_STOPPED.contains(&code) {
        Some(Word::ChannelDown)
    } else {
        None
    }
}
