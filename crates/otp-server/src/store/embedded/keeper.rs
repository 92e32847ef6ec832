//! The thread that copies the log into the database while the writer goes on, so that the writer
//! finds little to copy when the log must start again.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::Connection;

use super::Durability;
use super::database::{Checkpoint, checkpoint, connect};
use super::format::PAGE_BYTES;

/// How often it looks while there are commits; with [`Durability::Process`], also how often it
/// flushes, so what power loss may take at most.
const TICK: Duration = Duration::from_millis(50);
/// Copying starts when so much is not copied yet.
const COPY_PAGES: u64 = 8 * 1024 * 1024 / PAGE_BYTES;
/// The log starts again when it is so long.
const RESTART_PAGES: u64 = 64 * 1024 * 1024 / PAGE_BYTES;
/// At the latest after so many ticks with commits (a minute), superseded states are deleted and the
/// log is cut, so that what was erased from a record is soon nowhere on the disk.
const TICKS_BETWEEN_SWEEPS: u32 = 1_200;

/// What the writer and the keeper tell each other.
#[derive(Debug, Default)]
pub(super) struct Upkeep {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    has_commits: bool,
    is_closing: bool,
    wish: Option<Checkpoint>,
}

impl Upkeep {
    /// The writer has committed something.
    pub(super) fn committed(&self) {
        if !std::mem::replace(&mut self.lock().has_commits, true) {
            self.changed.notify_one();
        }
    }

    /// What the writer should do to the log now.
    pub(super) fn take_wish(&self) -> Option<Checkpoint> {
        self.lock().wish.take()
    }

    pub(super) fn close(&self) {
        self.lock().is_closing = true;
        self.changed.notify_one();
    }

    fn wish(&self, how: Checkpoint) {
        self.lock().wish = Some(how);
    }

    /// Waits for a commit, then for one tick more. Answers whether to go on.
    fn wait(&self) -> bool {
        let idle = |state: &mut State| !state.has_commits && !state.is_closing;
        let mut state = self
            .changed
            .wait_while(self.lock(), idle)
            .unwrap_or_else(PoisonError::into_inner);
        state.has_commits = false;
        let open = |state: &mut State| !state.is_closing;
        let (state, _) = self
            .changed
            .wait_timeout_while(state, TICK, open)
            .unwrap_or_else(PoisonError::into_inner);
        !state.is_closing
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The keeper, with a connection of its own.
#[derive(Debug)]
pub(super) struct Keeper {
    connection: Connection,
    upkeep: Arc<Upkeep>,
    /// The log to flush, where the writer leaves that to us.
    flushed_log: Option<PathBuf>,
}

impl Keeper {
    pub(super) fn open(
        path: &Path,
        durability: Durability,
        upkeep: Arc<Upkeep>,
    ) -> Result<Self, rusqlite::Error> {
        let flushed_log = match durability {
            Durability::Fsync => None,
            Durability::Process => Some(path.with_extension("db-wal")),
        };
        Ok(Self {
            connection: connect(path)?,
            upkeep,
            flushed_log,
        })
    }

    /// Works until it is told to end.
    pub(super) fn run(self) {
        let mut ticks = 0;
        while self.upkeep.wait() {
            ticks += 1;
            self.flush().unwrap_or_else(|error| {
                tracing::error!("could not flush the store's log: {error}");
            });
            match self.wish(ticks) {
                Ok(None) => {}
                Ok(Some(how)) => {
                    ticks = if matches!(how, Checkpoint::Truncate) {
                        0
                    } else {
                        ticks
                    };
                    self.upkeep.wish(how);
                }
                Err(error) => tracing::warn!("could not copy the store's log: {error}"),
            }
        }
    }

    fn wish(&self, ticks: u32) -> Result<Option<Checkpoint>, rusqlite::Error> {
        let mut log = checkpoint(&self.connection, Checkpoint::Look)?;
        if log.pages >= log.copied + COPY_PAGES {
            log = checkpoint(&self.connection, Checkpoint::Copy)?;
        }
        if ticks >= TICKS_BETWEEN_SWEEPS {
            return Ok(Some(Checkpoint::Truncate));
        }
        Ok((log.pages >= RESTART_PAGES).then_some(Checkpoint::Restart))
    }

    fn flush(&self) -> io::Result<()> {
        self.flushed_log
            .as_ref()
            .map_or(Ok(()), |log| File::open(log)?.sync_data())
    }
}
