//! Shared limits: claimed before anything is decided, given back when it came to nothing.

use otp_core::{Claim, Reason, Refusal, Timestamp};

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

    /// What goes back when a channel refused the message. A person who cannot be reached costs no
    /// money, but counts: or whoever looks for such numbers could go on for ever. So does a client
    /// in any case: it had the provider called.
    pub(super) fn not_used_by(mut self, error: &DeliveryError) -> Self {
        match error {
            DeliveryError::Undeliverable(_) => {
                self.claims.retain(|claim| claim.reason == Reason::Budget);
            }
            DeliveryError::Uncertain(_) => self.claims.clear(),
            DeliveryError::Throttled(_)
            | DeliveryError::ChannelDown(_)
            | DeliveryError::OptedOut(_)
            | DeliveryError::Rejected(_) => {
                self.claims
                    .retain(|claim| claim.reason != Reason::AddressLimit);
            }
        }
        self
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
