//! What is wrong with a text that is not a phone number.

use rlibphonenumber::ParseError;

use super::PhoneNumber;

/// Why a text is not taken for a phone number. The messages tell the person what to do, and never
/// repeat what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhoneNumberError {
    /// No text, or only spaces.
    #[error("there is no number: type it with its country code, such as +1 415 555 0123")]
    Empty,
    /// Longer than [`PhoneNumber::TEXT_LENGTH_MAX`].
    #[error(
        "the text is too long for a phone number: at most {} characters",
        PhoneNumber::TEXT_LENGTH_MAX
    )]
    TextTooLong,
    /// Something other than a digit or a separator in its place.
    #[error(
        "a phone number holds an optional + and the digits 0 to 9, with single spaces, hyphens, dots \
         or round brackets between them"
    )]
    UnexpectedCharacter,
    /// The first digit is 0: a number as dialled inside its country, or `00` for `+`.
    #[error(
        "the number begins with 0: begin with the country code, such as +44 20 instead of 020 or 0044 20"
    )]
    LeadingZero,
    /// Fewer than [`PhoneNumber::DIGITS_MIN`].
    #[error(
        "the number is too short: with its country code it has at least {} digits",
        PhoneNumber::DIGITS_MIN
    )]
    TooFewDigits,
    /// More than [`PhoneNumber::DIGITS_MAX`].
    #[error(
        "the number is too long: with its country code it has at most {} digits",
        PhoneNumber::DIGITS_MAX
    )]
    TooManyDigits,
    /// The first digits are no country's calling code.
    #[error("the number begins with no known country code: begin with one, such as +1, +44 or +55")]
    UnknownCallingCode,
    /// The calling code exists, but none of its numbers has this many digits.
    #[error(
        "no number under +{calling_code} has this many digits: look for a missing or an extra one, \
         and for a missing area code"
    )]
    WrongLength {
        /// The calling code that the number begins with.
        calling_code: u16,
    },
}

impl From<&ParseError> for PhoneNumberError {
    fn from(error: &ParseError) -> Self {
        match error {
            ParseError::InvalidCountryCode => Self::UnknownCallingCode,
            ParseError::NotANumber(_) => Self::UnexpectedCharacter,
            ParseError::TooShortAfterIdd | ParseError::TooShortNsn => Self::TooFewDigits,
            ParseError::TooLongNsn => Self::TooManyDigits,
        }
    }
}
