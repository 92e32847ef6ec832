//! Look at verifications, and call one off.

use otp_core::{
    CancelOutcome, Decision, Overview, Recipient, Record, RecordKey, Timestamp, VerificationId,
};

use super::{Patience, Principal, Service, Shared, to_its_end};
use crate::clock::Stopwatch;
use crate::store::Unavailable;

/// A verification, and when it was looked at.
#[derive(Debug)]
pub struct Found {
    /// How it stands.
    pub overview: Overview,
    /// When.
    pub now: Timestamp,
}

/// What became of a wish to call a verification off.
#[derive(Debug)]
pub enum Canceled {
    /// Its code is dead.
    Done(Box<Found>),
    /// There is no such verification, or it was over already.
    NotFound,
}

impl Service {
    /// The verification of this id, if it is remembered and this principal's.
    pub async fn find(
        &self,
        principal: &Principal,
        id: VerificationId,
    ) -> Result<Option<Found>, Unavailable> {
        let key = id.record_key(&self.shared().keys);
        let looked = self.clone().look(principal.clone(), key, move |_, ours| {
            ours.into_iter()
                .find(|found| found.overview.verification.id == id)
        });
        to_its_end(looked).await
    }

    /// The verifications of this person that are remembered, the newest first.
    pub async fn find_by_recipient(
        &self,
        principal: &Principal,
        recipient: &Recipient,
    ) -> Result<Vec<Found>, Unavailable> {
        let key = self
            .shared()
            .keys
            .recipient_key(principal.realm().as_str(), recipient);
        let looked = self.clone().look(principal.clone(), key, |_, mut ours| {
            ours.reverse();
            ours
        });
        to_its_end(looked).await
    }

    /// Calls a pending verification off.
    pub async fn cancel(
        &self,
        principal: &Principal,
        id: VerificationId,
    ) -> Result<Canceled, Unavailable> {
        let canceled = self.clone().cancel_now(principal.clone(), id);
        to_its_end(canceled).await
    }

    async fn cancel_now(
        self,
        principal: Principal,
        id: VerificationId,
    ) -> Result<Canceled, Unavailable> {
        let Shared { keys, .. } = self.shared();
        let patience = Patience::Since(Stopwatch::start());
        let (realm, policy) = (principal.realm(), &principal.application.policy);
        let key = id.record_key(keys);
        self.decide_within(patience, key, |record, now| {
            if !record.belongs_to(realm.as_str()) {
                return Decision::unchanged(Canceled::NotFound);
            }
            let decision = record.cancel(id, now);
            let next = decision.next.clone();
            decision.map(|outcome| {
                let overview = next.and_then(|next| next.overview(id, policy, now));
                match (outcome, overview) {
                    (CancelOutcome::Canceled, Some(overview)) => {
                        Canceled::Done(Box::new(Found { overview, now }))
                    }
                    _ => Canceled::NotFound,
                }
            })
        })
        .await
    }

    /// What is told of a record rests on the disk by then.
    async fn look<T>(
        self,
        principal: Principal,
        key: RecordKey,
        tell: impl Fn(&Record, Vec<Found>) -> T,
    ) -> Result<T, Unavailable> {
        let patience = Patience::Since(Stopwatch::start());
        let (realm, policy) = (principal.realm(), &principal.application.policy);
        self.decide_within(patience, key, |record, now| {
            let ours = if record.belongs_to(realm.as_str()) {
                let all = record.verifications().iter();
                all.filter_map(|one| record.overview(one.id, policy, now))
                    .map(|overview| Found { overview, now })
                    .collect()
            } else {
                Vec::new()
            };
            Decision::unchanged(tell(record, ours))
        })
        .await
    }
}
