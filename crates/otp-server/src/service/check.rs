//! Check what a person typed.

use otp_core::{PhoneNumber, Submitted, Timestamp, Verdict, VerificationId, Which};

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
}

/// The verdict, already paid for.
#[derive(Debug)]
pub struct Checked {
    /// What the rules say.
    pub verdict: Verdict,
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
        let Shared {
            keys,
            policy,
            metrics,
            ..
        } = self.shared();
        let key = keys.record_key(request.application, request.phone);
        let which = Which::Purpose(request.purpose);
        let checked = self
            .decide(key, |record, now| {
                let found = record.find(which);
                let id = found.map(|one| one.id);
                let fingerprint = found.map(|one| one.digest.fingerprint());
                record
                    .check(which, request.submitted, (keys, key), policy, now)
                    .map(|verdict| Checked {
                        verdict,
                        id,
                        fingerprint,
                        now,
                    })
            })
            .await?;
        if let Some(outcome) = counted(checked.verdict) {
            metrics.verification(outcome);
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
