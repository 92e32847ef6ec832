//! When the next step of a workflow takes over. Each hand-over is decided once, in a commit.

use crate::record::{Delivery, Failure, HandedOn, Happened, Progress, Verification};
use crate::{ChannelKind, Decision, Policy, Record, Sealed, Timestamp, VerificationId};

/// A message to hand over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handover {
    /// The verification it belongs to.
    pub id: VerificationId,
    /// Which of its messages.
    pub number: u8,
    /// By which channel.
    pub channel: ChannelKind,
    /// Which try of it.
    pub tries: u8,
    /// Addresses and code.
    pub sealed: Sealed,
}

impl Record {
    /// Somebody is about to hand this over, or waits for its turn to: the time for it begins anew.
    /// No when it is not to be handed over any more, or by somebody else.
    pub fn begin(&self, handover: &Handover, policy: &Policy, now: Timestamp) -> Decision<bool> {
        let mut next = self.clone();
        let wanted = next
            .verification_mut(handover.id)
            .filter(|one| one.is_open(now) && one.handover().as_ref() == Some(handover));
        let Some(verification) = wanted else {
            return Decision::unchanged(false);
        };
        if let Delivery::Underway { deliver_by, .. } = &mut verification.delivery {
            *deliver_by = now.plus(policy.deliver_within);
        }
        Decision::changed(true, next, Vec::new())
    }
}

impl Verification {
    /// The message that is being handed over.
    pub(super) fn handover(&self) -> Option<Handover> {
        let (Delivery::Underway { tries, sealed, .. }, Some(last)) =
            (&self.delivery, self.attempts.last())
        else {
            return None;
        };
        Some(Handover {
            id: self.id,
            number: last.number,
            channel: last.channel,
            tries: *tries,
            sealed: sealed.clone(),
        })
    }

    /// The latest message left, as far as anybody knows: somebody waits for more if there is a next
    /// step and it has not got far enough; else it stands as it stands.
    pub(super) fn watch(&mut self, settled: Delivery, policy: &Policy, now: Timestamp) {
        let is_far_enough = self.is_far_enough(policy);
        let Delivery::Underway { step, sealed, .. } = &self.delivery else {
            // Nothing is kept any more that a next step could send.
            self.delivery = settled;
            return;
        };
        let (step, sealed) = (*step, sealed.clone());
        self.delivery = match policy.workflow.step(step) {
            Some(this) if policy.workflow.has_next(step) && !is_far_enough => Delivery::Watched {
                step,
                until_at: now.plus(this.wait),
                sealed,
            },
            _ => settled,
        };
    }

    /// Did a message with this code get as far as its own step wants? A workflow that was made
    /// shorter since wants nothing.
    pub(super) fn is_far_enough(&self, policy: &Policy) -> bool {
        let (Delivery::Underway { step, .. } | Delivery::Watched { step, .. }) = &self.delivery
        else {
            return true;
        };
        let messages = self.messages_of_code().iter().rev();
        let mut steps = messages.zip((0..=*step).rev());
        steps.any(|(message, step)| {
            let step = policy.workflow.step(step);
            step.is_none_or(|step| step.until.is_reached_by(message.progress))
        })
    }

    /// Nobody waits any more once a message got far enough, and nothing else is sent.
    pub(super) fn settle_if_far_enough(&mut self, policy: &Policy) -> bool {
        let is_awaited = matches!(
            self.delivery,
            Delivery::Underway { .. } | Delivery::Watched { .. }
        );
        let is_settled = is_awaited && self.is_far_enough(policy);
        if is_settled {
            self.delivery = Delivery::Accepted;
        }
        is_settled
    }

    /// The latest message was refused. Answers with the next one to hand over, if it is to go out
    /// at once; when it is to go out later, the verification is watched until then.
    pub(super) fn hand_on_after(
        &mut self,
        failure: Failure,
        why: HandedOn,
        policy: &Policy,
        now: Timestamp,
    ) -> Option<Handover> {
        let (Delivery::Underway { step, sealed, .. } | Delivery::Watched { step, sealed, .. }) =
            &self.delivery
        else {
            return None;
        };
        let (step, sealed) = (*step, sealed.clone());
        let this = policy.workflow.step(step)?;
        if !self.is_open(now) || !policy.workflow.has_next(step) {
            return None;
        }
        // No time brings an address that is not known, and nobody changes their mind within a step's wait.
        let is_final = matches!(failure, Failure::NoAddress | Failure::OptedOut);
        if is_final || this.fail_fast_on.contains(&failure) {
            return self.hand_on(why, policy, now);
        }
        if !matches!(self.delivery, Delivery::Watched { .. }) {
            self.delivery = Delivery::Watched {
                step,
                until_at: now.plus(this.wait),
                sealed,
            };
        }
        None
    }

    /// The next step takes over, if there is one.
    pub(super) fn hand_on(
        &mut self,
        why: HandedOn,
        policy: &Policy,
        now: Timestamp,
    ) -> Option<Handover> {
        let (Delivery::Underway { step, sealed, .. } | Delivery::Watched { step, sealed, .. }) =
            &self.delivery
        else {
            return None;
        };
        let (next, sealed) = (step.saturating_add(1), sealed.clone());
        let channel = policy.workflow.step(next)?.channel;
        self.delivery = Delivery::Underway {
            step: next,
            deliver_by: now.plus(policy.deliver_within),
            tries: 1,
            sealed,
        };
        self.begin_attempt(channel, Progress::Queued, now);
        self.note(now, Happened::HandedOn(channel, why));
        self.handover()
    }

    /// Did any message with this code leave, as far as anybody knows?
    pub(super) fn is_out(&self) -> bool {
        let left = |progress| !matches!(progress, Progress::Failed(_) | Progress::NotSent);
        let mut messages = self.messages_of_code().iter();
        messages.any(|message| left(message.progress))
    }
}
