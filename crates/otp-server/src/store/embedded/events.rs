//! The outbox on the disk: an event's row is written with its commit's, and deleted some time after
//! it was taken in.

use rusqlite::{Connection, params};

use super::super::backend::{EventId, Key};
use super::super::outbox::named;
use super::queue::Row;

type Result<T> = std::result::Result<T, rusqlite::Error>;

/// Calls back for every event.
pub(super) fn read(connection: &Connection, mut each: impl FnMut(EventId, Vec<u8>)) -> Result<()> {
    let mut statement = connection.prepare("SELECT id, key, body FROM outbox")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id = EventId {
            key: Key(row.get(1)?),
            number: row.get::<_, i64>(0)?.cast_unsigned(),
        };
        each(id, row.get(2)?);
    }
    Ok(())
}

/// Most rows bring none, and cost nothing.
pub(super) fn write(connection: &Connection, rows: &[Row]) -> Result<()> {
    for row in rows.iter().filter(|row| !row.along.events.is_empty()) {
        let mut insert = connection.prepare_cached("INSERT INTO outbox VALUES (?1, ?2, ?3)")?;
        for (id, body) in named(row.next.key, row.version, &row.along.events) {
            insert.execute(params![id.number.cast_signed(), id.key.0, body])?;
        }
    }
    Ok(())
}

pub(super) fn delete(connection: &Connection, ids: &[EventId]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut delete = connection.prepare_cached("DELETE FROM outbox WHERE id = ?1")?;
    for id in ids {
        delete.execute([id.number.cast_signed()])?;
    }
    Ok(())
}
