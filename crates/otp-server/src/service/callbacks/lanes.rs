//! Whose turn it is to be called: so many at once for each application, and for all together. Whoever is
//! slow holds up nobody else, and whoever has just failed several times gets one call at a time.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::callback::{ANSWER_PATIENCE, DEADLINE_MAX, NotTaken};

/// Calls under way at once on one server.
const AT_ONCE_MAX: usize = 256;
/// Calls that wait for their turn; what comes on top is tried at its next time.
const WAITING_MAX: usize = 4096;
/// How long one waits. With the longest call it stays below the least time between two tries, so
/// nothing is sent twice at once.
const PATIENCE: Duration = Duration::from_secs(3);
/// After so many failures in a row an application is taken for one that is down.
const FAILURES_MAX: u32 = 5;

const _: () = assert!(
    PATIENCE.as_millis() + DEADLINE_MAX.as_millis() + ANSWER_PATIENCE.as_millis()
        < otp_core::Callbacks::PAUSE_MIN.as_millis()
);

/// All applications' lanes.
#[derive(Debug)]
pub struct Lanes {
    at_once: usize,
    all: Arc<Semaphore>,
    waiting: AtomicUsize,
    by_application: Mutex<HashMap<String, Arc<Lane>>>,
}

/// One application's.
#[derive(Debug)]
struct Lane {
    slots: Arc<Semaphore>,
    failures: AtomicU32,
}

/// Somebody's turn; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    lane: Arc<Lane>,
    _slots: [OwnedSemaphorePermit; 2],
}

impl Lanes {
    /// With so many calls of one application under way at once.
    #[must_use]
    pub fn new(at_once: usize) -> Self {
        Self {
            at_once,
            all: Arc::new(Semaphore::new(AT_ONCE_MAX)),
            waiting: AtomicUsize::new(0),
            by_application: Mutex::default(),
        }
    }

    /// Waits for a turn; nothing when there is none soon.
    pub(super) async fn enter(&self, application: &str) -> Option<Turn> {
        let lane = self.lane(application);
        if lane.is_down() && lane.slots.available_permits() < self.at_once {
            return None;
        }
        let _place = Place::take(&self.waiting)?;
        let turn = async {
            let own = Arc::clone(&lane.slots).acquire_owned().await.ok()?;
            let shared = Arc::clone(&self.all).acquire_owned().await.ok()?;
            Some([own, shared])
        };
        let slots = timeout(PATIENCE, turn).await.ok()??;
        Some(Turn {
            lane,
            _slots: slots,
        })
    }

    fn lane(&self, application: &str) -> Arc<Lane> {
        let all = self.by_application.lock();
        let mut all = all.unwrap_or_else(PoisonError::into_inner);
        let lane = all.entry(application.to_owned()).or_insert_with(|| {
            Arc::new(Lane {
                slots: Arc::new(Semaphore::new(self.at_once)),
                failures: AtomicU32::new(0),
            })
        });
        Arc::clone(lane)
    }
}

impl Lane {
    fn is_down(&self) -> bool {
        self.failures.load(Ordering::Relaxed) >= FAILURES_MAX
    }
}

impl Turn {
    /// What came of it.
    pub(super) fn went(&self, called: &Result<(), NotTaken>) {
        match called {
            // It is there, whatever it thinks of this one.
            Ok(()) | Err(NotTaken::Answered(400..=499)) => {
                self.lane.failures.store(0, Ordering::Relaxed);
            }
            Err(_) => {
                self.lane.failures.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

/// One of those who wait.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize) -> Option<Self> {
        let place = Self(waiting);
        (waiting.fetch_add(1, Ordering::Relaxed) < WAITING_MAX).then_some(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_application_takes_no_turn_of_another() {
        let lanes = Lanes::new(2);
        let held = [lanes.enter("slow").await, lanes.enter("slow").await];
        assert!(held.iter().all(Option::is_some));
        tokio::select! {
            biased;
            turn = lanes.enter("slow") => panic!("a third turn: {turn:?}"),
            turn = lanes.enter("quick") => assert!(turn.is_some()),
        }
        drop(held);
        assert!(lanes.enter("slow").await.is_some());
    }

    #[tokio::test]
    async fn whoever_is_down_gets_one_call_at_a_time_until_it_is_back() {
        let lanes = Lanes::new(2);
        for _ in 0..FAILURES_MAX {
            let turn = lanes.enter("down").await.unwrap();
            turn.went(&Err(NotTaken::TimedOut));
        }
        let probe = lanes.enter("down").await.unwrap();
        assert!(lanes.enter("down").await.is_none());
        probe.went(&Ok(()));
        assert!(lanes.enter("down").await.is_some());
    }
}
