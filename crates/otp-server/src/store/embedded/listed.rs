//! Lists on the disk: an entry's row is written with its commit's, under the same version, and deleted
//! some time after it is too old or one too many.

use rusqlite::{Connection, params};

use super::super::backend::{Key, Listing, Version};
use super::queue::Row;

type Result<T> = std::result::Result<T, rusqlite::Error>;

/// Calls back for every entry, in the order of the commits that brought them.
pub(super) fn read(connection: &Connection, mut each: impl FnMut(Version, Listing)) -> Result<()> {
    let mut statement =
        connection.prepare("SELECT version, list, at_ms, entry FROM listing ORDER BY version")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let listing = Listing {
            list: Key(row.get(1)?),
            at_ms: row.get::<_, i64>(2)?.cast_unsigned(),
            entry: row.get(3)?,
        };
        each(Version(row.get::<_, i64>(0)?.cast_unsigned()), listing);
    }
    Ok(())
}

/// Most rows bring none, and cost nothing.
pub(super) fn write(connection: &Connection, rows: &[Row]) -> Result<()> {
    for row in rows {
        if let Some(listing) = row.along.listing {
            connection
                .prepare_cached("INSERT INTO listing VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![
                    row.version.0.cast_signed(),
                    listing.list.0,
                    listing.at_ms.cast_signed(),
                    listing.entry,
                ])?;
        }
    }
    Ok(())
}

pub(super) fn delete(connection: &Connection, versions: &[Version]) -> Result<()> {
    if versions.is_empty() {
        return Ok(());
    }
    let mut delete = connection.prepare_cached("DELETE FROM listing WHERE version = ?1")?;
    for version in versions {
        delete.execute([version.0.cast_signed()])?;
    }
    Ok(())
}
