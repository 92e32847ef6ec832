//! What happens to templates.

use serde::Deserialize;

use crate::template::{QualityScore, TemplateCategory, TemplateStatus};

/// A template's status changed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct TemplateStatusUpdate {
    /// Where it stands now.
    pub event: TemplateStatus,
    /// The template's id; a number in webhooks, a text here as everywhere else.
    #[serde(
        rename = "message_template_id",
        deserialize_with = "crate::account::optional_id"
    )]
    pub template_id: Option<String>,
    /// Its name.
    #[serde(default, rename = "message_template_name")]
    pub name: Option<String>,
    /// Its language as Meta writes it here: `en-US`.
    #[serde(default, rename = "message_template_language")]
    pub language: Option<String>,
    /// Its category.
    #[serde(default, rename = "message_template_category")]
    pub category: Option<TemplateCategory>,
    /// Why, when Meta says it: `INVALID_FORMAT`, ...
    #[serde(default)]
    pub reason: Option<String>,
}

/// What people think of a template changed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct TemplateQualityUpdate {
    /// What they thought.
    #[serde(default)]
    pub previous_quality_score: Option<QualityScore>,
    /// What they think.
    pub new_quality_score: QualityScore,
    /// The template's id.
    #[serde(
        rename = "message_template_id",
        deserialize_with = "crate::account::optional_id"
    )]
    pub template_id: Option<String>,
    /// Its name.
    #[serde(default, rename = "message_template_name")]
    pub name: Option<String>,
    /// Its language as Meta writes it here: `en-US`.
    #[serde(default, rename = "message_template_language")]
    pub language: Option<String>,
}
