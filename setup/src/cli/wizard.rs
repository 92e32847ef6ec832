//! The flags of the wizard: one for every question.

use std::path::PathBuf;

use clap::Args;
use whatsapp_cloud::{LanguageCode, SupportedApp, TemplateName, TimeToLive};

use super::GraphArgs;
use crate::{
    fields::{self, Expiry, GraphId, TestNumber, WebhookUrl},
    plan::{OtpKind, Platform},
    secret::SecretSource,
    terminal::Answer,
};

/// Flags of the wizard.
#[derive(Clone, Debug, Args)]
pub struct WizardArgs {
    /// Asks nothing: takes flags, the previous file and defaults
    #[arg(long, short)]
    pub yes: bool,
    /// The file to write
    #[arg(
        long,
        short,
        value_name = "FILE",
        default_value = "setup/whatsapp-info.json"
    )]
    pub output: PathBuf,
    /// Where Graph is.
    #[command(flatten)]
    pub graph: GraphArgs,

    /// The WhatsApp Business Account
    #[arg(long, value_name = "ID", value_parser = GraphId::parse, help_heading = "Account")]
    pub waba_id: Option<GraphId>,
    /// The file with the System User's access token (- reads standard input)
    #[arg(long, value_name = "FILE", help_heading = "Account")]
    pub access_token_file: Option<SecretSource>,
    /// The app that the token belongs to, to read the token's permissions
    #[arg(long, value_name = "ID", value_parser = GraphId::parse, help_heading = "Account", requires = "app_secret_file")]
    pub app_id: Option<GraphId>,
    /// The file with the app's secret (- reads standard input)
    #[arg(long, value_name = "FILE", help_heading = "Account")]
    pub app_secret_file: Option<SecretSource>,
    /// The number that sends the codes; needed when the account has several
    #[arg(long, value_name = "ID", value_parser = GraphId::parse, help_heading = "Account")]
    pub phone_number_id: Option<GraphId>,

    /// Uses this approved template instead of creating one
    #[arg(long, value_name = "NAME", value_parser = fields::template_name, help_heading = "Template", conflicts_with_all = NEW_TEMPLATE_FLAGS)]
    pub use_template: Option<TemplateName>,
    /// Where the app runs [default: both; android for one-tap and zero-tap]
    #[arg(long, help_heading = "Template")]
    pub platform: Option<Platform>,
    /// The message's button [default: copy-code]
    #[arg(long, help_heading = "Template")]
    pub otp_type: Option<OtpKind>,
    /// Accepts WhatsApp's terms for zero-tap (the wizard shows them)
    #[arg(long, help_heading = "Template")]
    pub accept_zero_tap_terms: bool,
    /// An Android app that may receive the code, up to five times; needed with --yes for one-tap and zero-tap (Meta's sample app is com.whatsapp.otp.sample=K8a/AINcGX7)
    #[arg(long = "app", value_name = "PACKAGE=HASH", value_parser = fields::app, help_heading = "Template")]
    pub apps: Vec<SupportedApp>,
    /// The template's languages, with commas or repeated [default: `en_US`]
    #[arg(long = "language", value_name = "CODE", value_parser = fields::language, value_delimiter = ',', help_heading = "Template")]
    pub languages: Vec<LanguageCode>,
    /// Adds "For your security, do not share this code." [default: yes]
    #[arg(long, value_name = "YES|NO", help_heading = "Template")]
    pub security_line: Option<Answer>,
    /// The expiry line's minutes, 1 to 90, or none [default: 5]
    #[arg(long, value_name = "MINUTES", value_parser = fields::expiry, help_heading = "Template")]
    pub expiry_minutes: Option<Expiry>,
    /// How long WhatsApp may try to deliver, 30 to 900 seconds, or -1 for 30 days [default: 300]
    #[arg(long, value_name = "SECONDS", value_parser = fields::time_to_live, allow_negative_numbers = true, help_heading = "Template")]
    pub ttl_seconds: Option<TimeToLive>,
    /// The template's name [default: `otp_PLATFORM_TYPE`]
    #[arg(long, value_name = "NAME", value_parser = fields::template_name, help_heading = "Template")]
    pub template_name: Option<TemplateName>,
    /// How long to wait for Meta's approval
    #[arg(long, value_name = "SECONDS", default_value_t = 900, value_parser = clap::value_parser!(u64).range(0..=86_400), help_heading = "Template")]
    pub approval_wait_secs: u64,

    /// Sends the account's events to the app's webhook [default: no, yes with --webhook-url]
    #[arg(long, value_name = "YES|NO", help_heading = "Afterwards")]
    pub subscribe: Option<Answer>,
    /// A webhook of this account's own, instead of the one in the app's dashboard
    #[arg(long, value_name = "URL", value_parser = WebhookUrl::parse, help_heading = "Afterwards", requires = "webhook_verify_token_file")]
    pub webhook_url: Option<WebhookUrl>,
    /// The file with the word that Meta repeats when it checks the webhook (- reads standard input)
    #[arg(
        long,
        value_name = "FILE",
        help_heading = "Afterwards",
        requires = "webhook_url"
    )]
    pub webhook_verify_token_file: Option<SecretSource>,
    /// Sends a test message to this number, with + and country code
    #[arg(long, value_name = "NUMBER", value_parser = TestNumber::parse, help_heading = "Afterwards")]
    pub test_number: Option<TestNumber>,
}

const NEW_TEMPLATE_FLAGS: [&str; 9] = [
    "platform",
    "otp_type",
    "accept_zero_tap_terms",
    "apps",
    "languages",
    "security_line",
    "expiry_minutes",
    "ttl_seconds",
    "template_name",
];
