//! A client for Meta's WhatsApp Cloud API: messages, templates, numbers, tokens, webhooks and whatsapp-info.json.
//!
//! Nothing here knows what a one-time password is for. Start with [`GraphClient`], which speaks for
//! one access token, or with [`WhatsAppInfo`], the file in which a set-up leaves its four values.
//!
//! Every failure is a [`GraphError`], and the first question to ask of it is
//! [`is_definite`](GraphError::is_definite): whether the call certainly had no effect. The messages
//! end point has no idempotency key, so a message whose fate is uncertain is never sent twice here.

mod account;
mod client;
mod config;
mod error;
mod info;
mod message;
mod open_enum;
mod redact;
mod secret;
mod subscription;
mod template;
mod token;
pub mod webhook;

pub use account::{
    AccountReviewStatus, BusinessAccount, BusinessPhone, CanSend, CodeVerificationStatus,
    HealthEntity, HealthProblem, HealthStatus, NameStatus, PhoneStatus, PlatformType,
    QualityRating, Throughput, ThroughputLevel, VerificationStatus,
};
pub use client::GraphClient;
pub use config::{ClientConfig, DEFAULT_API_VERSION, DEFAULT_BASE_URL, InvalidClientConfig};
pub use error::{Advice, GraphError, NotSent, Refusal, Uncertain};
pub use info::{BadKey, KeyFault, WhatsAppInfo, WhatsAppInfoDraft, WhatsAppInfoError};
pub use message::{AcceptedMessage, MessageContent, MessageStatus, OutgoingMessage};
pub use secret::{AccessToken, AppSecret};
pub use subscription::{InvalidWebhookOverride, SubscribedApp, WebhookOverride};
pub use template::{
    ButtonLabel, CodeExpiration, CreatedTemplate, InvalidTemplateField, LanguageCode, LanguageSet,
    NewTemplate, OtpButton, OtpType, PackageName, PreviewButton, PreviewRequest, QualityScore,
    SignatureHash, SupportedApp, SupportedApps, Template, TemplateCategory, TemplateFilter,
    TemplateName, TemplatePreview, TemplateStatus, TemplateUpsert, TimeToLive, UpsertedTemplate,
    ZeroTapTerms,
};
pub use token::{GranularScope, TokenInfo, TokenOwner, TokenProblem};
