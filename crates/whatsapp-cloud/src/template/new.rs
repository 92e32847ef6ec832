//! A template that is being made. Its parts are checked types, so that a whole cannot be wrong.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    CodeExpiration, LanguageCode, OtpButton, TemplateCategory, TemplateName, TemplateStatus,
    TimeToLive,
};

/// An authentication template in one language. Its body text is Meta's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTemplate {
    name: TemplateName,
    language: LanguageCode,
    content: Content,
}

/// What templates in one and in several languages have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) button: OtpButton,
    pub(super) security_recommendation: Option<bool>,
    pub(super) code_expiration: Option<CodeExpiration>,
    pub(super) time_to_live: Option<TimeToLive>,
}

impl NewTemplate {
    /// The least that a template needs.
    #[must_use]
    pub fn authentication(name: TemplateName, language: LanguageCode, button: OtpButton) -> Self {
        Self {
            name,
            language,
            content: Content::new(button),
        }
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

    /// The name.
    #[must_use]
    pub fn name(&self) -> &TemplateName {
        &self.name
    }

    /// The language.
    #[must_use]
    pub fn language(&self) -> LanguageCode {
        self.language
    }

    /// The body of `POST /{waba-id}/message_templates`.
    pub(crate) fn to_json(&self) -> Value {
        let mut body = self.content.to_json(&self.name);
        body.insert("language".to_owned(), self.language.as_str().into());
        Value::Object(body)
    }
}

impl Content {
    pub(super) fn new(button: OtpButton) -> Self {
        Self {
            button,
            security_recommendation: None,
            code_expiration: None,
            time_to_live: None,
        }
    }

    pub(super) fn to_json(&self, name: &TemplateName) -> Map<String, Value> {
        let mut body = Map::new();
        body.insert("name".to_owned(), name.as_str().into());
        body.insert(
            "category".to_owned(),
            TemplateCategory::Authentication.as_str().into(),
        );
        if let Some(time_to_live) = self.time_to_live {
            body.insert(
                "message_send_ttl_seconds".to_owned(),
                time_to_live.secs().into(),
            );
        }
        body.insert("components".to_owned(), Value::Array(self.components()));
        body
    }

    fn components(&self) -> Vec<Value> {
        let mut components = vec![match self.security_recommendation {
            Some(shown) => json!({"type": "BODY", "add_security_recommendation": shown}),
            None => json!({"type": "BODY"}),
        }];
        if let Some(expiration) = self.code_expiration {
            components
                .push(json!({"type": "FOOTER", "code_expiration_minutes": expiration.minutes()}));
        }
        components.push(json!({"type": "BUTTONS", "buttons": [self.button.to_json()]}));
        components
    }
}

/// Meta's answer to a new template.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct CreatedTemplate {
    /// The new template's id.
    pub id: String,
    /// Usually pending, or approved at once.
    pub status: TemplateStatus,
    /// The category that Meta put it in.
    pub category: TemplateCategory,
}
