//! Send another code for a verification that is still pending.

use std::sync::Arc;

use actix_web::rt;
use otp_core::{Addressee, NewCode, Policy, RecordKey, Refusal, VerificationId, Which};

use super::start::draw::Lot;
use super::start::{Counted, Send, fixed_code};
use super::{Patience, Principal, Service, Shared, StartOutcome, to_its_end};
use crate::channel::Message;
use crate::clock::Stopwatch;
use crate::directory::Mode;
use crate::store::Unavailable;

/// Someone asks for another code, and names the verification alone.
#[derive(Debug)]
pub struct ResendRequest {
    /// On whose behalf.
    pub principal: Principal,
    /// Which verification.
    pub id: VerificationId,
    /// The client's address as it is counted; nothing when it is not.
    pub client: Option<String>,
}

/// What is known of a verification before its new code is drawn.
struct Known {
    addressee: Addressee,
    purpose: String,
    locale: String,
    policy: Policy,
}

impl Service {
    /// A new code for a pending verification: the one before dies, its failures stay.
    pub async fn resend(&self, request: ResendRequest) -> Result<StartOutcome, Unavailable> {
        let resent = rt::spawn(self.clone().resend_and_deliver(request));
        resent.await.map_err(|_| Unavailable::stopping())?
    }

    async fn resend_and_deliver(self, request: ResendRequest) -> Result<StartOutcome, Unavailable> {
        let Shared { keys, clock, .. } = self.shared();
        let ResendRequest {
            principal,
            id,
            client,
        } = request;
        let key = id.record_key(keys);
        let Some(known) = self.known(&principal, key, id).await? else {
            return Ok(StartOutcome::NotFound);
        };
        let Addressee { to, binding } = known.addressee;
        let fixed = fixed_code(&principal, &to, clock.now());
        let mode = principal.mode;
        let is_test = fixed.is_some() || mode == Mode::Test;
        let claims = match self.claims_of_send(&principal, &to, client.as_deref(), is_test) {
            Ok(claims) => claims,
            Err(refused) => {
                self.shared().metrics.country_refused();
                return Ok(StartOutcome::CountryNotAllowed(refused));
            }
        };
        let drawn = self.draw(Lot {
            key,
            id,
            purpose: &known.purpose,
            to: &to,
            binding: binding.as_ref(),
            policy: known.policy,
            fixed,
            is_test,
        });
        let fingerprint = drawn.new.digest.fingerprint();
        let application = Arc::clone(&principal.application);
        let templates = application.templates.clone();
        let decided =
            self.clone()
                .claim_and_resend(principal, drawn.policy.clone(), claims, key, drawn.new);
        let counted = match to_its_end(decided).await? {
            Some(Ok(counted)) => counted,
            Some(Err(refusal)) => return Ok(self.held_back(refusal)),
            None => return Ok(StartOutcome::NotFound),
        };
        let message = Message {
            id,
            number: counted.number(id),
            channel: drawn.policy.workflow.first(),
            to,
            code: drawn.code,
            languages: (!known.locale.is_empty())
                .then_some(known.locale)
                .into_iter()
                .collect(),
            templates,
            expires_in: drawn.policy.lifetime,
        };
        let send = Send {
            key,
            application,
            policy: drawn.policy,
            fingerprint,
            is_test,
            mode,
        };
        Ok(self.hand_over(send, counted, message).await)
    }

    /// What must be known before a code can be drawn; nothing when there is no such verification
    /// that is pending, or its addresses are not kept.
    async fn known(
        &self,
        principal: &Principal,
        key: RecordKey,
        id: VerificationId,
    ) -> Result<Option<Known>, Unavailable> {
        let Shared {
            store, clock, keys, ..
        } = self.shared();
        let now = clock.now();
        let Some(found) = store.load(key, now).await? else {
            return Ok(None);
        };
        let record = found.record;
        let is_ours = record.belongs_to(principal.realm().as_str());
        let pending = record
            .find(Which::Id(id))
            .filter(|one| is_ours && one.is_open(now));
        let Some(pending) = pending else {
            return Ok(None);
        };
        let Some(addressee) = &pending.about.recipient else {
            return Ok(None);
        };
        let addressee = match keys.unseal_recipient(id, addressee) {
            Ok(addressee) => addressee,
            Err(error) => {
                tracing::error!(verification.id = %id, "could not read whom to send another code: {error}");
                return Ok(None);
            }
        };
        // What this one had of its own, it keeps.
        let mut policy = principal.application.policy.clone();
        policy.code = pending.code;
        policy.lifetime = pending.expires_at.since(pending.created_at);
        Ok(Some(Known {
            addressee,
            purpose: pending.purpose.clone(),
            locale: pending.about.locale.clone(),
            policy,
        }))
    }

    async fn claim_and_resend(
        self,
        principal: Principal,
        policy: Policy,
        claims: Vec<otp_core::Claim>,
        key: RecordKey,
        new: NewCode,
    ) -> Result<Option<Result<Counted, Refusal>>, Unavailable> {
        let patience = Patience::Since(Stopwatch::start());
        let claimed = match self.claim_send(claims, key, &policy).await? {
            Ok(claimed) => claimed,
            Err(refusal) => return Ok(Some(Err(refusal))),
        };
        let realm = principal.realm();
        let decided = self
            .decide_on(None, patience, key, |record, now| {
                if record.belongs_to(realm.as_str()) {
                    record.resend(&new, &policy, now)
                } else {
                    otp_core::Decision::unchanged(otp_core::SendOutcome::NotFound)
                }
            })
            .await;
        self.counted(claimed, decided).await
    }
}
