//! Finds and parses the configuration file.

use std::path::{Path, PathBuf};

use toml::Table;

use super::{
    reader::read_small_file,
    setting::{ConfigError, Problem},
};

const FILE_NAME: &str = "otp-server.toml";
/// A configuration is a few kilobytes; anything larger is another file.
const MAX_FILE_BYTES: u64 = 1024 * 1024;

/// The file's table and path; an empty table when none was named and none is there.
pub(super) fn read(
    named: Option<&str>,
    working_dir: &Path,
) -> Result<(Table, Option<PathBuf>), ConfigError> {
    let path = working_dir.join(named.unwrap_or(FILE_NAME));
    if named.is_none() && !path.exists() {
        return Ok((Table::new(), None));
    }
    let failed = |wrong: String, advice: &str, hint: &str| ConfigError {
        source: "the configuration".to_owned(),
        problems: vec![Problem {
            place: path.display().to_string(),
            wrong,
            allowed: advice.to_owned(),
        }],
        hint: hint.to_owned(),
    };
    let text = read_small_file(&path, MAX_FILE_BYTES).map_err(|wrong| {
        let hint =
            "copy otp-server.example.toml to begin with, or leave --config and OTP_CONFIG out";
        failed(wrong, "name a readable TOML file", hint)
    })?;
    let table = text.parse::<Table>().map_err(|error| {
        let hint =
            "text stands in quotes, a section in [brackets]; otp-server.example.toml shows every setting";
        failed(syntax_error(&text, &error), "write TOML", hint)
    })?;
    Ok((table, Some(path)))
}

/// Where and why, without the line itself: it may hold a secret.
pub(super) fn syntax_error(text: &str, error: &toml::de::Error) -> String {
    let reason = error.message().lines().next().unwrap_or("not TOML");
    let before = error
        .span()
        .and_then(|span| text.get(..span.start))
        .unwrap_or("");
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    format!("line {line}, column {column}: {reason}")
}
