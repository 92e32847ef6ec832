//! Says once to many whether a group was written.

use std::sync::OnceLock;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;

use super::super::backend::Unavailable;

/// The outcome of a group, when there is one.
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

    /// Waits for the outcome, but no longer than `patience`: the answer then says that it is not
    /// known.
    pub(super) async fn wait(&self, patience: Duration) -> Result<(), Unavailable> {
        // Made before the look at the outcome: it hears of what happens in between.
        let settled = self.settled.notified();
        if self.outcome.get().is_none() && timeout(patience, settled).await.is_err() {
            // It may have come at the last moment.
            return self
                .outcome
                .get()
                .cloned()
                .unwrap_or_else(|| Err(Unavailable::slow(patience)));
        }
        self.outcome
            .get()
            .cloned()
            .unwrap_or_else(|| Err(Unavailable::stopping()))
    }
}
