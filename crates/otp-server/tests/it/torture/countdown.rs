//! When a run is over: enough operations, enough time, or somebody has failed.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use super::history::{Moment, RunClock};

/// How soon a sleeper notices the end.
const GLANCE: Duration = Duration::from_millis(20);

/// What is left of a run.
pub(super) struct Countdown {
    clock: RunClock,
    deadline: Moment,
    operations_left: AtomicU64,
    is_called_off: AtomicBool,
}

/// Calls the run off if its thread panics, so that the others need not go on to the end.
pub(super) struct CallsOffOnPanic<'a>(pub(super) &'a Countdown);

impl Countdown {
    pub(super) fn new(clock: RunClock, time: Duration, operations: u64) -> Self {
        Self {
            clock,
            deadline: clock.now() + time,
            operations_left: AtomicU64::new(operations),
            is_called_off: AtomicBool::new(false),
        }
    }

    pub(super) fn clock(&self) -> RunClock {
        self.clock
    }

    pub(super) fn is_over(&self) -> bool {
        self.is_called_off.load(Ordering::Relaxed)
            || self.operations_left.load(Ordering::Relaxed) == 0
            || self.clock.now() >= self.deadline
    }

    /// Counts operations that are done.
    pub(super) fn count(&self, operations: u64) {
        let less = |left: u64| Some(left.saturating_sub(operations));
        // There is always a value to put there.
        let _ = self
            .operations_left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    }

    /// Sleeps, and answers whether the run is still going on then.
    pub(super) fn lasts_beyond(&self, time: Duration) -> bool {
        let until = self.clock.now() + time;
        while !self.is_over() {
            let left = until.saturating_sub(self.clock.now());
            if left.is_zero() {
                return true;
            }
            thread::sleep(left.min(GLANCE));
        }
        false
    }
}

impl Drop for CallsOffOnPanic<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.is_called_off.store(true, Ordering::Relaxed);
        }
    }
}
