//! Why a data directory could not be opened, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// Why a data directory could not be opened. Nothing in it was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process holds the lock.
    #[error("the data directory {} is in use by another process", dir.display())]
    InUse {
        /// The directory.
        dir: PathBuf,
    },
    /// The directory or a file in it cannot be made, read or written.
    #[error("cannot use {}: {cause}", path.display())]
    Unusable {
        /// What could not be used.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// The database is damaged, or no database.
    #[error("the database {} is damaged", path.display())]
    Damaged {
        /// The database.
        path: PathBuf,
        /// What SQLite said, if it came so far.
        #[source]
        cause: Option<rusqlite::Error>,
    },
    /// The database belongs to some other program.
    #[error("the database {} was not made by otp-server", path.display())]
    Foreign {
        /// The database.
        path: PathBuf,
    },
    /// A newer version of this program wrote the database.
    #[error("the database {} has format {found}, this program knows up to {known}", path.display())]
    NewerFormat {
        /// The database.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The newest format that this program knows.
        known: u32,
    },
    /// SQLite cannot open, read or write it for another reason.
    #[error("cannot open the database {}: {cause}", path.display())]
    Database {
        /// The database.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        cause: rusqlite::Error,
    },
    /// The system gave no thread.
    #[error("cannot start a thread for the store: {cause}")]
    NoThread {
        /// Why.
        #[source]
        cause: io::Error,
    },
}

impl OpenError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::InUse { .. } => {
                "stop the other otp-server, or give this one a data directory of its own"
            }
            Self::Unusable { .. } => {
                "give the user that runs otp-server a data directory it may write to"
            }
            Self::Damaged { .. } => {
                "restore a backup, or move the file away to start empty (codes on their way are lost)"
            }
            Self::Foreign { .. } => "choose another data directory",
            Self::NewerFormat { .. } => {
                "run the newer otp-server, or choose another data directory"
            }
            Self::Database { cause, .. }
                if cause.sqlite_error_code() == Some(ErrorCode::DiskFull) =>
            {
                "free space on the disk, or raise store.max_megabytes"
            }
            Self::Database { .. } => "check that the disk is healthy and may be written to",
            Self::NoThread { .. } => "raise the limit on processes and threads for this user",
        }
    }

    pub(super) fn of_database(path: &Path, cause: rusqlite::Error) -> Self {
        let path = path.to_owned();
        match cause.sqlite_error_code() {
            // No code: a column of another type. No program of ours wrote that.
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) | None => Self::Damaged {
                path,
                cause: Some(cause),
            },
            Some(_) => Self::Database { path, cause },
        }
    }

    pub(super) fn unusable(path: &Path, cause: io::Error) -> Self {
        Self::Unusable {
            path: path.to_owned(),
            cause,
        }
    }
}
