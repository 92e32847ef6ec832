//! Hand a message over, and note how that ended; the next channel takes over where it has to.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use actix_web::rt;
use otp_core::{
    ChannelKind, DeliveryResult, Failure, Handover, Policy, Record, RecordKey, Status, Timestamp,
    VerificationId,
};

use super::claims::Claimed;
use super::{Patience, Service, Shared, finish_aside};
use crate::channel::{Accepted, Cause, DeliveryError, Message};
use crate::clock::Stopwatch;
use crate::directory::Application;
use crate::opt_outs::{Somebody, Way};
use crate::store::Versioned;
use crate::telemetry;

/// What a kept name is for.
const MESSAGE: &str = "message";

/// What is to be handed over, and what it rests on.
pub(super) struct Dispatch {
    pub(super) key: RecordKey,
    /// The record as the caller committed it last.
    pub(super) record: Option<Versioned>,
    pub(super) policy: Policy,
    pub(super) application: Arc<Application>,
    pub(super) message: Message,
    /// What was claimed for the send.
    pub(super) claimed: Claimed,
    /// Whether that is enough for this message, too.
    pub(super) is_paid: bool,
}

/// What became of a message.
pub(super) struct Delivered {
    /// The record as it is noted, where it was known before.
    pub(super) record: Option<Record>,
    /// When.
    pub(super) at: Timestamp,
    /// What the last channel said.
    pub(super) answer: Result<(), DeliveryError>,
}

/// Whoever asked for a code waits for one channel after the other no longer than this, and then for
/// the one that is on: what comes after that happens aside.
const PATIENCE: Duration = Duration::from_secs(5);

impl Service {
    /// Hands a message over and answers with the channel's word. Where no other channel could take
    /// over, the note of it is decided and queued by then, and on its way to the disk: should it be
    /// lost, the record's timer finds a delivery without an end and takes it up once more. The note
    /// is decided on the record that the caller committed last, if it has not changed by then.
    ///
    /// Where another channel could take over, the note is committed first, and then the next
    /// message goes out: so it goes out once, whoever dies.
    pub(super) async fn deliver(self, mut dispatch: Dispatch) -> Delivered {
        let begun = Stopwatch::start();
        loop {
            let (noted, answer, mut claimed) = self.pay_and_hand_over(&mut dispatch).await;
            if let Err(error) = &answer {
                self.give_back(claimed.not_used_by(error)).await;
            }
            let at = self.shared().clock.now();
            let Dispatch {
                key,
                record,
                policy,
                message,
                ..
            } = &mut dispatch;
            let is_refused = matches!(noted, DeliveryResult::Refused(_));
            if !is_refused || policy.workflow.steps().len() == 1 {
                if is_refused {
                    self.give_back(claimed).await;
                }
                let record = self.note_last(dispatch, noted, at).await;
                return Delivered { record, at, answer };
            }
            let name = message.name();
            let noted = self.note(*key, record.take(), name, noted, policy).await;
            let Some((handover, committed)) = noted else {
                let record = None;
                return Delivered { record, at, answer };
            };
            let told = committed.as_ref().map(|committed| committed.record.clone());
            let verification = told.as_ref().and_then(|record| record.verification(name.0));
            let Some(handover) = handover else {
                if verification.is_some_and(|one| one.status == Status::Failed) {
                    self.give_back(claimed).await;
                }
                let record = told;
                return Delivered { record, at, answer };
            };
            let expires_in = verification.map(|one| one.expires_at.since(at));
            message.goes(&handover, expires_in);
            dispatch.record = committed;
            dispatch.claimed = claimed;
            dispatch.is_paid = false;
            if begun.elapsed() >= PATIENCE {
                rt::spawn(self.deliver_aside(dispatch));
                let record = told;
                return Delivered { record, at, answer };
            }
        }
    }

    /// A future of a known size, for a delivery that goes on where another one ends.
    fn deliver_aside(self, dispatch: Dispatch) -> Pin<Box<dyn Future<Output = ()>>> {
        Box::pin(async move {
            // What failed was said where it failed.
            let _delivered = self.deliver(dispatch).await;
        })
    }

    /// The note of a message that no other one follows. Answers with the record as it will be.
    async fn note_last(
        self,
        dispatch: Dispatch,
        noted: DeliveryResult,
        at: Timestamp,
    ) -> Option<Record> {
        let Dispatch {
            key,
            record,
            policy,
            message,
            ..
        } = dispatch;
        let name = message.name();
        let told = record.as_ref().map(|known| {
            let noted = known.record.delivered(name, noted.clone(), &policy, at);
            noted.next.unwrap_or_else(|| known.record.clone())
        });
        finish_aside(self.note_aside(key, record, name, noted, policy)).await;
        told
    }

    /// Pays for the message, unless that is done, and hands it over. Answers with what is claimed.
    async fn pay_and_hand_over(
        &self,
        dispatch: &mut Dispatch,
    ) -> (DeliveryResult, Result<(), DeliveryError>, Claimed) {
        let mut claimed = std::mem::replace(
            &mut dispatch.claimed,
            Claimed::nothing(self.shared().clock.now()),
        );
        let message = &dispatch.message;
        if !dispatch.is_paid {
            match self.pay(&dispatch.application, message).await {
                Ok(money) => claimed.adds(money),
                Err(error) => {
                    tell_failed(message, &error);
                    return (result(&error), Err(error), claimed);
                }
            }
        }
        let (noted, answer) = self.hand_over_once(message).await;
        (noted, answer, claimed)
    }

    /// Claims what one more message costs.
    async fn pay(
        &self,
        application: &Application,
        message: &Message,
    ) -> Result<Claimed, DeliveryError> {
        let claims = application.shared_limits.of_message(
            &self.shared().keys,
            &application.name,
            message.to.phone(),
            message.channel,
        );
        match self.claim(claims).await {
            Ok(Ok(claimed)) => Ok(claimed),
            Ok(Err(refusal)) => {
                self.refused(refusal.reason);
                Err(DeliveryError::Throttled(Cause::OverBudget(refusal)))
            }
            Err(error) => {
                let cause = Cause::BudgetUnknown(error.to_string());
                Err(DeliveryError::ChannelDown(cause))
            }
        }
    }

    async fn hand_over_once(
        &self,
        message: &Message,
    ) -> (DeliveryResult, Result<(), DeliveryError>) {
        let metrics = &self.shared().metrics;
        let stopwatch = Stopwatch::start();
        let delivered = match self.may_go(message).await {
            Ok(()) => {
                let delivered = self.channels.deliver(message).await;
                metrics.graph_request(stopwatch.elapsed());
                delivered
            }
            Err(error) => Err(error),
        };
        let was_passed_over = delivered
            .as_ref()
            .is_err_and(DeliveryError::is_for_want_of_an_address);
        if !was_passed_over {
            metrics.delivery(message.channel, counted(&delivered));
        }
        match delivered {
            Ok(Accepted { message_id }) => {
                self.expect_answer(message).await;
                let message_id = self.kept_name(&message_id);
                (DeliveryResult::Accepted { message_id }, Ok(()))
            }
            Err(error) => {
                tell_failed(message, &error);
                (result(&error), Err(error))
            }
        }
    }

    /// Is there nothing on our side that keeps the message from going this way?
    async fn may_go(&self, message: &Message) -> Result<(), DeliveryError> {
        let phone = message.to.phone();
        let known = [
            phone.map(Somebody::Phone),
            message.to.messenger().map(Somebody::Messenger),
        ];
        for whom in known.into_iter().flatten() {
            self.is_wanted(Way::of(message.channel), whom).await?;
        }
        if message.channel == ChannelKind::WhatsAppText
            && let Some(phone) = phone
        {
            // When nobody can tell, another way is tried.
            let is_open = self.is_window_open(phone).await.unwrap_or(false);
            if !is_open {
                return Err(DeliveryError::Undeliverable(Cause::NoWindow));
            }
        }
        Ok(())
    }

    /// Does this person want messages this way? When nobody can tell, nothing is sent.
    pub(super) async fn is_wanted(
        &self,
        way: Way,
        whom: Somebody<'_>,
    ) -> Result<(), DeliveryError> {
        match self.shared().opt_outs.has(way, whom).await {
            Ok(false) => Ok(()),
            Ok(true) => Err(DeliveryError::OptedOut(Cause::OptedOut)),
            Err(error) => {
                let cause = Cause::OptOutsUnknown(error.to_string());
                Err(DeliveryError::ChannelDown(cause))
            }
        }
    }

    /// Whoever answers on Messenger is known by nothing else.
    async fn expect_answer(&self, message: &Message) {
        if message.channel == ChannelKind::Messenger
            && let Some(messenger) = message.to.messenger()
        {
            let Shared { clock, keys, .. } = self.shared();
            let key = message.id.record_key(keys);
            let until = clock.now().plus(message.expires_in);
            self.keep_way_back(messenger, key, until).await;
        }
    }

    /// What a channel calls a message may hold the phone, as WhatsApp's names do. What is kept of it
    /// shows nothing, and tells whoever holds the keys whether another name is the same.
    pub(super) fn kept_name(&self, message_id: &str) -> String {
        let keys = &self.shared().keys;
        keys.name_key(MESSAGE, "", message_id).to_string()
    }

    /// Commits the note. Answers with the message to hand over next, if there is one, and with the
    /// record; with nothing when the store is lost, and then the record's timer comes back to it.
    async fn note(
        &self,
        key: RecordKey,
        record: Option<Versioned>,
        name: (VerificationId, u8),
        result: DeliveryResult,
        policy: &Policy,
    ) -> Option<(Option<Handover>, Option<Versioned>)> {
        let noted = self
            .decide_on(record, Patience::Endless, key, |record, now| {
                record.delivered(name, result.clone(), policy, now)
            })
            .await;
        match noted {
            Ok(noted) => Some(noted),
            Err(error) => {
                tracing::error!(verification.id = %name.0, "could not note how a delivery ended: {error}");
                None
            }
        }
    }

    async fn note_aside(
        self,
        key: RecordKey,
        record: Option<Versioned>,
        name: (VerificationId, u8),
        result: DeliveryResult,
        policy: Policy,
    ) {
        // What failed was said where it failed.
        let _ = self.note(key, record, name, result, &policy).await;
    }
}

/// Said once, where it happens.
fn tell_failed(message: &Message, error: &DeliveryError) {
    let (phone, channel) = (message.to.masked(), message.channel.name());
    if error.is_no_try() {
        tracing::info!(verification.id = %message.id, phone = %phone, channel, "did not send a code: {error}");
    } else {
        tracing::error!(verification.id = %message.id, phone = %phone, channel, "could not deliver a code: {error}");
    }
}

fn result(error: &DeliveryError) -> DeliveryResult {
    DeliveryResult::Refused(match error {
        DeliveryError::Uncertain(_) => return DeliveryResult::Unsettled,
        DeliveryError::Throttled(Cause::OverBudget(_)) => Failure::OverLimit,
        error if error.is_for_want_of_an_address() => Failure::NoAddress,
        DeliveryError::Undeliverable(_) => Failure::Undeliverable,
        DeliveryError::Throttled(_) => Failure::Throttled,
        DeliveryError::ChannelDown(_) => Failure::ChannelDown,
        DeliveryError::OptedOut(_) => Failure::OptedOut,
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
        Err(DeliveryError::OptedOut(_)) => telemetry::DeliveryResult::OptedOut,
        Err(DeliveryError::Rejected(_)) => telemetry::DeliveryResult::Rejected,
        Err(DeliveryError::Uncertain(_)) => telemetry::DeliveryResult::Uncertain,
    }
}
