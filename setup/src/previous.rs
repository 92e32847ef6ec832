//! The file of an earlier set-up: what can be used is offered, what others keep in it stays.

use std::path::Path;

use whatsapp_cloud::{AccessToken, WhatsAppInfo, WhatsAppInfoError};

use crate::{failure::Failure, fields::GraphId, terminal::Terminal};

/// What an earlier set-up left. Keys of others need no place here: writing keeps those of the file that it replaces.
#[derive(Default)]
pub struct Previous {
    waba_id: Option<GraphId>,
    access_token: Option<AccessToken>,
    phone_number_id: Option<GraphId>,
    template_id: Option<String>,
}

impl Previous {
    /// Reads it, and says which of its keys cannot be used. A person is told of a file that cannot be read at all and
    /// goes on without it; unattended, it is an error, because nobody would notice what it is about to replace.
    pub fn read(path: &Path, terminal: &mut Terminal) -> Result<Self, Failure> {
        let draft = match WhatsAppInfo::read_usable(path) {
            Ok(draft) => draft,
            Err(WhatsAppInfoError::Missing) => return Ok(Self::default()),
            Err(error) => return unreadable(path, &error, terminal).map(|()| Self::default()),
        };
        let mut bad: Vec<String> = draft.bad_keys.iter().map(ToString::to_string).collect();
        let mut id = |key: &str, text: &Option<String>| {
            let text = text.as_ref()?;
            let id = GraphId::parse(text).ok();
            if id.is_none() {
                bad.push(format!("\"{key}\" cannot be right"));
            }
            id
        };
        let previous = Self {
            waba_id: id("waba_id", &draft.waba_id),
            phone_number_id: id("phone_number_id", &draft.phone_number_id),
            access_token: draft.access_token.clone(),
            template_id: draft.template_id.clone(),
        };
        if !bad.is_empty() {
            let rest = if terminal.can_ask() {
                "What can be used is offered, the rest is asked for."
            } else {
                "What can be used is used."
            };
            terminal.say(&format!("{}: {}.\n{rest}", path.display(), bad.join("; ")));
        }
        Ok(previous)
    }

    /// The account.
    #[must_use]
    pub fn waba_id(&self) -> Option<&GraphId> {
        self.waba_id.as_ref()
    }

    /// The token.
    #[must_use]
    pub fn access_token(&self) -> Option<&AccessToken> {
        self.access_token.as_ref()
    }

    /// The number.
    #[must_use]
    pub fn phone_number_id(&self) -> Option<&GraphId> {
        self.phone_number_id.as_ref()
    }

    /// The template.
    #[must_use]
    pub fn template_id(&self) -> Option<&str> {
        self.template_id.as_deref()
    }
}

/// No JSON object, no text, no file, or none that may be read.
fn unreadable(
    path: &Path,
    error: &WhatsAppInfoError,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let shown = path.display();
    let message = format!("{shown}: {error}");
    let hint = match error {
        // Nothing would be written there either, and it would be found out only after everything else was done.
        WhatsAppInfoError::Folder => format!(
            "name a file in it: --output {}",
            path.join("whatsapp-info.json").display()
        ),
        _ if terminal.can_ask() => {
            terminal.say(&format!(
                "{message}.\nIt is left as it is until you finish, and then replaced."
            ));
            return Ok(());
        }
        _ => format!("repair {shown} or move it away: --yes replaces no file that it cannot read"),
    };
    Err(Failure::failed(message, hint))
}
