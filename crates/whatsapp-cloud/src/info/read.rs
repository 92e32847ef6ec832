//! Reading the file.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::WhatsAppInfoError;

/// Far more than four values need; enough for what others keep beside them.
const BYTES_MAX: u64 = 64 * 1024;

/// The file as a JSON object.
pub(super) fn object(path: &Path) -> Result<Map<String, Value>, WhatsAppInfoError> {
    let text = text(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => WhatsAppInfoError::Missing,
        io::ErrorKind::IsADirectory => WhatsAppInfoError::Folder,
        _ => WhatsAppInfoError::Unreadable(error),
    })?;
    // Windows editors put a byte order mark in front.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    serde_json::from_str(text).map_err(|error| WhatsAppInfoError::Malformed {
        line: error.line().max(1),
        column: error.column(),
    })
}

fn text(path: &Path) -> io::Result<Zeroizing<String>> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !metadata.is_file() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is not a file",
        ));
    }
    let mut text = Zeroizing::new(String::new());
    file.take(BYTES_MAX + 1).read_to_string(&mut text)?;
    if text.len() as u64 > BYTES_MAX {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is too long"));
    }
    Ok(text)
}
