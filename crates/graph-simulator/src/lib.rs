//! A stand-in for Meta's Graph API that behaves, and misbehaves on request.
//!
//! It speaks the part of the WhatsApp Cloud API that a one-time-password service uses: templates,
//! messages, phone numbers, tokens and signed webhooks. Start one in a test and ask it afterwards
//! what a person would have seen:
//!
//! ```
//! use graph_simulator::{Simulator, SimulatorConfig};
//!
//! let simulator = Simulator::start(SimulatorConfig::default())?;
//! assert!(simulator.url().starts_with("http://127.0.0.1:"));
//! assert_eq!(simulator.last_code("+1 415 200 0001"), None);
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! Beside Meta's it has stand-ins for Vonage's and Twilio's message APIs, when they are configured.
//!
//! It knows nothing of our client, and shares no type with it, so that one mistake cannot hide in both.

mod account;
mod clock;
mod config;
mod control;
mod fault;
mod graph;
mod languages;
mod phone;
mod sent;
mod server;
mod simulator;
mod twilio;
mod vendor;
mod vonage;
mod webhook;
mod wording;
mod world;

pub use account::{
    APP_ID, APP_SECRET, BUSINESS_ID, DISPLAY_PHONE_NUMBER, PHONE_NUMBER_ID, TEMPLATE_ID,
    TEMPLATE_LANGUAGE, TEMPLATE_NAME, TOKEN, TWILIO_ACCOUNT_SID, TWILIO_API_KEY,
    TWILIO_API_KEY_SECRET, TWILIO_AUTH_TOKEN, VERIFICATION_CODE, VONAGE_APPLICATION_ID,
    VONAGE_SIGNATURE_SECRET, WABA_ID,
};
pub use config::{Receipts, SimulatorConfig, TwilioConfig, VonageConfig};
pub use fault::{Effect, Fault, FaultTarget};
pub use sent::{SentMessage, VonageChannel};
pub use simulator::Simulator;
