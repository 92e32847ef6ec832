//! `import`: the records of an export, into any back end.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures_util::stream::{self, StreamExt};
use otp_core::{Keys, Record, RecordKey, Timestamp};

use super::archive::{Archive, ArchiveError};
use super::patience::patiently;
use super::progress::{Progress, records, say};
use crate::app::{Vault, kept_keys};
use crate::config::{Config, ImportFlags};
use crate::store::{Along, Commit, Unavailable};

/// Standard input is read into memory whole, because the file is read twice: some two million records.
const STANDARD_INPUT_BYTES_MAX: u64 = 1 << 30;
/// Writes that are under way at once.
const WRITES_MAX: usize = 256;
/// An older file is not what was just taken out elsewhere.
const FRESH: Duration = Duration::from_hours(1);

/// Writes every record that is not there yet. The whole file is checked before the first is
/// written. A record of the store's own is never replaced: it may know of a code that was used, or
/// of attempts and sends, that the file does not know of.
pub async fn import(config: &Config, flags: &ImportFlags) -> Result<()> {
    let keys = kept_keys(config).context(
        "an import needs the secret that the export was made with\nhint: bring the secret file along, and name it with \
         --secret-file",
    )?;
    let path = &flags.input;
    if path.as_os_str() == "-" {
        return import_from(
            Cursor::new(standard_input()?),
            "standard input",
            config,
            keys,
        )
        .await;
    }
    let name = path.display().to_string();
    let file = File::open(path)
        .map_err(ArchiveError::from)
        .with_context(|| format!("cannot import {name}"))?;
    import_from(BufReader::new(file), &name, config, keys).await
}

async fn import_from(
    mut file: impl BufRead + Seek,
    name: &str,
    config: &Config,
    keys: Keys,
) -> Result<()> {
    let cannot = || format!("cannot import {name}");
    file.rewind().with_context(|| {
        format!("{name} can be read only once\nhint: give it as standard input, with --input -")
    })?;
    let exported_at = check(&mut file, &keys).with_context(cannot)?;
    file.rewind().with_context(cannot)?;
    let archive = Archive::open(file).with_context(cannot)?;
    let vault = Vault::to_put_in(config, keys, exported_at).await?;
    let age = vault.clock.now().since(exported_at);
    if age > FRESH {
        say(format_args!(
            "warning: this was exported {} h ago: what was sent, tried and used since then is not in it",
            age.as_secs() / 3600
        ));
    }
    let mut fates = Fates::default();
    let put = put_all(archive, &vault, writes_max(config), &mut fates).await;
    fates.tell();
    put.with_context(|| {
        format!("cannot import all of {name}\nhint: what was imported stays; import the same file again to go on")
    })
}

/// Reads the whole file, so that one that is no good changes nothing. Answers when it was made.
fn check(file: impl BufRead, keys: &Keys) -> Result<Timestamp> {
    let mut archive = Archive::open(file)?;
    if !archive.head().is_of(keys.check_value()) {
        bail!(
            "it was made with another secret\nhint: bring along the secret file of the server that it was exported \
             from, and name it with --secret-file"
        );
    }
    archive.by_ref().try_for_each(|entry| entry.map(drop))?;
    Ok(archive.head().exported_at())
}

async fn put_all(
    archive: Archive<impl BufRead>,
    vault: &Vault,
    writes_max: usize,
    fates: &mut Fates,
) -> Result<()> {
    let mut progress = Progress::default();
    let puts = archive.map(|entry| async {
        let (key, record) = entry?;
        anyhow::Ok(patiently(async || put(vault, key, &record).await).await?)
    });
    let mut puts = stream::iter(puts).buffer_unordered(writes_max);
    while let Some(fate) = puts.next().await {
        fates.add(fate?);
        progress.one_more();
    }
    Ok(())
}

/// What became of a record of the file.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Imported,
    /// The store has it, and has it so.
    AlreadyThere,
    /// The store has another state of it, which counts.
    LeftAlone,
    MayBeForgotten,
}

/// Of a write that got no answer, the next try finds whether it was kept.
async fn put(vault: &Vault, key: RecordKey, record: &Record) -> Result<Fate, Unavailable> {
    let Vault { store, clock, .. } = vault;
    let now = clock.now();
    if record.forget_at() <= now {
        return Ok(Fate::MayBeForgotten);
    }
    match store
        .commit(key, None, record, Along::default(), now)
        .await?
    {
        Commit::Committed(_) => Ok(Fate::Imported),
        Commit::Conflict => match store.load(key, now).await? {
            Some(there) if there.record == *record => Ok(Fate::AlreadyThere),
            _ => Ok(Fate::LeftAlone),
        },
    }
}

/// How many records met which fate.
#[derive(Debug, Default)]
struct Fates {
    imported: u64,
    already_there: u64,
    left_alone: u64,
    may_be_forgotten: u64,
}

impl Fates {
    fn add(&mut self, fate: Fate) {
        let count = match fate {
            Fate::Imported => &mut self.imported,
            Fate::AlreadyThere => &mut self.already_there,
            Fate::LeftAlone => &mut self.left_alone,
            Fate::MayBeForgotten => &mut self.may_be_forgotten,
        };
        *count += 1;
    }

    fn tell(&self) {
        say(format_args!("imported {}", records(self.imported)));
        let others = [
            (self.already_there, "there already"),
            (
                self.may_be_forgotten,
                "past the time that anything in them counts",
            ),
        ];
        for (count, state) in others.into_iter().filter(|(count, _)| *count > 0) {
            say(format_args!("skipped {}: {state}", records(count)));
        }
        if self.left_alone > 0 {
            say(format_args!(
                "warning: left {} alone: the store has a state of its own there, and that one counts",
                records(self.left_alone)
            ));
        }
    }
}

/// No more than the store lets wait.
fn writes_max(config: &Config) -> usize {
    WRITES_MAX.min(config.store.queue_limit)
}

fn standard_input() -> Result<Vec<u8>> {
    let mut text = Vec::new();
    io::stdin()
        .take(STANDARD_INPUT_BYTES_MAX + 1)
        .read_to_end(&mut text)
        .context("cannot read standard input")?;
    if text.len() as u64 > STANDARD_INPUT_BYTES_MAX {
        bail!(
            "standard input is longer than {STANDARD_INPUT_BYTES_MAX} bytes\nhint: save it in a file, and name that \
             with --input"
        );
    }
    Ok(text)
}
