//! Make a code and send it.

use std::borrow::Cow;
use std::sync::Arc;

use actix_web::rt;
use otp_core::{
    Asker, Claim, Code, CountryNotAllowed, NewCode, PhoneNumber, Policy, RecordKey, Refusal,
    SendOutcome, Timestamp, VerificationId,
};
use rand::Rng;
use zeroize::Zeroizing;

use super::claims::Claimed;
use super::{Patience, Service, Shared, to_its_end};
use crate::channel::{DeliveryError, Message, Secret};
use crate::clock::Stopwatch;
use crate::directory::Application;
use crate::store::{Unavailable, Versioned};
use crate::telemetry::{COUNTRY_NOT_ALLOWED, VerificationOutcome};

/// Someone asks for a code.
#[derive(Debug)]
pub struct StartRequest {
    /// On whose behalf.
    pub application: Arc<Application>,
    /// What the code is good for.
    pub purpose: Cow<'static, str>,
    /// To whom it goes.
    pub phone: PhoneNumber,
    /// Languages that the person reads, best first.
    pub languages: Vec<String>,
    /// The client's address as it is counted; nothing when it is not.
    pub client: Option<String>,
}

/// What became of the request.
#[derive(Debug)]
pub enum StartOutcome {
    /// A channel took the message.
    Sent(Started),
    /// A limit holds it back; nothing was sent.
    Refused {
        /// Which limit.
        refusal: Refusal,
        /// When it was decided.
        now: Timestamp,
    },
    /// No code goes to that country; nothing was sent.
    CountryNotAllowed(CountryNotAllowed),
    /// The channel refused it, or nobody knows whether it left.
    NotDelivered {
        /// The verification, which only lives on when the message may have arrived.
        started: Started,
        /// What the channel said.
        error: DeliveryError,
    },
}

impl StartOutcome {
    /// The verification that was made, if one was.
    #[must_use]
    pub fn started(&self) -> Option<&Started> {
        match self {
            Self::Sent(started) | Self::NotDelivered { started, .. } => Some(started),
            Self::Refused { .. } | Self::CountryNotAllowed(_) => None,
        }
    }
}

impl StartOutcome {
    /// The name of what held the send back, if anything did.
    #[must_use]
    pub fn refused_by(&self) -> Option<&'static str> {
        match self {
            Self::Refused { refusal, .. } => Some(refusal.reason.name()),
            Self::CountryNotAllowed(_) => Some(COUNTRY_NOT_ALLOWED),
            Self::Sent(_) | Self::NotDelivered { .. } => None,
        }
    }
}

/// A verification that was made.
#[derive(Debug)]
pub struct Started {
    /// Its id.
    pub id: VerificationId,
    /// Tells codes apart in a log; see [`otp_core::CodeDigest::fingerprint`].
    pub fingerprint: String,
    /// The code's end.
    pub expires_at: Timestamp,
    /// The next send is refused before this moment.
    pub next_send_at: Timestamp,
}

/// What was claimed, the record as it was committed, the code's end, and when the next send may be.
type Counted = (Claimed, Option<Versioned>, Timestamp, Timestamp);

impl Service {
    /// Counts the send and remembers the code, then hands the message over, then notes the result.
    pub async fn start(&self, request: StartRequest) -> Result<StartOutcome, Unavailable> {
        // In a task of its own: a client that hangs up must not stop anything half-way.
        let started = rt::spawn(self.clone().start_and_deliver(request));
        started.await.map_err(|_| Unavailable::stopping())?
    }

    async fn start_and_deliver(self, request: StartRequest) -> Result<StartOutcome, Unavailable> {
        let Shared {
            keys,
            clock,
            metrics,
            ..
        } = self.shared();
        let application = Arc::clone(&request.application);
        let asker = Asker {
            application: &application.name,
            address: request.client.as_deref(),
        };
        let claims = match application
            .shared_limits
            .of_send(keys, asker, &request.phone)
        {
            Ok(claims) => claims,
            Err(refused) => {
                metrics.country_refused();
                return Ok(StartOutcome::CountryNotAllowed(refused));
            }
        };
        let key = keys.record_key(&application.name, &request.phone);
        let (new, code) = self.draw(&application.policy, key, &request.purpose, &request.phone);
        let decided = self
            .clone()
            .claim_and_start(application, claims, key, new.clone());
        let (claimed, record, expires_at, next_send_at) = match to_its_end(decided).await? {
            Ok(decided) => decided,
            Err(refusal) => {
                metrics.verification(VerificationOutcome::SendLimited);
                self.refused(refusal.reason);
                return Ok(StartOutcome::Refused {
                    refusal,
                    now: clock.now(),
                });
            }
        };
        let started = Started {
            id: new.id,
            fingerprint: new.digest.fingerprint(),
            expires_at,
            next_send_at,
        };
        let message = Message {
            id: new.id,
            phone: request.phone,
            code,
            languages: request.languages,
        };
        match self.deliver(key, record, message, claimed).await {
            Ok(()) => Ok(StartOutcome::Sent(started)),
            Err(error) => Ok(StartOutcome::NotDelivered { started, error }),
        }
    }

    /// Counts the send everywhere, and remembers the code. Answers with its end and with when the
    /// next one may be asked for.
    async fn claim_and_start(
        self,
        application: Arc<Application>,
        claims: Vec<Claim>,
        key: RecordKey,
        new: NewCode,
    ) -> Result<Result<Counted, Refusal>, Unavailable> {
        let patience = Patience::Since(Stopwatch::start());
        let claimed = match self.claim(claims).await? {
            Ok(claimed) => claimed,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let policy = &application.policy;
        let decided = self
            .decide_on(None, patience, key, |record, now| {
                record.start(&new, policy, now)
            })
            .await;
        let (outcome, record) = match decided {
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
            } => Ok(Ok((claimed, record, expires_at, next_send_at))),
            SendOutcome::Refused(refusal) => {
                self.give_back(claimed).await;
                Ok(Err(refusal))
            }
            SendOutcome::NotFound => unreachable!("a start makes its verification"),
        }
    }

    /// Draws a code. In the clear it exists from here to the delivery.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that draws codes, ids and nonces"
    )]
    fn draw(
        &self,
        policy: &Policy,
        key: RecordKey,
        purpose: &str,
        phone: &PhoneNumber,
    ) -> (NewCode, Secret) {
        let Shared { keys, .. } = self.shared();
        let mut rng = rand::rng();
        let id = VerificationId::generate(&mut rng, keys, key);
        let code = Code::generate(&mut rng, &policy.code);
        let mut nonce = [0; 24];
        rng.fill_bytes(&mut nonce);
        let new = NewCode {
            id,
            purpose: purpose.to_owned(),
            digest: keys.code_digest(key, purpose, id, code.reveal()),
            sealed: keys.seal(id, phone, code.reveal(), nonce),
        };
        (new, Secret::new(Zeroizing::new(code.reveal().to_owned())))
    }
}
