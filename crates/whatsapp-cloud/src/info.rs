//! `whatsapp-info.json`: the four values that a set-up leaves for the servers.

mod draft;
mod error;
mod key;
mod read;
mod write;

use std::fmt;
use std::path::Path;

use serde_json::{Map, Value};

pub use draft::WhatsAppInfoDraft;
pub use error::WhatsAppInfoError;
pub use key::{BadKey, KeyFault};

use crate::secret::AccessToken;

/// What a server needs to know to send: account, token, number and template.
#[derive(Clone)]
pub struct WhatsAppInfo {
    /// The WhatsApp Business Account's id.
    pub waba_id: String,
    /// A token that may send for it.
    pub access_token: AccessToken,
    /// The id of the number to send from.
    pub phone_number_id: String,
    /// The id of the authentication template.
    pub template_id: String,
    /// What other programs keep in the file.
    other: Map<String, Value>,
}

impl WhatsAppInfo {
    /// Takes the four values as they are.
    #[must_use]
    pub fn new(
        waba_id: impl Into<String>,
        access_token: AccessToken,
        phone_number_id: impl Into<String>,
        template_id: impl Into<String>,
    ) -> Self {
        Self {
            waba_id: waba_id.into(),
            access_token,
            phone_number_id: phone_number_id.into(),
            template_id: template_id.into(),
            other: Map::new(),
        }
    }

    /// Reads the file: a JSON object with at least the four keys, each a text that is not empty.
    /// Every key that does not hold is in the error.
    pub fn read(path: &Path) -> Result<Self, WhatsAppInfoError> {
        Self::read_usable(path)?.whole()
    }

    /// Reads what can be used of a file in which keys are missing or wrong. Only a file that is no
    /// JSON object is an error.
    pub fn read_usable(path: &Path) -> Result<WhatsAppInfoDraft, WhatsAppInfoError> {
        WhatsAppInfoDraft::read(path)
    }

    /// Writes the file for its owner alone (mode 0600), as a whole or not at all, creating its folder.
    ///
    /// Keys that this version does not know stay: those that were read, and those in the file that
    /// is being replaced. A link or a folder in its place is left alone and reported.
    pub fn write(&self, path: &Path) -> Result<(), WhatsAppInfoError> {
        write::write(self, path, || Ok(()))
    }
}

impl fmt::Debug for WhatsAppInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WhatsAppInfo")
            .field("waba_id", &self.waba_id)
            .field("access_token", &self.access_token)
            .field("phone_number_id", &self.phone_number_id)
            .field("template_id", &self.template_id)
            .finish_non_exhaustive()
    }
}
