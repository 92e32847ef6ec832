//! Make a code and send it.

use actix_web::rt;
use otp_core::{
    Code, DeliveryResult, NewCode, PhoneNumber, RecordKey, Refusal, SendOutcome, Timestamp,
    VerificationId,
};
use rand::Rng;
use zeroize::Zeroizing;

use super::{Service, Shared};
use crate::channel::{Accepted, DeliveryError, Message, Secret};
use crate::clock::Stopwatch;
use crate::store::Unavailable;
use crate::telemetry::{self, VerificationOutcome};

/// Someone asks for a code.
#[derive(Debug)]
pub struct StartRequest<'a> {
    /// On whose behalf.
    pub application: &'a str,
    /// What the code is good for.
    pub purpose: &'a str,
    /// To whom it goes.
    pub phone: PhoneNumber,
    /// Languages that the person reads, best first.
    pub languages: Vec<String>,
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
            Self::Refused { .. } => None,
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

impl Service {
    /// Counts the send and remembers the code, then hands the message over, then notes the result.
    pub async fn start(&self, request: StartRequest<'_>) -> Result<StartOutcome, Unavailable> {
        let Shared {
            keys,
            policy,
            clock,
            metrics,
            ..
        } = self.shared();
        let key = keys.record_key(request.application, &request.phone);
        let (new, code) = self.draw(key, request.purpose, &request.phone);
        let outcome = self
            .decide(key, |record, now| record.start(&new, policy, now))
            .await?;
        let (expires_at, next_send_at) = match outcome {
            SendOutcome::Send {
                expires_at,
                next_send_at,
            } => (expires_at, next_send_at),
            SendOutcome::Refused(refusal) => {
                metrics.verification(VerificationOutcome::SendLimited);
                return Ok(StartOutcome::Refused {
                    refusal,
                    now: clock.now(),
                });
            }
            SendOutcome::NotFound => unreachable!("a start makes its verification"),
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
        // In a task of its own: a client that hangs up must not stop a delivery half-way.
        let delivery = rt::spawn(self.clone().deliver(key, message));
        match delivery.await.map_err(|_| Unavailable::stopping())? {
            Ok(()) => Ok(StartOutcome::Sent(started)),
            Err(error) => Ok(StartOutcome::NotDelivered { started, error }),
        }
    }

    /// Hands a message over and notes the result. The note is not the caller's worry: when it
    /// cannot be written, the record's timer finds the delivery without an end.
    pub(super) async fn deliver(
        self,
        key: RecordKey,
        message: Message,
    ) -> Result<(), DeliveryError> {
        let metrics = &self.shared().metrics;
        let stopwatch = Stopwatch::start();
        let delivered = self.channel.deliver(&message).await;
        metrics.graph_request(stopwatch.elapsed());
        metrics.delivery(telemetry::Channel::WhatsApp, counted(&delivered));
        let (result, answer) = match delivered {
            Ok(accepted) => (
                DeliveryResult::Accepted {
                    message_id: accepted.message_id,
                },
                Ok(()),
            ),
            Err(error @ DeliveryError::Uncertain(_)) => (DeliveryResult::Unsettled, Err(error)),
            Err(error) => (DeliveryResult::Refused, Err(error)),
        };
        if let Err(error) = &answer {
            tracing::error!(
                verification.id = %message.id,
                phone = %message.phone.masked(),
                channel = self.channel.name(),
                "could not deliver a code: {error}"
            );
        }
        let noted = self
            .decide(key, |record, _| {
                record.delivered(message.id, result.clone())
            })
            .await;
        if let Err(error) = noted {
            tracing::error!(verification.id = %message.id, "could not note how a delivery ended: {error}");
        }
        answer
    }

    /// Draws a code. In the clear it exists from here to the delivery.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that draws codes, ids and nonces"
    )]
    fn draw(&self, key: RecordKey, purpose: &str, phone: &PhoneNumber) -> (NewCode, Secret) {
        let Shared { keys, policy, .. } = self.shared();
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

fn counted(delivered: &Result<Accepted, DeliveryError>) -> telemetry::DeliveryResult {
    match delivered {
        Ok(_) => telemetry::DeliveryResult::Accepted,
        Err(DeliveryError::Undeliverable(_)) => telemetry::DeliveryResult::Undeliverable,
        Err(DeliveryError::Throttled(_)) => telemetry::DeliveryResult::Throttled,
        Err(DeliveryError::ChannelDown(_)) => telemetry::DeliveryResult::ChannelDown,
        Err(DeliveryError::Rejected(_)) => telemetry::DeliveryResult::Rejected,
        Err(DeliveryError::Uncertain(_)) => telemetry::DeliveryResult::Uncertain,
    }
}
