//! An application took in what it was told.

use crate::{Decision, Record, Timestamp, VerificationId};

impl Record {
    /// The callback is done with, and the next one's turn has come. Told twice, it changes nothing.
    pub fn called(&self, id: VerificationId, number: u16, now: Timestamp) -> Decision<()> {
        let mut next = self.clone();
        let taken = next
            .verification_mut(id)
            .is_some_and(|verification| verification.callbacks.taken(number, now));
        if taken {
            Decision::changed((), next, Vec::new())
        } else {
            Decision::unchanged(())
        }
    }
}
