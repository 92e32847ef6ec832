//! One of the four keys: whether its value can be used, and what is wrong when it cannot.

use std::fmt;

use serde_json::{Map, Value};

/// A key of the file, and what its value may hold.
#[derive(Clone, Copy)]
pub(super) struct Key {
    pub(super) name: &'static str,
    /// What stands in `whatsapp-info.example.json`, which people copy and forget to fill in.
    placeholder: &'static str,
    is_allowed: fn(u8) -> bool,
}

pub(super) const WABA_ID: Key = Key {
    name: "waba_id",
    placeholder: "your WhatsApp Business Account id",
    is_allowed: may_stand_in_an_id,
};
pub(super) const ACCESS_TOKEN: Key = Key {
    name: "access_token",
    placeholder: "your system user's access token",
    is_allowed: |byte| byte.is_ascii_graphic(),
};
pub(super) const PHONE_NUMBER_ID: Key = Key {
    name: "phone_number_id",
    placeholder: "your business phone number's id",
    is_allowed: may_stand_in_an_id,
};
pub(super) const TEMPLATE_ID: Key = Key {
    name: "template_id",
    placeholder: "your approved authentication template's id",
    is_allowed: may_stand_in_an_id,
};

/// In the order of Meta's own sample.
pub(super) const ALL: [Key; 4] = [WABA_ID, ACCESS_TOKEN, PHONE_NUMBER_ID, TEMPLATE_ID];

/// Ids stand in addresses: nothing that could change one.
fn may_stand_in_an_id(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

impl Key {
    /// Takes the key out of the file's values.
    pub(super) fn take(self, values: &mut Map<String, Value>) -> Result<String, BadKey> {
        let fault = match values.remove(self.name) {
            None => KeyFault::Missing,
            Some(Value::String(text)) if text.trim().is_empty() => KeyFault::Empty,
            Some(Value::String(text)) if text.trim() == self.placeholder => KeyFault::Placeholder,
            Some(Value::String(text)) if text.bytes().all(self.is_allowed) => return Ok(text),
            Some(Value::String(_)) => KeyFault::BadValue,
            Some(_) => KeyFault::NotAString,
        };
        Err(BadKey {
            key: self.name,
            fault,
        })
    }
}

/// A key of the file whose value cannot be used. Never shows the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadKey {
    /// The key's name.
    pub key: &'static str,
    /// What is wrong with it.
    pub fault: KeyFault,
}

/// What is wrong with a key's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyFault {
    /// The key is not there.
    Missing,
    /// The value is empty.
    Empty,
    /// The value is the one of the example file, which says what belongs there.
    Placeholder,
    /// The value is no text. Ids are texts, too.
    NotAString,
    /// The value cannot be right: a space, a line break, a slash.
    BadValue,
}

impl KeyFault {
    /// What to do about it.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Self::Missing | Self::Empty | Self::Placeholder => "run `wa-setup` to fill it in",
            Self::NotAString => "put the value in double quotes: ids are texts, too",
            Self::BadValue => "copy the value again, without spaces, line breaks or quotes",
        }
    }
}

impl fmt::Display for BadKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fault = match self.fault {
            KeyFault::Missing => "is missing",
            KeyFault::Empty => "is empty",
            KeyFault::Placeholder => "still holds the example's placeholder",
            KeyFault::NotAString => "is not a text",
            KeyFault::BadValue => "cannot be right",
        };
        write!(f, "\"{}\" {fault}", self.key)
    }
}
