//! The flags of `wa-setup doctor`.

use std::path::PathBuf;

use clap::Args;

use super::GraphArgs;
use crate::{fields::GraphId, secret::SecretSource};

/// Flags of `doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// The installation's file
    #[arg(long, value_name = "FILE", default_value = "setup/whatsapp-info.json")]
    pub info: PathBuf,
    /// The running server, to ask whether it is ready
    #[arg(long, value_name = "URL")]
    pub server_url: Option<String>,
    /// The app, to read the token's permissions and expiry
    #[arg(long, value_name = "ID", value_parser = GraphId::parse, requires = "app_secret_file")]
    pub app_id: Option<GraphId>,
    /// The file with the app's secret (- reads standard input)
    #[arg(long, value_name = "FILE")]
    pub app_secret_file: Option<SecretSource>,
    /// How long the server's codes live, for comparison with the template's times
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    pub code_lifetime_secs: u32,
    /// Prints one JSON object on stdout instead of lines
    #[arg(long)]
    pub json: bool,
    /// Where Graph is.
    #[command(flatten)]
    pub graph: GraphArgs,
}
