//! What the environment says; nothing else reads it.

use std::{ffi::OsString, path::PathBuf};

use zeroize::Zeroizing;

use crate::secret::Secret;

/// The variables that matter here.
#[derive(Default)]
pub struct Environment {
    /// `WA_ACCESS_TOKEN`.
    pub access_token: Option<Secret>,
    /// `JAVA_HOME`, for `keytool`.
    pub java_home: Option<PathBuf>,
}

impl Environment {
    /// Reads the process's environment; empty variables count as unset.
    pub fn read() -> Self {
        let token = variable("WA_ACCESS_TOKEN").and_then(|value| value.into_string().ok());
        let token = token.map(|value| Zeroizing::new(value.trim().to_owned()));
        Self {
            access_token: token.filter(|value| !value.is_empty()),
            java_home: variable("JAVA_HOME").map(PathBuf::from),
        }
    }
}

fn variable(name: &str) -> Option<OsString> {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the config room: the one reader of the environment"
    )]
    std::env::var_os(name).filter(|value| !value.is_empty())
}
