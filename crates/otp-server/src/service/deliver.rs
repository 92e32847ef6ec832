//! Hand a message over, and note how that ended.

use otp_core::{DeliveryResult, Failure, RecordKey, Timestamp, VerificationId};

use super::claims::Claimed;
use super::{Patience, Service, finish_aside};
use crate::channel::{Accepted, DeliveryError, Message};
use crate::clock::Stopwatch;
use crate::store::Versioned;
use crate::telemetry;

impl Service {
    /// Hands a message over and answers with the channel's word. The note of it is decided and
    /// queued by then, and on its way to the disk: should it be lost, the record's timer finds a
    /// delivery without an end and takes it up once more. The note is decided on the record that
    /// the caller committed last, if it has not changed by then.
    pub(super) async fn deliver(
        self,
        key: RecordKey,
        record: Option<Versioned>,
        message: Message,
        claimed: Claimed,
    ) -> Delivered {
        let metrics = &self.shared().metrics;
        let stopwatch = Stopwatch::start();
        let delivered = self.channel.deliver(&message).await;
        metrics.graph_request(stopwatch.elapsed());
        metrics.delivery(telemetry::Channel::WhatsApp, counted(&delivered));
        if let Err(error) = &delivered {
            tracing::error!(
                verification.id = %message.id,
                phone = %message.to.masked(),
                channel = self.channel.name(),
                "could not deliver a code: {error}"
            );
        }
        let (noted, answer) = match delivered {
            Ok(Accepted { message_id }) => (DeliveryResult::Accepted { message_id }, Ok(())),
            Err(error) => (result(&error), Err(error)),
        };
        let at = self.shared().clock.now();
        if let Err(error) = &answer {
            self.give_back(claimed.not_used_by(error)).await;
        }
        finish_aside(self.clone().note(key, record, message.id, noted.clone())).await;
        Delivered { noted, at, answer }
    }

    async fn note(
        self,
        key: RecordKey,
        record: Option<Versioned>,
        id: VerificationId,
        result: DeliveryResult,
    ) {
        let noted = self
            .decide_on(record, Patience::Endless, key, |record, now| {
                record.delivered(id, result.clone(), now)
            })
            .await;
        if let Err(error) = noted {
            tracing::error!(verification.id = %id, "could not note how a delivery ended: {error}");
        }
    }
}

/// What became of a message.
pub(super) struct Delivered {
    /// What is noted of it.
    pub(super) noted: DeliveryResult,
    /// When.
    pub(super) at: Timestamp,
    /// What the channel said.
    pub(super) answer: Result<(), DeliveryError>,
}

fn result(error: &DeliveryError) -> DeliveryResult {
    DeliveryResult::Refused(match error {
        DeliveryError::Uncertain(_) => return DeliveryResult::Unsettled,
        DeliveryError::Undeliverable(_) => Failure::Undeliverable,
        DeliveryError::Throttled(_) => Failure::Throttled,
        DeliveryError::ChannelDown(_) => Failure::ChannelDown,
        DeliveryError::Rejected(_) => Failure::Rejected,
    })
}

/// How a channel's word is counted.
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
