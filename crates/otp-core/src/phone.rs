//! Phone numbers: the many ways a person types one, the one way it is kept.

mod canonical;
mod country;
mod e164;
mod error;
mod spelling;

use std::fmt;
use std::hash::{Hash, Hasher};

use rlibphonenumber::{NumberLengthType, PHONE_NUMBER_UTIL};

use self::e164::E164;
pub use self::error::PhoneNumberError;

/// A phone number that is possible for its country, in E.164 form.
///
/// "Possible" means that the calling code exists and that its numbers can have this many digits.
/// Whether anyone has the number, only a message can tell; so numbers made for documentation,
/// such as `+1 555 123 4567`, pass.
///
/// Two spellings of one number are equal, and so are their hashes. A number is personal: `Debug`
/// and [`PhoneNumber::masked`] show its ends only, and there is no `Display`.
///
/// ```
/// use otp_core::PhoneNumber;
///
/// let phone = PhoneNumber::parse("+1 (415) 555-0123")?;
/// assert_eq!(phone.e164(), "+14155550123");
/// assert_eq!(phone, PhoneNumber::parse("14155550123")?);
/// assert_eq!(phone.masked().to_string(), "+1*******123");
/// # Ok::<(), otp_core::PhoneNumberError>(())
/// ```
#[derive(Clone)]
pub struct PhoneNumber {
    e164: E164,
    canonical: E164,
    calling_code: u16,
}

impl PhoneNumber {
    /// The longest text that is looked at, in bytes.
    pub const TEXT_LENGTH_MAX: usize = 32;
    /// The fewest digits, calling code included.
    pub const DIGITS_MIN: usize = 7;
    /// The most digits, calling code included (ITU-T E.164, 6.1).
    pub const DIGITS_MAX: usize = 15;

    /// Reads an international number as a person types it: an optional `+`, then ASCII digits that
    /// begin with the calling code.
    ///
    /// Between the digits may stand spaces, hyphens, dots and one level of round brackets, none of
    /// them twice in a row; around the number, spaces. Nothing else is read: no letters, no
    /// extensions, no `00` for `+`, no digits of other scripts.
    pub fn parse(text: &str) -> Result<Self, PhoneNumberError> {
        let mut e164 = canonical::without_abolished_digit(spelling::read(text)?);
        // A trunk prefix ("+44 0 20 ..") makes the first reading differ from what was typed. What
        // comes out must itself read as the same number, or a stored number could change.
        for _ in 0..READINGS_MAX {
            let (calling_code, read) = interpret(&e164)?;
            if read == e164 {
                return Ok(Self {
                    canonical: canonical::fold(e164),
                    e164,
                    calling_code,
                });
            }
            e164 = read;
        }
        Err(PhoneNumberError::UnknownCallingCode)
    }

    /// The number with its `+` and without separators, such as `+14155550123`.
    #[must_use]
    pub fn e164(&self) -> &str {
        self.e164.as_str()
    }

    /// The number under which limits and codes are counted.
    ///
    /// The same as [`PhoneNumber::e164`], but for countries where one phone is written with and
    /// without some digits: Argentina's 9, Brazil's ninth digit and Benin's 01 are left out, and
    /// Mexico's 1 is gone from both. It names a phone, and may not be one that can be dialled.
    #[must_use]
    pub fn canonical(&self) -> &str {
        self.canonical.as_str()
    }

    /// The country calling code, without `+`: 1 to 999.
    #[must_use]
    pub const fn calling_code(&self) -> u16 {
        self.calling_code
    }

    /// The ISO 3166-1 code of the number's country, such as `US`.
    ///
    /// `None` where the number does not tell: when several countries share the calling code and
    /// none has handed this number out (documentation numbers under +1), and for codes of no
    /// country (+883). Worked out at each call, which for +1 takes several microseconds.
    #[must_use]
    pub fn country(&self) -> Option<&'static str> {
        let number = PHONE_NUMBER_UTIL.parse(self.e164(), None).ok()?;
        country::code(&number.get_region_code()?.as_region_str())
    }

    /// The number as it may be shown to its owner's operator: the calling code, stars, and at most
    /// three last digits; never more than half of the digits.
    #[must_use]
    pub fn masked(&self) -> impl fmt::Display + '_ {
        fmt::from_fn(|f| {
            let digits = self.e164.digits();
            let head = calling_code_length(self.calling_code);
            let tail = (digits.len() / 2).saturating_sub(head).min(MASK_TAIL_MAX);
            let end = digits.len() - tail;
            write!(
                f,
                "+{}{:*<hidden$}{}",
                &digits[..head],
                "",
                &digits[end..],
                hidden = end - head
            )
        })
    }
}

/// How often a number is read anew until it stands still.
const READINGS_MAX: usize = 4;
/// Last digits that a masked number shows.
const MASK_TAIL_MAX: usize = 3;

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber({})", self.masked())
    }
}

impl PartialEq for PhoneNumber {
    fn eq(&self, other: &Self) -> bool {
        self.e164 == other.e164
    }
}

impl Eq for PhoneNumber {}

impl Hash for PhoneNumber {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.e164().hash(state);
    }
}

/// Asks the metadata what the digits mean; returns the calling code and how the number is written.
fn interpret(e164: &E164) -> Result<(u16, E164), PhoneNumberError> {
    let number = PHONE_NUMBER_UTIL
        .parse(e164.as_str(), None)
        .map_err(|error| PhoneNumberError::from(&error))?;
    let calling_code =
        u16::try_from(number.country_code).map_err(|_| PhoneNumberError::UnknownCallingCode)?;
    match number.is_possible_with_reason() {
        Ok(NumberLengthType::IsPossible) => {}
        // A local number lacks its area code, so no one can be reached at it from abroad.
        Ok(NumberLengthType::IsPossibleLocalOnly) | Err(_) => {
            return Err(PhoneNumberError::WrongLength { calling_code });
        }
    }
    let written = E164::write(&number).ok_or(PhoneNumberError::TooManyDigits)?;
    if written.digits().len() < PhoneNumber::DIGITS_MIN {
        return Err(PhoneNumberError::TooFewDigits);
    }
    Ok((calling_code, written))
}

const fn calling_code_length(code: u16) -> usize {
    match code {
        0..=9 => 1,
        10..=99 => 2,
        _ => 3,
    }
}
