//! The data directory: made for its owner only, held by one process at a time.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use super::OpenError;

/// Half a second in all.
const LOCK_TRIES: usize = 20;
const LOCK_PAUSE: Duration = Duration::from_millis(25);

/// A data directory that is locked for as long as this lives.
#[derive(Debug)]
pub(super) struct DataDir {
    path: PathBuf,
    _lock: File,
}

impl DataDir {
    /// Makes the directory if need be, and locks it. The mode of a directory that is there already
    /// is its owner's business; the files in it are private anyway.
    pub(super) fn take(path: &Path) -> Result<Self, OpenError> {
        make(path).map_err(|cause| OpenError::unusable(path, cause))?;
        let lock_path = path.join("lock");
        let lock =
            open_private(&lock_path).map_err(|cause| OpenError::unusable(&lock_path, cause))?;
        match lock_soon(&lock) {
            Ok(()) => Ok(Self {
                path: path.to_owned(),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse {
                dir: path.to_owned(),
            }),
            Err(TryLockError::Error(cause)) => Err(OpenError::unusable(&lock_path, cause)),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn database(&self) -> PathBuf {
        database_in(&self.path)
    }
}

/// A process that has just ended may need a moment to let go, as long as a child that it had begun
/// to start still holds what it inherited.
fn lock_soon(lock: &File) -> Result<(), TryLockError> {
    for _ in 0..LOCK_TRIES {
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => thread::sleep(LOCK_PAUSE),
            locked => return locked,
        }
    }
    lock.try_lock()
}

/// Where the database of a data directory is.
pub(super) fn database_in(path: &Path) -> PathBuf {
    path.join("otp.db")
}

/// Makes it for its owner only, unless it is there.
pub(in crate::store) fn make(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Opens a file for reading and writing, and makes it if need be, so that only its owner may.
pub(in crate::store) fn open_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    // It may have been there with another mode, restored from a backup for instance.
    #[cfg(unix)]
    file.set_permissions(<fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o600))?;
    Ok(file)
}
