//! Everything that can be wrong with the file, and what to do about it.

use std::fmt;
use std::io;

use super::key::BadKey;

/// Why `whatsapp-info.json` could not be read or written. Never shows a value, only the name of its key.
///
/// The text neither names the file, whose path is the caller's to tell, nor says what to do: see
/// [`WhatsAppInfoError::hint`].
#[derive(Debug)]
#[non_exhaustive]
pub enum WhatsAppInfoError {
    /// There is no such file.
    Missing,
    /// The file is there and cannot be read, or is no text.
    Unreadable(io::Error),
    /// Not a JSON object: half-written, or edited by hand.
    Malformed {
        /// Where it stops making sense, from 1.
        line: usize,
        /// Where in the line, from 1; 0 when the line as a whole is meant.
        column: usize,
    },
    /// Keys whose values cannot be used: all of them, at least one, in the order of the file.
    BadKeys(Vec<BadKey>),
    /// There is a folder where the file should be.
    Folder,
    /// There is a link or a device where the file should be written.
    NotAFile,
    /// The file cannot be written.
    Unwritable(io::Error),
}

impl WhatsAppInfoError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Missing => "run `wa-setup` to create it, or name another file",
            Self::Unreadable(_) => {
                "let the user that runs this program read it (it belongs to its owner alone: mode 0600)"
            }
            Self::Malformed { .. } => {
                "correct it at that place, or run `wa-setup` to write it anew"
            }
            Self::BadKeys(keys) => hint_for(keys),
            Self::Folder => "name a file in that folder, such as whatsapp-info.json",
            Self::NotAFile => "move it away, or name the file that it points to",
            Self::Unwritable(_) => "check the folder's owner, its permissions and the free space",
        }
    }
}

/// One remedy when it is good for every key; otherwise the one that mends them all.
fn hint_for(keys: &[BadKey]) -> &'static str {
    let mut hints = keys.iter().map(|bad| bad.fault.hint());
    match hints.next() {
        Some(first) if hints.all(|hint| hint == first) => first,
        _ => "run `wa-setup`: it offers what can be used and asks for the rest",
    }
}

impl fmt::Display for WhatsAppInfoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => write!(f, "the file does not exist"),
            Self::Unreadable(error) => write!(f, "the file cannot be read: {error}"),
            Self::Malformed { line, column } => write!(
                f,
                "the file is not valid JSON at line {line}, column {column}"
            ),
            Self::BadKeys(keys) => {
                let keys: Vec<String> = keys.iter().map(BadKey::to_string).collect();
                f.write_str(&keys.join("; "))
            }
            Self::Folder => write!(f, "the file cannot be read: it is a folder, not a file"),
            Self::NotAFile => write!(f, "there is something else than a file in its place"),
            Self::Unwritable(error) => write!(f, "the file cannot be written: {error}"),
        }
    }
}

impl std::error::Error for WhatsAppInfoError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreadable(error) | Self::Unwritable(error) => Some(error),
            _ => None,
        }
    }
}
