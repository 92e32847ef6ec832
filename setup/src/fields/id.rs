//! The ids that Graph hands out: accounts, numbers, templates, apps.

use std::fmt;

use super::Invalid;

const DIGITS_MAX: usize = 20;

/// A Graph object's id: 1 to 20 decimal digits, kept as text because Meta does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphId(String);

impl GraphId {
    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl GraphId {
    /// Checks what was typed.
    pub fn parse(typed: &str) -> Result<Self, Invalid> {
        let id = typed.trim();
        if id.is_empty() || id.len() > DIGITS_MAX || !id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Invalid::new(
                "an id is 1 to 20 digits, such as 102290129340398",
            ));
        }
        Ok(Self(id.to_owned()))
    }
}

impl fmt::Display for GraphId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_digits_and_nothing_else() {
        assert_eq!(GraphId::parse(" 42 ").unwrap().as_str(), "42");
        for typed in ["", "12a", "-1", "../me", "٣", "123456789012345678901"] {
            assert!(GraphId::parse(typed).is_err(), "{typed}");
        }
    }
}
