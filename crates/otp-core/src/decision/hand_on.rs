//! When the next step of a workflow takes over. Each hand-over is decided once, in a commit.

use crate::record::{Delivery, Failure, HandedOn, Happened, Progress, Status, Verification};
use crate::{ChannelKind, Policy, Sealed, Timestamp, VerificationId};

/// A message to hand over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handover {
    /// The verification it belongs to.
    pub id: VerificationId,
    /// Which of its messages.
    pub number: u8,
    /// By which channel.
    pub channel: ChannelKind,
    /// Addresses and code.
    pub sealed: Sealed,
}

impl Verification {
    /// The message that is being handed over.
    pub(super) fn handover(&self) -> Option<Handover> {
        let (Delivery::Underway { sealed, .. }, Some(last)) =
            (&self.delivery, self.attempts.last())
        else {
            return None;
        };
        Some(Handover {
            id: self.id,
            number: last.number,
            channel: last.channel,
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

    /// Did any of its messages get as far as the step that it belongs to wants? A workflow that was
    /// made shorter since wants nothing.
    pub(super) fn is_far_enough(&self, policy: &Policy) -> bool {
        let (Delivery::Underway { step, .. } | Delivery::Watched { step, .. }) = &self.delivery
        else {
            return true;
        };
        policy.workflow.step(*step).is_none_or(|step| {
            let mut attempts = self.attempts.iter();
            attempts.any(|attempt| step.until.is_reached_by(attempt.progress))
        })
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
        if self.status != Status::Pending || !policy.workflow.has_next(step) {
            return None;
        }
        // No time brings an address that is not known.
        if failure == Failure::NoAddress || this.fail_fast_on.contains(&failure) {
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

    /// Did any of its messages leave, as far as anybody knows?
    pub(super) fn is_out(&self) -> bool {
        let left = |progress| !matches!(progress, Progress::Failed(_) | Progress::NotSent);
        self.attempts.iter().any(|attempt| left(attempt.progress))
    }
}
