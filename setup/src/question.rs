//! The questions of the wizard: a closed list, so that each has its words and its flag, and a test can hold them together.

/// One question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant's words stand in `prompt`")]
pub enum Question {
    Resume,
    WabaId,
    AccessToken,
    AppId,
    AppSecret,
    TryAgain,
    PhoneNumber,
    TemplateSource,
    Platform,
    OtpType,
    ZeroTapTerms,
    AppPackage,
    AppHash,
    AnotherApp,
    Languages,
    SecurityLine,
    Expiry,
    TimeToLive,
    TemplateName,
    Subscribe,
    WebhookUrl,
    WebhookVerifyToken,
    TestNumber,
    GoAhead,
    KeystorePassword,
}

impl Question {
    /// Every question of the wizard.
    pub const ALL: [Self; 25] = [
        Self::Resume,
        Self::WabaId,
        Self::AccessToken,
        Self::AppId,
        Self::AppSecret,
        Self::TryAgain,
        Self::PhoneNumber,
        Self::TemplateSource,
        Self::Platform,
        Self::OtpType,
        Self::ZeroTapTerms,
        Self::AppPackage,
        Self::AppHash,
        Self::AnotherApp,
        Self::Languages,
        Self::SecurityLine,
        Self::Expiry,
        Self::TimeToLive,
        Self::TemplateName,
        Self::Subscribe,
        Self::WebhookUrl,
        Self::WebhookVerifyToken,
        Self::TestNumber,
        Self::GoAhead,
        Self::KeystorePassword,
    ];

    /// What the person reads; short enough for a line of 80 with an answer behind it.
    #[must_use]
    pub fn prompt(self) -> &'static str {
        match self {
            Self::Resume => "Go on with it?",
            Self::WabaId => "WhatsApp Business Account id",
            Self::AccessToken => "System User access token (hidden)",
            Self::AppId => "App id (blank skips the permission check)",
            Self::AppSecret => "App secret (hidden)",
            Self::TryAgain => "Try again?",
            Self::PhoneNumber => "Which number sends the codes",
            Self::TemplateSource => "Which template",
            Self::Platform => "Where does your app run",
            Self::OtpType => "Which button",
            Self::ZeroTapTerms => "Do you accept these terms?",
            Self::AppPackage => "Android package name",
            Self::AppHash => "App signing key hash",
            Self::AnotherApp => "Another app?",
            Self::Languages => "Languages, with commas",
            Self::SecurityLine => "Add \"do not share this code\"?",
            Self::Expiry => "Say that the code expires in .. minutes (none: say nothing)",
            Self::TimeToLive => "WhatsApp may try to deliver for .. seconds",
            Self::TemplateName => "Template name",
            Self::Subscribe => "Send this account's events to a webhook?",
            Self::WebhookUrl => "Webhook address (blank: the one set in the app's dashboard)",
            Self::WebhookVerifyToken => "Webhook verify token (hidden)",
            Self::TestNumber => "Send a test message to (+.., blank sends none)",
            Self::GoAhead => "Go ahead?",
            Self::KeystorePassword => "Keystore password (hidden)",
        }
    }

    /// The flag that answers it beforehand.
    #[must_use]
    pub fn flag(self) -> &'static str {
        match self {
            Self::Resume | Self::TryAgain | Self::GoAhead => "--yes",
            Self::WabaId => "--waba-id",
            Self::AccessToken => "--access-token-file",
            Self::AppId => "--app-id",
            Self::AppSecret => "--app-secret-file",
            Self::PhoneNumber => "--phone-number-id",
            Self::TemplateSource => "--use-template",
            Self::Platform => "--platform",
            Self::OtpType => "--otp-type",
            Self::ZeroTapTerms => "--accept-zero-tap-terms",
            Self::AppPackage | Self::AppHash | Self::AnotherApp => "--app",
            Self::Languages => "--language",
            Self::SecurityLine => "--security-line",
            Self::Expiry => "--expiry-minutes",
            Self::TimeToLive => "--ttl-seconds",
            Self::TemplateName => "--template-name",
            Self::Subscribe => "--subscribe",
            Self::WebhookUrl => "--webhook-url",
            Self::WebhookVerifyToken => "--webhook-verify-token-file",
            Self::TestNumber => "--test-number",
            Self::KeystorePassword => "--keystore-password-file",
        }
    }
}
