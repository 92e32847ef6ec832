//! What each field may hold. Every error says what is allowed, and repeats nothing.

use std::net::IpAddr;
use std::time::Duration;

use otp_core::{CodeLength, EmailAddress, LIFETIME_MAX, PhoneNumber, Recipient, VerificationId};
use serde_json::{Map, Value};

/// Longest phone number as somebody types it.
const PHONE_CHARS_MAX: usize = 64;
/// Notes that an application may leave with a verification.
pub(super) const NOTES_MAX: usize = 8;
pub(super) const NOTE_NAME_CHARS_MAX: usize = 40;
pub(super) const NOTE_CHARS_MAX: usize = 200;
const TTL_SECS_MIN: u64 = 30;
const CODE_LENGTH_MAX: u8 = 10;
const LOCALE_CHARS_MAX: usize = 35;
/// The channels there are.
const CHANNELS: [&str; 1] = ["whatsapp"];

type Read<T> = Result<T, String>;

/// A phone number, or with an @ in it an e-mail address.
pub(super) fn recipient(value: &Value) -> Read<Recipient> {
    if value.as_str().is_some_and(|text| text.contains('@')) {
        let address = EmailAddress::parse(text(value, EmailAddress::BYTES_MAX)?);
        return address
            .map(Recipient::from)
            .map_err(|error| format!("is not an e-mail address: {error}"));
    }
    let phone = PhoneNumber::parse(text(value, PHONE_CHARS_MAX)?);
    phone
        .map(Recipient::from)
        .map_err(|error| format!("is not a phone number: {error}; write it as +14155550123"))
}

/// A text without control characters, of 1 to `chars_max` characters.
pub(super) fn label(chars_max: usize) -> impl Fn(&Value) -> Read<String> {
    move |value| {
        let text = text(value, chars_max)?;
        if text.is_empty() || text.chars().any(char::is_control) {
            return Err(format!(
                "must be a text of 1 to {chars_max} characters, without control characters"
            ));
        }
        Ok(text.to_owned())
    }
}

/// What a person typed for a code.
pub(super) fn code(value: &Value) -> Read<String> {
    match value.as_str() {
        Some(text) if !text.trim().is_empty() => Ok(text.to_owned()),
        _ => Err("must be the code as a text, such as \"123456\"".to_owned()),
    }
}

pub(super) fn channel(value: &Value) -> Read<()> {
    let is_known = value.as_str().is_some_and(|name| CHANNELS.contains(&name));
    is_known
        .then_some(())
        .ok_or_else(|| format!("is not a channel; there is {}", CHANNELS.join(", ")))
}

/// A language tag (RFC 5646), or the same with underscores as Meta writes it.
pub(super) fn locale(value: &Value) -> Read<String> {
    let wrong = || "must be a language tag, such as en-US or pt-BR".to_owned();
    let text = value.as_str().ok_or_else(wrong)?;
    let mut parts = text.split(['-', '_']);
    let language = parts.next().unwrap_or_default();
    let is_language = (2..=8).contains(&language.len()) && is_alphabetic(language);
    let is_part = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let is_tag = text.len() <= LOCALE_CHARS_MAX && is_language && parts.all(is_part);
    is_tag.then(|| text.to_owned()).ok_or_else(wrong)
}

fn is_alphabetic(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

pub(super) fn code_length(value: &Value) -> Read<u8> {
    whole(value)
        .and_then(|number| u8::try_from(number).ok())
        .filter(|length| (CodeLength::MIN..=CODE_LENGTH_MAX).contains(length))
        .ok_or_else(|| {
            format!(
                "must be a whole number from {} to {CODE_LENGTH_MAX}",
                CodeLength::MIN
            )
        })
}

pub(super) fn lifetime(value: &Value) -> Read<Duration> {
    let most = LIFETIME_MAX.as_secs();
    whole(value)
        .filter(|secs| (TTL_SECS_MIN..=most).contains(secs))
        .map(Duration::from_secs)
        .ok_or_else(|| format!("must be a whole number of seconds from {TTL_SECS_MIN} to {most}"))
}

pub(super) fn address(value: &Value) -> Read<IpAddr> {
    let parsed = value.as_str().and_then(|text| text.parse().ok());
    parsed.ok_or_else(|| "must be an IP address, such as 203.0.113.7 or 2001:db8::1".to_owned())
}

/// The notes as the text of an object.
pub(super) fn metadata(value: &Value) -> Read<String> {
    let wrong = || {
        format!(
            "must be an object of at most {NOTES_MAX} texts: names of 1 to {NOTE_NAME_CHARS_MAX} characters, texts \
             of at most {NOTE_CHARS_MAX}"
        )
    };
    let notes = value.as_object().ok_or_else(wrong)?;
    let is_note = |(name, note): (&String, &Value)| {
        let name_fits = (1..=NOTE_NAME_CHARS_MAX).contains(&name.chars().count());
        let note_fits = note
            .as_str()
            .is_some_and(|note| note.chars().count() <= NOTE_CHARS_MAX);
        name_fits && note_fits
    };
    if notes.len() > NOTES_MAX || !notes.iter().all(is_note) {
        return Err(wrong());
    }
    if notes.is_empty() {
        return Ok(String::new());
    }
    serde_json::to_string(notes).map_err(|_| wrong())
}

/// The notes as they were written.
pub(super) fn written_metadata(text: &str) -> Map<String, Value> {
    serde_json::from_str(text).unwrap_or_default()
}

/// An id; a text that is none names nothing.
pub(super) fn id(text: &str) -> Option<VerificationId> {
    VerificationId::parse(text).ok()
}

/// A whole number, also when it is written as `60.0`: JSON knows no difference.
fn whole(value: &Value) -> Option<u64> {
    let is_whole = |number: &f64| number.fract() == 0.0 && (0.0..=1e9).contains(number);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole, and from 0 to a billion"
    )]
    let written_with_a_point = || Some(value.as_f64().filter(is_whole)? as u64);
    value.as_u64().or_else(written_with_a_point)
}

fn text(value: &Value, chars_max: usize) -> Read<&str> {
    value
        .as_str()
        .filter(|text| text.chars().count() <= chars_max)
        .ok_or_else(|| format!("must be a text of at most {chars_max} characters"))
}
