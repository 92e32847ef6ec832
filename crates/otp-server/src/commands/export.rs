//! `export`: all live records, into a file that any back end can take in.

use anyhow::{Context, Result};

use super::archive::{ArchiveWriter, Head};
use super::output::Output;
use super::patience::patiently;
use super::progress::{Progress, records, say};
use crate::app::Vault;
use crate::config::{Config, ExportFlags, StoreKind};

const CANNOT_READ: &str =
    "cannot export all records\nhint: no file was made; export again once that is solved";

/// Writes every record of the configured store. The secret is not among what is written.
pub async fn export(config: &Config, flags: &ExportFlags) -> Result<()> {
    let output = Output::open(flags)?;
    let vault = Vault::to_take_out(config).await?;
    let cannot_write = || {
        format!(
            "cannot write to {}\nhint: see whether its disk is full, or its reader is gone",
            flags.output.display()
        )
    };
    let head = Head::new(
        vault.keys.check_value(),
        vault.clock.now(),
        store_name(&config.store.kind),
    );
    let mut archive = ArchiveWriter::begin(output, &head).with_context(cannot_write)?;
    let mut progress = Progress::default();
    for number in 0..vault.store.parts() {
        let part = patiently(async || vault.store.part(number, vault.clock.now()).await).await;
        for found in part.context(CANNOT_READ)? {
            let (key, record) = found.context(CANNOT_READ)?;
            archive.put(key, &record).with_context(cannot_write)?;
            progress.one_more();
        }
    }
    let count = archive.records();
    let output = archive.finish().with_context(cannot_write)?;
    output.keep().with_context(cannot_write)?;
    say(format_args!("exported {}", records(count)));
    Ok(())
}

fn store_name(kind: &StoreKind) -> &'static str {
    match kind {
        StoreKind::Embedded => "embedded",
        StoreKind::Memory => "memory",
        StoreKind::Redis(_) => "redis",
    }
}
