//! The gate: what a person may type around the digits. Everything behind it sees digits only.

use super::e164::E164;
use super::{PhoneNumber, PhoneNumberError};

/// Takes the digits out of `text`, in the grammar of [`PhoneNumber::parse`].
pub(super) fn read(text: &str) -> Result<E164, PhoneNumberError> {
    if text.len() > PhoneNumber::TEXT_LENGTH_MAX {
        return Err(PhoneNumberError::TextTooLong);
    }
    let text = text.trim_matches(' ');
    if text.is_empty() {
        return Err(PhoneNumberError::Empty);
    }
    let number = digits(text.strip_prefix('+').unwrap_or(text))?;
    if number.digits().starts_with('0') {
        return Err(PhoneNumberError::LeadingZero);
    }
    if number.digits().len() < PhoneNumber::DIGITS_MIN {
        return Err(PhoneNumberError::TooFewDigits);
    }
    Ok(number)
}

fn digits(text: &str) -> Result<E164, PhoneNumberError> {
    let mut number = E164::new();
    let mut too_many = false;
    let mut bracket_open = false;
    // Stands for the edge of the text; no separator follows it but an opening bracket.
    let mut before = b' ';
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => too_many |= number.push(byte).is_none(),
            b'(' if !bracket_open && before != b')' => bracket_open = true,
            b')' if bracket_open && before.is_ascii_digit() => bracket_open = false,
            b' ' | b'-' | b'.' if byte != before && before != b'(' && !at_start(&number) => {}
            _ => return Err(PhoneNumberError::UnexpectedCharacter),
        }
        before = byte;
    }
    if bracket_open || !matches!(before, b'0'..=b'9' | b')') {
        return Err(PhoneNumberError::UnexpectedCharacter);
    }
    if too_many {
        return Err(PhoneNumberError::TooManyDigits);
    }
    Ok(number)
}

fn at_start(number: &E164) -> bool {
    number.digits().is_empty()
}
