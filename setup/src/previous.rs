//! The file of an earlier set-up: its values are offered, its unknown keys are kept.

use std::path::Path;

use whatsapp_cloud::{AccessToken, WhatsAppInfo, WhatsAppInfoError};

use crate::{failure::Failure, fields::GraphId, terminal::Terminal};

/// What an earlier set-up left.
#[derive(Default)]
pub struct Previous {
    info: Option<WhatsAppInfo>,
}

impl Previous {
    /// Reads it. A person is told of a file that cannot be used and goes on without it; unattended, it is an error,
    /// because nobody would notice what it is about to replace.
    pub fn read(path: &Path, terminal: &mut Terminal) -> Result<Self, Failure> {
        match WhatsAppInfo::read(path) {
            Ok(info) => Ok(Self { info: Some(info) }),
            Err(WhatsAppInfoError::Missing) => Ok(Self::default()),
            Err(error) if terminal.can_ask() => {
                terminal.say(&format!(
                    "{}: {error}.\nIt is left as it is until you finish, and then replaced.",
                    path.display()
                ));
                Ok(Self::default())
            }
            Err(error) => Err(Failure::failed(
                format!("{}: {}", path.display(), error),
                format!(
                    "repair {} or move it away: --yes replaces no file that it cannot read",
                    path.display()
                ),
            )),
        }
    }

    /// The account.
    #[must_use]
    pub fn waba_id(&self) -> Option<GraphId> {
        self.info
            .as_ref()
            .and_then(|info| GraphId::parse(&info.waba_id).ok())
    }

    /// The token.
    #[must_use]
    pub fn access_token(&self) -> Option<AccessToken> {
        self.info.as_ref().map(|info| info.access_token.clone())
    }

    /// The number.
    #[must_use]
    pub fn phone_number_id(&self) -> Option<GraphId> {
        self.info
            .as_ref()
            .and_then(|info| GraphId::parse(&info.phone_number_id).ok())
    }

    /// The template.
    #[must_use]
    pub fn template_id(&self) -> Option<&str> {
        self.info.as_ref().map(|info| info.template_id.as_str())
    }

    /// The file to write: the four values, over what was there.
    #[must_use]
    pub fn with_values(
        self,
        waba_id: &str,
        token: &AccessToken,
        phone_number_id: &str,
        template_id: &str,
    ) -> WhatsAppInfo {
        match self.info {
            Some(mut info) => {
                waba_id.clone_into(&mut info.waba_id);
                info.access_token = token.clone();
                phone_number_id.clone_into(&mut info.phone_number_id);
                template_id.clone_into(&mut info.template_id);
                info
            }
            None => WhatsAppInfo::new(waba_id, token.clone(), phone_number_id, template_id),
        }
    }
}
