//! What belongs to a person: printed masked, or not at all.

use std::fmt;

use serde::Deserialize;

/// A person's number as WhatsApp knows it: digits without `+`. In some countries (BR, MX, AR) not
/// the number that was dialled. Prints masked.
#[derive(Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(transparent)]
pub struct WaId(String);

impl WaId {
    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for WaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tail = self
            .0
            .char_indices()
            .rev()
            .nth(1)
            .map_or("", |(start, _)| &self.0[start..]);
        write!(f, "***{tail}")
    }
}

impl fmt::Debug for WaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WaId({self})")
    }
}

/// What a person wrote. It may be a code, so it is never printed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct PrivateText(String);

impl PrivateText {
    /// The text.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PrivateText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateText(***)")
    }
}
