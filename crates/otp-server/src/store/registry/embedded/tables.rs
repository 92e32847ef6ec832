//! Everything that is said to SQLite about entries.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, Transaction, params};

use super::super::{Change, Changed, ENTRIES_MAX, Entries};
use super::Trouble;

type Result<T> = std::result::Result<T, rusqlite::Error>;

/// "`OTPr`": says whose database it is, in the place that SQLite keeps for that.
const APPLICATION_ID: u32 = u32::from_be_bytes(*b"OTPr");
const FORMAT: u32 = 1;

const TABLES: &str = "
    CREATE TABLE entry (
        name TEXT PRIMARY KEY,
        value BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE used (
        name TEXT PRIMARY KEY,
        at_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE state (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        version INTEGER NOT NULL
    ) STRICT;
    INSERT INTO state VALUES (1, 0);
";

/// Makes the tables if the file is a new one.
pub(super) fn lay_out(transaction: &Transaction<'_>) -> std::result::Result<(), Trouble> {
    if are_laid_out(transaction)? {
        return Ok(());
    }
    transaction.execute_batch(&format!(
        "PRAGMA application_id = {APPLICATION_ID};
         PRAGMA user_version = {FORMAT};
         {TABLES}"
    ))?;
    Ok(())
}

/// A file that somebody has just made, and not filled yet, is nobody else's.
pub(super) fn are_laid_out(transaction: &Transaction<'_>) -> std::result::Result<bool, Trouble> {
    let pragma = |name| transaction.pragma_query_value(None, name, |row| row.get::<_, u32>(0));
    let tables = || {
        transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| {
            row.get::<_, u32>(0)
        })
    };
    match (pragma("application_id")?, pragma("user_version")?) {
        (APPLICATION_ID, FORMAT) => Ok(true),
        (APPLICATION_ID, _) => Err(Trouble::Newer),
        (0, 0) if tables()? == 0 => Ok(false),
        _ => Err(Trouble::Foreign),
    }
}

/// Zero while there is nothing.
pub(super) fn version(transaction: &Transaction<'_>) -> std::result::Result<u64, Trouble> {
    if !are_laid_out(transaction)? {
        return Ok(0);
    }
    let version: i64 = transaction.query_row("SELECT version FROM state", [], |row| row.get(0))?;
    Ok(version.cast_unsigned())
}

pub(super) fn entries(transaction: &Transaction<'_>) -> std::result::Result<Entries, Trouble> {
    if !are_laid_out(transaction)? {
        return Ok(Entries::new());
    }
    let mut statement = transaction.prepare_cached("SELECT name, value FROM entry")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_>>()?)
}

/// Nothing is kept unless the transaction is.
pub(super) fn change(transaction: &Transaction<'_>, changes: &[Change]) -> Result<Changed> {
    for Change { name, expected, .. } in changes {
        let current: Option<Vec<u8>> = transaction
            .prepare_cached("SELECT value FROM entry WHERE name = ?1")?
            .query_row([name], |row| row.get(0))
            .optional()?;
        if !expected.is(current.as_deref()) {
            return Ok(Changed::Differs);
        }
    }
    let before = count(transaction)?;
    for Change { name, next, .. } in changes {
        if let Some(value) = next {
            transaction
                .prepare_cached("INSERT OR REPLACE INTO entry VALUES (?1, ?2)")?
                .execute(params![name, value])?;
        } else {
            transaction.execute("DELETE FROM used WHERE name = ?1", [name])?;
            transaction.execute("DELETE FROM entry WHERE name = ?1", [name])?;
        }
    }
    if count(transaction)? > ENTRIES_MAX.max(before) {
        return Ok(Changed::Full);
    }
    // The moment keeps a file that was put back from a backup from coming to a version that a
    // server has seen before.
    transaction.execute(
        "UPDATE state SET version = max(version + 1, CAST(unixepoch('subsec') * 1000 AS INTEGER))",
        [],
    )?;
    Ok(Changed::Done)
}

fn count(transaction: &Transaction<'_>) -> Result<usize> {
    transaction.query_row("SELECT count(*) FROM entry", [], |row| {
        row.get(0).map(isize::unsigned_abs)
    })
}

/// Uses of entries that are gone are left out.
pub(super) fn touch(transaction: &Transaction<'_>, uses: &[(String, u64)]) -> Result<()> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO used SELECT name, ?2 FROM entry WHERE name = ?1
         ON CONFLICT (name) DO UPDATE SET at_ms = max(at_ms, excluded.at_ms)",
    )?;
    for (name, at_ms) in uses {
        statement.execute(params![name, at_ms.cast_signed()])?;
    }
    Ok(())
}

pub(super) fn touched(
    transaction: &Transaction<'_>,
) -> std::result::Result<BTreeMap<String, u64>, Trouble> {
    if !are_laid_out(transaction)? {
        return Ok(BTreeMap::new());
    }
    let mut statement = transaction.prepare_cached("SELECT name, at_ms FROM used")?;
    let rows = statement.query_map([], |row| {
        Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned()))
    })?;
    Ok(rows.collect::<Result<_>>()?)
}
