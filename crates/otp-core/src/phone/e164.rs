//! A `+` and at most fifteen digits, kept in place: no number costs an allocation.

use std::fmt::{self, Write};

use super::PhoneNumber;

const CAPACITY: usize = 1 + PhoneNumber::DIGITS_MAX;

/// Always begins with `+` and holds ASCII only; the bytes behind `length` are zero.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct E164 {
    bytes: [u8; CAPACITY],
    length: u8,
}

impl E164 {
    /// A lone `+`.
    pub(super) const fn new() -> Self {
        let mut bytes = [0; CAPACITY];
        bytes[0] = b'+';
        Self { bytes, length: 1 }
    }

    /// The number in writing; `None` if it has more digits than E.164 allows.
    pub(super) fn write(number: &rlibphonenumber::PhoneNumber) -> Option<Self> {
        let mut written = Self::new();
        let zeros = match number.italian_leading_zero {
            Some(true) => usize::try_from(number.number_of_leading_zeros.unwrap_or(1)).ok()?,
            _ => 0,
        };
        write!(
            written,
            "{}{:0<zeros$}{}",
            number.country_code, "", number.national_number
        )
        .ok()?;
        Some(written)
    }

    /// Appends an ASCII digit; `None` when there is no room.
    pub(super) fn push(&mut self, digit: u8) -> Option<()> {
        debug_assert!(digit.is_ascii_digit());
        *self.bytes.get_mut(usize::from(self.length))? = digit;
        self.length += 1;
        Some(())
    }

    /// The same number without the byte at `index`, which is behind the `+` and within the number.
    pub(super) fn without(mut self, index: usize) -> Self {
        self.bytes.copy_within(index + 1.., index);
        self.bytes[CAPACITY - 1] = 0;
        self.length -= 1;
        self
    }

    pub(super) fn as_str(&self) -> &str {
        str::from_utf8(&self.bytes[..self.length.into()]).expect("a plus sign and digits are ASCII")
    }

    /// The number without its `+`.
    pub(super) fn digits(&self) -> &str {
        &self.as_str()[1..]
    }
}

impl Write for E164 {
    fn write_str(&mut self, digits: &str) -> fmt::Result {
        digits
            .bytes()
            .try_for_each(|digit| self.push(digit))
            .ok_or(fmt::Error)
    }
}
