//! The configuration: what is read from where, what is refused, and how it is said.

mod access;
mod agreement;
mod applications;
mod command_line;
mod example;
mod file;
mod keys;
mod secrets;
mod values;
mod whmcs;

use std::{fs, path::Path};

use clap::{CommandFactory as _, FromArgMatches as _, builder::Resettable};
use otp_server::config::{Cli, Config, ConfigError, Loaded};
use tempfile::TempDir;

/// A working directory with a configuration file in it.
struct Place(TempDir);

impl Place {
    fn with(configuration: &str) -> Self {
        let place = Self::empty();
        place.write("otp-server.toml", configuration);
        place
    }

    fn empty() -> Self {
        Self(tempfile::tempdir().expect("a directory can be made"))
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path().join(name), content).expect("a file can be written");
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn load(&self, arguments: &[&str]) -> Result<Loaded, ConfigError> {
        Config::load(&command_line(arguments), self.path())
    }
}

/// A command line that does not depend on the environment of whoever runs the tests.
fn command_line(arguments: &[&str]) -> Cli {
    let command = Cli::command().mut_args(|arg| arg.env(Resettable::Reset));
    let matches = command.get_matches_from(["otp-server"].iter().chain(arguments));
    Cli::from_arg_matches(&matches).expect("these arguments are right")
}

/// The configuration that a file gives.
pub(crate) fn loaded(configuration: &str) -> Loaded {
    Place::with(configuration)
        .load(&[])
        .unwrap_or_else(|error| panic!("{error}"))
}

/// The message that refuses a file.
fn refused(configuration: &str) -> String {
    Place::with(configuration)
        .load(&[])
        .expect_err("this configuration is wrong")
        .to_string()
}

/// The message, if a file is refused; nothing otherwise.
pub(crate) fn complaint(configuration: &str) -> String {
    Place::with(configuration)
        .load(&[])
        .map_or_else(|error| error.to_string(), |_| String::new())
}

/// A file that sets one key, in its section.
fn setting(key: &str, value: &str) -> String {
    match key.rsplit_once('.') {
        None => format!("{key} = {value}\n"),
        Some((section, leaf)) => format!("[{section}]\n{leaf} = {value}\n"),
    }
}
