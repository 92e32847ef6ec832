//! Ids of people on Messenger.

use std::fmt;

/// The id under which one page knows one person on Messenger: decimal digits.
///
/// It is personal: `Debug` and [`MessengerId::masked`] show its end only, and there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct MessengerId(String);

/// The text is not a Messenger id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a Messenger id has 1 to {} digits and nothing else",
    MessengerId::DIGITS_MAX
)]
pub struct InvalidMessengerId;

impl MessengerId {
    /// More digits than any id that Meta hands out; the messages of Vonage take up to 50 characters.
    pub const DIGITS_MAX: usize = 32;

    /// Reads an id.
    pub fn parse(text: &str) -> Result<Self, InvalidMessengerId> {
        let is_id = (1..=Self::DIGITS_MAX).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_digit());
        is_id
            .then(|| Self(text.to_owned()))
            .ok_or(InvalidMessengerId)
    }

    /// The whole id, for the channel that needs it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// At most its last three digits, and never more than half of them.
    #[must_use]
    pub fn masked(&self) -> impl fmt::Display + '_ {
        fmt::from_fn(|f| {
            let tail = (self.0.len() / 2).min(3);
            write!(f, "***{}", &self.0[self.0.len() - tail..])
        })
    }
}

impl fmt::Debug for MessengerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MessengerId({})", self.masked())
    }
}
