//! The command line: every question has a flag here.

mod app_hash;
mod doctor;
mod shell;
mod wizard;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

pub use app_hash::AppHashArgs;
pub use doctor::DoctorArgs;
pub use shell::{print_completions, print_man_page};
pub use wizard::WizardArgs;

/// Sets up WhatsApp one-time passwords: checks the account, creates the authentication template, writes whatsapp-info.json.
///
/// Without a subcommand it asks; with --yes it asks nothing. Prompts go to stderr, data to stdout.
#[derive(Debug, Parser)]
#[command(name = "wa-setup", version, args_conflicts_with_subcommands = true, after_help = AFTER_HELP)]
pub struct Cli {
    /// What to do instead of the wizard.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The wizard's flags.
    #[command(flatten)]
    pub wizard: WizardArgs,
}

const AFTER_HELP: &str = "The access token comes from --access-token-file (- reads standard input), from WA_ACCESS_TOKEN, from the \
previous file, or is asked for and not shown. Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.";

/// What to do instead of the wizard.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Checks an installation and says what to do about each failure
    Doctor(DoctorArgs),
    /// Prints the app signing key hash of an Android app
    AppHash(AppHashArgs),
    /// Prints a completion script for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Prints the manual page
    Man,
}

/// Where Graph is.
#[derive(Clone, Debug, Args)]
pub struct GraphArgs {
    /// Graph's address; a simulator's for trying out
    #[arg(long, value_name = "URL", default_value = whatsapp_cloud::DEFAULT_BASE_URL)]
    pub graph_url: String,
    /// Graph's version
    #[arg(long, value_name = "VERSION", default_value = whatsapp_cloud::DEFAULT_API_VERSION)]
    pub api_version: String,
}
