//! How a run ends when it does not end well: what went wrong, what to type next, and the exit code.

use std::{fmt, io, process::ExitCode};

/// Why a command stopped.
#[derive(Debug)]
pub enum Failure {
    /// The command line cannot work as typed: exit code 2.
    Usage {
        /// What is wrong.
        message: String,
        /// The next thing to type.
        hint: String,
    },
    /// The work itself failed: exit code 1.
    Failed {
        /// What is wrong.
        message: String,
        /// The next thing to type.
        hint: String,
    },
    /// Everything was said already (a doctor's report); only the exit code 1 is left.
    Reported,
    /// The person pressed Ctrl-C: exit code 130.
    Interrupted,
}

impl Failure {
    /// A command line that cannot work.
    pub(crate) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Usage {
            message: message.into(),
            hint: hint.into(),
        }
    }

    /// Work that failed.
    pub(crate) fn failed(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Failed {
            message: message.into(),
            hint: hint.into(),
        }
    }

    /// Writing to stdout or the terminal failed; a closed pipe is nobody's fault but ends the run.
    pub(crate) fn output(cause: &io::Error) -> Self {
        Self::failed(
            format!("cannot write the output: {cause}"),
            "run the command again with its output on a terminal or in a file",
        )
    }

    /// The exit code: 1, 2 or 130.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage { .. } => ExitCode::from(2),
            Self::Failed { .. } | Self::Reported => ExitCode::FAILURE,
            Self::Interrupted => ExitCode::from(130),
        }
    }
}

/// `error: ..` and `hint: ..`, or nothing when all was said.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage { message, hint } | Self::Failed { message, hint } => {
                write!(f, "error: {message}\nhint: {hint}")
            }
            Self::Reported | Self::Interrupted => Ok(()),
        }
    }
}

impl std::error::Error for Failure {}
