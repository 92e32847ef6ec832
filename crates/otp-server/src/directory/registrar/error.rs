//! Why a command did not do what it was asked for, and what to do about it.

use super::super::KeyId;
use crate::config::{ConfigError, NAME_RULE};
use crate::store::Unavailable;
use crate::store::registry::ENTRIES_MAX;

/// See the module. Nothing was changed, unless it says so.
#[derive(Debug, thiserror::Error)]
pub enum RegistrarError {
    /// No application is called so.
    #[error("there is no application {name:?}\nhint: there are: {}; add one with `otp-server application add NAME`", there.join(", "))]
    UnknownApplication {
        /// As it was given.
        name: String,
        /// Those that there are.
        there: Vec<String>,
    },
    /// No application may be called so.
    #[error("{name:?} is no name for an application\nhint: {NAME_RULE}")]
    BadName {
        /// As it was given.
        name: String,
    },
    /// It was added before.
    #[error(
        "there is an application {name:?} already\nhint: `otp-server application add {name} --replace` gives it these settings instead of its own"
    )]
    NameTaken {
        /// Its name.
        name: String,
    },
    /// It is the configuration's.
    #[error(
        "application {name:?} stands in the configuration\nhint: change [applications.{name}] there, and restart the servers"
    )]
    OfConfiguration {
        /// Its name.
        name: String,
    },
    /// The configuration switches it off.
    #[error(
        "the configuration disables application {name:?}\nhint: take enabled = false out of [applications.{name}], and restart the servers"
    )]
    DisabledByConfiguration {
        /// Its name.
        name: String,
    },
    /// Its settings are wrong.
    #[error(transparent)]
    Settings(#[from] ConfigError),
    /// Its settings are private, and there is nothing to seal them with.
    #[error(
        "callback_secret and test_recipients are kept sealed, and there is no secret to seal them with"
    )]
    NoSecret,
    /// There is no such key.
    #[error(
        "there is no key {id:?}\nhint: `otp-server key list` shows the ids; an id is the 8 characters behind otp_live_ or otp_test_"
    )]
    UnknownKey {
        /// As it was given.
        id: String,
    },
    /// The key opens nothing any more.
    #[error("key {id} {why}\nhint: make a new one with `otp-server key create`")]
    Ended {
        /// Which.
        id: KeyId,
        /// `is revoked`, `has expired`.
        why: &'static str,
    },
    /// The key has a successor already.
    #[error("key {id} is replaced already, by {by}\nhint: rotate that one")]
    Replaced {
        /// Which.
        id: KeyId,
        /// Its successor.
        by: KeyId,
    },
    /// The entry of a key or an application cannot be read.
    #[error(
        "{what} {why}\nhint: use an otp-server as new as the one that wrote it; revoking a key works in any case"
    )]
    Unreadable {
        /// Which.
        what: String,
        /// Why.
        why: String,
    },
    /// The label says too much.
    #[error("a label has at most {max} characters, and no control characters")]
    BadLabel {
        /// The most.
        max: usize,
    },
    /// A time that is longer than anything should live.
    #[error("{what} is at most {days_max} days\nhint: choose a shorter time")]
    TooLong {
        /// What was given.
        what: &'static str,
        /// The most.
        days_max: u64,
    },
    /// The registry is full.
    #[error(
        "there are {ENTRIES_MAX} applications and keys already\nhint: keys go by themselves 90 days after they ended: revoke those that nobody uses (`otp-server key list`)"
    )]
    Full,
    /// Others changed the same entries again and again.
    #[error("others change the same applications and keys at the same time\nhint: try again")]
    Contended,
    /// The registry cannot be used.
    #[error(
        "cannot use applications and keys: {0}\nhint: look at `otp-server key list` before you try again: a change may have been kept although this was not told"
    )]
    Unavailable(#[from] Unavailable),
}
