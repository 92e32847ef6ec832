//! An application took in what it was told, or never will.

use crate::{Decision, Event, Record, Timestamp, VerificationId};

impl Record {
    /// The callback is done with, and the next one's turn has come. Told twice, it changes nothing.
    pub fn called(&self, id: VerificationId, number: u16, now: Timestamp) -> Decision<()> {
        self.callback_done(id, number, Vec::new(), now)
    }

    /// The callback was put aside, because its application does not take it in. Told twice, it
    /// changes nothing.
    pub fn gave_up(&self, id: VerificationId, number: u16, now: Timestamp) -> Decision<()> {
        self.callback_done(id, number, vec![Event::CallbackDropped(id)], now)
    }

    fn callback_done(
        &self,
        id: VerificationId,
        number: u16,
        events: Vec<Event>,
        now: Timestamp,
    ) -> Decision<()> {
        let mut next = self.clone();
        let done = next
            .verification_mut(id)
            .is_some_and(|verification| verification.callbacks.taken(number, now));
        if done {
            Decision::changed((), next, events)
        } else {
            Decision::unchanged(())
        }
    }
}
