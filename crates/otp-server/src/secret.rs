//! The installation's master secret: read from a file, or made once.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use otp_core::MasterSecret;
use rand::CryptoRng;
use zeroize::Zeroizing;

/// A secret file holds one line of base64; nothing longer is read.
const FILE_LENGTH_MAX: u64 = 4096;

/// The secret cannot be had, and without it no stored code can be checked.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// It is there but cannot be read, or the place for a new one cannot be written.
    #[error("cannot {doing} the secret file {}: {source}\nhint: {hint}", path.display())]
    Io {
        /// `read` or `write`.
        doing: &'static str,
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
        /// What to do.
        hint: &'static str,
    },
    /// It is there and is no secret.
    #[error(
        "the secret file {} does not hold at least 32 bytes in base64\nhint: restore it from a backup; a new one \
         (`openssl rand -base64 32`) makes the codes now on their way unusable and forgets every limit",
        path.display()
    )]
    Malformed {
        /// Which file.
        path: PathBuf,
    },
    /// Others on this machine can read it.
    #[error("the secret file {} can be read by others (mode {mode:o})\nhint: chmod 600 {}", path.display(), path.display())]
    Exposed {
        /// Which file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
}

/// Reads the secret that the operator keeps at `path`.
pub fn read(path: &Path) -> Result<MasterSecret, SecretError> {
    let io = |source: io::Error| SecretError::Io {
        doing: "read",
        path: path.into(),
        hint: match source.kind() {
            io::ErrorKind::NotFound => {
                "restore it from the backup that was made with the store: without it no stored code can be \
                 checked; or check the path"
            }
            _ => "check the path and its owner",
        },
        source,
    };
    let file = File::open(path).map_err(io)?;
    let mode = file.metadata().map_err(io)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(SecretError::Exposed {
            path: path.into(),
            mode,
        });
    }
    let mut text = Zeroizing::new(String::new());
    file.take(FILE_LENGTH_MAX)
        .read_to_string(&mut text)
        .map_err(io)?;
    let malformed = || SecretError::Malformed { path: path.into() };
    let bytes = STANDARD.decode(text.trim()).map_err(|_| malformed())?;
    MasterSecret::new(bytes).map_err(|_| malformed())
}

/// Reads the secret at `path`, and makes one there (mode 0600) when there is none yet.
pub fn read_or_create(path: &Path, rng: &mut impl CryptoRng) -> Result<MasterSecret, SecretError> {
    match fs::symlink_metadata(path) {
        Ok(_) => read(path),
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => {
            create(path, rng).map_err(|source| SecretError::Io {
                doing: "write",
                path: path.into(),
                source,
                hint: "make the folder writable, or name a secret file elsewhere with OTP_SECRET_FILE",
            })?;
            read(path)
        }
        Err(source) => Err(SecretError::Io {
            doing: "read",
            path: path.into(),
            source,
            hint: "check the path and its owner",
        }),
    }
}

/// Written beside and moved into place, so a half-written secret is never taken for one.
fn create(path: &Path, rng: &mut impl CryptoRng) -> io::Result<()> {
    let mut bytes = Zeroizing::new([0_u8; 32]);
    rng.fill_bytes(&mut *bytes);
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let temporary = path.with_extension("new");
    // Left over from a start that was cut off; a link in its place is not followed.
    match fs::remove_file(&temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&temporary)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    writeln!(file, "{}", Zeroizing::new(STANDARD.encode(*bytes)).as_str())?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    File::open(folder)?.sync_all()
}
