//! Shared limits: claimed before anything is decided, given back when it came to nothing.

use otp_core::{Claim, Policy, Reason, RecordKey, Refusal, Timestamp};

use super::{Service, Shared, finish_aside};
use crate::channel::DeliveryError;
use crate::store::{Taken, Unavailable};

/// What was claimed, and when.
#[derive(Clone, Debug)]
pub(super) struct Claimed {
    claims: Vec<Claim>,
    at: Timestamp,
}

impl Claimed {
    /// For what was claimed by somebody else, or has nothing to claim.
    pub(super) fn nothing(at: Timestamp) -> Self {
        let claims = Vec::new();
        Self { claims, at }
    }

    /// What was claimed for one more message of the same send.
    pub(super) fn adds(&mut self, more: Self) {
        self.claims.extend(more.claims);
        self.at = more.at;
    }

    /// A channel did not take the message. Answers with what goes back at once: the money. What is
    /// left goes back when no other channel takes it either. A person who cannot be reached counts
    /// all the same where many share a limit, or whoever looks for such numbers could go on for ever;
    /// and so does a client that had a provider called.
    pub(super) fn not_used_by(&mut self, error: &DeliveryError) -> Self {
        if matches!(error, DeliveryError::Uncertain(_)) {
            self.claims.clear();
        }
        let is_money = |claim: &mut Claim| claim.reason == Reason::Budget;
        let money = self.claims.extract_if(.., is_money).collect();
        match error {
            error if error.is_no_try() => {}
            DeliveryError::Undeliverable(_) => {
                self.claims.retain(|claim| claim.reason.is_of_person());
            }
            _ => self
                .claims
                .retain(|claim| claim.reason != Reason::AddressLimit),
        }
        Self {
            claims: money,
            at: self.at,
        }
    }
}

impl Service {
    /// Counts all of the claims, or none when a limit refuses.
    pub(super) async fn claim(
        &self,
        claims: Vec<Claim>,
    ) -> Result<Result<Claimed, Refusal>, Unavailable> {
        let Shared { store, clock, .. } = self.shared();
        let at = clock.now();
        Ok(match store.take(&claims, at).await? {
            Taken::All => Ok(Claimed { claims, at }),
            Taken::Refused(refusal) => Err(refusal),
        })
    }

    /// The same for a send to the person of this record, which may put it off for longer than the
    /// counts of their addresses do: the longer wait is told, so that nobody comes back too early.
    pub(super) async fn claim_send(
        &self,
        claims: Vec<Claim>,
        key: RecordKey,
        policy: &Policy,
    ) -> Result<Result<Claimed, Refusal>, Unavailable> {
        let claimed = self.claim(claims).await?;
        let Shared { store, clock, .. } = self.shared();
        match claimed {
            Err(mut refusal) if refusal.reason.is_of_person() => {
                let now = clock.now();
                let found = store.load(key, now).await?;
                let by_record = found.map(|found| found.record.next_send_at(policy, now));
                refusal.retry_at =
                    by_record.map_or(refusal.retry_at, |at| at.max(refusal.retry_at));
                Ok(Err(refusal))
            }
            claimed => Ok(claimed),
        }
    }

    /// Gives back what a decision that failed did not use, unless it may have been kept.
    pub(super) async fn give_back_unless_begun(&self, claimed: Claimed, why: &Unavailable) {
        if !why.is_begun() {
            self.give_back(claimed).await;
        }
    }

    /// Gives back. Nobody waits for it: should it be lost, the limits are a little narrower.
    pub(super) async fn give_back(&self, claimed: Claimed) {
        if claimed.claims.is_empty() {
            return;
        }
        let shared = self.shared_with();
        finish_aside(async move {
            let Claimed { claims, at } = claimed;
            if let Err(error) = shared.store.give_back(&claims, at).await {
                tracing::warn!("could not give back what was counted: {error}");
            }
        })
        .await;
    }
}
