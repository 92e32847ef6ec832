//! Everything that is said to SQLite about records.

use std::path::Path;
use std::time::Duration;

use rusqlite::{
    Connection, ErrorCode, OpenFlags, OptionalExtension, Row as SqlRow, TransactionBehavior, params,
};

use super::super::backend::{EventId, Key, Listing, Version};
use super::super::live::Next;
use super::Durability;
use super::format::{LISTING_TABLE, OUTBOX_TABLE, PAGE_BYTES, SEEN_TABLE};
use super::queue::{Marks, Row};
use super::unneeded::Unneeded;
use super::{events, listed, seen};
use crate::clock::Seen;

type Result<T> = std::result::Result<T, rusqlite::Error>;

/// Versions are taken from blocks of this size, and a block is on the disk before any of it is
/// handed out: a version that a crash forgot is not given again.
const VERSIONS_RESERVED: u64 = 1 << 22;
/// A new block is reserved when so few are left; more than can wait in the queue.
const VERSIONS_LOW: u64 = 1 << 21;
/// A probe must show that there is room for real work.
const PROBE_BYTES: i64 = 64 * 1024;
/// What the writer and the keeper wait for each other at most.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// What the writer waits at most before it puts off shortening the log.
const CHECKPOINT_TIMEOUT: Duration = Duration::from_millis(200);

const SELECT: &str = "SELECT version, key, due_at_ms, forget_at_ms, live_codes, body FROM record";
const INSERT: &str = "INSERT INTO record VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

/// The writer's connection.
#[derive(Debug)]
pub(super) struct Database {
    connection: Connection,
    versions_reserved: u64,
    seen_kept: Option<Seen>,
}

impl Database {
    pub(super) fn open(
        path: &Path,
        durability: Durability,
        max_bytes: Option<u64>,
    ) -> Result<Self> {
        let connection = connect(path)?;
        let synchronous = match durability {
            Durability::Fsync => "FULL",
            Durability::Process => "NORMAL",
        };
        // Deleted rows may hold a sealed code: they are overwritten, not just unlinked.
        connection.execute_batch(&format!(
            "PRAGMA synchronous = {synchronous};
             PRAGMA secure_delete = ON;
             PRAGMA cache_size = -16384;
             PRAGMA cache_spill = OFF;"
        ))?;
        if let Some(max_bytes) = max_bytes {
            connection.query_row(
                &format!("PRAGMA max_page_count = {}", max_bytes / PAGE_BYTES),
                [],
                |_| Ok(()),
            )?;
        }
        // Databases from before they were there get them now.
        connection.execute_batch(SEEN_TABLE)?;
        connection.execute_batch(OUTBOX_TABLE)?;
        connection.execute_batch(LISTING_TABLE)?;
        Ok(Self {
            seen_kept: seen::read(&connection)?,
            connection,
            versions_reserved: 0,
        })
    }

    /// The latest moment that was kept.
    pub(super) fn seen(&self) -> Option<Seen> {
        self.seen_kept
    }

    /// Keeps the latest moment, if it is a later one.
    pub(super) fn keep_seen(&mut self, latest: Option<Seen>) -> Result<()> {
        let Some(latest) = latest.filter(|latest| Some(latest) != self.seen_kept.as_ref()) else {
            return Ok(());
        };
        seen::write(&self.connection, latest)?;
        self.seen_kept = Some(latest);
        Ok(())
    }

    /// Calls back for every row, in the order of their versions.
    pub(super) fn each_row(&self, mut each: impl FnMut(Version, Next)) -> Result<()> {
        let mut statement = self
            .connection
            .prepare(&format!("{SELECT} ORDER BY version"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (version, next) = read(row)?;
            each(version, next);
        }
        Ok(())
    }

    /// Calls back for every event that nobody has acknowledged.
    pub(super) fn each_event(&self, each: impl FnMut(EventId, Vec<u8>)) -> Result<()> {
        events::read(&self.connection, each)
    }

    /// Calls back for every entry of a list, in the order of the commits that brought them.
    pub(super) fn each_listing(&self, each: impl FnMut(Version, Listing)) -> Result<()> {
        listed::read(&self.connection, each)
    }

    /// The row of a version, if it is there.
    pub(super) fn row(&self, version: Version) -> Result<Option<(Version, Next)>> {
        let mut statement = self
            .connection
            .prepare_cached(&format!("{SELECT} WHERE version = ?1"))?;
        statement
            .query_row([version.0.cast_signed()], read)
            .optional()
    }

    /// Starts a block of versions that were never handed out. Answers with the first of them.
    pub(super) fn reserve_versions(&mut self, last_used: Option<Version>) -> Result<u64> {
        let reserved: i64 =
            self.connection
                .query_row("SELECT versions_reserved FROM counter", [], |row| {
                    row.get(0)
                })?;
        let first = reserved
            .cast_unsigned()
            .max(last_used.map_or(1, |last| last.0 + 1));
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        reserve(&transaction, first + VERSIONS_RESERVED)?;
        transaction.commit()?;
        self.versions_reserved = first + VERSIONS_RESERVED;
        Ok(first)
    }

    /// Writes rows with what they bring along and deletes others in one transaction, durable when
    /// this returns.
    pub(super) fn write(
        &mut self,
        rows: &[Row],
        unneeded: &Unneeded,
        Marks { next_version, seen }: Marks,
    ) -> Result<()> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut reserved = self.versions_reserved;
        let seen = seen.filter(|latest| seen::is_worth_keeping(self.seen_kept, *latest));
        {
            let mut insert = transaction.prepare_cached(INSERT)?;
            for Row { version, next, .. } in rows {
                insert.execute(params![
                    version.0.cast_signed(),
                    next.key.0,
                    next.due_at_ms.map(millis),
                    millis(next.forget_at_ms),
                    next.live_codes,
                    &next.body[..],
                ])?;
            }
            let mut delete = transaction.prepare_cached("DELETE FROM record WHERE version = ?1")?;
            for version in &unneeded.rows {
                delete.execute([version.0.cast_signed()])?;
            }
            events::write(&transaction, rows)?;
            events::delete(&transaction, &unneeded.events)?;
            listed::write(&transaction, rows)?;
            listed::delete(&transaction, &unneeded.listings)?;
            if reserved < next_version + VERSIONS_LOW {
                reserved = next_version + VERSIONS_RESERVED;
                reserve(&transaction, reserved)?;
            }
            if let Some(seen) = seen {
                seen::write(&transaction, seen)?;
            }
        }
        transaction.commit()?;
        self.seen_kept = seen.or(self.seen_kept);
        self.versions_reserved = reserved;
        Ok(())
    }

    /// A small real write that needs real room, and takes it back.
    pub(super) fn probe(&self) -> Result<()> {
        self.connection.execute(
            "INSERT OR REPLACE INTO probe VALUES (1, zeroblob(?1))",
            [PROBE_BYTES],
        )?;
        self.connection.execute("DELETE FROM probe", []).map(drop)
    }

    /// Waits only shortly for readers in other processes, a backup for instance: commits wait
    /// meanwhile.
    pub(super) fn checkpoint(&self, how: Checkpoint) -> Result<Log> {
        self.connection.busy_timeout(CHECKPOINT_TIMEOUT)?;
        let log = checkpoint(&self.connection, how);
        self.connection.busy_timeout(BUSY_TIMEOUT)?;
        log
    }

    /// Whether the database, rather than the disk, is at its limit.
    pub(super) fn is_at_its_limit(&self) -> bool {
        let pragma = |name| {
            self.connection
                .pragma_query_value(None, name, |row| row.get::<_, i64>(0))
        };
        let (Ok(pages), Ok(most)) = (pragma("page_count"), pragma("max_page_count")) else {
            return false;
        };
        // A transaction that failed for want of several pages leaves a few unused.
        pages + 64 >= most
    }
}

pub(super) fn is_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DiskFull)
}

/// Opens a database that is there. Checkpoints happen when we say so, never inside a commit.
pub(super) fn connect(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.query_row("PRAGMA wal_autocheckpoint = 0", [], |_| Ok(()))?;
    Ok(connection)
}

/// What to do with the log.
#[derive(Clone, Copy, Debug)]
pub(super) enum Checkpoint {
    /// Nothing: only say how long it is.
    Look,
    /// Copy as much of it into the database as can be without making anybody wait.
    Copy,
    /// Copy all of it, and write the log from its start again.
    Restart,
    /// The same, and cut the file, so that no old state is left in it.
    Truncate,
}

/// The length of the log, in pages, and whether something kept it from being what was asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Log {
    pub(super) pages: u64,
    pub(super) copied: u64,
    /// Somebody else reads or copies, so the log could not start again.
    pub(super) is_busy: bool,
}

pub(super) fn checkpoint(connection: &Connection, how: Checkpoint) -> Result<Log> {
    let mode = match how {
        Checkpoint::Look => "NOOP",
        Checkpoint::Copy => "PASSIVE",
        Checkpoint::Restart => "RESTART",
        Checkpoint::Truncate => "TRUNCATE",
    };
    let mut statement = connection.prepare_cached(&format!("PRAGMA wal_checkpoint({mode})"))?;
    statement.query_row([], |row| {
        Ok(Log {
            pages: count(row, 1)?,
            copied: count(row, 2)?,
            is_busy: row.get::<_, i64>(0)? != 0,
        })
    })
}

/// SQLite says -1 when there is no log.
fn count(row: &SqlRow<'_>, column: usize) -> Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(column)?).unwrap_or(0))
}

fn reserve(connection: &Connection, versions_reserved: u64) -> Result<()> {
    connection
        .execute(
            "UPDATE counter SET versions_reserved = ?1",
            [versions_reserved.cast_signed()],
        )
        .map(drop)
}

fn read(row: &SqlRow<'_>) -> Result<(Version, Next)> {
    let version = Version(row.get::<_, i64>(0)?.cast_unsigned());
    let next = Next {
        key: Key(row.get(1)?),
        supersedes: None,
        due_at_ms: row.get::<_, Option<i64>>(2)?.map(i64::cast_unsigned),
        forget_at_ms: row.get::<_, i64>(3)?.cast_unsigned(),
        live_codes: row.get(4)?,
        body: row.get_ref(5)?.as_blob()?.into(),
    };
    Ok((version, next))
}

/// SQLite's integers are signed; the year 292,278,994 is late enough.
fn millis(at_ms: u64) -> i64 {
    i64::try_from(at_ms).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::format;
    use super::*;

    #[test]
    fn a_log_that_a_reader_holds_on_to_is_reported_as_busy() {
        let dir = tempfile::TempDir::new().unwrap();
        let path = dir.path().join("otp.db");
        format::check_or_create(&path).unwrap();
        let database = Database::open(&path, Durability::Process, None).unwrap();
        let reader = connect(&path).unwrap();
        reader
            .execute_batch("BEGIN; SELECT versions_reserved FROM counter;")
            .unwrap();
        database.probe().unwrap();
        assert!(database.checkpoint(Checkpoint::Truncate).unwrap().is_busy);
        reader.execute_batch("COMMIT").unwrap();
        assert!(!database.checkpoint(Checkpoint::Truncate).unwrap().is_busy);
    }
}
