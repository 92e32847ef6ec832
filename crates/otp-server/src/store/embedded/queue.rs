//! The queue between those who commit and the thread that writes.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::super::backend::{Unavailable, Version};
use super::super::live::Next;

/// Rows of one transaction: enough to make its flush cheap, few enough to be done in some 10 ms.
const GROUP_MAX: usize = 4_096;

/// Hands rows from many threads to one, and says when the store is down.
#[derive(Debug)]
pub(super) struct Queue {
    state: Mutex<State>,
    work: Condvar,
    is_down: AtomicBool,
    limit: usize,
}

#[derive(Debug)]
struct State {
    groups: VecDeque<Group>,
    waiting: usize,
    forgotten: Vec<Version>,
    next_version: u64,
    down: Option<Unavailable>,
    is_closing: bool,
    is_writer_asleep: bool,
}

/// A row to be written.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) version: Version,
    pub(super) next: Next,
}

/// Rows that become durable together. Whoever waits for one that is dropped unwritten is told so.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) rows: Vec<Row>,
    pub(super) written: Arc<Written>,
}

impl Drop for Group {
    fn drop(&mut self) {
        self.written.settle(Err(Unavailable::stopping()));
    }
}

/// Says once to many whether a group was written.
#[derive(Debug, Default)]
pub(super) struct Written {
    outcome: OnceLock<Result<(), Unavailable>>,
    settled: Notify,
}

impl Written {
    /// The first outcome counts.
    pub(super) fn settle(&self, outcome: Result<(), Unavailable>) {
        if self.outcome.set(outcome).is_ok() {
            self.settled.notify_waiters();
        }
    }

    pub(super) async fn wait(&self) -> Result<(), Unavailable> {
        // Made before the look at the outcome: it hears of what happens in between.
        let settled = self.settled.notified();
        if self.outcome.get().is_none() {
            settled.await;
        }
        self.outcome
            .get()
            .cloned()
            .unwrap_or_else(|| Err(Unavailable::stopping()))
    }
}

/// What there is for the writer to do.
#[derive(Debug)]
pub(super) enum Work {
    /// Rows to write, if any, and versions that were forgotten, if any.
    Some {
        group: Option<Group>,
        forgotten: Vec<Version>,
    },
    /// Nothing came for a while.
    Idle,
    /// Nothing will come any more.
    Closing,
}

impl Queue {
    pub(super) fn new(next_version: u64, limit: usize) -> Self {
        let state = State {
            groups: VecDeque::new(),
            waiting: 0,
            forgotten: Vec::new(),
            next_version,
            down: None,
            is_closing: false,
            is_writer_asleep: false,
        };
        Self {
            state: Mutex::new(state),
            work: Condvar::new(),
            is_down: AtomicBool::new(false),
            limit,
        }
    }

    /// Queues a row under a new version, or refuses.
    pub(super) fn push(&self, next: &Next) -> Result<(Version, Arc<Written>), Unavailable> {
        let mut state = self.lock();
        if let Some(down) = &state.down {
            return Err(down.clone());
        }
        if state.waiting >= self.limit {
            return Err(Unavailable::overloaded(self.limit));
        }
        let version = Version(state.next_version);
        state.next_version += 1;
        state.waiting += 1;
        if state
            .groups
            .back()
            .is_none_or(|group| group.rows.len() >= GROUP_MAX)
        {
            state.groups.push_back(Group::default());
        }
        let group = state
            .groups
            .back_mut()
            .expect("a group was just made sure of");
        group.rows.push(Row {
            version,
            next: next.clone(),
        });
        let written = Arc::clone(&group.written);
        self.wake_writer(state);
        Ok((version, written))
    }

    /// A record is gone whose last version was this one.
    pub(super) fn forget(&self, last: Version) {
        let mut state = self.lock();
        state.forgotten.push(last);
        self.wake_writer(state);
    }

    /// Answers with the reason while the store is down.
    pub(super) fn check(&self) -> Result<(), Unavailable> {
        if self.is_down.load(Ordering::Acquire) {
            self.lock().down.clone().map_or(Ok(()), Err)
        } else {
            Ok(())
        }
    }

    /// Waits for work, for `patience` at most.
    pub(super) fn take(&self, patience: Option<Duration>) -> Work {
        let mut state = self.lock();
        loop {
            if !state.groups.is_empty() || !state.forgotten.is_empty() {
                let group = state.groups.pop_front();
                state.waiting -= group.as_ref().map_or(0, |group| group.rows.len());
                return Work::Some {
                    group,
                    forgotten: std::mem::take(&mut state.forgotten),
                };
            }
            if state.is_closing {
                return Work::Closing;
            }
            state.is_writer_asleep = true;
            state = match patience {
                None => self
                    .work
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(patience) => {
                    let (mut state, waited) = self
                        .work
                        .wait_timeout(state, patience)
                        .unwrap_or_else(PoisonError::into_inner);
                    if waited.timed_out() && state.is_writer_asleep {
                        state.is_writer_asleep = false;
                        return Work::Idle;
                    }
                    state
                }
            };
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        let state = self.lock();
        state.groups.is_empty() && !state.is_closing
    }

    pub(super) fn next_version(&self) -> u64 {
        self.lock().next_version
    }

    /// From now on nothing is queued and nothing is answered. Hands back what was queued.
    pub(super) fn shut(&self, why: Unavailable) -> VecDeque<Group> {
        let mut state = self.lock();
        state.down = Some(why);
        state.waiting = 0;
        self.is_down.store(true, Ordering::Release);
        std::mem::take(&mut state.groups)
    }

    /// All is well again.
    pub(super) fn reopen(&self) {
        let mut state = self.lock();
        state.down = None;
        self.is_down.store(false, Ordering::Release);
    }

    /// Waits before the next try. Answers with the versions forgotten since the last one, or with
    /// `None` when the store is closing.
    pub(super) fn pause(&self, pause: Duration) -> Option<Vec<Version>> {
        let state = self.lock();
        let (mut state, _) = self
            .work
            .wait_timeout_while(state, pause, |state| !state.is_closing)
            .unwrap_or_else(PoisonError::into_inner);
        (!state.is_closing).then(|| std::mem::take(&mut state.forgotten))
    }

    /// Lets the writer finish what is queued, and end.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.is_closing = true;
        self.wake_writer(state);
    }

    /// A call to the system only if the writer sleeps.
    fn wake_writer(&self, mut state: MutexGuard<'_, State>) {
        let is_asleep = std::mem::take(&mut state.is_writer_asleep);
        drop(state);
        if is_asleep {
            self.work.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
