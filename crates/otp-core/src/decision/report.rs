//! A person says that they did not ask for a code.

use crate::record::{Happened, Status};
use crate::window;
use crate::{Decision, Event, Record, Timestamp, VerificationId};

/// The answer to a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportOutcome {
    /// It counts, and the code is dead if it was not before.
    Noted,
    /// It is known already, or the verification is not.
    Ignored,
}

impl Record {
    /// Ends a verification that its recipient did not ask for, and counts the report: the phone is
    /// sent codes more slowly from now on. It counts once, also when the code was used or over by
    /// then: somebody asked for it in the person's name. Neither its send nor its failures are given
    /// back.
    pub fn report(&self, id: VerificationId, now: Timestamp) -> Decision<ReportOutcome> {
        let mut next = self.clone();
        let reported = next.verification_mut(id).filter(|one| !one.is_reported());
        let Some(verification) = reported else {
            return Decision::unchanged(ReportOutcome::Ignored);
        };
        if verification.status == Status::Pending {
            verification.finish(Status::Canceled);
        }
        verification.note(now, Happened::Reported);
        window::forget_old(&mut next.reports, now);
        next.reports.push(now);
        Decision::changed(ReportOutcome::Noted, next, vec![Event::Reported(id)])
    }
}
