//! The number that gets the test message.

use std::fmt;

use super::Invalid;

/// A number in E.164 with its `+`: without it Meta would put the business's own country code in front.
/// Prints masked.
#[derive(Clone, PartialEq, Eq)]
pub struct TestNumber(String);

impl TestNumber {
    /// The whole number, for the wire.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl TestNumber {
    /// Checks what was typed.
    pub fn parse(typed: &str) -> Result<Self, Invalid> {
        let compact: String = typed
            .chars()
            .filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.'))
            .collect();
        let Some(digits) = compact.strip_prefix('+') else {
            return Err(Invalid::new(
                "write the number with + and the country code, such as +14155550123",
            ));
        };
        let plausible = (7..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !plausible {
            return Err(Invalid::new(
                "a number is + and 7 to 15 digits, such as +14155550123",
            ));
        }
        Ok(Self(compact))
    }
}

impl fmt::Display for TestNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tail = self.0.len().saturating_sub(2);
        write!(
            f,
            "{}{}{}",
            &self.0[..2],
            "*".repeat(tail.saturating_sub(2)),
            &self.0[tail..]
        )
    }
}

impl fmt::Debug for TestNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TestNumber({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn punctuation_goes_and_the_plus_is_required() {
        assert_eq!(
            TestNumber::parse("+1 (415) 555-0123").unwrap().reveal(),
            "+14155550123"
        );
        for bad in [
            "14155550123",
            "+0155",
            "+123456",
            "+1234567890123456",
            "+1415555o123",
            "",
        ] {
            assert!(TestNumber::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_number_prints_masked() {
        let number = TestNumber::parse("+14155550123").unwrap();
        assert_eq!(
            format!("{number} {number:?}"),
            "+1********23 TestNumber(+1********23)"
        );
    }
}
