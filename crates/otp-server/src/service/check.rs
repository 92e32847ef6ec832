//! Check what a person typed.

use otp_core::{PhoneNumber, Submitted, Timestamp, Verdict, Which};

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
    /// Which code it was compared with, if there was one.
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
                let fingerprint = record
                    .find(which)
                    .map(|verification| verification.digest.fingerprint());
                record
                    .check(which, request.submitted, (keys, key), policy, now)
                    .map(|verdict| Checked {
                        verdict,
                        fingerprint,
                        now,
                    })
            })
            .await?;
        match checked.verdict {
            Verdict::NotFound => metrics.verification(VerificationOutcome::NotFound),
            Verdict::Wait { .. } => metrics.verification(VerificationOutcome::CheckLimited),
            _ => {}
        }
        Ok(checked)
    }
}
