//! What an answer means: WHMCS says `result`, and only what is in front of it goes by HTTP alone.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny};

use super::{Misconfigured, NothingToSend, Outage, WhmcsError};

/// The longest message of WHMCS' that is passed on.
const MESSAGE_CHARS_MAX: usize = 200;
/// Credentials shorter than this are not worth hiding: their letters stand in every text.
const CREDENTIAL_LENGTH_MIN: usize = 4;
/// A run of this many digits may be a phone number.
const PHONE_DIGITS_MIN: usize = 7;

/// A whole answer.
pub(super) struct Answer<'a> {
    pub(super) http_status: u16,
    pub(super) body: Vec<u8>,
    /// Our credentials, which must not come back in an error.
    pub(super) ours: [&'a str; 2],
}

/// The part that all answers have.
#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    result: Text,
    #[serde(default)]
    message: Text,
}

impl Answer<'_> {
    /// The answer's fields if WHMCS did what it was asked. `unknown` is what "not found" means here.
    pub(super) fn read<T: for<'de> Deserialize<'de>>(
        &self,
        unknown: NothingToSend,
    ) -> Result<T, WhmcsError> {
        let http_status = self.http_status;
        match http_status {
            300..=399 => return Err(Misconfigured::Redirected { http_status }.into()),
            408 | 429 | 500.. => return Err(Outage::Busy { http_status }.into()),
            _ => {}
        }
        let head: Option<Head> = serde_json::from_slice(&self.body).ok();
        let result = head.as_ref().and_then(|head| head.result.as_str());
        match (http_status, result) {
            (200..=299, Some("success")) => {
                serde_json::from_slice(&self.body).map_err(|_| self.not_whmcs())
            }
            (_, Some("error")) => {
                let message = head.as_ref().and_then(|head| head.message.as_str());
                Err(self.refusal(message.unwrap_or_default(), unknown))
            }
            (401 | 403, _) => Err(self.refusal("", unknown)),
            _ => Err(self.not_whmcs()),
        }
    }

    /// The messages are those of WHMCS' API reference.
    fn refusal(&self, message: &str, unknown: NothingToSend) -> WhmcsError {
        let not_found = match unknown {
            NothingToSend::UnknownInvoice => "Invoice ID Not Found",
            _ => "Client Not Found",
        };
        if message.eq_ignore_ascii_case(not_found) {
            return unknown.into();
        }
        let message = match self.clean(message) {
            message if message.is_empty() => "no reason given".to_owned(),
            message => message,
        };
        Misconfigured::Refused {
            http_status: self.http_status,
            message,
        }
        .into()
    }

    fn not_whmcs(&self) -> WhmcsError {
        Misconfigured::NotWhmcs {
            http_status: self.http_status,
            bytes: self.body.len(),
        }
        .into()
    }

    /// One line of limited length, without our credentials and without what may be a phone number.
    fn clean(&self, message: &str) -> String {
        let mut message = message.to_owned();
        let ours = self.ours.iter();
        for credential in ours.filter(|text| text.len() >= CREDENTIAL_LENGTH_MIN) {
            message = message.replace(credential, "***");
        }
        let mut cleaned = String::new();
        for part in message.split_inclusive(|c: char| !c.is_ascii_digit()) {
            let digits = part.trim_end_matches(|c: char| !c.is_ascii_digit());
            if digits.len() >= PHONE_DIGITS_MIN {
                cleaned.push_str("***");
                cleaned.push_str(&part[digits.len()..]);
            } else {
                cleaned.push_str(part);
            }
        }
        one_line(&cleaned, MESSAGE_CHARS_MAX)
    }
}

/// The text on one line: no control characters, no white space but single spaces within.
pub(super) fn one_line(text: &str, chars_max: usize) -> String {
    let spaced: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let line: String = words.join(" ").chars().take(chars_max).collect();
    line.trim_end().to_owned()
}

/// A field as PHP sends it: text, or a number, depending on the version and on where it came from.
/// Anything else, such as the empty list that stands for nothing, is nothing.
#[derive(Default)]
pub(super) struct Text(Option<String>);

impl Text {
    /// The text without white space around it, unless it is empty.
    pub(super) fn as_str(&self) -> Option<&str> {
        let text = self.0.as_deref()?.trim();
        (!text.is_empty()).then_some(text)
    }

    /// The text as an id.
    pub(super) fn id(&self) -> Option<u64> {
        self.as_str()?.parse().ok()
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Loose {
            Text(String),
            Number(serde_json::Number),
            Other(IgnoredAny),
        }
        Ok(Self(match Loose::deserialize(deserializer)? {
            Loose::Text(text) => Some(text),
            Loose::Number(number) => Some(number.to_string()),
            Loose::Other(_) => None,
        }))
    }
}

/// It may be a phone number.
impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
