//! What time alone brings about: codes expire, deliveries that went silent are taken up, and steps
//! that did not get far enough hand over to the next one.

use super::hand_on::Handover;
use crate::record::{Callback, Delivery, HandedOn, Happened, Progress, Rung, Status, Verification};
use crate::{Decision, Event, Policy, Record, Timestamp, VerificationId};

/// A server may die once between the commit and the send; a second silence is given up.
const TRIES_MAX: u8 = 2;

/// What must be done once the next record is committed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attention {
    /// Messages to hand over.
    pub hand_over: Vec<Handover>,
    /// What to tell an application.
    pub call: Vec<CallbackDue>,
    /// What nobody took in for a day: to be put aside, and then [`Record::gave_up`].
    pub give_up: Vec<CallbackDue>,
}

/// Something to tell an application now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallbackDue {
    /// Of which verification.
    pub id: VerificationId,
    /// What.
    pub callback: Callback,
}

impl Record {
    /// Decides what is due at `now`.
    pub fn attend(&self, policy: &Policy, now: Timestamp) -> Decision<Attention> {
        let mut next = self.clone();
        let mut attention = Attention::default();
        let mut events = Vec::new();
        for verification in &mut next.verifications {
            if verification.status == Status::Pending {
                let (event, handover) = verification.attend(policy, now);
                events.extend(event);
                attention.hand_over.extend(handover);
            }
            let id = verification.id;
            match verification.callbacks.ring(id, now) {
                Some(Rung::Try(callback)) => attention.call.push(CallbackDue { id, callback }),
                Some(Rung::GiveUp(callback)) => {
                    attention.give_up.push(CallbackDue { id, callback });
                }
                None => {}
            }
        }
        if events.is_empty() && attention.call.is_empty() && attention.give_up.is_empty() {
            return Decision::unchanged(attention);
        }
        Decision::changed(attention, next, events)
    }
}

impl Verification {
    fn attend(&mut self, policy: &Policy, now: Timestamp) -> (Option<Event>, Option<Handover>) {
        let id = self.id;
        if self.is_overdue(now) {
            self.finish(Status::Expired);
            self.note(now, Happened::Expired);
            return (Some(Event::Expired(id)), None);
        }
        // The workflow may ask for less than it did.
        if self.settle_if_far_enough(policy) {
            return (Some(Event::Accepted(id)), None);
        }
        match &mut self.delivery {
            Delivery::Underway {
                deliver_by, tries, ..
            } if *deliver_by <= now && *tries < TRIES_MAX => {
                *tries += 1;
                *deliver_by = now.plus(policy.deliver_within);
                self.note(now, Happened::TakenUp);
                (Some(Event::Redelivered(id)), self.handover())
            }
            Delivery::Underway { deliver_by, .. } if *deliver_by <= now => {
                self.progressed(Progress::Unsettled, now);
                self.note(now, Happened::Unsettled);
                // It had its time.
                self.next_or(Delivery::Unsettled, Event::Unsettled(id), policy, now)
            }
            Delivery::Watched { until_at, .. } if *until_at <= now => {
                self.next_or(Delivery::Accepted, Event::Accepted(id), policy, now)
            }
            _ => (None, None),
        }
    }

    /// The next step takes over; where there is none any more, it stands as it stands.
    fn next_or(
        &mut self,
        settled: Delivery,
        event: Event,
        policy: &Policy,
        now: Timestamp,
    ) -> (Option<Event>, Option<Handover>) {
        if let Some(handover) = self.hand_on(HandedOn::NotInTime, policy, now) {
            return (Some(Event::HandedOn(self.id)), Some(handover));
        }
        self.delivery = settled;
        (Some(event), None)
    }
}
