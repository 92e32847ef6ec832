//! What time alone brings about: codes expire, and deliveries that went silent are taken up.

use crate::record::{Delivery, Happened, Status};
use crate::{Decision, Event, Policy, Record, Sealed, Timestamp, VerificationId};

/// A server may die once between the commit and the send; a second silence is given up.
const TRIES_MAX: u8 = 2;

/// What must be done once the next record is committed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attention {
    /// Messages to hand over again.
    pub redeliver: Vec<Redelivery>,
}

/// A message whose first delivery has no known end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redelivery {
    /// The verification it belongs to.
    pub id: VerificationId,
    /// Phone and code.
    pub sealed: Sealed,
}

impl Record {
    /// Decides what is due at `now`.
    pub fn attend(&self, policy: &Policy, now: Timestamp) -> Decision<Attention> {
        let mut next = self.clone();
        let mut attention = Attention::default();
        let mut events = Vec::new();
        for verification in next
            .verifications
            .iter_mut()
            .filter(|one| one.status == Status::Pending)
        {
            let id = verification.id;
            if verification.is_overdue(now) {
                verification.finish(Status::Expired);
                verification.note(now, Happened::Expired);
                events.push(Event::Expired(id));
                continue;
            }
            let Delivery::Underway {
                deliver_by,
                tries,
                sealed,
            } = &mut verification.delivery
            else {
                continue;
            };
            if *deliver_by > now {
                continue;
            }
            if *tries < TRIES_MAX {
                *tries += 1;
                *deliver_by = now.plus(policy.deliver_within);
                attention.redeliver.push(Redelivery {
                    id,
                    sealed: sealed.clone(),
                });
                verification.note(now, Happened::TakenUp);
                events.push(Event::Redelivered(id));
            } else {
                verification.delivery = Delivery::Unsettled;
                verification.note(now, Happened::Unsettled);
                events.push(Event::Unsettled(id));
            }
        }
        if events.is_empty() {
            return Decision::unchanged(attention);
        }
        Decision::changed(attention, next, events)
    }
}
