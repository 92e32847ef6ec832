//! What a channel said of a message.

use crate::record::{Delivery, Failure, Happened, Status};
use crate::{Decision, Event, Record, Timestamp, VerificationId};

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
            (Self::Refused(_), Delivery::Underway { tries: 2.., .. }) => Self::Unsettled,
            (result, _) => result,
        }
    }
}

impl Record {
    /// Notes how a delivery ended and forgets phone and code. A definite refusal ends the
    /// verification and gives the send back, never the failures; an unknown end gives nothing
    /// back, because the person may hold the code.
    pub fn delivered(
        &self,
        id: VerificationId,
        result: DeliveryResult,
        now: Timestamp,
    ) -> Decision<()> {
        let mut next = self.clone();
        let underway = |verification: &&mut crate::Verification| {
            matches!(
                verification.delivery,
                Delivery::Underway { .. } | Delivery::Dropped
            )
        };
        let Some(verification) = next.verification_mut(id).filter(underway) else {
            return Decision::unchanged(());
        };
        let event = match result.after(&verification.delivery) {
            DeliveryResult::Accepted { message_id } => {
                verification.delivery = Delivery::Accepted { message_id };
                verification.note(now, Happened::Accepted);
                Event::Accepted(id)
            }
            DeliveryResult::Unsettled => {
                verification.delivery = Delivery::Unsettled;
                verification.note(now, Happened::Unsettled);
                Event::Unsettled(id)
            }
            DeliveryResult::Refused(failure) => {
                let sent_at = verification.created_at;
                let was_pending = verification.status == Status::Pending;
                verification.delivery = Delivery::Refused;
                verification.note(now, Happened::Refused(failure));
                if was_pending {
                    verification.finish(Status::Failed);
                    next.give_send_back(sent_at);
                }
                Event::Failed(id)
            }
        };
        Decision::changed((), next, vec![event])
    }

    /// A refused send counts against its own, smaller cap: refusals cost calls, too.
    fn give_send_back(&mut self, sent_at: Timestamp) {
        if let Some(place) = self.sends.iter().rposition(|at| *at == sent_at) {
            let refused = self.sends.remove(place);
            self.refused_sends.push(refused);
        }
    }
}
