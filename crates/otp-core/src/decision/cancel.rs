//! An application calls a verification off.

use crate::record::{Happened, Status};
use crate::{Decision, Event, Record, Timestamp, VerificationId};

/// The answer to a cancel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelOutcome {
    /// Its code is dead from now on.
    Canceled,
    /// It is unknown, or was over already.
    NotFound,
}

impl Record {
    /// Calls a pending verification off. Neither its send nor its failures are given back.
    pub fn cancel(&self, id: VerificationId, now: Timestamp) -> Decision<CancelOutcome> {
        let mut next = self.clone();
        let Some(verification) = next
            .verification_mut(id)
            .filter(|verification| verification.is_open(now))
        else {
            return Decision::unchanged(CancelOutcome::NotFound);
        };
        verification.finish(Status::Canceled);
        verification.note(now, Happened::Canceled);
        Decision::changed(CancelOutcome::Canceled, next, vec![Event::Canceled(id)])
    }
}
