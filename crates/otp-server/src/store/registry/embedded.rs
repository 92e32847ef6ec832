//! The registry of a data directory: a small SQLite file that the server reads and commands write,
//! at the same time. The server's lock is on the records, not on this.
//!
//! It has a rollback journal, so that readers need no room on the disk and one file is all there is
//! to back up.

mod shelves;
mod tables;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};
use tokio::task::spawn_blocking;

use super::super::backend::Unavailable;
use super::super::embedded::{make_data_dir, open_private, sync_parent};
use super::{Change, Changed, Entries, RegistryVersion, Seen, Snapshot};

const FILE: &str = "applications.sqlite3";

/// A look is made again soon.
const PATIENCE_TO_LOOK: Duration = Duration::from_millis(200);
/// Whoever changes something holds it for a few milliseconds; a slow disk, for longer.
const PATIENCE_TO_CHANGE: Duration = Duration::from_secs(5);

/// See the module. The file need not be there: then there are no entries yet.
#[derive(Clone, Debug)]
pub struct EmbeddedRegistry(Arc<Mutex<Database>>);

#[derive(Debug)]
struct Database {
    path: PathBuf,
    opened: Option<Opened>,
    /// A file that goes away is no empty one.
    was_there: bool,
}

#[derive(Debug)]
struct Opened {
    connection: Connection,
    file: FileId,
    /// They were seen in it, and nobody takes them out again.
    has_shelves: bool,
}

/// The file itself, whatever its name is by now: device and number.
type FileId = (u64, u64);

impl EmbeddedRegistry {
    /// The registry of this data directory. Nothing is opened or made yet.
    #[must_use]
    pub fn in_dir(data_dir: &Path) -> Self {
        Self(Arc::new(Mutex::new(Database {
            path: data_dir.join(FILE),
            opened: None,
            was_there: false,
        })))
    }

    pub(super) async fn look(&self, known: Option<RegistryVersion>) -> Result<Seen, Unavailable> {
        self.work(move |database| database.look(known)).await
    }

    pub(super) async fn change(&self, changes: Vec<Change>) -> Result<Changed, Unavailable> {
        self.work(move |database| database.change(&changes)).await
    }

    pub(super) async fn touch(&self, uses: Vec<(String, u64)>) -> Result<(), Unavailable> {
        self.work(move |database| database.touch(&uses)).await
    }

    pub(super) async fn touched(&self) -> Result<BTreeMap<String, u64>, Unavailable> {
        self.work(Database::touched).await
    }

    /// A disk may take its time, and others work on this thread.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Database) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Unavailable> {
        let database = Arc::clone(&self.0);
        let done = spawn_blocking(move || {
            // A transaction that a panic cut off was rolled back.
            let mut database = database.lock().unwrap_or_else(PoisonError::into_inner);
            work(&mut database).map_err(|trouble| trouble.told(&database.path))
        });
        done.await.unwrap_or_else(|_| Err(Unavailable::stopping()))
    }
}

impl Database {
    fn look(&mut self, known: Option<RegistryVersion>) -> Result<Seen, Trouble> {
        let (version, entries) = match self.for_reading()? {
            None => (RegistryVersion(0), Some(Entries::new())),
            Some(connection) => {
                let transaction = connection.transaction()?;
                let version = RegistryVersion(tables::version(&transaction)?);
                let is_known = known == Some(version);
                let entries = (!is_known).then(|| tables::entries(&transaction));
                (version, entries.transpose()?)
            }
        };
        Ok(match entries {
            Some(entries) if known != Some(version) => {
                Seen::Snapshot(Snapshot { version, entries })
            }
            _ => Seen::Unchanged,
        })
    }

    fn change(&mut self, changes: &[Change]) -> Result<Changed, Trouble> {
        let connection = self.for_writing()?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tables::lay_out(&transaction)?;
        let outcome = tables::change(&transaction, changes)?;
        if outcome == Changed::Done {
            transaction.commit()?;
        }
        Ok(outcome)
    }

    fn touch(&mut self, uses: &[(String, u64)]) -> Result<(), Trouble> {
        let Some(connection) = self.for_reading()? else {
            return Ok(());
        };
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if tables::are_laid_out(&transaction)? {
            tables::touch(&transaction, uses)?;
            transaction.commit()?;
        }
        Ok(())
    }

    fn touched(&mut self) -> Result<BTreeMap<String, u64>, Trouble> {
        match self.for_reading()? {
            None => Ok(BTreeMap::new()),
            Some(connection) => Ok(tables::touched(&connection.transaction()?)?),
        }
    }

    /// The file, if there is one. Somebody may have put another one in its place.
    fn for_reading(&mut self) -> Result<Option<&mut Connection>, Trouble> {
        let file = match fs::metadata(&self.path) {
            Ok(metadata) => file_id(&metadata),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.opened = None;
                return if self.was_there {
                    Err(Trouble::Gone)
                } else {
                    Ok(None)
                };
            }
            Err(error) => return Err(error.into()),
        };
        let connection = self.open(file)?;
        connection.busy_timeout(PATIENCE_TO_LOOK)?;
        Ok(Some(connection))
    }

    /// The file; made, for its owner only, if need be.
    fn for_writing(&mut self) -> Result<&mut Connection, Trouble> {
        let is_new = !self.path.exists();
        if is_new && let Some(folder) = self.path.parent() {
            make_data_dir(folder)?;
        }
        let file = open_private(&self.path)?;
        if is_new {
            sync_parent(&self.path)?;
        }
        let file = file_id(&file.metadata()?);
        let connection = self.open(file)?;
        connection.busy_timeout(PATIENCE_TO_CHANGE)?;
        Ok(connection)
    }

    fn open(&mut self, file: FileId) -> Result<&mut Connection, Trouble> {
        let opened = self.opened.take().filter(|opened| opened.file == file);
        let opened = match opened {
            Some(opened) => opened,
            None => Opened {
                connection: connect(&self.path)?,
                file,
                has_shelves: false,
            },
        };
        self.was_there = true;
        Ok(&mut self.opened.insert(opened).connection)
    }
}

fn file_id(metadata: &fs::Metadata) -> FileId {
    (metadata.dev(), metadata.ino())
}

fn connect(path: &Path) -> Result<Connection, rusqlite::Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    // What was taken out is overwritten, not just unlinked.
    connection.execute_batch("PRAGMA synchronous = EXTRA; PRAGMA secure_delete = ON;")?;
    Ok(connection)
}

/// What can go wrong with the file.
#[derive(Debug)]
enum Trouble {
    Gone,
    Newer,
    Foreign,
    File(io::Error),
    Sqlite(rusqlite::Error),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl Trouble {
    /// What it is, and what to do.
    fn told(self, path: &Path) -> Unavailable {
        let of = |what: &str| format!("{} {what}", path.display());
        match self {
            Self::Gone => Unavailable::saying(of(
                "is gone: restore it from a backup, or restart the server to go on without its keys",
            )),
            Self::Newer => Unavailable::saying(of("is from a newer otp-server: update this one")),
            Self::Foreign => Unavailable::saying(of(
                "was not made by otp-server: choose another data directory",
            )),
            Self::File(error) => {
                let message = match error.kind() {
                    io::ErrorKind::StorageFull => of("cannot be made: free space on its disk"),
                    _ => of("cannot be used: check its owner, and that its disk may be written to"),
                };
                Unavailable::because(format!("{message} ({error})"), error)
            }
            Self::Sqlite(error) => {
                let what = match error.sqlite_error_code() {
                    Some(ErrorCode::DiskFull) => "cannot be written: free space on its disk",
                    Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                        "is being changed by somebody else for too long: try again"
                    }
                    Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
                        "may not be written: run the command as the user that owns it, on a disk that may be written to"
                    }
                    Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) | None => {
                        "is damaged: restore a backup, or move it away and make applications and keys anew"
                    }
                    Some(_) => "cannot be used: check its owner, and that its disk is healthy",
                };
                Unavailable::because(format!("{} ({error})", of(what)), error)
            }
        }
    }
}
