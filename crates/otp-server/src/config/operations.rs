//! What the operator of a running server sees and keeps: the master secret's place, logs and metrics.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use tracing_subscriber::EnvFilter;

use super::{kind, reader::Section};

/// Where the master secret is, from which every key is derived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretFile {
    /// The operator named it: it must exist.
    Given(PathBuf),
    /// Nobody named it: it is made once, in the data directory.
    MadeOnce(PathBuf),
}

impl SecretFile {
    pub(super) fn read(secret: &mut Section<'_, '_>) -> Option<PathBuf> {
        secret.optional_path(
            "file",
            "The file of the master secret, which every key is derived from. When not set, data_dir/secret is made at the first start; back it up, without it no stored code can be checked.",
        )
    }

    pub(super) fn resolve(given: Option<PathBuf>, data_dir: &Path) -> Self {
        given.map_or_else(|| Self::MadeOnce(data_dir.join("secret")), Self::Given)
    }
}

/// What is logged, and how. Logs go to standard error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogSettings {
    /// The shape of a line.
    pub format: LogFormat,
    /// Levels, perhaps per module: `info`, or `warn,otp_server=debug`. Always a filter that parses.
    pub filter: String,
}

/// The shape of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Text for people.
    Human,
    /// One JSON object a line.
    Json,
}

impl LogSettings {
    pub(super) fn read(log: &mut Section<'_, '_>) -> Self {
        Self {
            format: log.value(
                "format",
                kind::choice(&[("human", LogFormat::Human), ("json", LogFormat::Json)]),
                "human",
                "The shape of a line: text for people, or one JSON object.",
            ),
            filter: log.value(
                "filter",
                kind::parsed(
                    "off, error, warn, info, debug or trace, or MODULE=LEVEL, separated by commas",
                    parse_filter,
                ),
                "info",
                "What is logged: a level, or levels per module such as \"warn,otp_server=debug\".",
            ),
        }
    }
}

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// The filter library takes any word that is no level for a module, so a mistyped level would silence
/// everything; here a directive without a level of its own must be one.
fn parse_filter(text: &str) -> Result<String, String> {
    let is_meant = |directive: &str| {
        let is_level = LEVELS
            .iter()
            .any(|level| level.eq_ignore_ascii_case(directive));
        is_level || directive.contains(['=', '[', '{'])
    };
    let parses = EnvFilter::builder().parse(text).is_ok();
    if parses && text.split(',').all(is_meant) {
        Ok(text.to_owned())
    } else {
        Err("is not a filter".to_owned())
    }
}

/// Where metrics are served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricsSettings {
    /// An address of their own, for whoever reaches it; next to everything else when absent, and then
    /// only for those who may see figures.
    pub listen: Option<SocketAddr>,
}

impl MetricsSettings {
    pub(super) fn read(metrics: &mut Section<'_, '_>) -> Self {
        Self {
            listen: metrics.optional(
                "listen",
                kind::parsed("an IP address and a port, such as 127.0.0.1:9464", |text| {
                    text.parse()
                        .map_err(|_| "is not an address with a port".to_owned())
                }),
                "An address of its own for GET /metrics, for whoever reaches it. When not set it is served next to everything else: to keys with the scope admin and those of sample_face.keys, on loopback without such keys to this machine, and else to nobody; so are the reasons that GET /readyz gives.",
            ),
        }
    }
}
