//! The latest moment of our time, kept for the next start: one small row.

use rusqlite::{Connection, OptionalExtension, params};

use crate::clock::{Seen, Uptime};

/// The row is written again once it is so old; a write of it costs a page.
const KEPT_EVERY_MS: u64 = 1_000;

pub(super) fn is_worth_keeping(kept: Option<Seen>, latest: Seen) -> bool {
    kept.is_none_or(|kept| kept.at_ms.abs_diff(latest.at_ms) >= KEPT_EVERY_MS)
}

pub(super) fn read(connection: &Connection) -> Result<Option<Seen>, rusqlite::Error> {
    connection
        .query_row("SELECT at_ms, boot, uptime_ms FROM seen", [], |row| {
            let boot = row.get::<_, Option<[u8; 16]>>(1)?;
            let uptime_ms = row.get::<_, Option<i64>>(2)?;
            let uptime = boot.zip(uptime_ms).map(|(boot, ms)| Uptime {
                boot,
                ms: ms.cast_unsigned(),
            });
            Ok(Seen {
                at_ms: row.get::<_, i64>(0)?.cast_unsigned(),
                uptime,
            })
        })
        .optional()
}

pub(super) fn write(connection: &Connection, seen: Seen) -> Result<(), rusqlite::Error> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO seen VALUES (1, ?1, ?2, ?3)")?
        .execute(params![
            seen.at_ms.cast_signed(),
            seen.uptime.map(|uptime| uptime.boot),
            seen.uptime.map(|uptime| uptime.ms.cast_signed()),
        ])
        .map(drop)
}
