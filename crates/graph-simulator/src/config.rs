//! What a simulator can be told at its start.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::str::FromStr;
use std::time::Duration;

use crate::account;

/// Whether accepted messages get their receipts by themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Receipts {
    /// `sent`, `delivered` and `read` follow each accepted message.
    #[default]
    Auto,
    /// Only what a test asks for.
    Manual,
}

impl FromStr for Receipts {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Receipts::Auto),
            "manual" => Ok(Receipts::Manual),
            other => Err(format!("receipts are `auto` or `manual`, not `{other}`")),
        }
    }
}

/// The settings of one simulator; the default is the starting account on a free loopback port.
#[derive(Clone)]
pub struct SimulatorConfig {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// HTTP worker threads, at least one.
    pub workers: usize,
    /// How long a template stays `PENDING`; zero approves it in the answer to its creation.
    pub review: Duration,
    /// Where the app's webhooks go until a subscription says otherwise.
    pub webhook_url: Option<String>,
    /// The app's secret.
    pub app_secret: String,
    /// The token that is accepted.
    pub token: String,
    /// Refuse calls without `appsecret_proof`, as an app with "Require app secret" does.
    pub require_app_secret_proof: bool,
    /// Whether receipts follow by themselves.
    pub receipts: Receipts,
    /// How long every Graph answer takes, and how long each receipt follows after the one before.
    pub latency: Duration,
    /// How long a person's message keeps the window for free text open (Meta: 24 hours).
    pub service_window: Duration,
    /// Messages remembered in all; the oldest are forgotten first.
    pub messages_kept: usize,
    /// Messages remembered of one recipient.
    pub messages_kept_per_recipient: usize,
    /// Templates that the account may hold (Meta: 250 until it is verified).
    pub template_limit: usize,
    /// Templates that may be created within an hour (Meta: 100).
    pub template_creations_per_hour: usize,
    /// Webhooks waiting to be delivered; what does not fit is dropped, and counted.
    pub webhook_queue: usize,
    /// Attempts at one webhook before it is given up.
    pub webhook_attempts: u32,
    /// The wait before the third attempt at a webhook (the second follows at once); it doubles.
    pub webhook_backoff: Duration,
    /// An application at Vonage, if its Messages API is to be simulated too.
    pub vonage: Option<VonageConfig>,
    /// An account at Twilio, if its Messaging API is to be simulated too.
    pub twilio: Option<TwilioConfig>,
}

/// An application at Vonage.
#[derive(Clone)]
pub struct VonageConfig {
    /// Its id.
    pub application_id: String,
    /// Its public key, in PEM.
    pub public_key: String,
    /// The account's signature secret, which signs webhooks.
    pub signature_secret: String,
    /// Where it is told what became of messages.
    pub status_url: Option<String>,
    /// Where it is told what people write.
    pub inbound_url: Option<String>,
}

/// An account at Twilio.
#[derive(Clone)]
pub struct TwilioConfig {
    /// `AC` and 32 hexadecimal digits.
    pub account_sid: String,
    /// The account's token, which also signs callbacks.
    pub auth_token: String,
    /// An API key of the account: `SK` and 32 hexadecimal digits.
    pub api_key: String,
    /// The key's secret.
    pub api_key_secret: String,
}

impl Default for SimulatorConfig {
    fn default() -> Self {
        SimulatorConfig {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            workers: 1,
            review: Duration::from_secs(1),
            webhook_url: None,
            app_secret: account::APP_SECRET.to_owned(),
            token: account::TOKEN.to_owned(),
            require_app_secret_proof: false,
            receipts: Receipts::Auto,
            latency: Duration::ZERO,
            service_window: Duration::from_hours(24),
            messages_kept: 2_000_000,
            messages_kept_per_recipient: 8,
            template_limit: 250,
            template_creations_per_hour: 100,
            webhook_queue: 65_536,
            webhook_attempts: 6,
            webhook_backoff: Duration::from_secs(1),
            vonage: None,
            twilio: None,
        }
    }
}

impl fmt::Debug for SimulatorConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatorConfig")
            .field("listen", &self.listen)
            .field("workers", &self.workers)
            .field("review", &self.review)
            .field("webhook_url", &self.webhook_url)
            .field("app_secret", &"***")
            .field("token", &"***")
            .field("receipts", &self.receipts)
            .field("latency", &self.latency)
            .finish_non_exhaustive()
    }
}
