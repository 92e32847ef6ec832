//! A new code for a verification that is still pending.

use crate::record::Happened;
use crate::{Decision, Event, NewCode, Policy, Record, SendOutcome, Timestamp};

impl Record {
    /// Decides on a new code for a pending verification: the old code dies, the time starts anew,
    /// the attempts do not.
    pub fn resend(&self, new: &NewCode, policy: &Policy, now: Timestamp) -> Decision<SendOutcome> {
        if !self
            .verification(new.id)
            .is_some_and(|one| one.is_open(now))
        {
            return Decision::unchanged(SendOutcome::NotFound);
        }
        if let Some(refusal) = self.refuses(&new.way_out, policy, now) {
            return Decision::unchanged(SendOutcome::Refused(refusal));
        }
        let mut next = self.clone();
        if let Some(verification) = next.verification_mut(new.id) {
            verification.created_at = now;
            verification.expires_at = now.plus(policy.lifetime);
            verification.code = policy.code;
            verification.digest = new.digest;
            verification.set_out(&new.way_out, Happened::Resending, policy, now);
        }
        next.count_send(&new.way_out, policy, now, vec![Event::Resent(new.id)])
    }
}
