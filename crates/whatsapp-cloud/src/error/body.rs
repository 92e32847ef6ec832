//! Reading an error object out of an answer.

use serde::Deserialize;
use serde_json::Value;

use super::{Advice, Refusal};
use crate::redact::Redactor;

/// Texts longer than this are cut: an error is a line in a log, not a document.
const TEXT_CHARS_MAX: usize = 1000;

#[derive(Deserialize)]
struct Envelope {
    error: ErrorObject,
}

#[derive(Deserialize)]
struct ErrorObject {
    code: i64,
    #[serde(default)]
    message: Option<Value>,
    #[serde(default)]
    error_subcode: Option<Value>,
    #[serde(default)]
    error_data: Option<Value>,
    #[serde(default)]
    error_user_title: Option<Value>,
    #[serde(default)]
    error_user_msg: Option<Value>,
    #[serde(default)]
    fbtrace_id: Option<Value>,
}

/// The refusal in `body`, if there is an error object with a code; `None` for anything else.
pub(crate) fn refusal_from(
    body: &[u8],
    http_status: u16,
    regain_access_secs: Option<u64>,
    redactor: &Redactor<'_>,
) -> Option<Refusal> {
    let Envelope { error } = serde_json::from_slice(body).ok()?;
    let text = |value: Option<Value>| {
        let text = value?
            .as_str()
            .map(|text| redactor.clean(text, TEXT_CHARS_MAX))?;
        (!text.is_empty()).then_some(text)
    };
    let details = match error.error_data {
        Some(Value::Object(mut data)) => text(data.remove("details")),
        other => text(other),
    };
    Some(Refusal {
        code: error.code,
        subcode: error.error_subcode.and_then(|subcode| subcode.as_i64()),
        message: text(error.message).unwrap_or_default(),
        details,
        user_title: text(error.error_user_title),
        user_message: text(error.error_user_msg),
        http_status,
        fbtrace_id: text(error.fbtrace_id),
        advice: Advice::for_code(error.code).or_after(regain_access_secs),
    })
}
