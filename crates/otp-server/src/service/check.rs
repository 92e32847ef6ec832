//! Check what a person typed.

use std::borrow::Cow;

use otp_core::{
    Asker, Binding, Event, Overview, PhoneNumber, Reason, Record, Refusal, Submission, Submitted,
    Timestamp, Verdict, VerificationId, VerifiedBy, Which,
};

use super::{Patience, Principal, Service, Shared, to_its_end};
use crate::channel::Secret;
use crate::clock::Stopwatch;
use crate::directory::{Application, Mode};
use crate::store::Unavailable;
use crate::telemetry::VerificationOutcome;

/// Someone hands in a code.
pub struct CheckRequest {
    /// On whose behalf.
    pub principal: Principal,
    /// Which code it should be.
    pub wanted: Wanted,
    /// What was typed, if anything.
    pub submitted: Option<Secret>,
    /// The payment that it is to approve, if it is one.
    pub binding: Option<Binding>,
    /// The client's address as it is counted; nothing when it is not.
    pub client: Option<String>,
}

/// Which code somebody means.
#[derive(Debug)]
pub enum Wanted {
    /// The latest one of this phone that is good for this.
    Latest {
        /// Whose.
        phone: PhoneNumber,
        /// What for.
        purpose: Cow<'static, str>,
    },
    /// The one of this verification.
    Of(VerificationId),
    /// What a name stands for that its caller picked; see [`Service::named`].
    Named {
        /// The one that it was taken for: in whose record it is.
        id: VerificationId,
        /// What its codes are good for.
        purpose: String,
    },
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
    /// How the verification stands after it, if there is one.
    pub overview: Option<Overview>,
    /// When it was decided.
    pub now: Timestamp,
}

impl Service {
    /// Checks a guess. The answer is given once the attempt that it cost is committed.
    pub async fn check(&self, request: CheckRequest) -> Result<Checked, Unavailable> {
        self.check_by(request, VerifiedBy::Check).await
    }

    /// The same for a code that somebody sent in a chat.
    pub(super) async fn check_reply(&self, request: CheckRequest) -> Result<Checked, Unavailable> {
        self.check_by(request, VerifiedBy::Reply).await
    }

    async fn check_by(
        &self,
        request: CheckRequest,
        by: VerifiedBy,
    ) -> Result<Checked, Unavailable> {
        let Shared { metrics, .. } = self.shared();
        let checked = to_its_end(self.clone().claim_and_check(request, by)).await?;
        if let Some(outcome) = counted(checked.verdict) {
            metrics.verification(outcome);
        }
        if let Some(reason) = checked.limit {
            self.refused(reason);
        }
        Ok(checked)
    }

    /// Room for a failed check is claimed before anything is compared, and given back unless it
    /// fails: or a guesser could go on when there is no room left.
    async fn claim_and_check(
        self,
        request: CheckRequest,
        by: VerifiedBy,
    ) -> Result<Checked, Unavailable> {
        let patience = Patience::Since(Stopwatch::start());
        let Shared { keys, clock, .. } = self.shared();
        let Application {
            name,
            policy,
            shared_limits,
            ..
        } = &*request.principal.application;
        let realm = request.principal.realm();
        let asker = Asker {
            application: name,
            address: request.client.as_deref(),
        };
        let claims = match request.principal.mode {
            Mode::Live => shared_limits.of_check(keys, asker),
            // What tests get wrong must not use up what people may get wrong.
            Mode::Test => Vec::new(),
        };
        let claimed = match self.claim(claims).await? {
            Ok(claimed) => claimed,
            Err(Refusal { reason, retry_at }) => {
                return Ok(Checked {
                    verdict: Verdict::Wait { retry_at },
                    limit: Some(reason),
                    id: None,
                    fingerprint: None,
                    overview: None,
                    now: clock.now(),
                });
            }
        };
        let (key, which) = match &request.wanted {
            Wanted::Latest { phone, purpose } => {
                let key = keys.record_key(realm.as_str(), phone);
                (key, Which::Purpose(purpose))
            }
            Wanted::Of(id) => (id.record_key(keys), Which::Id(*id)),
            Wanted::Named { id, purpose } => (id.record_key(keys), Which::Named(purpose)),
        };
        let typed = request.submitted.as_ref().map(Secret::reveal);
        let submitted = typed.map_or(Submitted::Nothing, Submitted::Text);
        let submission = Submission {
            which,
            submitted,
            binding: request.binding.as_ref(),
        };
        let nothing = Record::new();
        let decided = self
            .decide_within(patience, key, |record, now| {
                // Whoever asks with another's id finds what is there for an id that never was.
                let is_ours = record.belongs_to(realm.as_str());
                let record = if is_ours { record } else { &nothing };
                let found = record.find(which);
                let id = found.map(|one| one.id);
                let fingerprint = found.map(|one| one.digest.fingerprint());
                let decision = match by {
                    VerifiedBy::Check => record.check(submission, (keys, key), policy, now),
                    VerifiedBy::Reply => record.check_reply(submission, (keys, key), policy, now),
                };
                let has_failed = decision
                    .events
                    .iter()
                    .any(|event| matches!(event, Event::CheckFailed(_) | Event::Locked(_)));
                let after = decision.next.as_ref().unwrap_or(record);
                let overview = id.and_then(|id| after.overview(id, policy, now));
                decision.map(|verdict| {
                    let limit = matches!(verdict, Verdict::Wait { .. });
                    let checked = Checked {
                        verdict,
                        limit: limit.then_some(Reason::CheckLimit),
                        id,
                        fingerprint,
                        overview,
                        now,
                    };
                    (checked, has_failed)
                })
            })
            .await;
        match decided {
            Ok((checked, has_failed)) => {
                if !has_failed {
                    self.give_back(claimed).await;
                }
                Ok(checked)
            }
            Err(error) => {
                self.give_back_unless_begun(claimed, &error).await;
                Err(error)
            }
        }
    }
}

/// How a verdict is counted. An end in time is counted when it comes about, not when it is told.
fn counted(verdict: Verdict) -> Option<VerificationOutcome> {
    match verdict {
        Verdict::Approved(_) => Some(VerificationOutcome::Approved),
        Verdict::Wrong { .. } => Some(VerificationOutcome::Wrong),
        Verdict::Exhausted => Some(VerificationOutcome::Exhausted),
        Verdict::NotFound | Verdict::Finished(_) | Verdict::UsedAlready | Verdict::TooLate => {
            Some(VerificationOutcome::NotFound)
        }
        Verdict::Wait { .. } => Some(VerificationOutcome::CheckLimited),
        Verdict::Expired | Verdict::NoCode => None,
    }
}
