//! What to ask Meta's lists of templates for.

use std::fmt::Write as _;

use super::{PreviewRequest, TemplateCategory, TemplateStatus};

/// The fields that a [`Template`](super::Template) is made of.
pub(crate) const FIELDS: &str = "name,language,status,category,components,quality_score,rejected_reason,message_send_ttl_seconds";

/// Narrows a list of templates; the default asks for all of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TemplateFilter {
    /// Exactly this name. Meta's own filter may find more; they are left out here.
    pub name: Option<String>,
    /// In this status.
    pub status: Option<TemplateStatus>,
    /// In this category.
    pub category: Option<TemplateCategory>,
    /// In this language: `en_US`.
    pub language: Option<String>,
}

impl TemplateFilter {
    /// All translations of one name.
    #[must_use]
    pub fn by_name(name: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
            ..Self::default()
        }
    }

    pub(crate) fn query(&self) -> String {
        let mut query = format!("fields={FIELDS}");
        let texts = [
            ("name", self.name.as_deref()),
            ("status", self.status.as_ref().map(TemplateStatus::as_str)),
            (
                "category",
                self.category.as_ref().map(TemplateCategory::as_str),
            ),
            ("language", self.language.as_deref()),
        ];
        for (key, text) in texts {
            if let Some(text) = text {
                push_query(&mut query, key, text);
            }
        }
        query
    }
}

impl PreviewRequest {
    pub(crate) fn query(&self) -> String {
        let mut query = String::from("category=AUTHENTICATION&button_types=OTP");
        if !self.languages.is_empty() {
            let languages: Vec<&str> = self
                .languages
                .iter()
                .map(|language| language.as_str())
                .collect();
            push_query(&mut query, "languages", &languages.join(","));
        }
        push_query(
            &mut query,
            "add_security_recommendation",
            if self.security_recommendation {
                "true"
            } else {
                "false"
            },
        );
        if let Some(expiration) = self.code_expiration {
            push_query(
                &mut query,
                "code_expiration_minutes",
                &expiration.minutes().to_string(),
            );
        }
        query
    }
}

/// Appends `&key=value`, with everything that has a meaning in a query escaped; commas, which Meta
/// uses in lists, stay as they are.
pub(crate) fn push_query(query: &mut String, key: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    query.push_str(key);
    query.push('=');
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~,".contains(&byte) {
            query.push(char::from(byte));
        } else {
            // Writing into a `String` cannot fail.
            let _ = write!(query, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped() {
        let mut query = String::new();
        push_query(&mut query, "a", "x y&z=%é,1");
        push_query(&mut query, "b", "{}");
        assert_eq!(query, "a=x%20y%26z%3D%25%C3%A9,1&b=%7B%7D");
    }
}
