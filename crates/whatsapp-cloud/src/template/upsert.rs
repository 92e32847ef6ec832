//! One template in several languages, and how Meta will word it in each.

use serde::Deserialize;
use serde_json::Value;

use super::new::Content;
use super::{
    CodeExpiration, InvalidTemplateField, LanguageCode, LanguageSet, OtpButton, TemplateName,
    TemplateStatus, TimeToLive,
};

/// An authentication template in several languages: each is created, or brought up to date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateUpsert {
    name: TemplateName,
    languages: LanguageSet,
    content: Content,
}

impl TemplateUpsert {
    /// The least that it needs. A button with labels of its own is refused: Meta puts in each language's.
    pub fn authentication(
        name: TemplateName,
        languages: LanguageSet,
        button: OtpButton,
    ) -> Result<Self, InvalidTemplateField> {
        if button.has_labels() {
            return Err(InvalidTemplateField::LabelsNotSupported);
        }
        Ok(Self {
            name,
            languages,
            content: Content::new(button),
        })
    }

    /// Whether the message adds "For your security, do not share this code."
    #[must_use]
    pub fn with_security_recommendation(mut self, shown: bool) -> Self {
        self.content.security_recommendation = Some(shown);
        self
    }

    /// Adds "This code expires in N minutes."
    #[must_use]
    pub fn with_code_expiration(mut self, expiration: CodeExpiration) -> Self {
        self.content.code_expiration = Some(expiration);
        self
    }

    /// How long WhatsApp tries to deliver; best no longer than the code lives.
    #[must_use]
    pub fn with_time_to_live(mut self, time_to_live: TimeToLive) -> Self {
        self.content.time_to_live = Some(time_to_live);
        self
    }

    /// The body of `POST /{waba-id}/upsert_message_templates`.
    pub(crate) fn to_json(&self) -> Value {
        let mut body = self.content.to_json(&self.name);
        let languages = self
            .languages
            .as_slice()
            .iter()
            .map(|language| language.as_str());
        body.insert("languages".to_owned(), languages.collect());
        Value::Object(body)
    }
}

/// What became of one language.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct UpsertedTemplate {
    /// The template's id.
    pub id: String,
    /// Where it stands.
    pub status: TemplateStatus,
    /// Its language.
    pub language: String,
}

/// Asks how Meta will word a template.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PreviewRequest {
    /// In which languages; none means all of them.
    pub languages: Vec<LanguageCode>,
    /// Whether the message adds "For your security, do not share this code."
    pub security_recommendation: bool,
    /// Adds "This code expires in N minutes."
    pub code_expiration: Option<CodeExpiration>,
}

/// How Meta words a template in one language.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct TemplatePreview {
    /// The language.
    pub language: String,
    /// The text, with `{{1}}` where the code will stand.
    pub body: String,
    /// The line about the code's expiry.
    #[serde(default)]
    pub footer: Option<String>,
    /// The button's labels.
    #[serde(default)]
    pub buttons: Vec<PreviewButton>,
}

/// A button's labels in one language.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct PreviewButton {
    /// For copying.
    #[serde(default)]
    pub text: Option<String>,
    /// For handing the code to the app.
    #[serde(default)]
    pub autofill_text: Option<String>,
}
