//! What a channel says later of a message that it took.

use super::hand_on::Handover;
use crate::record::{CallbackKind, Delivery, Failure, HandedOn, Happened, Progress, Status};
use crate::{Decision, Event, Policy, Record, Timestamp, VerificationId};

/// A receipt's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// It left.
    Sent,
    /// It arrived.
    Delivered,
    /// The person saw it.
    Read,
    /// It did not get there.
    Failed(Failure),
}

/// What becomes of a receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// It says nothing new, or is for nothing that is remembered.
    Ignored,
    /// It is noted.
    Noted,
    /// It is noted, and the next step takes over.
    HandedOn(Handover),
}

impl Record {
    /// Moves a message up its ladder. Receipts may come twice, in any order, before the channel's
    /// own answer, and after everything is over: the furthest word counts, and only a failure of
    /// the latest message, while the code is still wanted, lets the next step take over.
    pub fn receipt(
        &self,
        id: VerificationId,
        number: u8,
        receipt: Receipt,
        policy: &Policy,
        now: Timestamp,
    ) -> Decision<Received> {
        let word = match receipt {
            Receipt::Sent => Progress::Sent,
            Receipt::Delivered => Progress::Delivered,
            Receipt::Read => Progress::Read,
            Receipt::Failed(failure) => Progress::Failed(failure),
        };
        let mut next = self.clone();
        let Some(verification) = next.verification_mut(id) else {
            return Decision::unchanged(Received::Ignored);
        };
        let is_latest = verification
            .attempts
            .last()
            .is_some_and(|last| last.number == number);
        let attempts = &mut verification.attempts;
        let attempt = attempts.iter_mut().find(|one| one.number == number);
        let Some(attempt) = attempt.filter(|attempt| attempt.progress.is_moved_by(word)) else {
            return Decision::unchanged(Received::Ignored);
        };
        attempt.progress = word;
        attempt.at = now;
        let progress = word;
        verification.note(now, Happened::Receipt { number, progress });
        let mut received = Received::Noted;
        let mut events = vec![Event::Receipt(id)];
        if verification.settle_if_far_enough(policy) {
            return Decision::changed(received, next, events);
        }
        if let (Receipt::Failed(failure), true) = (receipt, is_latest) {
            let why = HandedOn::Refused(failure);
            let is_open = verification.is_open(now);
            let handover = is_open
                .then(|| verification.hand_on_after(failure, why, policy, now))
                .flatten();
            if let Some(handover) = handover {
                events.push(Event::HandedOn(id));
                received = Received::HandedOn(handover);
            } else if is_open && !matches!(verification.delivery, Delivery::Watched { .. }) {
                verification.delivery = Delivery::Refused;
                if !verification.is_out() {
                    verification.finish(Status::Failed);
                    verification.announce(now, CallbackKind::Failed);
                    events.push(Event::Failed(id));
                }
            }
        }
        Decision::changed(received, next, events)
    }
}
