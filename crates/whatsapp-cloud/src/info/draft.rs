//! What can be used of a file that need not be whole.

use std::fmt;
use std::path::Path;

use serde_json::{Map, Value};

use super::key::{self, BadKey, Key};
use super::{WhatsAppInfo, WhatsAppInfoError, read};
use crate::secret::AccessToken;

/// The values of a file that can be used, and the keys whose values cannot.
#[derive(Clone)]
#[non_exhaustive]
pub struct WhatsAppInfoDraft {
    /// The WhatsApp Business Account's id.
    pub waba_id: Option<String>,
    /// A token that may send for it.
    pub access_token: Option<AccessToken>,
    /// The id of the number to send from.
    pub phone_number_id: Option<String>,
    /// The id of the authentication template.
    pub template_id: Option<String>,
    /// The keys that are missing above, each with the reason.
    pub bad_keys: Vec<BadKey>,
    /// What other programs keep in the file.
    other: Map<String, Value>,
}

impl WhatsAppInfoDraft {
    pub(super) fn read(path: &Path) -> Result<Self, WhatsAppInfoError> {
        let mut values = read::object(path)?;
        let mut bad_keys = Vec::new();
        let mut take = |key: Key| key.take(&mut values).map_err(|bad| bad_keys.push(bad)).ok();
        let waba_id = take(key::WABA_ID);
        let access_token = take(key::ACCESS_TOKEN).map(AccessToken::new);
        let phone_number_id = take(key::PHONE_NUMBER_ID);
        let template_id = take(key::TEMPLATE_ID);
        Ok(Self {
            waba_id,
            access_token,
            phone_number_id,
            template_id,
            bad_keys,
            other: values,
        })
    }

    /// The file as a whole, or every key that keeps it from being one.
    pub(super) fn whole(self) -> Result<WhatsAppInfo, WhatsAppInfoError> {
        match (
            self.waba_id,
            self.access_token,
            self.phone_number_id,
            self.template_id,
        ) {
            (Some(waba_id), Some(access_token), Some(phone_number_id), Some(template_id)) => {
                Ok(WhatsAppInfo {
                    waba_id,
                    access_token,
                    phone_number_id,
                    template_id,
                    other: self.other,
                })
            }
            _ => Err(WhatsAppInfoError::BadKeys(self.bad_keys)),
        }
    }
}

impl fmt::Debug for WhatsAppInfoDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WhatsAppInfoDraft")
            .field("waba_id", &self.waba_id)
            .field("access_token", &self.access_token)
            .field("phone_number_id", &self.phone_number_id)
            .field("template_id", &self.template_id)
            .field("bad_keys", &self.bad_keys)
            .finish_non_exhaustive()
    }
}
