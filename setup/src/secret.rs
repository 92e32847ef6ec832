//! Secrets that come from a file or from standard input; never from the command line, which every user can read.

use std::{
    fs::File,
    io::{self, IsTerminal, Read},
    path::PathBuf,
    str::FromStr,
};

use zeroize::Zeroizing;

use crate::failure::Failure;

/// A text that is wiped when dropped.
pub type Secret = Zeroizing<String>;

/// Tokens have a few hundred characters; more is another file.
const BYTES_MAX: u64 = 8 * 1024;

/// Where a secret lies: a file, or `-` for standard input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// Standard input, up to its end.
    Stdin,
    /// A file.
    File(PathBuf),
}

impl FromStr for SecretSource {
    type Err = std::convert::Infallible;

    fn from_str(typed: &str) -> Result<Self, Self::Err> {
        Ok(if typed == "-" {
            Self::Stdin
        } else {
            Self::File(PathBuf::from(typed))
        })
    }
}

impl SecretSource {
    /// Reads it, white space around it removed. `what` names it in messages.
    pub fn read(&self, what: &str) -> Result<Secret, Failure> {
        let mut text = Zeroizing::new(String::new());
        let read = match self {
            // What is typed on a terminal would be echoed.
            Self::Stdin if io::stdin().is_terminal() => {
                return Err(Failure::usage(
                    format!("standard input is a terminal, so the {what} would be seen"),
                    "pipe it in, or leave the flag out and be asked",
                ));
            }
            Self::Stdin => io::stdin().take(BYTES_MAX).read_to_string(&mut text),
            Self::File(path) => {
                File::open(path).and_then(|file| file.take(BYTES_MAX).read_to_string(&mut text))
            }
        };
        if let Err(cause) = read {
            return Err(Failure::failed(
                format!("cannot read the {what} from {self}: {cause}"),
                "check the file's path and rights",
            ));
        }
        let text = Zeroizing::new(text.trim().to_owned());
        if text.is_empty() {
            return Err(Failure::failed(
                format!("there is no {what} in {self}"),
                "put the secret, and nothing else, into it",
            ));
        }
        Ok(text)
    }
}

impl std::fmt::Display for SecretSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Stdin => f.write_str("standard input"),
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}
