//! Authentication templates: made, listed, previewed.

mod app;
mod button;
mod field;
mod filter;
mod language;
mod new;
mod read;
mod status;
mod upsert;

pub use app::{PackageName, SignatureHash, SupportedApp, SupportedApps};
pub use button::{ButtonLabel, OtpButton, OtpType, ZeroTapTerms};
pub use field::{CodeExpiration, InvalidTemplateField, TemplateName, TimeToLive};
pub use filter::TemplateFilter;
pub(crate) use filter::{FIELDS, push_query};
pub use language::{LanguageCode, LanguageSet};
pub use new::{CreatedTemplate, NewTemplate};
pub use read::{QualityScore, Template};
pub use status::{TemplateCategory, TemplateStatus};
pub use upsert::{
    PreviewButton, PreviewRequest, TemplatePreview, TemplateUpsert, UpsertedTemplate,
};
