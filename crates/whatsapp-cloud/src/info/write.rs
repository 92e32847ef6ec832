//! Writing the file, as a whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::read::object;
use super::{WhatsAppInfo, WhatsAppInfoError, key};

/// How many names are tried for the temporary file: others may be left from a crash.
const NAMES_MAX: u32 = 100;

/// The keys in the order of Meta's own sample, then those of others.
#[derive(Serialize)]
struct Wire<'a> {
    waba_id: &'a str,
    access_token: &'a str,
    phone_number_id: &'a str,
    template_id: &'a str,
    #[serde(flatten)]
    other: Map<String, Value>,
}

/// `before_rename` is where a crash may be played.
pub(super) fn write(
    info: &WhatsAppInfo,
    path: &Path,
    before_rename: impl FnOnce() -> io::Result<()>,
) -> Result<(), WhatsAppInfoError> {
    let text = text(info, other_keys(info, path)?);
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    replace(path, folder, &text, before_rename).map_err(WhatsAppInfoError::Unwritable)
}

/// The unknown keys that were read, and those in the file that is there now, if it can be read.
fn other_keys(info: &WhatsAppInfo, path: &Path) -> Result<Map<String, Value>, WhatsAppInfoError> {
    let mut other = match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => return Err(WhatsAppInfoError::Folder),
        Ok(metadata) if !metadata.is_file() => return Err(WhatsAppInfoError::NotAFile),
        Ok(_) => object(path).unwrap_or_default(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Map::new(),
        Err(error) => return Err(WhatsAppInfoError::Unwritable(error)),
    };
    other.extend(info.other.clone());
    for known in key::ALL {
        other.remove(known.name);
    }
    Ok(other)
}

fn text(info: &WhatsAppInfo, other: Map<String, Value>) -> Zeroizing<Vec<u8>> {
    let wire = Wire {
        waba_id: &info.waba_id,
        access_token: info.access_token.reveal(),
        phone_number_id: &info.phone_number_id,
        template_id: &info.template_id,
        other,
    };
    // Texts and values that were JSON before always serialise.
    let mut text = Zeroizing::new(serde_json::to_vec_pretty(&wire).unwrap_or_default());
    text.push(b'\n');
    text
}

fn replace(
    path: &Path,
    folder: &Path,
    text: &[u8],
    before_rename: impl FnOnce() -> io::Result<()>,
) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let (mut file, temporary) = new_file(path, folder)?;
    let written = file
        .write_all(text)
        .and_then(|()| file.sync_all())
        .and_then(|()| before_rename())
        .and_then(|()| fs::rename(&temporary, path));
    if let Err(error) = written {
        // The token must not stay behind in a file that nobody looks for.
        let _ = fs::remove_file(&temporary);
        return Err(error);
    }
    // Without this the new name may be lost at a power failure, and the old file be back.
    File::open(folder)?.sync_all()
}

/// A file that did not exist before, not even as a link, readable by its owner alone.
fn new_file(path: &Path, folder: &Path) -> io::Result<(File, PathBuf)> {
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the path names no file"))?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    for number in 0..NAMES_MAX {
        let mut temporary = std::ffi::OsString::from(".");
        temporary.push(name);
        temporary.push(format!(".{}.{number}.tmp", std::process::id()));
        let temporary = folder.join(temporary);
        match options.open(&temporary) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            opened => return opened.map(|file| (file, temporary)),
        }
    }
    Err(io::Error::new(
        io::ErrorKind::AlreadyExists,
        "too many temporary files are left in the folder",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::AccessToken;

    #[test]
    fn a_crash_between_write_and_rename_leaves_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("whatsapp-info.json");
        let info = |template| WhatsAppInfo::new("1", AccessToken::new("EAAB"), "2", template);
        info("old").write(&path).unwrap();
        let before = fs::read(&path).unwrap();

        let failed = write(&info("new"), &path, || Err(io::Error::other("crash")));

        assert!(matches!(failed, Err(WhatsAppInfoError::Unwritable(_))));
        assert_eq!(fs::read(&path).unwrap(), before);
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            1,
            "the temporary file is gone"
        );
    }

    #[test]
    fn a_temporary_file_left_by_a_kill_is_in_nobodys_way() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("whatsapp-info.json");
        let info = WhatsAppInfo::new("1", AccessToken::new("EAAB"), "2", "3");
        let (left_behind, _) = new_file(&path, folder.path()).unwrap();
        drop(left_behind);

        info.write(&path).unwrap();

        assert_eq!(WhatsAppInfo::read(&path).unwrap().template_id, "3");
    }
}
