//! The flags of `wa-setup app-hash`.

use std::path::PathBuf;

use clap::Args;

use whatsapp_cloud::PackageName;

use crate::{fields, secret::SecretSource};

/// Flags of `app-hash`.
#[derive(Debug, Args)]
pub struct AppHashArgs {
    /// The app's package name
    #[arg(long, value_name = "PACKAGE", value_parser = fields::package_name)]
    pub package: PackageName,
    /// The certificate that signs the app, DER or PEM
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "keystore",
        required_unless_present = "keystore"
    )]
    pub certificate: Option<PathBuf>,
    /// The keystore that signs the app, JKS or PKCS#12; needs Java's keytool
    #[arg(long, value_name = "FILE", requires = "alias")]
    pub keystore: Option<PathBuf>,
    /// The key's name in the keystore
    #[arg(long, value_name = "NAME", requires = "keystore")]
    pub alias: Option<String>,
    /// The file with the keystore's password (- reads standard input); asked for without it
    #[arg(long, value_name = "FILE", requires = "keystore")]
    pub keystore_password_file: Option<SecretSource>,
}
