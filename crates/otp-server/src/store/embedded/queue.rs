//! The queue between those who commit and the thread that writes.

mod group;
mod state;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub(super) use self::group::{Group, Row};
use self::state::State;
use super::super::backend::{EventId, Unavailable, Version};
use super::super::live::{Along, Next};
use super::unneeded::Unneeded;
use super::written::Written;
use crate::clock::{Seen, Stopwatch};

/// Rows of one transaction: enough to make its flush cheap, few enough to be done in some 10 ms.
const GROUP_MAX: usize = 4_096;
/// A group that is not written after so long makes the store unavailable until it is: whoever asks
/// is to have an answer within a second.
pub(super) const PATIENCE: Duration = Duration::from_millis(800);
/// The place of the oldest group's age while there is no group.
const NONE_WAITS: u64 = u64::MAX;

/// Hands rows from many threads to one, and says when the store is down.
#[derive(Debug)]
pub(super) struct Queue {
    state: Mutex<State>,
    work: Condvar,
    is_down: AtomicBool,
    limit: usize,
    started: Stopwatch,
    /// When the oldest group that is not written yet was begun: milliseconds since `started`.
    oldest_ms: AtomicU64,
    /// Every version up to this one is on the disk, but for those that were refused.
    written_up_to: AtomicU64,
    /// The last version that was refused after it had been seen.
    voided_up_to: AtomicU64,
}

/// What the writer keeps along with the rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Marks {
    pub(super) next_version: u64,
    /// The latest moment that anybody acted at.
    pub(super) seen: Option<Seen>,
}

/// What there is for the writer to do.
#[derive(Debug)]
pub(super) enum Work {
    /// Rows to write, and what is to be deleted: as far as any.
    Some {
        group: Option<Group>,
        unneeded: Unneeded,
    },
    /// Nothing came for a while.
    Idle,
    /// Nothing will come any more.
    Closing,
}

impl Queue {
    /// `first_version` was never handed out; `seen` is what an earlier process kept.
    pub(super) fn new(first_version: u64, seen: Option<Seen>, limit: usize) -> Self {
        Self {
            state: Mutex::new(State::new(first_version, seen)),
            work: Condvar::new(),
            is_down: AtomicBool::new(false),
            limit,
            started: Stopwatch::start(),
            oldest_ms: AtomicU64::new(NONE_WAITS),
            written_up_to: AtomicU64::new(first_version.saturating_sub(1)),
            voided_up_to: AtomicU64::new(0),
        }
    }

    /// Queues a row under a new version, or refuses.
    pub(super) fn push(
        &self,
        next: &Next,
        along: Along,
        now_ms: u64,
    ) -> Result<(Version, Arc<Written>), Unavailable> {
        self.push_to(self.open()?, next, along, now_ms)
    }

    /// Queues a shared count under a new version, or changes the row under which it is queued
    /// already: a count that every request changes is written once a group. Counts bring nothing along.
    pub(super) fn push_count(&self, next: &Next, now_ms: u64) -> Result<Version, Unavailable> {
        let mut state = self.open()?;
        let group = state.groups.back_mut();
        if let Some(row) = group.and_then(|group| group.row(next.supersedes?)) {
            row.next.body = Arc::clone(&next.body);
            row.next.forget_at_ms = next.forget_at_ms;
            return Ok(row.version);
        }
        self.push_to(state, next, Along::default(), now_ms)
            .map(|(version, _)| version)
    }

    /// The state, unless the store is down or too slow.
    fn open(&self) -> Result<MutexGuard<'_, State>, Unavailable> {
        let state = self.lock();
        if let Some(down) = &state.down {
            return Err(down.clone().not_begun());
        }
        self.check_age().map_err(Unavailable::not_begun)?;
        Ok(state)
    }

    fn push_to(
        &self,
        mut state: MutexGuard<'_, State>,
        next: &Next,
        along: Along,
        now_ms: u64,
    ) -> Result<(Version, Arc<Written>), Unavailable> {
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
            state.groups.push_back(Group::begun(self.age_ms()));
            self.note_oldest(&state);
            state.see(now_ms);
        }
        let group = state
            .groups
            .back_mut()
            .expect("a group was just made sure of");
        group.rows.push(Row {
            version,
            next: next.clone(),
            along,
        });
        let written = Arc::clone(&group.written);
        self.wake_writer(state);
        Ok((version, written))
    }

    /// A record is gone whose last version was this one.
    pub(super) fn forget(&self, last: Version) {
        let mut state = self.lock();
        state.unneeded.rows.push(last);
        self.wake_writer(state);
    }

    /// Somebody is done with these events.
    pub(super) fn acknowledge(&self, events: &[EventId]) {
        let mut state = self.lock();
        state.unneeded.events.extend(events);
        self.wake_writer(state);
    }

    /// The rows of these entries need not be kept.
    pub(super) fn unlist(&self, listings: Vec<Version>) {
        let mut state = self.lock();
        state.unneeded.listings.extend(listings);
        self.wake_writer(state);
    }

    /// Answers with the reason while the store is down, or its disk too slow.
    pub(super) fn check(&self) -> Result<(), Unavailable> {
        if self.is_down.load(Ordering::Acquire) {
            self.lock().down.clone().map_or(Ok(()), Err)
        } else {
            self.check_age()
        }
    }

    /// Somebody acted at this moment.
    pub(super) fn see(&self, now_ms: u64) {
        self.lock().see(now_ms);
    }

    pub(super) fn marks(&self) -> Marks {
        let state = self.lock();
        Marks {
            next_version: state.next_version,
            seen: state.seen,
        }
    }

    /// Resolves once the version is on the disk; fails if it will never be.
    pub(super) async fn settled(&self, version: Version) -> Result<(), Unavailable> {
        match self.outstanding(version)? {
            None => Ok(()),
            Some(written) => written.wait(PATIENCE).await,
        }
    }

    /// What to wait for before the version is on the disk; nothing if it is there.
    fn outstanding(&self, version: Version) -> Result<Option<Arc<Written>>, Unavailable> {
        // In this order: what is written after a refusal shows only after the refusal does.
        let is_written = version.0 <= self.written_up_to.load(Ordering::Acquire);
        if is_written && version.0 > self.voided_up_to.load(Ordering::Acquire) {
            return Ok(None);
        }
        let state = self.lock();
        if state.voided.contains(version) {
            return Err(Unavailable::taken_back());
        }
        if version.0 <= self.written_up_to.load(Ordering::Acquire) {
            return Ok(None);
        }
        if let Some(under_way) = &state.under_way
            && version <= under_way.last
        {
            return Ok(Some(Arc::clone(&under_way.written)));
        }
        let holds = |group: &&Group| group.rows.last().is_some_and(|row| version <= row.version);
        let group = state.groups.iter().find(holds);
        group
            .map(|group| Some(Arc::clone(&group.written)))
            .ok_or_else(Unavailable::taken_back)
    }

    /// Waits for work, for `patience` at most.
    pub(super) fn take(&self, patience: Option<Duration>) -> Work {
        let mut state = self.lock();
        loop {
            if state.has_work() {
                let group = state.groups.pop_front();
                state.under_way = group.as_ref().and_then(Group::ticket);
                state.waiting -= group.as_ref().map_or(0, |group| group.rows.len());
                return Work::Some {
                    group,
                    unneeded: std::mem::take(&mut state.unneeded),
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

    /// The group is on the disk: those who wait for it may go on.
    pub(super) fn written(&self, group: &Group) {
        let mut state = self.lock();
        state.under_way = None;
        if let Some(last) = group.rows.last() {
            self.written_up_to.store(last.version.0, Ordering::Release);
        }
        self.note_oldest(&state);
        drop(state);
        group.written.settle(Ok(()));
    }

    /// From now on nothing is queued and nothing is answered. Hands back what was queued.
    pub(super) fn shut(&self, why: Unavailable) -> VecDeque<Group> {
        let mut state = self.lock();
        state.down = Some(why);
        state.waiting = 0;
        state.under_way = None;
        let first_unwritten = self.written_up_to.load(Ordering::Acquire) + 1;
        let next_version = state.next_version;
        if first_unwritten < next_version {
            state.voided.add(first_unwritten..next_version);
            self.voided_up_to.store(next_version - 1, Ordering::Release);
        }
        self.oldest_ms.store(NONE_WAITS, Ordering::Release);
        self.is_down.store(true, Ordering::Release);
        std::mem::take(&mut state.groups)
    }

    /// All is well again.
    pub(super) fn reopen(&self) {
        let mut state = self.lock();
        state.down = None;
        self.is_down.store(false, Ordering::Release);
    }

    /// Waits before the next try. Answers with what need not be kept since the last one, or with
    /// `None` when the store is closing.
    pub(super) fn pause(&self, pause: Duration) -> Option<Unneeded> {
        let state = self.lock();
        let (mut state, _) = self
            .work
            .wait_timeout_while(state, pause, |state| !state.is_closing)
            .unwrap_or_else(PoisonError::into_inner);
        (!state.is_closing).then(|| std::mem::take(&mut state.unneeded))
    }

    /// Lets the writer finish what is queued, and end.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.is_closing = true;
        self.wake_writer(state);
    }

    fn check_age(&self) -> Result<(), Unavailable> {
        let oldest_ms = self.oldest_ms.load(Ordering::Acquire);
        let is_slow = oldest_ms != NONE_WAITS
            && Duration::from_millis(self.age_ms().saturating_sub(oldest_ms)) >= PATIENCE;
        if is_slow {
            Err(Unavailable::slow(PATIENCE))
        } else {
            Ok(())
        }
    }

    /// Under the lock whenever the first of those who wait may be another one.
    fn note_oldest(&self, state: &State) {
        let under_way = state.under_way.as_ref().map(|ticket| ticket.begun_ms);
        let oldest_ms = under_way.or_else(|| Some(state.groups.front()?.begun_ms));
        self.oldest_ms
            .store(oldest_ms.unwrap_or(NONE_WAITS), Ordering::Release);
    }

    /// The queue's own.
    fn age_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(NONE_WAITS)
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
