//! The shelves of a data directory: tables of their own in the registry's file, which the first value
//! makes. A file without them, or none, has nothing on its shelves; asking changes neither.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::super::super::backend::Unavailable;
use super::super::{Put, Shelf};
use super::{Database, EmbeddedRegistry, PATIENCE_TO_CHANGE, Trouble, tables};

type Result<T> = std::result::Result<T, rusqlite::Error>;
type Value = (String, Vec<u8>);

/// Somebody waits for the answer. While others put many values on, a reader gets in between two.
const PATIENCE_TO_READ: Duration = Duration::from_secs(1);

/// To count a million rows takes too long for each that is to come.
const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS shelf (
        name TEXT PRIMARY KEY,
        held INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS shelved (
        shelf TEXT NOT NULL,
        name TEXT NOT NULL,
        value BLOB NOT NULL,
        PRIMARY KEY (shelf, name)
    ) STRICT, WITHOUT ROWID;
";

impl EmbeddedRegistry {
    pub(in super::super) async fn put(
        &self,
        which: Shelf,
        most: usize,
        name: &str,
        value: Vec<u8>,
    ) -> std::result::Result<Put, Unavailable> {
        let name = name.to_owned();
        self.work(move |database| database.put(which, most, &name, &value))
            .await
    }

    pub(in super::super) async fn remove(
        &self,
        which: Shelf,
        name: &str,
    ) -> std::result::Result<bool, Unavailable> {
        let name = name.to_owned();
        self.work(move |database| database.remove(which, &name))
            .await
    }

    pub(in super::super) async fn value(
        &self,
        which: Shelf,
        name: &str,
    ) -> std::result::Result<Option<Vec<u8>>, Unavailable> {
        let name = name.to_owned();
        self.work(move |database| match database.shelves(PATIENCE_TO_READ)? {
            None => Ok(None),
            Some(connection) => Ok(value(connection, which, &name)?),
        })
        .await
    }

    pub(in super::super) async fn page(
        &self,
        which: Shelf,
        after: &str,
        limit: usize,
    ) -> std::result::Result<Vec<Value>, Unavailable> {
        let after = after.to_owned();
        self.work(move |database| match database.shelves(PATIENCE_TO_READ)? {
            None => Ok(Vec::new()),
            Some(connection) => Ok(page(connection, which, &after, limit)?),
        })
        .await
    }

    pub(in super::super) async fn count(
        &self,
        which: Shelf,
    ) -> std::result::Result<u64, Unavailable> {
        self.work(move |database| match database.shelves(PATIENCE_TO_READ)? {
            None => Ok(0),
            Some(connection) => Ok(held(connection, which)? as u64),
        })
        .await
    }
}

impl Database {
    fn put(
        &mut self,
        which: Shelf,
        most: usize,
        name: &str,
        value: &[u8],
    ) -> std::result::Result<Put, Trouble> {
        let connection = self.for_writing()?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tables::lay_out(&transaction)?;
        transaction.execute_batch(TABLES)?;
        let outcome = put(&transaction, which, most, name, value)?;
        if outcome == Put::Done {
            transaction.commit()?;
        }
        Ok(outcome)
    }

    fn remove(&mut self, which: Shelf, name: &str) -> std::result::Result<bool, Trouble> {
        let Some(connection) = self.shelves(PATIENCE_TO_CHANGE)? else {
            return Ok(false);
        };
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let was_there = remove(&transaction, which, name)?;
        if was_there {
            transaction.commit()?;
        }
        Ok(was_there)
    }

    /// The file, if it is there and has shelves. What a newer program may have made of it since it
    /// was opened is found by whoever looks at the entries.
    fn shelves(
        &mut self,
        patience: Duration,
    ) -> std::result::Result<Option<&mut Connection>, Trouble> {
        self.for_reading()?;
        let Some(opened) = &mut self.opened else {
            return Ok(None);
        };
        opened.connection.busy_timeout(patience)?;
        if !opened.has_shelves {
            let transaction = opened.connection.transaction()?;
            opened.has_shelves = tables::are_laid_out(&transaction)? && are_there(&transaction)?;
        }
        Ok(opened.has_shelves.then_some(&mut opened.connection))
    }
}

fn are_there(transaction: &Transaction<'_>) -> Result<bool> {
    transaction
        .prepare_cached("SELECT 1 FROM sqlite_schema WHERE name = 'shelved'")?
        .exists([])
}

/// Nothing is kept unless the transaction is.
fn put(
    transaction: &Transaction<'_>,
    shelf: Shelf,
    most: usize,
    name: &str,
    value: &[u8],
) -> Result<Put> {
    let replaced = transaction
        .prepare_cached("UPDATE shelved SET value = ?3 WHERE shelf = ?1 AND name = ?2")?
        .execute(params![shelf.name(), name, value])?;
    if replaced > 0 {
        return Ok(Put::Done);
    }
    let held = held(transaction, shelf)?;
    let Some(excess) = shelf.to_give_up(held, most) else {
        return Ok(Put::Full);
    };
    let mut given_up = 0;
    if excess > 0 {
        given_up = transaction
            .prepare_cached(
                "DELETE FROM shelved WHERE shelf = ?1 AND name IN
                 (SELECT name FROM shelved WHERE shelf = ?1 ORDER BY name LIMIT ?2)",
            )?
            .execute(params![shelf.name(), excess.cast_signed()])?;
    }
    transaction
        .prepare_cached("INSERT INTO shelved VALUES (?1, ?2, ?3)")?
        .execute(params![shelf.name(), name, value])?;
    note(transaction, shelf, held + 1 - given_up)?;
    Ok(Put::Done)
}

/// Nothing is removed unless the transaction is kept.
fn remove(transaction: &Transaction<'_>, shelf: Shelf, name: &str) -> Result<bool> {
    let removed = transaction
        .prepare_cached("DELETE FROM shelved WHERE shelf = ?1 AND name = ?2")?
        .execute([shelf.name(), name])?;
    if removed > 0 {
        note(transaction, shelf, held(transaction, shelf)? - removed)?;
    }
    Ok(removed > 0)
}

fn value(connection: &Connection, shelf: Shelf, name: &str) -> Result<Option<Vec<u8>>> {
    connection
        .prepare_cached("SELECT value FROM shelved WHERE shelf = ?1 AND name = ?2")?
        .query_row([shelf.name(), name], |row| row.get(0))
        .optional()
}

fn page(connection: &Connection, shelf: Shelf, after: &str, limit: usize) -> Result<Vec<Value>> {
    let mut statement = connection.prepare_cached(
        "SELECT name, value FROM shelved WHERE shelf = ?1 AND name > ?2 ORDER BY name LIMIT ?3",
    )?;
    let rows = statement.query_map(params![shelf.name(), after, limit.cast_signed()], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    rows.collect()
}

fn held(connection: &Connection, shelf: Shelf) -> Result<usize> {
    let held = connection
        .prepare_cached("SELECT held FROM shelf WHERE name = ?1")?
        .query_row([shelf.name()], |row| row.get(0).map(isize::unsigned_abs))
        .optional()?;
    Ok(held.unwrap_or_default())
}

fn note(transaction: &Transaction<'_>, shelf: Shelf, held: usize) -> Result<()> {
    transaction
        .prepare_cached("INSERT OR REPLACE INTO shelf VALUES (?1, ?2)")?
        .execute(params![shelf.name(), held.cast_signed()])?;
    Ok(())
}
