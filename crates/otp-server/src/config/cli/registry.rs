//! The words of `key` and `application`: what commands do to keys and applications.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};

/// What to do with keys.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum KeyAction {
    /// Make a key, and print it once
    ///
    /// Servers on the same store take it from now on. Only its hash is kept.
    Create(KeyCreateFlags),
    /// Make a key that takes another one's place, and print it once
    ///
    /// It is of the same application, mode, scopes and label, and lives for as long.
    Rotate(KeyRotateFlags),
    /// Print all keys: what they are for, not the keys themselves
    List(KeyListFlags),
    /// End a key: within a second no server takes it any more
    Revoke {
        /// The key's id: the 8 characters behind `otp_live_` or `otp_test_`
        #[arg(value_name = "ID")]
        id: String,
    },
}

/// What a new key is to be.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct KeyCreateFlags {
    /// Whose key it is
    #[arg(long, value_name = "NAME", default_value = "default")]
    pub application: String,

    /// What it may be used for; admin is everything, and figures
    #[arg(
        long = "scope",
        value_name = "SCOPE",
        value_delimiter = ',',
        value_parser = ["start", "check", "read", "admin"],
        default_value = "start,check,read"
    )]
    pub scopes: Vec<String>,

    /// Make a key with which nothing is ever sent
    #[arg(long)]
    pub test: bool,

    /// How long it is good, such as 90d or 12h; for ever when not given
    #[arg(long, value_name = "TIME", value_parser = parse_life)]
    pub expires_in: Option<Duration>,

    /// What people call it, shown by `key list`
    #[arg(long, value_name = "TEXT")]
    pub label: Option<String>,

    /// Keep nothing: print a key and its hash, for `sample_face.keys` in the configuration
    #[arg(long, conflicts_with_all = ["application", "scopes", "test", "expires_in", "label"])]
    pub for_config: bool,
}

/// Which key is to be replaced.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct KeyRotateFlags {
    /// The key's id: the 8 characters behind `otp_live_` or `otp_test_`
    #[arg(value_name = "ID")]
    pub id: String,

    /// How long the old key is good beside the new one, such as 24h
    #[arg(long, value_name = "TIME", value_parser = parse_time, default_value = "24h")]
    pub overlap: Duration,
}

/// Which keys to list, and how.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct KeyListFlags {
    /// Those of one application only
    #[arg(long, value_name = "NAME")]
    pub application: Option<String>,

    /// For machines
    #[arg(long)]
    pub json: bool,
}

/// What to do with applications.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum ApplicationAction {
    /// Add an application while servers run
    ///
    /// Its settings are those of a section [applications.NAME] of the configuration; what is not set is as for
    /// all of them.
    Add(ApplicationAddFlags),
    /// Print all applications
    List {
        /// For machines
        #[arg(long)]
        json: bool,
    },
    /// Refuse an application's keys from now on
    Disable {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Take an application's keys again
    Enable {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
    },
}

/// What a new application is to be.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct ApplicationAddFlags {
    /// Its name: 1 to 32 of a to z, 0 to 9, - _ and .
    #[arg(value_name = "NAME")]
    pub name: String,

    /// A file of settings, in TOML; - is standard input
    #[arg(long, value_name = "FILE")]
    pub settings: Option<PathBuf>,

    /// One setting, such as `code_length=8`; may be given several times, and wins over the file. Others on this
    /// machine can read command lines: a secret belongs in a file, `callback_secret_file=FILE`
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,

    /// Give an application that was added before these settings instead of its own
    #[arg(long)]
    pub replace: bool,
}

/// A key that has ended when it is made is a mistake.
fn parse_life(text: &str) -> Result<Duration, String> {
    let life = parse_time(text)?;
    if life.is_zero() {
        return Err("is no time at all".to_owned());
    }
    Ok(life)
}

/// A whole number of seconds, minutes, hours or days.
fn parse_time(text: &str) -> Result<Duration, String> {
    let wrong = || "is no time: a whole number and one of s, m, h and d, such as 90d".to_owned();
    let (number, unit) = text
        .split_at_checked(text.len().saturating_sub(1))
        .ok_or_else(wrong)?;
    let seconds_in_one = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return Err(wrong()),
    };
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let seconds = number.checked_mul(seconds_in_one).ok_or_else(wrong)?;
    Ok(Duration::from_secs(seconds))
}
