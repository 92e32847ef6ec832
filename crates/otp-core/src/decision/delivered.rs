//! What a channel said of a message when it was handed over.

use super::hand_on::Handover;
use crate::record::{CallbackKind, Delivery, Failure, HandedOn, Happened, Progress, Status};
use crate::{Decision, Event, Policy, Record, Timestamp, VerificationId};

/// What a channel said of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeliveryResult {
    /// Taken, under the channel's own id.
    Accepted {
        /// The channel's name for the message.
        message_id: String,
    },
    /// Definitely not sent.
    Refused(Failure),
    /// Nobody knows: the answer was lost.
    Unsettled,
}

impl DeliveryResult {
    /// A refused second try says nothing about the first one, which may have arrived.
    fn after(self, delivery: &Delivery) -> Self {
        match (self, delivery) {
            (Self::Refused(failure), Delivery::Underway { tries: 2.., .. })
                if failure != Failure::OptedOut =>
            {
                Self::Unsettled
            }
            (result, _) => result,
        }
    }
}

impl Record {
    /// Notes how a handing over ended. The next step of the workflow takes over when this one was
    /// refused, and answers with what is to be handed over then; else phone and code are forgotten,
    /// unless a next step may still need them. A definite refusal of every step ends the
    /// verification and gives the send back, never the failures; an unknown end gives nothing
    /// back, because the person may hold the code.
    pub fn delivered(
        &self,
        (id, number): (VerificationId, u8),
        result: DeliveryResult,
        policy: &Policy,
        now: Timestamp,
    ) -> Decision<Option<Handover>> {
        let mut next = self.clone();
        let is_named = |result: &DeliveryResult| matches!(result, DeliveryResult::Accepted { .. });
        // What is said late of a message that another one has followed changes nothing.
        let expected = |verification: &&mut crate::Verification| {
            let last = verification.attempts.last();
            let Some(last) = last.filter(|last| last.number == number) else {
                return false;
            };
            match verification.delivery {
                Delivery::Underway { .. } | Delivery::Dropped => true,
                // A receipt was faster than the channel's own answer, which adds its name at most.
                Delivery::Accepted => last.message_id.is_empty() && is_named(&result),
                _ => false,
            }
        };
        let Some(verification) = next.verification_mut(id).filter(expected) else {
            return Decision::unchanged(None);
        };
        let result = result.after(&verification.delivery);
        let mut handover = None;
        let event = match result {
            DeliveryResult::Accepted { message_id } => {
                if let Some(last) = verification.attempts.last_mut() {
                    last.message_id = message_id;
                    if last.progress.is_moved_by(Progress::Accepted) {
                        last.progress = Progress::Accepted;
                        last.at = now;
                    }
                }
                verification.note(now, Happened::Accepted);
                verification.watch(Delivery::Accepted, policy, now);
                Event::Accepted(id)
            }
            DeliveryResult::Unsettled => {
                verification.progressed(Progress::Unsettled, now);
                verification.note(now, Happened::Unsettled);
                verification.watch(Delivery::Unsettled, policy, now);
                Event::Unsettled(id)
            }
            DeliveryResult::Refused(failure) => {
                // Who wants nothing any more may have got what an earlier try sent.
                let is_first =
                    !matches!(verification.delivery, Delivery::Underway { tries: 2.., .. });
                let progress = if is_first {
                    Progress::Failed(failure)
                } else {
                    Progress::Unsettled
                };
                verification.progressed(progress, now);
                verification.note(now, Happened::Refused(failure));
                let why = HandedOn::Refused(failure);
                handover = verification.hand_on_after(failure, why, policy, now);
                let is_over = handover.is_none()
                    && !matches!(verification.delivery, Delivery::Watched { .. });
                let is_pending = verification.status == Status::Pending;
                let has_failed = is_over && is_pending && !verification.is_out();
                if has_failed {
                    let sent_at = verification.created_at;
                    verification.delivery = Delivery::Refused;
                    verification.finish(Status::Failed);
                    verification.announce(now, CallbackKind::Failed);
                    next.give_send_back(sent_at);
                } else if is_over && is_pending {
                    // An earlier message may have arrived.
                    verification.delivery = Delivery::Unsettled;
                } else if is_over {
                    verification.delivery = Delivery::Refused;
                }
                if handover.is_some() {
                    Event::HandedOn(id)
                } else if has_failed {
                    Event::Failed(id)
                } else {
                    Event::Refused(id)
                }
            }
        };
        Decision::changed(handover, next, vec![event])
    }

    /// A refused send counts against its own, smaller cap: refusals cost calls, too.
    fn give_send_back(&mut self, sent_at: Timestamp) {
        if let Some(place) = self.sends.iter().rposition(|at| *at == sent_at) {
            let refused = self.sends.remove(place);
            self.refused_sends.push(refused);
        }
    }
}
