//! The database's format: its mark, its number, its tables.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use rusqlite::Connection;

use super::OpenError;
use super::data_dir::open_private;

/// "`OTPs`": says whose database it is, in the place that SQLite keeps for that.
const APPLICATION_ID: u32 = u32::from_be_bytes(*b"OTPs");
const FORMAT: u32 = 1;
/// Rows hold a few hundred bytes; a commit touches the last page or two.
pub(super) const PAGE_BYTES: u64 = 4096;

/// A record is its row of the highest version; the others wait to be deleted. Versions rise with
/// every commit, so rows are written at the end of the table.
const TABLES: &str = "
    CREATE TABLE record (
        version INTEGER PRIMARY KEY,
        key BLOB NOT NULL,
        due_at_ms INTEGER,
        forget_at_ms INTEGER NOT NULL,
        live_codes INTEGER NOT NULL,
        body BLOB NOT NULL
    ) STRICT;
    CREATE TABLE counter (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        versions_reserved INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE probe (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        filler BLOB NOT NULL
    ) STRICT;
    INSERT INTO counter VALUES (1, 1);
";

/// Programs from before it was there take no notice of it, so the format's number is the same.
pub(super) const SEEN_TABLE: &str = "
    CREATE TABLE IF NOT EXISTS seen (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        at_ms INTEGER NOT NULL,
        boot BLOB,
        uptime_ms INTEGER
    ) STRICT;
";

/// Events that nobody has acknowledged yet. Programs from before take no notice of it either.
pub(super) const OUTBOX_TABLE: &str = "
    CREATE TABLE IF NOT EXISTS outbox (
        id INTEGER PRIMARY KEY,
        key BLOB NOT NULL,
        body BLOB NOT NULL
    ) STRICT;
";

/// Entries of lists, each under the version of the commit that brought it. Programs from before take
/// no notice of it either.
pub(super) const LISTING_TABLE: &str = "
    CREATE TABLE IF NOT EXISTS listing (
        version INTEGER PRIMARY KEY,
        list BLOB NOT NULL,
        at_ms INTEGER NOT NULL,
        entry BLOB NOT NULL
    ) STRICT;
";

/// Where SQLite's file header has what we look for; see <https://sqlite.org/fileformat.html>.
const HEADER_BYTES: usize = 100;
const MAGIC: &[u8] = b"SQLite format 3\0";
const FORMAT_AT: usize = 60;
const APPLICATION_ID_AT: usize = 68;

/// Makes sure that there is a database of our format, without touching one of another.
pub(super) fn check_or_create(path: &Path) -> Result<(), OpenError> {
    let unusable = |cause| OpenError::unusable(path, cause);
    match File::open(path) {
        Ok(mut file) => {
            check(path, &header(&mut file).map_err(unusable)?)?;
            open_private(path).map_err(unusable).map(drop)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => create(path),
        Err(error) => Err(unusable(error)),
    }
}

fn header(file: &mut File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(HEADER_BYTES);
    file.take(HEADER_BYTES as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn check(path: &Path, header: &[u8]) -> Result<(), OpenError> {
    if header.len() < HEADER_BYTES || !header.starts_with(MAGIC) {
        return Err(OpenError::Damaged {
            path: path.to_owned(),
            cause: None,
        });
    }
    if number(header, APPLICATION_ID_AT) != APPLICATION_ID {
        return Err(OpenError::Foreign {
            path: path.to_owned(),
        });
    }
    match number(header, FORMAT_AT) {
        FORMAT => Ok(()),
        found if found > FORMAT => Err(OpenError::NewerFormat {
            path: path.to_owned(),
            found,
            known: FORMAT,
        }),
        _ => Err(OpenError::Damaged {
            path: path.to_owned(),
            cause: None,
        }),
    }
}

fn number(header: &[u8], at: usize) -> u32 {
    header[at..at + 4]
        .iter()
        .fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// Makes it under another name, and renames it when it is whole: there is a database or there is none.
fn create(path: &Path) -> Result<(), OpenError> {
    let unfinished = path.with_extension("db.new");
    let unusable = |cause| OpenError::unusable(&unfinished, cause);
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(unusable(error)),
        _ => {}
    }
    let file = open_private(&unfinished).map_err(unusable)?;
    lay_out(&unfinished).map_err(|cause| OpenError::of_database(&unfinished, cause))?;
    file.sync_all().map_err(unusable)?;
    fs::rename(&unfinished, path).map_err(unusable)?;
    sync_parent(path).map_err(|cause| OpenError::unusable(path, cause))
}

fn lay_out(path: &Path) -> Result<(), rusqlite::Error> {
    let connection = Connection::open(path)?;
    // No need for a journal: a file that is not finished is thrown away.
    connection.execute_batch(&format!(
        "PRAGMA page_size = {PAGE_BYTES};
         PRAGMA synchronous = OFF;
         PRAGMA journal_mode = MEMORY;
         BEGIN;
         PRAGMA application_id = {APPLICATION_ID};
         PRAGMA user_version = {FORMAT};
         {TABLES}
         {SEEN_TABLE}
         {OUTBOX_TABLE}
         {LISTING_TABLE}
         COMMIT;
         PRAGMA journal_mode = WAL;"
    ))?;
    connection.close().map_err(|(_, error)| error)
}

/// The new name, too, must survive power loss.
pub(in crate::store) fn sync_parent(path: &Path) -> io::Result<()> {
    if cfg!(unix)
        && let Some(parent) = path.parent()
    {
        File::open(parent)?.sync_all()?;
    }
    Ok(())
}
