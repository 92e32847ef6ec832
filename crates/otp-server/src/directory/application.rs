//! An application: somebody with rules, limits and codes of its own.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use otp_core::{InvalidPolicy, PhoneNumber, Policy, SharedLimits, Timestamp};
use serde::{Deserialize, Serialize};

use super::policy;
use crate::callback::CallbackAddress;
use crate::config::{ApplicationSettings, Config, Faces, Secret};
use crate::signing::SigningSecret;

/// One application, as it is configured now.
#[derive(Debug)]
pub struct Application {
    /// Its name: what operators call it, and what its codes are bound to.
    pub name: Arc<str>,
    /// The numbers that bound guessing and sending.
    pub policy: Policy,
    /// The numbers that bound what many phones cost together.
    pub shared_limits: SharedLimits,
    /// Where it may be used.
    pub faces: Faces,
    /// Names of approved templates by language, instead of the account's.
    pub templates: BTreeMap<String, String>,
    /// Where it is told of what happens.
    pub callback: Option<Callback>,
    /// Numbers that get a fixed code, and no message.
    pub test_recipients: Vec<TestRecipient>,
}

/// Where an application is told of what happens.
#[derive(Debug)]
pub struct Callback {
    /// The address.
    pub url: CallbackAddress,
    /// What each call is signed with: the secret, and the one before while receivers change.
    pub secrets: Vec<SigningSecret>,
}

/// A number that gets a fixed code, and no message.
#[derive(Debug)]
pub struct TestRecipient {
    /// The number.
    pub phone: PhoneNumber,
    /// Its code, always.
    pub code: Secret,
    /// From here on it is a number like any other.
    pub until: Timestamp,
}

/// Whether messages really go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// They do.
    Live,
    /// Nothing is ever sent. What is made in one mode is not there in the other.
    Test,
}

/// Within what a code, an id and an idempotency key are good: one application in one mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Realm(Arc<str>);

/// No name of an application has it.
const TEST_SUFFIX: &str = "+test";

impl Application {
    /// The application of this name, with these settings of its own.
    pub(super) fn new(
        config: &Config,
        name: &str,
        own: &ApplicationSettings,
    ) -> Result<Self, InvalidPolicy> {
        let secrets = own.callback_secret.iter();
        let secrets = secrets.chain(&own.callback_secret_previous);
        let callback = own.callback_url.as_ref().map(|url| Callback {
            url: url.clone(),
            secrets: secrets
                .map(|secret| SigningSecret::of_text(secret.reveal()))
                .collect(),
        });
        let test_recipients = own.test_recipients.iter().map(|recipient| TestRecipient {
            phone: recipient.phone.clone(),
            code: recipient.code.clone(),
            until: recipient.until,
        });
        Ok(Self {
            name: name.into(),
            policy: policy::read(config, own)?,
            shared_limits: policy::shared_limits(config, own),
            faces: own.faces.clone(),
            templates: own.templates.clone(),
            callback,
            test_recipients: test_recipients.collect(),
        })
    }

    /// What this application has in this mode.
    #[must_use]
    pub fn realm(&self, mode: Mode) -> Realm {
        match mode {
            Mode::Live => Realm(Arc::clone(&self.name)),
            Mode::Test => Realm(format!("{}{TEST_SUFFIX}", self.name).into()),
        }
    }

    /// The entry for this number, if it is one that gets no message now.
    #[must_use]
    pub fn test_recipient(&self, phone: &PhoneNumber, now: Timestamp) -> Option<&TestRecipient> {
        self.test_recipients.iter().find(|recipient| {
            now < recipient.until && recipient.phone.canonical() == phone.canonical()
        })
    }
}

impl Mode {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Test => "test",
        }
    }
}

impl Realm {
    /// The name of the application in the name of a realm.
    #[must_use]
    pub fn application(realm: &str) -> &str {
        realm.strip_suffix(TEST_SUFFIX).unwrap_or(realm)
    }

    /// Its name, which goes into every key and every hash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Realm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
