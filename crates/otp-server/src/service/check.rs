//! Check what a person typed.

use otp_core::{
    Asker, Event, PhoneNumber, Reason, Refusal, Submitted, Timestamp, Verdict, VerificationId,
    Which,
};

use super::{Service, Shared};
use crate::store::Unavailable;
use crate::telemetry::VerificationOutcome;

/// Someone hands in a code.
#[derive(Clone, Copy)]
pub struct CheckRequest<'a> {
    /// On whose behalf.
    pub application: &'a str,
    /// What the code should be good for.
    pub purpose: &'a str,
    /// Whose code it should be.
    pub phone: &'a PhoneNumber,
    /// What was typed.
    pub submitted: Submitted<'a>,
    /// The client's address as it is counted; nothing when it is not.
    pub client: Option<&'a str>,
}

/// The verdict, already paid for.
#[derive(Debug)]
pub struct Checked {
    /// What the rules say.
    pub verdict: Verdict,
    /// The limit that says to wait, if one does.
    pub limit: Option<Reason>,
    /// The verification that the guess was for, if there was one.
    pub id: Option<VerificationId>,
    /// Of the code that it was compared with.
    pub fingerprint: Option<String>,
    /// When it was decided.
    pub now: Timestamp,
}

impl Service {
    /// Checks a guess. The answer is given once the attempt that it cost is committed.
    pub async fn check(&self, request: CheckRequest<'_>) -> Result<Checked, Unavailable> {
        let Shared { metrics, .. } = self.shared();
        let checked = self.in_time(self.claim_and_check(request)).await?;
        if let Some(outcome) = counted(checked.verdict) {
            metrics.verification(outcome);
        }
        if let Some(reason) = checked.limit {
            metrics.refused(reason);
        }
        Ok(checked)
    }

    /// Room for a failed check is claimed before anything is compared, and given back unless it
    /// fails: or a guesser could go on when there is no room left.
    async fn claim_and_check(&self, request: CheckRequest<'_>) -> Result<Checked, Unavailable> {
        let Shared {
            keys,
            policy,
            shared_limits,
            clock,
            ..
        } = self.shared();
        let asker = Asker {
            application: request.application,
            address: request.client,
        };
        let claimed = match self.claim(shared_limits.of_check(keys, asker)).await? {
            Ok(claimed) => claimed,
            Err(Refusal { reason, retry_at }) => {
                return Ok(Checked {
                    verdict: Verdict::Wait { retry_at },
                    limit: Some(reason),
                    id: None,
                    fingerprint: None,
                    now: clock.now(),
                });
            }
        };
        let key = keys.record_key(request.application, request.phone);
        let which = Which::Purpose(request.purpose);
        let (checked, has_failed) = self
            .decide(key, |record, now| {
                let found = record.find(which);
                let id = found.map(|one| one.id);
                let fingerprint = found.map(|one| one.digest.fingerprint());
                let decision = record.check(which, request.submitted, (keys, key), policy, now);
                let has_failed = decision
                    .events
                    .iter()
                    .any(|event| matches!(event, Event::CheckFailed(_) | Event::Locked(_)));
                decision.map(|verdict| {
                    let limit = matches!(verdict, Verdict::Wait { .. });
                    let checked = Checked {
                        verdict,
                        limit: limit.then_some(Reason::CheckLimit),
                        id,
                        fingerprint,
                        now,
                    };
                    (checked, has_failed)
                })
            })
            .await?;
        if !has_failed {
            self.give_back(claimed).await;
        }
        Ok(checked)
    }
}

/// How a verdict is counted. An end in time is counted when it comes about, not when it is told.
fn counted(verdict: Verdict) -> Option<VerificationOutcome> {
    match verdict {
        Verdict::Approved(_) => Some(VerificationOutcome::Approved),
        Verdict::Wrong { .. } => Some(VerificationOutcome::Wrong),
        Verdict::Exhausted => Some(VerificationOutcome::Exhausted),
        Verdict::NotFound | Verdict::Finished(_) => Some(VerificationOutcome::NotFound),
        Verdict::Wait { .. } => Some(VerificationOutcome::CheckLimited),
        Verdict::Expired | Verdict::NoCode => None,
    }
}
