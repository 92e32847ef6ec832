//! The program's accounts at Vonage and Twilio.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use graph_simulator::{
    TWILIO_ACCOUNT_SID, TWILIO_API_KEY, TWILIO_API_KEY_SECRET, TWILIO_AUTH_TOKEN, TwilioConfig,
    VONAGE_APPLICATION_ID, VONAGE_SIGNATURE_SECRET, VonageConfig,
};

/// What may be said of them. Twilio's is always there: it needs nothing.
#[derive(Args)]
pub(crate) struct Flags {
    /// Serve Vonage's Messages API, too, and write the application's private key there, as Vonage's
    /// dashboard hands one out.
    #[arg(long = "vonage-key-file", id = "vonage_key_file", value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// Where Vonage tells what became of messages that do not say it themselves.
    #[arg(
        long = "vonage-status-url",
        value_name = "URL",
        requires = "vonage_key_file"
    )]
    status_url: Option<String>,
    /// Where Vonage tells what people write.
    #[arg(
        long = "vonage-inbound-url",
        value_name = "URL",
        requires = "vonage_key_file"
    )]
    inbound_url: Option<String>,
}

impl Flags {
    /// Makes the application's key.
    pub(crate) fn vonage(&self) -> anyhow::Result<Option<VonageConfig>> {
        let Some(path) = &self.key_file else {
            return Ok(None);
        };
        let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256)
            .context("cannot make a key for Vonage's application")?;
        fs::write(path, key.serialize_pem())
            .with_context(|| format!("cannot write the private key to {}", path.display()))?;
        Ok(Some(VonageConfig {
            application_id: VONAGE_APPLICATION_ID.to_owned(),
            public_key: key.public_key_pem(),
            signature_secret: VONAGE_SIGNATURE_SECRET.to_owned(),
            status_url: self.status_url.clone(),
            inbound_url: self.inbound_url.clone(),
        }))
    }
}

pub(crate) fn twilio() -> TwilioConfig {
    TwilioConfig {
        account_sid: TWILIO_ACCOUNT_SID.to_owned(),
        auth_token: TWILIO_AUTH_TOKEN.to_owned(),
        api_key: TWILIO_API_KEY.to_owned(),
        api_key_secret: TWILIO_API_KEY_SECRET.to_owned(),
    }
}
