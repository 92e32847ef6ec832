//! Reading the file.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::{ACCESS_TOKEN, PHONE_NUMBER_ID, TEMPLATE_ID, WABA_ID, WhatsAppInfo, WhatsAppInfoError};
use crate::secret::AccessToken;

/// Far more than four values need; enough for what others keep beside them.
const BYTES_MAX: u64 = 64 * 1024;

pub(super) fn read(path: &Path) -> Result<WhatsAppInfo, WhatsAppInfoError> {
    let mut values = object(path)?;
    let waba_id = take_id(&mut values, WABA_ID)?;
    let access_token = AccessToken::new(take(&mut values, ACCESS_TOKEN, |byte| {
        byte.is_ascii_graphic()
    })?);
    let phone_number_id = take_id(&mut values, PHONE_NUMBER_ID)?;
    let template_id = take_id(&mut values, TEMPLATE_ID)?;
    Ok(WhatsAppInfo {
        waba_id,
        access_token,
        phone_number_id,
        template_id,
        other: values,
    })
}

/// The file as a JSON object.
pub(super) fn object(path: &Path) -> Result<Map<String, Value>, WhatsAppInfoError> {
    let text = text(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => WhatsAppInfoError::Missing,
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
    if !file.metadata()?.is_file() {
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

/// Ids stand in addresses: nothing that could change one.
fn take_id(
    values: &mut Map<String, Value>,
    key: &'static str,
) -> Result<String, WhatsAppInfoError> {
    take(values, key, |byte| {
        byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
    })
}

fn take(
    values: &mut Map<String, Value>,
    key: &'static str,
    is_allowed: impl Fn(u8) -> bool,
) -> Result<String, WhatsAppInfoError> {
    match values.remove(key) {
        None => Err(WhatsAppInfoError::MissingKey(key)),
        Some(Value::String(text)) if text.trim().is_empty() => {
            Err(WhatsAppInfoError::EmptyKey(key))
        }
        Some(Value::String(text)) if !text.bytes().all(is_allowed) => {
            Err(WhatsAppInfoError::BadValue(key))
        }
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(WhatsAppInfoError::NotAString(key)),
    }
}
