//! The account that every simulator starts with.

/// The WhatsApp Business Account.
pub const WABA_ID: &str = "102290129340398";
/// The business portfolio that owns the account.
pub const BUSINESS_ID: &str = "506914307656634";
/// The app that sends.
pub const APP_ID: &str = "1000000000000001";
/// The app's secret; webhooks are signed with it.
pub const APP_SECRET: &str = "simulator-app-secret";
/// The system user's token; any other is refused with code 190.
pub const TOKEN: &str = "SIMULATOR_TOKEN";
/// The business phone number's id.
pub const PHONE_NUMBER_ID: &str = "106540352242922";
/// The business phone number as Meta displays it.
pub const DISPLAY_PHONE_NUMBER: &str = "+1 555-078-3881";
/// The approved authentication template's id.
pub const TEMPLATE_ID: &str = "594425479261596";
/// The approved authentication template's name.
pub const TEMPLATE_NAME: &str = "otp_demo";
/// The language of the approved authentication template.
pub const TEMPLATE_LANGUAGE: &str = "en_US";
/// The application at Vonage, where its stand-in is served.
pub const VONAGE_APPLICATION_ID: &str = "aaaaaaaa-bbbb-cccc-dddd-0123456789ab";
/// The signature secret of the account at Vonage; its webhooks are signed with it.
pub const VONAGE_SIGNATURE_SECRET: &str = "simulator-vonage-signature-secret";
/// The account at Twilio.
pub const TWILIO_ACCOUNT_SID: &str = "AC00000000000000000000000000000001";
/// The token of the account at Twilio; its callbacks are signed with it.
pub const TWILIO_AUTH_TOKEN: &str = "simulator-twilio-auth-token";
/// An API key of the account at Twilio.
pub const TWILIO_API_KEY: &str = "SK00000000000000000000000000000001";
/// That key's secret.
pub const TWILIO_API_KEY_SECRET: &str = "simulator-twilio-api-key-secret";
/// What `verify_code` takes for the code that `request_code` would have sent by SMS or call.
pub const VERIFICATION_CODE: &str = "123456";
