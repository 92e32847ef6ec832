//! What is kept in the registry, and how it is written: JSON with a format number, one entry for each
//! application, key, and application that is switched off.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use otp_core::{Keys, Timestamp};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use toml::Table;

use super::{KeyId, Mode, Scope};

const FORMAT: u32 = 1;

const APPLICATION: &str = "application/";
const DISABLED: &str = "disabled/";
const KEY: &str = "key/";

/// What an entry is about, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name<'a> {
    /// The settings of an application.
    Application(&'a str),
    /// An application that is switched off.
    Disabled(&'a str),
    /// A key.
    Key(KeyId),
}

impl<'a> Name<'a> {
    /// Nothing for what a newer program may have put there.
    pub(super) fn read(name: &'a str) -> Option<Self> {
        if let Some(name) = name.strip_prefix(APPLICATION) {
            Some(Self::Application(name))
        } else if let Some(name) = name.strip_prefix(DISABLED) {
            Some(Self::Disabled(name))
        } else {
            KeyId::parse(name.strip_prefix(KEY)?).map(Self::Key)
        }
    }

    /// As it stands in the registry.
    pub(super) fn written(self) -> String {
        match self {
            Self::Application(name) => format!("{APPLICATION}{name}"),
            Self::Disabled(name) => format!("{DISABLED}{name}"),
            Self::Key(id) => format!("{KEY}{id}"),
        }
    }
}

/// Why an entry cannot be used. It does not repeat the entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum EntryError {
    #[error("is from a newer otp-server: update this one")]
    Newer,
    #[error("cannot be read: it is damaged")]
    Damaged,
    #[error(
        "was sealed with another secret: bring the secret file back that it was made with, or add the application anew"
    )]
    Sealed,
}

/// A key, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyEntry {
    pub(super) format: u32,
    /// As [`KeyHash`](crate::config::KeyHash) writes it.
    pub(super) hash: String,
    pub(super) application: String,
    pub(super) mode: Mode,
    pub(super) scopes: Vec<Scope>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) label: Option<String>,
    pub(super) created_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) expires_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) replaced: Option<Replaced>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) revoked_at: Option<Timestamp>,
}

/// What takes a key's place, and how long the key lives on beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Replaced {
    pub(super) by: KeyId,
    pub(super) until: Timestamp,
}

/// What a new key is to be.
#[derive(Clone, Debug)]
pub(super) struct KeyTerms {
    pub(super) application: String,
    pub(super) mode: Mode,
    pub(super) scopes: Vec<Scope>,
    pub(super) label: Option<String>,
    pub(super) expires_at: Option<Timestamp>,
}

impl KeyEntry {
    pub(super) fn new(hash: String, terms: KeyTerms, now: Timestamp) -> Self {
        Self {
            format: FORMAT,
            hash,
            application: terms.application,
            mode: terms.mode,
            scopes: terms.scopes,
            label: terms.label,
            created_at: now,
            expires_at: terms.expires_at,
            replaced: None,
            revoked_at: None,
        }
    }

    /// The moment from which on it opens nothing, if there is one.
    pub(super) fn ends_at(&self) -> Option<Timestamp> {
        let replaced = self.replaced.map(|replaced| replaced.until);
        [self.expires_at, replaced, self.revoked_at]
            .into_iter()
            .flatten()
            .min()
    }

    pub(super) fn is_good_at(&self, now: Timestamp) -> bool {
        // Whatever the clock of whoever revoked it said.
        self.revoked_at.is_none() && self.ends_at().is_none_or(|end| now < end)
    }
}

/// An application, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ApplicationEntry {
    format: u32,
    pub(super) created_at: Timestamp,
    /// TOML, as in a section of its own.
    settings: String,
    /// What is nobody's business: TOML again, sealed, in base 64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<String>,
}

/// Settings that show a secret, or a phone number. An address may have a token in it.
const PRIVATE: [&str; 4] = [
    "callback_url",
    "callback_secret",
    "callback_secret_previous",
    "test_recipients",
];

impl ApplicationEntry {
    /// Seals what is private, with these keys; without any, nothing may be.
    pub(super) fn new(
        name: &str,
        mut settings: Table,
        seal: Option<(&Keys, [u8; 24])>,
        now: Timestamp,
    ) -> Option<Self> {
        let private: Table = PRIVATE
            .iter()
            .filter_map(|key| settings.remove_entry(*key))
            .collect();
        let sealed = if private.is_empty() {
            None
        } else {
            let (keys, nonce) = seal?;
            let sealed = keys.seal_value(&label(name), private.to_string().as_bytes(), nonce);
            Some(BASE64_STANDARD.encode(sealed))
        };
        Some(Self {
            format: FORMAT,
            created_at: now,
            settings: settings.to_string(),
            sealed,
        })
    }

    /// Whether these settings need a secret to be sealed with.
    pub(super) fn has_private(settings: &Table) -> bool {
        PRIVATE.iter().any(|key| settings.contains_key(*key))
    }

    /// The settings, whole.
    pub(super) fn settings(&self, name: &str, keys: &Keys) -> Result<Table, EntryError> {
        let read = |text: &str| text.parse::<Table>().map_err(|_| EntryError::Damaged);
        let mut settings = read(&self.settings)?;
        if let Some(sealed) = &self.sealed {
            let sealed = BASE64_STANDARD.decode(sealed);
            let sealed = sealed.map_err(|_| EntryError::Damaged)?;
            let private = keys.unseal_value(&label(name), &sealed);
            let private = private.map_err(|_| EntryError::Sealed)?;
            let private = str::from_utf8(&private).map_err(|_| EntryError::Damaged)?;
            settings.extend(read(private)?);
        }
        Ok(settings)
    }
}

/// Sealed settings of one application do not open as another's.
fn label(name: &str) -> String {
    format!("application {name}")
}

/// That an application is switched off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct DisabledEntry {
    format: u32,
    pub(super) since: Timestamp,
}

impl DisabledEntry {
    pub(super) fn new(now: Timestamp) -> Self {
        Self {
            format: FORMAT,
            since: now,
        }
    }
}

/// As it is kept.
pub(super) fn write(entry: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(entry).expect("an entry is made of texts and numbers")
}

pub(super) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, EntryError> {
    #[derive(Deserialize)]
    struct Head {
        format: u32,
    }
    let head: Head = serde_json::from_slice(bytes).map_err(|_| EntryError::Damaged)?;
    if head.format > FORMAT {
        return Err(EntryError::Newer);
    }
    serde_json::from_slice(bytes).map_err(|_| EntryError::Damaged)
}
