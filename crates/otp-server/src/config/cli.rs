//! The command line. Clap reads it, and the environment, which nothing else in this program reads.

mod callbacks;
mod opt_out;
mod registry;

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use clap::{Args, Parser, Subcommand};
use toml::Value;

pub use self::callbacks::{CallbackAction, WhichCallbacks};
pub use self::opt_out::{OptOutAction, OptOutWhom};
pub use self::registry::{
    ApplicationAction, ApplicationAddFlags, KeyAction, KeyCreateFlags, KeyListFlags, KeyRotateFlags,
};
use super::reader::Reader;

/// Sends one-time codes over WhatsApp, and checks them.
///
/// A flag wins over its environment variable, that over the configuration file, and that over the default.
/// An empty variable counts as not set.
#[derive(Clone, Parser)]
#[command(name = "otp-server", version)]
// What a sub-command needs to find the store may stand before or behind its name.
pub struct Cli {
    /// Configuration file; otp-server.toml in the working directory is read if there is one
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "OTP_CONFIG",
        hide_env_values = true
    )]
    pub(super) config: Option<String>,

    /// Address to listen on: HOST:PORT, or a port alone (`:PORT` or `PORT`) to keep the configured host
    #[arg(long, value_name = "ADDR", env = "OTP_LISTEN", hide_env_values = true)]
    listen: Option<String>,

    // Platforms hand out a port this way; nobody types it.
    #[arg(long, value_name = "PORT", env = "PORT", hide = true)]
    port_of_platform: Option<String>,

    /// The file that wa-setup writes
    #[arg(
        long,
        value_name = "FILE",
        env = "OTP_WHATSAPP_INFO",
        hide_env_values = true
    )]
    whatsapp_info: Option<String>,

    /// Where Meta's Graph API is
    #[arg(
        long,
        value_name = "URL",
        env = "OTP_GRAPH_URL",
        hide_env_values = true
    )]
    graph_url: Option<String>,

    /// Directory of the embedded store and the master secret
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "OTP_DATA_DIR",
        hide_env_values = true
    )]
    data_dir: Option<String>,

    /// The store: embedded, memory, or the address of a Redis that many servers share (redis://HOST:PORT)
    #[arg(
        long,
        global = true,
        value_name = "STORE",
        env = "OTP_STORE",
        hide_env_values = true
    )]
    store: Option<String>,

    /// Minutes that a code can be used
    #[arg(
        long,
        value_name = "MINUTES",
        env = "OTP_EXPIRY_MINUTES",
        hide_env_values = true
    )]
    expiry_minutes: Option<String>,

    /// What is logged, such as `info` or `warn,otp_server=debug`
    #[arg(
        long,
        global = true,
        value_name = "FILTER",
        env = "OTP_LOG",
        hide_env_values = true
    )]
    log: Option<String>,

    /// The shape of log lines: human or json
    #[arg(
        long,
        global = true,
        value_name = "FORMAT",
        env = "OTP_LOG_FORMAT",
        hide_env_values = true
    )]
    log_format: Option<String>,

    /// The file of the master secret
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "OTP_SECRET_FILE",
        hide_env_values = true
    )]
    secret_file: Option<String>,

    /// Report every problem with the configuration, and exit
    #[arg(long)]
    check: bool,

    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Clone, Subcommand)]
enum Action {
    /// Keys that callers present
    #[command(subcommand)]
    Key(KeyAction),
    /// Applications, each with rules, limits and keys of its own
    #[command(subcommand)]
    Application(ApplicationAction),
    /// Who wants no messages, and by which channel
    #[command(subcommand)]
    OptOut(OptOutAction),
    /// What applications were to be told and did not take in
    #[command(subcommand)]
    Callback(CallbackAction),
    /// Writes all live records to a file, for another store
    ///
    /// The store is the one that the server would use, by the same flags, variables and file. Stop the servers
    /// first: what happens after a record was written is missing from the file. The file is of use only together
    /// with the secret file, which is not in it.
    Export(ExportFlags),
    /// Puts the records of an export into the store
    ///
    /// The store is the one that the server would use, by the same flags, variables and file, and the secret file
    /// must be the one that the export was made with. The whole file is checked before anything is written.
    /// Records that the store has already are left as they are, so an import may be repeated.
    Import(ImportFlags),
}

/// Where an export goes.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct ExportFlags {
    /// The file to write, readable by its owner only; - is standard output
    #[arg(long, value_name = "FILE")]
    pub output: PathBuf,

    /// Replace the file if it is there already
    #[arg(long)]
    pub force: bool,
}

/// Where an import comes from.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct ImportFlags {
    /// The file that `export` wrote; - is standard input
    #[arg(long, value_name = "FILE")]
    pub input: PathBuf,
}

/// What the command line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Start, and serve until told to stop.
    Serve,
    /// Report every problem, and exit.
    Check,
    /// Print a new key and its hash; needs no configuration.
    KeyForConfig,
    /// Do something to keys.
    Key(KeyAction),
    /// Do something to applications.
    Application(ApplicationAction),
    /// Do something to the list of those who want no messages.
    OptOut(OptOutAction),
    /// Do something to callbacks that were given up.
    Callback(CallbackAction),
    /// Take all records out.
    Export(ExportFlags),
    /// Put records in.
    Import(ImportFlags),
}

impl Cli {
    /// What was asked for.
    #[must_use]
    pub fn task(&self) -> Command {
        match &self.action {
            Some(Action::Key(KeyAction::Create(flags))) if flags.for_config => {
                Command::KeyForConfig
            }
            Some(Action::Key(action)) => Command::Key(action.clone()),
            Some(Action::Application(action)) => Command::Application(action.clone()),
            Some(Action::OptOut(action)) => Command::OptOut(action.clone()),
            Some(Action::Callback(action)) => Command::Callback(action.clone()),
            Some(Action::Export(flags)) => Command::Export(flags.clone()),
            Some(Action::Import(flags)) => Command::Import(flags.clone()),
            None if self.check => Command::Check,
            None => Command::Serve,
        }
    }

    /// Lets every flag and variable that is set win over the file's value.
    pub(super) fn overrule(&self, reader: &mut Reader<'_>) {
        // The more deliberate one comes last and wins.
        overrule_listen(reader, "PORT", self.port_of_platform.as_ref());
        overrule_listen(reader, "--listen or OTP_LISTEN", self.listen.as_ref());
        let texts = [
            (
                "whatsapp_info",
                "--whatsapp-info or OTP_WHATSAPP_INFO",
                &self.whatsapp_info,
            ),
            ("graph_url", "--graph-url or OTP_GRAPH_URL", &self.graph_url),
            ("data_dir", "--data-dir or OTP_DATA_DIR", &self.data_dir),
            ("store.kind", "--store or OTP_STORE", &self.store),
            ("log.filter", "--log or OTP_LOG", &self.log),
            (
                "log.format",
                "--log-format or OTP_LOG_FORMAT",
                &self.log_format,
            ),
            (
                "secret.file",
                "--secret-file or OTP_SECRET_FILE",
                &self.secret_file,
            ),
        ];
        for (key, origin, text) in texts {
            if let Some(text) = set(text.as_ref()) {
                reader.overrule(key, origin, Value::from(text));
            }
        }
        if let Some(text) = set(self.expiry_minutes.as_ref()) {
            let origin = "--expiry-minutes or OTP_EXPIRY_MINUTES";
            reader.overrule("code_lifetime_minutes", origin, number_or_text(text));
            let of_key_face = "key_face.code_lifetime_minutes";
            reader.overrule(of_key_face, origin, number_or_text(text));
        }
    }
}

/// Clap hands over whatever was set, and a store's address may hold a password.
impl fmt::Debug for Cli {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cli")
            .field("task", &self.task())
            .finish_non_exhaustive()
    }
}

fn overrule_listen(reader: &mut Reader<'_>, origin: &'static str, text: Option<&String>) {
    let Some(text) = set(text) else { return };
    let Some((host, port)) = parse_listen(text) else {
        let allowed = "allowed: an IP address and a port, :PORT or PORT, such as 127.0.0.1:3000";
        reader
            .notes
            .problem(origin, "is not an address to listen on", allowed);
        return;
    };
    if let Some(host) = host {
        reader.overrule("address", origin, Value::from(host.to_string()));
    }
    reader.overrule("port", origin, Value::from(i64::from(port)));
}

/// An empty variable is what a compose file makes of one that nobody set.
pub(super) fn set(text: Option<&String>) -> Option<&str> {
    text.map(String::as_str).filter(|text| !text.is_empty())
}

fn number_or_text(text: &str) -> Value {
    text.parse::<i64>()
        .map_or_else(|_| Value::from(text), Value::from)
}

fn parse_listen(text: &str) -> Option<(Option<IpAddr>, u16)> {
    let text = text.replace("localhost:", "127.0.0.1:");
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Some((Some(address.ip()), address.port()));
    }
    let port = text.strip_prefix(':').unwrap_or(&text);
    let digits = port.bytes().all(|byte| byte.is_ascii_digit());
    port.parse()
        .ok()
        .filter(|_| digits)
        .map(|port| (None, port))
}
