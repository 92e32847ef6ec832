//! What a person may type, parsed as typed: one function per answer, for prompts and flags alike.
//!
//! The rules of templates are those of `whatsapp_cloud`; here they get forgiving spelling and words for people.

mod app;
mod id;
mod language;
mod phone;
mod template;
mod webhook;

pub use app::{add_app, app, package_name, sample_app, signature_hash};
pub use id::GraphId;
pub use language::{language, language_set, languages};
pub use phone::TestNumber;
pub use template::{DEFAULT_TIME_TO_LIVE_SECS, Expiry, expiry, template_name, time_to_live};
pub use webhook::{VerifyToken, WebhookUrl};

use std::fmt;

/// Why an answer was not taken: one line, lower case, said to the person who typed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid(String);

impl Invalid {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Invalid {}

/// What `whatsapp_cloud` refuses is refused in its words.
impl From<whatsapp_cloud::InvalidTemplateField> for Invalid {
    fn from(refusal: whatsapp_cloud::InvalidTemplateField) -> Self {
        Self(refusal.to_string())
    }
}
