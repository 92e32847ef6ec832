//! Who may ask for what: applications, and the keys that callers present for them.
//!
//! A request is made on behalf of one application, which has rules and limits of its own.

mod application;
mod policy;

use std::collections::BTreeMap;
use std::sync::Arc;

use otp_core::{InvalidPolicy, Timestamp};

pub use self::application::{Application, Mode, Realm, TestRecipient};
use crate::config::Config;

/// The application that is there without anybody making one.
pub const DEFAULT_APPLICATION: &str = "default";

/// All applications.
#[derive(Debug)]
pub struct Directory {
    default: Arc<Application>,
    applications: BTreeMap<Arc<str>, Arc<Application>>,
}

impl Directory {
    /// The applications of the configuration.
    pub fn configured(config: &Config) -> Result<Self, InvalidPolicy> {
        let default = Arc::new(Application::default_of(config)?);
        let applications = BTreeMap::from([(Arc::clone(&default.name), Arc::clone(&default))]);
        Ok(Self {
            default,
            applications,
        })
    }

    /// The application that serves whoever needs no key.
    #[must_use]
    pub fn default_application(&self) -> Arc<Application> {
        Arc::clone(&self.default)
    }

    /// Who presents this key.
    #[must_use]
    pub fn identify(&self, key: &str, _now: Timestamp) -> Identified {
        let Some(name) = key.strip_prefix("stub:") else {
            return Identified::Unknown;
        };
        let (name, mode) = match name.strip_suffix(":test") {
            Some(name) => (name, Mode::Test),
            None => (name, Mode::Live),
        };
        match self.application(name) {
            Some(application) => Identified::Caller(Caller {
                application,
                mode,
                scopes: Scopes,
            }),
            None => Identified::Unknown,
        }
    }

    /// The application of this name, unless it is disabled.
    #[must_use]
    pub fn application(&self, name: &str) -> Option<Arc<Application>> {
        self.applications.get(name).map(Arc::clone)
    }
}

/// STUB
#[derive(Debug)]
#[expect(missing_docs, reason = "stub")]
pub enum Identified {
    Caller(Caller),
    Unknown,
    Unavailable,
}

/// STUB
#[derive(Debug)]
#[expect(missing_docs, reason = "stub")]
pub struct Caller {
    pub application: Arc<Application>,
    pub mode: Mode,
    pub scopes: Scopes,
}

/// STUB
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "stub")]
pub enum Scope {
    Start,
    Check,
    Read,
    Admin,
}

/// STUB
#[derive(Debug, Clone, Copy)]
pub struct Scopes;

impl Scope {
    /// STUB
    #[must_use]
    pub fn name(self) -> &'static str {
        "start"
    }
}

impl Scopes {
    /// STUB
    #[must_use]
    pub fn allows(self, _: Scope) -> bool {
        true
    }
}

/// STUB
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "stub")]
pub enum Face {
    Sample,
    Native,
    Key,
}

/// STUB
#[derive(Debug, Clone, Copy)]
pub struct FacesAllowed;

impl FacesAllowed {
    /// STUB
    #[must_use]
    pub fn allows(self, _: Face) -> bool {
        true
    }
}
