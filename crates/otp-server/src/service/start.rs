//! Make a code and send it.

pub(super) mod draw;
mod outcome;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use actix_web::rt;
use otp_core::{
    About, Asker, Binding, Claim, CodeLength, CountryNotAllowed, NewVerification, Policy,
    Recipient, RecordKey, Refusal, SendOutcome, SharedLimits, Timestamp, VerificationId,
};

pub use self::outcome::{StartOutcome, Started};
use super::callbacks::untold;
use super::claims::Claimed;
use super::deliver::Dispatch;
use super::{Patience, Principal, Service, Shared, to_its_end};
use crate::channel::{Cause, DeliveryError, Message, Secret};
use crate::clock::Stopwatch;
use crate::directory::{Application, Mode};
use crate::store::{Unavailable, Versioned};
use crate::telemetry::VerificationOutcome;

/// Someone asks for a code.
#[derive(Debug)]
pub struct StartRequest {
    /// On whose behalf.
    pub principal: Principal,
    /// What the code is good for.
    pub purpose: Cow<'static, str>,
    /// To whom it goes.
    pub to: Recipient,
    /// Languages that the person reads, best first.
    pub languages: Vec<String>,
    /// The client's address as it is counted; nothing when it is not.
    pub client: Option<String>,
    /// What this one has of its own.
    pub wishes: Wishes,
}

/// What one request may have of its own, within the rules.
#[derive(Debug, Default)]
pub struct Wishes {
    /// The id, where it was drawn before.
    pub id: Option<VerificationId>,
    /// Another length of the code.
    pub code_length: Option<u8>,
    /// Another lifetime.
    pub lifetime: Option<Duration>,
    /// The payment that the code approves.
    pub binding: Option<Binding>,
    /// The application's own notes, as the text of a JSON object.
    pub metadata: String,
    /// Whether the verification's id is to be enough for a resend.
    pub resendable: Resendable,
}

/// Whether the addresses are kept, sealed, while the code can be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Resendable {
    /// Whoever wants another code names them again.
    #[default]
    ByAddress,
    /// The id is enough.
    ById,
}

/// What was claimed, the record as it was committed, the code's end, and when the next send may be.
pub(super) struct Counted {
    pub(super) claimed: Claimed,
    pub(super) committed: Option<Versioned>,
    pub(super) expires_at: Timestamp,
    pub(super) next_send_at: Timestamp,
}

impl Counted {
    /// Which message of the verification it is.
    pub(super) fn number(&self, id: VerificationId) -> u8 {
        let record = self.committed.as_ref().map(|committed| &committed.record);
        let verification = record.and_then(|record| record.verification(id));
        let latest = verification.and_then(|verification| verification.attempts.last());
        latest.map_or(1, |latest| latest.number)
    }
}

impl Service {
    /// Counts the send and remembers the code, then hands the message over, then notes the result.
    pub async fn start(&self, request: StartRequest) -> Result<StartOutcome, Unavailable> {
        // In a task of its own: a client that hangs up must not stop anything half-way.
        let started = rt::spawn(self.clone().start_and_deliver(request));
        started.await.map_err(|_| Unavailable::stopping())?
    }

    async fn start_and_deliver(self, request: StartRequest) -> Result<StartOutcome, Unavailable> {
        let Shared { keys, clock, .. } = self.shared();
        let StartRequest { principal, to, .. } = &request;
        let Some(policy) = request.wishes.on(&principal.application.policy) else {
            return Ok(StartOutcome::Impossible);
        };
        if !policy.workflow.reaches(to) {
            return Ok(StartOutcome::Unreachable);
        }
        let fixed = fixed_code(principal, to, clock.now());
        let is_test = fixed.is_some() || principal.mode == Mode::Test;
        let client = request.client.as_deref();
        let claims = match self.claims_of_send(principal, to, client, is_test) {
            Ok(claims) => claims,
            Err(refused) => {
                self.shared().metrics.country_refused();
                return Ok(StartOutcome::CountryNotAllowed(refused));
            }
        };
        let mode = principal.mode;
        let realm = principal.realm();
        let key = keys.recipient_key(realm.as_str(), to);
        let drawn = self.draw_for(&request, policy, key, fixed, is_test);
        let new = NewVerification {
            code: drawn.new,
            application: realm.as_str().to_owned(),
            purpose: request.purpose.clone().into_owned(),
            about: About {
                to: to.masked().to_string(),
                locale: request.languages.first().cloned().unwrap_or_default(),
                metadata: request.wishes.metadata.clone(),
                is_test,
                is_announced: principal.application.callback.is_some(),
                recipient: drawn.recipient,
            },
        };
        let (id, fingerprint) = (new.code.id, new.code.digest.fingerprint());
        let decided = self
            .clone()
            .claim_and_start(drawn.policy.clone(), claims, key, new);
        let counted = match to_its_end(decided).await? {
            Ok(counted) => counted,
            Err(refusal) => return Ok(self.held_back(refusal)),
        };
        let message = Message {
            id,
            number: 1,
            channel: drawn.policy.workflow.first(),
            to: request.to,
            code: drawn.code,
            languages: request.languages,
            templates: request.principal.application.templates.clone(),
            expires_in: drawn.policy.lifetime,
        };
        let send = Send {
            key,
            application: request.principal.application,
            policy: drawn.policy,
            fingerprint,
            is_test,
            mode,
        };
        Ok(self.hand_over(send, counted, message).await)
    }

    pub(super) fn claims_of_send(
        &self,
        principal: &Principal,
        to: &Recipient,
        client: Option<&str>,
        is_test: bool,
    ) -> Result<Vec<Claim>, CountryNotAllowed> {
        let limits = &principal.application.shared_limits;
        if is_test {
            let realm = principal.application.realm(Mode::Test);
            return Ok(limits.of_test(&self.shared().keys, realm.as_str()));
        }
        let asker = Asker {
            application: &principal.application.name,
            address: client,
        };
        let first = principal.application.policy.workflow.first();
        let keys = &self.shared().keys;
        let mut claims = limits.of_send(keys, asker, to.phone(), first)?;
        let sends = &principal.application.policy.sends;
        let of_addresses = SharedLimits::of_addresses(keys, asker.application, to, sends);
        claims.extend(of_addresses);
        Ok(claims)
    }

    /// A limit said no; counted as such.
    pub(super) fn held_back(&self, refusal: Refusal) -> StartOutcome {
        let Shared { metrics, clock, .. } = self.shared();
        metrics.verification(VerificationOutcome::SendLimited);
        self.refused(refusal.reason);
        StartOutcome::Refused {
            refusal,
            now: clock.now(),
        }
    }

    /// Counts the send everywhere, and remembers the code.
    async fn claim_and_start(
        self,
        policy: Policy,
        claims: Vec<Claim>,
        key: RecordKey,
        new: NewVerification,
    ) -> Result<Result<Counted, Refusal>, Unavailable> {
        let patience = Patience::Since(Stopwatch::start());
        let claimed = match self.claim_send(claims, key, &policy).await? {
            Ok(claimed) => claimed,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let decided = self
            .decide_on(None, patience, key, |record, now| {
                let decision = record.start(&new, &policy, now);
                let untold = untold(record, &decision.events, &policy, now);
                decision.map(|outcome| (outcome, untold))
            })
            .await;
        let decided = match decided {
            Ok(((outcome, untold), committed)) => {
                self.put_aside_untold(untold).await;
                Ok((outcome, committed))
            }
            Err(error) => Err(error),
        };
        match self.counted(claimed, decided).await? {
            Some(counted) => Ok(counted),
            None => unreachable!("a start makes its verification"),
        }
    }

    /// What a decided send comes to: what it did not use is given back. Nothing when there is no
    /// such verification.
    pub(super) async fn counted(
        &self,
        claimed: Claimed,
        decided: Result<(SendOutcome, Option<Versioned>), Unavailable>,
    ) -> Result<Option<Result<Counted, Refusal>>, Unavailable> {
        let (outcome, committed) = match decided {
            Ok(decided) => decided,
            Err(error) => {
                self.give_back_unless_begun(claimed, &error).await;
                return Err(error);
            }
        };
        match outcome {
            SendOutcome::Send {
                expires_at,
                next_send_at,
            } => Ok(Some(Ok(Counted {
                claimed,
                committed,
                expires_at,
                next_send_at,
            }))),
            SendOutcome::Refused(refusal) => {
                self.give_back(claimed).await;
                Ok(Some(Err(refusal)))
            }
            SendOutcome::NotFound => {
                self.give_back(claimed).await;
                Ok(None)
            }
        }
    }

    /// Hands a counted send over, unless it is one of which nothing is sent, and says what became
    /// of it.
    pub(super) async fn hand_over(
        self,
        send: Send,
        counted: Counted,
        message: Message,
    ) -> StartOutcome {
        let Counted {
            claimed,
            committed,
            expires_at,
            next_send_at,
        } = counted;
        let Send {
            key,
            application,
            policy,
            fingerprint,
            is_test,
            mode,
        } = send;
        let now = self.shared().clock.now();
        let id = message.id;
        let mut started = Started {
            id,
            fingerprint,
            expires_at,
            next_send_at,
            overview: None,
            now,
            test_code: None,
        };
        let record = committed.as_ref().map(|committed| committed.record.clone());
        if is_test {
            started.overview = record.and_then(|record| record.overview(id, &policy, now));
            // A test recipient's code is known to whom it concerns.
            started.test_code = (mode == Mode::Test).then_some(message.code);
            return StartOutcome::Sent(started);
        }
        let dispatch = Dispatch {
            key,
            record: committed,
            application,
            policy: policy.clone(),
            message,
            claimed,
            is_paid: true,
        };
        let shared = self.shared_with();
        let delivered = self.deliver(dispatch).await;
        let record = delivered.record.or(record);
        // Refused, and another way is on: the person may get the code yet.
        let is_on_its_way = record
            .as_ref()
            .and_then(|record| record.verification(id))
            .is_some_and(|one| one.is_on_its_way(delivered.at));
        started.overview = record.and_then(|record| record.overview(id, &policy, delivered.at));
        match delivered.answer {
            Err(DeliveryError::Throttled(Cause::OverBudget(refusal))) if !is_on_its_way => {
                shared
                    .metrics
                    .verification(VerificationOutcome::SendLimited);
                StartOutcome::Refused {
                    refusal,
                    now: delivered.at,
                }
            }
            Err(error) if !is_on_its_way => StartOutcome::NotDelivered { started, error },
            Ok(()) | Err(_) => StartOutcome::Sent(started),
        }
    }
}

/// The code of somebody who gets no message.
pub(super) fn fixed_code(principal: &Principal, to: &Recipient, now: Timestamp) -> Option<Secret> {
    let recipient = principal.application.test_recipient(to.phone()?, now)?;
    Some(Secret::new(recipient.code.reveal().to_owned().into()))
}

/// A counted send, on its way to be handed over.
pub(super) struct Send {
    pub(super) key: RecordKey,
    pub(super) application: Arc<Application>,
    pub(super) policy: Policy,
    pub(super) fingerprint: String,
    pub(super) is_test: bool,
    pub(super) mode: Mode,
}

impl Wishes {
    /// The application's rules with what this request has of its own, if they allow it.
    fn on(&self, policy: &Policy) -> Option<Policy> {
        let mut policy = policy.clone();
        if let Some(length) = self.code_length {
            let length = CodeLength::new(length).ok()?;
            // A request may ask for codes that are harder to guess, and for no others.
            if length < policy.code.length {
                return None;
            }
            policy.code.length = length;
        }
        if let Some(lifetime) = self.lifetime {
            policy.lifetime = lifetime;
        }
        policy.validate().ok()?;
        Some(policy)
    }
}
